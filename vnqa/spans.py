"""Where a text says a statement: in the same words, another spelling, or words put between.

A stretch of a text is given by its first code point and one past its last. It is widened, so that
it says what the text says.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from vnqa.language.dates import dates
from vnqa.language.names import written_out
from vnqa.language.numbers import Number, is_counted, numbers
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import iter_syllables, syllable_key, syllables
from vnqa.statements import EDGES
from vnqa.widening import widen

_MIN_LIKENESS_IN_ORDER = 0.5  # F1 of terms, between a statement and the stretch
_CODE_AFTER = re.compile(r"h\d|[A-Z]\b")  # of "7h30", "1A"; not of "5km"
_CITY_BEFORE = re.compile(r"\bTP[.\s]{1,2}$", re.IGNORECASE)
_FUNCTION_WORDS = frozenset(syllable_key(word) for word in "và là của thì mà với do bởi".split())


def find(statement: str, text: str) -> Span | None:
    """Return where a statement's syllables stand in a row in a text, spelling variants aside."""
    tokens = [(syllable_key(word), start, end) for word, start, end in iter_syllables(text)]
    return _in_a_row(syllables(statement), tokens, text)


def find_written_out(statement: str, text: str) -> Span | None:
    """Return the same with well-known abbreviations written out: "Thành phố Hồ Chí Minh", TP.HCM.

    All that an abbreviation stands for must be in the statement: "Hồ Chí Minh" is not TP.HCM.
    """
    keys = [part for key in syllables(statement) for part in written_out(key)]
    tokens = [
        (part, start, end)
        for word, start, end in iter_syllables(text)
        for part in written_out(syllable_key(word))
    ]
    span = _in_a_row(keys, tokens, text)
    if span is not None and _CITY_BEFORE.search(text, max(0, span[0] - 4), span[0]):
        return None
    return span


def _in_a_row(
    keys: Sequence[str], tokens: Sequence[tuple[str, int, int]], text: str
) -> Span | None:
    """Return where keys follow each other, no token that has several of them cut."""
    length = len(keys)
    starts = [start for _, start, _ in tokens]
    for i in range(len(tokens) - length + 1):
        if all(tokens[i + j][0] == keys[j] for j in range(length)):
            last = i + length - 1
            if (
                starts[i] not in starts[max(0, i - 1) : i]
                and starts[last] not in starts[last + 1 : last + 2]
            ):
                return widen(text, starts[i], tokens[last][2])
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
        if (
            number.readings & found[0].readings
            and is_counted(text, number)
            and not _is_in_code(text, number, alone=not keys)
        ):
            after = list(itertools.islice(iter_syllables(text[number.end :]), len(keys)))
            if [syllable_key(word) for word, _, _ in after] == keys:
                end = number.end + (after[-1][2] if after else 0)
                return widen(text, number.start, end)
    return None


def _is_in_code(text: str, number: Number, *, alone: bool) -> bool:
    """Tell whether a number is a part of "U23", "COVID-19", or of "1A" and "7h30" if alone."""
    before = text[max(0, number.start - 2) : number.start]
    is_behind = before[-1:].isalpha() or (before[-1:] in "-–" and before[:1].isalpha())
    return is_behind or (alone and _CODE_AFTER.match(text, number.end) is not None)


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
