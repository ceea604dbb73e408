"""Question to evidence: what one generation of a collection holds on it, best first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from vnqa.embedders import Embedder
from vnqa.evidence import Evidence, QuestionWords, select_evidence
from vnqa.records import Hit
from vnqa.request import Request

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vnqa.index import Snapshot
    from vnqa.reader import PassageReader, Reading

# How many of a question's hits a reader reads: of those listed in its order, and of those that an
# answer is drafted from, which are no better for being chosen among more.
_READ_TO_RANK = 12
READ_TO_ANSWER = 8


class Retrieved(NamedTuple):
    """Passages for a question.

    Attributes:
        question: As it was understood, with diacritics where they could be restored.
        vector: The question's, float32 (dim,).
        hits: Best first.
        readings: Of the hits, if there is a reader.
    """

    question: str
    vector: NDArray[np.float32]
    hits: list[Hit]
    readings: list[Reading] | None


class Found(NamedTuple):
    """What a collection holds on a question.

    Attributes:
        question: As it was understood, with diacritics where they could be restored.
        words: Its words.
        hits: Passages, best first.
        evidence: Their sentences, best first.
        is_empty: Whether the collection has no article at all.
    """

    question: str
    words: QuestionWords
    hits: list[Hit]
    evidence: list[Evidence]
    is_empty: bool


def find(
    snapshot: Snapshot, request: Request, embedder: Embedder, reader: PassageReader | None
) -> Found:
    """Return what a generation holds on a question; no more is read of it afterwards."""
    question, vector, hits, readings = retrieved(
        snapshot, request, embedder, reader, read=READ_TO_ANSWER, distinct=True
    )
    words = QuestionWords(question, snapshot.document_frequencies)
    sentences = snapshot.sentences([hit.passage.passage_id for hit in hits])
    evidence = select_evidence(words, vector, hits, sentences, readings)
    return Found(question, words, hits, evidence, len(snapshot) == 0)


def retrieved(
    snapshot: Snapshot,
    request: Request,
    embedder: Embedder,
    reader: PassageReader | None,
    *,
    read: int = _READ_TO_RANK,
    distinct: bool = False,
) -> Retrieved:
    """Return the passages for a question, at least so many read once more if there is a reader.

    An answer needs one of several reprints, so that the others do not take the place of what else
    there is; who searches may want every article.
    """
    from vnqa.retriever import rerank, understand

    question, top_k, filters = request
    depth = top_k if reader is None else max(top_k, read)
    asked, vector, hits = understand(
        snapshot, question, embedder, top_k=depth, filters=filters, distinct=distinct
    )
    if reader is None:
        return Retrieved(asked, vector, hits, None)
    readings = reader.read(asked, [(h.article.title, h.passage.text) for h in hits])
    if len(readings) != len(hits) or not all(math.isfinite(r.relevance) for r in readings):
        raise ValueError(
            f"expected the reader to return a reading of finite relevance for each of {len(hits)} "
            f"passages, got {[reading.relevance for reading in readings]}"
        )
    return Retrieved(asked, vector, *rerank(hits, readings, top_k=top_k))
