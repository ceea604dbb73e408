"""Reading a collection, from any number of threads and processes, beside its writer."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import IndexFormatError
from vnqa.index import schema
from vnqa.index.dense import FLAT
from vnqa.index.durable import bytes_below
from vnqa.index.facets import Filters
from vnqa.index.failures import explained
from vnqa.index.snapshot import Snapshot, Views
from vnqa.index.store import Store, content_hash
from vnqa.language.vietnamese import nfc
from vnqa.records import Article, Passage, Status

_ATTEMPTS = 1000


class _Stamp(NamedTuple):
    """What a connection was opened under; once it differs, the connection reads what is no more.

    Attributes:
        library: The file.
        written: When it was last written, of a library that is read frozen.
        log: Whether it has commits that it does not hold yet; likewise.
    """

    library: schema.Identity | None
    written: int | None = None
    log: schema.Identity | None = None


class CollectionReader:
    """What can be asked of a collection. Each call reads one generation.

    Several calls that must see the same generation go through one ``snapshot()``.
    """

    def __init__(self, folder: Path, *, read_only: bool) -> None:
        self._named, self._place = folder, folder.absolute()
        self._named_in = schema.identity_of(".")
        self._read_only = read_only
        self._frozen = schema.reading_mode(folder) == "frozen"
        self._views = Views()
        self._idle: list[tuple[_Stamp, Store]] = []
        self._closed = False

    @property
    def folder(self) -> Path:
        """The collection's folder, as it was named for as long as the process stands where it did.

        After ``os.chdir`` the same name may lead to another collection.
        """
        return self._named if schema.identity_of(".") == self._named_in else self._place

    @property
    def _library(self) -> Path:
        return self.folder / schema.LIBRARY

    def close(self) -> None:
        """Close all files; calling it again does nothing."""
        self._closed = True
        while self._idle:
            self._idle.pop()[1].close()
        self._views = Views()

    def check_open(self) -> None:
        """Raise ValueError if it is closed."""
        if self._closed:
            raise ValueError(f"the collection {self.folder} is closed")

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Hold one generation: all that is read through the snapshot is of it.

        Raises:
            IndexFormatError: If a file is missing or damaged.
            OSError: If a file cannot be read now.
        """
        for _ in range(_ATTEMPTS):  # borrowing again, as a frozen connection sees no later commit
            with (
                self._lent() as (stamp, store),
                self._lent() as (_, committed),
                store.reading(),
                self._unwritten(stamp),
            ):
                with explained(self._library):  # and not what the caller does with the snapshot
                    view = self._views.of(self.folder, store, committed, stamp.library)
                if view is not None:
                    yield Snapshot(store, view, self._library)
                    return
        raise IndexFormatError(
            f"{self.folder} changed {_ATTEMPTS} times while it was being opened; try again"
        )

    @contextlib.contextmanager
    def _unwritten(self, stamp: _Stamp) -> Iterator[None]:
        """Raise OSError if a library that is read without locks was written to meanwhile.

        That is one that may not be written and had no log: SQLite takes it for immutable.
        """
        try:
            yield
        except Exception as error:  # of pages of several generations
            if self._is_torn(stamp):
                raise self._torn() from error
            raise
        if self._is_torn(stamp):
            raise self._torn()

    def _is_torn(self, stamp: _Stamp) -> bool:
        if not self._frozen or stamp.log is not None:
            return False
        now = self._stamp()
        return now.library == stamp.library and now.written != stamp.written

    def _torn(self) -> OSError:
        return OSError(errno.ESTALE, f"{self._library} was written while it was read; ask again")

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator[Store]:
        """Lend a connection for calls of its own, whose errors are told."""
        with explained(self._library), self._lent() as (stamp, store), self._unwritten(stamp):
            yield store

    @contextlib.contextmanager
    def _lent(self) -> Iterator[tuple[_Stamp, Store]]:
        """Lend a connection, and say what it was opened under."""
        self.check_open()
        stamp, store = self._connection()
        try:
            yield stamp, store
        finally:
            if self._closed:
                store.close()
            else:
                self._idle.append((stamp, store))

    def _connection(self) -> tuple[_Stamp, Store]:
        """Return a connection to what is in the folder, an idle one or a new one, and its stamp."""
        while True:
            stamp = self._stamp()
            try:
                opened, store = self._idle.pop()
            except IndexError:
                opened, store = stamp, Store(self.folder, "frozen" if self._frozen else "read")
                # the library may have been replaced before it was opened
                stamp = stamp._replace(library=schema.identity(self.folder))
            if opened == stamp:
                return stamp, store
            store.close()  # of another library; or immutable, so that it reads torn pages

    def _stamp(self) -> _Stamp:
        library = schema.identity(self.folder)
        if not self._frozen:
            return _Stamp(library)
        written = log = None
        with contextlib.suppress(OSError):
            written = os.stat(self._library).st_mtime_ns
        with contextlib.suppress(OSError):
            status = os.stat(self.folder / (schema.LIBRARY + "-wal"))
            log = (status.st_dev, status.st_ino) if status.st_size else None
        return _Stamp(library, written, log)

    def __len__(self) -> int:
        """Return the number of articles."""
        with self._borrowed() as store:
            return store.count_articles()

    @staticmethod
    def content_hash(article: Article) -> str:
        """Return what ``known`` returns for an article stored with the same fields."""
        return content_hash(article)

    def known(self, article_id: str) -> str | None:
        """Return the content hash of a stored article, or None."""
        with self._borrowed() as store:
            return store.known(nfc(article_id))

    def article(self, article_id: str) -> Article | None:
        """Return a stored article, or None."""
        with self._borrowed() as store:
            return store.article(nfc(article_id))

    def articles(self) -> Iterator[Article]:
        """Yield all articles of one generation in the order in which they were first added."""
        with self._borrowed() as store, store.reading():
            yield from store.articles()

    def passages(self, passage_ids: Sequence[int]) -> list[Passage]:
        """Return passages in the order given; KeyError if one does not exist."""
        with self._borrowed() as store, store.reading():
            return store.passages(passage_ids)

    def vectors(self, passage_ids: Sequence[int]) -> NDArray[np.float32]:
        """Return float32 of shape (n, dim), in the order given; KeyError if one does not exist."""
        with self._borrowed() as store, store.reading():
            return store.vectors(passage_ids)

    def search_dense(
        self, query: NDArray[np.float32], k: int, *, filters: Filters | None = None
    ) -> list[tuple[int, float]]:
        """Search one snapshot: see ``Snapshot.search_dense``."""
        with self.snapshot() as snapshot:
            return snapshot.search_dense(query, k, filters=filters)

    def search_lexical(
        self, text: str, k: int, *, filters: Filters | None = None
    ) -> list[tuple[int, float]]:
        """Search one snapshot: see ``Snapshot.search_lexical``."""
        with self.snapshot() as snapshot:
            return snapshot.search_lexical(text, k, filters=filters)

    def status(self) -> Status:
        """Return what the collection holds and what it was built with."""
        with self._borrowed() as store, store.reading():
            segments = store.segments()
            kinds = sorted({segment.kind for segment in segments})
            is_new = store.is_new
            return Status(
                path=str(self.folder),
                articles=store.count_articles(),
                passages=sum(segment.live for segment in segments),
                generation=store.meta("generation"),
                format_version=store.meta("format_version"),
                embedder=None if is_new else store.meta("fingerprint"),
                dim=None if is_new else store.meta("dim") or None,
                dense_segments=len(segments),
                dense_kind="+".join(kinds) or "none",
                dense_exact=sum(s.live for s in segments if s.kind == FLAT),
                bytes_on_disk=bytes_below(self.folder),
                read_only=self._read_only,
            )

    def check(self) -> list[str]:
        """Compare everything on disk with the truth; return a sentence for each problem.

        Reads all files. An empty list means that library, vectors and words agree.
        """
        from vnqa.index.check import find_problems

        with self._borrowed() as store, store.reading():
            return list(find_problems(self.folder, store))
