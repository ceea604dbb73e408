"""Articles as they are stored in an index: cut into passages, with the vectors of these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from vnqa.chunking import chunk
from vnqa.embedders import Embedder
from vnqa.records import Article

if TYPE_CHECKING:
    from vnqa.index import Entry

_MAX_PASSAGE_TOKENS = 200


class CutArticle(NamedTuple):
    """An article and the ``(start, end)`` of its passages."""

    article: Article
    spans: list[tuple[int, int]]


def cut(article: Article, embedder: Embedder) -> CutArticle:
    """Cut an article into passages that an embedder reads whole."""
    spans = chunk(
        article.text,
        count_tokens=embedder.count_tokens,
        max_tokens=min(_MAX_PASSAGE_TOKENS, embedder.max_tokens // 2),
    )
    return CutArticle(article, spans)


def entries_of(batch: Sequence[CutArticle], embedder: Embedder) -> list[Entry]:
    """Return articles with the vectors of their passages and sentences, in one call of a model."""
    from vnqa.embedders.sentences import embed_with_sentences
    from vnqa.index import Entry, Sentences

    vectors, sentences = embed_with_sentences(
        embedder,
        [
            (article.title, article.text[start:end])
            for article, spans in batch
            for start, end in spans
        ],
    )
    entries, first = [], 0
    for article, spans in batch:
        last = first + len(spans)
        own = [
            Sentences([(start + a, start + b) for a, b in inside], rows)
            for (start, _), (inside, rows) in zip(spans, sentences[first:last], strict=True)
        ]
        entries.append(Entry(article, spans, vectors[first:last], own))
        first = last
    return entries


def embedded(embedder: Embedder, article: Article, fingerprint: str | None = None) -> Entry:
    """Return an article as it is stored in an index of this embedder.

    Raises:
        IndexMismatchError: If ``fingerprint``, where there is one, is of another embedder.
    """
    from vnqa.errors import IndexMismatchError

    if fingerprint not in (None, embedder.fingerprint):
        raise IndexMismatchError(
            f"the index was built with embedder {fingerprint}, this one is {embedder.fingerprint}; "
            f"open it with that model"
        )
    return entries_of([cut(article, embedder)], embedder)[0]
