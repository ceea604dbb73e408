"""Where a text says a statement: in the same words, another spelling, or words put between.

A stretch of a text is given by its first code point and one past its last. It is widened, so that
it says what the text says.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from vnqa.language.dates import dates
from vnqa.language.names import name_keys, names, written_out
from vnqa.language.numbers import Number, is_counted, numbers
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import iter_syllables, syllable_key, syllables
from vnqa.statements import EDGES
from vnqa.widening import parts_of, widen

_MOST_PLACES = 16  # of one number in a text that are looked at
_MIN_LIKENESS_IN_ORDER = 0.5  # F1 of terms, between a statement and the stretch
_ENOUGH_WORDS = 2  # that are kept between a fact and one that is not
_CODE_AFTER = re.compile(r"h\d|[A-Z]\b")  # of "7h30", "1A"; not of "5km"
_CITY_BEFORE = re.compile(r"\bTP[.\s]{1,2}$", re.IGNORECASE)
_MARK = re.compile(r"[,;](?=\s)|\b(?:và|còn)\b")  # between two things that are counted
_FEW_WORDS = re.compile(r"(?:\s+[^\W\d_]+){0,2}\s+")
# What a statement may say before a number or a name without its source: words that mean little,
# forms of address, offices, kinds of places and of bodies.
_SAYS_LITTLE = frozenset(
    syllables(
        "và là của thì mà với do bởi vì tại ở vào về cho để khi lúc hơn gần khoảng chừng đã đang "
        "sẽ vừa mới được bị cũng còn vẫn có những các một số cả tất mỗi mọi này đó kia ấy nay ngày "
        "tháng năm sáng trưa chiều tối đêm hôm giờ theo như rằng chỉ người chiếc cái vụ việc "
        "khiến làm gây diễn ra xảy ra tổ chức ghi nhận đạt thứ tổng cộng "
        "ông bà anh chị em cô chú bác cậu chủ tịch tổng thống thủ tướng bộ trưởng giám đốc bí thư "
        "tỉnh thành phố quận huyện xã phường thị trấn nước sông đường công ty tập đoàn hãng trường "
        "đại học bệnh viện sở đội tuyển câu lạc clb"
    )
)
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
    said = next((number for number in numbers(statement) if number.start == 0), None)
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
    said = numbers(statement)
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
    wanted = [term for term in _terms(statement) if term.key not in _FUNCTION_WORDS]
    if sum(not term.values for term in wanted) < 2:
        return []
    given = _terms(text)
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


def keeps_words(statement: str, text: str, span: Span, kind: Collection[str] = ()) -> bool:
    """Tell whether a stretch hides no other word than a statement says before a fact.

    That is a number, date or name. "5 tỷ đồng" of "lỗ 5 tỷ đồng" does not say "lãi 5 tỷ đồng"; a
    stretch that shows "lỗ" says what the text does. Nor does "5 người, bị thương" say "bị thương 5
    người": the word right before a number is not the one behind it and a mark, unless that is said
    of what begins the text ("Năm 2020, công ty lãi").

    Args:
        statement: What was drafted.
        text: The text.
        span: The stretch.
        kind: Syllables, as keys, that may be left out: of what the question asks which one of.
    """
    start, end = span
    terms, whole = _terms(statement), _terms(text)
    given = [term for term in whole if start <= term.start < end]
    facts = [term.start for term in terms if term.values and not term.key]
    facts += [date.start for date in dates(statement)]
    last = max([*facts, *(name.start for name in names(statement))], default=0)
    said = {*name_keys(text[start:end]), *kind}
    words: list[_Term] = []
    for word in terms:
        if not _says_much(word) or word.start >= last:
            continue
        if said.issuperset(written_out(word.key)):
            words.append(word)
            continue
        at = min((place for place in facts if place > word.start), default=last)
        fact = next((term for term in terms if term.start == at), word)
        there = [term for term in given if fact.is_in(term)]
        if there and all(_is_hidden(word, terms, whole, term, text, start) for term in there):
            return False
    for number in terms:
        near = next((word for word in reversed(words) if word.start < number.start), None)
        there = [term for term in given if term.values & number.values]
        if number.key or not there or near is None:
            continue
        if _MARK.search(statement, near.end, number.start) is None and not any(
            _stands_with(near, given, term, text) for term in there
        ):
            return False
    return True


def _is_hidden(
    word: _Term, said: Sequence[_Term], given: Sequence[_Term], fact: _Term, text: str, start: int
) -> bool:
    """Tell whether another word, or none, stands in a word's place, and before the stretch.

    That is where no word which a statement says before it stands nearer to the fact, nor two which
    it says at all.
    """
    before = {term.key for term in said if term.start < word.start}
    keys = {term.key for term in said}
    passed, behind = 0, fact.start
    for term in reversed(given):
        if term.start >= fact.start or not _says_much(term):
            continue
        if passed == _ENOUGH_WORDS or term.key in before:
            return False
        if _MARK.search(text, term.end, behind):
            break
        if term.key not in keys:
            return term.start < start
        passed, behind = passed + 1, term.start
    return passed == 0


def _stands_with(word: _Term, given: Sequence[_Term], number: _Term, text: str) -> bool:
    """Tell whether a word stands before a number in a stretch, or behind it and no mark."""
    if any(term.key == word.key and term.start < number.start for term in given):
        return True
    behind = next((t for t in given if t.key == word.key and t.start > number.start), None)
    begins = not any(map(_says_much, _terms(text[: number.start])))
    is_near = behind is not None and not _MARK.search(text, number.end, behind.start)
    return begins or is_near


def _says_much(term: _Term) -> bool:
    return not term.values and term.key.isalpha() and term.key not in _SAYS_LITTLE


def mixes_counts(statement: str, text: str, span: Span) -> bool:
    """Tell whether a stretch ends with what another number is of, which a statement did not part.

    "5 người, bị thương" of "làm chết 5 người, bị thương 12 người" is such.
    """
    start, end = span
    marks = [mark.start() for mark in _MARK.finditer(text, start, end)]
    if len(marks) <= len(_MARK.findall(statement)):
        return False
    days = parts_of(text).dates
    counts = [
        number
        for number in parts_of(text).numbers
        if is_counted(text, number) and not any(day.start <= number.start < day.end for day in days)
    ]
    behind = next((number for number in counts if number.start >= end), None)
    return (
        any(start <= number.start < marks[-1] for number in counts)
        and not any(marks[-1] < number.start < end for number in counts)
        and behind is not None
        and _FEW_WORDS.fullmatch(text, end, behind.start) is not None
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
    counted = [number for number in parts_of(text).numbers if is_counted(text, number)]
    terms = [
        _Term(syllable_key(word), frozenset(), start, end)
        for word, start, end in iter_syllables(text)
        if not any(number.start <= start < number.end for number in counted)
    ]
    for number in counted:
        key = "" if number.certain else syllable_key(text[number.start : number.end])
        terms.append(_Term(key, number.readings, number.start, number.end))
    return sorted(terms, key=lambda term: term.start)
