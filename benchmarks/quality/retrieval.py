"""Stages that retrieve and answer nothing: is the gold article found, however it is asked?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TypeVar

from benchmarks.quality.bench import Bench, tell
from benchmarks.quality.datasets import (
    Dataset,
    alqac,
    everywhere,
    reading_set,
    sample,
    viquad_retrieval,
)
from benchmarks.quality.perturbations import PERTURBATIONS
from benchmarks.quality.rows import Goal, Row, StageResult, rows_of
from vnqa import NewsQA
from vnqa.evaluation import Figure, Question, rank_articles, retrieval_figures
from vnqa.evaluation.figures import mean_figure

PLAIN = "as asked"
DRAWN = "as asked, of these"
NOT_READ = "as asked, without the reader"
_Found = TypeVar("_Found")
_Goals = dict[str, dict[str, Goal]]  # by how it was asked, then by figure


def respelt(questions: Sequence[Question], how: str) -> list[Question]:
    """Return the questions, each written in another way of `PERTURBATIONS`."""
    change = PERTURBATIONS[how]
    return [q.model_copy(update={"question": change(q.question)}) for q in questions]


def asked_again(
    questions: Sequence[Question],
    how: str,
    found: Sequence[_Found],
    ask: Callable[[list[Question]], Sequence[_Found]],
) -> tuple[list[Question], list[_Found]]:
    """Return the questions written in another way, and what is found for each then.

    A question that the perturbation leaves as it is, is not asked again: it finds the same.

    Args:
        questions: As they were asked.
        how: A way of `PERTURBATIONS`.
        found: What each found as it was asked.
        ask: Returns what each of some questions finds, in order.
    """
    others = respelt(questions, how)
    changed = [i for i, other in enumerate(others) if other != questions[i]]
    all_found = list(found)
    for i, other in zip(changed, ask([others[i] for i in changed]), strict=True):
        all_found[i] = other
    return others, all_found


def retrieval_rows(
    qa: NewsQA,
    dataset: str,
    questions: Sequence[Question],
    goals: _Goals,
    *,
    few: int | None,
    read: bool,
) -> list[Row]:
    """Return the rows of one set, as asked and perturbed, with the drops of hit@1 and hit@10.

    Where not all are asked in other ways, those that are have rows of their own, as asked, too.

    Args:
        qa: The collection.
        dataset: What the rows call the set.
        questions: All are asked as they are.
        goals: By how they are asked, then by figure.
        few: So many of them, drawn by a fixed seed, are asked in other ways; ``None`` for all.
        read: Rank as a reader does, and tell how it is without.
    """
    rows: list[Row] = []
    if read:
        not_read = rank_articles(qa, questions, progress=tell)
        rows += rows_of(NOT_READ, dataset, retrieval_figures(questions, not_read))
    rank = functools.partial(rank_articles, qa, rerank=read, progress=tell)
    plain = rank(questions)
    rows += rows_of(PLAIN, dataset, retrieval_figures(questions, plain), goals.get(PLAIN))
    drawn = sample(range(len(questions)), few)
    if len(drawn) < len(questions):
        questions, plain = [questions[i] for i in drawn], [plain[i] for i in drawn]
        rows += rows_of(DRAWN, dataset, retrieval_figures(questions, plain))
    for how in PERTURBATIONS:
        others, rankings = asked_again(questions, how, plain, rank)
        rows += rows_of(how, dataset, retrieval_figures(others, rankings), goals.get(how))
        for depth in (1, 10):
            drops = [
                _is_found(question, before[:depth]) - _is_found(question, after[:depth])
                for question, before, after in zip(questions, plain, rankings, strict=True)
            ]
            drop = mean_figure(drops, [question.cluster for question in questions])
            rows += rows_of(how, dataset, {f"drop of hit@{depth}": drop})
    return rows


def figures_asked(rows: Sequence[Row], how: str) -> dict[str, Figure]:
    """Return the figures of one way to ask, by name; as asked, of those asked in other ways too.

    Results that lack these are of all questions.
    """
    if how == PLAIN and any(row.name == DRAWN for row in rows):
        how = DRAWN
    return {row.figure: row.value for row in rows if row.name == how}


def _is_found(question: Question, ranking: Sequence[str]) -> float:
    return float(any(gold in ranking for gold in question.article_ids))


def _measure(
    bench: Bench, dataset: Dataset, goals: _Goals | None = None, *, among_news: bool = False
) -> StageResult:
    folder = bench.index(dataset.name, dataset.articles, among_news=among_news)
    with bench.open(folder) as qa:
        where = bench.searched(dataset.name) if among_news else dataset.name
        questions = list(everywhere(dataset.questions))
        rows = retrieval_rows(
            qa, where, questions, goals or {}, few=bench.respelt, read=bench.reader is not None
        )
        return StageResult(rows=tuple(rows), notes={"articles searched": len(qa)})


def viquad(bench: Bench) -> StageResult:
    """Native questions, among the 252 passages they were asked about."""
    goals = {
        PLAIN: {"hit@1": Goal(0.86), "hit@10": Goal(0.993)},
        "without diacritics": {"hit@1": Goal(0.82), "hit@10": Goal(0.98)},
    }
    return _measure(bench, bench.shrunk(viquad_retrieval(bench.half)), goals)


def viquad_news(bench: Bench) -> StageResult:
    """The same questions, the passages hidden among 4,352 news articles."""
    goals = {PLAIN: {"hit@1": Goal(0.83), "hit@10": Goal(0.98)}}
    return _measure(bench, bench.shrunk(viquad_retrieval(bench.half)), goals, among_news=True)


def law(bench: Bench) -> StageResult:
    """Native questions about law, among 1,377 articles of laws."""
    goals = {PLAIN: {"hit@1": Goal(0.95), "hit@10": Goal(0.995)}}
    return _measure(bench, bench.shrunk(alqac(bench.half)), goals)


def both_reading_sets(bench: Bench) -> Dataset:
    """Return xquad_vi and mlqa_vi_dev as one set."""
    sets = [bench.shrunk(reading_set(name, bench.half)) for name in ("xquad_vi", "mlqa_vi_dev")]
    return Dataset(
        name="xquad_vi+mlqa_vi_dev",
        articles=tuple(article for part in sets for article in part.articles),
        questions=tuple(question for part in sets for question in part.questions),
        lost_answers=sum(part.lost_answers for part in sets),
    )


def passages_news(bench: Bench) -> StageResult:
    """Questions of xquad_vi and mlqa_vi_dev, among all their passages and the news."""
    return _measure(bench, both_reading_sets(bench), among_news=True)
