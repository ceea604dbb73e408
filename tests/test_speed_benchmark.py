from __future__ import annotations

import contextlib
import datetime
import json

import numpy as np
import pytest

from benchmarks.machine import Machine
from benchmarks.quality.rows import Goal
from benchmarks.speed import data, growing, growth, measuring, searching
from benchmarks.speed.labels import in_vietnamese
from benchmarks.speed.measuring import Results, Row, Stage, alternately, compared
from benchmarks.speed.report import (
    ROOT,
    _plot_labels,
    draw_growth,
    draw_plot,
    readme_section,
    rows_of,
)
from tests.entries import DIM, made_entry, unit_vectors
from tests.fakes import FakeEmbedder
from vnqa.index import Collection

MACHINE = Machine(
    version="1", processor="P", cores=2, system="Linux", day=datetime.date(2026, 11, 24)
)


def test_baseline_and_vnqa_take_turns():
    done: list[str] = []
    times = alternately(
        lambda: done.append("theirs"),
        lambda: done.append("ours"),
        prepare=lambda: done.append("-"),
        rounds=2,
        warm=False,
    )
    assert done == ["-", "theirs", "-", "ours"] * 2
    assert len(times) == 2


def test_a_ratio_reads_as_its_goal_does():
    times = [(1.0, 2.0), (1.0, 4.0), (1.0, 8.0)]
    slower = compared("open", "read", times, Goal(4, at_most=True))
    assert (slower.values, slower.median, slower.reached) == ((2.0, 4.0, 8.0), 4.0, True)
    faster = compared("search", "flat", times, Goal(0.3))
    assert (faster.values, faster.median, faster.reached) == ((0.5, 0.25, 0.125), 0.25, False)
    assert compared("search", "flat", times, None).reached is None


def test_made_vectors_are_unit_and_follow_from_their_seed():
    real = unit_vectors(500, 1, 16)
    made = data.made_vectors(real, 200, 3)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(made, data.made_vectors(real, 200, 3))
    assert not np.array_equal(made, data.made_vectors(real, 200, 4))
    assert np.median((made @ real.T).max(axis=1)) > 0.8, "they stay near real ones"


@pytest.mark.parametrize("told", [True, False])
def test_memory_is_measured_or_left_out(tmp_path, monkeypatch, told):
    """Small stand-ins for the data; without ``/proc``, as on other systems, no row is made up."""
    model, count = FakeEmbedder(dim=DIM), 12
    entries = [made_entry(f"bài {number}") for number in range(count)]
    with Collection.open(tmp_path / "index") as index:
        index.write(entries)
    lines = [json.dumps({"id": a.article_id, "text": a.text}) + "\n" for a, _, _ in entries]
    (tmp_path / "news.jsonl").write_text("".join(lines))
    monkeypatch.setattr(data, "NEWS", tmp_path / "news.jsonl")
    monkeypatch.setattr(data, "gzip_lines", lambda path: contextlib.nullcontext(iter(lines)))
    monkeypatch.setattr(data, "embedder", lambda threads=0: model)
    monkeypatch.setattr(data, "questions", lambda count: ["lúa", "cầu"])
    monkeypatch.setattr(data, "real_index", lambda articles: tmp_path / "index")
    monkeypatch.setattr(data, "made_index", lambda passages, real: tmp_path / "index")
    monkeypatch.setattr(data, "copied", contextlib.nullcontext)
    if told:
        status = tmp_path / "status"
        status.write_text("Name:\tvnqa\nVmRSS:\t    4096 kB\nRssAnon:\t    2048 kB\n")
        monkeypatch.setattr(measuring, "_STATUS", status)
        assert (measuring.anonymous_mb(), measuring.resident_mb()) == (2.0, 4.0)
    else:
        monkeypatch.setattr(measuring, "_STATUS", tmp_path / "none")
        assert measuring.anonymous_mb() is measuring.resident_mb() is None
    rows = [*searching.search_vectors(count, count), *growing.add_all(count, 2)]
    figures = [row.figure for row in rows]
    memory = {"of its memory", "MB more, at most"}
    assert memory & set(figures) == (memory if told else set())
    assert figures.count("recall@10") == 1
    with measuring.watched_memory() as peak:
        pass
    assert peak == ([0.0] if told else [])


