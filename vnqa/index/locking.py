"""One writer at a time: a lock that the operating system releases when its process dies."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from vnqa.errors import IndexLockedError, ReadOnlyIndexError, VnqaError
from vnqa.index.schema import Identity, identity_of
from vnqa.index.store import Store

if TYPE_CHECKING:
    import filelock

LOCK = "writer.lock"

# Taken by this process, by device and inode. A pid does not tell: in containers that share a
# folder many processes have the same.
_OURS: weakref.WeakValueDictionary[Identity, filelock.BaseFileLock] = weakref.WeakValueDictionary()


def lock_for_writing(folder: Path) -> filelock.BaseFileLock:
    """Take the folder's lock without waiting.

    Raises:
        IndexLockedError: If another writer has it, perhaps of this process; the message names it.
        ReadOnlyIndexError: If no file can be created in the folder.
    """
    import filelock

    lock = filelock.FileLock(folder / LOCK, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout as error:
        if _is_ours(folder):
            writer = f"process {os.getpid()}, this one: close the NewsQA that has it open"
        else:
            writer = f"{_writer(folder)}; wait until it is done"
        raise IndexLockedError(
            f"{folder} is being written by {writer}, or open with read_only=True"
        ) from error
    except (PermissionError, OSError) as error:
        raise ReadOnlyIndexError(
            f"{folder} cannot be written ({error}); open it with read_only=True, "
            f"or change its permissions"
        ) from error
    if file := identity_of(folder / LOCK):
        _OURS[file] = lock
    return lock


def _is_ours(folder: Path) -> bool:
    file = identity_of(folder / LOCK)
    holder = None if file is None else _OURS.get(file)
    return holder is not None and holder.is_locked


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
    # one that ended, where a repair, which notes none, has the lock
    return f"process {pid}" if isinstance(pid, int) and _is_running(pid) else "another process"


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
