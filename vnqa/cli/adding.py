"""What ``vnqa add`` does and prints."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable
from pathlib import Path

import typer

from vnqa.cli.opening import opened
from vnqa.cli.options import Lang
from vnqa.cli.output import (
    FAILED,
    NOTHING,
    REJECTED,
    complain,
    decimal,
    err,
    place,
    plainly,
    print_json,
)
from vnqa.cli.progress import working
from vnqa.cli.texts import TEXTS
from vnqa.loading.formats import suffix_of
from vnqa.loading.sources import files_below


def add_articles(
    paths: list[Path], index: Path, embedder: str, lang: Lang, *, as_json: bool
) -> None:
    """Add articles of files and folders; exit with 4 if some were rejected, 3 if there are none."""
    texts = TEXTS[lang.value]
    missing = [path for path in paths if not os.path.lexists(path)]
    for path in missing:
        complain(texts["error"], f"{path}: {texts['no_path']}")
    if missing:
        raise typer.Exit(FAILED)
    with (
        working(err, lang) as bars,
        opened(index, embedder, None, lang, bars) as qa,
    ):
        total = count_inputs(paths) if err.is_terminal else 0  # told where a person is looking
        report = qa.add(paths, progress=bars.adding(total))
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        for rejection in report.rejected:
            complain(texts["rejected"], place(rejection))
        plainly(
            texts["added"].format(
                added=report.added,
                updated=report.updated,
                unchanged=report.unchanged,
                rejected=len(report.rejected),
                passages=report.passages_embedded,
                seconds=decimal(report.seconds, lang),
            )
        )
        if report.dates_not_read:
            complain(texts["note"], texts["dates_not_read"].format(count=report.dates_not_read))
    if report.rejected:
        raise typer.Exit(REJECTED)
    if not (report.added or report.updated or report.unchanged):
        for path in paths:
            complain(texts["error"], texts["no_articles"].format(path=path))
        raise typer.Exit(NOTHING)


def count_inputs(paths: Iterable[Path]) -> int:
    """Return about how many articles paths hold: one a file, in JSONL files one a line."""
    return sum(_count(file) for path in paths for file in files_below(path))


def _count(file: Path) -> int:
    if suffix_of(file) not in (".jsonl", ".ndjson"):
        return 1
    try:
        if not file.is_file():  # opening a pipe would wait for who writes to it
            return 1
        opened = gzip.open if file.suffix.lower() == ".gz" else open
        with opened(file, "rb") as lines:
            first = next(iter(lines), b"")
            if b'"question"' in first:  # questions kept beside the articles are passed over
                return 0
            return bool(first.strip()) + sum(1 for line in lines if line.strip())
    except (OSError, EOFError, zlib.error):
        return 1  # loading says why
