"""The plots of the READMEs, drawn from the result file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.quality.perturbations import PERTURBATIONS
from benchmarks.quality.results import Results
from benchmarks.quality.retrieval import PLAIN, figures_asked
from benchmarks.quality.rows import Row
from benchmarks.quality.stages import STAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe & Ito's colours, which colour-blind readers tell apart.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00")
_GREY = "#777777"
_RETRIEVAL = ("viquad", "viquad_news", "law", "passages_news")
_CURVES = ("answers_news", "gold_removed", "persons")


def draw_plots(results: Results, folder: Path) -> list[Path]:
    """Write ``quality-….svg`` and return their paths; a plot without figures is left out.

    The same results give the same bytes.
    """
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    style: Any = {
        "svg.hashsalt": "vnqa",
        "svg.fonttype": "none",  # a tenth of the size of letters drawn as paths
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "savefig.facecolor": "white",
        "legend.frameon": False,
    }
    paths = []
    with mpl.rc_context(style):
        for name, size, draw in (
            ("summary", (8.0, 0.33 * len(_with_goal(results)) + 1.2), _summary),
            ("retrieval", (8.0, 4.0), _retrieval),
            ("risk-coverage", (6.0, 4.0), _risk_coverage),
        ):
            figure, axes = plt.subplots(figsize=size)
            if draw(axes, results):
                path = folder / f"quality-{name}.svg"
                figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
                paths.append(path)
            plt.close(figure)
    return paths


def _with_goal(results: Results) -> list[tuple[str, Row]]:
    """Return the rows with a goal between 0 and 1, with their stages; counts are left out."""
    return [
        (stage, row)
        for stage in STAGES
        if stage in results.stages
        for row in results.stages[stage].result.rows
        if row.goal is not None and 0.0 < row.goal.value < 1.0
    ]


def _summary(axes: Axes, results: Results) -> bool:
    """Draw each figure that has a goal with its interval, and the goal as a tick."""
    rows = _with_goal(results)
    for place, (_, row) in enumerate(rows):
        figure, goal = row.value, row.goal
        assert goal is not None
        colour = _COLOURS[0] if row.reached else _COLOURS[4]
        axes.plot([figure.low, figure.high], [place, place], color=colour, linewidth=2)
        axes.plot(figure.value, place, "o", color=colour)
        axes.plot(goal.value, place, "|", color="black", markersize=14)
        axes.annotate(
            f"{figure.value:.3f}  (goal {goal})",
            (1.02, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=9,
        )
    labels = [
        f"{STAGES[stage].en}{f', {row.name}' if row.name in PERTURBATIONS else ''}: {row.figure}"
        for stage, row in rows
    ]
    axes.set_yticks(range(len(rows)), labels, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlabel("value with 95% interval; black: goal; blue: reached, red: not")
    axes.grid(axis="x", alpha=0.3)
    return bool(rows)


def _retrieval(axes: Axes, results: Results) -> bool:
    """Draw hit@1 as solid and hit@10 as pale bars, by set and by how the question was typed."""
    stages = [stage for stage in _RETRIEVAL if stage in results.stages]
    ways = (PLAIN, *PERTURBATIONS)
    width = 0.8 / len(ways)
    lowest = 1.0
    for which, (way, colour) in enumerate(zip(ways, _COLOURS, strict=True)):
        for place, stage in enumerate(stages):
            found = figures_asked(results.stages[stage].result.rows, way)
            x = place + (which - (len(ways) - 1) / 2) * width
            first, ten = found["hit@1"], found["hit@10"]
            axes.bar(x, ten.value, width * 0.9, color=colour, alpha=0.35)
            axes.bar(x, first.value, width * 0.9, color=colour, label=None if place else way)
            axes.plot([x, x], [first.low, first.high], color="black", linewidth=1)
            lowest = min(lowest, first.low)
    sets = [results.stages[stage].result.rows[0].dataset for stage in stages]
    axes.set_xticks(range(len(stages)), [name.replace(" + ", "\n+ ") for name in sets], fontsize=8)
    axes.set_ylim(max(0.0, lowest - 0.1), 1.0)
    axes.set_ylabel("share of questions")
    axes.set_title("Gold article first (solid, with 95% interval) and among ten (pale)", loc="left")
    axes.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.12))
    return bool(stages)


def _risk_coverage(axes: Axes, results: Results) -> bool:
    """Draw the share of wrong answers against the share of questions answered."""
    curves = list(_curves(results))
    for (label, points), colour in zip(curves, _COLOURS, strict=False):
        coverage, risk = zip(*points, strict=True)
        axes.plot(coverage, risk, color=colour, label=label)
        axes.plot(coverage[-1], risk[-1], "o", color=colour, markersize=4)
    axes.axvline(0.7, color=_GREY, linestyle=":", linewidth=1)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, None)
    axes.set_xlabel("coverage: share of questions answered, most confident first")
    axes.set_ylabel("risk: share of wrong answers")
    axes.grid(alpha=0.3)
    if curves:
        axes.legend(loc="upper left")
    return bool(curves)


def _curves(results: Results) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    for stage in _CURVES:
        if stage in results.stages:
            for points in results.stages[stage].result.curves.values():
                if points:
                    yield STAGES[stage].en, points
