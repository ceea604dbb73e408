"""HTML within the fields of a record, as feeds and databases hold it, to text."""

from __future__ import annotations

import html
import re

_BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr iframe img li main nav ol p picture pre section table tbody tfoot thead tr "
    "ul video".split()
)
_INLINE = frozenset(
    "a abbr acronym b big cite code col colgroup em font i ins label mark nobr noscript o:p q s "
    "small source span strike strong sub sup time tt u wbr".split()
)
_CELLS = frozenset(("td", "th"))
_BREAKS = dict.fromkeys(_BLOCKS, "\n\n") | dict.fromkeys(_CELLS, " | ") | {"br": "\n"}
_HIDDEN = frozenset(("script", "style", "-->"))
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-z][a-z0-9:]*)(?=[\s/>])(?:[^<>"']++|"[^"]*+"|'[^']*+'){0,200}+>"""
    r"|(?P<comment><!--)|-->",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,30}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<(?:p|br|div)\b", re.IGNORECASE)
_PRE = re.compile(r"(?=</?pre[\s>])", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]*(?:\r\n|\r|\n)[ \t]*(?![ \t\r\n])")


def without_markup(text: str) -> str:
    """Return a text whose HTML tags and entities are resolved; one without stays as it is.

    It counts as HTML where a tag of a block, an end tag or an entity stands in it. Blocks become
    paragraphs, cells stand between ``|``; what is no tag of HTML stays: ``a < b``, ``<3``.
    """
    if any(tag["end"] or _name(tag) in _BREAKS for tag in _TAG.finditer(text)):
        if _PARAGRAPH.search(text):
            text = _unwrapped(text)
        text = _without_tags(text)
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def _unwrapped(text: str) -> str:
    """Return a text with a space for each line end, as paragraphs have it; ``<pre>`` keeps its."""
    parts = _PRE.split(text)
    return "".join(p if p[:4].lower() == "<pre" else _SPACES.sub(" ", p) for p in parts)


def _without_tags(text: str) -> str:
    tags = list(_TAG.finditer(text))
    last = {_ends(tag): tag.start() for tag in tags}  # what never ends hides nothing
    parts: list[str] = []
    at = 0
    hidden = ""
    for tag in tags:
        if hidden:
            if _ends(tag) == hidden:
                hidden, at = "", tag.end()
            continue
        parts += text[at : tag.start()], _instead(tag)
        at = tag.end()
        name = "-->" if tag["comment"] else _name(tag)
        if name in _HIDDEN and not tag["end"] and last.get(name, 0) > tag.start():
            hidden = name
    return "".join([*parts, text[at:]])


def _name(tag: re.Match[str]) -> str:
    return (tag["name"] or "").lower()


def _ends(tag: re.Match[str]) -> str:
    """Return what a tag ends: an element, or a comment."""
    return tag[0] if tag[0] == "-->" else _name(tag) if tag["end"] else ""


def _instead(tag: re.Match[str]) -> str:
    """Return what stands in place of a tag."""
    name = _name(tag)
    if tag["comment"] or name in _HIDDEN | _INLINE or (name in _CELLS and tag["end"]):
        return ""
    return _BREAKS.get(name, tag[0])
