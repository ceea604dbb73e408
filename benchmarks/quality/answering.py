"""Stages that answer: reading one passage, among all articles, with the gold article gone."""

from __future__ import annotations

import functools
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.bench import Bench, tell
from benchmarks.quality.datasets import SEED, everywhere, reading_set, sample
from benchmarks.quality.indexes import index_without
from benchmarks.quality.perturbations import PERTURBATIONS
from benchmarks.quality.retrieval import PLAIN, asked_again, both_reading_sets
from benchmarks.quality.rows import Goal, Row, StageResult, rows_of
from vnqa.confidence import THRESHOLD
from vnqa.evaluation import (
    Figure,
    Outcome,
    abstention_figures,
    answer_all,
    answer_figures,
    judge,
    risk_coverage_curve,
)
from vnqa.evaluation.figures import bootstrapped, mean_figure

_ALWAYS = {"quote integrity": Goal(1.0), "support": Goal(1.0)}
_HALVED = Goal(0.5, at_most=True)
_COVERAGE = 0.7
RISK_RATIO = "risk at 70% / full coverage"


def reading(bench: Bench) -> StageResult:
    """Each question is asked of its gold passage alone, and always answered if anything fits."""
    rows: list[Row] = []
    lost = {}
    for name in ("xquad_vi", "mlqa_vi_dev"):
        dataset = bench.shrunk(reading_set(name, bench.half))
        lost[name] = dataset.lost_answers
        folder = bench.index(name, dataset.articles)
        with bench.open(folder) as qa:
            outcomes = answer_all(qa, sample(dataset.questions, bench.questions), progress=tell)
        bench.keep(f"reading-{name}", outcomes)
        goals = _ALWAYS | ({"EM": Goal(0.45), "F1": Goal(0.68)} if name == "xquad_vi" else {})
        rows += rows_of("gold passage given", name, answer_figures(outcomes), goals)
    return StageResult(rows=tuple(rows), notes={"gold answers not in their article": lost})


def answers_news(bench: Bench) -> StageResult:
    """Questions are asked of all passages and the news."""
    dataset = both_reading_sets(bench)
    folder = bench.index(dataset.name, dataset.articles, among_news=True)
    questions = sample(list(everywhere(dataset.questions)), bench.questions)
    with bench.open(folder) as qa:
        outcomes = answer_all(qa, questions, progress=tell)
    where = bench.searched(dataset.name)
    bench.keep("answers_news", outcomes)
    goals = _ALWAYS | {
        "holds gold and cites gold article": Goal(0.65),
        "quotes hold gold": Goal(0.85),
        "citation precision": Goal(0.85),
        "citation recall": Goal(0.85),
    }
    rows = rows_of(PLAIN, where, answer_figures(outcomes, threshold=THRESHOLD), goals)
    return _with_risk(rows, PLAIN, where, outcomes)


