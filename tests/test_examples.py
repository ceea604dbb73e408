"""Each example runs as a user would run it, with the real bundled models."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vnqa import Answer, NewsQA

ROOT = Path(__file__).parent.parent
SEED = ROOT / "seeds" / "hoi-huu-nghi-viet-nga.txt"
QUOTE = (
    "Theo phần giới thiệu của ông Khánh, Hội Hữu nghị Việt Nam - Liên bang Nga thành lập ngày "
    "23/5/1950, khi quan hệ chính thức giữa hai nước đã được thiết lập."
)

pytestmark = pytest.mark.models


def run(name: str, *arguments: object) -> list[str]:
    """Run an example and return the lines it printed; it must say nothing else."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("embeddings") / "tin-tuc"
    with NewsQA.open(path, generator=None) as qa:
        assert qa.add(ROOT / "seeds").added == 16
    return path


class Server(ThreadingHTTPServer):
    """Answers like a server of models on the user's machine; remembers what it was asked."""

    def __init__(self, draft: str) -> None:
        super().__init__(("127.0.0.1", 0), Completions)
        self.draft = draft
        self.asked: list[dict[str, object]] = []


class Completions(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append({"path": self.path, **json.loads(body)})
        piece = {"choices": [{"index": 0, "delta": {"content": self.server.draft}}]}
        reply = f"data: {json.dumps(piece)}\n\ndata: [DONE]\n\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server("ngày 23/5/1950. Hội có 99 vạn hội viên.") as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_every_example_is_run_here() -> None:
    tested = {name for name in globals() if name.startswith("test_")}
    examples = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert examples == {name.removeprefix("test_") for name in tested} & examples
    assert examples == {
        "ask", "add_articles", "search_only", "other_models", "answers_as_json"
    }  # fmt: skip


def test_ask(index: Path) -> None:
    lines = run("ask.py", "--index", index)
    assert re.match(r"23/5/1950 \[1\]\.  \(confidence [01]\.\d\d, qwen", lines[0])
    fields = dict(line.removeprefix("[1]").strip().split(":", 1) for line in lines[2:])
    assert fields["quote"].strip() == QUOTE
    assert fields["offsets"].strip().endswith(f"of {SEED.name}")
    assert fields["source"].strip() == "Thời Đại"


def test_add_articles(tmp_path: Path) -> None:
    lines = run("add_articles.py", "--index", tmp_path / "ben-pha")
    assert lines[0] == "added 2, unchanged 0"
    assert "      “Giá vé là 4.000 đồng một lượt.”" in lines
    assert "updated 1" in lines
    assert "      “Giá vé là 5.000 đồng một lượt.”" in lines
    assert lines.index("updated 1") < lines.index("      “Giá vé là 5.000 đồng một lượt.”")
    assert lines[-2:] == ["removed: True", "left: cho-noi"]


def test_search_only(index: Path) -> None:
    query = ["chay rung o bang New South Wales", "--index", index]
    first = run("search_only.py", *query)[0]
    assert first == (
        "1. Úc: 29 đám cháy rừng ở New South Wales vẫn ngoài tầm kiểm soát | Dân trí | 2013-10-23"
    )
    other = run("search_only.py", *query, "--source", "người lao động", "--until", "2013-12-31")
    heads = [line for line in other if line[:2] in ("1.", "2.", "3.")]
    assert heads
    assert all(" | Người Lao Động | 2013-" in head for head in heads)
    assert run("search_only.py", *query, "--since", "2999-01-01") == []


def test_other_models(tmp_path: Path, server: Server) -> None:
    index = ["--articles", SEED, "--index", tmp_path / "khac"]
    own = run("other_models.py", *index)
    assert own[0].endswith(" [1].")
    assert any(character.isdecimal() for character in own[0].removesuffix(" [1]."))
    address = f"http://127.0.0.1:{server.server_port}/v1#nho"
    lines = run("other_models.py", *index, "--generator", address)
    assert lines[0] == "Ngày 23/5/1950 [1]."  # what no article says is left out
    assert lines[4] == f"      “{QUOTE}”"
    (asked,) = server.asked
    assert (asked["path"], asked["model"]) == ("/v1/chat/completions", "nho")
    assert QUOTE in str(asked["messages"])


def test_answers_as_json(index: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text(
        "# hội\n"
        ' {"question": "Ngày nào Hội Hữu nghị Việt Nam - Liên bang Nga được thành lập?", '
        '"note": "a\u2028b"}\n'
        "\nGiá vàng SJC hôm nay?\n",
        encoding="utf-8",
    )
    lines = run("answers_as_json.py", "--index", index, "--file", questions)
    answers = [Answer.model_validate_json(line) for line in lines]
    assert [answer.question for answer in answers] == [
        "Ngày nào Hội Hữu nghị Việt Nam - Liên bang Nga được thành lập?",
        "Giá vàng SJC hôm nay?",
    ]
    assert "23/5/1950" in answers[0].text
    assert answers[0].citations[0].article.article_id == SEED.name
    assert (answers[1].abstained, answers[1].text, answers[1].citations) == (True, "", ())
