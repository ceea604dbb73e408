"""What a reader answers where the language model says nothing that a sentence bears out."""

from __future__ import annotations

from collections.abc import Sequence

from vnqa.evidence import Evidence
from vnqa.grounding import Grounded, ground_span
from vnqa.language.answer_kinds import is_of_kind

_LOOKED_AT = 3  # sentences, best first
_LEAST = 0.0  # of `AnswerSpan.score`: more likely an answer than none


def read_answer(question: str, evidence: Sequence[Evidence]) -> Grounded | None:
    """Return what a reader takes for the answer in the first sentence that can hold it.

    Its words are less often exactly the answer than the language model's are (see
    ``benchmarks/quality.md``), so it speaks only where that one is silent.

    Args:
        question: Says what kind of thing is asked for.
        evidence: Best first; where no reader read it there is no such answer.
    """
    for source in evidence[:_LOOKED_AT]:
        found = source.found
        if found is None or found.score < _LEAST:
            continue
        grounded = ground_span(source, found.start, found.end, question)
        if grounded is not None and is_of_kind(grounded.text, question):
            return grounded
    return None
