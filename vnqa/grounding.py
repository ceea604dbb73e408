"""A draft to checked statements, each bound to the source sentence it rests on.

Nothing a language model writes is trusted. A statement stays only if a retrieved sentence holds
its numbers, dates and names, and its words; what is said then is the stretch of that sentence that
holds them, in the sentence's own words, and the citation is the sentence, sliced from the article.
Markers the model writes are ignored, so an unknown source cannot be cited.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from vnqa.evidence import Evidence
from vnqa.language.dates import Date, dates
from vnqa.language.facts import missing_facts
from vnqa.language.names import has_family, names
from vnqa.language.numbers import is_counted, numbers
from vnqa.language.sentences import Span, sentence_spans
from vnqa.language.vietnamese import fold, iter_syllables, syllable_key, syllables

# A statement in other words than the source's gives way to the words of the source: the shortest
# stretch that has all of its words in that order, else that which has most of them, if it is like
# enough. F1 of syllables.
_MIN_LIKENESS = 0.6
_MIN_LIKENESS_IN_ORDER = 0.5

_MARKER = re.compile(r"(?:\[[\d,\s]*\]|【[^】]*】|\(nguồn[^)]*\))", re.IGNORECASE)
_LABEL = re.compile(r"^\s*(?:trả lời|đáp án|câu trả lời|answer)\s*[:：]\s*", re.IGNORECASE)
_REFUSAL = re.compile(
    r"^(?:(?:rat tiec|xin loi)\W+)?(?:"
    r"(?:toi |(?:trong )?(?:doan trich|van ban|bai viet|ngu canh)\W+)"
    r"khong (?:co thong tin|tim thay|the tra loi|cung cap|de cap|co cau tra loi|biet$)"
    r"|khong (?:co thong tin|the tra loi|co cau tra loi|biet$)"
    r"|khong (?:tim thay|cung cap|de cap)"
    r"(?: (?:thong tin|cau tra loi)(?: (?:ve|nao|lien quan)\b.*)?)?\W*$"
    r")|^xin loi(?:$|,| toi\b)"
)
# "Không", "phủ" and "bác" as parts of other words.
_NO_NEGATION = re.compile(
    r"\b(?:chính phủ|phủ(?! nhận| quyết| định)|hàng không|phòng không"
    r"|không (?:quân|khí|gian|lưu|phận|chỉ|những)|bác(?! bỏ| đơn| kháng| tin| yêu| cáo))\b",
    re.IGNORECASE,
)
_NEGATIONS = frozenset(syllable_key(word) for word in "không chưa chẳng chả phủ bác".split())
_SAYS_NOTHING = frozenset(syllables("có không đúng vậy phải rồi đã chưa được thế"))
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
_UNIT = re.compile(r"\s?(?:%|‰|°[CF]?|phần trăm\b)", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bphần trăm\b", re.IGNORECASE)
_FUNCTION_WORDS = frozenset(syllable_key(word) for word in "và là của thì mà với do bởi".split())
_LIST = re.compile(r"\s+(?:và|cùng(?: với)?)\s+", re.IGNORECASE)
_WHO = re.compile(r"\bai\b", re.IGNORECASE)
_JOINS = frozenset(syllables("và cùng với"))
_OR = frozenset(syllables("hay hoặc"))
_MINUS = re.compile(r"(?:(?<=[\s(])[-−–]|\bâm\s+)$", re.IGNORECASE)
# What begins a phrase: read without it, "những sự kiện", "mỗi tiểu bang" say less than the source.
# Nouns that make one of a verb ("sự", "việc") are not among these: they end compounds ("quân sự").
_DETERMINER = re.compile(r"\b(?:các|những|mọi|mỗi|từng|nhiều|một số)\s+$", re.IGNORECASE)
_AFTER_OR_BEFORE = re.compile(r"\b(?:sau|trước)\s+(?:(?:ngày|tháng|năm)\s+)?$", re.IGNORECASE)
_YEAR = re.compile(r"1\d{3}|20\d{2}")
_YEAR_WORD = re.compile(r"\bnăm\s+$", re.IGNORECASE)
_BEFORE = 32  # code points before a span that are looked at
_EDGES = " \t\n\"“”'‘’.,;:!?…*_-–"


class Grounded(NamedTuple):
    """A statement that passed, and what it rests on.

    Attributes:
        text: What is said, in the source's words.
        source: The sentence it is cut from.
        span: Where it stands there.
    """

    text: str
    source: Evidence
    span: Span


def split_statements(draft: str) -> list[str]:
    """Return the statements of a draft: its sentences, without labels, markers and refusals."""
    text = _MARKER.sub("", _LABEL.sub("", draft))
    statements = []
    for start, end in sentence_spans(text):
        statement = text[start:end].strip(_EDGES)
        if (
            statement
            and any(c.isalnum() for c in statement)
            and not _REFUSAL.search(fold(statement))
        ):
            statements.append(statement)
    return list(dict.fromkeys(statements))


def without_asked(statement: str, question: str) -> str:
    """Return a statement without the members of its list that the question names itself.

    Asked who received ambassador B, a small model may answer "minister A và đại sứ B". Only members
    that end with a name are persons: "Bộ Giáo dục và Đào tạo" is one thing, and so is what the
    question joins in the same way.
    """
    members = _LIST.split(statement)
    if len(members) < 2 or not _WHO.search(question):
        return statement
    asked = syllables(question)
    named = [set(asked).issuperset(syllables(member)) for member in members]
    if all(named):
        return statement
    left = [
        member
        for member, is_named in zip(members, named, strict=True)
        if not (is_named and _ends_with_name(member)) or _is_joined(syllables(member), asked)
    ]
    return statement if len(left) == len(members) else " và ".join(left)


def _ends_with_name(member: str) -> bool:
    found = names(member)
    return bool(found) and found[-1].end == len(member.rstrip(_EDGES))


def _is_joined(member: Sequence[str], question: Sequence[str]) -> bool:
    """Tell whether a question has a list's member right after "và" or "cùng"."""
    return any(
        question[i] in _JOINS and list(question[i + 1 : i + 1 + len(member)]) == list(member)
        for i in range(len(question))
    )


