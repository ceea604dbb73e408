"""Vectors for search: FAISS files derived from the store, each of a range of passage ids.

Files are ``dense-<generation>.faiss`` (``-2``, ``-3``… for the further ones of one generation):
FAISS ``IndexIDMap`` over ``IndexFlatIP``, kind ``"flat"``, searched exactly; or for many vectors
over an inverted file, kind ``"ivf-pq4-fp16"`` (see ``ivf``). ``dense_writer`` says when they are
written and merged, and of which kind; a file is never changed.
"""

from __future__ import annotations

import functools
import hashlib
import mmap
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import IndexFormatError
from vnqa.index import ivf
from vnqa.index.failures import command
from vnqa.index.store import Segment

FLAT = "flat"
HASHED_ON_LOAD_BYTES = 4 << 20  # in 3 ms; larger files are left to `vnqa.index.check`
_LEAST_LIMIT = 1 << 20
_FP16_ERROR = 1e-3  # of a component of a unit vector, times 2


_reading = threading.Lock()


def _read_index(content: NDArray[np.uint8]) -> Any:
    """Return the index that is written there, whose vectors stay there: they are not copied."""
    import faiss

    # A damaged length must not make FAISS ask for much more memory than the file has bytes. Reading
    # an inverted file it also checks a table that it then does not make, of up to twice as many.
    with _reading:
        limit = faiss.get_deserialization_vector_byte_limit()
        faiss.set_deserialization_vector_byte_limit(max(3 * len(content), _LEAST_LIMIT))
        try:
            return faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(content), len(content)))
        finally:
            faiss.set_deserialization_vector_byte_limit(limit)


class _Contents(NamedTuple):
    """An index and the ids of its vectors; what owns its memory, and the file's bytes, mapped."""

    index: Any
    ids: NDArray[np.int64]
    outer: Any
    content: NDArray[np.uint8]


class SegmentFile:
    """An open segment, readable also once it is merged and its file is gone.

    From the first search on the file is mapped into memory: the system reads of its vectors what is
    searched, once for all processes, and may let go of it again. So it must not be cut or written
    to, which vnqa never does.

    Raises:
        FileNotFoundError: If there is no such file (any more).
        IndexFormatError: If the file is not the one the store describes.
    """

    def __init__(self, path: Path, segment: Segment, dim: int) -> None:
        self.path = path
        self.segment = segment
        self._dim = dim
        self._lock = threading.Lock()
        self._contents: _Contents | None = None
        self._file = open(path, "rb")  # noqa: SIM115 - open until this object goes
        size = os.fstat(self._file.fileno()).st_size
        if size != segment.bytes:
            self._file.close()
            raise IndexFormatError(
                f"{path} has {size} bytes, expected {segment.bytes}: damaged; "
                f"run: {command('rebuild', path.parent)}"
            )

    def __del__(self) -> None:
        file = getattr(self, "_file", None)
        if file is not None:
            file.close()

    @property
    def _loaded(self) -> _Contents:
        with self._lock:
            if self._contents is None:
                self._contents = self._load()
            return self._contents

    def _load(self) -> _Contents:
        import faiss

        _search_alone_when_forked()
        expected = self.segment
        try:
            mapped = mmap.mmap(self._file.fileno(), expected.bytes, access=mmap.ACCESS_READ)
            content = np.frombuffer(mapped, dtype=np.uint8)
            if expected.bytes <= HASHED_ON_LOAD_BYTES:
                digest = hashlib.sha256(mapped).hexdigest()
                if digest != expected.sha256:
                    raise ValueError(f"SHA-256 is {digest}, expected {expected.sha256}")
            outer = _read_index(content)
            inner = faiss.downcast_index(outer.index)
            ids = faiss.vector_to_array(outer.id_map).astype(np.int64, copy=False)
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
            kind = ivf.KIND if isinstance(inner, faiss.IndexRefine) else FLAT
            if kind != expected.kind:
                raise ValueError(f"kind is {kind}, expected {expected.kind}")
            if kind == ivf.KIND and hasattr(mmap, "MADV_DONTNEED"):
                mapped.madvise(mmap.MADV_DONTNEED)  # the codes were copied; float16 is read again
        except (RuntimeError, ValueError, AttributeError, IndexError, MemoryError) as error:
            raise self._damaged(error) from error
        return _Contents(inner, ids, outer, content)

    @functools.cached_property
    def _lists(self) -> NDArray[np.uint16]:
        try:
            return ivf.lists_of(self._loaded.index)
        except IndexError as error:  # FAISS does not look at the ids that it reads
            raise self._damaged(error) from error

    def _damaged(self, error: object) -> IndexFormatError:
        return IndexFormatError(
            f"{self.path} is damaged ({error}); run: {command('rebuild', self.path.parent)}"
        )

    @property
    def ids(self) -> NDArray[np.int64]:
        """All ids in the file, ascending, removed ones included."""
        return self._loaded.ids

    def search(
        self,
        query: NDArray[np.float32],
        k: int,
        allowed: NDArray[np.bool_] | None,
        weight: float = 1.0,
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return scores, descending, and ids of the best k.

        Args:
            query: float32 (dim,).
            k: The most results.
            allowed: bool (passages,); None allows all.
            weight: Share of all vectors that may be found, in all files, that are in this one.
        """
        import faiss

        index, ids, *_ = self._loaded
        count = len(ids) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, count)
        if k == 0:
            return np.empty(0, np.float32), np.empty(0, np.int64)
        inverted = self.segment.kind == ivf.KIND
        if inverted and count <= max(k, ivf.ALL_COMPARED):
            return self._compared(query, k, allowed)
        chosen: dict[str, Any] = {}
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            chosen["sel"] = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))  # n: bytes
        if inverted:
            if allowed is None:
                probes = ivf.probes_for(ivf.count_lists(index), weight)
            else:
                places = np.flatnonzero(allowed)
                probes = ivf.probes_among(index, query, self._lists, places, weight)
            parameters = ivf.parameters(index, k, probes, weight, **chosen)
        else:
            parameters = faiss.SearchParameters(**chosen)
        try:
            scores, places = index.search(query[None, :], k, params=parameters)
        except RuntimeError as error:  # FAISS looks at the ids in the lists as it meets them
            raise self._damaged(error) from error
        found = places[0] >= 0
        places = places[0][found]
        if len(places) and places.max() >= len(ids):
            raise self._damaged(f"place {places.max()} of {len(ids)}")
        return scores[0][found], ids[places]

    def _compared(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return what ``search`` does of an inverted file, all that are allowed compared."""
        index, ids, *_ = self._loaded
        places = np.arange(len(ids)) if allowed is None else np.flatnonzero(allowed)
        scores = inner_products(query, ivf.vectors_at(index, places))
        best = np.lexsort((places, -scores))[:k]
        return scores[best], ids[places[best]]

    def holds(self, places: NDArray[np.int64], vectors: NDArray[np.float32]) -> bool:
        """Tell whether the vectors at positions in the file are these, as exactly as it can."""
        index = self._loaded.index
        if self.segment.kind == FLAT:
            return bool(np.array_equal(index.reconstruct_batch(places), vectors))
        stored = ivf.vectors_at(index, places)
        return bool(np.abs(stored - vectors).max(initial=0) <= _FP16_ERROR)


@functools.cache
def _search_alone_when_forked() -> None:
    """Let a forked process search with its own thread: those of FAISS are not forked with it."""
    import faiss

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=functools.partial(faiss.omp_set_num_threads, 1))


