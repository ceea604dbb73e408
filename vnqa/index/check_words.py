"""Proof that the word index holds the words of the library's passages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import IndexFormatError
from vnqa.index.lexical import LexicalIndex, LexicalSearcher, forms, is_writable, pairs
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
        if not _holds(searcher, store, passage_id):
            yield f"{name}: words of passage {passage_id} differ from those in the library"
            return


def _holds(searcher: LexicalSearcher, store: Store, passage_id: int) -> bool:
    """Tell whether each word of a passage is found in it."""
    make: Any = searcher._tantivy.Query
    must = searcher._tantivy.Occur.Must
    title, body, start, end = store.connection.execute(
        'SELECT title, body, start, "end" FROM passages JOIN articles USING (article_row) '
        "WHERE passage_id = ?",
        (passage_id,),
    ).fetchone()
    clauses = [(must, make.term_query(searcher._schema, "passage_id", passage_id))]
    for text in (title, body[start:end]):
        words, plain = forms(text)
        fields = {
            "words": words,
            "pairs": pairs(words),
            "plain": plain,
            "plain_pairs": pairs(plain),
        }
        clauses += [
            (must, searcher._term(field, term))
            for field, terms in fields.items()
            for term in dict.fromkeys(terms)
        ]
    return bool(searcher._searcher.search(make.boolean_query(clauses), 1, count=True).count == 1)
