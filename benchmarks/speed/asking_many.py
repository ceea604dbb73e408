"""Many questions: answered several at a time against one after another."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.quality.rows import Goal
from benchmarks.speed import data
from benchmarks.speed.measuring import Row, alternately, compared
from vnqa import NewsQA

_ASKED = 16


def ask_many(articles: int, few: int) -> Iterator[Row]:
    """``ask_many`` against ``ask`` in a loop: questions a minute, with the bundled models."""
    asked = data.questions(min(_ASKED, max(few, 2)))
    with NewsQA.open(data.real_index(articles), read_only=True) as qa:
        same = [
            one.model_dump(exclude={"seconds"}) == many.model_dump(exclude={"seconds"})
            for one, many in zip(map(qa.ask, asked), qa.ask_many(asked), strict=True)
        ]
        times = alternately(
            lambda: [qa.ask(question) for question in asked],
            lambda: list(qa.ask_many(asked)),
            warm=False,  # both were just asked
        )
    what, baseline = f"{len(asked)} questions with ask_many", "ask, one after another"
    yield compared(what, baseline, times, Goal(1.5), same_answers=sum(same))
