"""Questions with what is known of their answers, from a user's file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from vnqa.errors import ArticleError
from vnqa.language.vietnamese import nfc
from vnqa.loading.decoding import decode_as_it_is, lines_of, normalise
from vnqa.records import Record
from vnqa.request import checked_question

# The fields of a question under the names that people give them.
_KEYS = {
    "answers": ("answers", "answer"),
    "article_ids": ("article_ids", "article_id", "articles", "article"),
    "quotes": ("quotes", "quote"),
    "sources": ("sources", "source"),
}


class Question(Record):
    """A question with what is known of its answer; blank texts in its lists are dropped.

    Attributes:
        question: As it is asked.
        answers: Gold answers; any of them is right. Empty where unknown, or where there is none.
        article_ids: Gold articles: any of them answers it.
        quotes: Gold sentences, verbatim from the articles: together they bear the answer out.
        sources: Outlets that alone are searched; ``None`` for all.
        answerable: Whether the collection answers it; by default, if an answer or an article is
            given.
    """

    question: str = Field(min_length=1)
    answers: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    sources: tuple[str, ...] | None = None
    answerable: bool = Field(
        default_factory=lambda given: bool(given.get("answers") or given.get("article_ids"))
    )

    @field_validator("question", "answers", "quotes", "sources", mode="after")
    @classmethod
    def _normalise(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        if isinstance(value, tuple):
            return tuple(text for each in value if (text := normalise(each).strip()))
        return None if value is None else normalise(value).strip()

    @field_validator("article_ids", mode="after")
    @classmethod
    def _compose(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(nfc(name) for name in value if name.strip())  # as `Article` keeps an id

    @property
    def has_gold(self) -> bool:
        """Whether an answer or an article is known; quotes alone do not tell what is right."""
        return bool(self.answers or self.article_ids)

    @property
    def cluster(self) -> tuple[str, ...]:
        """Its gold articles; without any, the question itself. See `figures.bootstrapped`."""
        return tuple(sorted(set(self.article_ids))) or (self.question,)


def read_questions(path: str | os.PathLike[str]) -> list[Question]:
    """Read questions from a JSONL file, one an object a line, or from a JSON list of objects.

    An object has ``question`` and any of ``answers`` (or ``answer``), ``article_ids`` (or
    ``article_id``, ``articles``, ``article``), ``quotes`` (or ``quote``), ``sources`` (or
    ``source``) and ``answerable``. A text or a number may stand for a list of one; a blank text
    stands for none, and null for a field that is not there. Other fields are passed over. Where no
    answer and no article is known, ``"answerable": false`` or an empty ``answers`` has to say that
    there is none, so that a misspelt field is noticed.

    Raises:
        ArticleError: If the file, or one line of it, is not such; with file and line. Nothing is
            skipped: a table over some of the questions would mislead.
    """
    path = Path(path)
    try:
        text = decode_as_it_is(path.read_bytes(), path=str(path))
    except OSError as error:
        raise ArticleError(f"the file cannot be read: {error.strerror}", path=str(path)) from error
    entries = _list(text, path) if text.lstrip().startswith("[") else _lines(text, path)
    questions = []
    for record, place, line in entries:
        try:
            questions.append(_question(record))
        except ValueError as error:
            raise ArticleError(f"{place}{error}", path=str(path), line=line) from None
    if not questions:
        raise ArticleError("expected questions, got an empty file", path=str(path))
    return questions


def _lines(text: str, path: Path) -> Iterator[tuple[object, str, int]]:
    for number, row in enumerate(lines_of(text), start=1):
        if row.strip():
            yield _parsed(row, path, number), "", number


def _list(text: str, path: Path) -> Iterator[tuple[object, str, None]]:
    for number, record in enumerate(_parsed(text, path, None), start=1):
        yield record, f"question {number}: ", None


def _parsed(text: str, path: Path, line: int | None) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None)  # NaN: an empty cell of a table
    except json.JSONDecodeError as error:
        reason = f"invalid JSON: {error.msg} at column {error.colno}"
        raise ArticleError(reason, path=str(path), line=line or error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise ArticleError(f"invalid JSON: {error}", path=str(path), line=line) from None


def _question(record: object) -> Question:
    """Return a question; ValueError says what is wrong with the record."""
    if not isinstance(record, Mapping):
        raise ValueError(f"expected a JSON object, got {type(record).__name__}")
    record = {key: value for key, value in record.items() if value is not None}
    fields: dict[str, object] = {}
    for field, keys in _KEYS.items():
        given = [key for key in keys if key in record]
        if len(given) > 1:
            raise ValueError(f"expected one of {' and '.join(given)}, got both")
        if given:
            fields[field] = _texts(given[0], record[given[0]])
    if not fields.get("sources"):
        fields.pop("sources", None)  # an empty list restricts nothing
    if "answers" not in fields and not fields.get("article_ids") and "answerable" not in record:
        raise ValueError(
            "expected answers, article_ids or answerable, got "
            f"{', '.join(map(str, record)) or 'no fields'}; an unanswerable question has "
            '"answerable": false'
        )
    fields |= {key: record[key] for key in ("question", "answerable") if key in record}
    if isinstance(fields.get("question"), str):
        checked_question(record["question"])
    try:
        return Question.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{first['loc'][0]}: {first['msg']}") from None


def _texts(key: str, value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if any(
        isinstance(item, bool) or not isinstance(item, str | int | float | None) for item in values
    ):
        raise ValueError(f"{key}: expected a text or a list of texts, got {value!r:.60}")
    texts = (normalise(_written(item)) for item in values if item is not None)
    return tuple(text for text in texts if text.strip())


def _written(value: object) -> str:
    """Return a text as it is, a number as Vietnamese writes it."""
    if not isinstance(value, float):
        return str(value)
    return format(Decimal(repr(value)), "f").removesuffix(".0").replace(".", ",")
