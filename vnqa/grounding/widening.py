"""A stretch of a text, widened to whole numbers, dates, names and phrases.

Cut anywhere, a stretch may say what its text does not: "3,5" of "3,5 triệu", "tăng giá" of "không
tăng giá", "Chủ tịch" of "Phó Chủ tịch". A stretch is given by its first code point and one past its
last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from vnqa.grounding.amounts import with_whole_amount
from vnqa.grounding.denials import is_behind_denial, with_denial
from vnqa.grounding.terms import parts_of
from vnqa.language.dates import Date, dates
from vnqa.language.names import has_family, holds_name, name_keys
from vnqa.language.numbers import BELOW_ZERO, Number, is_counted
from vnqa.language.questions import WHO, asks_for_several, asks_when, asks_who_did, kind_asked
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import nfc, syllable_key

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
# "Vợ ông Nam" is not ông Nam, "luật sư của ông Trump" not Trump; "luật sư Nam" is Nam.
_ADDRESS = r"(?:ông|bà|anh|chị|em|cô|chú|bác|cậu|cháu)"
_OFFICER = r"(?:(?:phó )?(?:thủ tướng|chủ tịch|giám đốc|bộ trưởng|tổng thống))"
_KIN = (
    r"(?:vợ chồng|(?:vợ|chồng)(?: cũ)?|con (?:trai|gái|rể|dâu|nuôi)|(?:anh|em|chị) (?:trai|gái|rể"
    r"|dâu|họ|ruột|vợ|chồng)|(?:bố|cha|mẹ) (?:vợ|chồng|đẻ|ruột|nuôi)|(?:cháu|bạn) (?:trai|gái)"
    r"|(?:ông|bà|cháu) (?:nội|ngoại)|người (?:thân|nhà|yêu)|thân nhân|gia đình)"
)
_AGENT = (
    r"(?:con|cháu|bạn|cha|bố|mẹ|luật sư|trợ lý|(?:người )?đại diện|(?:người )?phát ngôn(?: viên)?"
    r"|tài xế|lái xe|thư ký|vệ sĩ|cố vấn|quản lý|học trò|cấp dưới|đồng nghiệp|hàng xóm|thanh tra)"
)
_BODY = re.compile(r"(?:bộ|sở|cục|tổng cục|ubnd|ủy ban|chính phủ)\b", re.IGNORECASE)
_RELATION_BEFORE = re.compile(
    rf"\b(?:{_KIN}(?: của)?(?: {_ADDRESS})?|{_AGENT}(?: của(?: {_ADDRESS})?| {_ADDRESS})) $",
    re.IGNORECASE,
)
_AGENT_BEFORE = re.compile(rf"\b{_AGENT} $", re.IGNORECASE)
_IS_ADDRESS = re.compile(rf"(?:{_ADDRESS}|{_OFFICER}) ", re.IGNORECASE)
_WHO = re.compile(rf"{WHO}|\b[Nn]gười nào\b")
_RELATED = re.compile(rf"\b(?:{_KIN}|{_AGENT}|kết hôn|cưới|lấy|ly hôn)\b", re.IGNORECASE)
_APPOSED = re.compile(r"[,)]|\s*[.]?$")
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
_AND_A_HALF = re.compile(r"\s+rưỡi\b", re.IGNORECASE)
_WHEN_CLAUSE = re.compile(
    r"(?<!trong )(?<!đôi )(?<!có )(?<!trừ )(?<!nhiều )(?<!mỗi )"
    r"\b(?:(?:ngay |cho )?(?:sau|trước|từ|đến|tới) )?(?:khi|lúc)\s+$",
    re.IGNORECASE,
)
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
    given_dates, given, _ = parts_of(text)
    days = [
        (date.start, date.end) for date in given_dates if not _is_its_year(text, start, end, date)
    ]
    before = start, end
    places = [(number.start, number.end) for number in given]
    start, end = _with_all_of(days + places, start, end)
    for first, _ in days:
        begin = _with(_AFTER_OR_BEFORE, text, first)
        if begin < start <= first:
            start = begin
    start = _with_day_word(text, start, given_dates, is_cut=before != (start, end))
    if text[start : start + 1].isdecimal():
        start = _with(_CODE, text, start)
    start, end = with_whole_amount(text, start, end, given_dates, given)
    start, end = _with_all_of(places, start, end)  # "50-100 triệu"
    if start and text[start - 1] in "$€£¥" and text[start].isdecimal():
        start -= 1
    if (
        text[start : start + 1].isdecimal()
        or _SHARE.match(text, start)
        or any(start == number.start and _is_amount(text, number) for number in given)
    ):
        start = _with(_BOUND, text, _with(_MINUS, text, start))
        if any(start == n.start and _EXCEEDED.match(text, n.end) for n in given):
            start = _with(_EXCEEDS, text, start)
    if _YEAR.fullmatch(text, start, end):
        start = _with(_YEAR_WORD, text, start)
    end = max([end, *_ends_of_persons(text, start, end)])
    while _OFFICE.match(text, start) and (begin := _with(_OFFICE_BEFORE, text, start)) < start:
        start = begin
    if not text[start : start + 1].isdecimal():  # "từng 6 lần vô địch"
        start = _with(_DETERMINER, text, start)
    start = with_denial(text, start, end)
    match = _UNIT.match(text, end)
    if match and (text[end - 1].isdecimal() or any(end == number.end for number in given)):
        end = match.end()
    last = max((number.end for number in given if start <= number.start < end), default=None)
    bound = None if last is None else _AT_LEAST.match(text, last)
    if bound is not None and end < bound.end():
        start, end = _with(_FROM, text, start), bound.end()
    half = _AND_A_HALF.match(text, end)
    end = end if half is None else half.end()
    return _with_both_marks(text, start, end)


def widen_for(question: str, text: str, start: int, end: int) -> Span:
    """Take in what a question makes a part of a span that `widen` gave.

    That is "khi" or "sau khi" where it asks when; whom somebody did it with, where it asks who; and
    where it asks "môi trường nào", these words before "mát mẻ", which alone would be no
    environment; a name needs no such word. Where it asks who, whoever is told of by a relation to
    another person is not that one: "vợ ông Nam", unless the question is of a relation.
    """
    if asks_when(question):
        return _with_when(text, start, end), end
    if asks_who_did(question):
        start = _with_companion(question, text, start, end)
    if _WHO.search(nfc(question)) and not _RELATED.search(nfc(question)):
        begin = _with_relation(text, start, end)
        start, end = widen(text, begin, end) if begin < start else (start, end)
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
    given = parts_of(text).names
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
        for name in parts_of(text).names
        if name.end <= together.start() and has_family(text[name.start : name.end])
    ]
    if not persons or holds_name(asked, first := persons[-1]):
        return start
    is_near = first.end == together.start() or (
        text[together.start()] == ","
        and _BEFORE_COMPANION.fullmatch(text, first.end, together.start()) is not None
    )
    return first.start if is_near and not _PLACE_BEFORE.search(text, 0, first.start) else start


def _with_relation(text: str, start: int, end: int) -> int:
    """Return where a person begins who is told of by a relation to the one that a span begins with.

    "Vợ ông Nam" did what follows it; ", vợ ông Nam," only explains whom stands before.
    """
    is_address = _IS_ADDRESS.match(text, start) is not None
    if not (is_address or text[start : start + 1].isupper() or _BODY.match(text, start)):
        return start
    begin = _with(_RELATION_BEFORE, text, start)
    if begin == start and (is_address or _BODY.match(text, start)):
        begin = _with(_AGENT_BEFORE, text, start)
    explains = text[:begin].rstrip().endswith((",", "(")) and _APPOSED.match(text, end)
    return start if explains else begin


def _with_when(text: str, start: int, end: int) -> int:
    """Return where a clause begins with the "khi" or "sau khi" before it, unless that is denied.

    A date or a time of day says when by itself.
    """
    begin = _with(_WHEN_CLAUSE, text, start)
    says_when = any(character.isdecimal() for character in text[start:end])
    if begin == start or says_when or dates(text[start:end]):
        return start
    return start if is_behind_denial(text, begin) else begin


def _with_day_word(text: str, start: int, given: Sequence[Date], *, is_cut: bool) -> int:
    """Return where a span begins that takes in "ngày" before a date which is none without it.

    Those are "12-5" and "12.5", and "4/11" where a span was a part of it: alone it looks like one.
    """
    date = next((date for date in given if date.start == start and date.year is None), None)
    if date is None or (dates(text[start : date.end]) and not is_cut):
        return start
    return _with(_DAY_WORD, text, start)


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
    return is_part and _with(_AFTER_OR_BEFORE, text, date.start) == date.start


def _with(before: re.Pattern[str], text: str, start: int) -> int:
    """Return where a span begins if it takes in what stands right before it, where that matches."""
    found = before.search(text, max(0, start - _BEFORE), start)
    return start if found is None else found.start()
