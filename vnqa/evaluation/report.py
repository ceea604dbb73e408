"""Everything measured of one collection with one set of questions."""

from __future__ import annotations

import importlib.util
import os
import platform
import time
from collections.abc import Sequence

from vnqa.errors import MissingExtraError
from vnqa.evaluation.abstention import abstention_figures
from vnqa.evaluation.answers import answer_figures
from vnqa.evaluation.figures import SEED, Figure
from vnqa.evaluation.outcomes import answer_all
from vnqa.evaluation.questions import Question
from vnqa.evaluation.retrieval import EvaluationProgress, rank_articles, retrieval_figures
from vnqa.evaluation.table import table_of
from vnqa.newsqa import NewsQA
from vnqa.records import Article, Record
from vnqa.rendering import Language


class Report(Record):
    """What was measured, and with what.

    Attributes:
        retrieval: Figures of `retrieval_figures`; empty where no question has a gold article.
        answers: Figures of `answer_figures`; empty where only retrieval was measured.
        abstention: Figures of `abstention_figures`; empty without unanswerable questions.
        questions: How many were asked.
        unanswerable: How many of them have no answer in the collection.
        articles: How many the collection holds.
        passages: Likewise.
        embedder: Fingerprint of the embedding model.
        generator: Name of the language model, ``"extractive"`` without one; ``None`` where only
            retrieval was measured.
        threshold: Least confidence that counts as an answer; ``None``: whatever was said counts.
        seconds: Wall-clock time of it all.
        machine: Processor, cores and system.
        seed: Of the bootstrap.
        version: Of vnqa.
    """

    retrieval: dict[str, Figure]
    answers: dict[str, Figure]
    abstention: dict[str, Figure]
    questions: int
    unanswerable: int
    articles: int
    passages: int
    embedder: str | None
    generator: str | None
    threshold: float | None
    seconds: float
    machine: str
    seed: int
    version: str

    def table(self, *, lang: Language = "en") -> str:
        """Return the figures as a table in plain text, a figure a row, columns aligned."""
        return table_of(self, lang=lang)


def evaluate(
    qa: NewsQA,
    questions: Sequence[Question],
    *,
    threshold: float | None = None,
    with_answers: bool = True,
    progress: EvaluationProgress | None = None,
) -> Report:
    """Measure a collection with questions whose answers are known.

    Args:
        qa: The collection. Opened with ``threshold=0.0`` everything is asked, and risk is told of
            every coverage.
        questions: At least one.
        threshold: An answer of less confidence counts as an abstention; ``None``: whatever ``qa``
            says counts.
        with_answers: Measure answers too, not only retrieval, which takes seconds a question.
        progress: Told ``"ranking"`` or ``"answering"``, done and total after each question.

    Raises:
        MissingExtraError: At once, if the extra ``eval`` is not installed.
        ValueError: If there are no questions, ``threshold`` is out of range, or the collection
            holds none of the gold articles of an answerable question, or none of its ``sources``.
    """
    from vnqa import __version__

    if not questions:
        raise ValueError("expected at least one question, got none")
    if threshold is not None and not 0.0 <= threshold <= 1.0:
        raise ValueError(f"threshold must be between 0 and 1, got {threshold}")
    check_installed()
    _check_articles(qa, questions)
    started = time.perf_counter()
    rankings = rank_articles(qa, questions, rerank=qa.has_reader, progress=progress)
    retrieval = retrieval_figures(questions, rankings)
    outcomes = answer_all(qa, questions, progress=progress) if with_answers else []
    unanswerable = sum(not question.answerable for question in questions)
    answers = answer_figures(outcomes, threshold=threshold)
    abstention = abstention_figures(outcomes, threshold=threshold or 0.0) if unanswerable else {}
    status = qa.status()
    return Report(
        retrieval=retrieval,
        answers=answers,
        abstention=abstention,
        questions=len(questions),
        unanswerable=unanswerable,
        articles=status.articles,
        passages=status.passages,
        embedder=status.embedder,
        generator=outcomes[0].answer.model if outcomes else None,
        threshold=threshold if with_answers else None,
        seconds=time.perf_counter() - started,
        machine=f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        seed=SEED,
        version=__version__,
    )


def check_installed() -> None:
    """Make sure that all of the extra ``eval`` that measuring needs is there.

    Raises:
        MissingExtraError: If it is not; better before the questions are asked than after.
    """
    for module, package in (("ir_measures", "ir-measures"), ("sklearn", "scikit-learn")):
        if importlib.util.find_spec(module) is None:
            raise MissingExtraError(package, extra="eval", purpose="measuring quality")


def _check_articles(qa: NewsQA, questions: Sequence[Question]) -> None:
    """Refuse ids and outlets that are misspelt, which would look like bad retrieval."""
    from vnqa.index.facets import source_key

    for question in questions:
        ids, sources = question.article_ids, question.sources
        if not question.answerable or not ids:
            continue
        stored = [article for name in ids if (article := _stored(qa, name)) is not None]
        if not stored:
            raise ValueError(
                f"expected article_ids of the collection for {question.question!r}, got "
                f"{', '.join(ids)}; an id is the record's own, or the path "
                "relative to the folder added. If the article was left out on purpose, the "
                'question needs "answerable": false'
            )
        outlets = {article.source for article in stored if article.source}
        asked = None if sources is None else {source_key(source) for source in sources}
        if asked is not None and asked.isdisjoint(map(source_key, outlets)):
            raise ValueError(
                f"expected sources with an outlet of the gold articles for {question.question!r}, "
                f"got {', '.join(sources or ())}; theirs: {', '.join(sorted(outlets)) or 'none'}"
            )


def _stored(qa: NewsQA, article_id: str) -> Article | None:
    try:
        return qa.article(article_id)
    except KeyError:
        return None
