"""Embedders: text to unit vectors. Passages and queries are embedded differently."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from vnqa.members import check_call, missing_members
from vnqa.weights import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MEMBERS = ("fingerprint", "dim", "max_tokens", "count_tokens", "embed_passages", "embed_query")


class Embedder(Protocol):
    """What the library asks of an embedding model.

    One with a member ``embed_sentences``, too, gives sentences vectors that know their neighbours
    (`vnqa.embedders.sentences.SentenceEmbedder`); of another each sentence is embedded by itself.

    Attributes:
        fingerprint: Identifies model, weights, numeric type and prefixes; stored with the index,
            which refuses to open with another one.
        dim: Length of a vector.
        max_tokens: Longest input in the model's own tokens, prefix and special tokens included.
    """

    @property
    def fingerprint(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def max_tokens(self) -> int: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without prefix and special tokens."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 of shape (len(texts), dim), rows of unit length, in the order given."""
        ...

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return float32 of shape (dim,), of unit length."""
        ...


def open_embedder(
    spec: str | os.PathLike[str] | Embedder,
    *,
    cache_dir: str | os.PathLike[str] | None = None,
    threads: int = 0,
    device: str | None = None,
    progress: Progress | None = None,
) -> Embedder:
    """Return the embedder that a user named.

    Args:
        spec: ``"bundled"``, a Hugging Face id, a local model folder, or an object with the
            members of ``Embedder``, which is returned as it is.
        cache_dir: Folder for the converted bundled model.
        threads: CPU threads of the bundled model.
        device: Where any other model runs, e.g. ``"cpu"`` or ``"cuda"``.
        progress: Told how far the conversion of the bundled model is.

    Raises:
        ValueError: If spec is an empty string, or another way to write ``"bundled"``.
        TypeError: If spec is an object that lacks a member of ``Embedder``, or has one that cannot
            be called so.
        MissingExtraError: If the packages of the model are not installed.
        ModelError: If the bundled weights are truncated, or spec is neither a folder that is there
            nor an id that a model could have.
    """
    if isinstance(spec, str) and spec == "bundled":
        from vnqa.embedders.bundled import BundledEmbedder

        return BundledEmbedder(cache_dir=cache_dir, threads=threads, progress=progress)
    if isinstance(spec, str) and spec.lower() == "bundled" and not os.path.isdir(spec):
        raise ValueError(f"expected 'bundled', got {spec!r}")
    if isinstance(spec, (str, os.PathLike)):
        from vnqa.embedders.sentence_transformer import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(spec, device=device)
    if missing := missing_members(spec, _MEMBERS):
        raise TypeError(
            f"an embedder needs {', '.join(_MEMBERS)}, but {spec!r} lacks {', '.join(missing)}; "
            "pass 'bundled', a Hugging Face id, a model folder, or an object with all of them"
        )
    like = "vnqa.embedders.Embedder"
    for name in ("count_tokens", "embed_passages"):
        check_call(spec, name, [""], like=like)
    check_call(spec, "embed_query", "", like=like)
    sentences = "vnqa.embedders.sentences.SentenceEmbedder"
    check_call(spec, "embed_sentences", [""], [[(0, 0)]], like=sentences)
    return spec
