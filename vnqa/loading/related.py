"""Lists of other articles: headlines and teasers under a heading, or in repeated pairs.

A page shows such a list as headlines, each perhaps twice (the text of its image, then the link)
and perhaps with a teaser below. Where a list stands inside an article, the article goes on behind
it: what is surely a sentence ends the list, unless it is surely a teaser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from vnqa.loading.controls import is_button
from vnqa.loading.headings import is_footer, is_list_heading, is_tags, is_weak_heading
from vnqa.loading.lines import Line, key
from vnqa.loading.signatures import is_signature

_CUT_SHORT = re.compile(
    r"(?:\s(?:\.{3,}|…)|\[(?:\.{3}|…)\]|\((?:\.{3}|…)\))\s*(?:xem thêm|chi tiết|đọc tiếp)?\s*$",
    re.IGNORECASE,
)
_FAR = 200  # rows looked ahead
_CLOCK = r"\d{1,2}[:h]\d{2}"
_STAMP = re.compile(
    r"[\s(\[|•-]*(?:(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)[\s,]*)?"
    rf"(?:{_CLOCK}[\s,|–-]*)?(?:ngày\s)?\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?"
    rf"(?:[\s,|–-]*{_CLOCK})?[\s)\]|]*"
    rf"|\d+ (?:giây|phút|giờ|ngày|tuần|tháng) trước|{_CLOCK}",
    re.IGNORECASE,
)
_END_MARK = re.compile(r"\./\.?['\"”]?$")
_NUMBERED = re.compile(r"\d{1,2}\s?[.)/:]\s*\D")
_LABEL = re.compile(
    r"\[(?:video|infographics?|ảnh|photo|podcast|e-?magazine|clip)[^\]]*\]", re.IGNORECASE
)


def mark_related(lines: Sequence[Line]) -> None:
    """Give the kind ``"related"`` to lists of other articles."""
    rows = [line for line in lines if line.kind is None or line.kind in ("image", "link")]
    barren: dict[_Reading, int] = {}
    above: Line | None = None  # the last row that is kept
    at = 0
    while at < len(rows):
        end = at
        if rows[at].kind is None:
            end = _list_end(rows, at, above, barren)
            if end == at:
                above = rows[at]
        for row in rows[at:end]:
            row.kind = "related"
        at = max(end, at + 1)


class _Reading(NamedTuple):
    """What the rows below a heading are read by; two headings of one list may differ in it."""

    over: bool
    bullets: bool
    numbered: bool


def _list_end(
    rows: Sequence[Line], start: int, above: Line | None, barren: dict[_Reading, int]
) -> int:
    """Return the row behind the list that begins at ``start``; ``start`` if none begins there."""
    text = rows[start].text
    if is_list_heading(text):
        end, _ = _items_end(rows, start + 1, over=_is_over(above))
        return max(end, start + 1)
    if is_weak_heading(text):
        return _weak_list_end(rows, start, barren, over=_is_over(above))
    if _is_pair(rows, start):
        return _pairs_end(rows, start)
    return start


def _weak_list_end(
    rows: Sequence[Line], start: int, barren: dict[_Reading, int], *, over: bool
) -> int:
    """Return what `_list_end` does, below a heading that may be of the article, too.

    Args:
        rows: The lines of the page.
        start: The heading.
        barren: The row up to which rows were read below an earlier such heading without finding a
            list; part of them, read likewise, are none either. Else a page of nothing but such
            headings would be read to its end from each of them.
        over: Whether the article ended above the heading.
    """
    if start + 1 >= len(rows):
        return start
    first = rows[start + 1]
    reading = _Reading(over, first.mark == "bullet", _NUMBERED.match(first.text) is not None)
    if start + 2 < barren.get(reading, 0):  # the last row may have been given to the article
        return start
    end, read = _items_end(rows, start + 1, over=over)
    items = rows[start + 1 : end]
    headlines = sum(row.is_headline and row.words >= 5 for row in items)
    if headlines >= 2 or any(is_list_heading(row.text) for row in items):
        return end
    barren[reading] = read
    return start


def _is_pair(rows: Sequence[Line], at: int) -> bool:
    if at + 1 >= len(rows):
        return False
    first, second = rows[at], rows[at + 1]
    return first.is_headline and first.words >= 5 and key(first.text) == key(second.text)


def _is_short_of_end(line: Line) -> bool:
    return _CUT_SHORT.search(line.text) is not None


def _pairs_end(rows: Sequence[Line], start: int) -> int:
    """Return the end of pairs of equal headlines that no heading announces.

    They are a list if a teaser that was cut short follows one, or if there are two pairs.
    """
    at, pairs, short = start, 0, False
    while _is_pair(rows, at):
        pairs += 1
        at += 2
        if at < len(rows) and not _is_pair(rows, at):
            if _is_short_of_end(rows[at]):
                short = True
                at += 1
            elif _is_pair(rows, at + 1):
                at += 1
    return at if short or pairs >= 2 else start


def _is_over(above: Line | None) -> bool:
    """Tell whether the row above a heading ends the article: a signature or the mark ``./.``."""
    return above is not None and bool(_END_MARK.search(above.text) or is_signature(above.text))


def _items_end(rows: Sequence[Line], start: int, *, over: bool) -> tuple[int, int]:
    """Return the row behind the items of a list whose heading stands above ``start``.

    Args:
        rows: The lines of the page.
        start: The first row below the heading.
        over: Whether the article ended above the heading, so that sentences are teasers.

    Returns:
        That row, and the one up to which rows were read: those between may open the article that
        goes on.
    """
    at = start
    bullets = start < len(rows) and rows[start].mark == "bullet"
    pairs = teasers = 0
    while at < len(rows):
        row = rows[at]
        if row.kind is not None or _is_between(row.text):
            at += 1
        elif _is_pair(rows, at):
            pairs += 1
            at += 2
            if at < len(rows) and _is_teaser(rows, at, usual=pairs > 1 and teasers == pairs - 1):
                teasers += 1
                at += 1
        elif _is_last_signature(rows, at):
            return at, at
        elif _is_short_of_end(row):
            at += 1
        elif row.goes_on or (bullets and row.mark != "bullet"):  # noqa: SIM114
            break
        elif row.is_prose and not (over and _is_interleaved(rows, at)):
            break
        else:
            at += 1
    read = at
    if at >= len(rows) or (bullets and rows[at].mark != "bullet"):
        return at, read
    goes_on = rows[at].goes_on
    if goes_on and (rows[at - 1].ends_sentence or rows[at - 1].kind is not None):
        goes_on = False
    while at - 1 > start and (goes_on or _may_open_body(rows, start, at - 1, paired=pairs > 0)):
        at -= 1
        goes_on = False
    return at, read


def _is_between(text: str) -> bool:
    return is_list_heading(text) or is_button(text) or _STAMP.fullmatch(text) is not None


def _is_last_signature(rows: Sequence[Line], at: int) -> bool:
    """Tell whether a row in a list is the article's signature: nothing but lists follow it."""
    if not is_signature(rows[at].text):
        return False
    below = next((n for n in range(at + 1, len(rows)) if rows[n].kind is None), None)
    if below is None:
        return True
    text = rows[below].text
    return _is_between(text) or is_tags(text) or is_footer(text) or _is_pair(rows, below)


