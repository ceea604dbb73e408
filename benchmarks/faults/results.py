"""The result file and the table."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path

from pydantic import Field
from rich import box
from rich.table import Table

import vnqa
from benchmarks.faults.rows import Row
from benchmarks.machine import processor
from vnqa.records import Record

RESULTS = Path(__file__).resolve().parents[1] / "results"


class Conditions(Record):
    """What was measured, where and when."""

    version: str
    machine: str
    system: str
    file_system: str
    day: datetime.date


class Measured(Record):
    """The rows of a stage, and their conditions."""

    conditions: Conditions
    rows: tuple[Row, ...]
    seconds: float


class Results(Record):
    """All stages, by name, as they stand in the result file."""

    stages: dict[str, Measured] = Field(default_factory=dict)


def conditions_in(folder: Path) -> Conditions:
    """Return the conditions of a run on this machine, in this folder."""
    return Conditions(
        version=vnqa.__version__,
        machine=f"{os.cpu_count()} cores of {processor()}",
        system=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        file_system=_file_system(folder),
        day=datetime.date.today(),
    )


def updated(path: Path, name: str, measured: Measured) -> Results:
    """Put a stage into the result file and return all that is in it."""
    results = Results()
    if path.is_file():
        results = Results.model_validate_json(path.read_bytes())
    results = Results(stages={**results.stages, name: measured})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(results.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return results


def table_of(results: Results) -> Table:
    """Return all rows as one table, a section a stage."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("stage", "what was done", "what happened"):
        table.add_column(heading, overflow="fold")
    for heading in ("tried", "held"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, measured in results.stages.items():
        stage = f"{name}\n{measured.seconds:.0f} s"
        for row in measured.rows:
            happened = ", ".join(f"{what}: {count:,}" for what, count in row.outcomes.items())
            held = f"{row.held:,}" if row.held == row.tried else f"{row.held:,}  NO"
            table.add_row(stage, row.what, happened, f"{row.tried:,}", held)
            stage = ""
        table.add_section()
    return table


def _file_system(folder: Path) -> str:
    """Return the kind of file system a folder lies in, which Linux alone tells in a file."""
    mounts = Path("/proc/mounts")
    if not mounts.is_file():
        return "unknown"
    kinds = {line.split()[1]: line.split()[2] for line in mounts.read_text().splitlines()}
    above = [str(path) for path in (folder.resolve(), *folder.resolve().parents)]
    return next((kinds[path] for path in above if path in kinds), "unknown")
