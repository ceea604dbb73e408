"""The reader: does a passage answer a question, and with which words?

A second look at retrieved passages, each read together with the question: the "reader" of a
retriever-reader system (Chen et al. 2017). It ranks passages better than vectors and words do,
tells where the answer stands, and that there is none. It is the bundled encoder with a low-rank
adapter, trained by ``benchmarks/reader`` on the tuning halves of the development sets, on questions
that language models wrote, and on questions made from news.
"""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vnqa.language.sentences import Span
from vnqa.reader.inputs import OTHER, ReaderInput, reader_input
from vnqa.weights import Progress
from vnqa.weights.batches import token_states
from vnqa.weights.cache import converted_folder
from vnqa.weights.encoder import FORM, open_encoder, require_openvino
from vnqa.weights.packages import E5_SMALL, locate, read_verified

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from vnqa.weights.adapter import LowRankAdapter
    from vnqa.weights.encoder import Encoder

ADAPTER = Path(__file__).with_name("adapter.npz")
_LONGEST_ANSWER = 40  # tokens, about 30 syllables


class PassageReader(Protocol):
    """What the library asks of a reader."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return a reading of each passage, given as ``(title, text)``, in the order given."""
        ...


class AnswerSpan(NamedTuple):
    """The most likely answer within a stretch of text.

    Attributes:
        score: Log-odds against "no answer here", before calibration.
        start: First code point in the passage.
        end: One past the last.
    """

    score: float
    start: int
    end: int


class Reading(NamedTuple):
    """What a passage says to a question.

    Attributes:
        relevance: Log-odds that the passage answers the question, before calibration.
        starts: For each token of the passage, float32 (n,): how likely an answer begins with it,
            as a difference of logits against that of "no answer".
        ends: The same for its last token.
        spans: Of each token ``(start, end)`` in the passage's text, int32 (n, 2).
    """

    relevance: float
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    spans: NDArray[np.int32]

    def best(self, within: Span) -> AnswerSpan | None:
        """Return the most likely answer that lies in a stretch of the passage.

        Args:
            within: ``(start, end)`` in the passage's text; a token belongs to where it ends.

        Returns:
            The best span, or ``None`` where no token of the passage that was read lies there.
        """
        import numpy as np

        inside = np.flatnonzero((self.spans[:, 1] > within[0]) & (self.spans[:, 1] <= within[1]))
        if not len(inside):
            return None
        first, last = inside[0], inside[-1] + 1
        scores = self.starts[first:last, None] + self.ends[None, first:last]
        allowed = np.tril(np.triu(np.ones_like(scores, dtype=bool)), _LONGEST_ANSWER - 1)
        scores = np.where(allowed, scores, -np.inf)
        start, end = np.unravel_index(int(scores.argmax()), scores.shape)
        place = max(int(self.spans[first + start, 0]), within[0])
        return AnswerSpan(float(scores[start, end]), place, int(self.spans[first + end, 1]))

    def score(self, start: int, end: int) -> float:
        """Return how likely a given stretch is the answer, on the scale of `AnswerSpan.score`."""
        import numpy as np

        touched = np.flatnonzero((self.spans[:, 1] > start) & (self.spans[:, 0] < end))
        if not len(touched):
            return float("-inf")
        return float(self.starts[touched[0]] + self.ends[touched[-1]])


def reading_of(
    given: ReaderInput, starts: NDArray[np.float32], ends: NDArray[np.float32], relevance: float
) -> Reading:
    """Return what a network's logits say of a passage.

    Args:
        given: The question and the passage.
        starts: Of each token, float32 (at least as many as there are): the first is "no answer".
        ends: The same for the answer's last token.
        relevance: Log-odds that the passage answers.
    """
    import numpy as np

    spans = np.array(given.spans, dtype=np.int32)
    text = np.flatnonzero((np.array(given.types) >= OTHER) & (spans[:, 1] > 0))
    return Reading(relevance, starts[text] - starts[0], ends[text] - ends[0], spans[text])


class Reader:
    """multilingual-e5-small with a low-rank adapter, on the CPU, through OpenVINO.

    The weights are checked, adapted and converted on first use (seconds), then read from the
    cache. The same question and passage give the same reading, bit for bit, whatever else is read
    with them.

    Args:
        cache_dir: Folder for the converted model; by default the platform's place for caches.
        threads: CPU threads; 0 leaves it to OpenVINO.
        progress: Told how far the conversion is.

    Raises:
        MissingExtraError: If the package with the weights, or OpenVINO, is not installed.
        ModelError: If its file is truncated, or the adapter is damaged.
    """

    def __init__(
        self,
        *,
        cache_dir: str | os.PathLike[str] | None = None,
        threads: int = 0,
        progress: Progress | None = None,
    ) -> None:
        self._paths = locate(E5_SMALL)
        require_openvino("the bundled reader")
        self._cache_dir = cache_dir
        self._threads = threads
        self._progress = progress
        self._lock = threading.Lock()
        self._loaded: tuple[Encoder, Tokenizer, LowRankAdapter] | None = None

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """Read passages with a question in mind.

        Args:
            question: With diacritics or without, as the passages' words are to be compared.
            passages: ``(title, text)`` of each; title, question and text are cut at 384 tokens.

        Returns:
            A reading of each passage, in the order given.
        """
        import numpy as np

        encoder, tokenizer, adapter = self._load()
        inputs = [reader_input(tokenizer, question, title, text) for title, text in passages]
        readings: list[Reading | None] = [None] * len(inputs)
        for row, states in token_states(
            encoder, [each.ids for each in inputs], [each.types for each in inputs]
        ):
            logits = states @ adapter.head.T + adapter.bias
            passage = np.flatnonzero(np.array(inputs[row].types) >= OTHER)
            relevance = logits[0, 2] + (logits[passage, 3].mean() if len(passage) else 0.0)
            readings[row] = reading_of(inputs[row], logits[:, 0], logits[:, 1], float(relevance))
        return [reading for reading in readings if reading is not None]

    def _load(self) -> tuple[Encoder, Tokenizer, LowRankAdapter]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> tuple[Encoder, Tokenizer, LowRankAdapter]:
        from vnqa.weights.adapter import read_adapter

        adapter = read_adapter(ADAPTER)
        adapted = dataclasses.replace(E5_SMALL, name=f"vnqa-reader-{adapter.digest[:8]}")
        folder = converted_folder(adapted, self._convert, form=FORM, cache_dir=self._cache_dir)
        return *open_encoder(folder, threads=self._threads), adapter

    def _convert(self, folder: Path) -> None:
        from vnqa.weights.adapter import read_adapter
        from vnqa.weights.e5 import convert_e5

        data = b"".join(read_verified(E5_SMALL, self._paths, progress=self._progress))
        convert_e5(data, folder, adapter=read_adapter(ADAPTER), progress=self._progress)
