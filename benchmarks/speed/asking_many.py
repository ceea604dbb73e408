"""Many questions: answered several at a time against one after another."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.quality.rows import Goal
from benchmarks.speed.asking import asked_of, opened
from benchmarks.speed.measuring import Row, alternately, compared

_ASKED = 8


def ask_many(articles: int, few: int) -> Iterator[Row]:
    """``ask_many`` against ``ask`` in a loop: questions a minute, with the bundled models."""
    asked = asked_of(articles, min(_ASKED, few))
    questions = [question.question for question in asked.questions]
    with opened(asked) as qa:
        same = [
            one.model_dump(exclude={"seconds"}) == many.model_dump(exclude={"seconds"})
            for one, many in zip(map(qa.ask, questions), qa.ask_many(questions), strict=True)
        ]
        times = alternately(
            lambda: [qa.ask(question) for question in questions],
            lambda: list(qa.ask_many(questions)),
            warm=False,  # both were just asked
        )
    what, baseline = f"{len(questions)} questions with ask_many", "ask, one after another"
    yield compared(what, baseline, times, Goal(1.5), same_answers=sum(same))
