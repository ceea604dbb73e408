"""The kind of an answer that a question asks for: a number, money, a share, a date, a time."""

from __future__ import annotations

import itertools
import re

from vnqa.language.dates import Date, dates
from vnqa.language.names import names
from vnqa.language.numbers import Number, is_counted, numbers
from vnqa.language.questions import WHO, asks_how_many, asks_when, asks_whether
from vnqa.language.vietnamese import nfc, syllable_key, syllables

_WHICH_NUMBER = re.compile(  # of a decree, a house
    r"(?<!dân )(?<!tổng )(?<!doanh )(?<!tỷ )(?<!tỉ )(?<!điểm )(?<!chỉ )\bsố (?:bao nhiêu|mấy)\b",
    re.IGNORECASE,
)
_WHICH_OF_ROW = re.compile(
    r"\b(?:hạng|giải|thế k[ỷỉ]|khóa|khoá|quý|kỳ|lớp|thứ) (?:mấy|bao nhiêu)\b", re.IGNORECASE
)
_OF_ROW = re.compile(r"\b(?:[IVX]+|nhất|nhì)\b")
_COUNTED = re.compile(r"\b(?:bao nhiêu|mấy)\s+([^\W\d_]+)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_EACH = r"(?<!mỗi )(?<!một )(?<!hàng )(?<!hằng )"  # "mỗi năm bao nhiêu khách" asks for no year
_ALONE = r"(?=\s*(?:$|[^\w\s]|(?:tháng|thì|là|và|hay)\b))"  # "ngày mấy lần" asks for no day
_WHICH_YEAR = re.compile(
    _EACH + r"\bnăm (?:nào\b(?! cũng)|bao nhiêu\b" + _ALONE + ")", re.IGNORECASE
)
_OTHER_YEAR = re.compile(  # 938, 2100, 5-7/5/2020: no dates to `dates`
    r"\bnăm (?:\d{2,4}|nay|ngoái|kia|trước|sau|tới)\b|/(?:1\d{3}|20\d{2})(?!\d)", re.IGNORECASE
)
_BARE_YEAR = re.compile(r"\d{3,4}")
_MUCH_MONEY = re.compile(r"\bbao nhiêu tiền\b", re.IGNORECASE)
_MONEY = re.compile(
    r"[$€£¥]|\b(?:đồng|đ|vnđ|vnd|xu|hào|usd|đô|đôla|cent|euro|eur|bảng|gbp|yên|jpy|tệ|ndt|won|baht"
    r"|bạt|rúp|rupee|rupiah|ringgit|franc|peso|dirham|riyal|kip|riel|rand|krone|krona|dinar|dollar"
    r"|vạn|bitcoin|lương|lượng|chỉ|cây vàng|k|tr|trăm|nghìn|ngàn|triệu|tỷ|tỉ)\b"
    r"|\d(?:usd|đ|k|tr|triệu|tỷ|tỉ|vnđ|vnd)\b|\d{4}|\d[.,]\d{3}\b|miễn phí|không mất",
    re.IGNORECASE,
)
_WHICH_PART = re.compile(r"\b(?:bao nhiêu|mấy) (?:phần trăm\b|%)", re.IGNORECASE)
_PART = re.compile(
    r"%|\bphần (?:trăm|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)\b|\bnửa\b|\b(?:toàn bộ|tất cả)\b|\d/\d"
    r"|\btrong (?:số )?\d|\bcứ \d|\bgấp\b",
    re.IGNORECASE,
)
_ALL_OR_NOTHING = re.compile(r"\b(?:miễn phí|không mất)\b|^\W*(?:toàn bộ|tất cả)\b", re.IGNORECASE)
_AT_WHAT_HOUR = re.compile(r"(?:^\W*|\b(?:lúc|vào|từ|đến|tới|trước|sau) )mấy giờ\b", re.IGNORECASE)
_PART_OF_DAY = re.compile(
    r"\b(?:nửa đêm|giữa trưa|rạng sáng|giao thừa|(?:sáng|trưa|chiều|tối|đêm) (?:nay|qua|mai))\b",
    re.IGNORECASE,
)
_UNITS = tuple(  # of one kind; the first words of "cây số", "hải lý", "ki lô mét"
    frozenset(units.split())
    for units in (
        "tuổi",
        "km m mét cm dm mm cây ki dặm hải",
        "kg tấn tạ yến lạng gam gram g cân ký ki",
    )
)
_UNIT = re.compile(r"\s*([^\W\d_]+)")
_JOINS = frozenset("và đến tới hoặc hay".split())
_UNIT_ASKED = re.compile(
    r"\b(?:bao nhiêu|mấy) (tuổi|km|m|mét|cm|kg|tấn|tạ|gam|ký|cân)\b", re.IGNORECASE
)
_OF_AGE = re.compile(r"\btuổi\b", re.IGNORECASE)
_LONE_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_HOW_LONG_IN_PRISON = re.compile(
    r"\b(?:bao nhiêu|mấy) (?:năm|tháng)(?: tháng)? tù\b", re.IGNORECASE
)
_NOT_COUNTED = re.compile(r"\b(?:chung thân|tử hình|án treo)\b", re.IGNORECASE)
# What no day or year answers, unless the question is about time: "màu gì", "ai", "ở đâu", "vì sao".
_OF_DATE = re.compile(
    r"\b(?:ngày|năm|tháng|vào|từ|đến|sáng|trưa|chiều|tối|đêm|hôm|khoảng|trước|sau|đầu|giữa|cuối)\b",
    re.IGNORECASE,
)
_NO_TIME = re.compile(r"\b(?:gì|[Aa]i|đâu|(?:vì|tại|do) (?:sao|đâu))\b")
_OF_TIME = re.compile(
    r"\b(?:ngày|năm|tháng|tuần|giờ|hôm|khi|lúc|bao giờ|bao lâu|thời|dịp|mốc|hạn|mùa|tết|lễ|sinh|mất"
    r"|thế k[ỷỉ]|thập (?:niên|kỷ)|con số|số|mấy|bao nhiêu|nào|tên|gọi|mật khẩu|phim|cuốn|bài|album"
    r"|lịch|bắt (?:đầu|nguồn))\b",
    re.IGNORECASE,
)
# "20 và 22 tuổi", "5 tỷ đồng" tell neither who nor where nor why.
_QUANTITY = re.compile(
    r"(?:(?:hơn|gần|khoảng|trên|dưới|ít nhất|và|đến|[,–-]|nghìn|ngàn|triệu|tỷ|tỉ)\s*+"
    r"|\d++(?:[.,]\d++)*+\s*+)++"
    r"(?:%|(?:tuổi|đồng|USD|đô la|euro|km|kg|mét|m|tấn|ha|năm|tháng|ngày|giờ|phút|giây)"
    r"(?:/\S+| tù(?: giam)?)?)",
    re.IGNORECASE,
)
_NO_QUANTITY = re.compile(rf"{WHO}|\bở đâu\b|\b(?:[Vv]ì|[Tt]ại) sao\b")
_WHO = re.compile(WHO)
_TIME = re.compile(
    r"\b(?:khi|lúc|sau|trước|từ|trong|suốt|khoảng|giữa|đầu|cuối|năm|tháng|ngày|tuần|giờ|phút|hôm|nay"
    r"|hiện|sáng|trưa|chiều|tối|đêm|mùa|vụ|thế k[ỷỉ]|thập niên|thập k[ỷỉ]|thời|kỷ"
    r"|đời|tuổi|lễ|tết|quý (?:[ivx\d]+|này|tới|trước)|dịp|rằm|mùng|mồng|chủ nhật|ngày mai|noel"
    r"|thứ (?:hai|ba|tư|năm|sáu|bảy)|giáng sinh|giao thừa)\b",
    re.IGNORECASE,
)
_WHICH_DAY = re.compile(
    _EACH + r"\b(?:ngày (?:nào\b(?! cũng)|(?:bao nhiêu|mấy)\b" + _ALONE + r")|hôm nào\b(?! cũng))",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(
    r"\b(?:rằm|mùng|mồng|thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|\d{1,2} tết|giao thừa"
    r"|hôm (?:nay|qua|kia)|(?:sáng|trưa|chiều|tối|đêm) (?:nay|qua|mai)|cùng ngày|ngày mai"
    r"|(?:đầu|giữa|cuối) tuần)\b",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(?<!\d)(?:1\d{3}|20\d{2})\s*[-–]\s*(?:1\d{3}|20\d{2})(?!\d)")
_DAYS = re.compile(r"(?<![\d/])\d{1,2}(?:/\d{1,2})?\s*[-–]\s*\d{1,2}/\d{1,2}(?:/\d{4})?(?![\d/])")
_ABOUT_HOW_MANY = re.compile(  # "gần trăm"; not "phần trăm", "tỷ lệ", "bà Triệu"
    r"\b(?:(?<!phần )(?:chục|trăm|nghìn|ngàn)"
    r"|(?-i:vạn(?! (?:vật|sự|tuế))|triệu(?! (?:hồi|tập|phú|chứng))"
    r"|t[ỷỉ](?! (?:phú|lệ|số|giá|trọng|suất|mỉ|muội)))"
    r"|(?:một|hơn|gần|quá) nửa|không (?:có )?(?:ai|người)|vài|gấp (?:đôi|rưỡi))\b",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"\d+/\d+")
_FRACTION_ALONE = re.compile(
    r"(?:(?:hơn|gần|khoảng|chừng|tới|đến|xấp xỉ|dưới|trên) )?\d+/\d+", re.IGNORECASE
)
_TIME_BEFORE = re.compile(
    r"\b(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|từ|đến|tới|mùng|mồng|trước|sau)\s*$", re.IGNORECASE
)
_MEASURES = re.compile(r"\s*[%‰$€£¥°]|(?!\s*(?:[hg]|tiếng)\b)\s*[^\W\d_]")
_COUNTED_AFTER = re.compile(r"\s+(?!(?:đến|tới|thì|là|và|nhưng|khi|sau|trước)\b)[^\W\d_]")


def is_of_kind(statement: str, question: str) -> bool:
    """Tell whether a statement can answer a question, by its kind alone.

    A number, or all or nothing, is asked for by "bao nhiêu" and "mấy" (a year or a date is none),
    money by "bao nhiêu tiền", a part by "bao nhiêu phần trăm", a year by "năm nào", a day by "ngày
    nào" ("rằm" and "hôm qua" are days too), a word for a time or a number of no other thing by "khi
    nào"; a date alone tells neither "ai" nor "gì"; other questions, and those whether something is
    so, can be answered by anything.
    """
    question, statement = nfc(question), nfc(statement)
    if asks_whether(question):
        return True
    for asks, amount in ((_MUCH_MONEY, _MONEY), (_WHICH_PART, _PART)):
        if asks.search(question):
            if _ALL_OR_NOTHING.search(statement):
                return True
            if not (_LONE_NUMBER.fullmatch(statement.strip(" .")) or amount.search(statement)):
                return False
    if _is_date_alone(statement) and _NO_TIME.search(question) and not _OF_TIME.search(question):
        return False
    if _QUANTITY.fullmatch(statement.strip(" .")) and _NO_QUANTITY.search(question):
        return False
    if _WHICH_YEAR.search(question):
        return (
            any(pattern.search(statement) for pattern in (_OTHER_YEAR, _YEARS))
            or _BARE_YEAR.fullmatch(statement) is not None
            or any(date.year is not None for date in dates(statement))
        )
    if _WHICH_DAY.search(question):
        return any(pattern.search(statement) for pattern in (_NAMED_DAY, _DAYS)) or any(
            date.day is not None for date in dates(statement)
        )
    if _WHICH_NUMBER.search(question) and any(character.isdecimal() for character in statement):
        return True
    if _WHICH_OF_ROW.search(question) and _OF_ROW.search(statement):
        return True
    if _HOW_LONG_IN_PRISON.search(question) and _NOT_COUNTED.search(statement):
        return True
    unit = _UNIT_ASKED.search(question)
    if unit is not None and not _has_unit(statement, unit.group(1).lower()):
        return False
    if asks_how_many(question):
        is_hour = _AT_WHAT_HOUR.search(question) and _PART_OF_DAY.search(statement)
        return bool(is_hour or _ALL_OR_NOTHING.search(statement)) or _counts(statement)
    if asks_when(question):
        return _tells_when(statement)
    return True


def _has_unit(statement: str, unit: str) -> bool:
    """Tell whether a number stands before a unit of the same kind, or before no word at all."""
    if unit == "tuổi" and _OF_AGE.search(statement):
        return True  # "6 tháng tuổi"
    same = next(units for units in _UNITS if unit in units) | _JOINS
    after = [_UNIT.match(statement, number.end) for number in numbers(statement)]
    return not after or any(found is None or found[1].lower() in same for found in after)


def _tells_when(statement: str) -> bool:
    """Tell whether a statement holds a word for a time, or a number of no other thing: no "3 m"."""
    return bool(_TIME.search(statement) or dates(statement)) or any(
        not _MEASURES.match(statement, number.end) for number in numbers(statement)
    )


def _is_date_alone(statement: str) -> bool:
    """Tell whether a statement is a day, month or year and nothing else."""
    found = dates(statement)
    if len(found) != 1:
        return False
    rest = statement[: found[0].start] + statement[found[0].end :]
    return _OF_DATE.sub("", rest).strip(" .,") == ""


def may_hold_answer(sentence: str, question: str) -> bool:
    """Tell whether a sentence holds something of the kind that a question asks for.

    As `is_of_kind`, but "ai" is looked for as well: a name that the question does not give. An
    answer need not be a name ("một thợ lặn"), so this tells which sentence is likelier, no more.
    """
    question, sentence = nfc(question), nfc(sentence)
    if not is_of_kind(sentence, question):
        return False
    if not _WHO.search(question):
        return True
    asked = set(syllables(question))
    return any(
        not asked.issuperset(syllables(sentence[name.start : name.end])) for name in names(sentence)
    )


def counts_what_is_asked(statement: str, question: str) -> bool:
    """Tell whether a statement numbers the very thing a question asks the number of.

    "Bao nhiêu hội thành viên" is answered by a number before "hội", at most one word between.
    """
    asked = _COUNTED.search(nfc(question))
    if asked is None:
        return False
    thing = syllable_key(asked.group(1))
    for number in numbers(statement):
        after = itertools.islice(_WORD.finditer(statement, number.end, number.end + 40), 2)
        if any(syllable_key(word.group()) == thing for word in after):
            return True
    return False


def _counts(statement: str) -> bool:
    """Tell whether a statement holds a number that is no part of a date, or says about how many."""
    days = [date for date in dates(statement) if not _is_bare_number(statement, date)]
    in_days = {position for day in days for position in range(day.start, day.end)}
    return _ABOUT_HOW_MANY.search(statement) is not None or any(
        number.start not in in_days and _is_number(statement, number)
        for number in numbers(statement)
    )


def _is_number(statement: str, number: Number) -> bool:
    """Tell whether a number word is one where it stands; alone and after "thứ" it answers, too."""
    alone = statement.strip(" .") == statement[number.start : number.end]
    return alone or is_counted(statement, number) or statement[: number.start].endswith("thứ ")


def _is_bare_number(statement: str, date: Date) -> bool:
    """Tell whether what looks like a date is a number: "1500 công nhân", "2/3 diện tích"."""
    if _FRACTION_ALONE.fullmatch(statement.strip(" .")):
        return True
    before = statement[: date.start].rstrip().lower()
    is_followed = _COUNTED_AFTER.match(statement, date.end) is not None
    if _FRACTION.fullmatch(statement, date.start, date.end):
        return date.year is None and is_followed and _TIME_BEFORE.search(before) is None
    if date.month is not None or date.day is not None or before.endswith(("năm", "-", "–")):
        return False
    return is_followed or not before.endswith(("từ", "đến"))
