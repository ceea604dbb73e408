"""Vectors of sentences, each read together with those around it.

A sentence says more among its neighbours ("he was elected in 1932") than alone, and less clearly in
the mean of a long passage. So a passage is embedded in windows of a few sentences, and a sentence's
vector is the mean of its own tokens there: "late chunking", Günther et al., "Late Chunking:
Contextual Chunk Embeddings Using Long-Context Embedding Models" (2024). All sentences of a window
come out of one pass of the model, so that this costs about as much as embedding the passage whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from vnqa.embedders import Embedder
from vnqa.language.sentences import Span, sentence_spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WINDOW_CHARS = 320  # about 80 tokens: with 110 hit@1 on viquad_retrieval_dev is 0.01 lower


class SentenceEmbedder(Protocol):
    """An embedder that also gives the sentences of a text their vectors in one pass."""

    def embed_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        """Return for each text float32 (sentences, dim), rows of unit length.

        Args:
            texts: Passages, as ``embed_passages`` takes them.
            spans: For each text its sentences as ``(start, end)``, at least one.
        """
        ...


def embed_with_sentences(
    embedder: Embedder, passages: Sequence[tuple[str, str]]
) -> tuple[NDArray[np.float32], list[tuple[list[Span], NDArray[np.float32]]]]:
    """Embed passages and their sentences.

    Args:
        embedder: One without ``embed_sentences`` embeds each sentence by itself.
        passages: ``(title, text)``; the title is read with every window of the text.

    Returns:
        float32 (passages, dim), unit rows, each the mean of its sentences' vectors; and for each
        passage its sentences' spans in the text and vectors, float32 (sentences, dim), unit rows.
    """
    import numpy as np

    texts: list[str] = []
    spans: list[list[Span]] = []
    sentences = [sentence_spans(text) for _, text in passages]
    for (title, text), found in zip(passages, sentences, strict=True):
        header = f"{title}\n" if title else ""
        for window in windows(found):
            first = window[0][0]
            shift = len(header) - first
            texts.append(header + text[first : window[-1][1]])
            spans.append([(start + shift, end + shift) for start, end in window])
    if hasattr(embedder, "embed_sentences"):  # also where a wrapper's `__getattr__` passes it on
        rows = embedder.embed_sentences(texts, spans)
    else:
        rows = embed_alone(embedder, texts, spans)
    vectors = np.concatenate(rows) if rows else np.empty((0, embedder.dim), dtype=np.float32)
    _check_count(embedder, vectors, sum(map(len, sentences)))
    if not np.linalg.norm(vectors, axis=-1).all():
        raise ValueError(
            f"expected the embedder {embedder.fingerprint} to return vectors of unit length, got "
            f"one of zeros"
        )
    means = np.empty((len(passages), vectors.shape[1]), dtype=np.float32)
    found_vectors = []
    first = 0
    for place, found in enumerate(sentences):
        own = vectors[first : first + len(found)]
        first += len(found)
        mean = own.mean(axis=0)
        means[place] = mean / np.linalg.norm(mean)
        found_vectors.append((found, own))
    return means, found_vectors


def embed_alone(
    embedder: Embedder, texts: Sequence[str], spans: Sequence[Sequence[Span]]
) -> list[NDArray[np.float32]]:
    """Do what ``SentenceEmbedder.embed_sentences`` does, but read every sentence by itself.

    What stands before the first sentence of a text, its title, is read with each.
    """
    alone = [
        text[: inside[0][0]] + text[start:end]
        for text, inside in zip(texts, spans, strict=True)
        for start, end in inside
    ]
    vectors = embedder.embed_passages(alone)
    _check_count(embedder, vectors, len(alone))
    rows, first = [], 0
    for inside in spans:
        rows.append(vectors[first : first + len(inside)])
        first += len(inside)
    return rows


def _check_count(embedder: Embedder, vectors: NDArray[np.float32], texts: int) -> None:
    """Raise ValueError unless there is a vector for each text."""
    if len(vectors) != texts:
        raise ValueError(
            f"expected the embedder {embedder.fingerprint} to return a vector for each of {texts} "
            f"texts, got {len(vectors)}"
        )


def windows(sentences: Sequence[Span], *, max_chars: int = _WINDOW_CHARS) -> list[list[Span]]:
    """Divide sentences into runs of about equal length, none much longer than ``max_chars``.

    A sentence that is longer by itself is a run of its own.
    """
    if not sentences:
        return []
    total = sum(end - start for start, end in sentences)
    target = total / -(-total // max_chars)
    runs: list[list[Span]] = []
    size = 0
    for start, end in sentences:
        if not runs or size + (end - start) / 2 > target:
            runs.append([])
            size = 0
        runs[-1].append((start, end))
        size += end - start
    return runs
