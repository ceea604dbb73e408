"""Low-rank changes of frozen layers ("LoRA", Hu et al. 2021), and how fast they are learnt."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from vnqa.weights.adapter import Factors

_SCALE = 2.0


class LowRank(nn.Module):
    """A frozen linear layer with a trained change of low rank; see `vnqa.weights.adapter`.

    Args:
        linear: The layer.
        rank: Of the change, which is kept in float32.
        dropout: Share of the inputs that the change does not see in training.
    """

    def __init__(self, linear: nn.Linear, *, rank: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = linear.requires_grad_(False)
        scale = 1.0 / math.sqrt(linear.in_features)
        device = linear.weight.device
        self.a = nn.Parameter(torch.randn(rank, linear.in_features, device=device) * scale)
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank, device=device))

    def forward(self, states: Tensor) -> Tensor:
        """Return W x + 2 B A x."""
        a, b = self.a.to(states.dtype), self.b.to(states.dtype)
        changed: Tensor = self.linear(states) + _SCALE * ((self.dropout(states) @ a.t()) @ b.t())
        return changed

    def factors(self) -> tuple[np.ndarray, np.ndarray]:
        """Return A and 2 B, float32."""
        a, b = self.a.detach().cpu(), self.b.detach().cpu()
        return a.float().numpy(), (_SCALE * b).float().numpy()


def rate_at(done: int, steps: int, *, warm_up: int) -> float:
    """Return the share of the highest learning rate at a step: it rises, then falls to 0."""
    return min(1.0, (done + 1) / warm_up) * max(0.02, 1.0 - done / steps)


def truncated(a: np.ndarray, b: np.ndarray, rank: int) -> tuple[np.ndarray, np.ndarray]:
    """Return factors of a lower rank whose product is nearest to that of two factors."""
    outer, upper = np.linalg.qr(b)
    inner, lower = np.linalg.qr(a.T)
    left, lengths, right = np.linalg.svd(upper @ lower.T)
    root = np.sqrt(lengths[:rank])
    return root[:, None] * (right[:rank] @ inner.T), (outer @ left[:, :rank]) * root


def mean(changes: Sequence[Factors], rank: int) -> dict[str, np.ndarray]:
    """Return the mean of several changes of the same layers, cut to a rank, in float16.

    Args:
        changes: Each as `vnqa.weights.adapter` reads it.
        rank: Of the result.
    """
    found: dict[str, np.ndarray] = {}
    for name in changes[0]:
        a = np.concatenate([one[name][0] for one in changes])
        b = np.concatenate([one[name][1] for one in changes], axis=1)
        a, b = truncated(a, b / len(changes), rank)
        found[f"{name}.a"], found[f"{name}.b"] = a.astype(np.float16), b.astype(np.float16)
    return found
