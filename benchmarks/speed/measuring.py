"""Two ways to do the same thing, timed alternately, and what else a row of the table holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from pydantic import Field

from benchmarks.machine import Machine
from benchmarks.quality.rows import Goal
from vnqa.records import Record

ROUNDS = 5
_STATUS = Path("/proc/self/status")


class CannotMeasureError(Exception):
    """A stage cannot be measured here, for the reason that is the message."""


class Row(Record):
    """A figure of the table.

    Attributes:
        what: What vnqa did.
        baseline: What it is held against.
        figure: What the values are, e.g. ``"times as fast"``.
        values: One a round.
        goal: What their median should reach.
        notes: Sizes, seconds of both sides, and whatever else explains the values.
    """

    what: str
    baseline: str
    figure: str
    values: tuple[float, ...]
    goal: Goal | None = None
    notes: dict[str, object] = Field(default_factory=dict)

    @property
    def median(self) -> float:
        """Of the values."""
        return median(self.values)

    @property
    def reached(self) -> bool | None:
        """Whether the median reaches the goal; ``None`` without one."""
        if self.goal is None:
            return None
        return (
            self.median <= self.goal.value
            if self.goal.at_most
            else (self.median >= self.goal.value)
        )


class Stage(Record):
    """The rows of a stage, and where and how long they were measured."""

    machine: Machine
    seconds: float
    rows: tuple[Row, ...]


class Results(Record):
    """All stages, by name, as they stand in the result file."""

    stages: dict[str, Stage] = Field(default_factory=dict)


def seconds_of(action: Callable[[], object]) -> float:
    """Return the wall-clock time of an action."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def alternately(
    baseline: Callable[[], object],
    ours: Callable[[], object],
    *,
    prepare: Callable[[], object] = lambda: None,
    rounds: int = ROUNDS,
    warm: bool = True,
) -> list[tuple[float, float]]:
    """Return the seconds of baseline and vnqa, taken in turns.

    Args:
        baseline: What vnqa is held against.
        ours: What vnqa does.
        prepare: Called before each of the two, untimed.
        rounds: How often each is timed.
        warm: Run both once before, untimed.
    """
    if warm:
        for action in (baseline, ours):
            prepare()
            action()
    times = []
    for _ in range(rounds):
        pair = []
        for action in (baseline, ours):
            prepare()
            pair.append(seconds_of(action))
        times.append((pair[0], pair[1]))
    return times


def compared(
    what: str,
    baseline: str,
    times: list[tuple[float, float]],
    goal: Goal | None,
    **notes: object,
) -> Row:
    """Return the row of two ways timed; a goal of at most means vnqa's time over the baseline's."""
    slower = goal is None or goal.at_most
    values = [ours / theirs if slower else theirs / ours for theirs, ours in times]
    seconds = {
        "seconds_baseline": round(median(theirs for theirs, _ in times), 6),
        "seconds_vnqa": round(median(ours for _, ours in times), 6),
    }
    return Row(
        what=what,
        baseline=baseline,
        figure="of its time" if slower else "times as fast",
        values=tuple(round(value, 4) for value in values),
        goal=goal,
        notes={**seconds, **notes},
    )


def anonymous_mb() -> float | None:
    """Return the memory of this process that is no file's, in MB; ``None`` off Linux."""
    return _status_mb("RssAnon")


def resident_mb() -> float | None:
    """Return the memory of this process, what it touched of mapped files included, in MB."""
    return _status_mb("VmRSS")


def _status_mb(name: str) -> float | None:
    if not _STATUS.is_file():
        return None
    for line in _STATUS.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return None


@contextmanager
def watched_memory() -> Iterator[list[float]]:
    """Yield a list that in the end holds one value: the most MB taken above those at the start.

    It stays empty where `anonymous_mb` tells nothing: a row of zeros would reach its goal.
    """
    before = anonymous_mb()
    if before is None:
        yield []
        return
    peak = [0.0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], (anonymous_mb() or 0.0) - before)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def bytes_written() -> int:
    """Return the bytes that this process wrote so far; 0 where Linux does not tell."""
    counters = Path("/proc/self/io")
    if not counters.is_file():
        return 0
    return int(dict(line.split(": ") for line in counters.read_text().splitlines())["wchar"])
