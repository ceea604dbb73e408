"""Which sentence settles whether something is so, and how likely it does."""

from __future__ import annotations

from collections.abc import Sequence

from vnqa.drafting import Drafter
from vnqa.evidence import Evidence

_LOOKED_AT = 4  # sentences, best first
_WEIGHT = 4.0  # of what the model says against `Evidence.score`


def settling(
    question: str, evidence: Sequence[Evidence], drafter: Drafter
) -> tuple[float, Evidence]:
    """Return the sentence that likeliest settles a question, and how likely it does, 0 to 1.

    Args:
        question: Asks whether something is so.
        evidence: Best first, at least one sentence.
        drafter: Asks the model.
    """
    judged = [(drafter.judge(question, source.text), source) for source in evidence[:_LOOKED_AT]]
    return max(judged, key=lambda each: _WEIGHT * each[0] + each[1].score)
