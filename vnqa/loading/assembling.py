"""From the fields of one record to an Article: text cleaned, byline taken out, dates read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vnqa.errors import ArticleError
from vnqa.loading.boilerplate import Cut, cuts_of, mark_controls, mark_lists
from vnqa.loading.byline import (
    Byline,
    address_in,
    outlet_of,
    read_head,
    read_tail,
    take_outlet,
)
from vnqa.loading.dates import read_published
from vnqa.loading.decoding import normalise
from vnqa.loading.lines import join_lines, key, split_lines, words_of
from vnqa.loading.values import clean_value, clean_values, is_missing, plain
from vnqa.records import Article


def assemble(
    fields: Mapping[str, Any], extra: Mapping[str, Any], *, default_id: str | None
) -> tuple[Article, tuple[Cut, ...]]:
    """Build an article from what a file or record gives.

    Args:
        fields: ``text`` and any of ``article_id``, ``title``, ``summary``, ``url``, ``source``,
            ``author``, ``published``, as they came.
        extra: Everything else; kept. The time of publication is added as ``published_time``
            (``"HH:MM"``), and a date that cannot be read as ``published``.
        default_id: The id if the record has none.

    Returns:
        The article and what was cut from its text.

    Raises:
        ArticleError: If there is no body, or a field has a type that cannot be read or kept.
    """
    article_id = one_line(fields.get("article_id"), "id") or normalise(default_id or "").strip()
    if not article_id:
        raise ArticleError("a record that comes from no file needs an id; give it a field 'id'")
    body = _paragraphs(fields.get("text"))
    if not body.strip():
        raise ArticleError(
            "no body: expected a field 'text', 'body' or 'content' that is not empty"
        )
    kept = clean_values(extra)
    summary = _paragraphs(fields.get("summary"), "summary").strip()
    found = Byline(
        title=one_line(fields.get("title"), "title"),
        author=one_line(fields.get("author"), "author") or None,
        source=one_line(fields.get("source"), "source") or None,
        url=one_line(fields.get("url"), "url").strip("<>") or None,
    )
    if address := address_in(found.source or ""):
        found.url, found.source = found.url or address, None
    given = plain(fields.get("published"))
    published = None if is_missing(given) else read_published(given)
    if published is not None:
        found.published, found.time = published
    elif not is_missing(given):
        kept["published"] = clean_value(given, "published")

    lines = split_lines(body)
    mark_controls(lines)
    read_head(lines, found)
    mark_lists(lines, found.title)
    read_tail(lines, found)
    text = join_lines(lines)
    if not text:
        raise ArticleError("no body is left once headlines, menus and lists of links are cut")
    summary = summary.removeprefix(take_outlet(summary, found))
    if summary and not _stands_in(summary, text):
        text = f"{summary}\n\n{text}"
    if found.time:
        kept.setdefault("published_time", found.time)
    article = Article(
        article_id=article_id,
        title=found.title,
        text=text,
        url=found.url,
        source=found.source or outlet_of(found.url),
        author=found.author,
        published=found.published,
        summary=summary or found.summary,
        extra=kept,
    )
    return article, cuts_of(lines)


def one_line(value: object, name: str) -> str:
    """Return a field as normalised text on one line; a list is joined by commas."""
    value = plain(value)
    if is_missing(value):
        return ""
    if isinstance(value, Mapping):  # {"name": …}, as schema.org has it, or an id of MongoDB
        return one_line(value.get("name", value.get("$oid")), name)
    if isinstance(value, list | tuple):
        value = ", ".join(filter(None, (one_line(item, name) for item in value)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(clean_value(value, name))
    if not isinstance(value, str):
        raise ArticleError(f"expected {name!r} to be text, got {type(value).__name__}")
    return " ".join(normalise(value).split())


def _paragraphs(value: object, name: str = "text") -> str:
    value = plain(value)
    if is_missing(value):
        return ""
    if isinstance(value, list | tuple):
        parts = [part for part in map(plain, value) if not is_missing(part)]
        if all(isinstance(part, str) for part in parts):
            value = "\n\n".join(parts)
    if not isinstance(value, str):
        raise ArticleError(f"expected {name!r} to be text, got {type(value).__name__}")
    return normalise(value)


def _stands_in(summary: str, text: str) -> bool:
    """Tell whether the text holds the summary already; one cut short counts up to its ellipsis."""
    if summary in text:
        return True
    wanted = words_of(summary)
    if summary.endswith(("...", "…")):
        del wanted[-1:]  # perhaps half a word
    return not wanted or f" {' '.join(wanted)} " in f" {key(text)} "
