"""The parts that statements and sources are compared by: syllables, numbers, dates, names."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import NamedTuple

from vnqa.language.dates import Date, dates
from vnqa.language.names import Name, names
from vnqa.language.numbers import Number, is_counted, numbers
from vnqa.language.vietnamese import iter_syllables, syllable_key


class Parts(NamedTuple):
    """The dates, numbers and proper names of a text, each in order."""

    dates: tuple[Date, ...]
    numbers: tuple[Number, ...]
    names: tuple[Name, ...]


@functools.lru_cache(maxsize=64)  # a text is looked at once for each place that is widened
def parts_of(text: str) -> Parts:
    """Return what a span of a text must not be cut in."""
    return Parts(tuple(dates(text)), tuple(numbers(text)), tuple(names(text)))


class Term(NamedTuple):
    """A syllable's key, or the values that a number stands for; a lone number word has both."""

    key: str
    values: frozenset[Fraction]
    start: int
    end: int

    def is_in(self, other: Term) -> bool:
        """Tell whether another says the same."""
        return bool(self.values & other.values or (self.key and self.key == other.key))


def terms_of(text: str) -> list[Term]:
    """Return the syllables and numbers of a text, in order."""
    counted = [number for number in parts_of(text).numbers if is_counted(text, number)]
    terms = [
        Term(syllable_key(word), frozenset(), start, end)
        for word, start, end in iter_syllables(text)
        if not any(number.start <= start < number.end for number in counted)
    ]
    for number in counted:
        key = "" if number.certain else syllable_key(text[number.start : number.end])
        terms.append(Term(key, number.readings, number.start, number.end))
    return sorted(terms, key=lambda term: term.start)
