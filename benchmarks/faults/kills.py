"""kill −9 at random moments of adding, updating, removing, rebuilding and compacting."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.faults.rows import Row, Tally
from tests.entries import DIM, made_entry, unit_vectors
from tests.faulty_writer import in_child, rewritten
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
    """Make all changes, noting each that is done."""
    done = os.open(f"{folder}.done", os.O_WRONLY | os.O_CREAT)
    with Collection.open(folder, fingerprint="made up", dim=DIM) as collection:
        for _, change, _ in changes():
            change(collection)
            os.write(done, b".")


def killed_after(seconds: float, run: Callable[[], None]) -> bool:
    """Run in a child process that is sent SIGKILL after a while; tell whether it was alive then."""
    pid = os.fork()
    if pid == 0:
        run()
        os._exit(0)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def kills(folder: Path, *, count: int, seed: int = 4) -> list[Row]:
    """Kill a writer ``count`` times; return a row for each kind of change that was going on."""
    steps = list(changes())
    models: list[Model] = [{}]
    for _, _, after in steps:
        models.append(after(models[-1]))
    started = time.perf_counter()
    if in_child(lambda: change_all(folder / "rehearsal")) != 0:
        raise SystemExit("the changes fail even when nothing stops them")
    seconds = time.perf_counter() - started
    rng = random.Random(seed)
    tallies = {
        kind: Tally(f"kill −9 while: {kind}")
        for kind in dict.fromkeys(["open", *(kind for kind, _, _ in steps)])
    }
    number = killed = 0
    while killed < count:
        number += 1
        place = folder / str(number)
        alive = killed_after(rng.random() * seconds, lambda place=place: change_all(place))
        if not alive:  # it was faster than the rehearsal
            seconds = max(seconds * 0.98, 0.05)
        else:
            killed += 1
            note = Path(f"{place}.done")
            done = len(note.read_bytes()) if note.exists() else 0
            kind = steps[done][0] if place.exists() and done < len(steps) else "open"
            wrong = _wrong(place, models[done : done + 2])
            tallies[kind].add("sound" if not wrong else "not sound", held=not wrong, example=wrong)
        shutil.rmtree(place, ignore_errors=True)
    return [tally.row() for tally in tallies.values() if tally.row().tried]


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
