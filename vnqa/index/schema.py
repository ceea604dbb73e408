"""The tables of ``library.sqlite``, and how a connection to it is opened.

``articles`` and ``passages`` are what a reader of the collection sees; ``vectors`` and
``sentences`` stand apart so that scanning passages does not read them. ``segments`` names the
dense files that belong to the generation. ``removed`` lists ids that derived indexes may still
hold. ``digests`` and ``word_files`` hold checksums (see ``digests`` and ``word_files``).

meta keys: ``format_version``; ``generation``, counted up by every commit; ``fingerprint`` and
``dim`` of the embedder; ``last_passage_id``, the highest id ever committed; ``next_passage_id``,
the first id never handed out, not even to a write that crashed; ``lexical``, name of the tantivy
directory; ``purged_through``, generation up to which ``removed`` ids are gone from it;
``removed_floor``, generation after which ``removed`` is complete; ``writer_pid``; ``digest`` of
the small tables.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Literal, TypeAlias

from vnqa.errors import IndexDamagedError, IndexFormatError
from vnqa.index import failures
from vnqa.index.digests import article_digest, seal_settings

FORMAT_VERSION = 3  # 1 had no sentences, 2 no checksums
_MIGRATED = 2  # by a writer; readers read it as it is
LIBRARY = "library.sqlite"
WORKSHOP = ".vnqa-repair-"  # begins the name of a folder that a repair works in
PAGE_BYTES = 8192  # five 384-dim vectors fill a page
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
_CHECKSUMS = """
CREATE TABLE digests (
    article_row INTEGER PRIMARY KEY REFERENCES articles,
    sha256 TEXT NOT NULL            -- of all rows of the article
);
CREATE TABLE word_files (
    file TEXT PRIMARY KEY,          -- in the tantivy directory, as of this generation
    sha256 TEXT NOT NULL
) WITHOUT ROWID;
"""

Mode = Literal["write", "read", "frozen"]
Identity: TypeAlias = tuple[int, int]


def identity(folder: Path) -> Identity | None:
    """Return what tells a library from one that is put in its place."""
    return identity_of(folder / LIBRARY)


def identity_of(path: str | Path) -> Identity | None:
    """Return what tells a file or folder from all others, device and inode; None if not known."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def reading_mode(folder: Path) -> Mode:
    """Return how this process reads the library of a folder."""
    writable = all(os.access(path, os.W_OK) for path in (folder, folder / LIBRARY))
    return "read" if writable else "frozen"


def connect(folder: Path, mode: Mode) -> sqlite3.Connection:
    """Open the library of a folder.

    Args:
        folder: The collection's folder.
        mode: ``"write"`` creates the file when missing; ``"read"`` follows a writer at work;
            ``"frozen"`` is for folders and libraries this process cannot write to.

    Returns:
        A connection without implicit transactions, usable from any one thread at a time.

    Raises:
        IndexFormatError: If the file is missing or is not a library this version can read.
        ReadOnlyIndexError: If it is to be written and may not be.
        OSError: If it is locked, or the disk fails or is full.
    """
    path = folder / LIBRARY
    if mode != "write" and not path.exists():
        refuse_lost_library(folder)
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
        if mode == "write":
            raise failures.meaning(path, error) from error
        raise IndexFormatError(f"{path} cannot be opened: {error}") from error
    try:
        if mode == "write":
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode = WAL")
            # what was removed must not be taken for a part of the library when it is salvaged
            connection.execute("PRAGMA secure_delete = ON")
        else:
            connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if mode == "write":
            _create(connection)
        elif not tables(connection) and not any(folder.glob("dense-*.faiss")):
            raise IndexFormatError(f"{folder} holds no index yet: its first writer was stopped")
        _check_version(connection, path)
    except sqlite3.Error as error:
        connection.close()
        if mode == "frozen" and not failures.lacks_space(error):
            raise IndexFormatError(
                f"{path} cannot be read in a folder without write permission ({error}); if it was "
                f"copied while being written, open it once where it can be written"
            ) from error
        raise failures.meaning(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def refuse_lost_library(folder: Path) -> None:
    """Raise IndexDamagedError if there are derived files but not what they were derived from."""
    derived = sorted(path.name for path in folder.glob("dense-*.faiss"))
    library = folder / LIBRARY
    if derived and not (library.exists() and library.stat().st_size):
        raise IndexDamagedError(
            f"{folder} holds {derived[0]} but no {LIBRARY}, which cannot be made from it: nothing "
            f"can be saved; restore the folder from a copy, or use an empty one"
        )


def tables(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return kind, name and definition of all tables and indexes, in order of name."""
    return connection.execute(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name"
    ).fetchall()


def expected_tables() -> list[tuple[str, str, str]]:
    """Return what ``tables`` returns for a whole library."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in (_TABLES + _CHECKSUMS).split(";\n"):
            connection.execute(statement)
        return tables(connection)
    finally:
        connection.close()


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            for statement in (_TABLES + _CHECKSUMS).split(";\n"):
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
                    ("digest", None),
                ],
            )
            seal_settings(connection)
        elif format_version(connection) == _MIGRATED:
            _add_checksums(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _add_checksums(connection: sqlite3.Connection) -> None:
    """Turn format 2 into format 3; what is stored is taken for what was written."""
    for statement in _CHECKSUMS.split(";\n"):
        connection.execute(statement)
    for (row,) in connection.execute("SELECT article_row FROM articles").fetchall():
        digest = article_digest(connection, row)
        connection.execute("INSERT INTO digests VALUES (?, ?)", (row, digest))
    connection.execute("INSERT INTO meta VALUES ('digest', NULL)")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'format_version'", (FORMAT_VERSION,))
    seal_settings(connection)


def format_version(connection: sqlite3.Connection) -> object:
    """Return the version of the format as stored, whatever it is."""
    found = connection.execute("SELECT value FROM meta WHERE key = 'format_version'").fetchone()
    return found[0] if found else None


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    version = format_version(connection)
    if version in (FORMAT_VERSION, _MIGRATED):
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
