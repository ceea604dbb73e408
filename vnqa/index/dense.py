"""Vectors for search: FAISS files derived from the store, each of a range of passage ids.

Files are ``dense-<generation>.faiss`` (``-2``, ``-3``… for the further ones of one generation):
FAISS ``IndexIDMap`` over ``IndexFlatIP``, kind ``"flat"``. ``dense_writer`` says when they are
written and merged; a file is never changed.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import IndexFormatError
from vnqa.index.store import Segment

HASHED_ON_LOAD_BYTES = 8 << 20
_ADVICE = "run: vnqa rebuild"


_reading = threading.Lock()


def _read_index(read: Callable[[int], bytes], size: int) -> Any:
    import faiss

    # a damaged length must not make FAISS ask for more memory than the file has bytes
    with _reading:
        limit = faiss.get_deserialization_vector_byte_limit()
        faiss.set_deserialization_vector_byte_limit(size)
        try:
            return faiss.read_index(faiss.PyCallbackIOReader(read))
        finally:
            faiss.set_deserialization_vector_byte_limit(limit)


class SegmentFile:
    """An open segment. Its vectors are read at the first search and stay, also once it is merged.

    Raises:
        FileNotFoundError: If there is no such file (any more).
        IndexFormatError: If the file is not the one the store describes.
    """

    def __init__(self, path: Path, segment: Segment, dim: int) -> None:
        self.path = path
        self.segment = segment
        self._dim = dim
        self._lock = threading.Lock()
        self._contents: tuple[Any, NDArray[np.int64], Any] | None = None
        self._file = open(path, "rb")  # noqa: SIM115 - open until this object goes
        size = os.fstat(self._file.fileno()).st_size
        if size != segment.bytes:
            self._file.close()
            raise IndexFormatError(
                f"{path} has {size} bytes, expected {segment.bytes}: damaged; {_ADVICE}"
            )

    def __del__(self) -> None:
        file = getattr(self, "_file", None)
        if file is not None:
            file.close()

    @property
    def _loaded(self) -> tuple[Any, NDArray[np.int64], Any]:
        with self._lock:
            if self._contents is None:
                self._contents = self._load()
            return self._contents

    def _load(self) -> tuple[Any, NDArray[np.int64], Any]:
        import faiss

        expected = self.segment
        try:
            self._file.seek(0)
            if expected.bytes <= HASHED_ON_LOAD_BYTES:
                digest = hashlib.file_digest(self._file, "sha256").hexdigest()
                if digest != expected.sha256:
                    raise ValueError(f"SHA-256 is {digest}, expected {expected.sha256}")
                self._file.seek(0)
            outer = _read_index(self._file.read, expected.bytes)
            inner = faiss.downcast_index(outer.index)
            ids = faiss.vector_to_array(outer.id_map).astype(np.int64)
            count = expected.passages
            found = (len(ids), inner.ntotal, inner.d, inner.metric_type, int(ids[0]), int(ids[-1]))
            wanted = (
                *(count, count, self._dim, faiss.METRIC_INNER_PRODUCT),
                *(expected.first_id, expected.last_id),
            )
            if found != wanted or (np.diff(ids) <= 0).any():
                raise ValueError(
                    f"(ids, vectors, dim, metric, first id, last id) is {found}, expected {wanted}"
                )
        except (RuntimeError, ValueError, AttributeError, IndexError, MemoryError) as error:
            raise IndexFormatError(f"{self.path} is damaged ({error}); {_ADVICE}") from error
        return inner, ids, outer  # which owns the memory of the inner one

    @property
    def ids(self) -> NDArray[np.int64]:
        """All ids in the file, ascending, removed ones included."""
        return self._loaded[1]

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return scores, descending, and ids of the best k; ``allowed`` is bool (passages,)."""
        import faiss

        index, ids, _ = self._loaded
        parameters = None
        if allowed is not None:
            k = min(k, int(allowed.sum()))
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(allowed), faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters(sel=selector)
        k = min(k, len(ids))
        if k == 0:
            return np.empty(0, np.float32), np.empty(0, np.int64)
        scores, places = index.search(query[None, :], k, params=parameters)
        found = places[0] >= 0
        return scores[0][found], ids[places[0][found]]

    def scores(self, query: NDArray[np.float32], places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the inner products at positions in the file, the same bits as ``search``."""
        import faiss

        index = self._loaded[0]
        out = np.empty(len(places), dtype=np.float32)
        places = np.ascontiguousarray(places, dtype=np.int64)
        faiss.fvec_inner_products_by_idx(
            faiss.swig_ptr(out),
            faiss.swig_ptr(query),
            index.get_xb(),
            faiss.swig_ptr(places),
            self._dim,
            1,
            len(places),
        )
        return out

    def vectors(self) -> NDArray[np.float32]:
        """Return all vectors, float32 (passages, dim)."""
        index, ids, _ = self._loaded
        matrix: NDArray[np.float32] = index.reconstruct_n(0, len(ids))
        return matrix


class DenseIndex:
    """Exact search over the segments of one generation.

    Args:
        files: In order of id.
        live: Ids of the live passages, ascending; all of them are in the files.
    """

    def __init__(self, files: Sequence[SegmentFile], live: NDArray[np.int64]) -> None:
        self.files = tuple(files)
        self._live = live
        bounds = [(f.segment.first_id, f.segment.last_id) for f in self.files]
        self._rows = [
            (int(np.searchsorted(live, first)), int(np.searchsorted(live, last, side="right")))
            for first, last in bounds
        ]
        self._places: dict[int, NDArray[np.int64]] = {}

    def _live_places(self, number: int) -> NDArray[np.int64]:
        if number not in self._places:
            low, high = self._rows[number]
            ids = self.files[number].ids
            places = np.searchsorted(ids, self._live[low:high])
            self._places[number] = places
        return self._places[number]

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[tuple[int, float]]:
        """Return the k best ``(passage_id, inner product)``, best first, ties by id.

        Args:
            query: float32 (dim,).
            k: The most results.
            allowed: bool, one per live passage in order of id; None allows all.
        """
        query = np.ascontiguousarray(query, dtype=np.float32)
        found: list[tuple[int, float]] = []
        for number, file in enumerate(self.files):
            low, high = self._rows[number]
            mask = None if allowed is None else allowed[low:high]
            if high - low < file.segment.passages:
                inside = np.zeros(file.segment.passages, dtype=np.bool_)
                places = self._live_places(number)
                inside[places if mask is None else places[mask]] = True
                mask = inside
            scores, ids = file.search(query, k, mask)
            found.extend(zip(ids.tolist(), scores.tolist(), strict=True))
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return found[:k]

    def scores_for(
        self, query: NDArray[np.float32], passage_ids: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return the inner products with live passages, float32 in the order of the ids."""
        query = np.ascontiguousarray(query, dtype=np.float32)
        out = np.empty(len(passage_ids), dtype=np.float32)
        for file in self.files:
            inside = (passage_ids >= file.segment.first_id) & (passage_ids <= file.segment.last_id)
            if inside.any():
                out[inside] = file.scores(query, np.searchsorted(file.ids, passage_ids[inside]))
        return out
