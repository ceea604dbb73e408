"""A mended library in place of the damaged one, which is kept: it may hold what was not saved."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

from vnqa.index import schema
from vnqa.index.durable import replacing, sync_directory

DAMAGED = schema.LIBRARY + ".damaged"
LOG, _SHARED = "-wal", "-shm"


def exchange(folder: Path, new: Path) -> Path:
    """Put a new library in place; return where the old one is kept, its log beside it.

    Args:
        folder: The index, its lock held.
        new: In the same file system, closed, and without a log.

    Raises:
        OSError: If the old one cannot be kept. Nothing was changed.
    """
    library = folder / schema.LIBRARY
    kept = _free_name(folder)
    with open(new, "rb+") as file:
        os.fsync(file.fileno())
    try:
        _keep(library, kept)
        if _beside(library, LOG).exists():
            _keep(_beside(library, LOG), _beside(kept, LOG))
        sync_directory(folder)
    except BaseException:
        kept.unlink(missing_ok=True)
        _beside(kept, LOG).unlink(missing_ok=True)
        raise
    # after the log is kept, as it holds commits; before the new library, to which it would be
    # applied, is there
    _beside(library, LOG).unlink(missing_ok=True)
    _beside(library, _SHARED).unlink(missing_ok=True)
    os.replace(new, library)
    sync_directory(folder)
    return kept


def _free_name(folder: Path) -> Path:
    """Return a path where no damaged library is kept, and no log that would be taken for its."""
    taken = {path.name for path in folder.iterdir()}
    names = (DAMAGED if n == 1 else f"{DAMAGED}-{n}" for n in itertools.count(1))
    return folder / next(n for n in names if taken.isdisjoint((n, n + LOG, n + _SHARED)))


def _keep(source: Path, copy: Path) -> None:
    try:
        os.link(source, copy)
    except OSError:  # a file system without hard links, like exFAT
        with replacing(copy) as temporary:
            shutil.copy2(source, temporary)


def _beside(library: Path, suffix: str) -> Path:
    return library.with_name(library.name + suffix)
