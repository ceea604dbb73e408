"""How sure it is that a sentence answers a question, as a number that can be compared."""

from __future__ import annotations

import math

from vnqa.evidence import Evidence

# Logistic regression; see _fit in benchmarks/abstention.py for data and command.
_INTERCEPT = -24.0
_COSINE = 22.0
_COVERAGE = 6.0

THRESHOLD = 0.5


def confidence(evidence: Evidence) -> float:
    """Return 0 to 1, how likely the articles hold an answer, judged by one sentence of them.

    Two signs: the cosine of question and sentence, and the share of the question's rarer words
    that stand in the sentence, the one before it, or the title.
    """
    logit = _INTERCEPT + _COSINE * evidence.cosine + _COVERAGE * evidence.coverage
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))
