"""How sure it is that the articles hold an answer, as a number that can be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vnqa.evidence import Evidence

# Logistic regression on questions of xquad_vi and mlqa_vi_dev (the tuning half) among 4,352 news
# articles, the gold article in the collection and taken out of it; fitted by
# benchmarks/calibrate_confidence.py, which prints these and how well they separate.
_INTERCEPT = -43.4
_COSINE = 46.0
_COVERAGE = 4.9

THRESHOLD = 0.5
_READ = 3


def confidence(evidence: Sequence[Evidence]) -> float:
    """Return 0 to 1, how likely the articles hold an answer, judged by their best sentences.

    Two signs, each the highest of the three best sentences: the cosine of question and sentence,
    and the share of the question's rarer words that stand in the sentence, the one before it, or
    the title.
    """
    if not evidence:
        return 0.0
    cosine = max(source.cosine for source in evidence[:_READ])
    coverage = max(source.coverage for source in evidence[:_READ])
    logit = _INTERCEPT + _COSINE * cosine + _COVERAGE * coverage
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))
