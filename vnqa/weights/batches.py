"""Many token sequences through an encoder, batched so that each result is as it would be alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vnqa.weights.cache import opening

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

BOS, PAD, EOS = 0, 1, 2  # ids of XLM-RoBERTa's vocabulary
_BATCH_TOKENS = 2048  # padded tokens of a batch: larger ones are slower on a CPU


def open_encoder(folder: Path, *, threads: int) -> tuple[Any, Tokenizer]:
    """Return a ``ctranslate2.Encoder`` on the CPU in int8, and its tokenizer.

    Args:
        folder: As `vnqa.weights.e5.convert_e5` writes it.
        threads: CPU threads; 0 is CTranslate2's default, four at most.

    Raises:
        ModelError: If it cannot be read.
    """
    import ctranslate2
    from tokenizers import Tokenizer

    with opening(folder):
        encoder = ctranslate2.Encoder(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads
        )
        return encoder, Tokenizer.from_file(str(folder / "tokenizer.json"))


def token_states(
    encoder: Any, inputs: Sequence[list[int]], types: Sequence[list[int]] | None = None
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield ``(row, states)``, float32 (tokens, hidden), for each input, in order of length.

    Args:
        encoder: A ``ctranslate2.Encoder``.
        inputs: Token ids, special tokens included.
        types: Token types, as long as the inputs, for a model that has them.
    """
    import ctranslate2
    import numpy as np

    for width, rows in _batches([len(ids) for ids in inputs]):
        lengths = np.array([len(inputs[row]) for row in rows], dtype=np.int32)
        padded = np.full((len(rows), width), PAD, dtype=np.int32)
        for place, row in enumerate(rows):
            padded[place, : lengths[place]] = inputs[row]
        output = encoder.forward_batch(
            ctranslate2.StorageView.from_array(padded),
            ctranslate2.StorageView.from_array(lengths),
            None if types is None else [_filled(types[row], width) for row in rows],
        )
        hidden = np.array(output.last_hidden_state)
        for place, row in enumerate(rows):
            yield row, hidden[place, : lengths[place]]


def _filled(types: list[int], width: int) -> list[int]:
    return types + [0] * (width - len(types))


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
