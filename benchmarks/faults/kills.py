"""kill −9 at random moments of adding, updating, removing, rebuilding and compacting."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.faults.rows import Row, Tally
from tests.entries import DIM, let_few_make_inverted_files, made_entry, unit_vectors
from tests.faulty_writer import in_child, rewritten, run_and_exit
from vnqa.errors import IndexFormatError
from vnqa.index import Collection
from vnqa.index.repair import check_folder

Model = dict[str, int]
Change = tuple[str, Callable[[Collection], object], Callable[[Model], Model]]
NAMES = [f"bài {number}" for number in range(24)]


def changes() -> Iterator[Change]:
    """Yield kind, change, and what the collection holds after it, given what it held before."""

    def put(kind: str, names: list[str], version: int, sentences: int = 3) -> Change:
        entries = [made_entry(name, version, sentences) for name in names]
        return kind, lambda c: c.write(entries), lambda m: m | dict.fromkeys(names, version)

    def drop(names: list[str]) -> Change:
        return (
            "remove",
            lambda c: c.write(removals=names),
            lambda m: {name: version for name, version in m.items() if name not in names},
        )

    yield put("add", NAMES[:8], 0, sentences=12)
    yield put("update", NAMES[2:5], 1)
    yield drop(NAMES[:2])
    for name in NAMES[8:20]:  # many small changes, so that vectors and words are merged
        yield put("add, compacting", [name], 0)
    yield put("update, compacting", NAMES[4:18], 2)
    yield drop(NAMES[4:10])
    yield "rebuild", lambda c: c.rebuild(), lambda m: m
    yield (
        "re-embed all",
        lambda c: c.rewrite(rewritten(c), fingerprint="made up", dim=DIM),
        lambda m: {name: version + 1 for name, version in m.items()},
    )
    yield put("update", NAMES[10:12], 9)
    yield drop(NAMES[10:19])


def change_all(folder: Path) -> None:
    """Make all changes, noting when each is done."""
    let_few_make_inverted_files()
    done = os.open(f"{folder}.done", os.O_WRONLY | os.O_CREAT)
    with Collection.open(folder, fingerprint="made up", dim=DIM) as collection:
        for _, change, _ in changes():
            change(collection)
            os.write(done, struct.pack("<d", time.monotonic()))


def killed_in(folder: Path, step: int, seconds: float) -> int | None:
    """Change an index in a process that is sent SIGKILL.

    Args:
        folder: The index.
        step: How many changes are let go by.
        seconds: How long after that.

    Returns:
        How many changes were reported done; None if all were, and the process had ended.

    Raises:
        SystemExit: If the process failed before it was killed.
    """
    pid = os.fork()
    if pid == 0:
        run_and_exit(lambda: change_all(folder))
    code = None
    while code is None and _done(folder) < step:
        time.sleep(0.0005)
        code = _exit_code(pid, os.WNOHANG)
    if code is None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        code = _exit_code(pid)
    if code not in (0, -signal.SIGKILL):
        raise SystemExit(f"the changes fail before they are stopped: exit status {code}")
    return _done(folder) if code == -signal.SIGKILL else None


def _exit_code(pid: int, options: int = 0) -> int | None:
    """Return how a child process ended, as ``os.waitstatus_to_exitcode`` does; None if not yet."""
    ended, status = os.waitpid(pid, options)
    return os.waitstatus_to_exitcode(status) if ended else None


def kills(folder: Path, *, count: int, seed: int = 4) -> list[Row]:
    """Kill a writer ``count`` times; return a row for each kind of change that was going on.

    The moments are spread evenly over the kinds of change, and at random within a change.
    """
    steps = list(changes())
    kinds = ["open, close", *(kind for kind, _, _ in steps)]
    models: list[Model] = [{}]
    for _, _, after in steps:
        models.append(after(models[-1]))
    started = time.monotonic()
    if in_child(lambda: change_all(folder / "rehearsal")) != 0:
        raise SystemExit("the changes fail even when nothing stops them")
    note = Path(f"{folder / 'rehearsal'}.done").read_bytes()
    ends = [started, *(end for (end,) in struct.iter_unpack("<d", note))]
    lasted = [end - start for start, end in itertools.pairwise(ends)]
    rng = random.Random(seed)
    tallies = {kind: Tally(f"kill −9 while: {kind}") for kind in dict.fromkeys(kinds)}
    number = killed = 0
    while killed < count:
        number += 1
        kind = list(tallies)[number % len(tallies)]
        step = rng.choice([max(place - 1, 0) for place, one in enumerate(kinds) if one == kind])
        place = folder / str(number)
        done = killed_in(place, step, rng.random() * lasted[step])
        if done is not None:
            killed += 1
            begun = (place / "library.sqlite").exists() and done < len(steps)
            wrong = _wrong(place, models[done : done + 2])
            tally = tallies[steps[done][0] if begun else "open, close"]
            tally.add("sound" if not wrong else "not sound", held=not wrong, example=wrong)
        shutil.rmtree(place, ignore_errors=True)
    return [row for tally in tallies.values() if (row := tally.row()).tried]


def _done(folder: Path) -> int:
    note = Path(f"{folder}.done")
    return note.stat().st_size // 8 if note.exists() else 0


def _wrong(folder: Path, models: list[Model]) -> str:
    """Return what is wrong with an index after a kill; nothing where it is as it should be."""
    try:
        before = _problems(folder)
        if any(problem.startswith("library:") for problem in before):
            return f"before opening: {before}"  # derived files may be half made, the truth never
        with Collection.open(folder, fingerprint="made up", dim=DIM) as collection:
            held = {a.article_id: a.extra["version"] for a in collection.articles()}
            if held not in models:
                return f"holds {held}, expected one of {models}"
            passages = sum(len(c) for c in _passages(collection))
            found = len(collection.search_dense(unit_vectors(1, 1)[0], 999))
            words = len(collection.search_lexical("ban tin", 999))
            if not passages == found == words:
                return f"{passages} passages, {found} found by vector, {words} by words"
            collection.write([made_entry("sau", 7)])
        report = check_folder(folder)
        if report.problems or report.articles != len({**held, "sau": 7}):
            return str(report)
    except Exception as error:  # a fault of any kind is what this looks for
        return f"{type(error).__name__}: {error}"
    return ""


def _problems(folder: Path) -> tuple[str, ...]:
    """Return what a check finds before the index is opened; nothing where there is none yet."""
    try:
        return check_folder(folder).problems
    except IndexFormatError as error:
        if "holds no index" in str(error):
            return ()
        raise


def _passages(collection: Collection) -> list[list[object]]:
    with collection.snapshot() as snapshot:
        return [list(snapshot.passages_of(a.article_id)) for a in snapshot.articles()]
