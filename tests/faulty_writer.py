"""A process that changes a collection and is stopped at a chosen moment, for test_faults.

Run as ``python -m tests.faulty_writer FOLDER kill COUNT`` or ``… time COUNT``; for each of COUNT
moments spread over the whole run it makes ``FOLDER/<n>``, changes it in a child process that dies
there, and leaves the number of changes that were reported done in ``FOLDER/<n>.done``.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import faiss  # noqa: F401 - imported before the children are made
import numpy as np  # noqa: F401
import tantivy  # noqa: F401

import vnqa.index.check
from tests.entries import DIM, made_entry
from vnqa.index import Collection

INSIDE = os.path.dirname(vnqa.index.__file__)
Model = dict[str, int]


def rewritten(collection):
    return (made_entry(a.article_id, a.extra["version"] + 1) for a in collection.articles())


CHANGES: list[tuple[Callable[[Collection], object], Callable[[Model], Model]]] = [
    (lambda c: c.write([made_entry("bến"), made_entry("cảng")]), lambda m: {"bến": 0, "cảng": 0}),
    (lambda c: c.write([made_entry("đò")]), lambda m: {**m, "đò": 0}),
    (lambda c: c.write([made_entry("bến", 1)]), lambda m: {**m, "bến": 1}),
    (lambda c: c.remove("cảng"), lambda m: {k: v for k, v in m.items() if k != "cảng"}),
    (
        lambda c: c.write([made_entry("ghe", sentences=9)], ["đò"]),
        lambda m: {"bến": 1, "ghe": 0},
    ),
    (lambda c: c.rebuild(), lambda m: m),
    (
        lambda c: c.rewrite(rewritten(c), fingerprint="made up", dim=DIM),
        lambda m: {k: v + 1 for k, v in m.items()},
    ),
    (lambda c: c.write([made_entry("cảng", 5)]), lambda m: {**m, "cảng": 5}),
]


def models() -> list[Model]:
    """What the collection holds after 0, 1, 2… changes."""
    out: list[Model] = [{}]
    for _, change in CHANGES:
        out.append(change(out[-1]))
    return out


def stop_at(event: int, stop: Callable[[], None]) -> Callable[[], int]:
    """Call ``stop`` at the n-th call or return, of Python or C, in the index; returns a counter."""
    count = 0

    def profile(frame, kind, argument):
        nonlocal count
        if frame.f_code.co_filename.startswith(INSIDE):
            count += 1
            if count == event:
                stop()

    sys.setprofile(profile)
    return lambda: count


def change_all(folder: Path) -> None:
    """Make all changes, noting each that is done."""
    done = os.open(f"{folder}.done", os.O_WRONLY | os.O_CREAT)
    with Collection.open(folder, fingerprint="made up", dim=DIM) as collection:
        for change, _ in CHANGES:
            change(collection)
            os.write(done, b".")


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run_and_exit(run: Callable[[], None]) -> NoReturn:
    """End a child process behind ``run``, also if it fails: the code above is its parent's."""
    try:
        run()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def in_child(run: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        run_and_exit(run)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(folder: Path, kind: str, count: int) -> None:
    def rehearse() -> None:
        events = stop_at(-1, kill)
        started = time.perf_counter()
        change_all(folder / "rehearsal")
        seconds = time.perf_counter() - started
        (folder / "length").write_text(f"{events()} {seconds}")

    if in_child(rehearse) != 0:
        raise SystemExit("the changes fail even when nothing stops them")
    events, seconds = (float(x) for x in (folder / "length").read_text().split())
    for number in range(count):
        share = (number + 0.5) / count

        def run(number: int = number, share: float = share) -> None:
            if kind == "kill":
                stop_at(int(events * share), kill)
            else:  # SIGALRM ends the process wherever it is, also inside SQLite, FAISS or tantivy
                signal.setitimer(signal.ITIMER_REAL, seconds * share)
            change_all(folder / str(number))

        in_child(run)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
