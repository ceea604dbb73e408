"""How often the right passage is found: native questions, with and without diacritics.

Run: .venv/bin/python benchmarks/retrieval.py
Reads ../shared/data/viquad_retrieval_dev_*.jsonl, about two minutes on two cores; prints and writes
benchmarks/results/retrieval.json. hit@k is the share of questions whose gold passage is among the
first k articles found (each passage is added as an article of its own).
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from vnqa import Article, NewsQA
from vnqa.language.vietnamese import fold

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RESULT = Path(__file__).parent / "results" / "retrieval.json"
CUTS = (1, 5, 10)


def read(name: str) -> list[dict[str, Any]]:
    """Return the records of a JSONL file."""
    with (DATA / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def hits_at(qa: NewsQA, questions: list[tuple[str, str]]) -> dict[str, float]:
    """Return hit@k over ``(question, gold article id)``."""
    found = dict.fromkeys(CUTS, 0)
    for question, gold in questions:
        ranked = dict.fromkeys(hit.article.article_id for hit in qa.search(question, top_k=30))
        place = list(ranked).index(gold) if gold in ranked else len(ranked) + max(CUTS)
        for cut in CUTS:
            found[cut] += place < cut
    return {f"hit@{cut}": round(count / len(questions), 3) for cut, count in found.items()}


def main() -> None:
    """Build a small index, ask, print and write the result."""
    if not DATA.is_dir():
        raise SystemExit(f"skipped: {DATA} is not there")
    passages = [
        Article(article_id=record["pid"], title=record["title"], text=record["text"])
        for record in read("viquad_retrieval_dev_passages.jsonl")
    ]
    questions = [
        (record["question"], record["gold_pid"])
        for record in read("viquad_retrieval_dev_questions.jsonl")
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        NewsQA.open(Path(folder) / "tin", generator=None) as qa,
    ):
        qa.add(passages)
        result = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
            "articles": len(passages),
            "questions": len(questions),
            "with diacritics": hits_at(qa, questions),
            "without diacritics": hits_at(qa, [(fold(q), gold) for q, gold in questions]),
        }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
