"""What is searched: 10,000 real articles, and a million passages made from real ones.

A made vector mixes a real one with another of its cluster, both seen from the cluster's mean m:
``m + cos t (a - m) + sin t (b - m)``, t uniform in 0 to 45 degrees, of unit length. So every
cluster keeps its mean and its spread in all directions. A made passage is sentences of real news,
drawn one by one until they have 600 characters, under a real title.
"""

from __future__ import annotations

import datetime
import functools
import gzip
import itertools
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.datasets import DATA, SEED
from benchmarks.quality.indexes import CACHE, built_index
from vnqa import Article
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.index import Collection, Entry, Sentences
from vnqa.language.sentences import sentence_spans
from vnqa.loading import load
from vnqa.records import AddReport

NEWS = DATA / "news_baomoi_2017.jsonl.gz"
QUESTIONS = DATA / "viquad_retrieval_dev_questions.jsonl"
FIRST_DAY = datetime.date(2015, 1, 1)
DAYS = 1_000
_PASSAGE_CHARS, _PASSAGES, _BATCH = 600, 4, 2_500  # an article's, a change's articles


@functools.cache
def embedder(threads: int = 0) -> BundledEmbedder:
    """Return the bundled embedder, warm."""
    opened = BundledEmbedder(threads=threads)
    opened.embed_query("Khởi động mô hình.")
    return opened


def articles(first: int, last: int) -> list[Article]:
    """Return some of the news, cleaned as vnqa loads them."""
    found = (item for item in load(NEWS) if isinstance(item, Article))
    return list(itertools.islice(found, first, last))


@contextmanager
def gzip_lines(path: Path) -> Iterator[Iterator[str]]:
    """Yield the lines of a compressed file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield iter(lines)


def questions(count: int) -> list[str]:
    """Return questions that people asked, spread over the set."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines[:: max(1, len(lines) // count)]][:count]


def real_index(count: int) -> Path:
    """Return the folder of an index of the first articles, embedding them where there is none."""

    def tell(report: AddReport) -> None:
        print(f"\r  embedded {report.added} articles", end="", file=sys.stderr)

    return built_index("speed", articles(0, count), embedder(), progress=tell)


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """Yield a copy of an index that may be changed."""
    with tempfile.TemporaryDirectory(dir=CACHE) as parent:
        yield Path(shutil.copytree(folder, Path(parent) / "index"))


def real_vectors(folder: Path) -> NDArray[np.float32]:
    """Return the vectors of all passages of an index, in order."""
    with Collection.open(folder, read_only=True) as collection, collection.snapshot() as snapshot:
        return np.concatenate(
            [
                snapshot.vectors([passage.passage_id for passage in snapshot.passages_of(a)])
                for a in [article.article_id for article in snapshot.articles()]
            ]
        )


def made_vectors(real: NDArray[np.float32], count: int, seed: int) -> NDArray[np.float32]:
    """Return unit vectors like the real ones, float32 (count, dim)."""
    means, cluster, order, starts, sizes = _clusters(real.tobytes(), real.shape[1])
    rng = np.random.default_rng([SEED, seed])
    one = rng.integers(0, len(real), count)
    own = cluster[one]
    other = order[starts[own] + rng.integers(0, 1 << 40, count) % sizes[own]]
    angle = rng.uniform(0, np.pi / 4, count).astype(np.float32)[:, None]
    centre = means[own]
    mixed = centre + np.cos(angle) * (real[one] - centre) + np.sin(angle) * (real[other] - centre)
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    return mixed.astype(np.float32)


@functools.lru_cache(maxsize=1)
def _clusters(content: bytes, dim: int) -> tuple[NDArray[np.generic], ...]:
    import faiss

    real = np.frombuffer(content, dtype=np.float32).reshape(-1, dim)
    count = max(1, len(real) // 100)
    found = faiss.Kmeans(dim, count, niter=8, seed=1, min_points_per_centroid=1)
    found.train(real)
    cluster = found.index.search(real, 1)[1][:, 0]
    sizes = np.bincount(cluster, minlength=count)
    order = np.argsort(cluster, kind="stable")
    means = np.zeros((count, dim), np.float32)
    np.add.at(means, cluster, real)
    means /= np.maximum(sizes, 1)[:, None]
    return means, cluster, order, np.cumsum(sizes) - sizes, sizes


def made_index(passages: int, real: NDArray[np.float32]) -> Path:
    """Return the folder of an index of made passages, built where there is none, or built on.

    Each batch of articles depends on its number alone.
    """
    folder = CACHE / f"speed-made-{passages}-{len(real)}"
    if folder.exists():
        return folder
    unfinished = folder.with_suffix(".unfinished")
    sentences, titles = _sentences()
    with Collection.open(
        unfinished, fingerprint=embedder().fingerprint, dim=real.shape[1]
    ) as index:
        for number in range(len(index) // _BATCH, passages // _PASSAGES // _BATCH):
            index.write(list(_made_entries(number, sentences, titles, real)))
            print(f"\r  made {len(index)} articles", end="", file=sys.stderr)
    return unfinished.rename(folder)


def _sentences() -> tuple[list[str], list[str]]:
    sentences, titles = [], []
    for article in articles(0, 20_000):
        titles.append(article.title)
        for start, end in sentence_spans(article.text):
            if 20 < end - start < 400:
                sentences.append(article.text[start:end])
    return sentences, titles


def _made_entries(
    number: int, sentences: list[str], titles: list[str], real: NDArray[np.float32]
) -> Iterator[Entry]:
    rng = random.Random(f"{SEED}-{number}")
    vectors = made_vectors(real, _BATCH * _PASSAGES, number)
    noise = np.random.default_rng([SEED, number, 1]).standard_normal((512, real.shape[1]))
    noise = (0.3 * noise / np.linalg.norm(noise, axis=1, keepdims=True)).astype(np.float32)
    for place in range(_BATCH):
        text, spans, inside = "", [], []
        for row in range(place * _PASSAGES, (place + 1) * _PASSAGES):
            start, own = len(text), []
            while len(text) - start < _PASSAGE_CHARS:
                sentence = rng.choice(sentences)
                own.append((len(text), len(text) + len(sentence)))
                text += sentence + " "
            spans.append((start, len(text) - 1))
            near = noise[[rng.randrange(len(noise)) for _ in own]]
            inside.append(Sentences(own, vectors[row] + near))
        article = Article(
            article_id=f"made-{number}-{place}",
            title=rng.choice(titles),
            text=text.rstrip(),
            source=f"Báo {rng.randrange(50)}",
            published=FIRST_DAY + datetime.timedelta(days=rng.randrange(DAYS)),
        )
        yield Entry(article, spans, vectors[place * _PASSAGES : (place + 1) * _PASSAGES], inside)
