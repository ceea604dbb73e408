"""The rows of the table."""

from __future__ import annotations

from collections import Counter

from pydantic import Field

from vnqa.records import Record


class Row(Record):
    """What became of an index that something was done to, many times.

    Attributes:
        what: What was done.
        tried: How often.
        held: How often all that was promised was so.
        outcomes: What happened, and how often.
        examples: Sentences on cases that did not hold, at most a few.
    """

    what: str
    tried: int
    held: int
    outcomes: dict[str, int] = Field(default_factory=dict)
    examples: tuple[str, ...] = ()


class Tally:
    """Counts what happens, for a row."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._held = 0
        self._outcomes: Counter[str] = Counter()
        self._examples: list[str] = []

    def add(self, outcome: str, *, held: bool, example: object = "") -> None:
        """Count one case; ``example`` says more where it did not hold."""
        self._held += held
        self._outcomes[outcome] += 1
        if not held and len(self._examples) < 5:
            self._examples.append(f"{outcome}: {example}")

    def row(self) -> Row:
        """Return the row."""
        return Row(
            what=self._what,
            tried=self._outcomes.total(),
            held=self._held,
            outcomes=dict(self._outcomes.most_common()),
            examples=tuple(self._examples),
        )
