"""A draft to checked statements, each bound to the source sentence it rests on.

Nothing a language model writes is trusted. A statement stays only if a retrieved sentence holds
its numbers, dates and names, and its words; what is said then is the stretch of that sentence that
holds them, in the sentence's own words, and the citation is the sentence, sliced from the article.
Markers the model writes are ignored, so an unknown source cannot be cited.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from vnqa.evidence import Evidence
from vnqa.grounding.asked import widen_for
from vnqa.grounding.denials import NO_DENIAL, with_denial_of_asked
from vnqa.grounding.spans import find, find_by_value, find_in_order, find_written_out, most_like
from vnqa.grounding.statements import EDGES
from vnqa.grounding.support import counts_alike, keeps_words, mixes_counts
from vnqa.grounding.terms import parts_of
from vnqa.grounding.widening import widen
from vnqa.language.alternatives import sides_offered
from vnqa.language.answer_kinds import counts_what_is_asked
from vnqa.language.facts import missing_facts
from vnqa.language.numbers import is_counted
from vnqa.language.questions import kind_asked
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import syllable_key, syllables

_MIN_LIKENESS = 0.6  # F1 of syllables, between a statement and the stretch that takes its place
# "Không", "phủ" and "bác" as parts of other words.
_NO_NEGATION = re.compile(
    rf"\b(?:chính phủ|phủ(?! nhận| quyết| định)|{NO_DENIAL}"
    r"|bác(?! bỏ| đơn| kháng| tin| yêu| cáo))\b",
    re.IGNORECASE,
)
_NEGATIONS = frozenset(syllable_key(word) for word in "không chưa chẳng chả phủ bác".split())
_SAYS_NOTHING = frozenset(syllables("có không đúng vậy phải rồi đã chưa được thế"))
_HELPING = frozenset(syllables("có thể sẽ đã đang được bị phải cần nên còn vẫn cũng là không chưa"))
_NONE = re.compile(r"(?:không|chưa) (?:có|ai) [^\W\d_]", re.IGNORECASE)  # "không có giải nhất"
_NEXT_WORD = re.compile(r"\s+[^\W\d_]+")
_NEXT_WORDS = re.compile(r"(?:\s+[^\W\d_]+){0,2}")
_PERCENT = re.compile(r"%|\bphần trăm\b", re.IGNORECASE)


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


def ground(statement: str, question: str, evidence: Sequence[Evidence]) -> Grounded | None:
    """Bind a statement to the best sentence that supports it, in its words, or return ``None``.

    Args:
        statement: One statement of a draft.
        question: The question; a statement that only repeats it says nothing, unless it counts
            what is asked for with a number that stands elsewhere in the question.
        evidence: Sentences shown to the model and others retrieved, best first.
    """
    repeats = _repeats(statement, question)
    for look in (find, find_by_value, find_written_out, find_in_order):
        for source in evidence:
            spans = [
                span
                for span in look(statement, source.text)
                if _keeps_percent(statement, source.text[slice(*span)])
                and not mixes_counts(statement, source.text, span)
                and not (repeats and not _counts_anew(statement, source.text, span, question))
            ]
            if spans and (look is not find_in_order or _agrees(statement, source.text)):
                return _grounded(source, _of_what_is_asked(spans, source.text, question), question)
    return None if repeats else _snap(statement, evidence, question)


def _of_what_is_asked(spans: Sequence[Span], text: str, question: str) -> Span:
    """Return the first of some places that numbers what a question asks how many of, if any."""

    def counts(span: Span) -> bool:
        return counts_what_is_asked(_with_next(_NEXT_WORDS, text, span), question)

    return max(spans, key=counts)


def _counts_anew(statement: str, text: str, span: Span, question: str) -> bool:
    """Tell whether a statement's number counts what is asked for here, but not in the question.

    "5 người" repeats nothing of "… quốc lộ 5 … bao nhiêu người?", nor does "5" before "người".
    """
    said = {
        value
        for number in parts_of(statement).numbers
        if is_counted(statement, number)
        for value in number.readings
    }
    given = _counted(_with_next(_NEXT_WORD, text, span), question)
    return not said.isdisjoint(given - _counted(question, question))


def _counted(text: str, question: str) -> set[Fraction]:
    """Return the numbers of a text that say how many of what a question asks for."""
    given = parts_of(text).numbers
    parts = itertools.pairwise([*(number.start for number in given), len(text)])
    return {
        value
        for number, part in zip(given, parts, strict=True)
        if counts_what_is_asked(text[slice(*part)], question)
        for value in number.readings
    }


def _with_next(words: re.Pattern[str], text: str, span: Span) -> str:
    after = words.match(text, span[1])
    return text[span[0] : span[1] if after is None else after.end()]


def _grounded(source: Evidence, span: Span, question: str) -> Grounded:
    start, end = widen_for(question, source.text, *span)
    start, end = with_denial_of_asked(question, source.text, start, end)
    return Grounded(source.text[start:end], source, (start, end))


def ground_span(source: Evidence, start: int, end: int, question: str) -> Grounded | None:
    """Bind a stretch of a sentence to it, or return ``None`` if it says nothing new.

    Args:
        source: The sentence.
        start: First code point of the stretch, in the sentence.
        end: One past the last.
        question: A stretch that only repeats it says nothing.
    """
    stretch = source.text[start:end]
    inner = stretch.strip(EDGES)
    if ")" not in inner:
        inner = inner.removeprefix("(")
    if "(" not in inner:
        inner = inner.removesuffix(")")
    if not inner:
        return None
    start += stretch.index(inner)
    span = widen(source.text, start, start + len(inner))
    said = source.text[slice(*span)]
    if _repeats(said, question) and not _counts_anew(said, source.text, span, question):
        return None
    return _grounded(source, span, question)


def _repeats(statement: str, question: str) -> bool:
    """Tell whether all syllables of a statement stand in the question or say nothing.

    What names some of those that the question offers to choose from says which; so does a name of
    the kind asked for: "thành phố Huế", where "Đại học Huế" is in a "thành phố nào?".
    """
    keys, asked = syllables(statement), syllables(question)
    if set(keys) - set(asked) - _SAYS_NOTHING:
        return False
    if _NONE.match(statement) and not {"không", "chưa"} & set(asked):
        return False
    offered = sides_offered(question)
    if 0 < sum(key in keys for key in offered) < len(offered):
        return False
    return not _names_kind_anew(statement, kind_asked(question), asked)


def _names_kind_anew(statement: str, kind: Sequence[str], asked: Sequence[str]) -> bool:
    """Tell whether a name stands right behind the kind asked for, but not so in the question."""
    return bool(kind) and any(
        syllables(statement[: name.start])[-len(kind) :] == list(kind)
        and f" {' '.join((*kind, *name.keys))} " not in f" {' '.join(asked)} "
        for name in parts_of(statement).names
    )


def _agrees(statement: str, text: str) -> bool:
    """Tell whether a text holds a statement's facts, and neither denies what the other says."""
    here, there = (set(syllables(_NO_NEGATION.sub(" ", each))) for each in (statement, text))
    if any((key in here) != (key in there) for key in _NEGATIONS):
        return False
    return not missing_facts(statement, [text]) and _keeps_percent(statement, text)


