"""The tables of ``library.sqlite``, and how a connection to it is opened.

``articles`` and ``passages`` are what a reader of the collection sees; ``vectors`` and
``sentences`` stand apart so that scanning passages does not read them. ``segments`` names the
dense files that belong to the generation. ``removed`` lists ids that derived indexes may still
hold.

meta keys: ``format_version``; ``generation``, counted up by every commit; ``fingerprint`` and
``dim`` of the embedder; ``last_passage_id``, the highest id ever committed; ``next_passage_id``,
the first id never handed out, not even to a write that crashed; ``lexical``, name of the tantivy
directory; ``purged_through``, generation up to which ``removed`` ids are gone from it;
``removed_floor``, generation after which ``removed`` is complete; ``writer_pid``.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

from vnqa.errors import IndexFormatError

FORMAT_VERSION = 2  # 1 had no sentences
LIBRARY = "library.sqlite"
NO_VECTORS = 0  # dim of a collection that has not seen a vector yet

_TABLES = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value
) WITHOUT ROWID;
CREATE TABLE articles (
    article_row INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL UNIQUE,
    content_hash TEXT NOT NULL,
    published INTEGER,              -- day number, 1 = 1 January of year 1
    source TEXT,
    url TEXT,
    author TEXT,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    extra TEXT NOT NULL,            -- JSON object
    body TEXT NOT NULL
);
CREATE INDEX articles_facets ON articles (published, source);
CREATE TABLE passages (
    passage_id INTEGER PRIMARY KEY, -- never given twice
    article_row INTEGER NOT NULL REFERENCES articles,
    start INTEGER NOT NULL,         -- code points into articles.body
    "end" INTEGER NOT NULL
);
CREATE INDEX passages_article ON passages (article_row);
CREATE TABLE vectors (
    passage_id INTEGER PRIMARY KEY REFERENCES passages,
    vector BLOB NOT NULL            -- dim little-endian float32
);
CREATE TABLE sentences (
    passage_id INTEGER PRIMARY KEY REFERENCES passages,
    spans BLOB NOT NULL,            -- start and end of each: little-endian int32 into articles.body
    vectors BLOB NOT NULL           -- of each: dim int8, any length: only the direction counts
);
CREATE TABLE segments (
    first_id INTEGER PRIMARY KEY,   -- smallest and largest passage id inside: ranges are disjoint
    last_id INTEGER NOT NULL,
    file TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    passages INTEGER NOT NULL,      -- in the file
    live INTEGER NOT NULL,          -- of those, not removed since
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE TABLE removed (
    passage_id INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL
);
"""

Mode = Literal["write", "read", "frozen"]


def connect(folder: Path, mode: Mode) -> sqlite3.Connection:
    """Open the library of a folder.

    Args:
        folder: The collection's folder.
        mode: ``"write"`` creates the file when missing; ``"read"`` follows a writer at work;
            ``"frozen"`` is for folders this process cannot write to.

    Returns:
        A connection without implicit transactions, usable from any one thread at a time.

    Raises:
        IndexFormatError: If the file is missing or is not a library this version can read.
    """
    path = folder / LIBRARY
    if mode != "write" and not path.exists():
        raise IndexFormatError(f"{folder} holds no index (expected {LIBRARY}); add articles first")
    uri = path.absolute().as_uri()
    if mode == "frozen":
        log = path.with_name(path.name + "-wal")
        uri += "?mode=ro" if log.exists() and log.stat().st_size else "?immutable=1"
    else:
        uri += "?mode=rwc" if mode == "write" else "?mode=rw"
    try:
        connection = sqlite3.connect(
            uri, uri=True, timeout=30.0, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise IndexFormatError(f"{path} cannot be opened: {error}") from error
    try:
        if mode == "write":
            connection.execute("PRAGMA page_size = 8192")  # five 384-dim vectors fill a page
            connection.execute("PRAGMA journal_mode = WAL")
        else:
            connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if mode == "write":
            _create(connection)
        _check_version(connection, path)
    except sqlite3.Error as error:
        connection.close()
        if mode == "frozen":
            raise IndexFormatError(
                f"{path} cannot be read in a folder without write permission ({error}); if it was "
                f"copied while being written, open it once where it can be written"
            ) from error
        raise IndexFormatError(damaged(path, error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


def damaged(path: Path, error: Exception) -> str:
    """Compose the message for a library file that SQLite cannot read."""
    return (
        f"{path} is damaged or not a vnqa library ({error}); "
        f"restore the folder from a copy, or add the articles to a new one"
    )


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [
                    ("format_version", FORMAT_VERSION),
                    ("generation", 0),
                    ("fingerprint", None),
                    ("dim", NO_VECTORS),
                    ("last_passage_id", 0),
                    ("next_passage_id", 1),
                    ("lexical", "lexical-0"),
                    ("purged_through", 0),
                    ("removed_floor", 0),
                    ("writer_pid", None),
                ],
            )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("SELECT value FROM meta WHERE key = 'format_version'").fetchone()
    version = found[0] if found else None
    if version == FORMAT_VERSION:
        return
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise IndexFormatError(
            f"{path} has format {version}, this vnqa reads format {FORMAT_VERSION}; "
            f"run: pip install --upgrade vnqa"
        )
    raise IndexFormatError(
        f"{path} has format {version}, this vnqa reads format {FORMAT_VERSION}; "
        f"add the articles to a new folder: vnqa add"
    )
