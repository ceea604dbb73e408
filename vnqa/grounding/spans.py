"""Where a text says a statement: in the same words, another spelling, or words put between.

A stretch of a text is given by its first code point and one past its last. It is widened, so that
it says what the text says.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from vnqa.grounding.statements import EDGES
from vnqa.grounding.terms import Term, parts_of, terms_of
from vnqa.grounding.widening import widen
from vnqa.language.names import written_out
from vnqa.language.numbers import Number, is_counted
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import iter_syllables, syllable_key, syllables

_MOST_PLACES = 16  # of one number in a text that are looked at
_MIN_LIKENESS_IN_ORDER = 0.5  # F1 of terms, between a statement and the stretch
_CODE_AFTER = re.compile(r"h\d|[A-Z]\b")  # of "7h30", "1A"; not of "5km"
_CITY_BEFORE = re.compile(r"\bTP[.\s]{1,2}$", re.IGNORECASE)
_FUNCTION_WORDS = frozenset(syllable_key(word) for word in "và là của thì mà với do bởi".split())


def find(statement: str, text: str) -> list[Span]:
    """Return where a statement's syllables stand in a row in a text, spelling variants aside.

    That is the first place, or, of a statement that begins with a number, all where the number is
    whole: "4" stands in "bốn người" rather than in "4/11".
    """
    tokens = [(syllable_key(word), start, end) for word, start, end in iter_syllables(text)]
    found = list(_in_a_row(syllables(statement), tokens))
    return _chosen(statement, text, found + _by_value(statement, text) if found else [])


def find_written_out(statement: str, text: str) -> list[Span]:
    """Return the same with well-known abbreviations written out: "Thành phố Hồ Chí Minh", TP.HCM.

    All that an abbreviation stands for must be in the statement: "Hồ Chí Minh" is not TP.HCM.
    """
    keys = [part for key in syllables(statement) for part in written_out(key)]
    tokens = [
        (part, start, end)
        for word, start, end in iter_syllables(text)
        for part in written_out(syllable_key(word))
    ]
    spans = _chosen(statement, text, list(_in_a_row(keys, tokens)))
    return [span for span in spans if not _CITY_BEFORE.search(text, max(0, span[0] - 4), span[0])]


def _in_a_row(keys: Sequence[str], tokens: Sequence[tuple[str, int, int]]) -> Iterator[Span]:
    """Yield where keys follow each other, no token that has several of them cut."""
    length = len(keys)
    starts = [start for _, start, _ in tokens]
    for i in range(len(tokens) - length + 1):
        if all(tokens[i + j][0] == keys[j] for j in range(length)):
            last = i + length - 1
            if (
                starts[i] not in starts[max(0, i - 1) : i]
                and starts[last] not in starts[last + 1 : last + 2]
            ):
                yield starts[i], tokens[last][2]


def _chosen(statement: str, text: str, found: Sequence[Span]) -> list[Span]:
    """Return the places, widened, where the number that begins a statement is whole, or the first.

    It is not where it is a part of a date, a code, a range or a longer number.
    """
    said = next((number for number in parts_of(statement).numbers if number.start == 0), None)
    whole = []
    if said is not None and len(found) > 1:
        days = [(day.start, day.end) for day in parts_of(text).dates]
        values = {number.start: number for number in parts_of(text).numbers}
        for start, end in found:
            number = values.get(start)
            if (
                number is None
                or not number.readings & said.readings
                or _is_in_code(text, number, alone=number.end == end)
                or any(_cuts(day, start, end) for day in days)
            ):
                continue
            first, last = widen(text, start, end)
            if not any(map(str.isdecimal, text[first:start] + text[end:last])):
                whole.append((first, last))
            if len(whole) == _MOST_PLACES:
                break
    return whole or [widen(text, *span) for span in found[:1]]


def _cuts(part: Span, start: int, end: int) -> bool:
    """Tell whether a stretch has some of a part but not all."""
    return part[0] < end and start < part[1] and not start <= part[0] < part[1] <= end


def find_by_value(statement: str, text: str) -> list[Span]:
    """Return where a text says a number and what follows it, the number written in another way.

    "4 người" stands in "bốn người chết"; a statement must begin with its only number.
    """
    return _chosen(statement, text, _by_value(statement, text))


def _by_value(statement: str, text: str) -> list[Span]:
    said = parts_of(statement).numbers
    if len(said) != 1 or statement[: said[0].start].strip(EDGES):
        return []
    keys = syllables(statement[said[0].end :])
    found = []
    for number in parts_of(text).numbers:
        if (
            number.readings & said[0].readings
            and is_counted(text, number)
            and not _is_in_code(text, number, alone=not keys)
        ):
            after = list(itertools.islice(iter_syllables(text[number.end :]), len(keys)))
            if [syllable_key(word) for word, _, _ in after] == keys:
                found.append((number.start, number.end + (after[-1][2] if after else 0)))
    return found


def _is_in_code(text: str, number: Number, *, alone: bool) -> bool:
    """Tell whether a number is a part of "U23", "COVID-19", or of "1A" and "7h30" if alone."""
    before = text[max(0, number.start - 2) : number.start]
    is_behind = before[-1:].isalpha() or (before[-1:] in "-–" and before[:1].isalpha())
    return is_behind or (alone and _CODE_AFTER.match(text, number.end) is not None)


def find_in_order(statement: str, text: str) -> list[Span]:
    """Return the shortest stretch of a text with all words and numbers of a statement, in order.

    What stands between them is in it too: "Mỹ áp thuế" becomes "Mỹ có thể áp thuế". Numbers are
    compared by value, and belong to the words they stand with: "27 người chết" is not in "5 người
    chết và 27 người bị thương".
    """
    wanted = [term for term in terms_of(statement) if term.key not in _FUNCTION_WORDS]
    if sum(not term.values for term in wanted) < 2:
        return []
    given = terms_of(text)
    best: Span | None = None
    for first, term in enumerate(given):
        if wanted[0].is_in(term):
            last = _last_in_order(wanted, given, first)
            if last is not None and (best is None or last - first < best[1] - best[0]):
                best = first, last
    if best is None:
        return []
    first, last = best
    likeness = 2.0 * len(wanted) / (len(wanted) + last - first + 1)
    if likeness < _MIN_LIKENESS_IN_ORDER:
        return []
    return [widen(text, given[first].start, given[last].end)]


def _last_in_order(wanted: Sequence[Term], given: Sequence[Term], first: int) -> int | None:
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
