"""Several questions at once, their answers in the order asked."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from typing import Any, TypeVar

_Asked = TypeVar("_Asked")
_Answered = TypeVar("_Answered")

_AHEAD = 4  # answers of each thread that may wait for a slower one before them
PATIENCE = 2.0  # seconds until a thread that does not end, as of a silent server, is left behind


class Unwanted(threading.Event):
    """Tells that no answer is wanted any more: it is set, or the thread that waited has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = threading.current_thread()

    def is_set(self) -> bool:
        """Return whether answers are not wanted."""
        return super().is_set() or not self.waiting.is_alive()


def in_order(
    ask: Callable[[_Asked, threading.Event], _Answered], asked: Sequence[_Asked], *, at_once: int
) -> Iterator[_Answered]:
    """Yield the answer to each, as soon as it and those before it are there.

    An error, Ctrl-C, closing the iterator, or the end of the thread that takes the answers ends
    those under way and starts no other.

    Args:
        ask: Called in other threads, in the context of who takes the answers, with an event that is
            set when no answer is wanted any more.
        asked: What it is called with.
        at_once: The most calls at once.
    """
    unwanted = Unwanted()
    pending: deque[Future[_Answered]] = deque()
    calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    # Not a pool: those of the standard library take no work once the main thread has ended.
    threads = [
        threading.Thread(target=_work, args=(calls,), name=f"vnqa-ask-{number}")
        for number in range(at_once)
    ]
    try:
        for thread in threads:
            thread.start()
        for one in asked:
            unwanted.waiting = threading.current_thread()
            future, call = _deferred(ask, one, unwanted)
            pending.append(future)
            calls.put(call)
            if len(pending) > _AHEAD * at_once:
                yield pending.popleft().result()
        while pending:
            unwanted.waiting = threading.current_thread()
            yield pending.popleft().result()
    finally:
        unwanted.set()
        for future in pending:
            future.cancel()
        for _ in threads:
            calls.put(None)
        for thread in threads:
            if thread.is_alive():
                thread.join(PATIENCE)


def _work(calls: queue.SimpleQueue[Callable[[], None] | None]) -> None:
    while (call := calls.get()) is not None:
        call()


def _deferred(
    answer: Callable[..., _Answered], *asked: Any
) -> tuple[Future[_Answered], Callable[[], None]]:
    """Return what a call comes to, and the call, for another thread: in the context of this one.

    The call does nothing if the future was cancelled before.
    """
    future: Future[_Answered] = Future()
    context = contextvars.copy_context()

    def settle() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(context.run(answer, *asked))
        except BaseException as error:  # for who waits
            future.set_exception(error)

    return future, settle


def interruptibly(write: Callable[[Callable[[], bool]], _Answered]) -> _Answered:
    """Return what a function returns, called in another thread, so that Ctrl-C ends it.

    Only the main thread gets Ctrl-C, so that any other calls it itself.

    Args:
        write: Called with what tells it to end.
    """
    unwanted = Unwanted()
    if threading.current_thread() is not threading.main_thread():
        return write(unwanted.is_set)
    future, call = _deferred(write, unwanted.is_set)
    thread = threading.Thread(target=call, name="vnqa-generate")
    try:
        thread.start()  # where Ctrl-C may come, too
        return future.result()
    except BaseException:
        unwanted.set()
        wait([future], PATIENCE)
        raise
