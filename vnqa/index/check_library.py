"""Proof that the library is what was written: its structure, its settings, every article."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from vnqa.index.digests import article_digest, settings_are_whole
from vnqa.index.failures import lacks_space
from vnqa.index.schema import expected_tables, tables
from vnqa.index.store import Store


def library_problems(store: Store) -> Iterator[str]:
    """Yield a sentence for each way in which the library is not what was written."""
    for step in (_structure, _settings, _articles):
        try:
            yield from (f"library: {problem}" for problem in step(store))
        except (sqlite3.DatabaseError, OverflowError) as error:
            if lacks_space(error):  # for what SQLite writes aside
                raise
            yield f"library: {error}"


def _structure(store: Store) -> Iterator[str]:
    query = store.connection.execute
    for (line,) in query("PRAGMA integrity_check"):
        if line != "ok":
            yield str(line)
    for table, row, parent, _ in query("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} refers to a row of {parent} that is missing"


def _settings(store: Store) -> Iterator[str]:
    if not store.has_checksums:
        return
    if tables(store.connection) != expected_tables():
        yield "its tables are not defined as expected"
    if not settings_are_whole(store.connection):
        yield "the checksum of its settings differs"


def _articles(store: Store) -> Iterator[str]:
    if not store.has_checksums:
        return
    query = store.connection.execute
    without = (
        "SELECT count(*) FROM articles WHERE article_row NOT IN (SELECT article_row FROM digests)"
    )
    if count := query(without).fetchone()[0]:
        yield f"{count} articles have no checksum"
    for row, expected in query("SELECT article_row, sha256 FROM digests").fetchall():
        try:
            whole = article_digest(store.connection, row) == expected
        except sqlite3.DatabaseError:
            whole = False
        if not whole:
            yield f"article {_name(store, row)} does not match its checksum"


def _name(store: Store, row: int) -> str:
    try:
        found = store.connection.execute(
            "SELECT article_id FROM articles WHERE article_row = ?", (row,)
        ).fetchone()
    except sqlite3.DatabaseError:
        found = None
    return f"in row {row}" if found is None else repr(found[0])
