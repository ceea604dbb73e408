"""What every stage needs: models, sample sizes, and where indexes and outcomes are kept."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from benchmarks.quality.datasets import Dataset, Half, sample
from benchmarks.quality.indexes import CACHE, built_index
from vnqa import Article, NewsQA
from vnqa.embedders import Embedder
from vnqa.evaluation import Outcome, Question
from vnqa.generators import Generator
from vnqa.reader import Reader
from vnqa.records import AddReport

_QUICK_QUESTIONS, _QUICK_ARTICLES = 10, 40


@dataclass(frozen=True)
class Bench:
    """One run of the harness.

    Attributes:
        half: Which half of each set is asked.
        embedder: For all indexes.
        generator: ``None`` answers with the best sentence.
        reader: For all stages.
        questions: Sample of each stage that answers; ``None`` for all.
        respelt: Sample that is searched for again in other spellings; ``None`` for all.
        few: Sample of the stages that answer each question several times; ``None`` for all.
        quick: Ten questions a set, few articles, no news: shows that all runs, measures nothing.
        cache: Where indexes and outcomes are kept.
    """

    half: Half
    embedder: Embedder
    generator: Generator | None
    reader: Literal["bundled"] | Reader | None = "bundled"
    questions: int | None = 300
    respelt: int | None = 300
    few: int | None = 100
    quick: bool = False
    cache: Path = CACHE

    def shrunk(self, dataset: Dataset) -> Dataset:
        """Return the set, or for a quick run a small part of it."""
        if not self.quick:
            return dataset
        questions = sample(dataset.questions, _QUICK_QUESTIONS)
        gold = {gold for question in questions for gold in question.article_ids}
        gold |= {source for question in questions for source in question.sources or ()}
        articles = [article for article in dataset.articles if article.article_id in gold]
        articles += [a for a in dataset.articles if a.article_id not in gold][:_QUICK_ARTICLES]
        return replace(dataset, articles=tuple(articles), questions=tuple(questions))

    def index(self, name: str, articles: Sequence[Article], *, among_news: bool = False) -> Path:
        """Return the folder of a built index; a quick run leaves out the news."""
        return built_index(
            name,
            articles,
            self.embedder,
            among_news=among_news and not self.quick,
            cache=self.cache,
            progress=_tell_added,
        )

    def searched(self, name: str) -> str:
        """Return what to call a set whose articles are hidden among the news."""
        return name if self.quick else f"{name} + news"

    def open(self, folder: Path) -> NewsQA:
        """Open an index so that every question is answered; thresholds are applied afterwards."""
        return NewsQA.open(
            folder,
            embedder=self.embedder,
            generator=self.generator,
            reader=self.reader,
            read_only=True,
            threshold=0.0,
        )

    def keep(self, stage: str, outcomes: Sequence[Outcome]) -> None:
        """Write what was answered, a line a question, to be read by people."""
        folder = self.cache / "outcomes"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{stage}.jsonl").open("w", encoding="utf-8") as lines:
            for outcome in outcomes:
                lines.write(json.dumps(_readable(outcome), ensure_ascii=False) + "\n")


def _readable(outcome: Outcome) -> dict[str, object]:
    question: Question = outcome.question
    answer = outcome.answer
    return {
        "question": question.question,
        "gold": question.answers,
        "gold_articles": question.article_ids,
        "gold_sentences": question.quotes,
        "answerable": question.answerable,
        "answer": answer.text,
        "reason": answer.reason,
        "confidence": round(answer.confidence, 4),
        "articles": [citation.article.article_id for citation in answer.citations],
        "quotes": [citation.quote for citation in answer.citations],
        "seconds": round(answer.seconds, 2),
    }


def tell(what: str, done: int, total: int) -> None:
    """Show on standard error how far something is."""
    end = "\n" if done == total else ""
    print(f"\r  {time.strftime('%H:%M:%S')} {what} {done}/{total}", end=end, file=sys.stderr)


def _tell_added(report: AddReport) -> None:
    done = report.added + report.updated + report.unchanged
    print(f"\r  {time.strftime('%H:%M:%S')} added {done} articles", end="", file=sys.stderr)
