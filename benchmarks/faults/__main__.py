"""Do all of it, print the table, write the result file."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from benchmarks.faults.results import RESULTS, Measured, conditions_in, table_of, updated
from benchmarks.faults.stages import STAGES

_TABLE_WIDTH = 150


def main() -> None:
    """Run the stages; what was found before stays in the result file."""
    parser = argparse.ArgumentParser(prog="benchmarks.faults", description=__doc__)
    parser.add_argument("--only", metavar="STAGE,…", help=f"of {', '.join(STAGES)}")
    parser.add_argument("--quick", action="store_true", help="a few of each; writes no result")
    parser.add_argument("--results", type=Path, help="the result file")
    parser.add_argument("--folder", type=Path, help="where indexes are made (a temporary folder)")
    arguments = parser.parse_args()
    names = (arguments.only or ",".join(STAGES)).split(",")
    if unknown := [name for name in names if name not in STAGES]:
        parser.error(f"no stage {', '.join(unknown)}; there are {', '.join(STAGES)}")
    held = True
    with tempfile.TemporaryDirectory(dir=arguments.folder, prefix="faults-") as made:
        for name in names:
            print(f"{time.strftime('%H:%M:%S')} {name}", file=sys.stderr)
            folder = Path(made) / name
            folder.mkdir()
            started = time.perf_counter()
            rows = tuple(STAGES[name](folder, quick=arguments.quick))
            measured = Measured(
                conditions=conditions_in(folder),
                rows=rows,
                seconds=round(time.perf_counter() - started, 1),
            )
            held = held and all(row.held == row.tried for row in rows)
            path = RESULTS / "faults.json" if not arguments.quick else Path(made) / "faults.json"
            path = arguments.results or path
            results = updated(path, name, measured)  # after each: a run may be cut short
        Console(width=_TABLE_WIDTH).print(table_of(results))
    for name in names:
        for row in results.stages[name].rows:
            for example in row.examples:
                print(f"{name}, {row.what}: {example}", file=sys.stderr)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
