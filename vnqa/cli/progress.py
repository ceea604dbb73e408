"""Progress bars on standard error, shown where a person is looking."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from vnqa.records import AddReport


@contextmanager
def models_bar(console: Console) -> Iterator[Callable[[str, float], None]]:
    """Show what is done while models are prepared, which takes a minute on first use."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, fraction: float) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=1.0)
            bar.update(tasks[stage], completed=fraction)

        yield show


@contextmanager
def articles_bar(
    console: Console, description: str, total: int | None
) -> Iterator[Callable[[AddReport], None]]:
    """Show how many articles of a load are done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[passages]} ⊕"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(description, total=total, passages=0)

        def show(report: AddReport) -> None:
            done = report.added + report.updated + report.unchanged + len(report.rejected)
            bar.update(task, completed=done, passages=report.passages_embedded)

        yield show


def count_inputs(paths: list[Path]) -> int:
    """Return about how many articles paths hold: one a file, in JSONL files one a line."""
    total = 0
    for path in paths:
        files = (
            [Path(folder, name) for folder, _, names in os.walk(path) for name in names]
            if path.is_dir()
            else [path]
        )
        for file in files:
            if file.suffix == ".jsonl" and file.is_file():
                with file.open("rb") as lines:
                    total += sum(1 for _ in lines)
            else:
                total += 1
    return total
