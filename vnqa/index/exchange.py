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


def exchange(folder: Path, new: Path, folded: Path) -> Path:
    """Put a new library in place; return where the old one is kept, its log beside it.

    Args:
        folder: The index, its lock held.
        new: In the same file system, closed, and without a log.
        folded: Likewise, a copy of the old one with the commits of its log.

    Raises:
        OSError: If the old one cannot be kept. Nothing was changed.
    """
    library = folder / schema.LIBRARY
    kept = _free_name(folder)
    for file in (new, folded):
        with open(file, "rb+") as written:
            os.fsync(written.fileno())
    try:
        _keep(library, kept)
        if _beside(library, LOG).exists():
            _keep(_beside(library, LOG), _beside(kept, LOG))
        sync_directory(folder)
    except BaseException:
        kept.unlink(missing_ok=True)
        _beside(kept, LOG).unlink(missing_ok=True)
        raise
    # The log would be applied to the new library, so it goes before; until then, whenever this is
    # ended, the folder holds its commits. Applied to the copy again it changes nothing.
    os.replace(folded, library)
    sync_directory(folder)
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
