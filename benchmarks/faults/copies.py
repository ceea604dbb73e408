"""An index copied while it is being written, and indexes of older formats."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
from pathlib import Path

from benchmarks.faults.rows import Row, Tally
from tests.entries import DIM, made_entry
from tests.faulty_writer import run_and_exit
from vnqa.errors import IndexDamagedError, IndexFormatError
from vnqa.index import Collection
from vnqa.index.repair import check_folder

NAMES = [f"bài {number}" for number in range(12)]


def copies(folder: Path, *, count: int) -> list[Row]:
    """Copy an index ``count`` times while a process writes to it without a pause."""
    index = folder / "index"
    with Collection.open(index, fingerprint="made up", dim=DIM) as collection:
        collection.write([made_entry(name, sentences=20) for name in NAMES])
    tally = Tally("copied while being written, opened elsewhere")
    pid = os.fork()
    if pid == 0:
        run_and_exit(lambda: _write_on(index))
    try:
        for number in range(count):
            copy = folder / f"copy-{number}"
            with contextlib.suppress(shutil.Error):  # files that went away while it copied
                shutil.copytree(index, copy)
            outcome, held, example = _opened_copy(copy)
            tally.add(outcome, held=held, example=example)
            shutil.rmtree(copy, ignore_errors=True)
    finally:
        os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code != -signal.SIGKILL:
        raise SystemExit(f"the process that writes ended too soon: exit status {code}")
    return [tally.row(), *_formats(folder)]


def _write_on(index: Path) -> None:
    version = 0
    with Collection.open(index) as collection:
        while True:
            version += 1
            collection.write([made_entry(name, version, sentences=20) for name in NAMES])
            if version % 7 == 0:
                collection.rebuild()


def _opened_copy(copy: Path) -> tuple[str, bool, object]:
    """Return what happened, whether that is as it should be, and more on it.

    Opening or checking must say what is wrong, and what is then mended must be sound.
    """
    try:
        with Collection.open(copy, fingerprint="made up", dim=DIM) as collection:
            if not collection.check():
                versions = {article.extra["version"] for article in collection.articles()}
                return "opens", len(collection) == len(NAMES) and len(versions) == 1, versions
        outcome = "opens, check tells what is wrong"
    except IndexFormatError:
        outcome = "refused, and told why"
    try:
        check_folder(copy, repair=True)
        with Collection.open(copy, fingerprint="made up", dim=DIM) as collection:
            return outcome, collection.check() == [], collection.check()
    except IndexFormatError as error:
        return outcome, "nothing can be saved" in str(error), error


def _formats(folder: Path) -> list[Row]:
    """Return a row for each older or newer format."""
    tally = Tally("an index of another format")
    for version in (1, 2, 99):
        index = folder / f"format-{version}"
        with Collection.open(index, fingerprint="made up", dim=DIM) as collection:
            collection.write([made_entry(name) for name in NAMES])
        make_format(index, version)
        try:
            with Collection.open(index, fingerprint="made up", dim=DIM) as collection:
                sound = len(collection) == len(NAMES) and collection.check() == []
                tally.add("migrated", held=sound and version == 2, example=version)
        except IndexDamagedError as error:
            tally.add("taken for damaged", held=False, example=error)
        except IndexFormatError as error:
            told = "vnqa add" in str(error) or "pip install" in str(error)
            tally.add("refused with what to run", held=told and version != 2, example=error)
    return [tally.row()]


def make_format(index: Path, version: int) -> None:
    """Turn an index into one of another format, as far as that is told from this one."""
    with contextlib.closing(sqlite3.connect(index / "library.sqlite")) as raw:
        if version == 2:
            for table in ("digests", "word_files"):
                raw.execute(f"DROP TABLE {table}")
            raw.execute("DELETE FROM meta WHERE key = 'digest'")
        raw.execute("UPDATE meta SET value = ? WHERE key = 'format_version'", (version,))
        raw.commit()
