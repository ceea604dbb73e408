"""The table on the terminal, and the section of the READMEs."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rich import box
from rich.table import Table

from benchmarks import readme
from benchmarks.quality.perturbations import PERTURBATIONS
from benchmarks.quality.results import Measured, Results
from benchmarks.quality.retrieval import PLAIN, figures_asked
from benchmarks.quality.rows import Row
from benchmarks.quality.stages import STAGES
from benchmarks.quality.words import WORDS, Lang
from vnqa.evaluation import Figure

ROOT = Path(__file__).resolve().parents[2]
READMES: dict[Lang, Path] = {"en": ROOT / "README.md", "vi": ROOT / "README.vi.md"}
_PLOTS = ("summary", "retrieval", "risk-coverage")
_TYPED = ("viquad", "viquad_news", "law", "passages_news", "answers_perturbed")
_RIGHT = "holds gold and cites gold article"


class _State(NamedTuple):
    """When and where a stage was measured, and with which adapters; none if not noted yet."""

    day: datetime.date
    processor: str
    adapters: tuple[tuple[str, str], ...]


def table_of(results: Results) -> Table:
    """Return all rows as one table, a section a stage; what repeats is left blank."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("stage", "set", "how", "figure"):
        table.add_column(heading, overflow="fold")
    for heading in ("value", "95%", "n", "goal", "reached"):
        table.add_column(heading, justify="right", no_wrap=True)
    for stage, measured in _measured(results):
        before = ["", "", ""]
        for row in measured.result.rows:
            place = [f"{stage}\n{measured.result.seconds:.0f} s", row.dataset, row.name]
            shown = ["" if cell == last else cell for cell, last in zip(place, before, strict=True)]
            table.add_row(*shown, row.figure, *_cells(row, yes="yes", no="NO"))
            before = place
        table.add_section()
    return table


def readme_section(results: Results, lang: Lang) -> str:
    """Return the Markdown of the rows that have a goal, of what perturbations do, and the plots.

    Args:
        results: At least one stage.
        lang: Language of the README.
    """
    words = WORDS[lang]
    states = Counter(_state_of(m) for m in results.stages.values())
    newest = max(states, key=lambda state: (state.day, bool(state.adapters), states[state]))
    told = next(m for m in results.stages.values() if _state_of(m) == newest).conditions
    lines = [words.about.format(**told.model_dump()), ""]
    for state in sorted(set(states) - {newest}):
        others = [stage for stage, m in _measured(results) if _state_of(m) == state]
        names = "; ".join(getattr(STAGES[stage], lang) for stage in others)
        lines += [words.other.format(**state._asdict(), stages=names), ""]
    lines += [_line(words.head), _line(["---"] * 3 + ["--:"] * 4 + ["---"])]
    for stage, measured in _measured(results):
        for row in measured.result.rows:
            if row.goal is not None:
                typed = f", {words.names.get(row.name, row.name)}"
                how = typed if row.name in PERTURBATIONS else ""
                name = words.names.get(row.figure, row.figure)
                what = getattr(STAGES[stage], lang)
                cells = _cells(row, yes=words.yes, no=words.no)
                cells = [cell.replace(".", words.decimal) for cell in cells]
                lines.append(_line([what, f"{row.dataset}{how}", name, *cells]))
    lines += ["", *_typed_lines(results, lang), ""]
    lines += [
        f"![{title}](benchmarks/results/quality-{plot}.svg)"
        for title, plot in zip(words.plots, _PLOTS, strict=True)
    ]
    return "\n".join(lines)


def _typed_lines(results: Results, lang: Lang) -> Iterator[str]:
    """Yield a table with a line for each way to type a question and a column for each stage."""
    words = WORDS[lang]
    stages = [stage for stage in _TYPED if stage in results.stages]
    yield _line([words.typed, *(getattr(STAGES[stage], lang) for stage in stages)])
    yield _line(["---"] + ["--:"] * len(stages))
    for way in (PLAIN, *PERTURBATIONS):
        cells = [words.names.get(way, way)]
        for stage in stages:
            found = figures_asked(results.stages[stage].result.rows, way)
            shown = [_RIGHT] if stage == "answers_perturbed" else ["hit@1", "hit@10"]
            values = [_number(found[figure].value) for figure in shown]
            cells.append(" / ".join(values).replace(".", words.decimal))
        yield _line(cells)


def write_readmes(results: Results) -> None:
    """Put the section between its two markers in either README.

    Raises:
        ValueError: If a README lacks the markers.
    """
    for lang, path in READMES.items():
        text = path.read_text(encoding="utf-8")
        path.write_text(replaced_section(text, readme_section(results, lang)), encoding="utf-8")


def replaced_section(text: str, section: str) -> str:
    """Return a README with what stands between the markers replaced.

    Raises:
        ValueError: If the markers do not stand in it once.
    """
    return readme.replaced_section(text, "quality", section)


def _state_of(measured: Measured) -> _State:
    conditions = measured.conditions
    return _State(conditions.day, conditions.processor, tuple(sorted(conditions.adapters.items())))


def _measured(results: Results) -> Iterator[tuple[str, Measured]]:
    for stage in STAGES:
        if stage in results.stages:
            yield stage, results.stages[stage]


def _cells(row: Row, *, yes: str, no: str) -> list[str]:
    reached = {None: "", True: yes, False: no}[row.reached]
    goal = "" if row.goal is None else str(row.goal)
    return [_value(row), _interval(row.value), f"{row.value.n:,}", goal, reached]


def _value(row: Row) -> str:
    """Return the figure, with more digits where rounding would put it beyond its goal."""
    shown, digits = _number(row.value.value), 3
    while _rounded(row, shown).reached != row.reached:
        digits += 1
        shown = f"{row.value.value:.{digits}f}"
    return shown


def _rounded(row: Row, shown: str) -> Row:
    return row.model_copy(update={"value": row.value.model_copy(update={"value": float(shown)})})


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.3f}"


def _interval(figure: Figure) -> str:
    if figure.low == figure.high:
        return ""
    return f"{_number(figure.low)}–{_number(figure.high)}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
