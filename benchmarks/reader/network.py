"""The network that is trained: the bundled encoder, low-rank changes of its weights, and a head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from benchmarks.low_rank import LowRank
from vnqa.reader.inputs import OTHER, TYPES
from vnqa.weights.e5 import E5Weights

_PLACES = {  # name of a matrix in the weights' file → its module in a layer of transformers
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


class ReaderNetwork(nn.Module):
    """Gives each token of a question and a passage logits of starting and ending the answer."""

    def __init__(self, weights: E5Weights, *, rank: int, dropout: float) -> None:
        super().__init__()
        self.bert = _encoder(weights)
        for layer in self.bert.encoder.layer:
            for place in _PLACES.values():
                parent, _, name = place.rpartition(".")
                module = layer.get_submodule(parent)
                setattr(module, name, LowRank(getattr(module, name), rank=rank, dropout=dropout))
        self.bert.embeddings.token_type_embeddings.weight.requires_grad = True
        self.head = nn.Linear(weights.hidden, 4)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits of starts and ends, (n, tokens), and of relevance, (n,)."""
        states = self.bert(
            input_ids=ids, attention_mask=mask, token_type_ids=types
        ).last_hidden_state
        with torch.autocast(ids.device.type, enabled=False):
            logits = self.head(states.float())
        passage = ((types >= OTHER) & (mask > 0)).float()
        mean = (logits[..., 3] * passage).sum(1) / passage.sum(1).clamp(min=1)
        return logits[..., 0], logits[..., 1], logits[:, 0, 2] + mean

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return what is trained: small changes slowly, what begins from nothing faster."""
        trained = [(n, p) for n, p in self.named_parameters() if p.requires_grad]
        fresh = ("head", "bert.embeddings")
        return [
            {"params": [p for n, p in trained if not n.startswith(fresh)], "factor": 1.0},
            {"params": [p for n, p in trained if n.startswith(fresh)], "factor": 4.0},
        ]

    def save(self, path: Path) -> None:
        """Write what `vnqa.weights.adapter.read_adapter` reads."""
        arrays: dict[str, np.ndarray] = {
            "head": _numpy(self.head.weight),
            "bias": _numpy(self.head.bias),
            "types": _numpy(self.bert.embeddings.token_type_embeddings.weight),
        }
        for number, layer in enumerate(self.bert.encoder.layer):
            for short, place in _PLACES.items():
                module = layer.get_submodule(place)
                assert isinstance(module, LowRank)
                a, b = module.factors()
                arrays[f"l{number}.{short}.a"] = a.astype(np.float16)
                arrays[f"l{number}.{short}.b"] = b.astype(np.float16)
        np.savez(path, **arrays)


def _encoder(weights: E5Weights) -> BertModel:
    hidden = weights.hidden
    inner = weights.tensor("l0.fi.b").size
    config = BertConfig(
        vocab_size=len(weights.pieces), hidden_size=hidden, num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads, intermediate_size=inner,
        max_position_embeddings=weights.positions, type_vocab_size=len(TYPES),
        layer_norm_eps=weights.epsilon, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        attn_implementation="sdpa",
    )  # fmt: skip
    plain_type = torch.tensor(weights.tensor("emb.type", hidden)[0])
    types = plain_type.repeat(len(TYPES), 1)
    types[1:] += 0.01 * torch.randn(len(TYPES) - 1, hidden)
    state = {
        "embeddings.word_embeddings.weight": _tensor(weights, "emb.word", hidden)[
            : len(weights.pieces)
        ],
        "embeddings.position_embeddings.weight": _tensor(weights, "emb.pos", hidden),
        "embeddings.token_type_embeddings.weight": types,
        "embeddings.LayerNorm.weight": _tensor(weights, "emb.ln.w"),
        "embeddings.LayerNorm.bias": _tensor(weights, "emb.ln.b"),
    }
    for number in range(weights.layers):
        ours, theirs = f"l{number}.", f"encoder.layer.{number}."
        for short, place in (_PLACES | _NORMS).items():
            columns = 0 if short in _NORMS else inner if short == "fo" else hidden
            state[f"{theirs}{place}.weight"] = _tensor(weights, f"{ours}{short}.w", columns)
            state[f"{theirs}{place}.bias"] = _tensor(weights, f"{ours}{short}.b")
    encoder = BertModel(config, add_pooling_layer=False)
    encoder.load_state_dict(state, strict=False)
    return encoder.requires_grad_(False)


def _tensor(weights: E5Weights, name: str, columns: int = 0) -> Tensor:
    return torch.tensor(weights.tensor(name, columns))


def _numpy(parameter: Tensor) -> np.ndarray:
    return parameter.detach().cpu().float().numpy()
