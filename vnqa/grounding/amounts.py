"""A stretch of a text, widened to whole ranges and amounts: "5-7", "50 đến 60", "5 năm 6 tháng"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from vnqa.language.dates import Date
from vnqa.language.numbers import Number, is_counted
from vnqa.language.sentences import Span

# The other end of "5-7 người" and "2-1"; years ("1941-1945") may stand alone.
_NO_YEAR = r"(?!0\d)(?!(?:1\d{3}|20\d{2})\s?[-–)\s.,])"
_AMOUNT = r"\d+(?:[.,]\d+)*"
_FROM = re.compile(rf"(?<![\w/.,:–-]){_NO_YEAR}{_AMOUNT}%?\s?[-–]\s?$")
_TO = re.compile(rf"%?\s?[-–]\s?{_NO_YEAR}{_AMOUNT}(?![\d/]|[:h]\d)(?!\s?[-–]\d)")
_CLOCK = re.compile(r"\d[:h]\d+$")  # "19:30 - 5 người bị thương"
_SPACED = re.compile(r"\s[-–]|[-–]\s")
# "từ 2.300 USD đến 2.840"; what is given in days, years or hours may be asked for by either end.
_FROM_TO = re.compile(
    rf"(?<![\w/.,–-])(từ )?({_AMOUNT})((?:\s?%| (?!giờ\b|ngày\b|năm\b|tháng\b)[^\W\d_]+){{0,3}})"
    rf" (?:đến|tới) (?:hơn |gần |khoảng )?({_AMOUNT})(?![\d/]|\s?(?:giờ|h|ngày|tháng)\b)",
    re.IGNORECASE,
)
_SCALE = re.compile(r"(?:\s?%| nghìn| ngàn| triệu| tỷ| tỉ)*", re.IGNORECASE)
_MONEY = re.compile(r" (?:đồng|USD|đô la|euro|EUR|yên|yen|bảng|nhân dân tệ)\b", re.IGNORECASE)
_CHANGES = re.compile(  # from one to the other
    r"\b(?:tăng|giảm|nâng|hạ|rút|lên|xuống|chuyển|đổi|thay|sụt|nhảy|lùi|tụt|phát triển|mở rộng"
    r"|cải thiện|điều chỉnh|đưa|vươn|tiến|đi|leo|thu hẹp|biến động)(?:[\s,]+[^\s,]+){0,7}[\s,]+$",
    re.IGNORECASE,
)
_MIDDLE = re.compile(r"[\d)]\s?[-–]\s?$")  # of a telephone number
_ORDINAL = re.compile(  # "Bão số 3 - 5 người chết", "ở Quận 3, 4 người chết"
    r"\b(?:số|lớp|quận|phường|bài|chương|điều|khoản|mục|tập|vòng|bảng|tầng|khóa|khoá|khu|tổ|nhóm"
    r"|hạng|thứ|trang|kỳ|lần|phòng|ga|tuyến|đợt|tháng|ngày|quý|tuần|trận|phút)\s+$",
    re.IGNORECASE,
)
_TWO_UNITS = re.compile(
    r"(?<![\w/.,–-])(\d+\s?(?:năm(?= \d+ tháng\b(?! \d))|(?:tháng|tuần)(?= \d+ ngày)"
    r"|km(?= \d+ ?m\b)|ngày(?= \d+ giờ\b"
    r"(?! (?:sáng|trưa|chiều|tối|đêm|ngày|hôm)\b| \d+[/-]))"  # "5 giờ sáng" is when
    r"|(?:giờ|tiếng)(?= \d+ phút)|phút(?= \d+ giây)|m(?:ét)?(?= \d\d(?: ?cm\b|(?!\d| ?[^\W\d_])))"
    r"|kg(?= \d+ ?g(?:am|ram)?\b)))"
    r" (\d+(?: ?(?:tháng|ngày|giờ|phút|giây|cm|m|g(?:am|ram)?)\b)?)(?: \d+ ?giây\b)?",
    re.IGNORECASE,
)
_DURATION = r"(?:năm|tháng|tuần|ngày|phút|giây)\b(?: tù\b)?"  # hours are mostly times of day
_DURATIONS = re.compile(  # "từ 5 năm đến 10 năm tù"
    rf"(?<![\w/.,–-])(?:từ )?({_AMOUNT}) {_DURATION} (?:đến|tới) ({_AMOUNT}) {_DURATION}(?! \d)",
    re.IGNORECASE,
)
_NEIGHBOURS = 20  # "ba bốn người" are about so many; larger numbers are a list
_COUNTED = re.compile(r" (?!(?:và|hoặc|hay)\b)[^\W\d_]")
_BEFORE = 64  # code points before a span that are looked at, and after it


def with_whole_amount(
    text: str, start: int, end: int, given_dates: Sequence[Date], given: Sequence[Number]
) -> Span:
    """Take in the other end of a range, or the other unit of an amount, that a span has one of."""
    start, end = _with_both_ends(text, start, end, given_dates)
    start, end = _with_from_and_to(text, start, end, given_dates, given)
    start, end = _with_neighbour(text, start, end, given_dates, given)
    for found in _DURATIONS.finditer(text, max(0, start - _BEFORE), min(len(text), end + _BEFORE)):
        if any(start <= found.start(i) < end for i in (1, 2)):
            start, end = min(start, found.start()), max(end, found.end())
    for found in _TWO_UNITS.finditer(text, max(0, start - _BEFORE), min(len(text), end + _BEFORE)):
        if any(start <= first and last <= end for first, last in (found.span(1), found.span(2))):
            return min(start, found.start()), max(end, found.end())
    return start, end


def _with_both_ends(text: str, start: int, end: int, given: Sequence[Date]) -> Span:
    """Take in the other end of a range; what has more than two, such as a telephone's, is none."""
    before, after = _FROM.search(text, max(0, start - _BEFORE), start), _TO.match(text, end)
    in_the_middle = _MIDDLE.search(text, max(0, start - _BEFORE), start) is not None
    if _CLOCK.search(text, start, end) or (in_the_middle and after is not None):
        return start, end
    begin, finish = start, end
    if before is not None and text[start : start + 1].isdecimal():
        begin = before.start()
    if after is not None and text[end - 1 : end].isdecimal():
        finish = after.end()
    if any(
        date.start < finish and begin < date.end and not (date.month is None and date.day is None)
        for date in given
    ):
        return start, end
    if _SPACED.search(text, begin, finish) and _is_ordinal(text, begin):
        return start, end
    return begin, finish