def gold_removed(bench: Bench) -> StageResult:
    """The same questions, after half of the gold articles were taken out of the collection."""
    dataset = both_reading_sets(bench)
    folder = bench.index(dataset.name, dataset.articles, among_news=True)
    asked = {gold for question in dataset.questions for gold in question.article_ids}
    removed = set(random.Random(SEED).sample(sorted(asked), len(asked) // 2))
    # A removed article keeps its questions together in the bootstrap, so it stays in article_ids.
    gone = {"answerable": False, "answers": (), "quotes": ()}
    questions = [
        question.model_copy(update=gone) if removed.issuperset(question.article_ids) else question
        for question in sample(list(everywhere(dataset.questions)), bench.questions)
    ]
    with bench.open(index_without(folder, removed, bench.embedder)) as qa:
        outcomes = answer_all(qa, questions, progress=tell)
    where = bench.searched(dataset.name)
    bench.keep("gold_removed", outcomes)
    name = "half of the gold articles gone"
    figures = answer_figures(outcomes, threshold=THRESHOLD)
    rows = rows_of(name, where, {k: figures[k] for k in _ALWAYS if k in figures}, _ALWAYS)
    goals = {"abstention F1": Goal(0.80)}
    return _with_risk(rows, name, where, outcomes, goals)


def persons(bench: Bench) -> StageResult:
    """Native questions about persons, each asked of one snippet that may not answer it.

    The snippets are of the half, but nearly all of the questions are asked of snippets of the other
    half too, from which reader and language model learnt; see `is_tuning`.
    """
    dataset = bench.shrunk(reading_set("person_qa_train", bench.half))
    folder = bench.index(dataset.name, dataset.articles)
    with bench.open(folder) as qa:
        outcomes = answer_all(qa, sample(dataset.questions, bench.questions), progress=tell)
    bench.keep("persons", outcomes)
    name = "one snippet given"
    figures = answer_figures(outcomes, threshold=THRESHOLD)
    rows = rows_of(name, dataset.name, figures, _ALWAYS)
    return _with_risk(rows, name, dataset.name, outcomes, {"AUROC": Goal(0.78)})


def answers_perturbed(bench: Bench) -> StageResult:
    """A small sample again: without diacritics, with either tone placement, with a typo."""
    dataset = both_reading_sets(bench)
    folder = bench.index(dataset.name, dataset.articles, among_news=True)
    questions = sample(list(everywhere(dataset.questions)), bench.few)
    where = bench.searched(dataset.name)
    rows: list[Row] = []
    with bench.open(folder) as qa:
        ask = functools.partial(answer_all, qa, progress=tell)
        plain = ask(questions)
        rows += rows_of(PLAIN, where, _main_figures(plain))
        for how in PERTURBATIONS:
            _, outcomes = asked_again(questions, how, plain, ask)
            bench.keep(f"answers_perturbed-{how.replace(' ', '-')}", outcomes)
            rows += rows_of(how, where, _main_figures(outcomes))
            rows += rows_of(how, where, _drops(plain, outcomes))
    return StageResult(rows=tuple(rows))


def _main_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    figures = answer_figures(outcomes, threshold=THRESHOLD)
    names = ("answered", "EM", "F1", "holds gold and cites gold article")
    return {name: figures[name] for name in names}


def _drops(before: Sequence[Outcome], after: Sequence[Outcome]) -> dict[str, Figure]:
    """Return by how much F1 and the share of right answers fall, question by question."""
    clusters = [outcome.question.cluster for outcome in before]
    one, other = [_scores(outcomes) for outcomes in (before, after)]
    return {
        f"drop of {name}": mean_figure(list(one[:, i] - other[:, i]), clusters)
        for i, name in enumerate(("F1", "holds gold and cites gold article"))
    }


def _scores(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    """Return F1 and rightness, shape (outcomes, 2); an abstention has neither."""
    scores = np.zeros((len(outcomes), 2))
    for row, outcome in zip(scores, outcomes, strict=True):
        if outcome.is_answered(THRESHOLD):
            judgement = judge(outcome.question, outcome.answer)
            row[:] = judgement.f1, judgement.right
    return scores


def _with_risk(
    rows: Sequence[Row],
    name: str,
    where: str,
    outcomes: Sequence[Outcome],
    goals: dict[str, Goal] | None = None,
) -> StageResult:
    figures = abstention_figures(outcomes, threshold=THRESHOLD)
    ratio = risk_ratio(outcomes)
    goals = (goals or {}) | {RISK_RATIO: _HALVED}
    return StageResult(
        rows=(*rows, *rows_of(name, where, figures | ratio, goals)),
        curves={where: risk_coverage_curve(outcomes)},
    )


def risk_ratio(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return the risk of the 70% most confident answers over the risk of answering everything.

    Beside it what a confidence that ranks every right answer before every wrong one would give:
    where more than 30% of the answers are wrong, it cannot be 0. Coverage is a share of all
    questions, as in `vnqa.evaluation.abstention_figures`; those to which nothing was said cannot be
    covered. 0.5 halves the risk. Empty where no answer is wrong.
    """
    answered = [outcome for outcome in outcomes if outcome.is_answered()]
    wrong = np.array([not judge(outcome.question, outcome.answer).right for outcome in answered])
    if not wrong.any():
        return {}
    kept_share = min(1.0, _COVERAGE * len(outcomes) / len(answered))

    def ratio(drawn: NDArray[np.intp], doubt: NDArray[np.float64]) -> float:
        best_first = drawn[np.argsort(doubt[drawn], kind="stable")]
        everything = wrong[best_first].mean()
        kept = wrong[best_first[: max(1, round(kept_share * len(drawn)))]].mean()
        return float(kept / everything) if everything else float("nan")

    clusters = [outcome.question.cluster for outcome in answered]
    doubt = -np.array([outcome.answer.confidence for outcome in answered])
    return {
        RISK_RATIO: bootstrapped(lambda drawn: ratio(drawn, doubt), clusters),
        f"{RISK_RATIO}, at best": bootstrapped(
            lambda drawn: ratio(drawn, wrong.astype(float)), clusters
        ),
    }
