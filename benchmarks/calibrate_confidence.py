"""Fit and judge the confidence: can the best sentences tell whether the articles hold an answer?

Questions of xquad_vi and mlqa_vi_dev (the half of their passages with an even CRC-32) are asked of
all their passages among 4,352 news articles, once as they are and once with the gold passage taken
out of what was found. A logistic regression on three signs is fitted to tell the two apart, and
judged by ten-fold cross-validation.

Run: .venv/bin/python benchmarks/calibrate_confidence.py --index FOLDER [--questions 450]
Building the index takes about 20 minutes on two cores, once; the rest about 5.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import cross_val_predict

from vnqa import Article, NewsQA
from vnqa.confidence import THRESHOLD, signs
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.evidence import QuestionWords, select_evidence
from vnqa.index import Collection
from vnqa.retriever import understand

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RESULT = Path(__file__).parent / "results" / "confidence.json"
HITS, SPARE = 6, 3


def records() -> Iterator[dict[str, Any]]:
    """Yield the questions with their passages."""
    for name in ("xquad_vi.jsonl", "mlqa_vi_dev.jsonl"):
        with (DATA / name).open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def build(index: Path) -> None:
    """Add the passages and the news; what is there already costs nothing."""
    passages = {
        record["passage_id"]: Article(
            article_id=record["passage_id"],
            title=record.get("title") or "",
            text=record["context"],
        )
        for record in records()
    }
    with NewsQA.open(index, generator=None, reader=None) as qa:
        print(qa.add(passages.values()))
        print(qa.add(DATA / "news_dantri_2016.jsonl.gz").model_copy(update={"rejected": ()}))


def measure(index: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return signs (2 n, 3) and labels (2 n,): gold passage there, then taken out."""
    tuning = [r for r in records() if zlib.crc32(r["passage_id"].encode()) % 2 == 0]
    random.Random(3).shuffle(tuning)
    embedder = BundledEmbedder()
    there, out = [], []
    with Collection.open(index, read_only=True) as collection:
        for record in tuning[:count]:
            with collection.snapshot() as snapshot:
                asked, vector, hits = understand(
                    snapshot, record["question"], embedder, top_k=HITS + SPARE
                )
                words = QuestionWords(asked, snapshot.document_frequencies)
                inside = snapshot.sentences([hit.passage.passage_id for hit in hits])
            found_in = list(zip(hits, inside, strict=True))
            without = [
                (hit, sentences)
                for hit, sentences in found_in
                if hit.article.article_id != record["passage_id"]
            ]
            for kept, rows in ((found_in, there), (without, out)):
                nearest = [hit for hit, _ in kept[:HITS]]
                found = select_evidence(
                    words, vector, nearest, [sentences for _, sentences in kept[:HITS]]
                )
                rows.append(signs(found))
    labels = np.repeat([1, 0], [len(there), len(out)])
    return np.array(there + out), labels


def main() -> None:
    """Build what is missing, measure, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=450)
    arguments = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"skipped: {DATA} is not there")
    build(arguments.index)
    x, y = measure(arguments.index, arguments.questions)
    model = LogisticRegression(C=1e4, max_iter=9000)
    p = cross_val_predict(model, x, y, cv=10, method="predict_proba")[:, 1]
    model.fit(x, y)
    result = {
        "machine": f"{platform.machine()}, {platform.system()}",
        "questions": int(len(y) / 2),
        "intercept": round(float(model.intercept_[0]), 2),
        "cosine": round(float(model.coef_[0][0]), 2),
        "coverage": round(float(model.coef_[0][1]), 2),
        "margin": round(float(model.coef_[0][2]), 2),
        "auroc": round(float(roc_auc_score(y, p)), 3),
    }
    for threshold in (THRESHOLD, 0.5):
        result[f"abstention_f1_at_{threshold}"] = round(float(f1_score(1 - y, p < threshold)), 3)
        result[f"asked_when_answerable_at_{threshold}"] = round(
            float((p[y == 1] >= threshold).mean()), 3
        )
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
