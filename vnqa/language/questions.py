"""What kind of thing a question asks for, and whether an answer is of that kind."""

from __future__ import annotations

import re

from vnqa.language.dates import dates
from vnqa.language.numbers import numbers
from vnqa.language.vietnamese import nfc

_HOW_MANY = re.compile(r"\b(?:bao nhiêu|mấy)\b", re.IGNORECASE)
_WHICH_YEAR = re.compile(r"\bnăm (?:nào|bao nhiêu)\b", re.IGNORECASE)
_WHICH_DAY = re.compile(r"\bngày (?:nào|bao nhiêu|mấy)\b", re.IGNORECASE)


def is_of_kind(statement: str, question: str) -> bool:
    """Tell whether a statement can answer a question, by its kind alone.

    A number is asked for by "bao nhiêu" and "mấy" (a year or a date is none), a year by "năm nào",
    a day by "ngày nào"; other questions can be answered by anything.
    """
    question, statement = nfc(question), nfc(statement)
    if _WHICH_YEAR.search(question):
        return any(date.year is not None for date in dates(statement))
    if _WHICH_DAY.search(question):
        return any(date.day is not None for date in dates(statement))
    if _HOW_MANY.search(question):
        return _counts(statement)
    return True


def _counts(statement: str) -> bool:
    """Tell whether a statement holds a number that is no part of a date."""
    days = dates(statement)
    return any(
        not any(date.start <= number.start < date.end for date in days)
        for number in numbers(statement)
    )
