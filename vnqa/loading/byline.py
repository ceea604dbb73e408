"""Title, date, author, source and address, where they stand in the text above or below the article.

A field is taken only from a line of its own, and a date of publication only from such a line: a
date inside a sentence of the article is what happened, not when it was printed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from vnqa.language.vietnamese import UPPER, fold
from vnqa.loading.controls import is_section
from vnqa.loading.dates import find_moment
from vnqa.loading.labels import read_label
from vnqa.loading.lines import Line, key
from vnqa.loading.signatures import Signature, is_names, is_outlet, read_signature

_HEAD_ROWS = 8
_TAIL_ROWS = 8
_URL = re.compile(r"<?\(?((?:https?://|www\.)[^\s<>]+?)[>).]?")
_AROUND_DATE = re.compile(
    r"(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\snhật|\bcn\b|ngày(?:\sđăng|\sxuất\sbản)?|lúc|"
    r"cập\snhật(?:\slần\scuối)?|đăng(?:\stải|\slúc)?|xuất\sbản|\bgmt\s?\+?\s?7?(?::00)?|"
    r"\(utc[^)]*\)|giờ|phút|thời\sgian|\d+\sphút\sđọc|[\d.,]+\slượt\s(?:xem|đọc)|posted\son|"
    r"published|last\supdated?|date|mon|tue|wed|thu|fri|sat|sun)\b|[\s,;:|()\[\]/•·+»›>→–—-]|\+7",
    re.IGNORECASE,
)
_DATE_OF = re.compile(r"\b\d{4}\s?:\s*[^\W\d]")
_OF_EVENT = re.compile(r"thời\sgian\b(?!\s(?:đăng|cập\snhật|xuất\sbản))", re.IGNORECASE)
# What newspapers put before their first sentence. An abbreviation is cut only if it is listed:
# in "EU - …" the same form is the subject of the sentence.
_OUTLET_NAMES = """
    Dân trí, TTO, TPO, TNO, PNO, NDĐT, NDO, HNMO, HNM, SGGPO, SGGP, ANTĐ, ANTD, ANTV, PLO, LĐO,
    NLĐO, NLĐ, GDVN, GD&TĐ, GDTĐ, KTĐT, CAND, QĐND, BVPL, VTC News, VTC, VTV, VOV5, VOV, TTXVN,
    VnExpress, VNE, VietNamNet, Vietnam+, VietnamPlus, Zing, Infonet, Tiền Phong, Thanh Niên,
    Tuổi Trẻ, Kinhtedothi, Baonghean, BNA, ĐSPL, ĐS&PL, PLVN, TBKTSG, ICTnews, TGĐA, TG&VN,
    Báo Giao thông, PetroTimes, Người Đưa Tin, VietQ, Soha, TN&MT, VNF, BizLIVE, Công Thương
