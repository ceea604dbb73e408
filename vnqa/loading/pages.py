"""Web pages: the article by trafilatura, its lead and its date where Vietnamese pages have them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from vnqa.errors import ArticleError, MissingExtraError
from vnqa.loading.byline import is_only_a_date
from vnqa.loading.dates import read_published

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.{0,2000}?-->\s*){0,5}<(?:!doctype\s+html|html)\b", re.I | re.S
)
_PUBLISHED = ("article:published_time", "datepublished", "pubdate")
_LINKED = re.compile(r"""["']datePublished["']\s*:\s*["']([^"']+)["']""")
_LEAD = re.compile(r"(?:^|[\s_-])sapo(?:$|[\s_-])|(?:^|\s)(?:description|chapeau)(?:$|\s)", re.I)
_SHORTEST_LEAD = 8  # words
_ABOVE, _BELOW = 3, 12  # texts around the headline among which a date is the article's
_LONGEST_DATE = 80  # characters


def is_page(text: str) -> bool:
    """Tell whether a text is a whole web page."""
    return _PAGE.match(text) is not None


def read_page(text: str) -> dict[str, Any]:
    """Return the fields of the article on a page.

    Raises:
        ArticleError: If there is none, or the extra ``html`` is not installed.
    """
    try:
        import trafilatura
    except ImportError as error:
        missing = MissingExtraError("trafilatura", extra="html", purpose="reading a web page")
        raise ArticleError(str(missing)) from error

    try:
        tree = trafilatura.load_html(text)
        published, summary = (None, None) if tree is None else (_published(tree), _lead(tree))
        page = trafilatura.bare_extraction(
            tree,
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except Exception as error:  # a page its parser stumbles over must not stop a load
        raise ArticleError(f"the HTML page cannot be read: {error}") from error
    body = page.text if page is not None else None
    if page is None or not body:
        raise ArticleError("no article was found in the HTML page")
    values = {
        "text": body,
        "title": page.title,
        "author": page.author,
        "published": published or page.date,
        "source": page.sitename,
        "url": page.url,
        "summary": summary,
    }
    return {name: value for name, value in values.items() if value}


def _published(tree: Any) -> str | None:
    """Return the page's own time of publication.

    As its metadata tell it, or the date beside the headline. trafilatura gives a day in the time
    zone of the page, and at times another article's, or that of a licence.
    """
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("itemprop") or meta.get("name") or ""
        value = meta.get("content") or ""
        if name.lower() in _PUBLISHED and read_published(value):
            return str(value)
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            for value in _LINKED.findall(script.text or ""):
                if read_published(value):
                    return str(value)
    above, below = _around_headline(tree)
    for text in itertools.chain(below, above):
        if len(text) <= _LONGEST_DATE and is_only_a_date(text):
            return text
    return None


def _around_headline(tree: Any) -> tuple[list[str], list[str]]:
    """Return a few texts above the headline and below it, nearest first."""
    headline = next(tree.iter("h1"), None)
    if headline is None:
        return [], []
    above: list[str] = []
    below: list[str] = []
    within, passed = frozenset(headline.iter()), False
    for element in tree.iter():
        passed = passed or element is headline
        if element in within or not isinstance(element.tag, str):
            continue
        text = " ".join(_own_text(element).split())
        if text and element.tag not in ("script", "style", "title"):
            (below if passed else above).append(text)
        if len(below) >= _BELOW:
            break
    return above[::-1][:_ABOVE], below


def _own_text(element: Any) -> str:
    """Return the text of an element that is not in one below it."""
    return " ".join([element.text or "", *(child.tail or "" for child in element)])


def _lead(tree: Any) -> str | None:
    """Return the lead that a page shows apart from the body, below its headline."""
    headline = next(tree.iter("h1"), None)
    if headline is None:
        return None
    for element in _below(tree, headline):
        names = f"{element.get('class') or ''} {element.get('data-role') or ''}"
        if _LEAD.search(names):
            text = _text_of(element)
            if len(text.split()) >= _SHORTEST_LEAD:
                return text
    return None


def _below(tree: Any, headline: Any) -> Iterator[Any]:
    elements = itertools.dropwhile(lambda element: element is not headline, tree.iter())
    return (element for element in elements if element.tag in ("p", "h2", "h3", "div", "strong"))


def _text_of(element: Any) -> str:
    """Return all text of an element on one line; words of neighbours do not run together."""
    text = ""
    for part in element.itertext():
        joins = text[-1:].isalnum() and part[:1].isalnum()
        text += f" {part}" if joins else part
    return " ".join(text.split())
