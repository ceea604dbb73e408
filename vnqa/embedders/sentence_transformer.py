"""Any embedding model of sentence-transformers, on CPU or GPU."""

from __future__ import annotations

import copy
import hashlib
import os
import re
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vnqa.embedders.pooling import pool_sentences
from vnqa.embedders.sentences import embed_alone
from vnqa.errors import MissingExtraError, ModelError
from vnqa.hub import model_named
from vnqa.language.sentences import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Prefixes that model cards ask for, where the model's own configuration does not give them:
# a pattern of the name, the prefix of queries, the prefix of passages. The first match counts.
_KNOWN_PREFIXES = (
    (
        r"\be5\b.*\binstruct\b",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\n"
        "Query: ",
        "",
    ),
    (r"\be5\b", "query: ", "passage: "),
    (r"\bbge\b.*\ben\b", "Represent this sentence for searching relevant passages: ", ""),
)
_HASHED = {".json", ".safetensors", ".bin", ".txt", ".model"}


class SentenceTransformerEmbedder:
    """A model that sentence-transformers can load. It is loaded on first use.

    Calls from several threads wait for each other; counting tokens waits for none.

    Args:
        model: A Hugging Face id, or a local folder.
        device: E.g. ``"cpu"``, ``"cuda"``, ``"mps"``; ``None`` takes the best there is.
        query_prefix: Put before queries; ``None`` takes the model's own prompt, else what is
            known for models of that name, else none.
        passage_prefix: Likewise, before passages.
        batch_size: Texts embedded at once.

    Raises:
        ValueError: If the model's name is empty, or batch_size is below 1.
        ModelError: If there is no such folder, and no model on the hub can have this name.
        MissingExtraError: If sentence-transformers is not installed.
    """

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        device: str | None = None,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
        batch_size: int = 8,
    ) -> None:
        self._name = model_named(model, kind="an embedding model", example="BAAI/bge-m3")
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}")
        if find_spec("sentence_transformers") is None:
            raise MissingExtraError(
                "sentence-transformers", extra="hf", purpose=f"the embedding model {model}"
            )
        self._device = device
        self._given = (query_prefix, passage_prefix)
        self._batch_size = batch_size
        self._loading, self._encoding = threading.Lock(), threading.Lock()
        self._model: Any = None
        self._counter: Any = None  # a tokenizer
        self._prefixes = ("", "")
        self._fingerprint = ""
        self._dim = 0

    @property
    def fingerprint(self) -> str:
        """Name, version (commit, or sha256 of a local folder's files), type and prefixes."""
        self._load()
        return self._fingerprint

    @property
    def dim(self) -> int:
        """Length of a vector."""
        self._load()
        return self._dim

    @property
    def max_tokens(self) -> int:
        """Longest input, prefix and special tokens included; 512 where the model sets none."""
        limit = self._load().max_seq_length
        return int(limit) if limit and limit < 1_000_000 else 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without prefix and special tokens."""
        if not texts:
            return []
        self._load()
        encoded = self._counter(list(texts), add_special_tokens=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 of shape (len(texts), dim), rows of unit length, in the order given."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        model = self._load()
        return self._unit_rows(model.encode_document, list(texts), self._prefixes[1])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return float32 of shape (dim,), of unit length."""
        model = self._load()
        row: NDArray[np.float32] = self._unit_rows(model.encode_query, [text], self._prefixes[0])[0]
        return row

    def embed_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        """Return for each text float32 (sentences, dim), rows of unit length.

        Where the model's vector is the mean of its tokens, a sentence is the mean of its own ones
        in the whole text's pass; any other model reads every sentence by itself.

        Args:
            texts: Passages.
            spans: For each text its sentences as ``(start, end)``.
        """
        if not texts:
            return []
        model = self._load()
        if not _is_mean_of_tokens(model):
            return embed_alone(self, texts, spans)
        prefix = self._prefixes[1]
        states = self._encode(
            model.encode_document, list(texts), prefix, output_value="token_embeddings"
        )
        offsets = self._counter(
            [prefix + text for text in texts],
            add_special_tokens=False,
            return_offsets_mapping=True,
            verbose=False,
        )["offset_mapping"]
        return [
            pool_sentences(
                rows.cpu().float().numpy(), [end - 1 - len(prefix) for _, end in places], inside
            )
            for rows, places, inside in zip(states, offsets, spans, strict=True)
        ]

    def _unit_rows(self, encode: Any, texts: list[str], prefix: str) -> NDArray[np.float32]:
        import numpy as np

        vectors = self._encode(encode, texts, prefix, convert_to_numpy=True)
        rows = np.asarray(vectors, dtype=np.float32)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if not (np.isfinite(norms).all() and (norms > 0).all()):
            raise ModelError(f"{self._name} gave a vector that is zero or not finite")
        unit: NDArray[np.float32] = rows / norms
        return unit

    def _encode(self, encode: Any, texts: list[str], prefix: str, **wanted: Any) -> Any:
        try:
            with self._encoding:
                return encode(
                    texts,
                    prompt=prefix,
                    batch_size=self._batch_size,
                    show_progress_bar=False,
                    **wanted,
                )
        except RuntimeError as error:  # what torch raises, out of memory included
            raise ModelError(f"{self._name} failed to embed {len(texts)} texts: {error}") from error

    def _load(self) -> Any:
        with self._loading:
            if self._model is None:
                self._open()
            return self._model

    def _open(self) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(self._name, device=self._device)
        except Exception as error:  # of many libraries: damaged weights, missing packages
            raise ModelError(
                f"cannot load the embedding model {self._name!r}: {error}; "
                "give a Hugging Face id that can be reached, or a folder that holds a model"
            ) from error
        prompts = model.prompts or {}
        known_query, known_passage = known_prefixes(self._name)
        own_query = prompts.get("query")
        own_passage = prompts.get("document") or prompts.get("passage") or prompts.get("corpus")
        if own_query or own_passage:
            known_query, known_passage = own_query or "", own_passage or ""
        query, passage = self._given
        self._prefixes = (
            known_query if query is None else query,
            known_passage if passage is None else passage,
        )
        self._fingerprint = (
            f"{_given_name(self._name)}@{_version(self._name, model)};"
            f"sentence-transformers-{model.dtype};passage={self._prefixes[1]!r};query={self._prefixes[0]!r}"
        )
        self._dim = len(model.encode("vnqa", prompt="", show_progress_bar=False))
        # A fast tokenizer keeps in itself how it cuts and pads, which encoding sets at each call:
        # another one counts, and keeps to neither from its first call on.
        self._counter = copy.deepcopy(model.tokenizer)
        self._counter(["vnqa"])
        self._model = model


