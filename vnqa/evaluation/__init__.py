"""Quality, measured: retrieval, answers, citations and abstentions against known answers.

from vnqa import NewsQA
from vnqa.evaluation import evaluate, read_questions

with NewsQA.open("embeddings/tin-tuc", threshold=0.0, read_only=True) as qa:
    print(evaluate(qa, read_questions("questions.jsonl"), threshold=0.4).table())
"""

from __future__ import annotations

from vnqa.evaluation.abstention import abstention_figures, risk_coverage_curve
from vnqa.evaluation.answers import answer_figures
from vnqa.evaluation.figures import Figure
from vnqa.evaluation.normalisation import exact_match, f1, holds, normalised
from vnqa.evaluation.outcomes import Judgement, Outcome, answer_all, judge
from vnqa.evaluation.questions import Question, read_questions
from vnqa.evaluation.report import Report, check_installed, evaluate
from vnqa.evaluation.retrieval import EvaluationProgress, rank_articles, retrieval_figures

__all__ = [
    "EvaluationProgress",
    "Figure",
    "Judgement",
    "Outcome",
    "Question",
    "Report",
    "abstention_figures",
    "answer_all",
    "answer_figures",
    "check_installed",
    "evaluate",
    "exact_match",
    "f1",
    "holds",
    "judge",
    "normalised",
    "rank_articles",
    "read_questions",
    "retrieval_figures",
    "risk_coverage_curve",
]
