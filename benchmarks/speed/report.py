"""The table on the terminal, the plot, and the section of the READMEs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from rich import box
from rich.table import Table

from benchmarks import readme
from benchmarks.speed.labels import in_vietnamese
from benchmarks.speed.measuring import Results, Row

ROOT = Path(__file__).resolve().parents[2]
GROWTH = "growth"  # the stage that has no baseline: its values are one a size
_STYLE = {"svg.hashsalt": "vnqa", "svg.fonttype": "none", "savefig.facecolor": "white"}
_WORDS = {
    "README.md": (
        "Written by `make bench-speed` ({day}; vnqa {version}; {cores} cores of {processor}). "
        "Baseline and vnqa are timed alternately; all values and conditions are in "
        "[speed.json](benchmarks/results/speed.json), what was learnt is in "
        "[speed.md](benchmarks/speed.md).",
        "| what | baseline | figure | median | least–most | goal | reached |",
        {True: "yes", False: "**no**", None: ""},
        "Ratios and goals",
        "Growth, in seconds and MB (most memory above the models'); articles added have made-up "
        "vectors:",
        "articles",
        "Growth",
    ),
    "README.vi.md": (
        "Do `make bench-speed` ghi ({day}; vnqa {version}; {cores} nhân của {processor}). Mốc so "
        "sánh và vnqa được đo xen kẽ; mọi giá trị và điều kiện đo nằm trong "
        "[speed.json](benchmarks/results/speed.json), nhận xét nằm trong "
        "[speed.md](benchmarks/speed.md).",
        "| việc | so với | chỉ số | trung vị | từ–đến | mục tiêu | đạt |",
        {True: "có", False: "**không**", None: ""},
        "Tỉ lệ và mục tiêu",
        "Theo cỡ của kho bài, tính bằng giây và MB (bộ nhớ nhiều nhất, ngoài phần của mô hình); "
        "bài được thêm có vector giả:",
        "số bài",
        "Theo cỡ kho bài",
    ),
}
Readme = Literal["README.md", "README.vi.md"]
_MEASURED: dict[Readme, str] = {
    "README.md": "Measured on {day}, vnqa {version}, {processor}",
    "README.vi.md": "Đo ngày {day}, vnqa {version}, {processor}",
}


def rows_of(results: Results) -> Iterator[Row]:
    """Yield the rows of ratios, in the order in which stages were first measured."""
    for name, stage in results.stages.items():
        if name != GROWTH:
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
    about, head, reached, plot, *growth = _WORDS[name]
    machine = next(iter(results.stages.values())).machine
    lines = [about.format(**machine.model_dump()), "", *_measured_elsewhere(results, name), head]
    lines.append("| --- | --- | --- | --: | --: | --: | --- |")
    for row in rows_of(results):
        least, most = min(row.values), max(row.values)
        spread = "" if least == most else f"{_number(least)}–{_number(most)}"
        cells = [_number(row.median), spread, str(row.goal or "")]
        labels = [row.what, row.baseline, row.figure]
        if name == "README.vi.md":
            cells = [_vietnamese(cell) for cell in cells]
            labels = [in_vietnamese(label) for label in labels]
        lines.append(f"| {' | '.join([*labels, *cells, reached[row.reached]])} |")
    lines += ["", f"![{plot}](benchmarks/results/speed.svg)"]
    if GROWTH in results.stages:
        lines += _growth_lines(results.stages[GROWTH].rows, name, *growth)
    return "\n".join(lines)


def _measured_elsewhere(results: Results, name: Readme) -> list[str]:
    """Return a paragraph for each other day, version and processor than the first stage's."""
    stages: dict[str, list[str]] = {}
    for stage, measured in results.stages.items():
        what = stage if stage == GROWTH else measured.rows[0].what
        label = in_vietnamese(what) if name == "README.vi.md" else what
        stages.setdefault(_MEASURED[name].format(**measured.machine.model_dump()), []).append(label)
    paragraphs = list(stages.items())[1:]
    return [line for told, labels in paragraphs for line in (f"{told}: {'; '.join(labels)}.", "")]


