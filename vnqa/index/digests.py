"""Checksums of what is in the library, so that a changed bit anywhere in it is found.

SQLite has none of its own. Each article has the SHA-256 of its row and of the rows of its passages,
vectors and sentences; the small tables (settings, lists of files, removed ids) have one together.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import struct

_PASSAGES = """
SELECT passage_id, start, "end", vector, spans, sentences.vectors
FROM passages LEFT JOIN vectors USING (passage_id) LEFT JOIN sentences USING (passage_id)
WHERE article_row = ? ORDER BY passage_id
"""
_SMALL_TABLES = (
    "SELECT key, value FROM meta WHERE key NOT IN ('digest', 'writer_pid') ORDER BY key",
    "SELECT * FROM segments ORDER BY first_id",
    "SELECT * FROM word_files ORDER BY file",
    "SELECT * FROM removed ORDER BY passage_id",
    "SELECT * FROM sqlite_sequence ORDER BY name",
)


def article_digest(connection: sqlite3.Connection, article_row: int) -> str | None:
    """Return the SHA-256 of all that is stored of an article, as hexadecimal digits.

    Returns:
        None where a value has another type than was ever written, or there is no such article.

    Raises:
        sqlite3.DatabaseError: If SQLite cannot read the rows.
    """
    found = connection.execute("SELECT * FROM articles WHERE article_row = ?", (article_row,))
    row = found.fetchone()
    if row is None:
        return None
    digest = hashlib.sha256()
    try:
        digest.update(_encoded(row))
        for passage_id, start, end, *blobs in connection.execute(_PASSAGES, (article_row,)):
            digest.update(struct.pack("<6q", passage_id, start, end, *map(len, blobs)))
            for blob in blobs:
                digest.update(blob)
    except (TypeError, struct.error):
        return None
    return digest.hexdigest()


def settings_digest(connection: sqlite3.Connection) -> str | None:
    """Return the SHA-256 of the small tables, but for ``writer_pid``; None as above."""
    digest = hashlib.sha256()
    try:
        for query in _SMALL_TABLES:
            digest.update(_encoded(connection.execute(query).fetchall()))
    except TypeError:
        return None
    return digest.hexdigest()


def seal_settings(connection: sqlite3.Connection) -> None:
    """Store the digest of the small tables; within the transaction that changed them."""
    digest = settings_digest(connection)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'digest'", (digest,))


def settings_are_whole(connection: sqlite3.Connection) -> bool:
    """Tell whether the small tables are what was last written."""
    found = connection.execute("SELECT value FROM meta WHERE key = 'digest'").fetchone()
    return found is not None and found[0] == settings_digest(connection)


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