def ground(statement: str, question: str, evidence: Sequence[Evidence]) -> Grounded | None:
    """Bind a statement to the best sentence that supports it, in its words, or return ``None``.

    Args:
        statement: One statement of a draft.
        question: The question; a statement that only repeats it says nothing.
        evidence: Sentences shown to the model and others retrieved, best first.
    """
    keys = syllables(statement)
    if _repeats(keys, question):
        return None
    for find in (_find, _find_by_value, _find_in_order):
        for source in evidence:
            span = find(statement, source.text)
            if span is not None and _keeps_percent(statement, source.text[slice(*span)]):
                return _grounded(source, span)
    return _snap(statement, keys, evidence)


def _grounded(source: Evidence, span: Span) -> Grounded:
    return Grounded(source.text[slice(*span)], source, span)


def ground_span(source: Evidence, start: int, end: int, question: str) -> Grounded | None:
    """Bind a stretch of a sentence to it, or return ``None`` if it says nothing new.

    Args:
        source: The sentence.
        start: First code point of the stretch, in the sentence.
        end: One past the last.
        question: A stretch that only repeats it says nothing.
    """
    stretch = source.text[start:end]
    inner = stretch.strip(_EDGES)
    if ")" not in inner:
        inner = inner.removeprefix("(")
    if "(" not in inner:
        inner = inner.removesuffix(")")
    if not inner:
        return None
    start += stretch.index(inner)
    span = _widen(source.text, start, start + len(inner))
    if _repeats(syllables(source.text[slice(*span)]), question):
        return None
    return _grounded(source, span)


def _repeats(keys: Sequence[str], question: str) -> bool:
    """Tell whether all syllables of a statement stand in the question or say nothing.

    One of two things that the question offers, "A hay B", says which.
    """
    asked = syllables(question)
    if set(keys) - set(asked) - _SAYS_NOTHING:
        return False
    length = len(keys)
    offered = [
        part
        for i, key in enumerate(asked)
        if key in _OR
        for part in (asked[max(0, i - length) : i], asked[i + 1 : i + 1 + length])
    ]
    return not any(keys) or list(keys) not in [list(part) for part in offered]


