"""Question to ranked passages: dense and lexical candidates, fused into one list."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vnqa.language.restoration import restore_diacritics
from vnqa.language.vietnamese import has_diacritics
from vnqa.records import Article, Hit, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vnqa.embedders import Embedder
    from vnqa.index import Filters, Snapshot
    from vnqa.reader import Reading

# Weight of the dense half. A question typed without diacritics means little to the embedding
# model (hit@1 0.13 on viquad_retrieval_dev, where the accented one has 0.64), so words decide
# there; with diacritics restored from what that finds, it means as much as if typed so.
_DENSE_WEIGHT = 0.6
_DENSE_WEIGHT_UNACCENTED = 0.2
_PAIR_WEIGHT = 0.75  # of a pair of syllables in BM25, a single one being 1
_CANDIDATES = 200
_RESTORED_FROM = 20
_UNIT = 1e-3  # so far from 1 a length is 1
_RELEVANCE_WEIGHT = 0.2  # of the reader's log-odds against the fused score


def fuse(
    dense: Mapping[int, float], lexical: Mapping[int, float], *, dense_weight: float
) -> list[tuple[int, float]]:
    """Fuse two scorings of passages by the weighted sum of their standardised scores.

    Each half is standardised (zero mean, unit variance) over all candidates of both; a passage
    that has no word of the question scores 0 in the lexical half, one whose cosine is not known the
    lowest cosine known. Compare Kuzi et al.,
    "Leveraging Semantic and Lexical Matching to Improve the Recall of Document Retrieval
    Systems" (2020), on why scores beat ranks here.

    Args:
        dense: Passage id to cosine.
        lexical: Passage id to BM25 score.
        dense_weight: Weight of the dense half, 0 to 1; the lexical half has the rest.

    Returns:
        ``(passage_id, score)``, best first; ties by id.
    """
    ids = sorted({*dense, *lexical})
    lowest = min(dense.values(), default=0.0)
    dense_z = _standardise([dense.get(i, lowest) for i in ids])
    lexical_z = _standardise([lexical.get(i, 0.0) for i in ids])
    scored = [
        (i, dense_weight * d + (1.0 - dense_weight) * w)
        for i, d, w in zip(ids, dense_z, lexical_z, strict=True)
    ]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


def _standardise(scores: Sequence[float]) -> list[float]:
    if not scores:
        return []
    mean = math.fsum(scores) / len(scores)
    deviation = math.sqrt(math.fsum((s - mean) ** 2 for s in scores) / len(scores))
    return [(s - mean) / deviation if deviation > 1e-9 else 0.0 for s in scores]


def query_vector(embedder: Embedder, question: str) -> NDArray[np.float32]:
    """Return the vector of a question, float32 (dim,), of unit length, as cosines need it.

    Raises:
        ValueError: If the embedder returns something else than a vector of numbers with a length.
    """
    import numpy as np

    given = embedder.embed_query(question)
    try:
        vector = np.asarray(given, dtype=np.float32)
    except (TypeError, ValueError):
        vector = np.empty(0, dtype=np.float32)
    length = float(np.linalg.norm(vector)) if vector.ndim == 1 else 0.0
    if not (0.0 < length < np.inf):
        raise ValueError(
            f"expected the embedder {embedder.fingerprint} to return a vector of unit length for a "
            f"question, got {given!r}"
        )
    return vector if abs(length - 1.0) < _UNIT else vector / np.float32(length)


def understand(
    snapshot: Snapshot,
    question: str,
    embedder: Embedder,
    *,
    top_k: int,
    filters: Filters | None = None,
    distinct: bool = False,
) -> tuple[str, NDArray[np.float32], list[Hit]]:
    """Retrieve for a question as it was typed, with diacritics or without.

    A question without any is searched by its words first; the passages found say how its syllables
    are written; with these diacritics it is embedded and searched again.

    Returns:
        The question with its diacritics, its vector, and what `retrieve` returns.
    """
    vector = query_vector(embedder, question)
    if has_diacritics(question):
        hits = retrieve(snapshot, question, vector, top_k=top_k, filters=filters, distinct=distinct)
        return question, vector, hits
    first = retrieve(
        snapshot,
        question,
        vector,
        top_k=max(top_k, _RESTORED_FROM),
        filters=filters,
        distinct=distinct,
        dense_weight=_DENSE_WEIGHT_UNACCENTED,
    )
    texts = [f"{hit.article.title}\n{hit.passage.text}" for hit in first]
    restored = restore_diacritics(question, texts)
    if not has_diacritics(restored):
        return question, vector, first[:top_k]
    vector = query_vector(embedder, restored)
    hits = retrieve(snapshot, question, vector, top_k=top_k, filters=filters, distinct=distinct)
    return restored, vector, hits


def retrieve(
    snapshot: Snapshot,
    question: str,
    query_vector: NDArray[np.float32],
    *,
    top_k: int,
    filters: Filters | None = None,
    distinct: bool = False,
    dense_weight: float = _DENSE_WEIGHT,
) -> list[Hit]:
    """Return the passages nearest to a question, best first.

    Candidates are the passages nearest by their own vectors and those with the highest BM25. Of
    each, the dense score is the cosine of its nearest sentence: a question asks for a sentence,
    and a long passage is about more than that.

    Args:
        snapshot: The generation searched.
        question: A question or search words, with diacritics or without.
        query_vector: The question's vector, float32 (dim,), of unit length.
        top_k: The most hits returned; 2 × top_k, at least 200, are candidates of each half.
        filters: Dates and sources a passage's article must meet; applied before the cut.
        distinct: Of passages with the same text, as reprints have, take only the best.
        dense_weight: Weight of the dense half, 0 to 1.

    Raises:
        ValueError: If ``top_k`` is less than 1, or the vector has another shape than the index's.
    """
    if top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    depth = max(_CANDIDATES, 2 * top_k)
    near = snapshot.search_dense(query_vector, depth, filters=filters)
    lexical = dict(
        snapshot.search_lexical(question, depth, filters=filters, pair_weight=_PAIR_WEIGHT)
    )
    candidates = sorted({*(passage_id for passage_id, _ in near), *lexical})
    nearest = snapshot.sentence_scores(query_vector, candidates)
    dense = dict(zip(candidates, map(float, nearest), strict=True))
    ranked = fuse(dense, lexical, dense_weight=dense_weight)
    best = _best(snapshot, ranked, top_k, distinct=distinct)
    articles: dict[str, Article] = {}
    for passage, _ in best:
        if passage.article_id not in articles:
            article = snapshot.article(passage.article_id)
            assert article is not None  # one generation: a passage has its article
            articles[passage.article_id] = article
    return [
        Hit(rank=rank, score=score, passage=passage, article=articles[passage.article_id])
        for rank, (passage, score) in enumerate(best, start=1)
    ]


def _best(
    snapshot: Snapshot, ranked: Sequence[tuple[int, float]], top_k: int, *, distinct: bool
) -> list[tuple[Passage, float]]:
    """Return the best of some passages with their scores; of the same text one, if asked."""
    best: dict[str | int, tuple[Passage, float]] = {}
    for first in range(0, len(ranked), top_k):
        some = ranked[first : first + top_k]
        passages = snapshot.passages([passage_id for passage_id, _ in some])
        for passage, (passage_id, score) in zip(passages, some, strict=True):
            best.setdefault(passage.text if distinct else passage_id, (passage, score))
        if len(best) >= top_k:
            break
    return list(best.values())[:top_k]


def rerank(
    hits: Sequence[Hit], readings: Sequence[Reading], *, top_k: int
) -> tuple[list[Hit], list[Reading]]:
    """Order retrieved passages by how they were found and by what the reader says of them.

    Args:
        hits: Best first, as `retrieve` returns them.
        readings: Of their passages, in the same order.
        top_k: The most hits returned.

    Returns:
        The hits with new ranks and scores, best first, ties in the order given; and their readings.
    """
    scores = [
        hit.score + _RELEVANCE_WEIGHT * reading.relevance
        for hit, reading in zip(hits, readings, strict=True)
    ]
    order = sorted(range(len(hits)), key=lambda i: (-scores[i], i))[:top_k]
    ranked = [
        hits[i].model_copy(update={"rank": rank, "score": scores[i]})
        for rank, i in enumerate(order, start=1)
    ]
    return ranked, [readings[i] for i in order]
