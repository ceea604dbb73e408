"""Labelled fields: ``title: …``, ``Tác giả: …``, as a header or as single lines of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from vnqa.language.vietnamese import fold
from vnqa.loading.dates import find_moment, read_published
from vnqa.loading.values import is_empty, plain

# Names of fields in records, best first: "text" wins over "body". Keys are folded: lower case, no
# diacritics, and no spaces, underscores and hyphens.
_RECORD_NAMES = {
    "article_id": "id, articleid, mabai",
    "title": "title, headline, tieude, tuade, tit",
    "text": "text, body, content, noidung, articlebody, fulltext",
    "summary": "summary, sapo, description, tomtat, lead, abstract",
    "url": "url, link, lienket, duongdan",
    "source": "source, outlet, publisher, domain, nguon, bao",
    "author": "author, authors, byline, tacgia",
    "published": "published, publishedat, publisheddate, publishedtime, publishdate, "
    "datepublished, date, time, datetime, pubdate, ngay, ngaydang, ngayxuatban, thoigian",
}
# Labels of lines in a text; what may as well open a sentence of the article is not among them.
# Labels that hold a comma ("bài, ảnh") are unified with those that hold a slash.
_LINE_NAMES = {
    "article_id": "id, article_id",
    "title": "title, headline, tieu de, tua de",
    "summary": "summary, sapo, tom tat",
    "url": "url, link, lien ket, duong dan, link bai viet, link goc",
    "source": "source, outlet, nguon, nguon tin, theo, theo nguon",
    "author": "author, byline, by, tac gia, nguoi viet, thuc hien, bai, bai viet, tin, tin bai, "
    "tin/bai, bai va anh, bai/anh, tin/anh, tin va anh, tin anh, bai anh, phong vien, tong hop, "
    "bien dich, luoc dich",
    "published": "published, date, ngay, ngay dang, ngay xuat ban, ngay viet, dang ngay, dang luc, "
    "cap nhat, cap nhat luc, cap nhat ngay, xuat ban",
}
_RECORD_KEYS = {field: names.split(", ") for field, names in _RECORD_NAMES.items()}
_FIELD_OF = {key: field for field, keys in _RECORD_KEYS.items() for key in keys}
_BY_LABEL = {name: field for field, names in _LINE_NAMES.items() for name in names.split(", ")}
_APART = re.compile(r"[\s_-]+")
_JOINT = re.compile(r"\s*[,/–-]\s*")
_LABELLED = re.compile(r"([^\W\d_][\w ,/–-]{1,24}?)\s*[:：]\s*(\S.*)?$")
# Of a header with a title: a label of words. Those that nothing else follows may be of the article
# ("Hà Nội: mưa lớn"), unless a scraper writes them.
_HEADER_LABEL = re.compile(r"([^\W\d_]+(?:[ _-][^\W\d_]+){0,3})\s*[:：](?:\s+(.*))?$")
_SCRAPED = frozenset(
    "category categories section topic topics tag tags keywords lang language crawledat scrapedat "
    "wordcount chuyenmuc muc danhmuc chuyende theloai tukhoa ngonngu".split()
)
_BODY = frozenset("text body content noidung".split())
_MOST_WORDS = 12  # of the value of an unknown label
_FENCE = re.compile(r"(?:---+|\+\+\++)\s*$")
_FRONT_KEY = re.compile(r"([\w][\w .-]{0,40}?)\s*:(?:\s+(.*))?$")


def read_label(line: str) -> tuple[str, str] | None:
    """Return ``(field, value)`` of a line such as ``Nguồn: VOV``, or ``None``."""
    match = _LABELLED.match(line)
    if match is None:
        return None
    field = _BY_LABEL.get(_JOINT.sub("/", fold(match[1]).strip()))
    return None if field is None else (field, _unquote(match[2] or ""))


def take_fields(record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sort a record into the fields of an article, by name, and everything else.

    Of several names for one field the first that is neither missing nor empty is taken; the others
    stay with everything else.
    """
    rest = {str(name): plain(value) for name, value in record.items()}
    by_label: dict[str, str] = {}
    for name in rest:
        by_label.setdefault(_APART.sub("", fold(name)), name)
    fields: dict[str, Any] = {}
    for field, labels in _RECORD_KEYS.items():
        for name in filter(None, map(by_label.get, labels)):
            if is_empty(rest[name]):
                del rest[name]
            elif field not in fields:
                fields[field] = rest.pop(name)
            elif field == "published" and read_published(fields[field]) is None:
                rest["published"] = fields[field]  # what is no date gives way to one that is
                fields[field] = rest.pop(name)
    return fields, rest


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Split a text into its header and what follows.

    The header is what stands between two lines ``---`` at the very top, as simple ``key: value``
    lines (values may be quoted; an indented or ``-`` line goes on with the value above it), or,
    without them, the lines at the top that carry a label: any, where the title is among them, else
    a known one. A last label for the body ("Nội dung: …") is taken off it.
    """
    rows = text.split("\n")
    first = next((n for n, row in enumerate(rows) if row.strip()), None)
    if first is None:
        return {}, text
    if _FENCE.fullmatch(rows[first].strip()):
        return _fenced(rows, first, text)
    if (titled := _titled_header(rows, first)) is not None:
        return titled
    fields: dict[str, str] = {}
    n = first
    while n < len(rows):
        row = rows[n].strip()
        found = read_label(row)
        if found is None or not found[1] or _is_sentence(*found):
            break
        fields.setdefault(found[0], found[1])
        n += 1
    if not fields or (n < len(rows) and rows[n].strip() and not _FENCE.fullmatch(rows[n].strip())):
        return {}, text  # a labelled line that runs on into a paragraph is not a header
    if n < len(rows) and _FENCE.fullmatch(rows[n].strip()):
        n += 1
    return fields, "\n".join(rows[n:])


def _titled_header(rows: list[str], first: int) -> tuple[dict[str, str], str] | None:
    """Return the header of labelled lines, known or not, with the title among them, and the rest.

    Where a line is left out that belongs to no header, it begins the rest.
    """
    fields: dict[str, str] = {}
    end, titled = first, False
    unsure: dict[str, str] = {}  # behind the last label that only a header has
    for n in range(first, len(rows)):
        row = rows[n].strip()
        match = _HEADER_LABEL.match(row)
        if match is None:
            break
        known, value = read_label(row), _unquote(match[2] or "")
        label = _APART.sub("", fold(match[1]))
        if label in _BODY and titled:
            rows = [*rows[: n + 1], value, *rows[n + 1 :]]
            fields, end = {**unsure, **fields}, n + 1
            break
        name = known[0] if known else _FIELD_OF.get(label, match[1])
        if value and _is_sentence(name, value):
            break
        if name not in _RECORD_KEYS and len(value.split()) > _MOST_WORDS:
            break
        unsure.setdefault(name, value)
        if name in _RECORD_KEYS or label in _SCRAPED:
            fields, unsure, end = {**unsure, **fields}, {}, n + 1
            titled = titled or (name == "title" and bool(value))
    if not titled:
        return None
    if end < len(rows) and _FENCE.fullmatch(rows[end].strip()):
        end += 1
    return fields, "\n".join(rows[end:])


def _is_sentence(field: str, value: str) -> bool:
    """Tell whether a labelled line opens the article ("Cập nhật: Bão đã vào đất liền.")."""
    if field == "published":
        return find_moment(value) is None
    return field in ("author", "source") and len(value.split()) > 8 and value[-1] in ".!?"


def _fenced(rows: list[str], first: int, text: str) -> tuple[dict[str, str], str]:
    close = next(
        (n for n in range(first + 1, min(len(rows), first + 200)) if _FENCE.fullmatch(rows[n])),
        None,
    )
    if close is None:
        return {}, text
    fields: dict[str, str] = {}
    last = ""
    for row in rows[first + 1 : close]:
        match = None if row[:1] in (" ", "-", "#") else _FRONT_KEY.match(row)
        if match:
            last = match[1]
            value = (match[2] or "").strip()
            fields[last] = "" if value in ("|", ">", "|-", ">-") else _unquote(value)
        elif last and row.strip() and not row.startswith("#"):
            item = row.strip().removeprefix("- ")
            listed = item != row.strip() and fields[last] != ""
            fields[last] = f"{fields[last]}{',' if listed else ''} {_unquote(item)}".strip()
        elif row.strip() and not row.startswith("#"):
            return {}, text
    return fields, "\n".join(rows[close + 1 :])


def _unquote(value: str) -> str:
    value = value.strip()
    if (
        len(value) >= 2
        and value[0] == value[-1]
        and value[0] in "\"'"
        and value[0] not in value[1:-1]
    ):
        return value[1:-1].strip()
    return value