"""
_OUTLET = "|".join(re.escape(name) for name in map(str.strip, _OUTLET_NAMES.split(",")))
_SITE = r"[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org)"
_PREFIX = re.compile(
    rf"(?:\(\s*(?P<a>{_OUTLET}|{_SITE})\s*\)\s*[-–—.:]*"
    rf"|(?P<b>{_OUTLET}|{_SITE})\s*(?:\s[-–—]|[-–—]\s)"
    # "Thanh niên - lực lượng xung kích - …" is a sentence about the young.
    rf"(?=\s*(?:[\"'“‘(\[]|\d|(?-i:[{UPPER}]))))"
    r"\s*(?=[\"'“‘(\[]?[^\W_])",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Byline:
    """What was found; ``None`` or ``""`` where nothing was."""

    title: str = ""
    published: datetime.date | None = None
    time: str = ""
    author: str | None = None
    source: str | None = None
    url: str | None = None
    summary: str = ""


def read_head(lines: Sequence[Line], found: Byline) -> None:
    """Take the fields above the article, mark their lines, and fill what is still empty.

    Args:
        lines: The article's lines; controls are marked already.
        found: Fields known so far, e.g. from the record; known ones are not replaced, but lines
            that only repeat the known title are marked.
    """
    rows = [line for line in lines if line.kind is None]
    top = None if found.title else _main_heading(rows)
    prose = 0
    for number, row in enumerate(rows[: _HEAD_ROWS + 1]):
        if prose > 2 or number == _HEAD_ROWS:
            break
        if not prose and found.title and key(row.text) == key(found.title):
            row.kind = "title"
        elif prose and _is_listed(row, rows[number - 1]):
            prose += 1
        elif _take_label(row, found, head=not prose) or _take_date(row, found, head=not prose):
            continue
        elif not prose and _take_url(row, found):
            row.kind = "url"
        elif (
            not prose
            and not found.title
            and top in (None, row)
            and _is_title(row, rows[number + 1 :])
        ):
            found.title, row.kind = row.text, "title"
        elif (
            not prose
            and _is_author_by_date(rows, number)
            and (found.title or _has_title(rows[number + 1 : _HEAD_ROWS]))
        ):
            found.author, row.kind = found.author or row.text, "author"
        elif found.title or (top is None and (row.ends_sentence or row.words >= 3)):
            prose += 1
            if prose == 1:
                _take_lead(row, found)


def read_tail(lines: Sequence[Line], found: Byline) -> None:
    """Take the fields below the article, from the last line up to the first that holds none."""
    rows = [line for line in lines if line.kind is None]
    for number in range(len(rows) - 1, max(0, len(rows) - _TAIL_ROWS) - 1, -1):
        row = rows[number]
        above = rows[number - 1] if number else None
        if _is_listed(row, above):
            break
        if (
            _take_label(row, found, head=False)
            or _take_date(row, found, head=False, tail=True)
            or _take_url(row, found)
        ):
            continue
        signature = read_signature(row.text)
        if signature is None or above is None or row.mark == "bullet":
            break
        if not (above.ends_sentence or _belong_together(above, signature)):
            break  # the last of a list of names, perhaps
        found.author = found.author or signature.author
        found.source = found.source or signature.source
        row.kind = "source" if signature.source and not signature.author else "author"


def _belong_together(above: Line, signature: Signature) -> bool:
    """Tell whether the line above a signature is part of it: a name above an outlet."""
    upper = read_signature(above.text)
    if upper is None:
        return read_label(above.text) is not None
    return bool(upper.source or signature.source)


def outlet_of(url: str | None) -> str | None:
    """Return the domain of a page's address, without ``www.``; ``None`` if it has none."""
    if not url:
        return None
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return None
    host = host.removeprefix("www.").removeprefix("m.")
    return host if "." in host else None


def take_outlet(text: str, found: Byline) -> str:
    """Return what an outlet's name takes up at the front of a text; fill the source from it."""
    prefix = _PREFIX.match(text)
    length = prefix.end() if prefix else 0
    outlet = (prefix["a"] or prefix["b"]) if prefix else ""
    # Without a dash these words may be the subject: they are cut only on the outlet's own pages.
    own_page = "dantri" in fold(f"{found.url} {found.source}").replace(" ", "")
    if not prefix and own_page and text.startswith("Dân trí ") and text[8:9].isupper():
        length, outlet = len("Dân trí "), "Dân trí"
    if length:
        found.source = found.source or outlet
    return text[:length]


def _main_heading(rows: Sequence[Line]) -> Line | None:
    """Return the first ``#`` heading, or labelled title; what stands above it is the site's."""
    for row in rows[:_HEAD_ROWS]:
        label = read_label(row.text)
        if (row.mark == "h1" and row.words >= 2) or (label and label[0] == "title" and label[1]):
            return row
        if row.is_prose:
            break
    return None


def _has_title(rows: Sequence[Line]) -> bool:
    return any(_is_title(row, rows[number + 1 :]) for number, row in enumerate(rows))


def _is_title(row: Line, below: Sequence[Line]) -> bool:
    if row.mark in ("h1", "h2"):
        return row.words >= 2
    return (
        row.mark in ("", "bold")
        and row.is_headline
        and row.words >= 3
        and read_signature(row.text) is None
        and any(line.is_prose for line in below[:8])
    )


def _take_label(row: Line, found: Byline, *, head: bool) -> bool:
    """Take a labelled line; below the first paragraph only what cannot be part of the article."""
    label = read_label(row.text) if row.words <= 40 else None
    if label is None or row.mark == "bullet":
        return False
    field, value = label
    if field == "title" and head and value:
        found.title, row.kind = found.title or value, "title"
    elif field == "summary" and head and value:
        row.prefix, row.text = row.text.removesuffix(value), value
        found.summary = found.summary or value
        return True
    elif (
        field == "published"
        and (moment := find_moment(value))
        and not _AROUND_DATE.sub("", moment.rest)
        and (head or found.published in (None, moment.date))
    ):
        if found.published is None:
            found.published, found.time = moment.date, moment.time
        row.kind = "published"
    elif field in ("author", "source") and value:
        return _take_name(row, found, field, value)
    elif field in ("url", "source") and (match := _URL.fullmatch(value)):
        found.url, row.kind = found.url or match[1], "url"
    return row.kind is not None


