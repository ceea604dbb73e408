"""The network that is trained: the bundled language model and low-rank changes of its weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from torch import Tensor, nn
from transformers import Qwen2ForCausalLM

from benchmarks.low_rank import LowRank, truncated
from benchmarks.quality.prototype_weights import MATRICES


class GeneratorNetwork(nn.Module):
    """A frozen language model with trained changes of its linear layers.

    Args:
        model: In the data type that it computes with; its linear layers are replaced.
        rank: Of each change.
        dropout: See `LowRank`.
    """

    def __init__(self, model: Qwen2ForCausalLM, *, rank: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.model = model.requires_grad_(False)
        self.changes: dict[str, LowRank] = {}
        for number, layer in enumerate(model.model.layers):
            for short, place in MATRICES.items():
                parent, _, name = place.rpartition(".")
                module = layer.get_submodule(parent)
                changed = LowRank(getattr(module, name), rank=rank, dropout=dropout)
                setattr(module, name, changed)
                self.changes[f"blk.{number}.{short}"] = changed

    def forward(self, ids: Tensor, mask: Tensor, wanted: Tensor) -> Tensor:
        """Return the logits of the tokens that follow wanted places, (places, vocabulary).

        Args:
            ids: Tokens, (texts, tokens).
            mask: 1 where there is one.
            wanted: True at the places.
        """
        states = self.model.model(input_ids=ids, attention_mask=mask).last_hidden_state
        logits: Tensor = self.model.lm_head(states[wanted]).float()
        return logits

    def trained(self) -> list[nn.Parameter]:
        """Return what is trained."""
        return [p for p in self.parameters() if p.requires_grad]

    def save(self, path: Path, *, rank: int) -> None:
        """Write what `vnqa.weights.adapter.read_generator_adapter` reads, cut to a lower rank."""
        arrays: dict[str, np.ndarray] = {}
        for name, change in self.changes.items():
            a, b = truncated(*change.factors(), rank)
            arrays[f"{name}.a"], arrays[f"{name}.b"] = a.astype(np.float16), b.astype(np.float16)
        np.savez(path, **arrays)
