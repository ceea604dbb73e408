"""Built indexes, kept from run to run, since embedding the news takes a quarter of an hour."""

from __future__ import annotations

import functools
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.datasets import NEWS
from vnqa import Article, NewsQA
from vnqa.adding import AddProgress
from vnqa.embedders import Embedder
from vnqa.language.sentences import Span
from vnqa.loading import load

CACHE = Path(__file__).resolve().parents[1] / ".cache"
_PROBED = 100  # articles cut into passages to see whether that is still done the same way


class _Listener:
    """Takes an embedder's place to learn which texts it would be given, without embedding them."""

    def __init__(self, embedder: Embedder) -> None:
        self.fingerprint = embedder.fingerprint
        self.dim = embedder.dim
        self.max_tokens = embedder.max_tokens
        self.count_tokens = embedder.count_tokens
        self.heard = hashlib.sha256()

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        for text in texts:
            self.heard.update(text.encode() + b"\0")
        return np.full((len(texts), self.dim), self.dim**-0.5, dtype=np.float32)

    def embed_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        rows = []
        for text, inside in zip(texts, spans, strict=True):
            self.heard.update(f"{text}\0{[*inside]}\0".encode())
            rows.append(np.full((len(inside), self.dim), self.dim**-0.5, dtype=np.float32))
        return rows

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self.embed_passages([text]).reshape(-1)


def index_key(articles: Sequence[Article], embedder: Embedder) -> str:
    """Return what an index depends on, hashed: embedder, articles, and how they are cut."""
    listener = _Listener(embedder)
    with (
        tempfile.TemporaryDirectory() as folder,
        NewsQA.open(Path(folder) / "probe", embedder=listener, generator=None, reader=None) as qa,
    ):
        qa.add(articles[:: -(-len(articles) // _PROBED)])
        version = qa.status().format_version
    key = hashlib.sha256(f"{embedder.fingerprint} {version}".encode())
    key.update(listener.heard.digest())
    for article in articles:
        key.update(article.model_dump_json().encode())
    return key.hexdigest()[:12]


@functools.cache
def articles_in(path: Path) -> tuple[Article, ...]:
    """Return the articles of a file or folder, cleaned as vnqa loads them."""
    return tuple(item for item in load(path) if isinstance(item, Article))


def built_index(
    name: str,
    articles: Sequence[Article],
    embedder: Embedder,
    *,
    among_news: bool = False,
    cache: Path = CACHE,
    progress: AddProgress | None = None,
) -> Path:
    """Return the folder of an index of these articles, building it where there is none.

    Args:
        name: Begins the folder's name; the rest tells what the index depends on.
        articles: What it holds.
        embedder: Embeds the passages.
        among_news: Add the articles to a copy of the index of the news.
        cache: Where indexes are kept.
        progress: Told what was added so far.
    """
    news = None
    if among_news:
        news = built_index("news", articles_in(NEWS), embedder, cache=cache, progress=progress)
        name = f"{name}-among-{news.name}"
    folder = cache / f"{name}-{index_key(articles, embedder)}"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")  # a killed load goes on from there
        if news is not None and not unfinished.exists():
            _copy(news, unfinished)
        with NewsQA.open(unfinished, embedder=embedder, generator=None, reader=None) as qa:
            qa.add(articles, progress=progress)
        unfinished.rename(folder)
    return folder


def index_without(folder: Path, article_ids: Iterable[str], embedder: Embedder) -> Path:
    """Return the folder of a copy of an index from which articles were removed."""
    removed = sorted(article_ids)
    key = hashlib.sha256("\0".join(removed).encode()).hexdigest()[:12]
    copy = folder.with_name(f"{folder.name}-without-{key}")
    if not copy.exists():
        unfinished = copy.with_suffix(".unfinished")
        if not unfinished.exists():
            _copy(folder, unfinished)
        with NewsQA.open(unfinished, embedder=embedder, generator=None, reader=None) as qa:
            for article_id in removed:
                qa.remove(article_id)
        unfinished.rename(copy)
    return copy


def _copy(source: Path, target: Path) -> None:
    """Copy a folder so that the target is there whole or not at all."""
    partial = target.with_suffix(".copying")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    partial.rename(target)
