"""Proof that library, vectors and words agree: every file is read."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vnqa.errors import IndexFormatError
from vnqa.index.dense import SegmentFile
from vnqa.index.durable import sha256_of
from vnqa.index.lexical import LexicalIndex
from vnqa.index.store import Segment, Store, content_hash

_FOOTER_MAGIC = 1337


def find_problems(folder: Path, store: Store) -> Iterator[str]:
    """Yield a sentence for each disagreement between what ``store`` reads and what is on disk.

    Derived files may hold passages that are removed or were never committed: these are no problem.
    """
    yield from _library(store)
    live = np.array([passage_id for passage_id, _ in store.facets(0)], dtype=np.int64)
    covered = 0
    for segment in store.segments():
        inside = live[(live >= segment.first_id) & (live <= segment.last_id)]
        covered += len(inside)
        yield from _segment(folder / segment.file, segment, store, inside)
    if covered != len(live):
        yield f"dense files cover {covered} passages, the library has {len(live)}"
    if len(live):
        yield from _words(folder / str(store.meta("lexical")), live)


def _library(store: Store) -> Iterator[str]:
    query = store.connection.execute
    for (line,) in query("PRAGMA integrity_check"):
        if line != "ok":
            yield f"library: {line}"
    for table, row, parent, _ in query("PRAGMA foreign_key_check"):
        yield f"library: row {row} of {table} refers to a row of {parent} that is missing"
    for article in store.articles():
        if content_hash(article) != store.known(article.article_id):
            yield f"library: article {article.article_id!r} does not match its hash"
        for passage in store.passages_of(article.article_id):
            if not passage.text:
                yield f"library: passage {passage.passage_id} is empty"
    without = (
        "SELECT count(*) FROM passages WHERE passage_id NOT IN (SELECT passage_id FROM vectors)"
    )
    if count := query(without).fetchone()[0]:
        yield f"library: {count} passages have no vector"
    without = (
        "SELECT count(*) FROM passages "
        "WHERE passage_id NOT IN (SELECT passage_id FROM sentences WHERE length(spans) >= 8)"
    )
    if count := query(without).fetchone()[0]:
        yield f"library: {count} passages have no sentences"
    (count,) = query(
        "SELECT count(*) FROM sentences WHERE 8 * length(vectors) <> ? * length(spans)",
        (int(store.meta("dim")),),
    ).fetchone()
    if count:
        yield f"library: sentence vectors of {count} passages have another length than expected"
    (count,) = query(
        "SELECT count(*) FROM vectors WHERE length(vector) <> ?", (4 * int(store.meta("dim")),)
    ).fetchone()
    if count:
        yield f"library: {count} vectors have another length than {store.meta('dim')}"


def _segment(
    path: Path, segment: Segment, store: Store, live: np.typing.NDArray[np.int64]
) -> Iterator[str]:
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


def _words(directory: Path, live: np.typing.NDArray[np.int64]) -> Iterator[str]:
    try:
        yield from _damaged_words(directory)
        ids = (
            LexicalIndex(directory, writable=os.access(directory, os.W_OK)).searcher().passage_ids()
        )
    except (OSError, IndexFormatError) as error:
        yield f"{directory.name}: {error}"
        return
    found, counts = np.unique(np.array(ids, dtype=np.int64), return_counts=True)
    missing = np.setdiff1d(live, found)
    if len(missing):
        yield f"{directory.name}: {len(missing)} passages are missing, the first is {missing[0]}"
    if (counts > 1).any():
        yield f"{directory.name}: passage {found[counts > 1][0]} is there more than once"


def _damaged_words(directory: Path) -> Iterator[str]:
    """Yield a sentence for each file whose contents do not match the checksum tantivy keeps in it.

    The last bytes of a tantivy file are a JSON footer with the CRC-32 of what stands before it,
    the footer's length and the magic number 1337, both little-endian u32
    (tantivy, src/directory/footer.rs).
    """
    try:
        segments = json.loads((directory / "meta.json").read_bytes())["segments"]
        named = {segment["segment_id"].replace("-", "") for segment in segments}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"{directory / 'meta.json'} is damaged ({error})"
        return
    for path in sorted(directory.iterdir()):
        if path.name.split(".")[0] not in named:
            continue  # left by a killed write, removed by the next one
        content = path.read_bytes()
        length = int.from_bytes(content[-8:-4], "little")
        try:
            if int.from_bytes(content[-4:], "little") != _FOOTER_MAGIC:
                raise ValueError("no footer")
            footer = json.loads(content[-8 - length : -8])
            if footer["crc"] != zlib.crc32(content[: -8 - length]):
                raise ValueError("CRC-32 differs")
        except (ValueError, KeyError, TypeError) as error:
            yield f"{path} is damaged ({error})"
