"""Proof that the word index holds the words of the library's passages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import IndexFormatError
from vnqa.index.lexical import LexicalIndex, LexicalSearcher, is_writable
from vnqa.index.store import Store
from vnqa.index.word_files import damaged_files

COMPARED = 512  # passages whose words are looked up one by one


def word_problems(directory: Path, store: Store, live: NDArray[np.int64]) -> Iterator[str]:
    """Yield a sentence for each way in which the words differ from those of the live passages.

    Every file is read and held against its checksum, every id is looked for; the words of at most
    ``COMPARED`` passages, spread evenly, are looked up.
    """
    try:
        found = list(damaged_files(directory, store.word_files() if store.has_checksums else {}))
        yield from found
        if not found:
            index = LexicalIndex(directory, writable=is_writable(directory))
            yield from _contents(directory.name, index.searcher(), store, live)
    except (OSError, IndexFormatError) as error:
        yield f"{directory.name}: {error}"


def _contents(
    name: str, searcher: LexicalSearcher, store: Store, live: NDArray[np.int64]
) -> Iterator[str]:
    ids, counts = np.unique(np.array(searcher.passage_ids(), dtype=np.int64), return_counts=True)
    missing = np.setdiff1d(live, ids)
    if len(missing):
        yield f"{name}: {len(missing)} passages are missing, the first is {missing[0]}"
    if (counts > 1).any():
        yield f"{name}: passage {ids[counts > 1][0]} is there more than once"
    step = -(-len(live) // COMPARED)
    for passage_id in np.setdiff1d(live[::step], missing).tolist():
        if not searcher.holds(passage_id, _texts(store, passage_id)):
            yield f"{name}: words of passage {passage_id} differ from those in the library"
            return


def _texts(store: Store, passage_id: int) -> tuple[str, str]:
    """Return the title of a passage's article, and the passage."""
    title, body, start, end = store.connection.execute(
        'SELECT title, body, start, "end" FROM passages JOIN articles USING (article_row) '
        "WHERE passage_id = ?",
        (passage_id,),
    ).fetchone()
    return title, body[start:end]
