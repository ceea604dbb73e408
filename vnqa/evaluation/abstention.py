"""How well it is told what can be answered: abstentions, and risk against coverage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vnqa.errors import MissingExtraError
from vnqa.evaluation.figures import Figure, bootstrapped
from vnqa.evaluation.outcomes import Outcome, judge

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COVERAGE = 0.7


def abstention_figures(outcomes: Sequence[Outcome], *, threshold: float) -> dict[str, Figure]:
    """Return the figures on abstaining, by name; what is not defined is left out.

    - ``AUROC``: of the confidence as a score of "answerable" (Fawcett 2006), whether something was
      said or not: 0.5 is chance. Needs both kinds of questions.
    - ``abstention precision``, ``abstention recall``, ``abstention F1``: the positive class is
      "unanswerable"; predicted where nothing was said or the confidence is below the threshold.
      Need an unanswerable question; precision also a question that was not answered.
    - ``risk at full coverage``, ``risk at 70% coverage``: share of wrong answers among all that
      were given, and among the most confident given to 70% of all questions (to as many as were
      given, where they are fewer). Both are at threshold 0.
    - ``AURC``: area under the risk–coverage curve (El-Yaniv & Wiener 2010), as the mean of its
      risks (Geifman & El-Yaniv 2017). Lower is better.

    An answer is wrong unless it holds a gold answer and cites a gold article, as far as these are
    known; any answer to an unanswerable question is wrong. An answerable question of which neither
    is known is left out of the risks, and of the questions that coverage is a share of.

    Args:
        outcomes: What was asked and came back, best of a run at threshold 0.
        threshold: Least confidence at which something is said.

    Raises:
        MissingExtraError: If scikit-learn is not installed.
    """
    try:
        from sklearn.metrics import roc_auc_score
    except ImportError as error:
        raise MissingExtraError("scikit-learn", extra="eval", purpose="measuring") from error
    import numpy as np

    if not outcomes:
        return {}
    clusters = [outcome.question.cluster for outcome in outcomes]
    confidence = np.array([outcome.answer.confidence for outcome in outcomes])
    unanswerable = np.array([not outcome.question.answerable for outcome in outcomes])
    silent = np.array([not outcome.is_answered(threshold) for outcome in outcomes])

    def auroc(drawn: NDArray[np.intp]) -> float:
        truth = ~unanswerable[drawn]
        if truth.all() or not truth.any():
            return math.nan
        return float(roc_auc_score(truth, confidence[drawn]))

    def share(drawn: NDArray[np.intp], among: NDArray[np.bool_]) -> float:
        """Return which share of the questions that ``among`` marks were rightly not answered."""
        marked = among[drawn].sum()
        return float((silent & unanswerable)[drawn].sum() / marked) if marked else math.nan

    def abstention_f1(drawn: NDArray[np.intp]) -> float:
        marked = silent[drawn].sum() + unanswerable[drawn].sum()
        return float(2 * (silent & unanswerable)[drawn].sum() / marked) if marked else math.nan

    figures = {}
    if unanswerable.any() and not unanswerable.all():
        figures["AUROC"] = bootstrapped(auroc, clusters)
    if unanswerable.any():
        if silent.any():
            figures["abstention precision"] = bootstrapped(lambda d: share(d, silent), clusters)
        figures["abstention recall"] = bootstrapped(lambda d: share(d, unanswerable), clusters)
        figures["abstention F1"] = bootstrapped(abstention_f1, clusters)
    return figures | _risk_figures(_with_known_risk(outcomes))


def risk_coverage_curve(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """Return the risk–coverage curve as ``(coverage, risk)``, by rising coverage.

    The k-th point is for the k most confident answers: coverage is k over the number of questions,
    risk the share of these answers that are wrong; for both see `abstention_figures`. Questions
    to which nothing was said are never covered, so the curve ends at the share of answered ones; it
    is empty if there are none. Answers of one confidence share their mean risk, so that the order
    of the questions does not matter.
    """
    outcomes = _with_known_risk(outcomes)
    wrong, confidence, answered = _arrays(outcomes)
    risks = _risks(wrong[answered], confidence[answered])
    return [(k / len(outcomes), float(risk)) for k, risk in enumerate(risks, start=1)]


def _with_known_risk(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return those of which can be told whether an answer is wrong."""
    return [one for one in outcomes if one.question.has_gold or not one.question.answerable]


def _risk_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    wrong, confidence, answered = _arrays(outcomes)
    if not answered.any():
        return {}
    clusters = [outcome.question.cluster for outcome in outcomes]

    def risks(drawn: NDArray[np.intp]) -> NDArray[np.float64]:
        given = drawn[answered[drawn]]
        return _risks(wrong[given], confidence[given])

    def at_full(drawn: NDArray[np.intp]) -> float:
        found = risks(drawn)
        return float(found[-1]) if len(found) else math.nan

    def at_part(drawn: NDArray[np.intp]) -> float:
        found = risks(drawn)
        wanted = max(1, round(_COVERAGE * len(drawn)))
        return float(found[:wanted][-1]) if len(found) else math.nan

    def area(drawn: NDArray[np.intp]) -> float:
        found = risks(drawn)
        return float(found.mean()) if len(found) else math.nan

    return {
        "risk at full coverage": bootstrapped(at_full, clusters),
        "risk at 70% coverage": bootstrapped(at_part, clusters),
        "AURC": bootstrapped(area, clusters),
    }


def _arrays(
    outcomes: Sequence[Outcome],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return, each of shape (outcomes,): 1 where wrong, the confidence, whether answered."""
    import numpy as np

    judged = [judge(outcome.question, outcome.answer) for outcome in outcomes]
    wrong = np.array([float(not judgement.right) for judgement in judged])
    confidence = np.array([outcome.answer.confidence for outcome in outcomes])
    answered = np.array([outcome.is_answered() for outcome in outcomes], dtype=np.bool_)
    return wrong, confidence, answered


def _risks(wrong: NDArray[np.float64], confidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the risk among the k most confident answers, for k from 1: shape (answers,)."""
    import numpy as np

    _, tied = np.unique(-confidence, return_inverse=True)
    shared = np.bincount(tied, weights=wrong) / np.bincount(tied)
    return np.cumsum(shared[np.sort(tied)]) / np.arange(1, len(wrong) + 1)
