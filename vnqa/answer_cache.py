"""Answers that were given before, kept until the collection changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from vnqa.records import Answer
from vnqa.request import Request


class AnswerCache:
    """The answers given last, by what was asked of which state. Safe from several threads.

    Args:
        size: The most answers kept, at least 0; the one not asked for longest goes first.
    """

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError(f"cache_answers must be at least 0, got {size}")
        self._size = size
        self._answers: OrderedDict[tuple[Hashable, Request], Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, state: Hashable, request: Request) -> Answer | None:
        """Return the answer given to a request in a state of the collection, if it is kept."""
        with self._lock:
            answer = self._answers.get((state, request))
            if answer is not None:
                self._answers.move_to_end((state, request))
            return answer

    def put(self, state: Hashable, request: Request, answer: Answer) -> None:
        """Keep an answer."""
        with self._lock:
            self._answers[state, request] = answer
            self._answers.move_to_end((state, request))
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._answers.clear()
