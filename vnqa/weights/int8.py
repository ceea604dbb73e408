"""Weights in the int8 form that CTranslate2 stores, one tensor at a time to keep memory low."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def quantize_rows(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise each row of a matrix to int8 by its largest magnitude.

    The same rule as ``ctranslate2.specs.LayerSpec.optimize(quantization="int8")``, which wants
    the whole model in float32 first.

    Args:
        weight: Shape (rows, columns).

    Returns:
        The int8 matrix of the same shape, and scales of shape (rows,): ``int8 / scale`` is the
        weight again.
    """
    largest = np.abs(weight).max(axis=1).astype(np.float32)
    largest[largest == 0] = 127.0
    largest = np.maximum(largest, np.float32(127) / np.finfo(np.float32).max)  # finite scales
    scale = np.float32(127) / largest
    return np.rint(weight * scale[:, None]).astype(np.int8), scale


def set_quantized(spec: Any, weight: NDArray[np.float32]) -> None:
    """Set ``weight`` and ``weight_scale`` of a CTranslate2 linear or embedding spec."""
    spec.weight, spec.weight_scale = quantize_rows(weight)


def set_linear(
    spec: Any, weights: list[NDArray[np.float32]], biases: list[NDArray[np.float32]]
) -> None:
    """Set a CTranslate2 linear spec from one layer, or from several fused along their outputs.

    Args:
        spec: A ``LinearSpec``.
        weights: Each of shape (outputs, inputs), the inputs the same.
        biases: Each of shape (outputs,).
    """
    parts = [quantize_rows(weight) for weight in weights]
    spec.weight = np.concatenate([values for values, _ in parts])
    spec.weight_scale = np.concatenate([scale for _, scale in parts])
    spec.bias = np.concatenate(biases).astype(np.float32)
