"""Questions asked, and each answer judged against what is known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from vnqa.evaluation.normalisation import exact_match, f1, holds, normalised
from vnqa.evaluation.questions import Question
from vnqa.evaluation.retrieval import EvaluationProgress
from vnqa.language.facts import missing_facts
from vnqa.newsqa import NewsQA
from vnqa.records import Answer, Record, Statement

_MARKED = re.compile(r"(.+?) ((?:\[\d+\])+)\.(?:\s|$)", re.DOTALL)
_NUMBER = re.compile(r"\[(\d+)\]")


class Outcome(Record):
    """A question that was asked, and what came back."""

    question: Question
    answer: Answer

    def is_answered(self, threshold: float | None = None) -> bool:
        """Tell whether something was said, with at least this confidence."""
        return not self.answer.abstained and self.answer.confidence >= (threshold or 0.0)


class Judgement(Record):
    """An answer held against what is known of its question; an abstention has 0 everywhere.

    Attributes:
        exact: The text is a gold answer; `exact_match`.
        f1: Syllables shared with the best gold answer; `f1`.
        holds_gold: A gold answer stands in the text; `holds`.
        cites_gold_article: A quote is from a gold article.
        quotes_hold_gold: A gold answer stands in one quote.
        quote_integrity: Share of quotes that are the slice of their article that they say.
        support: Share of statements all of whose numbers, dates and names stand in their quotes.
        citation_precision: Share of quotes that match a gold sentence; `matches`.
        citation_recall: Share of gold sentences that a quote matches.
        right: Holds a gold answer and cites a gold article, as far as these are known; never of
            an unanswerable question, nor of one without either (`Question.has_gold`).
    """

    exact: bool = False
    f1: float = 0.0
    holds_gold: bool = False
    cites_gold_article: bool = False
    quotes_hold_gold: bool = False
    quote_integrity: float = 0.0
    support: float = 0.0
    citation_precision: float = 0.0
    citation_recall: float = 0.0
    right: bool = False


def answer_all(
    qa: NewsQA,
    questions: Sequence[Question],
    *,
    top_k: int = 6,
    progress: EvaluationProgress | None = None,
) -> list[Outcome]:
    """Ask all questions and return what came back, in order.

    To judge several thresholds by one run, open the collection with ``threshold=0.0`` and give the
    thresholds to `answer_figures` and `abstention_figures`.

    Args:
        qa: The collection.
        questions: Each is asked of the outlets that it names.
        top_k: How many passages are read for evidence, as in ``NewsQA.ask``.
        progress: Told ``"answering"``, done and total after each question.
    """
    outcomes = []
    for done, question in enumerate(questions, start=1):
        answer = qa.ask(question.question, top_k=top_k, sources=question.sources)
        outcomes.append(Outcome(question=question, answer=answer))
        if progress is not None:
            progress("answering", done, len(questions))
    return outcomes


def statements_of(answer: Answer) -> list[Statement]:
    """Return the statements of an answer's text, without markers and final full stop.

    The text is cut behind each ``[n].`` that ends a statement, as ``str(Statement)`` writes it.
    """
    by_number = {citation.number: citation for citation in answer.citations}
    found = []
    for text, markers in _MARKED.findall(answer.text):
        cited = [by_number.get(int(number)) for number in _NUMBER.findall(markers)]
        citations = tuple(citation for citation in cited if citation is not None)
        if citations:
            found.append(Statement(text=text.strip(), citations=citations))
    return found


def judge(question: Question, answer: Answer) -> Judgement:
    """Hold an answer against what is known of its question."""
    if answer.abstained:
        return Judgement()
    statements = statements_of(answer)
    texts = _texts([statement.text for statement in statements])
    citations = answer.citations
    quotes = [citation.quote for citation in citations]
    holds_gold = any(holds(text, question.answers) for text in texts)
    cites_gold = any(c.article.article_id in question.article_ids for c in citations)
    return Judgement(
        exact=any(exact_match(text, question.answers) for text in texts),
        f1=max(f1(text, question.answers) for text in texts),
        holds_gold=holds_gold,
        cites_gold_article=cites_gold,
        quotes_hold_gold=any(holds(quote, question.answers) for quote in quotes),
        quote_integrity=_share([c.article.text[c.start : c.end] == c.quote for c in citations]),
        support=_share([not missing_facts(s.text, _quotes(s)) for s in statements]),
        citation_precision=_share(
            [any(matches(quote, gold) for gold in question.quotes) for quote in quotes]
        ),
        citation_recall=_share(
            [any(matches(quote, gold) for quote in quotes) for gold in question.quotes]
        ),
        right=(
            question.answerable
            and question.has_gold
            and (holds_gold or not question.answers)
            and (cites_gold or not question.article_ids)
        ),
    )


def matches(quote: str, gold: str) -> bool:
    """Tell whether a quote and a gold sentence are the same evidence.

    They are where one contains the other, or where they share more than half of the syllables of
    the longer, all normalised: sentences may be cut at other places. Citation precision and recall
    over such matches are after ALCE (Gao et al. 2023), with the gold sentence in place of an
    entailment model.
    """
    one, other = normalised(quote), normalised(gold)
    if not one or not other:
        return False
    if f" {one} " in f" {other} " or f" {other} " in f" {one} ":
        return True
    ours, theirs = one.split(), other.split()
    shared = (Counter(ours) & Counter(theirs)).total()
    return 2 * shared > max(len(ours), len(theirs))


def _texts(said: Sequence[str]) -> list[str]:
    """Return what statements say together, as one text; as a list too, "A, B và C"."""
    together = " ".join(said)
    return [together, f"{' '.join(said[:-1])} và {said[-1]}"] if len(said) > 1 else [together]


def _quotes(statement: Statement) -> list[str]:
    return [citation.quote for citation in statement.citations]


def _share(truths: Sequence[bool]) -> float:
    return sum(truths) / len(truths) if truths else 0.0
