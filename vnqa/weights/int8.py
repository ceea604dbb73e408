"""Weights in int8, a scale for each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def quantize_rows(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise each row of a matrix to int8 by its largest magnitude.

    Args:
        weight: Shape (rows, columns).

    Returns:
        The int8 matrix of the same shape, and scales of shape (rows, 1): ``int8 * scale`` is the
        weight again, within half a scale.
    """
    largest = np.abs(weight).max(axis=1, keepdims=True).astype(np.float32)
    largest[largest == 0] = 127.0
    scale = np.maximum(largest / np.float32(127), np.finfo(np.float32).tiny)
    return np.rint(weight / scale).astype(np.int8), scale
