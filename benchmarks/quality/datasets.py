"""The data sets: articles, questions with their gold sentences, and the split in two halves.

They lie beside the project, at ``../shared/data``, and are no part of it. Each passage of a set is
an article of its own, whose source is its id, so that ``ask(..., sources=[id])`` reads it alone.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from vnqa import Article
from vnqa.evaluation import Question
from vnqa.language.sentences import sentence_spans
from vnqa.language.vietnamese import nfc

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NEWS = DATA / "news_dantri_2016.jsonl.gz"
SEED = 20_131_103

Half = Literal["tuning", "reporting"]
_Drawn = TypeVar("_Drawn")


@dataclass(frozen=True)
class Dataset:
    """A set of questions and the articles they are asked of.

    Attributes:
        name: Of the set, as in ``../shared/data``.
        articles: All of them, those of the other half too.
        questions: Of one half, in order of their ids.
        lost_answers: Gold answers that stand nowhere in their article; such a question is kept,
            without a gold sentence.
    """

    name: str
    articles: tuple[Article, ...]
    questions: tuple[Question, ...]
    lost_answers: int = 0


def is_tuning(passage_id: str) -> bool:
    """Tell whether a passage's questions are for tuning; all others are for reporting.

    That keeps passages apart, not questions: person_qa_train asks the same question of several
    snippets, and 1,498 of its 1,505 reporting questions stand word for word in the tuning half too,
    asked of others. Its figures are of new snippets, not of new questions.
    """
    return zlib.crc32(passage_id.encode()) % 2 == 0


def in_half(passage_id: str, half: Half) -> bool:
    """Tell whether a passage's questions belong to a half."""
    return is_tuning(passage_id) == (half == "tuning")


def sample(questions: Sequence[_Drawn], count: int | None) -> list[_Drawn]:
    """Return so many questions, drawn by a fixed seed; a smaller sample is part of a larger one.

    Args:
        questions: In order of their ids.
        count: How many; ``None`` for all.
    """
    drawn = list(questions)
    random.Random(SEED).shuffle(drawn)
    return drawn[:count]


def gold_sentence(text: str, answer: str, near: int) -> str | None:
    """Return the sentence of an article that holds a gold answer, or ``None``.

    Args:
        text: The article's text.
        answer: The gold answer, NFC.
        near: Where it should begin; of several places the nearest counts. An answer that runs over
            a sentence's end belongs to the one it begins in.
    """
    places = []
    place = text.find(answer) if answer else -1
    while place >= 0:
        places.append(place)
        place = text.find(answer, place + 1)
    if not places:
        return None
    start = min(places, key=lambda place: (abs(place - near), place))
    return next(
        (text[first:last] for first, last in sentence_spans(text) if first <= start < last), None
    )


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def reading_set(name: str, half: Half, folder: Path = DATA) -> Dataset:
    """Return a set whose records hold question, context, and answers with offsets.

    The half is of its passages; see `is_tuning` for what that means for person_qa_train.
    """
    records = read_jsonl(folder / f"{name}.jsonl")
    articles = {
        record["passage_id"]: Article(
            article_id=record["passage_id"],
            title=record.get("title") or "",
            text=record["context"],
            source=record["passage_id"],
        )
        for record in records
    }
    questions, lost = [], 0
    for record in sorted(records, key=lambda record: str(record["id"])):
        passage_id = record["passage_id"]
        if not in_half(passage_id, half):
            continue
        text = articles[passage_id].text
        quotes = [
            gold_sentence(text, nfc(answer).strip(), len(nfc(record["context"][:start])))
            for answer, start in zip(record["answers"], record["answer_start"], strict=True)
        ]
        lost += quotes.count(None)
        questions.append(
            Question(
                question=record["question"],
                answers=tuple(record["answers"]),
                article_ids=(passage_id,) if record["answerable"] else (),
                quotes=tuple(dict.fromkeys(quote for quote in quotes if quote)),
                sources=(passage_id,),
                answerable=record["answerable"],
            )
        )
    return Dataset(name, tuple(articles.values()), tuple(questions), lost)


def viquad_retrieval(half: Half, folder: Path = DATA) -> Dataset:
    """Return native questions, each with the passage it was asked about."""
    articles = [
        Article(
            article_id=record["pid"],
            title=record["title"],
            text=record["text"],
            source=record["pid"],
        )
        for record in read_jsonl(folder / "viquad_retrieval_dev_passages.jsonl")
    ]
    records = read_jsonl(folder / "viquad_retrieval_dev_questions.jsonl")
    questions = [
        Question(question=record["question"], article_ids=(record["gold_pid"],))
        for record in sorted(records, key=lambda record: str(record["qid"]))
        if in_half(record["gold_pid"], half)
    ]
    return Dataset("viquad_retrieval_dev", tuple(articles), tuple(questions))


def alqac(half: Half, folder: Path = DATA) -> Dataset:
    """Return questions about law, each with the article of a law that answers it.

    The first line of such an article is its heading; it stays in the text, as it is stored.
    """
    articles = [
        Article(article_id=record["pid"], text=record["text"], source=record["pid"])
        for record in read_jsonl(folder / "alqac2022_articles.jsonl")
    ]
    records = read_jsonl(folder / "alqac2022_questions.jsonl")
    questions = [
        Question(
            question=record["question"],
            answers=(record["answer"],),
            article_ids=tuple(record["gold_pids"]),
        )
        for record in sorted(records, key=lambda record: str(record["qid"]))
        if in_half(record["gold_pids"][0], half)
    ]
    return Dataset("alqac2022", tuple(articles), tuple(questions))


def everywhere(questions: Iterable[Question]) -> Iterator[Question]:
    """Yield the questions as asked of all articles, instead of the gold passage alone."""
    for question in questions:
        yield question.model_copy(update={"sources": None})