def test_growth_without_memory():
    steps = {step: {"seconds": 0.5} for step in growth._STEPS}
    rows = tuple(growth.rows_of([{"articles": 1000, "passages": 4000, **steps}]))
    assert [(row.what, row.figure) for row in rows] == [(step, "seconds") for step in steps]
    results = Results(stages={"growth": Stage(machine=MACHINE, seconds=1.0, rows=rows)})
    assert "| 1,000 |" + " 0.5 s |" * len(steps) in readme_section(results, "README.md")


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("README.md", "| open | read | of its time | 2.5 |"),
        ("README.vi.md", "| mở | read | phần thời gian | 2,5 |"),
    ],
)
def test_the_section_and_the_plot(tmp_path, name, row):
    rows = (
        Row(
            what="open",
            baseline="read",
            figure="of its time",
            values=(2.0, 2.5, 3.0),
            goal=Goal(2, at_most=True),
        ),
        Row(what="dense", baseline="flat", figure="times as fast", values=(30.0,), goal=Goal(20)),
    )
    results = Results(stages={"open": Stage(machine=MACHINE, seconds=1.0, rows=rows)})
    section = readme_section(results, name)
    assert row in section
    assert "**" in section.split(row)[1].split("\n")[0], "not reached stands out"
    assert "2026-11-24" in section
    later = MACHINE.model_copy(update={"day": datetime.date(2026, 11, 25)})
    both = Results(
        stages={**results.stages, "dense": Stage(machine=later, seconds=1.0, rows=rows[1:])}
    )
    assert "2026-11-25, vnqa 1, P: dense." in readme_section(both, name)
    assert "2026-11-25" not in section
    assert _plot_labels([rows[1], rows[1].model_copy(update={"baseline": "graph"})]) == [
        "dense / flat: 30 times as fast (≥ 20)",
        "dense / graph: 30 times as fast (≥ 20)",
    ]
    for path in (tmp_path / "a.svg", tmp_path / "b.svg"):
        draw_plot(results, path)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("README.md", "| 1,000 | 0.5 s / 20 MB | 2 s / 70 MB |"),
        ("README.vi.md", "| 1.000 | 0,5 s / 20 MB | 2 s / 70 MB |"),
    ],
)
def test_growth_is_a_table_by_size_and_a_plot(tmp_path, name, line):
    sizes = {"articles": [1000, 2000], "passages": [4000, 8000]}
    steps = {"open": ((0.5, 0.6), (20, 30)), "add": ((2, 3), (70, 80))}
    rows = tuple(
        Row(what=step, baseline="", figure=figure, values=values, notes=sizes)
        for step, both in steps.items()
        for figure, values in zip(("seconds", "MB"), both, strict=True)
    )
    results = Results(stages={"growth": Stage(machine=MACHINE, seconds=1.0, rows=rows)})
    assert line in readme_section(results, name).splitlines()
    draw_growth(results, tmp_path / "growth.svg")
    assert (tmp_path / "growth.svg").stat().st_size > 0


def test_labels_in_vietnamese() -> None:
    assert in_vietnamese("add 100 articles to 10,000") == "thêm 100 bài vào 10.000 bài"
    assert in_vietnamese("import vnqa") == "import vnqa"
    results = Results.model_validate_json(
        (ROOT / "benchmarks/results/speed.json").read_text(encoding="utf-8")
    )
    labels = {label for row in rows_of(results) for label in (row.what, row.baseline, row.figure)}
    same = {label for label in labels if in_vietnamese(label) == label}
    assert same <= {"import vnqa", "vnqa --help", "import faiss", "python -c pass", "recall@10"}
