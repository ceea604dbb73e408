"""What `make bench-faults` does, a little of each: everything holds, and a fault would be seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.faults import damage, inputs, kills
from benchmarks.faults.copies import make_format
from benchmarks.faults.readers import PLACES, _wrong, made
from benchmarks.faults.results import Measured, Results, conditions_in, table_of, updated
from benchmarks.faults.rows import Tally
from benchmarks.faults.space import KINDS
from benchmarks.faults.stages import STAGES
from tests.entries import made_entry
from vnqa.errors import IndexFormatError
from vnqa.index import Collection
from vnqa.loading import formats, sources
from vnqa.records import CheckReport


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    """The rows of a quick run, in a process of its own: it makes others, and gives up rights."""
    path = tmp_path_factory.mktemp("results") / "faults.json"
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.faults", "--quick", "--results", str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
        timeout=500,
    )
    assert path.exists(), run.stderr
    found = Results.model_validate_json(path.read_bytes()).stages
    return {name: {row.what: row for row in measured.rows} for name, measured in found.items()}


@pytest.mark.parametrize("name", list(STAGES))
def test_everything_holds(stages, name):
    for row in stages[name].values():
        assert row.tried > 0
        assert (row.held, row.examples) == (row.tried, ()), row.what


def test_what_happened_is_told_apart(stages):
    assert sum(row.tried for row in stages["kills"].values()) == 5
    damaged = {what: set(row.outcomes) for what, row in stages["damage"].items()}
    assert damaged["vectors: bit flipped"] == {"found, all mended"}
    assert damaged["words, fieldnorm: another's"] == {"found, all mended"}
    assert damaged["library.sqlite: deleted"] == {"found, nothing to save"}
    assert {"meta.json", "library.sqlite-wal"} <= {what.split(":")[0] for what in damaged}
    assert len(stages["space"]) in (2 * len(KINDS), 3 * len(KINDS))  # not all may mount
    assert any("refused, nothing changed" in row.outcomes for row in stages["space"].values())
    assert "one generation" in stages["readers"]["2 readers ask"].outcomes
    assert stages["copies"]["an index of another format"].outcomes == {
        "refused with what to run": 2,
        "migrated": 1,
    }
    assert [row.tried for row in stages["inputs"].values()] == [50, 50]


def test_a_kill_that_lost_something_would_be_seen(tmp_path):
    kills.change_all(tmp_path / "index")
    models = [{}]
    for _, _, after in kills.changes():
        models.append(after(models[-1]))
    assert kills._wrong(tmp_path / "index", models[-1:]) == ""
    assert "expected one of" in kills._wrong(tmp_path / "index", models[-1:])  # has one more


def test_damage_that_is_not_found_would_be_seen(tmp_path):
    damage.build(tmp_path / "whole")
    damage.build(tmp_path / "changed", version=1)
    whole = damage.contents(tmp_path / "whole")
    outcome, held, _ = damage._outcome(tmp_path / "changed", whole, mend=False)
    assert (outcome, held) == ("NOT FOUND", False)


def test_mending_that_loses_everything_would_be_seen(tmp_path):
    damage.build(tmp_path / "whole")
    damage.build(tmp_path / "other", version=7)
    whole, other = (damage.contents(tmp_path / name) for name in ("whole", "other"))
    ids = [article.article_id for article in whole[0]]
    theirs = {article.article_id: article.extra["version"] for article in other[0]}

    def mended(name, lost=(), other=None):
        report = CheckReport(path="", articles=0, problems=("x",), lost=lost, repaired=True)
        return damage._mended(tmp_path / name, report, whole, other)[:2]

    assert mended("whole") == ("found, all mended", True)
    assert mended("other") == ("found, the rest saved", False), "all of it made up"
    assert mended("other", other=other) == ("found, made to fit the other's library", True)
    with Collection.open(tmp_path / "whole") as collection:
        collection.write([made_entry(ids[0], theirs[ids[0]]), made_entry(ids[1], 99)], ids[2:])
    assert mended("whole", lost=tuple(ids[2:]), other=other) == ("found, the rest saved", False)
    with Collection.open(tmp_path / "whole") as collection:
        collection.write(removals=ids[1:2])
    assert mended("whole", lost=tuple(ids[1:]), other=other) == ("found, the rest saved", True)
    with Collection.open(tmp_path / "whole") as collection:
        collection.write(removals=ids[:1])
    for mixed in (None, other):
        assert mended("whole", other=mixed) == ("found, the rest saved", False)
        assert mended("whole", tuple(ids), other=mixed) == ("found, the rest saved", True)


def test_what_is_of_no_one_generation_would_be_seen():
    states = {4: dict.fromkeys(PLACES, 0), 5: {**dict.fromkeys(PLACES, 0), PLACES[0]: 1}}
    note = {"from": 4, "to": 5, "all": False, "articles": [(PLACES[0], 1), (PLACES[1], 0)]}
    assert _wrong(note, states) == ""
    assert "saw" in _wrong({**note, "to": 4}, states)  # of a generation that was not there yet
    assert "saw" in _wrong({**note, "all": True}, states)  # and where all should be seen
    assert made(PLACES[0], 1) != made(PLACES[0], 0)


def test_an_input_that_crashes_or_hangs_would_be_seen(monkeypatch):
    def act(value):
        while value == b"":
            pass
        raise RuntimeError("crashed")

    monkeypatch.setattr(inputs, "LIMIT_SECONDS", 1)
    row = inputs._tried("x", 3, inputs.st.sampled_from([b"", b"x"]), act)
    assert row.held == 0
    assert set(row.outcomes) <= {"TookTooLong", "RuntimeError"}
    assert "RuntimeError" in row.outcomes


@pytest.mark.parametrize(
    ("module", "name"),
    [(formats, "split_front_matter"), (sources, "assemble")],
)
def test_a_hang_while_loading_would_be_seen(tmp_path, monkeypatch, module, name):
    def hang(*arguments, **options):
        while True:
            pass

    monkeypatch.setattr(inputs, "LIMIT_SECONDS", 1)
    monkeypatch.setattr(module, name, hang)
    row = inputs._tried("x", 1, inputs.st.just(b"Gi\xc3\xa1."), inputs._loading(tmp_path))
    assert (row.tried, row.held, set(row.outcomes)) == (1, 0, {"TookTooLong"})


def test_a_writer_that_fails_ends_and_is_noticed(tmp_path):
    """In a process of its own, which forks."""
    code = f"""
