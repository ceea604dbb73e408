"""The stages, in the order in which they run."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from benchmarks.faults.copies import copies
from benchmarks.faults.damage import damage
from benchmarks.faults.inputs import inputs
from benchmarks.faults.kills import kills
from benchmarks.faults.readers import readers
from benchmarks.faults.rows import Row
from benchmarks.faults.space import space


class Stage(Protocol):
    """Does something to indexes in a folder of its own."""

    def __call__(self, folder: Path, *, quick: bool) -> list[Row]:
        """Return the rows; a quick run does a few of each."""


def _kills(folder: Path, *, quick: bool) -> list[Row]:
    return kills(folder, count=5 if quick else 500)


def _damage(folder: Path, *, quick: bool) -> list[Row]:
    return damage(folder, flips=1 if quick else 200, repairs=1 if quick else 20)


def _space(folder: Path, *, quick: bool) -> list[Row]:
    return space(folder, moments=2 if quick else 24)


def _readers(folder: Path, *, quick: bool) -> list[Row]:
    return readers(folder, count=2 if quick else 8, seconds=0 if quick else 600, changes=12)


def _copies(folder: Path, *, quick: bool) -> list[Row]:
    return copies(folder, count=3 if quick else 200)


def _inputs(folder: Path, *, quick: bool) -> list[Row]:
    return inputs(folder, files=50 if quick else 6000, questions=50 if quick else 4000)


STAGES: dict[str, Stage] = {
    "kills": _kills,
    "damage": _damage,
    "space": _space,
    "readers": _readers,
    "copies": _copies,
    "inputs": _inputs,
}
