"""How well articles are found: gold articles against the ranking."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vnqa.errors import MissingExtraError
from vnqa.evaluation.figures import Figure, mean_figure
from vnqa.evaluation.questions import Question
from vnqa.newsqa import NewsQA

EvaluationProgress = Callable[[str, int, int], None]
"""Told what is being done (``"ranking"``, ``"answering"``), how many are done, of how many."""

_PASSAGES_AN_ARTICLE = 3  # searched for each article wanted, since one has several that fit


def rank_articles(
    qa: NewsQA,
    questions: Sequence[Question],
    *,
    depth: int = 10,
    rerank: bool = False,
    progress: EvaluationProgress | None = None,
) -> list[list[str]]:
    """Return for each question the ids of the articles found, by their best passage, best first.

    Args:
        qa: The collection; no language model is asked.
        questions: What is searched for, in the outlets that each names.
        depth: The most articles a question; 3 × ``depth`` passages are searched for.
        rerank: As in ``NewsQA.search``, but the reader reads all 3 × ``depth`` passages, so that it
            may find what a search for fewer does not read.
        progress: Told ``"ranking"``, done and total after each question.
    """
    rankings = []
    for done, question in enumerate(questions, start=1):
        hits = qa.search(
            question.question,
            top_k=_PASSAGES_AN_ARTICLE * depth,
            sources=question.sources,
            rerank=rerank,
        )
        ids = dict.fromkeys(hit.article.article_id for hit in hits)
        rankings.append(list(ids)[:depth])
        if progress is not None:
            progress("ranking", done, len(questions))
    return rankings


def retrieval_figures(
    questions: Sequence[Question], rankings: Sequence[Sequence[str]]
) -> dict[str, Figure]:
    """Return hit@1, hit@5, hit@10 and MRR@10 over the answerable questions with a gold article.

    hit@k is 1 where a gold article is among the first k (Success@k, TREC); MRR@10 is the mean of
    1 / rank of the first gold article, 0 past the tenth (Voorhees 1999). Both come from ir-measures
    (MacAvaney et al. 2022). Empty where no question has a gold article.

    Args:
        questions: As they were ranked for.
        rankings: For each, article ids, best first, as `rank_articles` returns them.

    Raises:
        MissingExtraError: If ir-measures is not installed.
        ValueError: If there is not one ranking a question.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise MissingExtraError("ir-measures", extra="eval", purpose="measuring") from error

    if len(questions) != len(rankings):
        raise ValueError(
            f"expected one ranking a question, got {len(questions)} questions and "
            f"{len(rankings)} rankings"
        )
    gold: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    clusters: list[tuple[str, ...]] = []
    for question, ranking in zip(questions, rankings, strict=True):
        if question.answerable and question.article_ids:
            name = str(len(clusters))
            gold[name] = dict.fromkeys(question.article_ids, 1)
            ranked = dict.fromkeys(ranking)  # an article named twice has its first place
            run[name] = {article_id: -float(place) for place, article_id in enumerate(ranked)}
            clusters.append(question.cluster)
    if not gold:
        return {}
    measures = {
        ir_measures.Success @ 1: "hit@1",
        ir_measures.Success @ 5: "hit@5",
        ir_measures.Success @ 10: "hit@10",
        ir_measures.RR @ 10: "MRR@10",
    }
    values = {label: [0.0] * len(clusters) for label in measures.values()}
    for metric in ir_measures.iter_calc(list(measures), gold, run):
        values[measures[metric.measure]][int(metric.query_id)] = metric.value
    return {label: mean_figure(found, clusters) for label, found in values.items()}
