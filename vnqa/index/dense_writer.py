"""When dense files are written and merged.

A change writes one small segment. When the segments behind another one have grown to three times
its size they are merged, so that n vectors are written about log4(n) times in all, and adding a
few to many leaves the large files alone. Vectors are read from the store, the removed ones are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vnqa.index.durable import replacing, sha256_of
from vnqa.index.store import Segment, Store

KIND = "flat"
MERGE_FACTOR = 3
MAX_DEAD = 0.25
MAX_SEGMENT_BYTES = 256 << 20


def max_passages(dim: int) -> int:
    """Return how many vectors a segment may hold, so that building one has bounded memory."""
    return max(1, MAX_SEGMENT_BYTES // (4 * max(dim, 1)))


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
    after = 0
    start = len(segments)
    for place in range(len(segments) - 1, -1, -1):
        live = segments[place].live
        if live >= full:
            break
        if after and MERGE_FACTOR * live <= after:
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
        while True:
            ids, vectors = store.vectors_between(first, last, limit)
            if not len(ids):
                break
            suffix = "" if number == 1 else f"-{number}"
            yield write_segment(folder / f"dense-{generation}{suffix}.faiss", ids, vectors)
            number += 1
            first = int(ids[-1]) + 1


def write_segment(path: Path, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> Segment:
    """Write one segment: ids ascending, int64 (n,), and vectors float32 (n, dim)."""
    import faiss

    index = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(vectors, ids)
    with replacing(path) as temporary:
        with open(temporary, "wb") as file:  # FAISS's own prints to stderr when the disk is full
            faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))
        size, digest = temporary.stat().st_size, sha256_of(temporary)
    count = len(ids)
    return Segment(int(ids[0]), int(ids[-1]), path.name, KIND, count, count, size, digest)