def _growth_lines(
    rows: Sequence[Row], name: Readme, about: str, articles: str, plot: str
) -> list[str]:
    """Return a table of one line a size, in seconds and MB, and its plot."""
    steps = list(dict.fromkeys(row.what for row in rows))
    headings = [in_vietnamese(step) for step in steps] if name == "README.vi.md" else steps
    lines = ["", about, "", f"| {' | '.join([articles, *headings])} |"]
    lines.append("| --: |" + " --: |" * len(steps))
    by_step = {(row.what, row.figure): row.values for row in rows}
    for place, size in enumerate(rows[0].notes["articles"]):
        cells = [f"{size:,}"]
        for step in steps:
            units = {"seconds": "s", "MB": "MB"}  # memory is not told everywhere
            cells.append(
                " / ".join(
                    f"{_number(by_step[step, figure][place])} {unit}"
                    for figure, unit in units.items()
                    if (step, figure) in by_step
                )
            )
        line = f"| {' | '.join(cells)} |"
        lines.append(_vietnamese(line) if name == "README.vi.md" else line)
    return [*lines, "", f"![{plot}](benchmarks/results/speed-growth.svg)"]


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
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        figure, axes = plt.subplots(figsize=(8.0, 0.35 * len(rows) + 1.2))
        for place, row in enumerate(rows):
            assert row.goal is not None
            scores = [
                _score(row, value) for value in (min(row.values), row.median, max(row.values))
            ]
            colour = "#0072B2" if row.reached else "#D55E00"
            axes.plot([scores[0], scores[2]], [place, place], color=colour, linewidth=2)
            axes.plot(scores[1], place, "o", color=colour)
        axes.set_yticks(range(len(rows)), _plot_labels(rows), fontsize=8)
        axes.invert_yaxis()
        axes.set_xscale("log", base=2)
        axes.axvline(1.0, color="black", linewidth=1)
        axes.set_xlabel("how far beyond the goal (right of 1: reached), least to most")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="x", alpha=0.3)
        figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
        plt.close(figure)


def _plot_labels(rows: Sequence[Row]) -> list[str]:
    """Return what each row tells; the baseline, too, where two rows differ in it alone."""
    told = Counter((row.what, row.figure) for row in rows)
    return [
        f"{row.what}{f' / {row.baseline}' if told[row.what, row.figure] > 1 else ''}: "
        f"{_number(row.median)} {row.figure} ({row.goal})"
        for row in rows
    ]


def draw_growth(results: Results, path: Path) -> None:
    """Draw seconds and memory of each step against the number of passages, if they were taken."""
    if GROWTH not in results.stages:
        return
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    rows = results.stages[GROWTH].rows
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        figure, both = plt.subplots(1, 2, figsize=(10.0, 4.0))
        for axes, unit in zip(both, ("seconds", "MB"), strict=True):
            for row in rows:
                if row.figure == unit:
                    axes.plot(row.notes["passages"], row.values, "o-", label=row.what)  # type: ignore[arg-type]
            axes.set_xscale("log")
            axes.set_xlabel("passages")
            axes.set_ylabel(unit)
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(alpha=0.3)
        both[0].set_yscale("log")
        both[1].axhline(500, color="black", linewidth=1, linestyle="--")
        both[0].legend(fontsize=8, frameon=False)
        figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
        plt.close(figure)


def _score(row: Row, value: float) -> float:
    assert row.goal is not None
    value = max(value, 1e-9)
    return row.goal.value / value if row.goal.at_most else value / row.goal.value


def _vietnamese(numbers: str) -> str:
    """Return numbers with a comma for the decimal point and a point between thousands."""
    return numbers.translate(str.maketrans(".,", ",."))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
