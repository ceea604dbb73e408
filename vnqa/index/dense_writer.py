"""When dense files are written and merged, and of which kind.

A change writes one small segment. When the segments behind another one have grown to half its size
they are merged with it, so that a search meets few segments, and a vector is mostly written again
in a segment half as large again: adding a few to many leaves the large files alone. Vectors are
read from the store, the removed ones are not. A segment with more than ``MAX_DEAD`` of these is
written again, with those behind it if they have a quarter of its size.

A small collection is flat: all vectors are compared. In one of ``IVF_FROM`` vectors and more, flat
segments become an inverted file as soon as they have ``MOST_FLAT`` together, so that a collection
of any size has few vectors to compare.
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

IVF_FROM = 50_000  # passages, of about 12,000 articles: compared in 3 ms
MOST_FLAT = 5_000
MERGE_SHARE = 0.5
MAX_DEAD = 0.25
MAX_SEGMENT_MEMORY = 256 << 20


def max_passages(dim: int) -> int:
    """Return how many vectors a segment may hold, so that writing one has bounded memory."""
    return max(1, MAX_SEGMENT_MEMORY // ivf.memory_of(max(dim, 1)))


def _ivf_from(passages: int) -> int:
    """Return of how many vectors on a segment is an inverted file, in a collection of so many."""
    return MOST_FLAT if passages >= IVF_FROM else IVF_FROM


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
    ivf_from = _ivf_from(sum(segment.live for segment in segments))
    after = flat = 0
    start = len(segments)
    for place in range(len(segments) - 1, -1, -1):
        segment, live = segments[place], segments[place].live
        if live >= full:
            break
        flat = flat + live if segment.kind == FLAT and flat == after else 0
        share = MERGE_SHARE / 2 if _is_due(segment) else MERGE_SHARE
        if after and (after >= share * live or flat >= ivf_from):
            start = place
        after += live
    stay: list[Segment] = []
    write: list[Segment] = []
    for segment in segments[:start]:
        rewrite = not segment.file or _is_due(segment)
        (write if rewrite else stay).append(segment._replace(file="" if rewrite else segment.file))
    if merged := segments[start:]:
        live = sum(segment.live for segment in merged)
        write.append(
            merged[0]._replace(last_id=merged[-1].last_id, file="", live=live, passages=live)
        )
    return stay, write


def _is_due(segment: Segment) -> bool:
    """Tell whether so many of a segment's passages were removed that it is written again."""
    return segment.passages - segment.live > MAX_DEAD * segment.passages


def write_segments(
    folder: Path,
    store: Store,
    ranges: Sequence[tuple[int, int]],
    *,
    generation: int,
    passages: int,
) -> Iterator[Segment]:
    """Write the live vectors of ranges of ids, as few segments as their largest size allows.

    Args:
        folder: The collection's folder.
        store: Where the vectors are read, within its transaction.
        ranges: First and last id, both included.
        generation: The one being written, for the file names.
        passages: How many live ones the whole collection has.

    Yields:
        Each segment once its file is durable.
    """
    limit, ivf_from = max_passages(int(store.meta("dim"))), _ivf_from(passages)
    number = 1
    for first, last in ranges:
        ids = store.passage_ids_between(first, last)
        for start in range(0, len(ids), limit):
            suffix = "" if number == 1 else f"-{number}"
            own = ids[start : start + limit]
            path = folder / f"dense-{generation}{suffix}.faiss"
            kind = ivf.KIND if len(own) >= ivf_from else FLAT
            yield write_segment(path, own, functools.partial(_rows, store, own), kind=kind)
            number += 1


def _rows(store: Store, ids: NDArray[np.int64], part: slice) -> NDArray[np.float32]:
    return store.vectors(ids[part].tolist())


def write_segment(path: Path, ids: NDArray[np.int64], rows: ivf.Rows, *, kind: str) -> Segment:
    """Write one segment.

    Args:
        path: Of the file.
        ids: Of the passages, ascending, int64 (n,); at least one.
        rows: Gives a slice of their vectors, float32 (rows, dim).
        kind: ``FLAT`` or ``ivf.KIND``.
    """
    count = len(ids)
    with replacing(path) as temporary:
        (ivf.write if kind == ivf.KIND else _write_flat)(temporary, ids, rows)
        size, digest = temporary.stat().st_size, sha256_of(temporary)
    return Segment(int(ids[0]), int(ids[-1]), path.name, kind, count, count, size, digest)


def _write_flat(path: Path, ids: NDArray[np.int64], rows: ivf.Rows) -> None:
    import faiss

    inner = faiss.IndexFlatIP(rows(slice(0, 1)).shape[1])
    for part in ivf.parts(len(ids)):
        inner.add(rows(part))
    ivf.write_with_ids(path, inner, ids)