import os, pathlib
from benchmarks.faults import copies, kills
from tests import faulty_writer

parent = os.getpid()
folder = pathlib.Path({str(tmp_path)!r})

def fail(folder):
    raise RuntimeError("no more")

def told(act):
    try:
        act()
    except SystemExit as error:
        print("told", error)
    except BaseException as error:
        print("unwound", error)
    print(os.getpid() == parent, flush=True)

kills.change_all = copies._write_on = fail
print(faulty_writer.in_child(lambda: fail(folder)))
told(lambda: kills.killed_in(folder / "a", 1, 0.0))
told(lambda: copies.copies(folder / "b", count=2))
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
        timeout=100,
    )
    assert run.stdout.splitlines() == [
        "1",
        "told the changes fail before they are stopped: exit status 1",
        "True",
        "told the process that writes ended too soon: exit status 1",
        "True",
    ], run.stderr
    assert run.stderr.count("RuntimeError: no more") == 3


def test_the_table_and_the_result_file(tmp_path):
    tally = Tally("something done")
    tally.add("fine", held=True)
    tally.add("lost", held=False, example="an article")
    row = tally.row()
    assert (row.tried, row.held, row.examples) == (2, 1, ("lost: an article",))
    measured = Measured(conditions=conditions_in(tmp_path), rows=(row,), seconds=1.0)
    updated(tmp_path / "r.json", "kills", measured)
    results = updated(tmp_path / "r.json", "damage", measured)
    assert list(results.stages) == ["kills", "damage"]
    console = Console(width=120, record=True)
    console.print(table_of(results))
    assert "1  NO" in console.export_text()


@pytest.mark.parametrize("version", [1, 2, 99])
def test_a_reader_of_another_format(tmp_path, version):
    with Collection.open(tmp_path) as collection:
        collection.write([made_entry("bến")])
    make_format(tmp_path, version)
    if version == 2:
        with Collection.open(tmp_path, read_only=True) as reader:
            assert [article.article_id for article in reader.articles()] == ["bến"]
            assert reader.check() == [
                f"format 2 has no checksums; run: vnqa rebuild -i {tmp_path}, which adds them"
            ]
    else:
        with pytest.raises(IndexFormatError, match=r"run: pip|vnqa add"):
            Collection.open(tmp_path, read_only=True)
