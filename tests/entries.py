"""Made-up articles with random unit vectors, for the tests of the index."""

from __future__ import annotations

import datetime

import numpy as np
from numpy.typing import NDArray

from vnqa.index import dense_writer
from vnqa.records import Article

DIM = 8
SOURCES = ("Báo Bến Cảng", "Tin Ruộng Đồng", None)
WORDS = ["mưa", "nắng", "cá", "tôm", "ruộng", "lúa", "cảng", "tàu", "chợ", "giá", "gạo", "cầu"]


def unit_vectors(count: int, seed: int, dim: int = DIM) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def made_article(name: str, version: int = 0, sentences: int = 3) -> Article:
    """An article whose text, date and source follow from its name and version alone."""
    seed = [*name.encode(), version]
    rng = np.random.default_rng(seed)
    lines = [" ".join(rng.choice(WORDS, 6)).capitalize() + "." for _ in range(sentences)]
    day = int(rng.integers(0, 400))
    return Article(
        article_id=name,
        title=f"Bản tin {name} lần {version}",
        text=" ".join(lines),
        source=SOURCES[int(rng.integers(0, 3))],
        published=datetime.date(2024, 1, 1) + datetime.timedelta(days=day) if day % 5 else None,
        extra={"version": version},
    )


def made_entry(
    name: str, version: int = 0, sentences: int = 3, dim: int = DIM
) -> tuple[Article, list[tuple[int, int]], NDArray[np.float32]]:
    """An article, one span for each of its sentences, and vectors that follow from its name."""
    article = made_article(name, version, sentences)
    spans, start = [], 0
    for line in article.text.split(". "):
        end = min(start + len(line) + 1, len(article.text))
        spans.append((start, end))
        start = end + 1
    seed = int.from_bytes(f"{name}/{version}".encode(), "big") % 2**63
    return article, spans, unit_vectors(len(spans), seed, dim)


def let_few_make_inverted_files() -> None:
    """Make large segments of what is large here: from 20 passages on, in a collection of 40.

    On one thread: a forked process has not those that FAISS started before.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    dense_writer.IVF_FROM, dense_writer.MOST_FLAT = 40, 20
