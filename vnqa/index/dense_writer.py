"""When dense files are written and merged, and of which kind.

A change writes one small segment. When the segments behind another one have grown to three times
its size they are merged, so that n vectors are written about log4(n) times in all, and adding a
few to many leaves the large files alone. Vectors are read from the store, the removed ones are not.

A segment of few vectors is flat: searched exactly. Flat segments that together have ``IVF_FROM``
vectors become an inverted file, so that a collection of any size has few vectors to compare.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vnqa.index import ivf
from vnqa.index.dense import FLAT
from vnqa.index.durable import replacing, sha256_of
from vnqa.index.store import Segment, Store

IVF_FROM = 50_000  # passages, of about 12,000 articles: compared in 4 ms
MERGE_FACTOR = 3
MAX_DEAD = 0.25
MAX_SEGMENT_BYTES = 320 << 20


def max_passages(dim: int) -> int:
    """Return how many vectors a segment may hold, so that building one has bounded memory."""
    return max(1, MAX_SEGMENT_BYTES // ivf.bytes_of(max(dim, 1)))


def plan_merge(segments: Sequence[Segment], *, dim: int) -> tuple[list[Segment], list[Segment]]:
    """Divide segments into those that stay as they are and those to write again.

    Args:
        segments: In order of id, the new passages as the last one, with an empty ``file``.
        dim: Length of a vector.

    Returns:
        Segments that stay, and ranges to write from the store, as segments with an empty file.
        Ranges without a live passage are in neither.
    """
    full = max_passages(dim) // 2
    segments = [segment for segment in segments if segment.live]
    after = flat = 0
    start = len(segments)
    for place in range(len(segments) - 1, -1, -1):
        live = segments[place].live
        if live >= full:
            break
        flat = flat + live if segments[place].kind == FLAT and flat == after else 0
        if after and (MERGE_FACTOR * live <= after or flat >= IVF_FROM):
            start = place
        after += live
    stay: list[Segment] = []
    write: list[Segment] = []
    for segment in segments[:start]:
        dead = segment.passages - segment.live
        rewrite = not segment.file or dead > MAX_DEAD * segment.passages
        (write if rewrite else stay).append(segment._replace(file="" if rewrite else segment.file))
    if merged := segments[start:]:
        live = sum(segment.live for segment in merged)
        write.append(
            merged[0]._replace(last_id=merged[-1].last_id, file="", live=live, passages=live)
        )
    return stay, write


def write_segments(
    folder: Path,
    store: Store,
    ranges: Sequence[tuple[int, int]],
    *,
    generation: int,
    number: int = 1,
) -> Iterator[Segment]:
    """Write the live vectors of ranges of ids, as few segments as their largest size allows.

    Args:
        folder: The collection's folder.
        store: Where the vectors are read, within its transaction.
        ranges: First and last id, both included.
        generation: The one being written, for the file names.
        number: Number of the first file in this generation.

    Yields:
        Each segment once its file is durable.
    """
    limit = max_passages(int(store.meta("dim")))
    for first, last in ranges:
        ids = store.passage_ids_between(first, last)
        for start in range(0, len(ids), limit):
            suffix = "" if number == 1 else f"-{number}"
            own = ids[start : start + limit]
            path = folder / f"dense-{generation}{suffix}.faiss"
            yield write_segment(path, own, functools.partial(_rows, store, own))
            number += 1


def _rows(store: Store, ids: NDArray[np.int64], part: slice) -> NDArray[np.float32]:
    return store.vectors(ids[part].tolist())


def write_segment(path: Path, ids: NDArray[np.int64], rows: ivf.Rows) -> Segment:
    """Write one segment.

    Args:
        path: Of the file.
        ids: Of the passages, ascending, int64 (n,); at least one.
        rows: Gives a slice of their vectors, float32 (rows, dim).
    """
    import faiss

    count, dim = len(ids), rows(slice(0, 1)).shape[1]
    kind = ivf.KIND if count >= IVF_FROM else FLAT
    inner = ivf.empty(dim, count) if kind == ivf.KIND else faiss.IndexFlatIP(dim)
    index = faiss.IndexIDMap(inner)
    if kind == ivf.KIND:
        ivf.fill(inner, count, rows)
    else:
        for part in ivf.parts(count):
            inner.add(rows(part))
    faiss.copy_array_to_vector(ids, index.id_map)
    index.ntotal = count
    with replacing(path) as temporary:
        with open(temporary, "wb") as file:  # FAISS's own prints to stderr when the disk is full
            faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))
        size, digest = temporary.stat().st_size, sha256_of(temporary)
    return Segment(int(ids[0]), int(ids[-1]), path.name, kind, count, count, size, digest)
