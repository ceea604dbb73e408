"""What kind of thing a question asks for, and whether an answer is of that kind."""

from __future__ import annotations

import re

from vnqa.language.dates import Date, dates
from vnqa.language.numbers import numbers
from vnqa.language.vietnamese import folded_syllables, nfc, syllable_key, syllables

_HOW_MANY = re.compile(
    r"(?<!tháng )(?<!mùng )(?<!mồng )(?<!thứ )\b(?:bao nhiêu|mấy)\b", re.IGNORECASE
)
_COUNTED = re.compile(r"\b(?:bao nhiêu|mấy)\s+([^\W\d_]+)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_WHICH_YEAR = re.compile(r"\bnăm (?:nào|bao nhiêu)\b", re.IGNORECASE)
_OTHER_YEAR = re.compile(r"\bnăm \d{2,4}\b", re.IGNORECASE)  # 938, 2100: no date to `dates`
_WHEN = re.compile(r"\b(?:khi|lúc|thời gian|thời điểm) nào\b|\bbao giờ\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:khi|lúc|sau|trước|từ|trong|suốt|khoảng|giữa|đầu|cuối|năm|tháng|ngày|tuần|giờ|phút|hôm|nay"
    r"|hiện|sáng|trưa|chiều|tối|đêm|xuân|hạ|thu|đông|mùa|vụ|thế kỷ|thập niên|thập kỷ|thời|kỷ|đời"
    r"|tuổi|lễ|tết)\b",
    re.IGNORECASE,
)
_WHICH_DAY = re.compile(r"\bngày (?:nào|bao nhiêu|mấy)\b", re.IGNORECASE)


# Words of a question that say what is asked, not what about.
_ASKING = (
    "ai gì nào đâu sao bao nhiêu mấy là thì mà có của và các những một được bị đã đang sẽ cho với "
    "trong ở tại vào khi lúc ngày năm tháng từ đến do vì bởi theo về ra như thế này đó hãy hỏi "
    "biết không phải người cái việc điều hay hoặc cũng để"
)
_ASKING_KEYS = frozenset(syllables(_ASKING))
_ASKING_KEYS_FOLDED = frozenset(folded_syllables(_ASKING))


def asking_words(*, folded: bool) -> frozenset[str]:
    """Return syllables, as keys, that say what is asked or nothing, not what a question is about.

    Args:
        folded: Without diacritics.
    """
    return _ASKING_KEYS_FOLDED if folded else _ASKING_KEYS


def is_of_kind(statement: str, question: str) -> bool:
    """Tell whether a statement can answer a question, by its kind alone.

    A number is asked for by "bao nhiêu" and "mấy" (a year or a date is none), a year by "năm nào",
    a day by "ngày nào", a number or a word for a time by "khi nào"; other questions can be answered
    by anything.
    """
    question, statement = nfc(question), nfc(statement)
    if _WHICH_YEAR.search(question):
        return _OTHER_YEAR.search(statement) is not None or any(
            date.year is not None for date in dates(statement)
        )
    if _WHICH_DAY.search(question):
        return any(date.day is not None for date in dates(statement))
    if _HOW_MANY.search(question):
        return _counts(statement)
    if _WHEN.search(question):
        return bool(numbers(statement) or _TIME.search(statement))
    return True


def counts_what_is_asked(statement: str, question: str) -> bool:
    """Tell whether a statement numbers the very thing a question asks the number of.

    "Bao nhiêu hội thành viên" is answered by a number before "hội", at most one word between.
    """
    asked = _COUNTED.search(nfc(question))
    if asked is None:
        return False
    thing = syllable_key(asked.group(1))
    for number in numbers(statement):
        after = [syllable_key(word) for word in _WORD.findall(statement[number.end :])[:2]]
        if thing in after:
            return True
    return False


def _counts(statement: str) -> bool:
    """Tell whether a statement holds a number that is no part of a date."""
    days = [date for date in dates(statement) if not _is_bare_number(statement, date)]
    return any(
        not any(date.start <= number.start < date.end for date in days)
        for number in numbers(statement)
    )


def _is_bare_number(statement: str, date: Date) -> bool:
    """Tell whether a date is a year alone that what follows makes a count: "1500 công nhân"."""
    if date.month is not None or date.day is not None:
        return False
    return not statement[: date.start].rstrip().lower().endswith(("năm", "từ", "đến", "-", "–"))
