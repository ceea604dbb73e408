"""Same question, same index: the same bytes, five times in one process and once in each of two."""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from benchmarks.quality.bench import Bench, tell
from benchmarks.quality.indexes import articles_in
from benchmarks.quality.injection import SEEDS
from benchmarks.quality.rows import Goal, Row, StageResult, count_figure
from vnqa import NewsQA
from vnqa.embedders import Embedder
from vnqa.evaluation import read_questions
from vnqa.generators import Generator
from vnqa.reader import Reader

_TIMES, _PROCESSES = 5, 2
_ROOT = Path(__file__).resolve().parents[2]


def answer_bytes(
    folder: Path,
    questions: Sequence[str],
    *,
    embedder: str | Embedder = "bundled",
    generator: str | Generator | None = "bundled",
    reader: Literal["bundled"] | Reader | None = "bundled",
    times: int = 1,
) -> list[list[str]]:
    """Ask each question so many times; return the hash of each answer's JSON, by question.

    The time it took is no part of the answer.
    """
    hashes: list[list[str]] = [[] for _ in questions]
    with NewsQA.open(
        folder, embedder=embedder, generator=generator, reader=reader, read_only=True
    ) as qa:
        for _ in range(times):
            for question, found in zip(questions, hashes, strict=True):
                answer = qa.ask(question).model_dump_json(exclude={"seconds"})
                found.append(hashlib.sha256(answer.encode()).hexdigest())
    return hashes


def determinism(bench: Bench) -> StageResult:
    """Five questions about seeds/, five times here and once in each of two other processes."""
    folder = bench.index("seeds", articles_in(SEEDS))
    asked = [q.question for q in read_questions(SEEDS / "questions.jsonl")[::6]][:5]
    hashes = answer_bytes(
        folder,
        asked,
        embedder=bench.embedder,
        generator=bench.generator,
        reader=bench.reader,
        times=_TIMES,
    )
    command = [sys.executable, "-m", "benchmarks.quality.determinism", str(folder)]
    command += ["--generator", "none" if bench.generator is None else "bundled"]
    for done in range(_PROCESSES):
        output = subprocess.run(
            [*command, "--", *asked],
            cwd=_ROOT,
            check=True,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ).stdout
        for found, other in zip(hashes, output.split(), strict=True):
            found.append(other)
        tell("processes", done + 1, _PROCESSES)
    same = sum(len(set(found)) == 1 for found in hashes)
    row = Row(
        name="determinism",
        dataset="seeds",
        figure="questions answered with the same bytes",
        value=count_figure(same, len(asked)),
        goal=Goal(len(asked)),
    )
    return StageResult(rows=(row,))


def main() -> None:
    """Print the hash of the answer to each question given, with the bundled models."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--generator", choices=["bundled", "none"], default="bundled")
    parser.add_argument("questions", nargs="+")
    arguments = parser.parse_args()
    generator = None if arguments.generator == "none" else arguments.generator
    for (found,) in answer_bytes(arguments.folder, arguments.questions, generator=generator):
        print(found)


if __name__ == "__main__":
    main()
