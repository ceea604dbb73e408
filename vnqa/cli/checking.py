"""What ``vnqa check`` does and prints."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vnqa.cli.options import Lang
from vnqa.cli.output import DAMAGED, complain, err, plainly, print_json
from vnqa.cli.progress import Bars, working
from vnqa.cli.texts import TEXTS
from vnqa.embedders import Embedder, open_embedder
from vnqa.embedding import embedded
from vnqa.errors import IndexDamagedError
from vnqa.records import Article, CheckReport

if TYPE_CHECKING:
    from vnqa.index import Entry


def check_index(index: Path, embedder: str, lang: Lang, *, repair: bool, as_json: bool) -> None:
    """Check an index, mend it where that is asked, and print what was found."""
    try:
        with working(err, lang) as bars:
            report = checked(index, embedder, bars, repair=repair)
    except IndexDamagedError as error:  # beyond repair
        report = CheckReport(path=str(index), articles=0, problems=(str(error),))
        if not as_json:  # there is nothing to say of articles
            complain(TEXTS[lang.value]["problem"], str(error))
            raise typer.Exit(DAMAGED) from error
    show_report(report, lang, as_json=as_json)


def checked(index: Path, embedder: str, bars: Bars, *, repair: bool) -> CheckReport:
    """Check an index, also one that does not open.

    Args:
        index: The folder.
        embedder: As the user named it; opened only where an article must be embedded again.
            ``"none"`` leaves such articles out.
        bars: Show how models are prepared.
        repair: Mend it.
    """
    from vnqa.index.repair import check_folder

    @functools.cache
    def model() -> Embedder:
        return open_embedder(embedder, progress=bars.prepare)

    def embed(article: Article, fingerprint: str | None) -> Entry:
        return embedded(model(), article, fingerprint)

    bars.waiting("examining")
    return check_folder(index, repair=repair, embed=None if embedder == "none" else embed)


def show_report(report: CheckReport, lang: Lang, *, as_json: bool) -> None:
    """Print what was found and mended; exit with 5 if the index is not what was written to it."""
    from vnqa.index.failures import command

    texts = TEXTS[lang.value]
    if as_json:
        print_json({**report.model_dump(mode="json"), "sound": report.sound})
    else:
        for problem in report.problems:
            complain(texts["problem"], problem)
        damaged_library = any(problem.startswith("library:") for problem in report.problems)
        if not report.problems:
            said = "sound"
        elif report.repaired:
            said = "mended"
        else:
            said = "savable" if damaged_library else "derivable"
        plainly(
            texts[said].format(
                articles=report.articles,
                without=len(report.without_vectors),
                lost=len(report.lost),
                command=command("check --repair", Path(report.path)),
            )
        )
        if report.kept:
            plainly(texts["kept_damaged"].format(path=report.kept))
        without = "left_out" if report.repaired else "text_alone"
        for kind, names in ((without, report.without_vectors), ("lost", report.lost)):
            for name in names:
                complain(texts[kind], name)
    if not report.sound:
        raise typer.Exit(DAMAGED)
