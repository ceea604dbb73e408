"""Where a text says a statement: in the same words, another spelling, or words put between.

A stretch of a text is given by its first code point and one past its last. It is widened to whole
numbers, dates, names and phrases, so that it says what the text says.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from vnqa.language.dates import Date, dates
from vnqa.language.names import has_family, names
from vnqa.language.numbers import is_counted, numbers
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import iter_syllables, syllable_key, syllables
from vnqa.statements import EDGES

_MIN_LIKENESS_IN_ORDER = 0.5  # F1 of terms, between a statement and the stretch
_FUNCTION_WORDS = frozenset(syllable_key(word) for word in "và là của thì mà với do bởi".split())
_DENIAL = re.compile(
    r"\b(?:(?<!hàng )(?<!phòng )(?<!con số )không|chưa|chẳng|chả|đừng|cấm)\s+"
    r"(?:(?:phải|hề|từng|bị|được|có|thể|là|muốn|nào|phép|cần|nên|dám|chuyện|kế hoạch|ý định)\s+)"
    r"{0,2}$",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(?:hơn|gần|khoảng|dưới|ngót|xấp xỉ|ít nhất|nhiều nhất|tối thiểu|tối đa|không quá"
    r"|chưa (?:đến|tới|đầy))\s+$",
    re.IGNORECASE,
)
_MINUS = re.compile(r"(?:(?<=[\s(])[-−–]|\bâm\s+)$", re.IGNORECASE)
_UNIT = re.compile(r"\s?(?:%|‰|°[CF]?|phần trăm\b)", re.IGNORECASE)
# What begins a phrase: read without it, "những sự kiện", "mỗi tiểu bang" say less than the source.
# Nouns that make one of a verb ("sự", "việc") are not among these: they end compounds ("quân sự").
_DETERMINER = re.compile(r"\b(?:các|những|mọi|mỗi|từng|nhiều|một số)\s+$", re.IGNORECASE)
_AFTER_OR_BEFORE = re.compile(r"\b(?:sau|trước)\s+(?:(?:ngày|tháng|năm)\s+)?$", re.IGNORECASE)
_YEAR = re.compile(r"1\d{3}|20\d{2}")
_YEAR_WORD = re.compile(r"\bnăm\s+$", re.IGNORECASE)
_BEFORE = 32  # code points before a span that are looked at
_AFTER = 32  # and after it
_OPENING = {")": "(", "]": "[", "”": "“", "»": "«"}
_CLOSING = {opening: closing for closing, opening in _OPENING.items()}


def find(statement: str, text: str) -> Span | None:
    """Return where a statement's syllables stand in a row in a text, spelling variants aside."""
    keys = syllables(statement)
    tokens = [(syllable_key(word), start, end) for word, start, end in iter_syllables(text)]
    length = len(keys)
    for i in range(len(tokens) - length + 1):
        if all(tokens[i + j][0] == keys[j] for j in range(length)):
            return widen(text, tokens[i][1], tokens[i + length - 1][2])
    return None


def find_by_value(statement: str, text: str) -> Span | None:
    """Return where a text says a number and what follows it, the number written in another way.

    "4 người" stands in "bốn người chết"; a statement must begin with its only number.
    """
    found = numbers(statement)
    if len(found) != 1 or statement[: found[0].start].strip(EDGES):
        return None
    keys = syllables(statement[found[0].end :])
    for number in numbers(text):
        if number.readings & found[0].readings and is_counted(text, number):
            after = list(itertools.islice(iter_syllables(text[number.end :]), len(keys)))
            if [syllable_key(word) for word, _, _ in after] == keys:
                end = number.end + (after[-1][2] if after else 0)
                return widen(text, number.start, end)
    return None


def find_in_order(statement: str, text: str) -> Span | None:
    """Return the shortest stretch of a text with all words and numbers of a statement, in order.

    What stands between them is in it too: "Mỹ áp thuế" becomes "Mỹ có thể áp thuế". Numbers are
    compared by value, and belong to the words they stand with: "27 người chết" is not in "5 người
    chết và 27 người bị thương".
    """
    wanted = [term for term in _terms(statement) if term.key not in _FUNCTION_WORDS]
    if sum(not term.values for term in wanted) < 2:
        return None
    given = _terms(text)
    best: Span | None = None
    for first, term in enumerate(given):
        if wanted[0].is_in(term):
            last = _last_in_order(wanted, given, first)
            if last is not None and (best is None or last - first < best[1] - best[0]):
                best = first, last
    if best is None:
        return None
    first, last = best
    likeness = 2.0 * len(wanted) / (len(wanted) + last - first + 1)
    if likeness < _MIN_LIKENESS_IN_ORDER:
        return None
    return widen(text, given[first].start, given[last].end)


