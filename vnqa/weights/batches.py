"""Many token sequences through an encoder, batched so that each result is as it would be alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vnqa.weights.encoder import Encoder

BOS, PAD, EOS = 0, 1, 2  # ids of XLM-RoBERTa's vocabulary
_BATCH_TOKENS = 2048  # padded tokens of a batch: larger ones are no faster on a CPU


def token_states(
    encoder: Encoder, inputs: Sequence[list[int]], types: Sequence[list[int]] | None = None
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield ``(row, states)``, float32 (tokens, hidden), for each input, in order of length.

    Args:
        encoder: What computes them.
        inputs: Token ids, special tokens included.
        types: Token types, as long as the inputs, for a model that has them.
    """
    for width, rows in _batches([len(ids) for ids in inputs]):
        lengths = np.array([len(inputs[row]) for row in rows], dtype=np.int32)
        ids = _padded([inputs[row] for row in rows], width, PAD)
        kinds = None if types is None else _padded([types[row] for row in rows], width, 0)
        states = encoder.states(ids, lengths, kinds)
        for place, row in enumerate(rows):
            yield row, states[place, : lengths[place]]


def _padded(rows: Sequence[list[int]], width: int, padding: int) -> NDArray[np.int32]:
    padded = np.full((len(rows), width), padding, dtype=np.int32)
    for place, row in enumerate(rows):
        padded[place, : len(row)] = row
    return padded


def _batches(lengths: Sequence[int], step: int = 8) -> Iterator[tuple[int, list[int]]]:
    """Yield ``(width, rows)``: rows padded to one width within the budget of tokens.

    The width depends on a row's own length alone (the next multiple of 8), so that the
    arithmetic done for a text, hence its vector, does not depend on its neighbours.
    """
    by_width: dict[int, list[int]] = defaultdict(list)
    for row, length in enumerate(lengths):
        by_width[-(-length // step) * step].append(row)
    for width in sorted(by_width):
        rows = iter(by_width[width])
        while batch := list(islice(rows, max(1, _BATCH_TOKENS // width))):
            yield width, batch
