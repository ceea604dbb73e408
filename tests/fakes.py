"""Models that take no time: deterministic, and honest about what they are."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from vnqa.generators import Draft, Turn
from vnqa.language.vietnamese import folded_syllables
from vnqa.reader import Reading


class FakeEmbedder:
    """Hashes syllables into a small unit vector; texts with common syllables are near."""

    max_tokens = 128

    def __init__(self, dim: int = 32, name: str = "fake") -> None:
        self.dim = dim
        self.fingerprint = f"{name}-{dim}"
        self.passages_embedded = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.passages_embedded += len(texts)
        return np.array([self.embed_query(text) for text in texts], dtype=np.float32).reshape(
            len(texts), self.dim
        )

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dim, 1e-3, dtype=np.float32)
        for syllable in folded_syllables(text):
            digest = hashlib.sha256(syllable.encode()).digest()
            vector[digest[0] % self.dim] += 1.0 if digest[1] % 2 else -1.0
        return (vector / np.linalg.norm(vector)).astype(np.float32)


class FakeGenerator:
    """Writes what it is told to, whatever it is asked; remembers the prompts."""

    name = "fake"

    def __init__(self, draft: str | Callable[[str], str]) -> None:
        self._draft = draft
        self.prompts: list[str] = []

    def generate(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> str:
        self.prompts.append(turns[-1].content)
        return self._draft if isinstance(self._draft, str) else self._draft(turns[-1].content)


class FakeCompleter(FakeGenerator):
    """Continues plain text with what it is told to, as sure of it as it is told to be."""

    def __init__(self, draft: str | Callable[[str], str], log_probability: float) -> None:
        super().__init__(draft)
        self._log_probability = log_probability

    def complete(
        self,
        prefix: str,
        text: str,
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> Draft:
        self.prompts.append(prefix + text)
        draft = self._draft if isinstance(self._draft, str) else self._draft(text)
        return Draft(draft, self._log_probability)


class FakeConcurrent(FakeGenerator):
    """Writes what it is told to, to several callers at once; remembers how many there were."""

    def __init__(self, draft: str | Callable[[str], str], at_once: int) -> None:
        super().__init__(draft)
        self._at_once = at_once
        self._together = threading.Barrier(at_once)
        self._met = threading.Event()

    def at_once(self, calls: int) -> int:
        return self._at_once

    def generate(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> str:
        if not self._met.is_set():  # the first of each caller waits for those of the others
            self._together.wait(60)  # broken if they do not come
            self._met.set()
        return super().generate(turns, max_tokens=max_tokens, should_stop=should_stop)


class FakeReader:
    """Finds a passage as relevant as it is told to, and no answer in it; remembers what it read."""

    def __init__(self, relevance: Callable[[str], float]) -> None:
        self._relevance = relevance
        self.passages: list[str] = []

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        texts = [text for _, text in passages]
        self.passages += texts
        nothing, nowhere = np.zeros(0, np.float32), np.zeros((0, 2), np.int32)
        return [Reading(self._relevance(text), nothing, nothing, nowhere) for text in texts]


class EndlessGenerator:
    """Writes until it is told to stop."""

    name = "endless"

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended = threading.Event()

    def generate(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> str:
        assert should_stop is not None
        self.begun.set()
        while not should_stop():
            self.ended.wait(0.001)
        self.ended.set()
        return "4/7/1998"
