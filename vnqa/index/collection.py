"""A collection on disk: articles, passages and vectors that change together and can be searched.

SQLite is the truth and its commit the one commit point. The dense and lexical indexes are derived:
they may hold more than the truth, never less, and what they return is filtered by it. So a write is
done in this order: rows in an open transaction, dense files, words, commit; then files that are no
longer named by the truth are removed. Killed anywhere, the last generation is whole.

Folder: ``library.sqlite`` (see ``schema``), ``dense-<generation>.faiss`` (see ``dense``),
``lexical-<generation>/`` (see ``lexical``), ``writer.lock``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from vnqa.errors import (
    IndexFormatError,
    IndexLockedError,
    IndexMismatchError,
    ReadOnlyIndexError,
)
from vnqa.index import failures, schema
from vnqa.index.collection_reader import CollectionReader
from vnqa.index.durable import remove_quietly
from vnqa.index.locking import lock_for_writing
from vnqa.index.store_writer import StoreWriter
from vnqa.index.writing import Given, put, renew, replace_all
from vnqa.language.vietnamese import nfc

if TYPE_CHECKING:
    import filelock


_OURS = re.compile(  # derived files, and what a killed repair left; all else is the user's
    rf"dense-[0-9]+(-[0-9]+)?\.faiss(\.tmp)?|lexical-[0-9]+|{re.escape(schema.WORKSHOP)}\w+"
)


class Collection(CollectionReader):
    """A collection, open. Use ``open``; usable from several threads, and as a context manager."""

    def __init__(
        self, folder: Path, *, lock: filelock.BaseFileLock | None, writer: StoreWriter | None
    ) -> None:
        super().__init__(folder, read_only=writer is None)
        self._lock = lock
        self._writer = writer
        self._changing = threading.RLock()
        self._is_changing = False
        self._ids = range(0)
        self._has_orphans = True
        self._written = schema.identity(folder)
        self._pid = os.getpid()

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        fingerprint: str | None = None,
        dim: int | None = None,
        read_only: bool = False,
    ) -> Self:
        """Open the collection in a folder.

        Args:
            path: The folder; created when missing, unless ``read_only``. A relative one stays the
                folder it is now, wherever the process goes.
            fingerprint: Of the embedder; None opens a collection of any embedder. One that
                never held an article becomes that of the embedder it is opened for writing with.
            dim: Length of its vectors.
            read_only: Take no lock, so that this works beside a writer and in a folder that
                cannot be written.

        Raises:
            IndexFormatError: If there is no index to read, or it is damaged or of another version.
            IndexMismatchError: If it was built with another embedder.
            IndexLockedError: If another process is writing.
            ReadOnlyIndexError: If the folder or the library cannot be written.
            OSError: If a file cannot be read or written now, e.g. on a full disk.
            ValueError: If ``path`` is empty.
        """
        if not str(path):
            raise ValueError("expected the folder of an index, got an empty name")
        folder = Path(path)
        if read_only:
            collection = cls(folder, lock=None, writer=None)
        else:
            _make_folder(folder)
            lock = lock_for_writing(folder)
            try:
                collection = cls(folder, lock=lock, writer=StoreWriter(folder))
            except BaseException:
                lock.release()
                raise
        try:
            with failures.explained(folder / schema.LIBRARY):
                collection._agree(fingerprint, dim)
                collection._mend()
        except BaseException:
            collection.close()
            raise
        return collection

    def close(self) -> None:
        """Close all files and give the lock back; calling it again does nothing.

        Waits for a change that another thread is making.
        """
        with self._changing:
            super().close()
            if self._writer is not None:
                self._writer.close()
            if self._lock is not None:
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def write(
        self,
        upserts: Sequence[Given] = (),
        removals: Sequence[str] = (),
        *,
        fingerprint: str | None = None,
    ) -> int:
        """Add, replace and remove articles: all of it, or on any error nothing.

        Args:
            upserts: `Entry`, or its first three fields ``(article, spans, vectors)``.
            removals: Ids of articles; unknown ones are passed over.
            fingerprint: Of the embedder of the vectors; None asks for no comparison.

        Returns:
            The generation that holds the change.

        Raises:
            IndexMismatchError: If the collection is one of another embedder, e.g. since another
                thread called ``rewrite`` while the vectors were made. Nothing was changed.
            ValueError: If shapes, spans or ids do not fit.
            ReadOnlyIndexError: If it was opened with ``read_only``.
            OSError: If a file cannot be written, e.g. on a full disk. Nothing was changed.
        """
        removals = list(dict.fromkeys(nfc(article_id) for article_id in removals))
        with self._changing:
            self.check_writable()
            removals = [article_id for article_id in removals if self.known(article_id)]
            if not upserts and not removals:
                with self._borrowed() as store:
                    return int(store.meta("generation"))
            with self._change(sum(len(given[1]) for given in upserts)) as (writer, ids):
                stored = writer.meta("fingerprint")
                if fingerprint is not None and stored not in (None, fingerprint):
                    raise IndexMismatchError(
                        f"{self.folder} is now one of embedder {stored}, the new vectors are of "
                        f"{fingerprint}; nothing was changed: add the articles again with that "
                        f"embedder"
                    )
                put(
                    self.folder.absolute(),
                    writer,
                    upserts,
                    removals,
                    passage_ids=ids,
                    purge_orphans=self._has_orphans,
                )
                generation = int(writer.meta("generation"))
            self._has_orphans = False
            return generation

    def remove(self, article_id: str) -> bool:
        """Remove an article; tell whether there was one."""
        with self._changing:
            present = self.known(article_id) is not None
            self.write(removals=[article_id])
            return present

    def rebuild(self) -> None:
        """Write the dense and lexical indexes again from the truth, in bounded memory."""
        with self._change() as (writer, _):
            renew(self.folder.absolute(), writer)

    def rewrite(self, entries: Iterable[Given], *, fingerprint: str | None, dim: int) -> None:
        """Put other spans and vectors, e.g. of another embedder, in the place of all stored ones.

        One change: until its end readers see what was there before, and any error keeps that.
        The collection stays open, now as one of the new embedder.

        Args:
            entries: As ``write`` takes them, read one by one. May be made while reading this
                collection's ``articles()``; what is not among them is gone afterwards.
            fingerprint: Of the new embedder.
            dim: Length of its vectors.

        Raises:
            Exception: What making the entries raises, as it is; else as ``write``.
        """
        theirs: list[BaseException] = []
        with self._change(theirs=theirs) as (writer, _):
            self._ids = range(0)  # new passages come after the ones written here
            given = _noting(entries, theirs)
            folder = self.folder.absolute()  # the process may go elsewhere meanwhile
            replace_all(folder, writer, given, fingerprint=fingerprint, dim=dim)

    def check_writable(self) -> StoreWriter:
        """Return the writer, or raise ReadOnlyIndexError if there is none."""
        self.check_open()
        if self._writer is None:
            raise ReadOnlyIndexError(
                f"{self.folder} was opened with read_only=True; open it without to change it"
            )
        if os.getpid() != self._pid:
            raise IndexLockedError(
                f"{self.folder} is being written by process {self._pid}, which this one was forked "
                f"from; open it with read_only=True here"
            )
        return self._writer

    @contextlib.contextmanager
    def _change(
        self, passages: int = 0, *, theirs: Sequence[BaseException] = ()
    ) -> Iterator[tuple[StoreWriter, range]]:
        """Make what happens inside one change; errors but ``theirs`` say that there was none."""
        with self._changing:
            store = self.check_writable()
            if self._is_changing:
                raise RuntimeError(
                    f"{self.folder} is being changed by the same thread; change it again only when "
                    f"that is done"
                )
            if schema.identity(self.folder) != self._written:
                raise OSError(
                    errno.ESTALE,
                    f"{self.folder} holds another library now than the one that was opened; open "
                    f"it again; nothing was changed",
                )
            try:
                self._is_changing = True
                if len(self._ids) < passages:
                    self._ids = store.reserve_passage_ids(passages)
                ids, self._ids = self._ids[:passages], self._ids[passages:]
                with store.writing():
                    store.set_meta("generation", int(store.meta("generation")) + 1)
                    yield store, ids
            except BaseException as error:
                self._has_orphans = True
                self._remove_leftovers()
                if any(error is one for one in theirs):
                    raise
                told: BaseException = error
                if isinstance(error, sqlite3.Error):
                    told = failures.meaning(self._library, error)
                if isinstance(told, OSError | ReadOnlyIndexError):
                    raise OSError(
                        getattr(told, "errno", None) or errno.EIO,
                        f"{self.folder} could not be written ({error}); nothing was changed",
                    ) from error
                if told is not error:
                    raise told from error
                raise
            finally:
                self._is_changing = False
            self._remove_leftovers()

    def _remove_leftovers(self) -> None:
        """Remove derived files that the truth does not name: merged ones, or of a killed write."""
        assert self._writer is not None
        with contextlib.suppress(sqlite3.Error, OSError):
            named = {segment.file for segment in self._writer.segments()}
            named.add(self._writer.meta("lexical"))
            for path in self.folder.iterdir():
                if _OURS.fullmatch(path.name) and path.name not in named:
                    remove_quietly(path)
            for path in self.folder.glob("lexical-*/.tmp*"):  # tantivy's, of a killed commit
                remove_quietly(path)

    def _agree(self, fingerprint: str | None, dim: int | None) -> None:
        with self._borrowed() as store, store.reading():
            store.check_settings(self.folder / schema.LIBRARY)
            stored, stored_dim = store.meta("fingerprint"), store.meta("dim")
            is_new = store.is_new
        if fingerprint is not None and not is_new:
            expected = (stored, stored_dim)
            given = (fingerprint, dim if dim is not None else stored_dim)
            if expected != given:
                raise IndexMismatchError(
                    f"{self.folder} was built with embedder {expected[0]} (dimension "
                    f"{expected[1]}), this one is {given[0]} (dimension {given[1]}); open it with "
                    f"the same model (--embedder), or for writing with reembed=True (vnqa rebuild "
                    f"--embedder …) to compute all vectors again"
                )
        if self._writer is not None:
            with self._writer.writing():
                self._writer.set_meta("writer_pid", os.getpid())
                if is_new and fingerprint is not None:
                    self._writer.set_meta("fingerprint", fingerprint)
                    self._writer.set_meta("dim", dim or schema.NO_VECTORS)

    def _mend(self) -> None:
        if self._writer is not None:
            self._remove_leftovers()
        try:
            with self.snapshot():
                pass
        except IndexFormatError:
            if self._writer is None:
                raise
            self.rebuild()


def _noting(entries: Iterable[Given], errors: list[BaseException]) -> Iterator[Given]:
    """Yield entries; note the error that making one of them raises."""
    iterator = iter(entries)
    while True:
        try:
            entry = next(iterator)
        except StopIteration:
            return
        except BaseException as error:
            errors.append(error)
            raise
        yield entry


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise IndexFormatError(f"{folder} is not a folder; name one for the index") from error
    except OSError as error:
        raise ReadOnlyIndexError(
            f"{folder} cannot be created ({error}); name a folder that can be written"
        ) from error
    schema.refuse_lost_library(folder)
