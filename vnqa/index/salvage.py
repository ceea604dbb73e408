"""What can still be read of a damaged library, and a new one made of it.

All rows that stand in the file are gathered, whatever became of the pages that lead to them. An
article counts as whole when what was gathered fits its checksum. Its text alone is saved when it
fits the content hash; passages and vectors are then made anew by who has the embedder.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vnqa.index import schema
from vnqa.index.digests import article_digest
from vnqa.index.exchange import LOG, exchange
from vnqa.index.failures import lacks_space
from vnqa.index.pages import Pages, Row
from vnqa.index.store import content_hash
from vnqa.index.store_writer import StoreWriter
from vnqa.index.writing import Entry, check_entry, put_article
from vnqa.records import Article

_META_PAGE = 2  # the settings are the first table of a library, and fit one page
_LARGEST_ID = 1 << 48  # one above it was damaged
_ARTICLE_COLUMNS = 11

Embed = Callable[[Article, str | None], Entry]


class Outcome(NamedTuple):
    """What became of an article of a damaged library.

    Attributes:
        name: Its id, or its row where that is all that is known.
        has_text: Whether its text is whole.
        is_whole: Whether its passages and vectors are, too, or were made anew.
    """

    name: str
    has_text: bool
    is_whole: bool


class Found(NamedTuple):
    """An article of a damaged library.

    Attributes:
        name: Its id, or its row where that is all that is known.
        article: None when its text is lost.
        entry: None when its passages or vectors are lost.
    """

    name: str
    article: Article | None
    entry: Entry | None

    @property
    def outcome(self) -> Outcome:
        """Without the texts and vectors: there may be more of these than fit in memory."""
        return Outcome(self.name, self.article is not None, self.entry is not None)


class Wreck(StoreWriter):
    """The rows of a damaged library, gathered in a library of their own.

    Args:
        folder: The index.
        workshop: An empty folder for copies.

    Raises:
        sqlite3.OperationalError: Here and in ``found``, if the workshop cannot be written (see
            ``lacks_space``). What cannot be read is passed over.
    """

    def __init__(self, folder: Path, workshop: Path) -> None:
        self._settings: dict[str, object] = {}
        self._places: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._names: dict[int, str] = {}
        gathered = workshop / "gathered"
        gathered.mkdir()
        super().__init__(gathered)
        self._pages = Pages(_copy(folder, workshop))
        self.connection.execute("PRAGMA foreign_keys = OFF")
        self.connection.execute("PRAGMA synchronous = OFF")
        with self.writing():
            for page, cell, row in self._pages.rows():
                if row.rowid is None:
                    self._gather_entry(page, row)
                elif 0 < row.rowid < _LARGEST_ID:
                    self._gather_row(page, cell, row.rowid, row)
            lengths = Counter(
                length
                for (length,) in self.connection.execute("SELECT length(vector) FROM vectors")
            )
            self.dim = lengths.most_common(1)[0][0] // 4 if lengths else schema.NO_VECTORS
            self.set_meta("dim", self.dim)  # of most vectors, not what the settings say

    def close(self) -> None:
        """Close the files."""
        super().close()
        self._pages.close()

    @property
    def fingerprint(self) -> str | None:
        """Of the embedder."""
        value = self._settings.get("fingerprint")
        return value if isinstance(value, str) else None

    @property
    def last_passage_id(self) -> int:
        """The highest id of a passage that is known to have been given."""
        reserved = self._settings.get("next_passage_id")
        (found,) = self.connection.execute("SELECT max(passage_id) FROM vectors").fetchone()
        inside = isinstance(reserved, int) and 0 < reserved < _LARGEST_ID
        return max(int(found or 0), int(reserved) - 1 if inside else 0)  # type: ignore[call-overload]

    @property
    def generation(self) -> int:
        """As the settings say."""
        value = self._settings.get("generation")
        return value if isinstance(value, int) and 0 < value < _LARGEST_ID else 0

    def found(self) -> Iterator[Found]:
        """Yield all articles of which anything is known, in the order they were first added."""
        query = self.connection.execute
        digests = dict(query("SELECT article_row, sha256 FROM digests"))
        rows = set(digests)
        if self._pages.free is not None or not digests:
            rows |= self._places.keys()  # else they may be old rows in free pages
        for row in sorted(rows):
            yield self._found(row, digests.get(row))

    def _gather_entry(self, page: int, row: Row) -> None:
        """Keep a row of the settings, or of the index of ids."""
        match row.values:
            case (str(name), int(place)) if page != _META_PAGE:
                self._names.setdefault(place, name)
            case (str(name), value) if page == _META_PAGE:
                self._settings[name] = value

    def _gather_row(self, page: int, cell: int, rowid: int, row: Row) -> None:
        query = self.connection.execute
        match row.values:
            case (None, bytes(vector)):
                query("REPLACE INTO vectors VALUES (?, ?)", (rowid, vector))
            case (None, bytes(spans), bytes(vectors)):
                query("REPLACE INTO sentences VALUES (?, ?, ?)", (rowid, spans, vectors))
            case (None, int(article_row), int(start), int(end)):
                values = (rowid, article_row, start, end)
                query("REPLACE INTO passages VALUES (?, ?, ?, ?)", values)
            case (None, str(digest)):
                query("REPLACE INTO digests VALUES (?, ?)", (rowid, digest))
            case (None, str(), *rest) if len(rest) == _ARTICLE_COLUMNS - 2:
                self._places[rowid].append((page, cell))

    def _found(self, row: int, digest: str | None) -> Found:
        name, text = self._names.get(row, f"(row {row})"), None
        for page, cell in self._places.get(row, ()):  # several where old rows stand in free pages
            stored = self._pages.row(page, cell)
            assert stored is not None
            article = self._put(row, stored)
            if article is None:
                continue
            try:
                if digest is not None and article_digest(self.connection, row) == digest:
                    return Found(article.article_id, article, self._entry(article))
            except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as error:
                if lacks_space(error):  # also while reading, which makes room in the cache
                    raise
            text = article
        return Found(name if text is None else text.article_id, text, None)

    def _put(self, row: int, stored: Row) -> Article | None:
        """Put a row into the table of articles; return the article if its text is whole."""
        try:
            self.connection.execute("DELETE FROM articles WHERE article_row = ?", (row,))
            marks = ", ".join("?" * _ARTICLE_COLUMNS)
            values = (row, *stored.values[1:])
            self.connection.execute(f"REPLACE INTO articles VALUES ({marks})", values)
            article = self.article(str(stored.values[1]))
            if article is not None and content_hash(article) == stored.values[2]:
                return article
        except (sqlite3.DatabaseError, ValueError, TypeError, OverflowError) as error:
            if lacks_space(error):
                raise
        return None

    def _entry(self, article: Article) -> Entry:
        passages = self.passages_of(article.article_id)
        ids = [passage.passage_id for passage in passages]
        spans = [(passage.start, passage.end) for passage in passages]
        vectors = self.vectors(ids) if ids else np.empty((0, self.dim), dtype=np.float32)
        return Entry(article, spans, vectors, self.sentences(ids))


def save(
    wreck: Wreck, folder: Path, workshop: Path, embed: Embed | None
) -> tuple[list[Outcome], Path | None]:
    """Put a new library, of what can be saved, in the place of the damaged one.

    The derived files fit it no more; opening the index for writing makes them again.

    Args:
        wreck: Of the folder, by who holds its lock.
        folder: The index.
        workshop: In the same file system; the new library is written there.
        embed: Makes passages and vectors of an article, and is told the embedder the index was
            built with; None leaves such articles out.

    Returns:
        What became of each article, and where the damaged library is kept; None where no article
        could be stored and nothing was changed.

    Raises:
        OSError: If a file cannot be written. Nothing was changed.
        sqlite3.OperationalError: The same, of SQLite.
    """
    new = workshop / "new"
    new.mkdir()
    out = []
    with contextlib.closing(StoreWriter(new)) as store:
        with store.writing():
            store.set_meta("fingerprint", wreck.fingerprint)
            store.set_meta("dim", wreck.dim)
            generation = 1 + max(wreck.generation, *_begun(folder), 0)
            store.set_meta("generation", generation)
            store.set_meta("lexical", f"lexical-{generation}")  # is not there: will be made
            next_id = 1 + wreck.last_passage_id
            for found in wreck.found():
                entry = found.entry
                if entry is None and found.article is not None and embed is not None:
                    entry = embed(found.article, wreck.fingerprint)
                if entry is not None:
                    check_entry(store, entry)
                    ids = range(next_id, next_id + len(entry.spans))
                    put_article(store, entry, ids)
                    next_id = ids.stop
                out.append(found._replace(entry=entry).outcome)
            store.set_meta("next_passage_id", next_id)
            store.set_meta("last_passage_id", next_id - 1)
        # closing does so too, but passes over a full disk and leaves the articles in the log
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if not any(outcome.is_whole for outcome in out):
        return out, None
    return out, exchange(folder, new / schema.LIBRARY, workshop / schema.LIBRARY)


def _begun(folder: Path) -> Iterator[int]:
    """Yield the generations that derived files are named by."""
    for path in folder.iterdir():
        number = re.match(r"(?:dense|lexical)-(\d+)", path.name)
        if number:
            yield int(number[1])


def _copy(folder: Path, workshop: Path) -> Path:
    """Return a copy of the library, with what stands in its log, where that can be read."""
    copy = workshop / schema.LIBRARY
    for suffix in ("", LOG):
        source = folder / (schema.LIBRARY + suffix)
        if source.exists():
            shutil.copyfile(source, str(copy) + suffix)
    if Path(str(copy) + LOG).exists():
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.DatabaseError as error:
                if lacks_space(error):
                    raise
    return copy
