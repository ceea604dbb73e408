"""The rows of the table, and the goals they are held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import Field

from vnqa.evaluation import Figure
from vnqa.records import Record


class Goal(NamedTuple):
    """What a figure should reach: at least the value, or at most."""

    value: float
    at_most: bool = False

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.value:g}"


class Row(Record):
    """A figure of the table.

    Attributes:
        name: What was done.
        dataset: The questions' set, and what its articles are hidden among.
        figure: What was measured.
        value: The figure, with its 95% interval, over ``n`` questions.
        goal: What it should reach, if anything.
    """

    name: str
    dataset: str
    figure: str
    value: Figure
    goal: Goal | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; ``None`` without one."""
        if self.goal is None:
            return None
        value, goal = self.value.value, self.goal.value
        return value <= goal if self.goal.at_most else value >= goal


class StageResult(Record):
    """What a stage measured.

    Attributes:
        rows: For the table.
        curves: For the plots: name to ``(coverage, risk)`` points.
        notes: Whatever else should be known, such as examples of what went wrong.
        seconds: Wall-clock time.
    """

    rows: tuple[Row, ...]
    curves: dict[str, list[tuple[float, float]]] = Field(default_factory=dict)
    notes: dict[str, object] = Field(default_factory=dict)
    seconds: float = 0.0


def rows_of(
    name: str,
    dataset: str,
    figures: Mapping[str, Figure],
    goals: Mapping[str, Goal] | None = None,
) -> list[Row]:
    """Return one row a figure, with its goal where there is one."""
    goals = goals or {}
    return [
        Row(name=name, dataset=dataset, figure=label, value=figure, goal=goals.get(label))
        for label, figure in figures.items()
    ]


def count_figure(count: int, n: int) -> Figure:
    """Return a plain count over ``n`` cases; it was not sampled, so it has no interval."""
    return Figure(value=float(count), low=float(count), high=float(count), n=n)