def _last_in_order(wanted: Sequence[_Term], given: Sequence[_Term], first: int) -> int | None:
    """Return where the last of some terms is first met, if they follow each other from a place."""
    at = first
    for term in wanted[1:]:
        found = next((i for i in range(at + 1, len(given)) if term.is_in(given[i])), None)
        if found is None:
            return None
        at = found
    return at


def most_like(keys: Sequence[str], text: str) -> tuple[float, int, int]:
    """Return the span of a text with the highest F1 of syllables against a run of them."""
    tokens = [(syllable_key(word), start, end) for word, start, end in iter_syllables(text)]
    wanted = Counter(keys)
    best = (0.0, 0, 0)
    for i, (first, start, _) in enumerate(tokens):
        if first not in wanted:
            continue
        held = 0
        left = wanted.copy()
        for j in range(i, min(len(tokens), i + 2 * len(keys))):
            key = tokens[j][0]
            if left[key] > 0:
                left[key] -= 1
                held += 1
                likeness = 2.0 * held / (len(keys) + j - i + 1)
                if likeness > best[0]:
                    best = (likeness, start, tokens[j][2])
    likeness, start, end = best
    return likeness, *widen(text, start, end)


def counts_alike(statement: str, text: str) -> bool:
    """Tell whether what a statement counts stands after the same number in a text.

    Parts of dates count nothing.
    """
    days = dates(statement)
    given = list(itertools.pairwise(_terms(text)))
    return all(
        any(number.is_in(a) and counted.is_in(b) for a, b in given)
        for number, counted in itertools.pairwise(_terms(statement))
        if number.values
        and not number.key
        and not any(day.start <= number.start < day.end for day in days)
    )


class _Term(NamedTuple):
    """A syllable's key, or the values that a number stands for; a lone number word has both."""

    key: str
    values: frozenset[Fraction]
    start: int
    end: int

    def is_in(self, other: _Term) -> bool:
        return bool(self.values & other.values or (self.key and self.key == other.key))


def _terms(text: str) -> list[_Term]:
    """Return the syllables and numbers of a text, in order."""
    counted = [number for number in numbers(text) if is_counted(text, number)]
    terms = [
        _Term(syllable_key(word), frozenset(), start, end)
        for word, start, end in iter_syllables(text)
        if not any(number.start <= start < number.end for number in counted)
    ]
    for number in counted:
        key = "" if number.certain else syllable_key(text[number.start : number.end])
        terms.append(_Term(key, number.readings, number.start, number.end))
    return sorted(terms, key=lambda term: term.start)


def widen(text: str, start: int, end: int) -> Span:
    """Take in the rest of what a span cuts: a number or date, its sign or bound, a name, a phrase.

    ``3,5`` of ``3,5 triệu`` would say something else; so would ``23`` of ``23/5/1950``, and the
    year alone of ``sau năm 1850``. The year of a date, or month and year, may stand alone, with the
    word that says what it is.
    """
    days = [
        (date.start, date.end) for date in dates(text) if not _is_its_year(text, start, end, date)
    ]
    for first, last in days + [(number.start, number.end) for number in numbers(text)]:
        if first < end and start < last:
            start, end = min(start, first), max(end, last)
    for first, _ in days:
        begin = _with(_AFTER_OR_BEFORE, text, first)
        if begin < start <= first:
            start = begin
    if start and text[start - 1] in "$€£¥" and text[start].isdecimal():
        start -= 1
    if text[start : start + 1].isdecimal():
        start = _with(_BOUND, text, _with(_MINUS, text, start))
    if _YEAR.fullmatch(text, start, end):
        start = _with(_YEAR_WORD, text, start)
    end = max([end, *_ends_of_persons(text, start, end)])
    start = _with(_DETERMINER, text, start)
    start = _with(_DENIAL, text, start)
    match = _UNIT.match(text, end)
    if match and text[end - 1].isdecimal():
        end = match.end()
    return _with_both_marks(text, start, end)


def _with_both_marks(text: str, start: int, end: int) -> Span:
    """Take in the other mark of a pair that a span has one of, or leave out what it only opens."""
    opened: list[int] = []
    for at in range(start, end):
        mark = text[at]
        if mark in _CLOSING:
            opened.append(at)
        elif mark in _OPENING and opened:
            opened.pop()
        elif mark in _OPENING:
            before = text.rfind(_OPENING[mark], max(0, start - _BEFORE), start)
            start = before if before >= 0 else start
    if not opened:
        return start, end
    closed = text.find(_CLOSING[text[opened[0]]], end, end + _AFTER)
    if closed >= 0:
        return start, closed + 1
    kept = text[start : opened[0]].rstrip()
    return (start, start + len(kept)) if kept else (start, end)


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
