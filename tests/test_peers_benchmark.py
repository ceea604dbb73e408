from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import closing

import pytest

from benchmarks.peers.serving import Document, Inputs, Reply
from benchmarks.speed import asking, embedding, peers
from benchmarks.speed.labels import in_vietnamese
from benchmarks.speed.measuring import CannotMeasureError, Results, Stage
from benchmarks.speed.peers import Peer
from benchmarks.speed.report import draw_plot, readme_section
from tests.test_speed_benchmark import MACHINE
from vnqa.evaluation import Question

DOCUMENTS = tuple(Document(f"bài-{n}", "", f"Bài số {n}.") for n in range(3))
INPUTS = Inputs(DOCUMENTS, "Ấm lên?", "embedder", "model.gguf", top_k=2, threads=1)
COMMAND = [sys.executable, "-m", "tests.fake_peer"]


def test_inputs_are_read_as_they_were_written(tmp_path):
    INPUTS.write(tmp_path / "inputs.json")
    assert Inputs.read(tmp_path / "inputs.json") == INPUTS


def test_a_peer_answers_one_question_after_the_other():
    with closing(Peer("fake", COMMAND, INPUTS)) as peer:
        assert peer.notes == {"passages": 3}, "nothing that is printed gets in between"
        first, second = peer.ask("Ở đâu?\nBao giờ?"), peer.ask("Vì sao?")
    assert first.text == "Ấm lên? Ở đâu?\nBao giờ? Bài số 0.", "it was warmed up before"
    assert second.text == "Ấm lên? Ở đâu?\nBao giờ? Vì sao? Bài số 0."
    assert first.sources == ("bài-0", "bài-1")
    assert first.seconds > 0


def test_a_peer_that_ends_says_why():
    with (
        closing(Peer("fake", COMMAND, INPUTS)) as peer,
        pytest.raises(RuntimeError, match=r"fake ended with status 3 .*\n(.*\n)*out of memory"),
    ):
        peer.ask("Kết thúc?")
    with pytest.raises(RuntimeError, match="No module named"):
        Peer("gone", [sys.executable, "-m", "tests.no_such_peer"], INPUTS)


@pytest.fixture
def requirements(tmp_path, monkeypatch):
    """Leave the environment unmade, and without a compiler."""
    monkeypatch.setattr(peers, "CACHE", tmp_path)
    monkeypatch.setattr(peers, "REQUIREMENTS", tmp_path / "requirements.txt")
    monkeypatch.setattr(peers.shutil, "which", lambda _: None)
    peers.REQUIREMENTS.write_text("numpy==1.26.4\n")
    return peers.REQUIREMENTS


def test_what_is_kept_for_the_peers_is_written_into_a_fresh_clone(tmp_path, monkeypatch):
    for module in (embedding, peers):
        monkeypatch.setattr(module, "CACHE", tmp_path / ".cache")
    monkeypatch.setattr(embedding, "_write_reference", lambda folder: folder.mkdir())
    monkeypatch.setattr(peers, "locate", lambda _: [])
    monkeypatch.setattr(peers, "read_verified", lambda *_: [b"GG", b"UF"])
    assert embedding.reference_folder().is_dir()
    shutil.rmtree(tmp_path / ".cache")
    assert peers.whole_file().read_bytes() == b"GGUF"


def test_no_compiler_is_told(requirements):
    with pytest.raises(CannotMeasureError, match="no C\\+\\+ compiler"):
        peers.peers_python()


def test_what_pip_says_when_it_fails_is_told(requirements, monkeypatch):
    def fail(command, *, stdout, **_):
        stdout.write(b"Collecting numpy\nERROR: no space left on device\n")
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(peers.shutil, "which", lambda name: name)
    monkeypatch.setattr(peers.subprocess, "run", fail)
    with pytest.raises(CannotMeasureError, match="no space left on device"):
        peers.peers_python()
    assert not (peers.CACHE / "peers-venv" / "ready.txt").exists(), "it is tried again next time"


def test_an_environment_is_kept_until_its_requirements_change(requirements):
    folder = peers.CACHE / "peers-venv"
    folder.mkdir()
    (folder / "ready.txt").write_text(requirements.read_text())
    assert peers.peers_python() == folder / "bin" / "python"
    requirements.write_text("numpy==1.26.5\n")
    with pytest.raises(CannotMeasureError):
        peers.peers_python()


def test_each_question_is_asked_of_all_before_the_next():
    done: list[str] = []

    def way(name: str):
        return lambda question: Reply(done.append(name + question) or name)

    replies = asking.in_turns({name: way(name) for name in "abc"}, ["1", "2", "3"])
    assert done == ["b1", "c1", "a1", "c2", "a2", "b2", "a3", "b3", "c3"]
    assert [reply.text for reply in replies["b"]] == ["b"] * 3


def test_what_was_answered_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(asking, "CACHE", tmp_path)
    asking._keep(
        [Question(question="Ai?", answers=("An",))], {"P": [Reply("Bà An", ("bài-1",), 2)]}
    )
    [line] = (tmp_path / "outcomes" / "speed-ask.jsonl").read_text(encoding="utf-8").splitlines()
    given = {"text": "Bà An", "sources": ["bài-1"], "seconds": 2}
    assert json.loads(line) == {"question": "Ai?", "gold": ["An"], "P": given}


def test_rows_against_a_peer(tmp_path):
    questions = [Question(question=f"Câu {n}?", answers=(f"{n} tỷ",)) for n in range(10)]
    ours = [Reply(f"{n} tỷ" if n else "", seconds=1.0) for n in range(10)]
    theirs = [Reply(f"Khoảng {n} tỷ đồng", seconds=2.0 + 2 * (n >= 4)) for n in range(10)]
    rows = tuple(asking.rows_against("P", questions, ours, theirs, {"prompt": "Q"}))
    speed, exact, _, gold = rows
    assert (speed.figure, speed.values) == ("times as fast", (2, 2, 4, 4, 4))
    assert speed.reached
    assert speed.notes["vnqa_abstained"] == 1
    assert speed.notes["prompt"] == "Q"
    assert speed.baseline == "P with FAISS, same base weights without vnqa's adapters, top 5"
    for peer in asking.PEERS:
        label = speed.baseline.replace("P", peer, 1)
        assert in_vietnamese(label).startswith(f"{peer} với FAISS, cùng trọng số gốc")
    assert (exact.values, exact.reached) == ((0.9,), True)
    assert (gold.values, gold.reached) == ((-0.1,), False)
    assert gold.notes == {"vnqa": 0.9, "baseline": 1.0}
    results = Results(stages={"ask": Stage(machine=MACHINE, seconds=1.0, rows=rows)})
    assert "| EM, difference | 0.9 |  | ≥ 0 | yes |" in readme_section(results, "README.md")
    draw_plot(results, tmp_path / "a.svg")
    assert "difference" not in (tmp_path / "a.svg").read_text()
