"""Whether a stretch of a source says all that decides what a statement says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence

from vnqa.grounding.terms import Term, parts_of, terms_of
from vnqa.language.names import name_keys, written_out
from vnqa.language.numbers import is_counted
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import syllables

_ENOUGH_WORDS = 2  # that are kept between a fact and one that is not
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


def counts_alike(statement: str, text: str) -> bool:
    """Tell whether what a statement counts stands after the same number in a text.

    Parts of dates count nothing.
    """
    days = parts_of(statement).dates
    given = list(itertools.pairwise(terms_of(text)))
    return all(
        any(number.is_in(a) and counted.is_in(b) for a, b in given)
        for number, counted in itertools.pairwise(terms_of(statement))
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
    terms, whole = terms_of(statement), terms_of(text)
    given = [term for term in whole if start <= term.start < end]
    facts = [term.start for term in terms if term.values and not term.key]
    facts += [date.start for date in parts_of(statement).dates]
    last = max([*facts, *(name.start for name in parts_of(statement).names)], default=0)
    said = {*name_keys(text[start:end]), *kind}
    words: list[Term] = []
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
    word: Term, said: Sequence[Term], given: Sequence[Term], fact: Term, text: str, start: int
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


def _stands_with(word: Term, given: Sequence[Term], number: Term, text: str) -> bool:
    """Tell whether a word stands before a number in a stretch, or behind it and no mark."""
    if any(term.key == word.key and term.start < number.start for term in given):
        return True
    behind = next((t for t in given if t.key == word.key and t.start > number.start), None)
    begins = not any(map(_says_much, terms_of(text[: number.start])))
    is_near = behind is not None and not _MARK.search(text, number.end, behind.start)
    return begins or is_near


def _says_much(term: Term) -> bool:
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
