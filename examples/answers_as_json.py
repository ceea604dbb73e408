"""Answer questions from arguments or a file; print one JSON object a line.

make setup && .venv/bin/vnqa add seeds
.venv/bin/python examples/answers_as_json.py --file seeds/questions.jsonl > answers.jsonl
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from vnqa import NewsQA


def read_questions(path: Path) -> Iterator[str]:
    """Yield the questions of a file: plain lines, or JSON objects with a field ``question``.

    Blank lines and those that begin with ``#`` are passed over.
    """
    for line in path.read_text(encoding="utf-8-sig").split("\n"):  # JSON may hold other line ends
        line = line.strip()
        if line and not line.startswith("#"):
            yield json.loads(line)["question"] if line.startswith("{") else line


def main() -> None:
    """Answer all questions with models that are loaded once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="*")
    parser.add_argument("--file", type=Path, help="one question a line, as text or JSON")
    parser.add_argument("--index", default="embeddings/tin-tuc")
    options = parser.parse_args()

    questions = [*options.questions, *(read_questions(options.file) if options.file else ())]
    with NewsQA.open(options.index, read_only=True) as qa:
        for answer in qa.ask_many(questions):
            print(answer.model_dump_json(exclude={"hits"}), flush=True)


if __name__ == "__main__":
    main()