def _take_name(row: Line, found: Byline, field: str, value: str) -> bool:
    match = _URL.fullmatch(value)
    if match:
        found.url, row.kind = found.url or match[1], "url"
    elif field == "author" and (
        is_names(value) or (signature := read_signature(value)) is not None
    ):
        if is_names(value):
            found.author = found.author or value
        elif signature is not None:
            found.author, found.source = (
                found.author or signature.author,
                found.source or signature.source,
            )
        row.kind = "author"
    elif field == "source" and is_outlet(value):
        found.source, row.kind = found.source or value.rstrip(" ."), "source"
    return row.kind is not None


def _take_date(row: Line, found: Byline, *, head: bool, tail: bool = False) -> bool:
    """Take a line that is a date of publication; names beside it are the author or the outlet."""
    if (
        row.words > 16
        or row.mark in ("bullet", "h1", "h2", "h3")
        or not any(c.isdigit() for c in row.text)
        or (not head and _OF_EVENT.search(row.text))
    ):
        return False
    moment = find_moment(row.text)
    if moment is None or (not head and not tail and not (moment.time and found.published is None)):
        return False
    if _names_an_event(row.text) or (not head and found.published not in (None, moment.date)):
        return False
    rest, again = moment.rest, find_moment(moment.rest)
    rest = again.rest if again else rest
    names = _AROUND_DATE.sub(" ", rest).strip()
    names = " ".join(names.split()).removeprefix("Theo ")
    if names and not is_section(names):
        if names.strip(" .") and row.ends_sentence:
            return False
        if names.endswith(("?", "!")) or len(names.split()) > 6:
            return False
        if is_names(names) and len(names.split()) >= 2:
            found.author = found.author or names
        elif is_outlet(names) and len(names.split()) <= 4 and (moment.time or "." in names):
            found.source = found.source or names
        else:
            return False
    if found.published is None:
        found.published, found.time = moment.date, moment.time
    row.kind = "published"
    return True


def is_only_a_date(text: str) -> bool:
    """Tell whether a text is a date, with its weekday and time perhaps, and nothing else."""
    moment = find_moment(text)
    return moment is not None and not _AROUND_DATE.sub("", moment.rest)


def _names_an_event(text: str) -> bool:
    """Tell whether a line of a date says what is then: ``Khai mạc: …``, ``5/12/2026: …``."""
    label, colon, _ = text.partition(":")
    if colon and not any(c.isdigit() for c in label):
        return bool(_AROUND_DATE.sub("", label))
    return _DATE_OF.search(text) is not None


def _is_listed(row: Line, above: Line | None) -> bool:
    """Tell whether a line belongs to a list: of dates, or of what stands below a colon."""
    if above is None:
        return False
    if above.text.endswith(":"):
        return True
    here, there = find_moment(row.text), find_moment(above.text) if above.words <= 16 else None
    return here is not None and there is not None and here.date != there.date


def _take_url(row: Line, found: Byline) -> bool:
    match = _URL.fullmatch(row.text)
    if match is None:
        return False
    found.url, row.kind = found.url or match[1], "url"
    return True


def address_in(text: str) -> str | None:
    """Return the address that a text is, without brackets around it; else ``None``."""
    match = _URL.fullmatch(text)
    return None if match is None else match[1]


def _is_author_by_date(rows: Sequence[Line], number: int) -> bool:
    """Tell whether a line of names stands right above or below the line of the date."""
    text = rows[number].text
    if not (2 <= len(text.split()) <= 5 and is_names(text)):
        return False
    if number and rows[number - 1].kind == "published":
        return True
    below = rows[number + 1] if number + 1 < len(rows) else None
    if below is None or below.words > 12:
        return False
    return is_only_a_date(below.text)


def _take_lead(row: Line, found: Byline) -> None:
    """Take the outlet's name off the first sentence, and a bold first paragraph as the summary."""
    row.prefix = take_outlet(row.text, found)
    row.text = row.text.removeprefix(row.prefix)
    if row.mark == "bold" and row.words >= 10 and not found.summary:
        found.summary = row.text
