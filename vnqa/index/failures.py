"""What an error of SQLite means: the library is damaged, or it cannot be read or written now."""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from vnqa.errors import IndexDamagedError, ReadOnlyIndexError

_ERRNO = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
    sqlite3.SQLITE_LOCKED: errno.EBUSY,
    sqlite3.SQLITE_PROTOCOL: errno.EBUSY,
    sqlite3.SQLITE_CANTOPEN: errno.EIO,
}


def command(name: str, folder: Path) -> str:
    """Return the command line that does something to the index in a folder."""
    return f"vnqa {name} -i {shlex.quote(str(folder))}"


def damaged(path: Path, error: Exception | str) -> str:
    """Compose the message for a library file that cannot be read as it was written."""
    return (
        f"{path} is damaged or not a vnqa library ({error}); run: {command('check', path.parent)}, "
        f"which names what can be saved, and the same with --repair, which saves it; or restore "
        f"the folder from a copy"
    )


def lacks_space(error: BaseException) -> bool:
    """Tell whether SQLite could not write a file, which says nothing about what it was to save.

    Reading less than there should be is no such error: a log may have been cut off.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return _kind(error) == sqlite3.SQLITE_FULL or (
        _kind(error) == sqlite3.SQLITE_IOERR and code != sqlite3.SQLITE_IOERR_SHORT_READ
    )


def meaning(path: Path, error: sqlite3.Error) -> Exception:
    """Return what to raise for an error of SQLite.

    Args:
        path: The library.
        error: The error.

    Returns:
        ReadOnlyIndexError where the library may not be written; OSError where it is locked or the
        disk fails; the error itself where it says nothing about the file, such as a connection that
        is closed; else IndexDamagedError.
    """
    kind = _kind(error)
    refused = kind == sqlite3.SQLITE_CANTOPEN and path.exists() and not os.access(path, os.W_OK)
    if refused or kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return ReadOnlyIndexError(
            f"{path} cannot be written ({error}); open it with read_only=True, or change the "
            f"permissions of it and of the files beside it"
        )
    if kind in _ERRNO or lacks_space(error):
        number = _ERRNO.get(kind, errno.EIO)
        return OSError(number, f"{path} could not be read or written now ({error}); try again")
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError | sqlite3.DataError):
        return error
    return IndexDamagedError(damaged(path, error))


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise what an error of SQLite means (see ``meaning``); nobody else's calls belong inside."""
    try:
        yield
    except sqlite3.Error as error:
        told = meaning(path, error)
        if told is error:
            raise
        raise told from error


def _kind(error: BaseException) -> int:
    """Return the code of an error without what says more: https://www.sqlite.org/rescode.html."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)) & 0xFF
