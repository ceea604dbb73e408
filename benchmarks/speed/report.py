"""The table on the terminal, the plot, and the section of the READMEs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from rich import box
from rich.table import Table

from benchmarks import readme
from benchmarks.speed.measuring import Results, Row

ROOT = Path(__file__).resolve().parents[2]
_WORDS = {
    "README.md": (
        "Written by `make bench-speed` ({day}; vnqa {version}; {cores} cores of {processor}). "
        "Baseline and vnqa are timed alternately; all values and conditions are in "
        "[speed.json](benchmarks/results/speed.json), what was learnt is in "
        "[speed.md](benchmarks/speed.md).",
        "| what | baseline | figure | median | least–most | goal | reached |",
        {True: "yes", False: "**no**", None: ""},
        "Ratios and goals",
    ),
    "README.vi.md": (
        "Do `make bench-speed` ghi ({day}; vnqa {version}; {cores} nhân của {processor}). Mốc so "
        "sánh và vnqa được đo xen kẽ; mọi giá trị và điều kiện đo nằm trong "
        "[speed.json](benchmarks/results/speed.json), nhận xét nằm trong "
        "[speed.md](benchmarks/speed.md).",
        "| việc | so với | chỉ số | trung vị | từ–đến | mục tiêu | đạt |",
        {True: "có", False: "**không**", None: ""},
        "Tỉ lệ và mục tiêu",
    ),
}
Readme = Literal["README.md", "README.vi.md"]


def rows_of(results: Results) -> Iterator[Row]:
    """Yield all rows, in the order in which stages were first measured."""
    for stage in results.stages.values():
        yield from stage.rows


def table_of(results: Results) -> Table:
    """Return all rows as one table."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("what", "baseline", "figure"):
        table.add_column(heading, overflow="fold")
    for heading in ("min", "median", "max", "goal", "reached"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows_of(results):
        values = [_number(value) for value in (min(row.values), row.median, max(row.values))]
        reached = {True: "yes", False: "NO", None: ""}[row.reached]
        table.add_row(row.what, row.baseline, row.figure, *values, str(row.goal or ""), reached)
    return table


def readme_section(results: Results, name: Readme) -> str:
    """Return the Markdown of the section; results hold at least one stage."""
    about, head, reached, plot = _WORDS[name]
    machine = next(iter(results.stages.values())).machine
    lines = [about.format(**machine.model_dump()), "", head]
    lines.append("| --- | --- | --- | --: | --: | --: | --- |")
    for row in rows_of(results):
        least, most = min(row.values), max(row.values)
        spread = "" if least == most else f"{_number(least)}–{_number(most)}"
        cells = [_number(row.median), spread, str(row.goal or "")]
        if name == "README.vi.md":
            cells = [cell.replace(".", ",") for cell in cells]
        lines.append(
            f"| {' | '.join([row.what, row.baseline, row.figure, *cells, reached[row.reached]])} |"
        )
    return "\n".join([*lines, "", f"![{plot}](benchmarks/results/speed.svg)"])


def write_readmes(results: Results) -> None:
    """Put the section between its two markers in either README."""
    for name in _WORDS:
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        section = readme_section(results, name)  # type: ignore[arg-type]
        path.write_text(readme.replaced_section(text, "speed", section), encoding="utf-8")


def draw_plot(results: Results, path: Path) -> None:
    """Draw each median over its goal, with least and most; the same results give the same bytes.

    A goal of 0, which a difference has, is left out: nothing is a number of times as far as it.
    """
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    rows = [row for row in rows_of(results) if row.goal is not None and row.goal.value]
    style = {"svg.hashsalt": "vnqa", "svg.fonttype": "none", "savefig.facecolor": "white"}
    with mpl.rc_context(style):  # type: ignore[arg-type]
        figure, axes = plt.subplots(figsize=(8.0, 0.35 * len(rows) + 1.2))
        for place, row in enumerate(rows):
            assert row.goal is not None
            scores = [
                _score(row, value) for value in (min(row.values), row.median, max(row.values))
            ]
            colour = "#0072B2" if row.reached else "#D55E00"
            axes.plot([scores[0], scores[2]], [place, place], color=colour, linewidth=2)
            axes.plot(scores[1], place, "o", color=colour)
        labels = [f"{row.what}: {_number(row.median)} {row.figure} ({row.goal})" for row in rows]
        axes.set_yticks(range(len(rows)), labels, fontsize=8)
        axes.invert_yaxis()
        axes.set_xscale("log", base=2)
        axes.axvline(1.0, color="black", linewidth=1)
        axes.set_xlabel("how far beyond the goal (right of 1: reached), least to most")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="x", alpha=0.3)
        figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
        plt.close(figure)


def _score(row: Row, value: float) -> float:
    assert row.goal is not None
    value = max(value, 1e-9)
    return row.goal.value / value if row.goal.at_most else value / row.goal.value


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