class DenseIndex:
    """Search over the segments of one generation: exact where they are flat.

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
        self._alive: dict[int, NDArray[np.bool_]] = {}

    def _allowed(self, number: int, allowed: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """Return which of all passages in a file may be found; None for all."""
        low, high = self._rows[number]
        file = self.files[number]
        if high - low == file.segment.passages:
            return None if allowed is None else allowed[low:high]
        if number not in self._alive:
            places = np.searchsorted(file.ids, self._live[low:high])
            alive = np.zeros(file.segment.passages, dtype=np.bool_)
            alive[places] = True
            self._places[number], self._alive[number] = places, alive
        if allowed is None:
            return self._alive[number]
        inside = np.zeros(file.segment.passages, dtype=np.bool_)
        inside[self._places[number]] = allowed[low:high]
        return inside

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
        masks = [self._allowed(number, allowed) for number in range(len(self.files))]
        counts = [
            file.segment.passages if mask is None else int(np.count_nonzero(mask))
            for file, mask in zip(self.files, masks, strict=True)
        ]
        total = sum(counts)
        if not total:
            return []
        found = [
            file.search(query, k, mask, count / total)
            for file, mask, count in zip(self.files, masks, counts, strict=True)
        ]
        scores = np.concatenate([scores for scores, _ in found])
        ids = np.concatenate([ids for _, ids in found])
        best = np.lexsort((ids, -scores))[:k]
        return list(zip(ids[best].tolist(), scores[best].tolist(), strict=True))


def inner_products(query: NDArray[np.float32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the inner products with rows, float32 (rows,), the same bits as flat search."""
    import faiss

    query, vectors = (np.ascontiguousarray(a, dtype=np.float32) for a in (query, vectors))
    count, dim = vectors.shape
    out, places = np.empty(count, dtype=np.float32), np.arange(count, dtype=np.int64)
    pointers = [faiss.swig_ptr(array) for array in (out, query, vectors, places)]
    faiss.fvec_inner_products_by_idx(*pointers, dim, 1, count)
    return out
