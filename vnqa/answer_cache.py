"""Answers that were given before, kept until the collection changes."""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Hashable

from vnqa.records import Answer, Statement
from vnqa.request import Request

Parts = tuple[Statement | Answer, ...]


class AnswerCache:
    """The answers given last, by what was asked of which state. Safe from several threads.

    Each is kept as it was streamed: its statements, then the answer. Copies go in and out, since
    records are frozen but what their articles hold in ``extra`` is not.

    Args:
        size: The most answers kept, at least 0; the one not asked for longest goes first.
    """

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError(f"cache_answers must be at least 0, got {size}")
        self._size = size
        self._answers: OrderedDict[tuple[Hashable, Request], Parts] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, state: Hashable, request: Request) -> Parts | None:
        """Return the answer given to a request in a state of the collection, if it is kept."""
        with self._lock:
            parts = self._answers.get((state, request))
            if parts is not None:
                self._answers.move_to_end((state, request))
        return copy.deepcopy(parts)

    def put(self, state: Hashable, request: Request, parts: Parts) -> None:
        """Keep an answer."""
        if not self._size:
            return
        parts = copy.deepcopy(parts)
        with self._lock:
            self._answers[state, request] = parts
            self._answers.move_to_end((state, request))
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._answers.clear()
