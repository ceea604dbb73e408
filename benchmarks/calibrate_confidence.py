"""Fit and judge the confidence: can the best sentences tell whether the articles hold an answer?

Questions of xquad_vi and mlqa_vi_dev that no model was trained on (`is_held_out`) are asked of all
their passages among 4,352 news articles, once as they are and once with the gold passage taken out
of what was found; those of person_qa_train are asked of one snippet each. Two logistic regressions
are fitted to tell whether there is an answer, one on the signs of retrieval, for use without a
reader, one on those and the reader's; both are judged by ten-fold cross-validation.

Run: .venv/bin/python -m benchmarks.calibrate_confidence
(a minute or some on two cores, a quarter of an hour more where the index must be built). It prints
and writes results/confidence.json; vnqa/confidence.py has numbers of an earlier fit, which judge as
well.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import cross_val_predict

from benchmarks.quality.datasets import DATA, Dataset, everywhere, reading_set
from benchmarks.quality.indexes import built_index
from benchmarks.reader.examples import is_held_out
from vnqa.confidence import relevance, signs
from vnqa.embedders import Embedder
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.evaluation import Question
from vnqa.evidence import Evidence, QuestionWords, select_evidence
from vnqa.finding import READ_TO_ANSWER, find
from vnqa.index import Collection, Snapshot
from vnqa.reader import Reader
from vnqa.request import request_of, scope_of
from vnqa.retriever import rerank, understand

RESULT = Path(__file__).parent / "results" / "confidence.json"
_LEAST = 0.2  # of the evidence's, at which abstaining is judged
NAMES = ("cosine", "coverage", "margin", "relevance")
_HITS, _SPARE = 6, 3


class Seen(NamedTuple):
    """What was found for a question: the four signs, and whether there is an answer."""

    signs: tuple[float, ...]
    answerable: bool


def held_out(dataset: Dataset) -> list[Question]:
    """Return the questions of a set that nothing was trained on."""
    return [q for q in dataset.questions if q.sources and is_held_out(q.sources[0])]


def among_news(embedder: Embedder, reader: Reader) -> Iterator[Seen]:
    """Yield what is found with the gold passage in the index, and with it taken out."""
    sets = [reading_set(name, "tuning") for name in ("xquad_vi", "mlqa_vi_dev")]
    articles = [article for dataset in sets for article in dataset.articles]
    name = "+".join(dataset.name for dataset in sets)
    index = built_index(name, articles, embedder, among_news=True)
    with Collection.open(index, read_only=True) as collection:
        for dataset in sets:
            for question in everywhere(held_out(dataset)):
                with collection.snapshot() as snapshot:
                    yield from _twice(snapshot, question, embedder, reader)


def _twice(
    snapshot: Snapshot, question: Question, embedder: Embedder, reader: Reader
) -> Iterator[Seen]:
    asked, vector, hits = understand(
        snapshot, question.question, embedder, top_k=READ_TO_ANSWER + _SPARE, distinct=True
    )
    readings = reader.read(asked, [(hit.article.title, hit.passage.text) for hit in hits])
    both = list(zip(hits, readings, strict=True))
    without = [pair for pair in both if pair[0].article.article_id not in question.article_ids]
    words = QuestionWords(asked, snapshot.document_frequencies)
    for pairs, answerable in ((both, True), (without, False)):
        nearest, said = zip(*pairs[:READ_TO_ANSWER], strict=True)
        best, said_of_best = rerank(nearest, said, top_k=_HITS)
        inside = snapshot.sentences([hit.passage.passage_id for hit in best])
        evidence = select_evidence(words, vector, best, inside, said_of_best)
        yield from _seen(evidence, answerable)


def one_snippet(embedder: Embedder, reader: Reader) -> Iterator[Seen]:
    """Yield what is found in the one passage that a question is asked of."""
    dataset = reading_set("person_qa_train", "tuning")
    index = built_index(dataset.name, dataset.articles, embedder)
    with Collection.open(index, read_only=True) as collection, collection.snapshot() as snapshot:
        for question in held_out(dataset):
            scope = scope_of(top_k=_HITS, since=None, until=None, sources=question.sources)
            found = find(snapshot, request_of(question.question, scope), embedder, reader)
            yield from _seen(found.evidence, question.answerable)


def _seen(evidence: list[Evidence], answerable: bool) -> Iterator[Seen]:
    """Yield the signs, unless no sentence is left to judge by: then the confidence is 0 anyway."""
    if (read := relevance(evidence)) is not None:
        yield Seen((*signs(evidence), read), answerable)


def fitted(seen: list[Seen], tested: slice, count: int) -> dict[str, object]:
    """Return weights of the first signs, fitted on all, and how they judge a part of them."""
    x = np.array([one.signs[:count] for one in seen])
    y = np.array([one.answerable for one in seen])
    model = LogisticRegression(C=1e4, max_iter=9000)
    p = cross_val_predict(model, x, y, cv=10, method="predict_proba")[:, 1]
    model.fit(x, y)
    weights = dict(zip(NAMES, model.coef_[0], strict=False))
    intercept = round(float(model.intercept_[0]), 2)
    result: dict[str, object] = {"observations": len(y), "intercept": intercept}
    result |= {name: round(float(weight), 3) for name, weight in weights.items()}
    result["auroc_among_news"] = round(float(roc_auc_score(y[tested], p[tested])), 3)
    if len(y[tested]) < len(y):
        rest = slice(tested.stop, None)
        result["auroc_one_snippet"] = round(float(roc_auc_score(y[rest], p[rest])), 3)
    abstained = f1_score(~y[tested], p[tested] < _LEAST)
    result[f"abstention_f1_among_news_at_{_LEAST}"] = round(float(abstained), 3)
    return result


def main() -> None:
    """Measure, fit, print and write the result."""
    if not DATA.is_dir():
        raise SystemExit(f"skipped: {DATA} is not there")
    embedder, reader = BundledEmbedder(), Reader()
    news = list(among_news(embedder, reader))
    snippets = list(one_snippet(embedder, reader))
    result = {
        "machine": f"{platform.machine()}, {platform.system()}",
        "embedder": embedder.fingerprint,
        "without a reader": fitted(news, slice(len(news)), 3),
        "with a reader": fitted(news + snippets, slice(len(news)), len(NAMES)),
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
