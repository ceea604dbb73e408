"""Checking an index folder, also one that does not open, and mending it."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vnqa.errors import IndexDamagedError, IndexFormatError
from vnqa.index import schema
from vnqa.index.check import derived_problems
from vnqa.index.check_library import library_problems
from vnqa.index.collection import Collection
from vnqa.index.failures import lacks_space, meaning
from vnqa.index.locking import lock_for_writing
from vnqa.index.salvage import Embed, Outcome, Wreck, save
from vnqa.index.store import Store
from vnqa.records import CheckReport

_ATTEMPTS = 5


class _Examined(NamedTuple):
    articles: int
    library: list[str]
    derived: list[str]


def check_folder(
    path: str | os.PathLike[str], *, repair: bool = False, embed: Embed | None = None
) -> CheckReport:
    """Read every file of an index and tell whether library, vectors and words agree.

    Beside a writer at work a file may be named that is just being replaced; then check again.

    Args:
        path: The index folder.
        repair: Mend it. Derived files are made again. Of a damaged library a new one is made,
            of all that can be read whole; the damaged one is kept beside it.
        embed: Makes passages and vectors of an article of which only the text is whole. It is
            called only where that is so, with the fingerprint of the embedder that the index was
            built with; without it these articles are left out.

    Raises:
        IndexDamagedError: If nothing can be saved. The folder is as it was.
        IndexFormatError: If there is no index, or one of another version.
        IndexLockedError: If it is to be mended while another process is writing.
        OSError: If there is no space for copies: of a damaged library some are made, beside it to
            mend it, else in the folder for temporary files.
        ReadOnlyIndexError: If it is to be mended and cannot be written.
    """
    folder = Path(path)
    schema.refuse_lost_library(folder)
    before = _examine(folder)
    problems = (*before.library, *before.derived)
    if not problems:
        return CheckReport(path=str(folder), articles=before.articles)
    found, kept = _survey(folder, before, repair=repair, embed=embed)
    repaired = False
    if repair:
        with Collection.open(folder) as collection:
            if before.derived:
                collection.rebuild()
        after = _examine(folder)
        repaired = not (after.library or after.derived)
        if not repaired:
            raise IndexFormatError(
                f"{folder} could not be mended ({(*after.library, *after.derived)[0]}); "
                f"restore the folder from a copy"
            )
    return CheckReport(
        path=str(folder),
        articles=sum(one.is_whole for one in found) if found else before.articles,
        problems=problems,
        without_vectors=tuple(one.name for one in found if one.has_text and not one.is_whole),
        lost=tuple(one.name for one in found if not one.has_text),
        repaired=repaired,
        kept=None if kept is None else str(kept),
    )


def _examine(folder: Path) -> _Examined:
    for attempt in range(_ATTEMPTS):
        try:
            with _opened(folder) as store, _opened(folder) as committed:
                with store.reading():
                    generation = store.meta("generation")
                    library = list(library_problems(store))
                    derived = [] if library else list(derived_problems(folder, store))
                    articles = 0 if library else store.count_articles()
                if committed.meta("generation") == generation or attempt == _ATTEMPTS - 1:
                    break
        except (IndexDamagedError, sqlite3.Error, TypeError) as error:
            if isinstance(error, sqlite3.Error):
                told = meaning(folder / schema.LIBRARY, error)
                if not isinstance(told, IndexDamagedError):
                    raise told from error
            return _Examined(0, [f"library: {error.__cause__ or error}"], [])
    return _Examined(articles, library, derived)


def _survey(
    folder: Path, before: _Examined, *, repair: bool, embed: Embed | None
) -> tuple[list[Outcome], Path | None]:
    """Return what can be saved of a damaged library; with ``repair``, put it in its place.

    Returns:
        What becomes of each article, and where the damaged library is kept, if it was replaced.
    """
    kept = None
    if not before.library:
        return [], kept
    with contextlib.ExitStack() as held:
        if repair:
            held.callback(lock_for_writing(folder).release)
        workshop = Path(
            held.enter_context(
                tempfile.TemporaryDirectory(prefix=schema.WORKSHOP, dir=folder if repair else None)
            )
        )
        try:
            with contextlib.closing(Wreck(folder, workshop)) as wreck:
                if repair:
                    found, kept = save(wreck, folder, workshop, embed)
                else:
                    found = [one.outcome for one in wreck.found()]
        except (sqlite3.DatabaseError, IndexDamagedError, OSError) as error:
            reason = error.__cause__ or error
            if isinstance(error, IndexDamagedError) or lacks_space(reason):  # of a file just made
                raise OSError(
                    errno.EIO,
                    f"{workshop} could not be written ({reason}); nothing was changed: make space "
                    f"for copies of {folder / schema.LIBRARY} there and check again",
                ) from error
            if isinstance(error, OSError):
                raise
            found = []
        if not any(one.is_whole or (one.has_text and not repair) for one in found):
            raise IndexDamagedError(
                f"{folder / schema.LIBRARY} is damaged or not a vnqa library "
                f"({before.library[0]}), and nothing can be saved of it; restore the folder from a "
                f"copy, or add the articles to a new one"
            )
    return found, kept


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[Store]:
    with contextlib.closing(Store(folder, schema.reading_mode(folder))) as store:
        yield store
