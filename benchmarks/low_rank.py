"""Low-rank changes of frozen layers ("LoRA", Hu et al. 2021), and how fast they are learnt."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

_SCALE = 2.0
_Batch = TypeVar("_Batch")


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


def learn(
    groups: Sequence[dict[str, Any]],
    batches: Sequence[_Batch],
    loss_of: Callable[[_Batch], Tensor],
    *,
    rate: float,
    warm_up: int,
    told: int,
) -> None:
    """Take one step of AdamW for each batch, but for those whose gradient is not finite.

    Args:
        groups: ``params``, and by what ``factor`` they learn faster.
        batches: In the order given.
        loss_of: Returns the mean loss of a batch.
        rate: The highest learning rate; see `rate_at`.
        warm_up: Steps.
        told: After so many steps their mean loss is printed.
    """
    trained = [parameter for group in groups for parameter in group["params"]]
    optimizer = torch.optim.AdamW(list(groups), lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
    started, losses = time.perf_counter(), torch.zeros((), device=trained[0].device)
    taken = 0
    for done, batch in enumerate(batches, start=1):
        now = rate * rate_at(done - 1, len(batches), warm_up=warm_up)
        for group in optimizer.param_groups:
            group["lr"] = now * group["factor"]
        loss = loss_of(batch)
        loss.backward()
        length = nn.utils.clip_grad_norm_(trained, 1.0)
        if bool(length.isfinite()):
            optimizer.step()
            losses += loss.detach()
            taken += 1
        else:
            print(f"step {done} left out: loss {loss.item():.3f}, gradient {length.item()}")
        optimizer.zero_grad(set_to_none=True)
        if done % told == 0 or done == len(batches):
            of_last = float(losses) / max(1, taken)
            seconds = time.perf_counter() - started
            print(f"step {done}/{len(batches)}, loss {of_last:.3f}, {seconds:.0f} s", flush=True)
            losses.zero_()
            taken = 0


def truncated(a: np.ndarray, b: np.ndarray, rank: int) -> tuple[np.ndarray, np.ndarray]:
    """Return factors of a lower rank whose product is nearest to that of two factors."""
    outer, upper = np.linalg.qr(b)
    inner, lower = np.linalg.qr(a.T)
    left, lengths, right = np.linalg.svd(upper @ lower.T)
    root = np.sqrt(lengths[:rank])
    return root[:, None] * (right[:rank] @ inner.T), (outer @ left[:, :rank]) * root
