"""Time from a cold process: importing the library, and the help of the command line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.quality.rows import Goal
from benchmarks.speed.measuring import Row, alternately, compared

_ROUNDS = 15


def start(articles: int, few: int) -> Iterator[Row]:
    """``import vnqa`` against ``import faiss``; ``vnqa --help`` against ``python -c pass``."""

    def python(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)

    times = alternately(
        lambda: python("-c", "import faiss"),
        lambda: python("-c", "import vnqa"),
        rounds=_ROUNDS,
    )
    yield compared("import vnqa", "import faiss", times, Goal(0.5, at_most=True))
    times = alternately(
        lambda: python("-c", "pass"), lambda: python("-m", "vnqa", "--help"), rounds=_ROUNDS
    )
    yield compared("vnqa --help", "python -c pass", times, Goal(8, at_most=True))
