"""Measure, print the table, write the result file, the plots and the sections of the READMEs."""

from __future__ import annotations

import argparse
import os
import sys
import time

from rich.console import Console

from benchmarks.quality.bench import Bench
from benchmarks.quality.datasets import DATA
from benchmarks.quality.plots import draw_plots
from benchmarks.quality.report import table_of, write_readmes
from benchmarks.quality.results import (
    RESULTS,
    Measured,
    conditions_of,
    read_results,
    result_file,
    write_results,
)
from benchmarks.quality.stages import STAGES
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.generators.bundled import BundledGenerator
from vnqa.reader import Reader

_TABLE_WIDTH = 170


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.quality", description=__doc__)
    parser.add_argument("--half", choices=["tuning", "reporting"], default="reporting")
    parser.add_argument("--only", metavar="STAGE,…", help=f"of {', '.join(STAGES)}")
    parser.add_argument("--questions", type=int, default=300, help="a stage that answers (300)")
    parser.add_argument("--respelt", type=int, default=300, help="searched for respelt (300)")
    parser.add_argument("--few", type=int, default=100, help="for answers_perturbed (100)")
    parser.add_argument("--all", action="store_true", help="every question, no samples")
    parser.add_argument("--quick", action="store_true", help="a smoke run: measures nothing")
    parser.add_argument("--no-model", action="store_true", help="answer without a language model")
    parser.add_argument("--report", action="store_true", help="measure nothing: print and draw")
    parsed = parser.parse_args(arguments)
    parsed.stages = [] if parsed.report else (parsed.only or ",".join(STAGES)).split(",")
    unknown = [stage for stage in parsed.stages if stage not in STAGES]
    if unknown:
        parser.error(f"no stage {', '.join(unknown)}; there are {', '.join(STAGES)}")
    return parsed


def main() -> None:
    """Run the stages; what was measured before stays in the result file."""
    arguments = parse_arguments()
    if not DATA.is_dir() and arguments.stages:
        raise SystemExit(f"skipped: {DATA} is not there")
    bench = Bench(
        half=arguments.half,
        embedder=BundledEmbedder(),
        generator=None if arguments.no_model else BundledGenerator(),
        questions=None if arguments.all else arguments.questions,
        reader=Reader(),
        respelt=None if arguments.all else arguments.respelt,
        few=None if arguments.all else arguments.few,
        quick=arguments.quick,
    )
    path = result_file(bench)
    results = read_results(path)
    for name in arguments.stages:
        print(f"{name}: {STAGES[name].en}", file=sys.stderr)
        started = time.perf_counter()
        result = STAGES[name].run(bench)
        result = result.model_copy(update={"seconds": round(time.perf_counter() - started, 1)})
        measured = Measured(conditions=conditions_of(bench), result=result)
        results = results.updated({name: measured})
        write_results(path, results)  # after each, so that an interrupted run loses one stage
    width = _TABLE_WIDTH if not sys.stdout.isatty() else os.get_terminal_size().columns
    Console(width=width).print(table_of(results))
    draw_plots(results, path.parent)
    if path.parent == RESULTS:
        write_readmes(results)
    print(f"{path} written", file=sys.stderr)


if __name__ == "__main__":
    main()
