"""Greedy decoding that reads several tokens at a time where a text repeats itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vnqa.weights.decoder import Decoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pick = Callable[["NDArray[np.float32]", int], int]

_GUESSES = 8  # tokens; with 4 or 12 drafts take as long (benchmarks/quality.md)
_ALIKE = 3  # of the last tokens are looked for before, or fewer


def likeliest(logits: NDArray[np.float32], written: int) -> int:
    """Return the token that most likely follows."""
    return int(logits.argmax())


def continued(
    decoder: Decoder,
    prefix: Sequence[int],
    tokens: Sequence[int],
    should_stop: Callable[[], bool],
    pick: Pick = likeliest,
) -> Iterator[tuple[int, float]]:
    """Yield the tokens that follow, by default the likeliest, and their log probabilities.

    An answer is mostly copied, so what stood after the same tokens before is read ahead, and kept
    as far as it is what the model says too: "Prompt Lookup Decoding", Saxena (2023). The tokens are
    those of one at a time, but for what rounding decides.

    Args:
        decoder: The model.
        prefix: Token ids, kept for the next call; see `Decoder.start`.
        tokens: Token ids that follow it, at least one; they are what is repeated.
        should_stop: Asked between pieces of a long text; True ends it there, with no token.
        pick: Chooses a token by the logits of all, and how many were written before it.
    """
    first = decoder.start(prefix, tokens, should_stop)
    if first is None:
        return
    known, rows = list(tokens), first[None]
    guessed: list[int] = []
    while True:
        right = 0
        for row in rows:
            token = pick(row, len(known) - len(tokens))
            known.append(token)
            yield token, _log_probability(row, token)
            if right == len(guessed) or token != guessed[right]:
                break
            right += 1
        decoder.take_back(len(guessed) - right)
        guessed = _what_followed(known)
        rows = decoder.follow([known[-1], *guessed])


def _what_followed(known: Sequence[int]) -> list[int]:
    """Return what stood after the last tokens where they first stood."""
    for length in range(min(_ALIKE, len(known) - 1), 0, -1):
        tail = list(known[-length:])
        for end in range(length, len(known)):
            if known[end - 1] == tail[-1] and known[end - length : end] == tail:
                return list(known[end : end + _GUESSES])
    return []


def _log_probability(logits: NDArray[np.float32], token: int) -> float:
    above = (logits - logits[token]).astype(np.float64)
    return -math.log(np.exp(above).sum())
