"""Dates in Vietnamese text, by value: ``23/5/1950``, ``ngày 23 tháng 5 năm 1950``, ``tháng 5``."""

from __future__ import annotations

import re
from typing import NamedTuple

_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_YEAR = r"(?P<year>1\d{3}|20\d{2})"
_SHORT_YEAR = r"(?P<year>1\d{3}|20\d{2}|\d{2})"
_WORD_MONTHS = {
    "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9, "mười một": 11, "mười hai": 12, "mười": 10, "một": 1, "chạp": 12,
}  # fmt: skip
_WORD_MONTH = (
    "(?P<word>" + "|".join(sorted(_WORD_MONTHS, key=len, reverse=True)) + r")(?!\s*\d(?!\d{3}))"
)
_EDGE, _END = r"(?<![\d.,/-])", r"(?![\d])(?![.,/-]\d)"
_THEN_YEAR = r"(?:(?:(?:\s*,)?\s*năm|\s*[,/.-])\s*" + _YEAR + ")"
_MEASURE = (  # a number before it is no date: "mỗi ngày 1.5 lít"
    r"(?!\s*(?:%|(?:lít|triệu|tỷ|tỉ|nghìn|ngàn|tiếng|giờ|phút|độ|lần|người|m|mét|km|kg|tấn|đồng"
    r"|công|ca|USD)\b))"
)
_SCALE = r"(?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|tr)"
_UNIT = (
    r"(?:tiếng|giờ|độ|lần|lượt|người|tấn|tạ|đồng|USD|công|ca|bữa|buổi|viên|suất|gói|cốc|con|"
    + _SCALE
    + ")"
)
_NO_AMOUNT = (  # many units begin a clause, too: "tháng 7 người dân", "ngày 2 công ty"
    r"(?!\s*(?:%|(?:lít|phút|mét|km|kg|gam)\b|"
    + rf"{_SCALE}\s+{_UNIT}\b|{_UNIT}\s*(?:[.,;:!?…)]|$)))"
)
_RATE = re.compile(  # no date either, however it goes on
    r"\blàm(?:\s+[^\W\d]+){0,2}\s+ngày\s+\d{1,2}\s+(?:tiếng|giờ|công|ca|buổi)\b"
    r"|\blương(?:\s+[^\W\d]+){0,2}\s+tháng\s+(?:\d{1,2}|[^\W\d]+)\s+(?:trăm|nghìn|ngàn|triệu|tr)\b",
    re.IGNORECASE,
)
_NOT_SO_OFTEN = r"(?!\s+lần\b(?!\s+(?:đầu|thứ|này|lượt)\b))"  # "3 tháng 1 lần"
_EACH = r"(?<!mỗi )(?<!một )(?<!hằng )(?<!hàng )"
_BARE_YEAR = (  # "tháng Tám 1945"
    r"(?:(?<=\D)\s+" + _YEAR.replace("year", "bare") + r"(?!\d)" + _MEASURE + ")"
)
_PART_OF_DAY = _EACH + r"\b(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|mùng|mồng)\s+(?P<at>)"

# Fullest first: a later pattern only sees what an earlier one left.
_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        _EDGE + _YEAR + r"-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
        _EDGE + _DAY + r"\s*(?P<sep>[/.-])\s*" + _MONTH + r"\s*(?P=sep)\s*" + _SHORT_YEAR + _END,
        _EDGE + _DAY + r"\s*[/-]\s*" + _MONTH + r"(?:\s*,)?\s*năm\s+" + _YEAR + _END,
        _EDGE
        + _DAY
        + r"\s+tháng\s+(?:"
        + _MONTH
        + r"(?!\d)|"
        + _WORD_MONTH
        + ")"
        + f"(?:{_THEN_YEAR}|{_BARE_YEAR}|{_NOT_SO_OFTEN})",
        r"\btháng\s+(?:" + _MONTH + r"(?!\d)|" + _WORD_MONTH + f")(?:{_THEN_YEAR}|{_BARE_YEAR})",
        _EDGE + _MONTH + r"/" + _YEAR + _END,
        _PART_OF_DAY + _DAY + r"[-.]" + _MONTH + _END + _MEASURE,
        _EDGE + _DAY + r"/" + _MONTH + _END,
        _EACH + r"\btháng\s+(?:" + _MONTH + _END + "|" + _WORD_MONTH + r"\b)" + _NO_AMOUNT,
        _EACH + r"\b(?:ngày|mùng|mồng)\s+" + _DAY + _END + _NO_AMOUNT,
        _EDGE + _YEAR + _END,
    )
]


class Date(NamedTuple):
    """A date in a text, as far as it is given there; parts not given are ``None``."""

    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None

    def is_given_by(self, other: Date) -> bool:
        """Tell whether another mention gives every part of this one, with the same values."""
        return all(
            mine is None or mine == theirs for mine, theirs in zip(self[2:], other[2:], strict=True)
        )


def dates(text: str) -> list[Date]:
    """Return the dates of a text, in order; each character belongs to one date at most."""
    found: list[Date] = []
    left = _RATE.sub(_blank, text)
    for pattern in _PATTERNS:
        for match in pattern.finditer(left):
            if (date := _date(match)) is None:
                continue
            found.append(date)
            left = left[: match.start()] + _blank(match) + left[match.end() :]
    return sorted(found)


def _blank(match: re.Match[str]) -> str:
    return "\x00" * (match.end() - match.start())


def _date(match: re.Match[str]) -> Date | None:
    """Read a match; ``None`` if its month only looks like one: "ſ" matches "s" in any case."""
    parts = match.groupdict()
    month = _int(parts.get("month"))
    if (word := parts.get("word")) and (month := _WORD_MONTHS.get(word.lower())) is None:
        return None
    year = _int(parts.get("year") or parts.get("bare"))
    if year is not None and year < 100:  # POSIX strptime: 69 to 99 are 1969 to 1999
        year += 1900 if year >= 69 else 2000
    start = match.start("at") if "at" in parts else match.start()
    return Date(start, match.end(), year, month, _int(parts.get("day")))


def _int(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
