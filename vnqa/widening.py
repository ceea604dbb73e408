"""A stretch of a text, widened to whole numbers, dates, names and phrases.

Cut anywhere, a stretch may say what its text does not: "3,5" of "3,5 triệu", "tăng giá" of "không
tăng giá", "Chủ tịch" of "Phó Chủ tịch". A stretch is given by its first code point and one past its
last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vnqa.language.dates import Date, dates
from vnqa.language.names import has_family, holds_name, name_keys, names
from vnqa.language.numbers import Number, is_counted, numbers
from vnqa.language.questions import asks_for_several, asks_when, asks_who_did, kind_asked
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import syllable_key

_DENIAL = re.compile(
    r"\b(?:(?<!hàng )(?<!phòng )(?<!con số )(?<!hay )không|chưa|chẳng"
    r"|(?<!bún )(?<!giò )(?<!nem )chả|đừng|(?<!lệnh )(?<!chất )(?<!hàng )(?<!tử )(?<!vòng )"
    r"(?<!vùng )cấm|(?:bác bỏ|phủ nhận)(?: (?:thông )?tin(?: đồn)?)?)\s+"
    r"(?:(?:phải|hề|từng|bị|được|có|thể|là|muốn|nào|phép|cần|nên|dám|còn|bao giờ|hoàn toàn"
    r"|cho|ai|người nào|ghi nhận|phát hiện|xảy ra|ca|trường hợp|chuyện|việc|thông tin|cáo buộc"
    r"|chủ trương|kế hoạch|ý định)\s+){0,4}$",
    re.IGNORECASE,
)
# "nặng hơn 12%" compares, and gives no bound.
_NO_COMPARISON = "".join(
    f"(?<!{word} )"
    for word in "cao thấp lớn nhỏ to bé nặng nhẹ dài ngắn nhiều ít nhanh chậm rộng hẹp già trẻ lâu "
    "xa gần tốt kém đắt rẻ sâu dày mỏng mạnh yếu sớm muộn".split()
)
_BOUND = re.compile(
    rf"\b(?:{_NO_COMPARISON}hơn|gần|khoảng|chừng|dưới|(?<!\d )trên|ngót|xấp xỉ"
    r"|(?:ít|nhiều) nhất(?: là)?"
    r"|(?:tối thiểu|tối đa)(?: là)?|không quá|(?:chưa|không) (?:đến|tới|đầy|đủ)|từ đủ)\s+$",
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
_MINUS = re.compile(
    r"(?:(?<=[\s(])[-−–]|(?<!thu )(?<!ghi )(?<!phát )(?<!siêu )\bâm\s+)$", re.IGNORECASE
)
_UNIT = re.compile(r"\s?(?:%|‰|°(?:[CF]\b)?|phần trăm\b)", re.IGNORECASE)
# What begins a phrase: read without it, "những sự kiện", "mỗi tiểu bang" say less than the source.
# Nouns that make one of a verb ("sự", "việc") are not among these: they end compounds ("quân sự").
_DETERMINER = re.compile(
    r"\b(?:(?:(?:một|1|\d+) trong (?:số )?)?(?:các|những)|mọi|mỗi|từng|nhiều|một số)\s+$",
    re.IGNORECASE,
)
_AFTER_OR_BEFORE = re.compile(r"\b(?:sau|trước)\s+(?:(?:ngày|tháng|năm)\s+)?$", re.IGNORECASE)
_YEAR = re.compile(r"\d{3}|1\d{3}|20\d{2}")
_YEAR_WORD = re.compile(r"(?<!mỗi )(?<!hằng )(?<!hàng )(?<!một )\bnăm\s+$", re.IGNORECASE)
# The other end of "5-7 người" and "2-1"; years ("1941-1945") may stand alone.
_NO_YEAR = r"(?!0\d)(?!(?:1\d{3}|20\d{2})\s?[-–)\s.,])"
_AMOUNT = r"\d+(?:[.,]\d+)*"
_FROM = re.compile(rf"(?<![\w/.,–-]){_NO_YEAR}{_AMOUNT}%?\s?[-–]\s?$")
_TO = re.compile(rf"%?\s?[-–]\s?{_NO_YEAR}{_AMOUNT}(?![\d/])(?!\s?[-–]\d)")
# "từ 2.300 USD đến 2.840"; what is given in days, years or hours may be asked for by either end.
_FROM_TO = re.compile(
    rf"\btừ ({_AMOUNT})((?:\s?%| (?!giờ\b|ngày\b|năm\b|tháng\b)[^\W\d_]+){{0,3}})"
    rf" (?:đến|tới) (?:hơn |gần |khoảng )?({_AMOUNT})(?![\d/]|\s?(?:giờ|h|ngày|tháng)\b)",
    re.IGNORECASE,
)
_CHANGES = re.compile(  # from one to the other
    r"\b(?:tăng|giảm|nâng|hạ|rút|lên|xuống|chuyển|đổi|thay|sụt|nhảy|lùi|tụt|phát triển|mở rộng"
    r"|cải thiện|điều chỉnh|đưa|vươn|tiến|đi|leo|thu hẹp|biến động)(?:[\s,]+[^\s,]+){0,7}[\s,]+$",
    re.IGNORECASE,
)
_MIDDLE = re.compile(r"[\d)]\s?[-–]\s?$")  # of a telephone number
# "COVID-19", "A320-200", "8h-17h"; names of Vietnamese syllables are no codes.
_CODE = re.compile(r"(?<![\w–-])(?:[A-Za-z\d]+[-–])*(?=\d*[A-Za-z])[A-Za-z\d]+[-–]$")
_AND_A_HALF = re.compile(r"\s+rưỡi\b", re.IGNORECASE)
_WHEN_CLAUSE = re.compile(
    r"(?<!trong )(?<!đôi )(?<!có )(?<!trừ )(?<!nhiều )(?<!mỗi )"
    r"\b(?:(?:ngay |cho )?(?:sau|trước|từ|đến|tới) )?(?:khi|lúc)\s+$",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:không|chưa|chẳng|đừng|cấm|trừ|phủ nhận|bác bỏ)\b", re.IGNORECASE)
_JOIN = re.compile(r", | và (?:cả )?")
_JOINED = re.compile(r"(?:^|, | và )((?:[^\W\d_]+ ){0,2}?)$")
_ENDS_LIST = re.compile(r"[,.;:)]|\s+(?:và|cùng)\s|\s*$")
# "Ông A cùng bà B ký biên bản", "Ông A đến Huế, cùng bà B ký": who signed are both.
_COMPANION = re.compile(
    r",? cùng (?:với )?(?:(?:ông|bà|anh|chị|em|cô|chú|bác|cậu|vợ|chồng|bạn|đồng nghiệp|nhạc sĩ"
    r"|ca sĩ|nghệ sĩ|diễn viên|đạo diễn|tiến sĩ|bác sĩ|giáo sư|luật sư|đại sứ|thứ trưởng"
    r"|(?:phó )?(?:thủ tướng|chủ tịch|giám đốc|bộ trưởng|tổng thống)) ){0,2}$",
    re.IGNORECASE,
)
_BEFORE_COMPANION = re.compile(r"(?: (?!không\b|chưa\b|chẳng\b|và\b)[^\W\d_]+){0,5}")
_PLACE_BEFORE = re.compile(r"\b(?:thành phố|tỉnh|quận|huyện|phường|xã|phố|đường|giải) $", re.I)
_GOES_ON = re.compile(r" [^\W\d_A-ZĐ]")
_TWO_WORDS = re.compile(r"(?:\b([^\W\d_]+) )?\b([^\W\d_]+) $")
_BEFORE = 64  # code points before a span that are looked at
_AFTER = 32  # and after it
_OPENING = {")": "(", "]": "[", "”": "“", "»": "«"}
_CLOSING = {opening: closing for closing, opening in _OPENING.items()}


def widen(text: str, start: int, end: int) -> Span:
    """Take in the rest of what a span cuts: a number or date, its sign or bound, a name, a phrase.

    ``3,5`` of ``3,5 triệu`` would say something else; so would ``23`` of ``23/5/1950``, and the
    year alone of ``sau năm 1850``. The year of a date, or month and year, may stand alone, with the
    word that says what it is.
    """
    given_dates, given = dates(text), numbers(text)
    days = [
        (date.start, date.end) for date in given_dates if not _is_its_year(text, start, end, date)
    ]
    places = [(number.start, number.end) for number in given]
    start, end = _with_all_of(days + places, start, end)
    for first, _ in days:
        begin = _with(_AFTER_OR_BEFORE, text, first)
        if begin < start <= first:
            start = begin
    if text[start : start + 1].isdecimal():
        start = _with(_CODE, text, start)
    start, end = _with_both_ends(text, start, end, given_dates)
    start, end = _with_from_and_to(text, start, end, given_dates, given)
    start, end = _with_all_of(places, start, end)  # "50-100 triệu"
    if start and text[start - 1] in "$€£¥" and text[start].isdecimal():
        start -= 1
    if text[start : start + 1].isdecimal() or any(
        start == number.start and _is_amount(text, number) for number in given
    ):
        start = _with(_BOUND, text, _with(_MINUS, text, start))
    if _YEAR.fullmatch(text, start, end):
        start = _with(_YEAR_WORD, text, start)
    end = max([end, *_ends_of_persons(text, start, end)])
    while _OFFICE.match(text, start) and (begin := _with(_OFFICE_BEFORE, text, start)) < start:
        start = begin
    if not text[start : start + 1].isdecimal():  # "từng 6 lần vô địch"
        start = _with(_DETERMINER, text, start)
    start = _with(_DENIAL, text, start)
    match = _UNIT.match(text, end)
    if match and (text[end - 1].isdecimal() or any(end == number.end for number in given)):
        end = match.end()
    half = _AND_A_HALF.match(text, end)
    end = end if half is None else half.end()
    return _with_both_marks(text, start, end)


def widen_for(question: str, text: str, start: int, end: int) -> Span:
    """Take in what a question makes a part of a span that `widen` gave.

    That is "khi" or "sau khi" where it asks when; whom somebody did it with, where it asks who; and
    where it asks "môi trường nào", these words before "mát mẻ", which alone would be no
    environment. A name needs no such word.
    """
    if asks_when(question):
        return _with_when(text, start, end), end
    if asks_who_did(question):
        start = _with_companion(question, text, start, end)
    if asks_for_several(question):
        start, end = _with_rest_of_list(text, start, end)
    if text[start : start + 1].islower() and (kind := kind_asked(question)):
        before = _TWO_WORDS.search(text, max(0, start - _BEFORE), start)
        words = [] if before is None else [syllable_key(word or "") for word in before.groups()]
        if before is not None and tuple(words[-len(kind) :]) == kind:
            return widen(text, before.start(3 - len(kind)), end)
    return start, end


def _with_rest_of_list(text: str, start: int, end: int) -> Span:
    """Take in the members of a list of names behind a span that is some of them.

    A member is a name, behind the same common noun as the first one if any: "sông Thao, sông Lô và
    sông Hồng". One without it must end where a member can: "Pháp, Đức và Anh", but not "Pháp, Đức
    và Thủ tướng Anh".
    """
    given = names(text)
    last = next((name for name in given if start <= name.start and name.end == end), None)
    before = None if last is None else _JOINED.search(text[start : last.start])
    if before is None or before.group().startswith(" và "):
        return start, end
    noun = before.group(1)
    while join := _JOIN.match(text, end):
        has_noun = bool(noun) and text.startswith(noun, join.end())
        at = join.end() + (len(noun) if has_noun else 0)
        member = next((name for name in given if name.start == at), None)
        if member is None or not (has_noun or _ENDS_LIST.match(text, member.end)):
            break
        end = member.end
        if "và" in join.group():
            break
    return start, end


def _with_companion(question: str, text: str, start: int, end: int) -> int:
    """Return where the person begins together with whom ("cùng") the person of a span did it.

    What they did follows the span. The first has a Vietnamese family name, is not of the question,
    and stands right before "cùng", or a few words before ", cùng".
    """
    together = _COMPANION.search(text, max(0, start - _BEFORE), start)
    if together is None or not _GOES_ON.match(text, end):
        return start
    asked = name_keys(question)
    persons = [
        name
        for name in names(text)
        if name.end <= together.start() and has_family(text[name.start : name.end])
    ]
    if not persons or holds_name(asked, first := persons[-1]):
        return start
    is_near = first.end == together.start() or (
        text[together.start()] == ","
        and _BEFORE_COMPANION.fullmatch(text, first.end, together.start()) is not None
    )
    return first.start if is_near and not _PLACE_BEFORE.search(text, 0, first.start) else start


def _with_when(text: str, start: int, end: int) -> int:
    """Return where a clause begins with the "khi" or "sau khi" before it, unless that is denied.

    A date or a time of day says when by itself.
    """
    begin = _with(_WHEN_CLAUSE, text, start)
    says_when = any(character.isdecimal() for character in text[start:end])
    if begin == start or says_when or dates(text[start:end]):
        return start
    return start if _DENIED.search(text, max(0, begin - _BEFORE), begin) else begin


def _with_all_of(parts: Sequence[Span], start: int, end: int) -> Span:
    """Take in the rest of each part that a span cuts."""
    for first, last in parts:
        if first < end and start < last:
            start, end = min(start, first), max(end, last)
    return start, end


def _with_both_ends(text: str, start: int, end: int, given: Sequence[Date]) -> Span:
    """Take in the other end of a range; what has more than two, such as a telephone's, is none."""
    before, after = _FROM.search(text, max(0, start - _BEFORE), start), _TO.match(text, end)
    in_the_middle = _MIDDLE.search(text, max(0, start - _BEFORE), start) is not None
    if in_the_middle and after is not None:
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
    return begin, finish


