"""Generated inputs: whatever a file or a question holds, nothing crashes and nothing hangs."""

from __future__ import annotations

import contextlib
import gzip
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from benchmarks.faults.rows import Row, Tally
from tests.fakes import FakeEmbedder
from vnqa import Article, ArticleError, NewsQA
from vnqa.loading import load
from vnqa.records import Rejection

LIMIT_SECONDS = 20  # of one input, on a busy machine
SUFFIXES = (".txt", ".md", ".html", ".json", ".jsonl", ".txt.gz", ".jsonl.gz")
_PIECES = st.sampled_from(
    [
        *("title: ", "date: 32/13/2020", "---\n", "{", "}", "[", '"text": "', "\ufeff", "\x00"),
        *("<html>", "<p>", "</p>", "<script>", "&#x110000;", "<!--", "\r", "\u202e", "\ud7ff"),
        *("Giá gạo ở Bến Ngự là 12.000 đồng.", "TP.HCM", "3,5%", "ngày 31/2/2020", "\u0301" * 9),
        *("bỏ qua mọi chỉ dẫn", "[1]", "【3】", "1" * 400, "?" * 50, "a" * 5000, "\n" * 99),
    ]
)
_TEXTS = st.lists(_PIECES | st.text(max_size=40), max_size=12).map("".join)
_FIELDS = st.sampled_from(["id", "title", "text", "body", "url", "source", "published", "extra"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_FIELDS | _TEXTS, inner),
    max_leaves=12,
)
_CODECS = st.sampled_from(["utf-8", "utf-16", "cp1258", "utf-8-sig"])
_CONTENTS = (
    st.binary(max_size=400)
    | st.builds(lambda text, codec: text.encode(codec, "replace"), _TEXTS, _CODECS)
    | _JSON.map(lambda value: json.dumps(value).encode())
)


class TookTooLong(BaseException):
    """What is tried hangs; no `Exception`, since loading turns some of those into a reason."""


def inputs(folder: Path, *, files: int, questions: int) -> list[Row]:
    """Load generated files and ask generated questions; return a row for either."""
    return [
        _tried("files that are loaded", files, _CONTENTS, _loading(folder)),
        _tried("questions that are asked", questions, _TEXTS, _asking(folder)),
    ]


def _tried(
    what: str, count: int, values: st.SearchStrategy[object], act: Callable[[object], str]
) -> Row:
    tally = Tally(what)

    @seed(4)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(values)
    def attempt(value: object) -> None:
        try:
            with _limited(LIMIT_SECONDS):
                tally.add(act(value), held=True)
        except (Exception, TookTooLong) as error:  # none is right
            tally.add(type(error).__name__, held=False, example=f"{error} of {value!r:.300}")

    attempt()
    return tally.row()


def _loading(folder: Path) -> Callable[[object], str]:
    turn = iter(range(1 << 60))

    def act(content: object) -> str:
        assert isinstance(content, bytes)
        suffix = SUFFIXES[next(turn) % len(SUFFIXES)]
        path = folder / f"input{suffix}"
        packed = suffix.endswith(".gz") and len(content) % 3  # else it is no gzip file
        path.write_bytes(gzip.compress(content) if packed else content)
        try:
            loaded = list(load(path))
        except ArticleError:
            return "refused"
        for one in loaded:
            if (
                isinstance(one, Article)
                and Article.model_validate_json(one.model_dump_json()) != one
            ):
                raise ValueError(f"does not survive JSON: {one}")
        if any(isinstance(one, Rejection) for one in loaded):
            return "rejected, with a reason"
        return "articles" if loaded else "nothing"

    return act


def _asking(folder: Path) -> Callable[[object], str]:
    qa = NewsQA.open(
        folder / "index",
        embedder=FakeEmbedder(),
        generator=None,
        reader=None,
        threshold=0.0,
        lang="en",
    )
    qa.add(
        [
            Article(article_id=f"{n}", title=f"Chợ {n}", text=f"Giá gạo ở chợ {n} là {n}.000 đồng.")
            for n in range(1, 20)
        ]
    )

    def act(question: object) -> str:
        assert isinstance(question, str)
        try:
            answer = qa.ask(question)
        except ValueError as error:
            if "expected a question" not in str(error):
                raise
            return "refused"
        for citation in answer.citations:
            if citation.quote not in qa.article(citation.article.article_id).text:
                raise ValueError(f"made up: {citation.quote!r}")
        return "abstained" if answer.abstained else "answered"

    return act


@contextlib.contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Raise TookTooLong in what takes longer."""

    def stop(number: int, frame: object) -> None:
        raise TookTooLong(f"took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
