"""Silence where nothing is known, and how wrong answers thin out with confidence."""

from __future__ import annotations

import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_evaluation_answers import BRIDGE, LENGTH, cite, said, six_outcomes
from vnqa import MissingExtraError
from vnqa.evaluation import Outcome, Question, abstention_figures, risk_coverage_curve

ANSWERABLE = Question(question="Cầu dài bao nhiêu?", answers=("320 m",), article_ids=("cau",))


def outcome(confidence: float, *, right: bool) -> Outcome:
    text = "320 m" if right else "Bến Ngự"
    return Outcome(
        question=ANSWERABLE, answer=said((text, [cite(BRIDGE, LENGTH)]), confidence=confidence)
    )


def values(outcomes: list[Outcome], threshold: float) -> dict[str, float]:
    return {n: f.value for n, f in abstention_figures(outcomes, threshold=threshold).items()}


def assert_curve(outcomes: list[Outcome], expected: list[tuple[float, float]]) -> None:
    curve = risk_coverage_curve(outcomes)
    assert len(curve) == len(expected)
    for point, wanted in zip(curve, expected, strict=True):
        assert point == pytest.approx(wanted)


def test_every_figure_by_hand() -> None:
    # confidence: answerable 0.9 0.8 0.4 0.3, unanswerable 0.6 0.1; 0.3 and 0.1 abstained.
    # AUROC: of 8 pairs the answerable one is ahead in 2 + 2 + 1 + 1.
    # At 0.5 three are silent, one of them rightly; two should have been.
    assert values(six_outcomes(), 0.5) == pytest.approx(
        {
            "AUROC": 6 / 8,
            "abstention precision": 1 / 3,
            "abstention recall": 1 / 2,
            "abstention F1": 2 / 5,
            "risk at full coverage": 2 / 4,
            "risk at 70% coverage": 2 / 4,  # of 6 questions, 4 were answered
            "AURC": (0 + 0 + 1 / 3 + 2 / 4) / 4,
        }
    )


def test_at_threshold_0_only_silence_is_abstaining() -> None:
    found = values(six_outcomes(), 0.0)
    names = ("abstention precision", "abstention recall", "abstention F1")
    assert [found[name] for name in names] == [0.5, 0.5, 0.5]


def test_the_curve_by_hand() -> None:
    assert_curve(six_outcomes(), [(1 / 6, 0), (2 / 6, 0), (3 / 6, 1 / 3), (4 / 6, 1 / 2)])


def test_risk_at_70_percent_leaves_out_the_least_confident() -> None:
    outcomes = [outcome(1 - k / 10, right=k < 6) for k in range(10)]
    found = values(outcomes, 0.0)
    assert found == pytest.approx(
        {
            "risk at full coverage": 4 / 10,
            "risk at 70% coverage": 1 / 7,
            "AURC": (1 / 7 + 2 / 8 + 3 / 9 + 4 / 10) / 10,
        }
    )  # nothing else is defined where all is answerable


def test_70_percent_are_the_nearest_number_of_questions() -> None:
    outcomes = [outcome(1 - k / 10, right=k < 3) for k in range(5)]  # 3.5: four
    assert values(outcomes, 0.0)["risk at 70% coverage"] == 1 / 4
    assert values(outcomes[:1], 0.0)["risk at 70% coverage"] == 0.0


def test_equal_confidence_shares_the_risk() -> None:
    outcomes = [outcome(0.5, right=True), outcome(0.5, right=False), outcome(0.1, right=False)]
    assert_curve(outcomes, [(1 / 3, 1 / 2), (2 / 3, 1 / 2), (1.0, 2 / 3)])


def test_where_something_was_always_said_precision_is_not_defined() -> None:
    never_silent = [
        outcome(0.9, right=True),
        Outcome(
            question=Question(question="Ai?"),
            answer=said(("320 m", [cite(BRIDGE, LENGTH)]), confidence=0.8),
        ),
    ]
    found = values(never_silent, 0.0)
    assert "abstention precision" not in found
    assert (found["abstention recall"], found["abstention F1"]) == (0.0, 0.0)


def test_where_nothing_was_said_there_is_no_risk() -> None:
    silent = [
        Outcome(question=ANSWERABLE, answer=said(confidence=0.2)),
        Outcome(question=Question(question="Ai?"), answer=said(confidence=0.1)),
    ]
    assert risk_coverage_curve(silent) == []
    assert values(silent, 0.0) == pytest.approx(
        {
            "AUROC": 1.0,
            "abstention precision": 1 / 2,
            "abstention recall": 1.0,
            "abstention F1": 2 / 3,
        }
    )
    assert abstention_figures([], threshold=0.5) == {}


def test_where_nothing_is_known_to_judge_by_there_is_no_risk() -> None:
    unknown = Question(question="?", quotes=(LENGTH,), answerable=True)
    unjudged = Outcome(question=unknown, answer=said(("320 m", [cite(BRIDGE, LENGTH)])))
    assert (values([unjudged], 0.0), risk_coverage_curve([unjudged])) == ({}, [])
    known = [outcome(0.8, right=True), outcome(0.5, right=False)]
    assert risk_coverage_curve([unjudged, *known]) == risk_coverage_curve(known)
    assert abstention_figures([unjudged, *known], threshold=0.0) == abstention_figures(
        known, threshold=0.0
    )


judged = st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=1, max_size=12)


@given(judged, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_curve_does_not_depend_on_the_order(
    answers: list[tuple[int, bool]], random: Random
) -> None:
    outcomes = [outcome(tenths / 10, right=right) for tenths, right in answers]
    curve = risk_coverage_curve(outcomes)
    assert curve[-1] == pytest.approx((1.0, sum(not right for _, right in answers) / len(answers)))
    assert [coverage for coverage, _ in curve] == pytest.approx(
        [k / len(answers) for k in range(1, len(answers) + 1)]
    )
    random.shuffle(outcomes)
    assert_curve(outcomes, curve)


def test_intervals_hold_the_figures() -> None:
    for figure in abstention_figures(six_outcomes(), threshold=0.5).values():
        assert 0.0 <= figure.low <= figure.value <= figure.high <= 1.0
        assert figure.n == 6


def test_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'vnqa\[eval\]'"):
        abstention_figures(six_outcomes(), threshold=0.5)
