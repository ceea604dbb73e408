"""One writer at a time: a lock that the operating system releases when its process dies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vnqa.errors import IndexLockedError, ReadOnlyIndexError, VnqaError
from vnqa.index.store import Store

if TYPE_CHECKING:
    import filelock

LOCK = "writer.lock"


def lock_for_writing(folder: Path) -> filelock.BaseFileLock:
    """Take the folder's lock without waiting.

    Raises:
        IndexLockedError: If another writer has it; the message names its process.
        ReadOnlyIndexError: If no file can be created in the folder.
    """
    import filelock

    lock = filelock.FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout as error:
        raise IndexLockedError(
            f"{folder} is being written by {_writer(folder)}; "
            f"wait until it is done, or open with read_only=True"
        ) from error
    except (PermissionError, OSError) as error:
        raise ReadOnlyIndexError(
            f"{folder} cannot be written ({error}); open it with read_only=True, "
            f"or change its permissions"
        ) from error
    return lock


def _writer(folder: Path) -> str:
    # the pid is in the library, because taking the lock empties the lock file
    try:
        store = Store(folder, "read")
    except (VnqaError, OSError):
        return "another process"
    try:
        pid = store.meta("writer_pid")
    finally:
        store.close()
    return "another process" if pid is None else f"process {pid}"