def _keeps_percent(statement: str, text: str) -> bool:
    """Tell whether a text has as many signs of per cent as a statement: "5%" is not "5 điểm"."""
    return len(_PERCENT.findall(statement)) <= len(_PERCENT.findall(text))


def _shares_enough(keys: Sequence[str], span: str) -> bool:
    """Tell whether a stretch is like a draft by more than a syllable of a word: "tử hình", "hình".

    One is enough of a draft that has no other, or if it is a name: "nước Anh", "Anh".
    """
    return len(keys) == 1 or len(set(keys) & set(syllables(span))) > 1 or span[:1].isupper()


def _snap(statement: str, evidence: Sequence[Evidence], question: str) -> Grounded | None:
    """Return the span of the evidence that is most like a statement, if it is like enough."""
    keys = syllables(statement)
    best: tuple[float, Evidence, Span] | None = None
    for source in evidence:
        if not _agrees(statement, source.text):
            continue
        likeness, start, end = most_like(keys, source.text)
        span = source.text[start:end]
        if (
            likeness >= _MIN_LIKENESS
            and _shares_enough(keys, span)
            and not _HELPING.issuperset(syllables(span))
            and (best is None or likeness > best[0])
            and _agrees(statement, span)
            and counts_alike(statement, span)
            and keeps_words(statement, source.text, (start, end), kind_asked(question))
            and not mixes_counts(statement, source.text, (start, end))
        ):
            best = likeness, source, (start, end)
    return None if best is None else _grounded(best[1], best[2], question)
