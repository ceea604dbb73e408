"""The facts a statement must find in its quotes: numbers, dates and proper names."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from vnqa.language.dates import dates
from vnqa.language.names import holds_name, name_keys, names
from vnqa.language.numbers import is_counted, numbers


def missing_facts(statement: str, quotes: Iterable[str]) -> list[str]:
    """Return the numbers, dates and names of a statement that stand in none of its quotes.

    Values are compared, not spellings: ``3,5 triệu`` is found in ``3.500.000``, ``ngày 23 tháng 5
    năm 1950`` in ``23/5/1950``, ``TP.HCM`` in ``Thành phố Hồ Chí Minh``. A date is found where one
    mention gives all its parts; a number also where it is a part of a date.

    Returns:
        The facts not found, as the statement writes them, in order; empty if all are found.
    """
    quotes = list(quotes)
    given_dates = [date for quote in quotes for date in dates(quote)]
    given_numbers = {
        value
        for quote in quotes
        for number in numbers(quote)
        if is_counted(quote, number)
        for value in number.readings
    }
    for date in given_dates:
        given_numbers.update(Fraction(part) for part in date[2:] if part is not None)
    given_keys = [name_keys(quote) for quote in quotes]

    missing: list[tuple[int, str]] = []
    taken = bytearray(len(statement))
    for date in dates(statement):
        taken[date.start : date.end] = b"\x01" * (date.end - date.start)
        only_year = date.month is None and date.day is None
        if any(date.is_given_by(given) for given in given_dates):
            continue
        if only_year and date.year in given_numbers:
            continue
        missing.append((date.start, statement[date.start : date.end]))
    for number in numbers(statement):
        if not number.certain or taken[number.start]:
            continue
        if not number.readings & given_numbers:
            missing.append((number.start, statement[number.start : number.end]))
    for name in names(statement):
        if not any(holds_name(keys, name) for keys in given_keys):
            missing.append((name.start, statement[name.start : name.end]))
    return [fact for _, fact in sorted(missing)]
