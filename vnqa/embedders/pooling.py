"""The states of a text's tokens to unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vnqa.language.sentences import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def unit_mean(states: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of the rows, of unit length."""
    import numpy as np

    mean = states.mean(axis=0)
    unit: NDArray[np.float32] = mean / np.linalg.norm(mean)
    return unit


def pool_sentences(
    states: NDArray[np.float32], lasts: Sequence[int], spans: Sequence[Span]
) -> NDArray[np.float32]:
    """Return float32 (sentences, dim), unit rows: for each sentence the mean of its tokens.

    A sentence without a token, cut off with the end of a long text, gets the mean of all.

    Args:
        states: Of the text's tokens, float32 (tokens, dim), a special one first and last.
        lasts: Place in the text of each token's last character, those two left out; a token of a
            prefix has a negative one.
        spans: The sentences as ``(start, end)`` in the text.
    """
    import numpy as np

    places = np.array(lasts[: len(states) - 2], dtype=np.int64)
    rows = []
    for start, end in spans:
        inside = states[1:-1][(places >= start) & (places < end)]
        rows.append(unit_mean(inside if len(inside) else states))
    return np.stack(rows)
