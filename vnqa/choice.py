"""Two answers to one question, the reader's and the language model's: which is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vnqa.evidence import Evidence
from vnqa.grounding import Grounded, ground_span
from vnqa.language.questions import is_of_kind

# All on the scale of `Found.score`; chosen on the tuning halves, see benchmarks/quality.md.
_LOOKED_AT = 3  # sentences, best first
SURE = 6.0  # at which the language model is not asked
_ALONE = 0.0  # at which it stands where the language model said nothing that is borne out
_PREFERRED = 3.0  # by which it must exceed the reader's score of what the language model says


class Read(NamedTuple):
    """What a reader answers: a stretch of a sentence, and how sure it is (`Found.score`)."""

    grounded: Grounded
    score: float


def read_answer(question: str, evidence: Sequence[Evidence]) -> Read | None:
    """Return what a reader takes for the answer in the first sentence that can hold it.

    Args:
        question: Says what kind of thing is asked for.
        evidence: Best first; without readings there is no such answer.
    """
    for source in evidence[:_LOOKED_AT]:
        found = source.found
        if found is None:
            continue
        grounded = ground_span(source, found.start, found.end, question)
        if grounded is not None and is_of_kind(grounded.text, question):
            return Read(grounded, found.score)
    return None


def chosen(drafted: Sequence[Grounded], read: Read | None) -> list[Grounded]:
    """Return what is said: the language model's statements, or the reader's answer instead.

    Args:
        drafted: What the language model said and a sentence bears out.
        read: The reader's answer, if there is one.
    """
    if read is None:
        return list(drafted)
    if not drafted:
        return [read.grounded] if read.score >= _ALONE else []
    if len(drafted) > 1:
        return list(drafted)
    (draft,) = drafted
    score = None if draft.span is None else draft.evidence[0].answers(*draft.span)
    if score is not None and read.score - score > _PREFERRED:
        return [read.grounded]
    return [draft]