def _is_teaser(rows: Sequence[Line], at: int, *, usual: bool) -> bool:
    """Tell whether the row behind a pair is its teaser and not the article that goes on."""
    row = rows[at]
    if row.kind is not None or is_list_heading(row.text) or not (row.is_prose or row.ends_sentence):
        return False
    follows = next(
        (
            n
            for n in range(at + 1, len(rows))
            if rows[n].kind is None and not is_button(rows[n].text)
        ),
        None,
    )
    return (
        usual
        or _is_short_of_end(row)
        or follows is None
        or _is_pair(rows, follows)
        or is_list_heading(rows[follows].text)
    )


def _is_interleaved(rows: Sequence[Line], at: int) -> bool:
    """Tell whether from here on a headline stands above every sentence."""
    rest = [
        row
        for row in rows[at - 1 : at + _FAR]
        if row.kind is None and not _STAMP.fullmatch(row.text)
    ]
    return (
        all(not (one.is_prose and two.is_prose) for one, two in pairwise(rest))
        and rest[0].is_headline
    )


def _may_open_body(rows: Sequence[Line], start: int, at: int, *, paired: bool) -> bool:
    """Tell whether the row above a sentence may open it: a subheading, a question, a numbered one.

    In a list of pairs any row that stands once may.
    """
    row = rows[at]
    if row.kind is not None or _LABEL.match(row.text) or _is_between(row.text):
        return False
    if row.is_prose or _is_short_of_end(row) or _is_pair(rows, at - 1):
        return False
    numbered = _NUMBERED.match(row.text) is not None and not _NUMBERED.match(rows[start].text)
    return (
        paired
        or numbered
        or row.words <= 7
        or row.mark in ("bold", "h2", "h3", "h4")
        or row.text[-1] in "?!…"
    )
