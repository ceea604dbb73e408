"""What is asked of a collection: a question, and which passages may answer it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from numbers import Integral
from typing import TYPE_CHECKING, NamedTuple

from vnqa.language.invisible import without_invisible
from vnqa.language.vietnamese import nfc
from vnqa.records import day_of

if TYPE_CHECKING:
    from vnqa.index import Filters

MAX_QUESTION_CHARS = 2_000


class Request(NamedTuple):
    """A question, or words to search for, checked. Equal requests have equal answers.

    Attributes:
        question: In NFC, without invisible characters.
        top_k: The most passages.
        filters: What their articles must meet.
    """

    question: str
    top_k: int
    filters: Filters | None


class Scope(NamedTuple):
    """Which passages may answer; see `Request`."""

    top_k: int
    filters: Filters | None


def scope_of(
    *,
    top_k: int,
    since: datetime.date | None,
    until: datetime.date | None,
    sources: Iterable[str] | None,
) -> Scope:
    """Return the scope that a user names; ValueError if an argument is wrong."""
    if not isinstance(top_k, Integral) or isinstance(top_k, bool) or top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k!r}")
    return Scope(int(top_k), _filters(since, until, sources))


def request_of(question: str, scope: Scope) -> Request:
    """Return the request for a question; ValueError if it cannot be looked for."""
    return Request(checked_question(question), *scope)


def requests_of(questions: Iterable[str], scope: Scope) -> list[Request]:
    """Return the requests for several questions; a ValueError names the wrong one."""
    if isinstance(questions, str):
        raise ValueError(f"expected an iterable of questions, got the string {questions[:40]!r}")
    if not isinstance(questions, Iterable):
        raise ValueError(f"expected an iterable of questions, got {questions!r}")
    requests = []
    for number, question in enumerate(questions, start=1):
        try:
            requests.append(request_of(question, scope))
        except ValueError as error:
            raise ValueError(f"question {number}: {error}") from error
    return requests


def checked_question(question: str) -> str:
    """Return a question as it is looked for: in NFC, without invisible characters.

    Raises:
        ValueError: If it has no words, is too long, or is not text.
    """
    if not isinstance(question, str):
        raise ValueError(f"expected a question, got {question!r}")
    if not _is_unicode(question):
        raise ValueError(f"expected a question in UTF-8, got {question[:40]!r}")
    question = nfc(without_invisible(question)).strip()
    if not any(character.isalnum() for character in question):
        raise ValueError(f"expected a question, got {question[:40]!r}, which has no words")
    if len(question) > MAX_QUESTION_CHARS:
        raise ValueError(
            f"expected a question of at most {MAX_QUESTION_CHARS:,} characters, "
            f"got {len(question):,}"
        )
    return question


def _is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: it has no lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _filters(
    since: datetime.date | None, until: datetime.date | None, sources: Iterable[str] | None
) -> Filters | None:
    from vnqa.index import Filters

    if since is None and until is None and sources is None:
        return None
    since, until = _day("since", since), _day("until", until)
    if isinstance(sources, str):
        raise ValueError(
            f"expected an iterable of outlets, got the string {sources!r}; use [{sources!r}]"
        )
    if since is not None and until is not None and since > until:
        raise ValueError(f"since must not be after until, got {since} and {until}")
    if sources is not None and not isinstance(sources, Iterable):
        raise ValueError(f"expected an iterable of outlets, got {sources!r}")
    names = None if sources is None else list(sources)
    if names is not None and not all(isinstance(n, str) and _is_unicode(n) for n in names):
        raise ValueError(f"expected names of outlets, got {names!r}")
    return Filters(since=since, until=until, sources=None if names is None else frozenset(names))


def _day(name: str, day: datetime.date | None) -> datetime.date | None:
    if isinstance(day, datetime.datetime):
        return day_of(day)
    if day is None or isinstance(day, datetime.date):
        return day
    raise ValueError(f"{name} must be a datetime.date, got {day!r}")
