"""How good answers and their citations are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vnqa.evaluation.figures import Figure, mean_figure, median_figure
from vnqa.evaluation.outcomes import Judgement, Outcome, judge


class _Case:
    """An outcome with its judgement at a threshold."""

    def __init__(self, outcome: Outcome, threshold: float | None) -> None:
        self.question, self.answer = outcome.question, outcome.answer
        self.answered = outcome.is_answered(threshold)
        self.judgement = judge(self.question, self.answer) if self.answered else Judgement()


def answer_figures(
    outcomes: Sequence[Outcome], *, threshold: float | None = None
) -> dict[str, Figure]:
    """Return the figures on answers, by name. A figure over no questions is left out.

    Over answerable questions, an abstention counting 0:

    - ``answered``: something was said.
    - ``EM``, ``F1``: exact match and F1 (SQuAD, Rajpurkar et al. 2016).
    - ``holds gold``: a gold answer stands in the answer.
    - ``holds gold and cites gold article``: that, and a quote is from a gold article.

    Over those of them that were answered:

    - ``EM where answered``, ``F1 where answered``: the same as above.
    - ``quotes hold gold``: a gold answer stands in one quote.
    - ``gold article cited``: a quote is from a gold article.
    - ``citation precision``: share of quotes that match a gold sentence.
    - ``citation recall``: share of gold sentences that a quote matches.

    Over all that were answered, unanswerable ones too:

    - ``quote integrity``: share of quotes that are slices of their articles.
    - ``support``: share of statements whose numbers, dates and names all stand in their quotes.

    Over all: ``seconds``, the median wall-clock time of a question, abstentions too; at the
    threshold that the collection was opened with, so that at 0, where everything is drafted, it is
    longer than a ``NewsQA`` takes that need not ask the language model to abstain.

    What needs gold answers, articles or sentences is over questions that have them. Each measure is
    defined in `Judgement`.

    Args:
        outcomes: What was asked and came back.
        threshold: An answer of less confidence counts as an abstention.
    """
    cases = [_Case(outcome, threshold) for outcome in outcomes]
    answerable = [case for case in cases if case.question.answerable]
    with_answer = [case for case in answerable if case.question.answers]
    with_article = [case for case in answerable if case.question.article_ids]
    with_both = [case for case in with_answer if case.question.article_ids]
    with_quotes = [case for case in answerable if case.question.quotes]
    rows: list[tuple[str, list[_Case], Callable[[_Case], float]]] = [
        ("answered", answerable, lambda case: case.answered),
        ("EM", with_answer, lambda case: case.judgement.exact),
        ("F1", with_answer, lambda case: case.judgement.f1),
        ("EM where answered", _answered(with_answer), lambda case: case.judgement.exact),
        ("F1 where answered", _answered(with_answer), lambda case: case.judgement.f1),
        ("holds gold", with_answer, lambda case: case.judgement.holds_gold),
        ("holds gold and cites gold article", with_both, lambda case: case.judgement.right),
        (
            "quotes hold gold",
            _answered(with_answer),
            lambda case: case.judgement.quotes_hold_gold,
        ),
        (
            "gold article cited",
            _answered(with_article),
            lambda case: case.judgement.cites_gold_article,
        ),
        (
            "citation precision",
            _answered(with_quotes),
            lambda case: case.judgement.citation_precision,
        ),
        ("citation recall", _answered(with_quotes), lambda case: case.judgement.citation_recall),
        ("quote integrity", _answered(cases), lambda case: case.judgement.quote_integrity),
        ("support", _answered(cases), lambda case: case.judgement.support),
    ]
    figures = {
        name: mean_figure([value(case) for case in over], [c.question.cluster for c in over])
        for name, over, value in rows
        if over
    }
    if cases:
        seconds = [case.answer.seconds for case in cases]
        figures["seconds"] = median_figure(seconds, [c.question.cluster for c in cases])
    return figures


def _answered(cases: Sequence[_Case]) -> list[_Case]:
    return [case for case in cases if case.answered]
