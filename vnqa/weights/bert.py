"""A BERT encoder as a graph of OpenVINO's operations, its matrices in int8.

Layer norms come after each half of a layer, and GELU is exact (Devlin et al., "BERT: Pre-training
of Deep Bidirectional Transformers for Language Understanding", 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from vnqa.weights.int8 import quantize_rows
from vnqa.weights.openvino_runtime import import_openvino

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vnqa.weights.adapter import LowRankAdapter
    from vnqa.weights.e5 import E5Weights

IDS, TYPES, MASK = "ids", "types", "mask"  # inputs: see `bert_graph`


def bert_graph(
    weights: E5Weights,
    adapter: LowRankAdapter | None = None,
    *,
    on_layer: Callable[[int], None] = lambda _number: None,
) -> Any:
    """Return an ``openvino.Model`` that computes the states of tokens, float32 (n, width, hidden).

    Its inputs are ``ids``, int32 (n, width); ``mask``, float32 (n, width), 0 for a token and minus
    infinity for padding; and with an adapter ``types``, int32 (n, width). Without one all tokens
    are of type 0.

    Args:
        weights: Of the encoder.
        adapter: What is added to them.
        on_layer: Told each layer's number when it is done.

    Raises:
        ModelError: If a tensor is missing.
    """
    graph = _Graph(weights, adapter)
    ids, mask = graph.parameter(IDS, np.int32), graph.parameter(MASK, np.float32)
    inputs = [ids, mask]
    words = weights.tensor("emb.word", weights.hidden)[: len(weights.pieces)]
    positions = weights.tensor("emb.pos", weights.hidden)
    x = graph.looked_up(words, ids)
    if adapter is None:
        positions = positions + weights.tensor("emb.type", weights.hidden)[0]
    else:
        types = graph.parameter(TYPES, np.int32)
        inputs.append(types)
        x = graph.sum(x, graph.row(adapter.token_types, types))
    x = graph.norm(graph.sum(x, graph.first(positions, ids)), "emb.ln")
    unmasked = graph.over_heads(mask)
    for number in range(weights.layers):
        x = graph.layer(x, unmasked, f"l{number}.")
        on_layer(number)
    return graph.model(x, inputs)


class _Graph:
    """OpenVINO's operations in the sizes of one encoder."""

    def __init__(self, weights: E5Weights, adapter: LowRankAdapter | None) -> None:
        self._weights = weights
        self._adapter = adapter
        self._openvino = import_openvino()
        self._op = self._openvino.opset15
        heads, hidden = weights.heads, weights.hidden
        self._split = self._constant(np.array([0, 0, heads, hidden // heads]))
        self._merged = self._constant(np.array([0, 0, hidden]))
        self._swapped = self._constant(np.array([0, 2, 1, 3]))

    def parameter(self, name: str, dtype: type[np.generic]) -> Any:
        """Return an input of shape (n, width)."""
        return self._op.parameter([-1, -1], dtype, name=name)

    def model(self, x: Any, inputs: list[Any]) -> Any:
        """Return the whole."""
        return self._openvino.Model([self._op.result(x)], inputs, "encoder")

    def sum(self, first: Any, second: Any) -> Any:
        """Return the sum of two tensors."""
        return self._op.add(first, second)

    def row(self, table: NDArray[Any], numbers: Any) -> Any:
        """Return the rows of a table with some numbers."""
        return self._op.gather(self._constant(table), numbers, self._constant(np.int64(0)))

    def looked_up(self, table: NDArray[np.float32], numbers: Any) -> Any:
        """Return the rows of a table that is kept in int8."""
        values, scale = quantize_rows(table)
        rows = self._op.convert(self.row(values, numbers), np.float32)
        return self._op.multiply(rows, self.row(scale, numbers))

    def first(self, table: NDArray[np.float32], like: Any) -> Any:
        """Return as many rows of a table as a tensor is wide, (1, width, hidden)."""
        zero, one = (self._constant(np.array([number])) for number in (0, 1))
        width = self._op.gather(self._op.shape_of(like), one, self._constant(np.int64(0)))
        rows = self._op.slice(self._constant(table), zero, width, one, zero)
        return self._op.unsqueeze(rows, self._constant(np.int64(0)))

    def over_heads(self, mask: Any) -> Any:
        """Return a mask as (n, 1, 1, width)."""
        return self._op.unsqueeze(mask, self._constant(np.array([1, 2])))

    def layer(self, x: Any, mask: Any, at: str) -> Any:
        """Return a layer's output."""
        q, k, v = (self._heads(self._linear(x, at + name)) for name in "qkv")
        attended = self._op.scaled_dot_product_attention(q, k, v, mask)
        mixed = self._op.reshape(self._op.transpose(attended, self._swapped), self._merged, True)
        x = self.norm(self.sum(x, self._linear(mixed, at + "ao")), at + "aln")
        inner = self._op.gelu(self._linear(x, at + "fi"), "erf")
        return self.norm(self.sum(x, self._linear(inner, at + "fo")), at + "oln")

    def norm(self, x: Any, name: str) -> Any:
        """Return a tensor with zero mean and unit variance over its last axis, scaled and moved."""
        last = self._constant(np.array([-1]))
        epsilon = self._weights.epsilon
        centred = self._op.mvn(x, last, True, epsilon, "inside_sqrt")
        scaled = self._op.multiply(centred, self._vector(f"{name}.w"))
        return self.sum(scaled, self._vector(f"{name}.b"))

    def _linear(self, x: Any, name: str) -> Any:
        bias = self._weights.tensor(f"{name}.b")
        weight = self._weights.tensor(f"{name}.w").reshape(len(bias), -1)
        if self._adapter is not None:
            weight = self._adapter.adapted(name, weight)
        values, scale = quantize_rows(weight)
        matrix = self._op.multiply(
            self._op.convert(self._constant(values), np.float32), self._constant(scale)
        )
        return self.sum(self._op.matmul(x, matrix, False, True), self._vector(f"{name}.b"))

    def _heads(self, x: Any) -> Any:
        return self._op.transpose(self._op.reshape(x, self._split, True), self._swapped)

    def _vector(self, name: str) -> Any:
        return self._constant(self._weights.tensor(name)[None, None])

    def _constant(self, values: Any) -> Any:
        return self._op.constant(np.ascontiguousarray(values))
