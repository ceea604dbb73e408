"""Proof that library, vectors and words agree: every file is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import IndexFormatError
from vnqa.index.check_library import library_problems
from vnqa.index.check_words import word_problems
from vnqa.index.dense import SegmentFile
from vnqa.index.durable import sha256_of
from vnqa.index.failures import command
from vnqa.index.store import Segment, Store


def find_problems(folder: Path, store: Store) -> Iterator[str]:
    """Yield a sentence for each disagreement between what ``store`` reads and what is on disk.

    Derived files may hold passages that are removed or were never committed: these are no problem.
    """
    yield from library_problems(store)
    yield from derived_problems(folder, store)


def derived_problems(folder: Path, store: Store) -> Iterator[str]:
    """Yield a sentence for each way in which vectors or words differ from those of the library."""
    try:
        if not store.has_checksums:
            yield f"format 2 has no checksums; run: {command('rebuild', folder)}, which adds them"
        live = store.facets(0)[:, 0]
        covered = 0
        for segment in store.segments():
            inside = live[(live >= segment.first_id) & (live <= segment.last_id)]
            covered += len(inside)
            yield from _segment(folder / segment.file, segment, store, inside)
        if covered != len(live):
            yield f"dense files cover {covered} passages, the library has {len(live)}"
        if len(live):
            yield from word_problems(folder / str(store.meta("lexical")), store, live)
    except (sqlite3.DatabaseError, KeyError, ValueError, TypeError) as error:
        yield f"library: vectors and words cannot be compared with it ({error})"


def _segment(path: Path, segment: Segment, store: Store, live: NDArray[np.int64]) -> Iterator[str]:
    if segment.live != len(live):
        yield f"{path.name}: counted {segment.live} live passages, the library has {len(live)}"
    try:
        if (digest := sha256_of(path)) != segment.sha256:
            yield f"{path.name}: SHA-256 is {digest}, expected {segment.sha256}"
            return
        file = SegmentFile(path, segment, int(store.meta("dim")))
        missing = np.setdiff1d(live, file.ids)
        if len(missing):
            yield f"{path.name}: {len(missing)} passages are missing, the first is {missing[0]}"
            return
        places = np.searchsorted(file.ids, live)
        for start in range(0, len(live), 4096):
            part = slice(start, start + 4096)
            if not file.holds(places[part], store.vectors(live[part].tolist())):
                yield f"{path.name}: vectors differ from those in the library"
                return
    except (OSError, IndexFormatError) as error:
        yield f"{path.name}: {error}"
