"""Time and memory against the size of a collection; each size in a process of its own.

Sizes: the first 1,000, 3,000 and 10,000 of the real articles, with vectors that are made up; then
made passages, as those of the other stages (`benchmarks.speed.data`).
What is added has made-up vectors too, so that what grows with the collection is seen: the models
cost the same at any size. Memory is the most anonymous memory above that before the step.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.indexes import built_index
from benchmarks.speed import data
from benchmarks.speed.growing import MadeUp
from benchmarks.speed.measuring import Row, seconds_of, watched_memory
from vnqa import NewsQA
from vnqa.index import Collection

_REAL, _MADE = (0.1, 0.3, 1), (0.1, 1)  # shares of the largest
_ADDED, _ASKED = 100, 40
_STEPS = ("open", "search", "add an article", "update", "rebuild")


class _Known(MadeUp):
    """The bundled embedder for questions, made-up vectors for articles."""

    def __init__(self) -> None:
        super().__init__()
        self.fingerprint = data.embedder().fingerprint

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return data.embedder().embed_query(text)


def grow(passages: int, articles: int) -> Iterator[Row]:
    """Time and peak memory of each step, by the size of the collection."""
    sizes = [round(articles * share) for share in _REAL]
    folders = [built_index("speed-texts", data.articles(0, size), _Known()) for size in sizes]
    real = data.real_vectors(data.real_index(articles))
    folders += [data.made_index(round(passages * share), real) for share in _MADE]
    measured = []
    for folder in folders:
        print(f"  {folder.name}", file=sys.stderr)
        command = [sys.executable, "-m", "benchmarks.speed.growth", str(folder)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        measured.append(json.loads(done.stdout))
    yield from rows_of(measured)


def rows_of(measured: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """Yield a row for each step and figure; what `measure` returned is given, in order of size."""
    sizes = {size: [one[size] for one in measured] for size in ("articles", "passages")}
    for step in _STEPS:
        for figure in measured[0][step]:
            values = tuple(one[step][figure] for one in measured)
            yield Row(what=step, baseline="", figure=figure, values=values, notes=sizes)


def measure(folder: Path) -> dict[str, object]:
    """Take the steps in a copy of an index and return what each took."""
    model, asked = _Known(), data.questions(_ASKED)
    result: dict[str, object] = {}

    def step(name: str, action: Callable[[], float]) -> None:
        with watched_memory() as peak:
            seconds = action()
        memory = {"MB": round(peak[0], 1)} if peak else {}
        result[name] = {"seconds": round(seconds, 5), **memory}

    with Collection.open(folder, read_only=True) as index:
        status = index.status()
        result |= {"articles": status.articles, "passages": status.passages}
    new = data.articles(20_000, 20_000 + _ADDED)
    with ExitStack() as opened:
        copy = opened.enter_context(data.copied(folder))
        qa: NewsQA

        def first_search() -> None:
            nonlocal qa
            qa = opened.enter_context(
                NewsQA.open(copy, embedder=model, generator=None, reader=None)
            )
            qa.search(asked[0])

        step("open", lambda: seconds_of(first_search))
        step("search", lambda: median(seconds_of(lambda q=q: qa.search(q)) for q in asked))
        step("add an article", lambda: seconds_of(lambda: qa.add(new)) / len(new))
        changed = new[0].model_copy(update={"text": f"{new[0].text}\n\nBài đã sửa."})
        step("update", lambda: seconds_of(lambda: (qa.add(changed), qa.search(new[0].title))))
        step("rebuild", lambda: seconds_of(qa.rebuild))
    return result


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
