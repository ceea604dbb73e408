"""Several questions at once, their answers in the order asked."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Asked = TypeVar("_Asked")
_Answered = TypeVar("_Answered")

_AHEAD = 4  # answers of each thread that may wait for a slower one before them


def in_order(
    ask: Callable[[_Asked, threading.Event], _Answered], asked: Sequence[_Asked], *, at_once: int
) -> Iterator[_Answered]:
    """Yield the answer to each, as soon as it and those before it are there.

    An error, Ctrl-C, or closing the iterator ends those under way and starts no other.

    Args:
        ask: Called in other threads, with an event that is set when no answer is wanted any more.
        asked: What it is called with.
        at_once: The most calls at once.
    """
    stop = threading.Event()
    pending: deque[Future[_Answered]] = deque()
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="vnqa-ask") as pool:
        try:
            for one in asked:
                pending.append(pool.submit(ask, one, stop))
                if len(pending) > _AHEAD * at_once:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            stop.set()
            for future in pending:
                future.cancel()
