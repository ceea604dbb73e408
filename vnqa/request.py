"""What is asked of a collection: a question, and which passages may answer it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from vnqa.language.invisible import without_invisible
from vnqa.language.vietnamese import nfc

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
    if top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    return Scope(top_k, _filters(since, until, sources))


def request_of(question: str, scope: Scope) -> Request:
    """Return the request for a question; ValueError if it cannot be looked for."""
    return Request(_checked(question), *scope)


def requests_of(questions: Iterable[str], scope: Scope) -> list[Request]:
    """Return the requests for several questions; a ValueError names the wrong one."""
    if isinstance(questions, str):
        raise ValueError(f"expected an iterable of questions, got the string {questions[:40]!r}")
    requests = []
    for number, question in enumerate(questions, start=1):
        try:
            requests.append(request_of(question, scope))
        except ValueError as error:
            raise ValueError(f"question {number}: {error}") from error
    return requests


def _checked(question: str) -> str:
    """Return a question as it is looked for; ValueError if it cannot be."""
    question = nfc(without_invisible(question)).strip()
    if not any(character.isalnum() for character in question):
        raise ValueError(f"expected a question, got {question[:40]!r}, which has no words")
    if len(question) > MAX_QUESTION_CHARS:
        raise ValueError(
            f"expected a question of at most {MAX_QUESTION_CHARS:,} characters, "
            f"got {len(question):,}"
        )
    return question


def _filters(
    since: datetime.date | None, until: datetime.date | None, sources: Iterable[str] | None
) -> Filters | None:
    from vnqa.index import Filters

    if since is None and until is None and sources is None:
        return None
    since, until = (
        day.date() if isinstance(day, datetime.datetime) else day for day in (since, until)
    )
    if isinstance(sources, str):
        raise ValueError(
            f"expected an iterable of outlets, got the string {sources!r}; use [{sources!r}]"
        )
    if since is not None and until is not None and since > until:
        raise ValueError(f"since must not be after until, got {since} and {until}")
    names = None if sources is None else frozenset(sources)
    return Filters(since=since, until=until, sources=names)
