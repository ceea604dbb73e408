"""How sure it is that the articles hold an answer, as a number that can be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vnqa.evidence import Evidence, mean_cosine

# Logistic regression on questions of xquad_vi and mlqa_vi_dev (the tuning half) among 4,352 news
# articles, the gold article in the collection and taken out of it. Fitted on 300 questions by
# benchmarks/calibrate_confidence.py; its result file says how well it separates.
_INTERCEPT = -23.6
_COSINE = 21.3
_COVERAGE = 5.3
_MARGIN = 36.8

# Logistic regression on 43 answers of the bundled model to such questions: right or wrong.
_TRUST_INTERCEPT = 0.92
_TRUST_SLOPE = 0.62

# The lowest at which F1 of abstaining is within 0.02 of its best on those questions.
THRESHOLD = 0.25
_READ = 3


def signs(evidence: Sequence[Evidence]) -> tuple[float, float, float]:
    """Return what tells that articles hold an answer, from all sentences of the hits, best first.

    The highest of the three best sentences' cosines to the question; the highest share of the
    question's rarer words that stand in one of them, the sentence before it, or the title; and by
    how much that cosine is above the mean of all sentences, since questions differ in how near
    they are to anything.
    """
    best = evidence[:_READ]
    cosine = max(source.cosine for source in best)
    coverage = max(source.coverage for source in best)
    return cosine, coverage, cosine - mean_cosine(evidence)


def confidence(evidence: Sequence[Evidence]) -> float:
    """Return 0 to 1, how likely the articles hold an answer, judged by their best sentences.

    Args:
        evidence: All sentences of the hits, best first; none gives 0.
    """
    if not evidence:
        return 0.0
    cosine, coverage, margin = signs(evidence)
    logit = _INTERCEPT + _COSINE * cosine + _COVERAGE * coverage + _MARGIN * margin
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))


def trust(log_probability: float) -> float:
    """Return 0 to 1, how likely a draft is right if the articles hold an answer.

    Args:
        log_probability: Mean natural logarithm of the draft's tokens' probabilities.
    """
    logit = _TRUST_INTERCEPT + _TRUST_SLOPE * log_probability
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))