def _agrees(statement: str, text: str) -> bool:
    """Tell whether a text holds a statement's facts, and neither denies what the other says."""
    here, there = (set(syllables(_NO_NEGATION.sub(" ", each))) for each in (statement, text))
    if any((key in here) != (key in there) for key in _NEGATIONS):
        return False
    return not missing_facts(statement, [text]) and _keeps_percent(statement, text)


def _keeps_percent(statement: str, text: str) -> bool:
    """Tell whether a text has as many signs of per cent as a statement: "5%" is not "5 điểm"."""
    return len(_PERCENT.findall(statement)) <= len(_PERCENT.findall(text))


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


def _find_in_order(statement: str, text: str) -> Span | None:
    """Return the shortest stretch of a text with all words and numbers of a statement, in order.

    What stands between them is in it too: "Mỹ áp thuế" becomes "Mỹ có thể áp thuế". Numbers are
    compared by value, and belong to the words they stand with: "27 người chết" is not in "5 người
    chết và 27 người bị thương".
    """
    wanted = [term for term in _terms(statement) if term.key not in _FUNCTION_WORDS]
    if sum(not term.values for term in wanted) < 2 or not _agrees(statement, text):
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
    return _widen(text, given[first].start, given[last].end)


def _last_in_order(wanted: Sequence[_Term], given: Sequence[_Term], first: int) -> int | None:
    """Return where the last of some terms is first met, if they follow each other from a place."""
    at = first
    for term in wanted[1:]:
        found = next((i for i in range(at + 1, len(given)) if term.is_in(given[i])), None)
        if found is None:
            return None
        at = found
    return at


def _snap(statement: str, keys: Sequence[str], evidence: Sequence[Evidence]) -> Grounded | None:
    """Return the span of the evidence that is most like a statement, if it is like enough."""
    best: tuple[float, Evidence, Span] | None = None
    for source in evidence:
        if not _agrees(statement, source.text):
            continue
        likeness, start, end = _most_like(keys, source.text)
        span = source.text[start:end]
        if (
            likeness >= _MIN_LIKENESS
            and (best is None or likeness > best[0])
            and _agrees(statement, span)
            and _counts_alike(statement, span)
        ):
            best = likeness, source, (start, end)
    return None if best is None else _grounded(best[1], best[2])


def _counts_alike(statement: str, text: str) -> bool:
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


def _find(statement: str, text: str) -> Span | None:
    """Return where a statement's syllables stand in a row in a text, spelling variants aside."""
    keys = syllables(statement)
    tokens = [(syllable_key(word), start, end) for word, start, end in iter_syllables(text)]
    length = len(keys)
    for i in range(len(tokens) - length + 1):
        if all(tokens[i + j][0] == keys[j] for j in range(length)):
            return _widen(text, tokens[i][1], tokens[i + length - 1][2])
    return None


def _find_by_value(statement: str, text: str) -> Span | None:
    """Return where a text says a number and what follows it, the number written in another way.

    "4 người" stands in "bốn người chết"; a statement must begin with its only number.
    """
    found = numbers(statement)
    if len(found) != 1 or statement[: found[0].start].strip(_EDGES):
        return None
    keys = syllables(statement[found[0].end :])
    for number in numbers(text):
        if number.readings & found[0].readings and is_counted(text, number):
            after = list(itertools.islice(iter_syllables(text[number.end :]), len(keys)))
            if [syllable_key(word) for word, _, _ in after] == keys:
                end = number.end + (after[-1][2] if after else 0)
                return _widen(text, number.start, end)
    return None


def _most_like(keys: Sequence[str], text: str) -> tuple[float, int, int]:
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
    return likeness, *_widen(text, start, end)


def _widen(text: str, start: int, end: int) -> Span:
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
    return start, end


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
