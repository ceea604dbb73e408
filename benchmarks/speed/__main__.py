"""Measure speed as ratios: print the table, write the result file, plot and README sections.

Run: make bench-speed [ARGS="--only STAGE,… | --report | --quick"]. A stage that is measured anew
replaces its rows in the result file, so that an interrupted run loses one stage. What takes long to
make, 10,000 articles embedded and a million passages made from them, is kept in benchmarks/.cache,
and goes on where it stopped.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console

from benchmarks.machine import this_machine
from benchmarks.quality.datasets import DATA
from benchmarks.quality.indexes import CACHE
from benchmarks.quality.results import RESULTS
from benchmarks.speed import asking, asking_many, embedding, growing, growth, searching, starting
from benchmarks.speed.measuring import CannotMeasureError, Results, Row, Stage
from benchmarks.speed.report import draw_growth, draw_plot, table_of, write_readmes

STAGES: dict[str, Callable[[int, int], Iterator[Row]]] = {
    "embedding": embedding.embed,
    "add": growing.add_all,
    "add_few": growing.add_few,
    "update": growing.update_one,
    "open": growing.open_index,
    "dense": searching.search_vectors,
    "hybrid": searching.search_hybrid,
    "start": starting.start,
    "extract": asking.extract,
    "ask": asking.ask_peers,
    "many": asking_many.ask_many,
    "growth": growth.grow,
}
_MILLION = ("dense", "hybrid", "growth")


def main() -> None:
    """Run the stages."""
    parser = argparse.ArgumentParser(prog="benchmarks.speed", description=__doc__)
    parser.add_argument("--only", metavar="STAGE,…", help=f"of {', '.join(STAGES)}")
    parser.add_argument("--articles", type=int, default=10_000, help="real ones (10,000)")
    parser.add_argument("--passages", type=int, default=1_000_000, help="made ones (1,000,000)")
    parser.add_argument("--few", type=int, default=100, help="articles added or embedded (100)")
    parser.add_argument("--quick", action="store_true", help="a smoke run: measures nothing")
    parser.add_argument("--report", action="store_true", help="measure nothing: print and draw")
    arguments = parser.parse_args()
    stages = [] if arguments.report else (arguments.only or ",".join(STAGES)).split(",")
    if unknown := [stage for stage in stages if stage not in STAGES]:
        parser.error(f"no stage {', '.join(unknown)}; there are {', '.join(STAGES)}")
    if not DATA.is_dir() and stages:
        raise SystemExit(f"skipped: {DATA} is not there")
    if arguments.quick:
        arguments.articles, arguments.passages, arguments.few = 30, 20_000, 5
    usual = (10_000, 1_000_000, 100)
    whole = (arguments.articles, arguments.passages, arguments.few) == usual
    path = (RESULTS if whole else CACHE) / "speed.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    results = Results.model_validate_json(path.read_bytes()) if path.is_file() else Results()
    for name in stages:
        doc = (STAGES[name].__doc__ or "").splitlines()[0]
        print(f"{time.strftime('%H:%M:%S')} {name}: {doc}", file=sys.stderr)
        started = time.perf_counter()
        sizes = (
            (arguments.passages, arguments.articles)
            if name in _MILLION
            else (arguments.articles, arguments.few)
        )
        try:
            rows = tuple(STAGES[name](*sizes))
        except CannotMeasureError as reason:
            print(f"  skipped: {reason}", file=sys.stderr)
            continue
        seconds = round(time.perf_counter() - started, 1)
        stage = Stage(machine=this_machine(), seconds=seconds, rows=rows)
        measured = {**results.stages, name: stage}
        results = Results(stages={known: measured[known] for known in STAGES if known in measured})
        path.write_text(results.model_dump_json(indent=1) + "\n", encoding="utf-8")
    width = 150 if not sys.stdout.isatty() else os.get_terminal_size().columns
    Console(width=width).print(table_of(results))
    if results.stages:
        draw_plot(results, path.with_suffix(".svg"))
        draw_growth(results, path.with_name("speed-growth.svg"))
        if whole:
            write_readmes(results)
    print(f"{path} written", file=sys.stderr)


if __name__ == "__main__":
    main()
