"""How sure it is that the articles hold an answer, as a number that can be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vnqa.evidence import Evidence

# Logistic regression on questions of xquad_vi and mlqa_vi_dev (the tuning half) among 4,352 news
# articles, the gold article in the collection and taken out of it. Fitted on 300 questions;
# benchmarks/calibrate_confidence.py fits both anew, and says how well that separates.
_INTERCEPT = -23.6
_COSINE = 21.3
_COVERAGE = 5.3
_MARGIN = 36.8

# The same where a reader read the passages: on 235 questions of both sets that it was not trained
# on, gold passage there and taken out, and 354 of person_qa_train beside one snippet each. What the
# reader finds in a sentence tells nothing beside that (a weight of -0.013).
_READ_INTERCEPT = -6.87
_READ_COSINE = 5.83
_READ_COVERAGE = 1.15
_READ_MARGIN = 35.1
_READ_RELEVANCE = 0.513
_LEAST, _MOST = -10.0, 15.0  # of a reader's score for an answer; beyond, it says no more

# Logistic regression on drafts of the bundled model from the best sentence, right or wrong: 579 to
# held-out questions of xquad_vi, mlqa_vi_dev, viquad_retrieval_dev and of real news. By the square
# root of the log probability, since the first hundredths below 0 tell most. Right: the words of the
# gold answer are in the draft, or F1 is at least 0.6. Fitted to drafts that could refuse.
_TRUST_INTERCEPT = 2.7
_TRUST_SLOPE = 7.0
# Slopes near those of a fit on 204 answers of the whole pipeline to questions of both sets, with
# their passage and without, and of real news; 86 of the questions have no answer there. The
# threshold by the same (benchmarks/quality.md).
_READ_TRUST_INTERCEPT = 2.5
_READ_TRUST_SCORE = 0.1
_READ_TRUST_SLOPE = 6.0
# In place of a log probability, for an answer that only the reader gives: 1 of 7 was right, so it
# stays below the default threshold.
_NOT_DRAFTED = -0.6
_NOT_READ = -3.0  # in place of a score, for an answer from a sentence that no reader read

# Confidence: see `combined`. Power by 70 held-out questions of xquad_vi and mlqa_vi_dev, gold
# article there and taken out, and 186 on real news, asked in other words than theirs.
_POWER = 0.3
THRESHOLD = 0.35
EXTRACTED = 0.57  # trust in a sentence that no model read, or in a draft of unknown probability
REFUSED = 0.3  # where nothing is said
MOST_TRUSTED = 0.98  # no draft is trusted more
_READ = 3


def combined(likely: float, trusted: float) -> float:
    """Return the confidence of an answer, 0 to 1.

    The evidence counts less than the draft: it tells whether articles hold an answer to a question
    in much the same words, but not whether what a model that may refuse said of them is right.

    Args:
        likely: `confidence` of the evidence.
        trusted: How likely the draft is right; `trust`, `trust_when_read`.
    """
    return math.pow(likely, _POWER) * trusted


def mean_cosine(evidence: Sequence[Evidence]) -> float:
    """Return how near to the question the sentences are on average; there is at least one."""
    return math.fsum(source.cosine for source in evidence) / len(evidence)


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


def relevance(evidence: Sequence[Evidence]) -> float | None:
    """Return the highest relevance of a passage that one of the three best sentences stands in.

    ``None`` where no reader read them.
    """
    readings = [source.reading for source in evidence[:_READ] if source.reading is not None]
    return max((reading.relevance for reading in readings), default=None)


def confidence(evidence: Sequence[Evidence]) -> float:
    """Return 0 to 1, how likely the articles hold an answer, judged by their best sentences.

    Args:
        evidence: All sentences of the hits, best first; none gives 0.
    """
    if not evidence:
        return 0.0
    cosine, coverage, margin = signs(evidence)
    read = relevance(evidence)
    if read is None:
        return _logistic(_INTERCEPT + _COSINE * cosine + _COVERAGE * coverage + _MARGIN * margin)
    return _logistic(
        _READ_INTERCEPT
        + _READ_COSINE * cosine
        + _READ_COVERAGE * coverage
        + _READ_MARGIN * margin
        + _READ_RELEVANCE * read
    )


def trust(log_probability: float) -> float:
    """Return 0 to 1, how likely a draft is right if the articles hold an answer.

    Args:
        log_probability: Mean natural logarithm of the draft's tokens' probabilities.
    """
    return _logistic(_TRUST_INTERCEPT - _TRUST_SLOPE * surprise(log_probability))


def trust_when_read(log_probability: float | None, score: float | None) -> float:
    """Return the same where a reader read the sentence that the answer is bound to.

    Args:
        log_probability: Mean natural logarithm of the draft's tokens' probabilities; ``None`` where
            nothing was drafted that the sentences bear out, and the answer is the reader's.
        score: The reader's for the stretch that is the answer (`AnswerSpan.score`); ``None`` where
            it did not read that far.
    """
    score = _NOT_READ if score is None else clipped(score)
    log_probability = _NOT_DRAFTED if log_probability is None else log_probability
    logit = (
        _READ_TRUST_INTERCEPT
        + _READ_TRUST_SCORE * score
        - _READ_TRUST_SLOPE * surprise(log_probability)
    )
    return min(MOST_TRUSTED, _logistic(logit))


def surprise(log_probability: float) -> float:
    """Return the square root of a mean log probability's distance from 0, where it is sure."""
    return math.sqrt(max(0.0, -log_probability))


def clipped(score: float) -> float:
    """Return a reader's score for an answer within the bounds beyond which it says no more."""
    return max(_LEAST, min(_MOST, score))


def _logistic(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))
