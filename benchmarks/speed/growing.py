"""Adding, opening and updating, with the real embedder."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.rows import Goal
from benchmarks.speed import data
from benchmarks.speed.measuring import (
    Row,
    alternately,
    bytes_written,
    compared,
    watched_memory,
)
from vnqa import Article, NewsQA
from vnqa.embedders.sentences import embed_with_sentences


def _open(folder: Path, **arguments: bool) -> NewsQA:
    return NewsQA.open(folder, embedder=data.embedder(), generator=None, reader=None, **arguments)


def _passages(articles: Sequence[Article]) -> list[tuple[str, str]]:
    """Return what ``add`` embeds for articles, cut as it cuts them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        NewsQA.open(Path(folder) / "cut", embedder=MadeUp(), generator=None, reader=None) as qa,
    ):
        qa.add(articles)
        index = qa._collection
        with index.snapshot() as snapshot:
            return [
                (article.title, passage.text)
                for article in snapshot.articles()
                for passage in snapshot.passages_of(article.article_id)
            ]


class MadeUp:
    """Counts tokens as the bundled embedder does, and makes up vectors in no time."""

    def __init__(self) -> None:
        model = data.embedder()
        self.fingerprint, self.dim, self.max_tokens = "made up", model.dim, model.max_tokens
        self.count_tokens = model.count_tokens
        rows = np.random.default_rng(1).standard_normal((4096, self.dim)).astype(np.float32)
        self._rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows chosen by the texts' lengths."""
        return self._rows[[len(text) % len(self._rows) for text in texts]]

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return one such row."""
        return self.embed_passages([text])[0]


def add_all(articles: int, few: int) -> Iterator[Row]:
    """The whole of ``add`` against the embedding alone; memory while many are added."""
    with tempfile.TemporaryDirectory() as parent:
        file = Path(parent) / "news.jsonl"
        with data.gzip_lines(data.NEWS) as lines:
            file.write_text("".join(itertools.islice(lines, few)), encoding="utf-8")
        passages = _passages(data.articles(0, few))
        folders = (Path(parent) / str(number) for number in itertools.count())

        def add() -> None:
            with _open(next(folders)) as qa:
                qa.add(file)

        times = alternately(lambda: embed_with_sentences(data.embedder(), passages), add)
        what = f"add {few} articles: read, clean, cut, embed, write, both indexes"
        yield compared(what, "embedding them", times, Goal(0.9), passages=len(passages))
        many = Path(parent) / "many"
        with (
            NewsQA.open(many, embedder=MadeUp(), generator=None, reader=None) as qa,
            watched_memory() as peak,
        ):
            report = qa.add(data.NEWS)
        if peak:
            yield Row(
                what=f"add {report.added:,} articles with made-up vectors",
                baseline="before",
                figure="MB more, at most",
                values=(round(peak[0]),),
                goal=Goal(500, at_most=True),
            )


def add_few(articles: int, few: int) -> Iterator[Row]:
    """Adding some articles to many, against adding them to none."""
    many, more = data.real_index(articles), data.articles(articles, articles + few)
    written: dict[str, list[int]] = {"none": [], "many": []}

    def add(folder: Path, to: str) -> None:
        before = bytes_written()
        with _open(folder) as qa:
            qa.add(more)
        written[to].append(bytes_written() - before)

    times = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as empty, data.copied(many) as copy:
            none = Path(empty) / "index"
            times += alternately(
                lambda none=none: add(none, "none"),
                lambda copy=copy: add(copy, "many"),
                rounds=1,
                warm=False,
            )
    what, baseline = f"add {few} articles to {articles:,}", "adding them to an empty collection"
    yield compared(what, baseline, times, Goal(1.3, at_most=True))
    ratios = [b / max(a, 1) for a, b in zip(written["none"], written["many"], strict=True)]
    yield Row(
        what=what,
        baseline=baseline,
        figure="of the bytes written",
        values=tuple(round(ratio, 3) for ratio in ratios),
        notes={"mb": round(written["many"][0] / 1e6, 1)},
    )


def update_one(articles: int, few: int) -> Iterator[Row]:
    """An update of one article, and a search that sees it, against embedding the article."""
    with data.copied(data.real_index(articles)) as copy, _open(copy) as qa:
        first = next(qa.articles())
        versions = itertools.count()

        def update() -> None:
            text = f"{first.text}\n\nLần sửa thứ {next(versions)} của bài này."
            article = first.model_copy(update={"text": text})
            qa.add(article)
            [hit, *_] = qa.search(first.title)
            assert hit.article.text == text, "the search sees the update"

        passages = _passages([first])
        times = alternately(lambda: embed_with_sentences(data.embedder(), passages), update)
    what = f"update one of {articles:,} articles, then search"
    yield compared(
        what, "embedding the article", times, Goal(3, at_most=True), passages=len(passages)
    )


def open_index(articles: int, few: int) -> Iterator[Row]:
    """Opening and the first search, against reading the files once."""
    folder = data.real_index(articles)
    [question] = data.questions(1)

    def read() -> None:
        for path in folder.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    while file.read(1 << 20):
                        pass

    def search() -> None:
        with _open(folder, read_only=True) as qa:
            qa.search(question)

    times = alternately(read, search)
    size = sum(path.stat().st_size for path in folder.rglob("*"))
    what = f"open an index of {articles:,} articles, first search"
    goal = Goal(2, at_most=True)
    yield compared(what, "reading its files once", times, goal, mb=round(size / 1e6))
