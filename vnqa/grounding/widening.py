"""A stretch of a text, widened to whole numbers, dates, names and phrases.

Cut anywhere, a stretch may say what its text does not: "3,5" of "3,5 triệu", "tăng giá" of "không
tăng giá", "Chủ tịch" of "Phó Chủ tịch". A stretch is given by its first code point and one past its
last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vnqa.grounding.amounts import with_whole_amount
from vnqa.grounding.denials import with_denial
from vnqa.grounding.terms import parts_of
from vnqa.language.dates import Date, dates
from vnqa.language.names import has_family
from vnqa.language.numbers import BELOW_ZERO, Number, is_counted
from vnqa.language.sentences import Span

# "nặng hơn 12%" compares, and gives no bound; "không nặng hơn 12%" does, and so may "ít hơn".
_COMPARED = (
    "cao thấp lớn nhỏ to bé nặng nhẹ dài ngắn nhanh chậm rộng hẹp già trẻ lâu xa gần tốt kém đắt "
    "rẻ sâu dày mỏng mạnh yếu sớm muộn"
).split()
_NO_COMPARISON = "".join(f"(?<!{word} )" for word in _COMPARED)
_BOUND = re.compile(
    rf"\b(?:trên dưới|không (?:được |thể )?(?:{'|'.join(_COMPARED)}|ít|nhiều) hơn|(?:ít|nhiều) hơn"
    rf"|{_NO_COMPARISON}hơn|gần"
    r"|khoảng|chừng|(?:dưới|(?<!\d )(?<!\bmột )trên)(?: mức)?|ngót(?: nghét)?|xấp xỉ"
    r"|(?:(?:ít|nhiều) nhất|tối thiểu|tối đa)(?: là)?|không (?:vượt )?quá"
    r"|(?:chưa|không) (?:đến|tới|đầy|đủ)|từ đủ)\s+$",
    re.IGNORECASE,
)
# What bounds stand before, too, though it is no number, or none for sure.
_SHARE = re.compile(
    r"(?:(?:một )?nửa|\w+ phần (?:hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười)|chục|trăm|nghìn|ngàn"
    r"|gấp (?:đôi|rưỡi|\w+ lần))\b",
    re.IGNORECASE,
)
# An office that another word before it makes another one; "chính quyền Tổng thống" is none.
_OFFICE = re.compile(
    r"(?:chủ tịch|tổng|giám đốc|bộ trưởng|thứ trưởng|thủ tướng|ngoại trưởng|hiệu trưởng|hiệu phó"
    r"|trưởng(?! thành)|bí thư|đại sứ|viện trưởng|chánh|cục trưởng|vụ trưởng|chủ nhiệm|đội trưởng"
    r"|phó)\b",
    re.IGNORECASE,
)
_TITLED = "".join(
    f"|(?<={word} )" for word in "là làm giữ chức nhiệm cử ông Ông bà Bà và của do".split()
)
_OFFICE_BEFORE = re.compile(
    r"(?:\b(?i:(?<!đối )(?<!ứng )phó|tổng|cựu|trợ lý|(?<!tổng )thư ký)"
    rf"|(?:^|(?<=[,(:“])|(?<=[,:] ){_TITLED})(?i:nguyên|quyền))\s+$"
)
_MINUS = re.compile(rf"(?:(?<=[\s(])[-−–]|{BELOW_ZERO})$", re.IGNORECASE)
_UNIT = re.compile(r"\s?(?:%|‰|°(?:[CF]\b)?|phần trăm\b)", re.IGNORECASE)
# What begins a phrase: read without it, "những sự kiện", "mỗi tiểu bang" say less than the source.
# Nouns that make one of a verb ("sự", "việc") are not among these: they end compounds ("quân sự").
_DETERMINER = re.compile(
    r"\b(?:(?:(?:một|1|\d+) trong (?:số )?)?(?:các|những)|mọi|mỗi|từng|nhiều|một số)\s+$",
    re.IGNORECASE,
)
_AFTER_OR_BEFORE = re.compile(r"\b(?:sau|trước)\s+(?:(?:ngày|tháng|năm)\s+)?$", re.IGNORECASE)
_DAY_WORD = re.compile(
    r"\b(?:(?:sáng|trưa|chiều|tối|đêm)\s+)?(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|mùng|mồng)\s+$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\d{3}|1\d{3}|20\d{2}")
_YEAR_WORD = re.compile(r"(?<!mỗi )(?<!hằng )(?<!hàng )(?<!một )\bnăm\s+$", re.IGNORECASE)
# "COVID-19", "A320-200", "8h-17h"; names of Vietnamese syllables are no codes.
_CODE = re.compile(r"(?<![\w–-])(?:[A-Za-z\d]+[-–])*(?=\d*[A-Za-z])[A-Za-z\d]+[-–]$")
_AT_LEAST = re.compile(r"(?: [^\W\d_]+){0,2} (?:trở (?:lên|xuống)|đổ lại)\b", re.IGNORECASE)
_FROM = re.compile(r"\btừ\s+$", re.IGNORECASE)
_EXCEEDS = re.compile(r"\bvượt(?: (?:quá|mốc|mức|ngưỡng|con số))? $", re.IGNORECASE)
# "Vượt 5 tỷ đồng" is more; "vượt 2.000 km" is so far; a share is asked for as a limit: "quá 15%".
_EXCEEDED = re.compile(r" (?:đồng|USD|đô la|euro|người|ca)\b", re.IGNORECASE)
_ONE_OF = re.compile(  # "hơn một tháng"; "một" of other things is an article
    r" (?:giây|phút|giờ|tiếng|ngày|tuần|tháng|quý|năm|thập kỷ|thế kỷ|người|ca|vụ|nạn nhân|lần|mét"
    r"|km|tấn|tạ|kg|lít|phần)\b"
)
_AND_A_HALF = re.compile(r"\s+rưỡi\b", re.IGNORECASE)
REACH = 64  # code points before a span that are looked at
_AFTER = 32  # and after it
_OPENING = {")": "(", "]": "[", "”": "“", "»": "«"}
_CLOSING = {opening: closing for closing, opening in _OPENING.items()}


def widen(text: str, start: int, end: int) -> Span:
    """Take in the rest of what a span cuts: a number or date, its sign or bound, a name, a phrase.

    ``3,5`` of ``3,5 triệu`` would say something else; so would ``23`` of ``23/5/1950``, and the
    year alone of ``sau năm 1850``. The year of a date, or month and year, may stand alone, with the
    word that says what it is.
    """
    given_dates, given, _ = parts_of(text)
    days = [
        (date.start, date.end) for date in given_dates if not _is_its_year(text, start, end, date)
    ]
    before = start, end
    places = [(number.start, number.end) for number in given]
    start, end = _with_all_of(days + places, start, end)
    for first, _ in days:
        begin = begin_with(_AFTER_OR_BEFORE, text, first)
        if begin < start <= first:
            start = begin
    start = _with_day_word(text, start, given_dates, is_cut=before != (start, end))
    if text[start : start + 1].isdecimal():
        start = begin_with(_CODE, text, start)
    start, end = with_whole_amount(text, start, end, given_dates, given)
    start, end = _with_all_of(places, start, end)  # "50-100 triệu"
    if start and text[start - 1] in "$€£¥" and text[start].isdecimal():
        start -= 1
    if (
        text[start : start + 1].isdecimal()
        or _SHARE.match(text, start)
        or any(start == number.start and _is_amount(text, number) for number in given)
    ):
        start = begin_with(_BOUND, text, begin_with(_MINUS, text, start))
        if any(start == n.start and _EXCEEDED.match(text, n.end) for n in given):
            start = begin_with(_EXCEEDS, text, start)
    if _YEAR.fullmatch(text, start, end):
        start = begin_with(_YEAR_WORD, text, start)
    end = max([end, *_ends_of_persons(text, start, end)])
    while _OFFICE.match(text, start) and (begin := begin_with(_OFFICE_BEFORE, text, start)) < start:
        start = begin
    if not text[start : start + 1].isdecimal():  # "từng 6 lần vô địch"
        start = begin_with(_DETERMINER, text, start)
    start = with_denial(text, start, end)
    match = _UNIT.match(text, end)
    if match and (text[end - 1].isdecimal() or any(end == number.end for number in given)):
        end = match.end()
    last = max((number.end for number in given if start <= number.start < end), default=None)
    bound = None if last is None else _AT_LEAST.match(text, last)
    if bound is not None and end < bound.end():
        start, end = begin_with(_FROM, text, start), bound.end()
    half = _AND_A_HALF.match(text, end)
    end = end if half is None else half.end()
    return _with_both_marks(text, start, end)


def _with_day_word(text: str, start: int, given: Sequence[Date], *, is_cut: bool) -> int:
    """Return where a span begins that takes in "ngày" before a date which is none without it.

    Those are "12-5" and "12.5", and "4/11" where a span was a part of it: alone it looks like one.
    """
    date = next((date for date in given if date.start == start and date.year is None), None)
    if date is None or (dates(text[start : date.end]) and not is_cut):
        return start
    return begin_with(_DAY_WORD, text, start)


def _with_all_of(parts: Sequence[Span], start: int, end: int) -> Span:
    """Take in the rest of each part that a span cuts."""
    for first, last in parts:
        if first < end and start < last:
            start, end = min(start, first), max(end, last)
    return start, end


def _is_amount(text: str, number: Number) -> bool:
    """Tell whether number words count: not "một" (a), not the name "Ba Đình"."""
    word = text[number.start : number.end]
    return number.certain or (
        is_counted(text, number)
        and (word.lower() != "một" or _ONE_OF.match(text, number.end) is not None)
        and (word.islower() or not number.start)
    )


def _with_both_marks(text: str, start: int, end: int) -> Span:
    """Take in the other bracket or curly mark of a pair that a span has one of, if it is near."""
    begin, finish = start, end
    opened: list[str] = []
    for mark in text[start:end]:
        if mark in _CLOSING:
            opened.append(mark)
        elif opened and opened[-1] == _OPENING.get(mark):
            opened.pop()
        elif mark in _OPENING:
            before = text[max(0, begin - REACH) : begin]
            length = len(before) - before.rfind(_OPENING[mark])
            if _OPENING[mark] in before and mark not in before[-length:]:
                begin -= length
    for mark in reversed(opened):
        finish = _closed(text, mark, finish)
    return begin, finish


def _closed(text: str, mark: str, end: int) -> int:
    """Return where a mark that is open at a place is closed, if that is near, else the place."""
    depth = 1
    for at in range(end, min(len(text), end + _AFTER)):
        depth += (text[at] == mark) - (text[at] == _CLOSING[mark])
        if depth == 0:
            return at + 1
    return end


def _ends_of_persons(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the ends of names that a span cuts behind a family name: "Trần Minh" of three."""
    for name in parts_of(text).names:
        last = name.run_end(text)
        if name.start < end < last and has_family(text[max(start, name.start) : end]):
            yield last


def _is_its_year(text: str, start: int, end: int, date: Date) -> bool:
    """Tell whether a span has of a date its year, or its month and year, not after or before it."""
    if date.year is None or not date.start < start < date.end <= end:
        return False
    part = next((d for d in dates(text[start:end]) if start + d.end == date.end), None)
    is_part = part is not None and part.year == date.year and part.is_given_by(date)
    return is_part and begin_with(_AFTER_OR_BEFORE, text, date.start) == date.start


def begin_with(before: re.Pattern[str], text: str, start: int) -> int:
    """Return where a span begins if it takes in what stands right before it, where that matches."""
    found = before.search(text, max(0, start - REACH), start)
    return start if found is None else found.start()
