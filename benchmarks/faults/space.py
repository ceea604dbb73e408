"""No space, or a folder made read-only, in the middle of each kind of write."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.faults.rows import Row, Tally
from tests.entries import DIM, let_few_make_inverted_files, made_entry
from tests.faulty_writer import in_child, rewritten, stop_at
from vnqa.errors import VnqaError
from vnqa.index import Collection

KINDS: dict[str, Callable[[Collection, int], object]] = {
    "add": lambda c, n: c.write([made_entry("dài", n, sentences=120)]),
    "update": lambda c, n: c.write([made_entry("bến", n, sentences=60), made_entry("cảng", n)]),
    "remove": lambda c, n: c.write(removals=["bến"]),
    "rebuild": lambda c, n: c.rebuild(),
    "re-embed all": lambda c, n: c.rewrite(rewritten(c), fingerprint="made up", dim=DIM),
}
LIMITS = (0, 40, 200, 500, 1000, 4000, 9000, 20_000, 40_000, 80_000, 160_000, 320_000)
Hamper = Callable[[Path, int], contextlib.AbstractContextManager[None]]


def space(folder: Path, *, moments: int) -> list[Row]:
    """Return a row for each kind of hindrance and write.

    Args:
        folder: Where indexes are made.
        moments: How many in each kind of write.
    """
    rows = _hindered(folder / "limit", "file-size limit", _limited, moments)
    small = folder / "small"
    if _mounted(small):
        try:
            rows += _hindered(small / "index", "full file system", _filled, moments)
        finally:
            subprocess.run(["umount", str(small)], check=True)
    return rows + _hindered(folder / "locked", "folder made read-only", _locked, moments)


def _hindered(index: Path, name: str, hamper: Hamper, moments: int) -> list[Row]:
    for parent in index.parents:
        if os.getuid() == 0 and parent.owner() == "root" and "faults-" in str(parent):
            parent.chmod(parent.stat().st_mode | 0o055)  # for the process without root's rights
    report = index.with_name(index.name + ".jsonl")
    index.mkdir(parents=True)
    report.touch()
    if os.getuid() == 0:
        os.chown(index, 65534, 65534)
        os.chown(report, 65534, 65534)
    if in_child(lambda: _try_all(index, report, hamper, moments)) != 0:
        raise SystemExit(f"{name}: the process that writes died")
    tallies = {kind: Tally(f"{name} while: {kind}") for kind in KINDS}
    for line in report.read_text().splitlines():
        kind, outcome, wrong = json.loads(line)
        tallies[kind].add(outcome, held=not wrong, example=wrong)
    return [tally.row() for tally in tallies.values()]


def _try_all(index: Path, report: Path, hamper: Hamper, moments: int) -> None:
    let_few_make_inverted_files()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if os.getuid() == 0:
        os.setuid(65534)  # root may write everywhere
    note = open(report, "a", encoding="utf-8")  # noqa: SIM115 - as long as this process
    with Collection.open(index, fingerprint="made up", dim=DIM) as collection:
        for kind, write in KINDS.items():
            for moment in range(moments):
                collection.write([made_entry("bến"), made_entry("cảng")], ["dài"])
                before = _held(collection)
                error = None
                try:
                    with hamper(index, moment * 1000 // moments):
                        write(collection, moment + 1)
                except (OSError, VnqaError) as caught:
                    error = caught
                outcome = "done" if error is None else "refused, nothing changed"
                wrong = ""
                if error is not None and _held(collection) != before:
                    wrong = f"changed, though it said {error}"
                elif error is not None and "nothing was changed" not in str(error):
                    wrong = f"{type(error).__name__}: {error}"
                elif problems := collection.check():
                    wrong = problems[0]
                note.write(json.dumps([kind, outcome, wrong]) + "\n")
                note.flush()


def _held(collection: Collection) -> dict[str, int]:
    return {article.article_id: article.extra["version"] for article in collection.articles()}


@contextlib.contextmanager
def _limited(index: Path, share: int) -> Iterator[None]:
    """Let no file grow beyond a size."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMITS[share * len(LIMITS) // 1000], hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@contextlib.contextmanager
def _filled(index: Path, share: int) -> Iterator[None]:
    """Leave little space in the file system."""
    filler = index.with_name("index.filler")
    room = shutil.disk_usage(index).free - LIMITS[share * len(LIMITS) // 1000]
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(room, 1))
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def _locked(index: Path, share: int) -> Iterator[None]:
    """Make the folder read-only at a call somewhere in the write."""

    def lock() -> None:
        for path in (index, *index.glob("lexical-*")):
            path.chmod(0o555)

    stop_at(1 + 6 * share, lock)  # a write has some 1,000 to 10,000 of them
    try:
        yield
    finally:
        sys.setprofile(None)
        for path in (index, *index.glob("lexical-*")):
            path.chmod(0o755)


def _mounted(folder: Path) -> bool:
    """Mount a small file system in memory, where that is allowed."""
    if os.getuid() != 0 or sys.platform != "linux":
        return False
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=0777", "tmpfs", str(folder)]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0