def known_prefixes(name: str) -> tuple[str, str]:
    """Return the prefixes of queries and passages that models of this name are known to want."""
    words = re.sub(r"[^a-z0-9]+", " ", Path(_given_name(name)).name.lower())
    for pattern, query, passage in _KNOWN_PREFIXES:
        if re.search(pattern, words):
            return query, passage
    return "", ""


def _given_name(name: str) -> str:
    """Return a model's name, of a folder its last part; a hub's snapshot is named by its commit."""
    folder = Path(name)
    if not folder.is_dir():
        return name
    folder = folder.resolve()
    return folder.parent.parent.name if folder.parent.name == "snapshots" else folder.name


def _is_mean_of_tokens(model: Any) -> bool:
    """Tell whether a vector is the plain mean of token states, and tokens know their places."""
    names = [type(module).__name__ for module in model]
    if names not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    before_6 = getattr(model[1], "get_pooling_mode_str", None)
    mode = before_6() if before_6 is not None else model[1].pooling_mode
    return (
        mode in ("mean", ("mean",))
        and getattr(model.tokenizer, "is_fast", False)
        and model.tokenizer.num_special_tokens_to_add() == 2
    )


def _version(name: str, model: Any) -> str:
    folder = Path(name)
    if not folder.is_dir():
        config = getattr(getattr(model[0], "auto_model", None), "config", None)
        return str(getattr(config, "_commit_hash", None) or "unversioned")
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _HASHED and path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]