def _with_from_and_to(
    text: str, start: int, end: int, given_dates: Sequence[Date], given: Sequence[Number]
) -> Span:
    """Take in both ends of "từ 2.300 USD đến 2.840 USD" where a span has one, and its unit."""
    for found in _FROM_TO.finditer(text, max(0, start - _BEFORE), min(len(text), end + _BEFORE)):
        (first, behind), (other, last) = found.span(1), found.span(3)
        has_one = start <= first < behind <= end or start <= other < last <= end
        if (
            not has_one
            or any(date.start < last and first < date.end for date in given_dates)
            or not _is_rising(given, first, other)
            or _CHANGES.search(text, max(0, found.start() - _BEFORE), found.start())
        ):
            continue
        unit = found.group(2)
        finish = last + len(unit) if text.startswith(unit, last) else last
        return min(start, found.start()), max(end, finish)
    return start, end


def _is_rising(given: Sequence[Number], first: int, other: int) -> bool:
    """Tell whether the number at one place may be less than that at another, as in a range."""
    less, more = (next((n for n in given if n.start == at), None) for at in (first, other))
    return less is None or more is None or min(less.readings) < max(more.readings)


def _is_amount(text: str, number: Number) -> bool:
    """Tell whether number words count: not "một" (a), not the name "Ba Đình"."""
    word = text[number.start : number.end]
    return number.certain or (
        is_counted(text, number) and word.lower() != "một" and (word.islower() or not number.start)
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
            before = text[max(0, begin - _BEFORE) : begin]
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
    for name in names(text):
        last = name.run_end(text)
        if name.start < end < last and has_family(text[max(start, name.start) : end]):
            yield last


def _is_its_year(text: str, start: int, end: int, date: Date) -> bool:
    """Tell whether a span has of a date its year, or its month and year, not after or before it."""
    if date.year is None or not date.start < start < date.end <= end:
        return False
    part = next((d for d in dates(text[start:end]) if start + d.end == date.end), None)
    is_part = part is not None and part.year == date.year and part.is_given_by(date)
    return is_part and _with(_AFTER_OR_BEFORE, text, date.start) == date.start


def _with(before: re.Pattern[str], text: str, start: int) -> int:
    """Return where a span begins if it takes in what stands right before it, where that matches."""
    found = before.search(text, max(0, start - _BEFORE), start)
    return start if found is None else found.start()
