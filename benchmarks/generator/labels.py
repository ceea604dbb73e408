"""Questions written or marked for training, and where their answers stand.

Language models read the tuning half of viquad_retrieval_dev, whose questions come without answers,
and marked them; and they read passages of the tuning halves of all three sets of Wikipedia, and 840
articles of news_baomoi_2017, and wrote questions of their own, some that are not answered there.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.quality.datasets import DATA, read_jsonl, reading_set, viquad_retrieval
from vnqa import Article

LABELS = Path(__file__).with_name("labels.jsonl")
NEWS, VIQUAD = "news_baomoi_2017", "viquad_retrieval_dev"


class Label(NamedTuple):
    """A question and its answer.

    Attributes:
        kind: The set that the article is of.
        article_id: The article that it was asked of.
        question: As it was asked.
        start: First code point of what answers it, in the article's text; 0 if nothing does.
        end: One past the last.
        says: "có" or "không" where it asks whether something is so; else empty.
    """

    kind: str
    article_id: str
    question: str
    start: int
    end: int
    says: str


def labels() -> Iterator[Label]:
    """Yield all of them."""
    asked = {
        str(record["qid"]): str(record["question"])
        for record in read_jsonl(DATA / "viquad_retrieval_dev_questions.jsonl")
    }
    for record in read_jsonl(LABELS):
        question = asked[record["qid"]] if "qid" in record else record["question"]
        yield Label(
            record["set"],
            record["article_id"],
            question,
            record.get("start", 0),
            record.get("end", 0),
            record.get("says", ""),
        )


def labelled_articles(kind: str) -> list[Article]:
    """Return the articles of a set that labels point into."""
    if kind == NEWS:
        wanted = {record["article_id"] for record in read_jsonl(LABELS) if record["set"] == NEWS}
        return list(news(wanted))
    if kind == VIQUAD:
        return list(viquad_retrieval("tuning").articles)
    return list(reading_set(kind, "tuning").articles)


def news(wanted: set[str]) -> Iterator[Article]:
    """Yield articles of the news, as they were scraped."""
    with gzip.open(DATA / f"{NEWS}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["id"] in wanted:
                text = f"{record['sapo']}\n{record['body']}"
                yield Article(article_id=record["id"], title=record["title"], text=text)
