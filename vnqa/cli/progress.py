"""What is being done and how far it is, on standard error, where a person is looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from vnqa.cli.options import Lang
from vnqa.cli.texts import TEXTS
from vnqa.records import AddReport


class Bars:
    """The bars of one command; ``working`` makes them.

    Args:
        progress: Draws them.
        texts: What they say, by key; see `vnqa.cli.texts`.
    """

    def __init__(self, progress: Progress, texts: dict[str, str]) -> None:
        self._progress = progress
        self._texts = texts
        self._tasks: dict[str, TaskID] = {}

    def prepare(self, stage: str, fraction: float) -> None:
        """Show how far the preparation of a model is, which takes a minute on first use."""
        if stage not in self._tasks:
            verb, _, what = stage.partition(" ")
            description = f"{self._texts.get(verb, verb)} {what}"
            self._tasks[stage] = self._progress.add_task(description, total=1.0, count="")
        self._progress.update(self._tasks[stage], completed=fraction)
        if fraction >= 1.0:
            self._progress.update(self._tasks[stage], visible=False)

    def waiting(self, key: str) -> None:
        """Show that something of unknown length goes on."""
        self._progress.add_task(self._texts[key], total=None, count="")

    def count(self, stage: str, done: int, total: int) -> None:
        """Show how many questions of a stage of an evaluation are done."""
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(self._texts[stage], total=total, count="")
        self._progress.update(self._tasks[stage], completed=done, count=f"{done}/{total}")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bars away while results are printed, to the same terminal perhaps."""
        if self._progress.disable:
            yield
            return
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()

    def adding(self, total: int) -> Callable[[AddReport], None]:
        """Show how many articles of a load are done, and how many passages were embedded."""
        task = self._progress.add_task(self._texts["adding"], total=total or None, count="")

        def show(report: AddReport) -> None:
            done = report.added + report.updated + report.unchanged + len(report.rejected)
            count = self._texts["so_far"].format(
                done=done, total=max(total, done), passages=report.passages_embedded
            )
            # one more than the articles, because the last batch is embedded after the last of them
            self._progress.update(task, completed=done, total=max(total, done) + 1, count=count)

        return show


class _Time(ProgressColumn):
    """Time left, where it can be told; else time passed."""

    def __init__(self, left: str) -> None:
        super().__init__()
        self._left = left

    def render(self, task: Task) -> Text:
        """Return minutes and seconds."""
        left = None if task.total is None or task.finished else task.time_remaining
        seconds = int(task.elapsed or 0 if left is None else left)
        shown = f"{seconds // 60}:{seconds % 60:02d}"
        return Text(shown if left is None else self._left.format(time=shown), style="cyan")


@contextmanager
def working(console: Console, lang: Lang) -> Iterator[Bars]:
    """Give the bars of a command; they are gone when it ends, and never there in a pipe."""
    texts = TEXTS[lang.value]
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[count]}", markup=False),
        _Time(texts["left"]),
    )
    with Progress(
        *columns,
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not console.is_terminal,
    ) as progress:
        yield Bars(progress, texts)
