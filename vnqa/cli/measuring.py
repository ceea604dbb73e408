"""What ``vnqa eval`` measures and prints."""

from __future__ import annotations

from pathlib import Path

from vnqa.cli.opening import opened
from vnqa.cli.options import Lang
from vnqa.cli.output import err, plainly, print_json
from vnqa.cli.progress import working
from vnqa.evaluation import check_installed, evaluate, read_questions


def measure_quality(
    questions: Path,
    index: Path,
    embedder: str,
    generator: str,
    threshold: float,
    lang: Lang,
    *,
    reader: bool,
    with_answers: bool,
    as_json: bool,
) -> None:
    """Measure retrieval, and answers where they are wanted, with questions of a file."""
    with working(err, lang) as bars:
        check_installed()
        asked = read_questions(questions)
        drafts = generator if with_answers else None
        # at threshold 0, so that risk is known at every coverage
        with opened(
            index, embedder, drafts, lang, bars, reader=reader, read_only=True, threshold=0.0
        ) as qa:
            report = evaluate(
                qa, asked, threshold=threshold, with_answers=with_answers, progress=bars.count
            )
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        plainly(report.table(lang=lang.value))