def _with_from_and_to(
    text: str, start: int, end: int, given_dates: Sequence[Date], given: Sequence[Number]
) -> Span:
    """Take in both ends of "từ 2.300 USD đến 2.840 USD" where a span has one, and its unit.

    Without "từ" both are of one unit, which the first may leave out: "3 người đến 5 nơi" is no
    range.
    """
    for found in _FROM_TO.finditer(text, max(0, start - _BEFORE), min(len(text), end + _BEFORE)):
        (first, behind), (other, last) = found.span(2), found.span(4)
        unit = found.group(3)
        has_one = start <= first < behind <= end or start <= other < last <= end
        is_one_unit = _SCALE.fullmatch(unit) is not None or text.startswith(unit, last)
        if (
            not has_one
            or any(date.start < last and first < date.end for date in given_dates)
            or not _is_rising(given, first, other)
            or not (found.group(1) or (is_one_unit and not _is_ordinal(text, first)))
            or (
                found.group(1)
                and _CHANGES.search(text, max(0, found.start() - _BEFORE), found.start())
            )
        ):
            continue
        finish = last + len(unit) if text.startswith(unit, last) else last
        money = _MONEY.match(text, finish) if end <= other else None
        finish = finish if money is None else money.end()
        return min(start, found.start()), max(end, finish)
    return start, end


def _with_neighbour(
    text: str, start: int, end: int, given_dates: Sequence[Date], given: Sequence[Number]
) -> Span:
    """Take in both of "ba bốn người" where a span has one."""
    for less, more in itertools.pairwise(given):
        has_one = (start <= less.start < end) != (start <= more.start < end)
        if (
            has_one
            and _are_neighbours(text, less, more)
            and not any(date.start < more.end and less.start < date.end for date in given_dates)
        ):
            return min(start, less.start), max(end, more.end)
    return start, end


def _are_neighbours(text: str, less: Number, more: Number) -> bool:
    """Tell whether two number words side by side say about how many, not which ones.

    With a comma between them the first may be of what stands before: "Quốc lộ 5, 6 xe tông nhau".
    """
    return (
        text[less.end : more.start] == " "
        and more.readings == {min(less.readings) + 1}
        and max(more.readings) <= _NEIGHBOURS
        and not less.certain
        and not text[more.start].isdecimal()
        and is_counted(text, less)
        and is_counted(text, more)
        and _COUNTED.match(text, more.end) is not None
        and not _is_ordinal(text, less.start)
    )


def _is_ordinal(text: str, at: int) -> bool:
    """Tell whether a number says which one, not how many: "lớp 5"."""
    return _ORDINAL.search(text, max(0, at - _BEFORE), at) is not None


def _is_rising(given: Sequence[Number], first: int, other: int) -> bool:
    """Tell whether the number at one place may be less than that at another, as in a range."""
    less, more = (next((n for n in given if n.start == at), None) for at in (first, other))
    return less is None or more is None or min(less.readings) < max(more.readings)
