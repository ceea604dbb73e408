"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

import vnqa as vnqa_package
from tests.fakes import FakeEmbedder, FakeGenerator
from vnqa import AddReport, Answer, Article, Hit, ModelError, NewsQA, Status
from vnqa.cli import app, output
from vnqa.cli.adding import count_inputs
from vnqa.cli.asking import questions_in
from vnqa.cli.options import Lang
from vnqa.cli.progress import Bars, working
from vnqa.confidence import THRESHOLD
from vnqa.evaluation import Report

BRIDGE = """title: Khánh thành cầu Bến Ngự
source: Báo Sông
date: 1998-07-05

Cầu Bến Ngự dài 320 m, bắc qua sông Lam Giang. Cầu được khánh thành ngày 4/7/1998.
"""
FAIR = """title: Hội chợ sách mùa thu
source: Báo Núi
date: 2020-10-01

Hội chợ sách thu hút 12.000 lượt khách. Ban tổ chức tặng 1.500 cuốn sách cho trường học.
"""
ODD = """title: Tiếng [bold]mõ[/bold] :warning: [/] \\[red]

Xã Đông Hạ [1] treo biển [bold]Cấm câu[/bold] ở hồ [/ao] :fire: C:\\[ho]\\.
"""
PAGE = """Trang chủ
Thời sự
Thể thao
Chợ đêm Bến Trúc mở lại sau mùa lũ

Chợ đêm Bến Trúc mở lại từ tối 12/3 sau hai tháng dọn bùn. Đến nay 85 sạp đã có người thuê.
Ông Lò Văn Sáng, trưởng ban quản lý, nói khách phải gửi xe ở bãi phía nam cầu treo.

Tin liên quan
Bến Trúc dời chợ lên đồi
Giá cá sông tăng gấp đôi
Chia sẻ
"""

QUESTION = "Cầu Bến Ngự khánh thành ngày nào?"


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give fakes for the bundled models; return the drafts still to be written."""
    drafts = ["4/7/1998"]

    def draft(prompt: str) -> str:
        return drafts[0]

    def open_embedder(spec: object, **how: object) -> FakeEmbedder:
        if isinstance(spec, FakeEmbedder):
            return spec
        if spec not in ("bundled", "khac"):
            raise ModelError(f"there is no model {spec!r}")
        return FakeEmbedder() if spec == "bundled" else FakeEmbedder(dim=48, name="khac")

    def open_generator(spec: object, **how: object) -> FakeGenerator | None:
        return None if spec is None else FakeGenerator(draft)

    monkeypatch.setattr("vnqa.newsqa._open_reader", lambda reader, **how: None)
    monkeypatch.setattr("vnqa.newsqa.open_embedder", open_embedder)
    monkeypatch.setattr("vnqa.newsqa.open_generator", open_generator)
    monkeypatch.setattr("vnqa.answering.confidence", lambda evidence: 0.9)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "VNQA_INDEX"):
        monkeypatch.delenv(name, raising=False)
    return drafts


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "chi-muc"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "bai"
    folder.mkdir()
    (folder / "cau.txt").write_text(BRIDGE, encoding="utf-8")
    (folder / "sach.txt").write_text(FAIR, encoding="utf-8")
    return folder


@pytest.fixture
def built(index: Path, articles: Path) -> Path:
    assert vnqa("add", articles, "-i", index).exit_code == 0
    return index


def vnqa(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_add_counts_what_it_did(index: Path, articles: Path) -> None:
    first = vnqa("add", articles, "-i", index)
    assert first.exit_code == 0
    assert re.fullmatch(
        r"2 bài mới, 0 bài cập nhật, 0 bài không đổi, 0 bị từ chối; "
        r"nhúng 2 đoạn trong \d+,\d giây\n",
        first.stdout,
    )
    assert first.stderr == ""  # no bar where nobody looks
    (articles / "cau.txt").write_text(BRIDGE.replace("320", "330"), encoding="utf-8")
    again = vnqa("add", articles, "-i", index, "--lang", "en")
    assert re.fullmatch(
        r"0 added, 1 updated, 1 unchanged, 0 rejected; 1 passages embedded in \d+\.\d s\n",
        again.stdout,
    )


def test_add_reports_what_it_rejects_and_loads_the_rest(index: Path, articles: Path) -> None:
    lines = ['{"id": "a", "text": "Lúa trổ bông sớm."}', '{"id": "b", "text": ']
    (articles / "tin.jsonl").write_text("\n".join(lines), encoding="utf-8")
    result = vnqa("add", articles, "-i", index)
    assert result.exit_code == 4
    assert result.stdout.startswith("3 bài mới, 0 bài cập nhật, 0 bài không đổi, 1 bị từ chối;")
    assert result.stderr.startswith(f"Từ chối: {articles / 'tin.jsonl'}:2: ")
    report = AddReport.model_validate_json(vnqa("add", articles, "-i", index, "--json").stdout)
    assert (report.added, report.unchanged, report.passages_embedded) == (0, 3, 0)
    assert [(r.path, r.line) for r in report.rejected] == [(str(articles / "tin.jsonl"), 2)]


def test_add_tells_of_dates_that_it_does_not_understand(index: Path, tmp_path: Path) -> None:
    records = [
        {"id": "a", "text": "Ngô đã ra bắp.", "published": "hôm kia"},
        {"id": "b", "text": FAIR, "published": "28/11/2026"},
        {"id": "c", "text": "Lúa trổ bông sớm."},
    ]
    file = tmp_path / "tin.jsonl"
    file.write_text("\n".join(json.dumps(r) for r in records), encoding="utf-8")
    result = vnqa("add", file, "-i", index)
    assert result.exit_code == 0
    assert result.stderr == (
        "Lưu ý: không hiểu ngày đăng của 1 bài; lọc theo ngày sẽ bỏ qua các bài đó\n"
    )
    again = AddReport.model_validate_json(vnqa("add", file, "-i", index, "--json").stdout)
    assert (again.unchanged, again.dates_not_read) == (3, 0)  # told once


def test_add_of_several_paths_is_one_load(index: Path, tmp_path: Path) -> None:
    """Files of one name in two folders do not replace each other."""
    for name, text in (("thang-9", BRIDGE), ("thang-10", FAIR)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tin.txt").write_text(text, encoding="utf-8")
    paths = [tmp_path / "thang-9" / "tin.txt", tmp_path / "thang-10" / "tin.txt"]
    result = vnqa("add", *paths, "-i", index, "--json")
    assert result.exit_code == 4
    report = AddReport.model_validate_json(result.stdout)
    assert (report.added, report.updated) == (1, 0)
    assert [r.path for r in report.rejected] == [str(paths[1])]
    assert "'tin.txt' was given before" in report.rejected[0].reason


def test_add_of_what_cannot_be_read_is_no_wrong_use(
    index: Path, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accessible, opened = os.access, Path.open

    def refuses(path: object, mode: int, **how: object) -> bool:
        return Path(str(path)).name != "sach.txt" and accessible(str(path), mode, **how)  # type: ignore[arg-type]

    def refuse(path: Path, *args: object, **options: object) -> object:
        if path.name == "sach.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("os.access", refuses)  # root may read anything
    monkeypatch.setattr(Path, "open", refuse)
    result = vnqa("add", articles / "cau.txt", articles / "sach.txt", "-i", index)
    assert (result.exit_code, result.stdout[:9]) == (4, "1 bài mới")
    assert "sach.txt: cannot be read: Permission denied" in result.stderr


def test_add_counts_inputs_only_where_a_bar_is_drawn(
    index: Path, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_much(paths: object) -> int:
        raise AssertionError("files were read for a bar that nobody sees")

    monkeypatch.setattr("vnqa.cli.adding.count_inputs", too_much)
    assert vnqa("add", articles, "-i", index).exit_code == 0


def test_add_where_there_are_no_articles(index: Path, tmp_path: Path) -> None:
    (tmp_path / "anh").mkdir()
    (tmp_path / "anh" / "bao.pdf").write_bytes(b"%PDF-1.7")
    result = vnqa("add", tmp_path / "anh", "-i", index)
    assert result.exit_code == 3
    assert result.stdout.startswith("0 bài mới")
    assert f"Không có bài viết nào trong {tmp_path / 'anh'}; đọc được .txt" in result.stderr


def test_add_of_a_path_that_is_not_there_does_nothing(index: Path, articles: Path) -> None:
    result = vnqa("add", articles, "khong/co.txt", "-i", index)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Lỗi: khong/co.txt: không có tệp hoặc thư mục này\n"
    assert not index.exists()


def test_ask_prints_the_answer_and_its_citation(built: Path) -> None:
    result = vnqa("ask", QUESTION, "-i", built)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "4/7/1998 [1].",
        "",
        "Nguồn:",
        "  [1] Khánh thành cầu Bến Ngự · Báo Sông · 05/07/1998",
        "      “Cầu được khánh thành ngày 4/7/1998.”",
    ]
    assert result.stderr == ""
    assert vnqa("ask", QUESTION, "-i", built, "--lang", "en").stdout.splitlines()[2] == "Sources:"


def test_ask_as_json_is_the_record(built: Path) -> None:
    answer = Answer.model_validate_json(vnqa("ask", QUESTION, "-i", built, "--json").stdout)
    assert answer.text == "4/7/1998 [1]."
    assert answer.citations[0].article.article_id == "cau.txt"
    assert answer.model == "fake"
    with NewsQA.open(built, generator=FakeGenerator("4/7/1998"), read_only=True) as qa:
        same = qa.ask(QUESTION)
    assert answer.model_dump(exclude={"seconds"}) == same.model_dump(exclude={"seconds"})


def test_ask_abstains_with_exit_code_3(built: Path, models: list[str]) -> None:
    models[0] = "5/7/1998"
    result = vnqa("ask", QUESTION, "-i", built)
    assert result.exit_code == 3
    assert result.stdout.splitlines()[0] == (
        "Không trả lời được: Không có câu nào trong các bài viết xác nhận được câu trả lời."
    )
    assert "  - Khánh thành cầu Bến Ngự · Báo Sông · 05/07/1998" in result.stdout.splitlines()
    english = vnqa("ask", QUESTION, "-i", built, "--lang", "en")
    assert english.stdout.splitlines()[0] == (
        "No answer: No sentence of the articles bears out the answer."
    )
    answer = Answer.model_validate_json(vnqa("ask", QUESTION, "-i", built, "--json").stdout)
    assert (answer.abstained, answer.text) == (True, "")


def asked_of_a_file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "hoi.txt"
    path.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    return path


def test_ask_the_questions_of_a_file(built: Path, tmp_path: Path) -> None:
    unanswered = "Hội chợ sách tặng bao nhiêu cuốn?"
    file = asked_of_a_file(tmp_path, "# về cây cầu", QUESTION, "", f"  {unanswered}")
    result = vnqa("ask", "--file", file, "-i", built)
    assert (result.exit_code, result.stderr) == (0, "")  # one is answered
    lines = result.stdout.splitlines()
    assert lines[:7] == [
        QUESTION,
        "4/7/1998 [1].",
        "",
        "Nguồn:",
        "  [1] Khánh thành cầu Bến Ngự · Báo Sông · 05/07/1998",
        "      “Cầu được khánh thành ngày 4/7/1998.”",
        "",
    ]
    assert lines[7] == unanswered
    assert lines[8].startswith("Không trả lời được: ")
    as_json = vnqa("ask", "--file", file, "-i", built, "--json").stdout.splitlines()
    answers = [Answer.model_validate_json(line) for line in as_json]
    assert [answer.question for answer in answers] == [QUESTION, unanswered]
    assert [answer.abstained for answer in answers] == [False, True]
    nothing = vnqa("ask", "--file", asked_of_a_file(tmp_path, unanswered), "-i", built)
    assert nothing.exit_code == 3


def test_ask_the_questions_of_standard_input(built: Path) -> None:
    result = CliRunner().invoke(
        app, ["ask", "--file", "-", "-i", str(built), "--json"], input=f"{QUESTION}\n{QUESTION}\n"
    )
    answers = [Answer.model_validate_json(line) for line in result.stdout.splitlines()]
    assert [answer.text for answer in answers] == ["4/7/1998 [1]."] * 2


def test_ask_a_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(OSError, match="standard input is closed"):
        questions_in("-")


def test_ask_the_questions_of_a_file_for_eval(built: Path, tmp_path: Path) -> None:
    known = json.dumps({"question": QUESTION, "note": "a\u2028b"}, ensure_ascii=False)
    result = vnqa("ask", "--file", asked_of_a_file(tmp_path, known), "-i", built, "--json")
    assert Answer.model_validate_json(result.stdout).question == QUESTION
    for line in ('{"question": 5}', '{"hoi": "Cầu?"}', "{Cầu?", '{"question":' * 100_000):
        wrong = vnqa("ask", "--file", asked_of_a_file(tmp_path, QUESTION, line), "-i", built)
        assert (wrong.exit_code, wrong.stdout) == (1, "")
        assert "hoi.txt:2: expected a" in wrong.stderr


def test_ask_a_file_that_holds_no_questions(built: Path, tmp_path: Path) -> None:
    missing = vnqa("ask", "--file", tmp_path / "khong-co.txt", "-i", built)
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "khong-co.txt" in missing.stderr
    empty = vnqa("ask", "--file", asked_of_a_file(tmp_path, "# chưa có", ""), "-i", built)
    assert (empty.exit_code, empty.stdout) == (1, "")
    assert "expected one question a line, got none" in empty.stderr
    wrong = vnqa("ask", "--file", asked_of_a_file(tmp_path, QUESTION, "?!"), "-i", built)
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "hoi.txt:2: expected a question, got '?!'" in wrong.stderr
    old = tmp_path / "cu.txt"
    old.write_bytes(b"C\xe7u d\xe0i bao nhi\xeau?")
    assert "expected UTF-8, got byte 0xe7 at 1" in vnqa("ask", "-f", old, "-i", built).stderr


def test_ask_without_a_language_model(built: Path) -> None:
    result = vnqa("ask", QUESTION, "-i", built, "--generator", "none", "--json")
    assert Answer.model_validate_json(result.stdout).model == "extractive"


def test_filters(built: Path) -> None:
    def found(*arguments: str) -> list[str]:
        result = vnqa("search", "cầu Bến Ngự", "-i", built, "--json", *arguments)
        return [Hit.model_validate(hit).article.article_id for hit in json.loads(result.stdout)]

    assert found("--since", "2000-01-01") == ["sach.txt"]
    assert found("--until", "31/12/1999") == ["cau.txt"]
    assert found("--source", "báo núi", "--source", "BÁO SÔNG") == ["cau.txt", "sach.txt"]
    assert found("--top-k", "1") == ["cau.txt"]
    result = vnqa("ask", QUESTION, "-i", built, "--until", "1990-01-01")
    assert result.exit_code == 3
    assert "khoảng ngày hoặc nguồn đã chọn" in result.stdout


def test_search(built: Path) -> None:
    result = vnqa("search", "hoi cho sach", "-i", built, "--top-k", "1")
    assert result.exit_code == 0
    title, text, *_ = result.stdout.splitlines()
    assert re.fullmatch(
        r"1\. Hội chợ sách mùa thu · Báo Núi · 01/10/2020  \(-?\d+,\d; sach\.txt\)", title
    )
    assert text == f"   {FAIR.splitlines()[-1]}"
    nothing = vnqa("search", "sách", "-i", built, "--since", "2999-01-01")
    assert (nothing.exit_code, nothing.stdout) == (3, "Không tìm thấy đoạn nào.\n")
    empty = vnqa("search", "sách", "-i", built, "--since", "2999-01-01", "--json")
    assert (empty.exit_code, json.loads(empty.stdout)) == (3, [])


def test_show_of_a_file_shows_what_was_cut(tmp_path: Path, index: Path) -> None:
    page = tmp_path / "cho-dem.txt"
    page.write_text(PAGE, encoding="utf-8")
    result = vnqa("show", page, "-i", index)
    assert result.exit_code == 0
    kept, cut = result.stdout.split("Đã cắt:\n")
    assert kept.startswith("Mã bài: cho-dem.txt\nTiêu đề: Chợ đêm Bến Trúc mở lại sau mùa lũ\n")
    assert "85 sạp đã có người thuê." in kept
    assert "bãi phía nam cầu treo." in kept
    for line in ("Trang chủ", "Tin liên quan", "Bến Trúc dời chợ lên đồi", "Giá cá sông tăng"):
        assert line not in kept
        assert line in cut
    assert not index.exists()
    (shown,) = json.loads(vnqa("show", page, "--json").stdout)
    article = Article.model_validate(shown["loaded"])
    assert article.title == "Chợ đêm Bến Trúc mở lại sau mùa lũ"
    assert shown["place"] == str(page)
    assert {"menu", "related"} <= {cut["kind"] for cut in shown["cut"]}


def test_show_of_a_page(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura", reason="the extra html is not installed")
    body = "".join(f"<p>{line}</p>" for line in PAGE.splitlines()[5:7])
    page = tmp_path / "trang.html"
    page.write_text(
        "<html lang='vi'><head><title>Chợ đêm Bến Trúc mở lại</title></head><body><nav>"
        "<a href='/'>Trang chủ</a></nav><article><h1>Chợ đêm Bến Trúc mở lại</h1>"
        f"{body}</article><footer>Bản quyền</footer></body></html>",
        encoding="utf-8",
    )
    result = vnqa("show", page)
    assert result.exit_code == 0
    assert "Tiêu đề: Chợ đêm Bến Trúc mở lại" in result.stdout
    assert "85 sạp đã có người thuê." in result.stdout
    assert "Trang chủ" not in result.stdout


def test_show_of_what_cannot_be_shown(tmp_path: Path, built: Path) -> None:
    empty = tmp_path / "rong.txt"
    empty.touch()
    for options in ([], ["--json"]):
        assert vnqa("show", empty, *options).exit_code == 4
    assert vnqa("show", empty).stderr.startswith(f"Từ chối: {empty}: ")
    folder = tmp_path / "trong"
    folder.mkdir()
    nothing = vnqa("show", folder)
    assert (nothing.exit_code, nothing.stderr) == (
        3,
        f"Lỗi: Không có bài viết nào trong {folder}; đọc được .txt, .md, .html, .json, .jsonl.\n",
    )
    unknown = vnqa("show", "khong-co", "-i", built)
    assert (unknown.exit_code, unknown.stdout) == (3, "")
    assert unknown.stderr == "Lỗi: Không có bài viết khong-co.\n"
    nowhere = vnqa("show", "khong-co", "-i", tmp_path / "x", "--lang", "en")
    assert nowhere.exit_code == 1
    assert nowhere.stderr.startswith("Error: There is no file or folder khong-co, and no index")


def test_show_of_a_stored_article(built: Path) -> None:
    result = vnqa("show", "cau.txt", "-i", built)
    assert result.stdout.splitlines() == [
        "Mã bài: cau.txt",
        "Tiêu đề: Khánh thành cầu Bến Ngự",
        "Nguồn: Báo Sông",
        "Ngày đăng: 1998-07-05",
        "Văn bản giữ lại:",
        BRIDGE.splitlines()[-1],
    ]
    article = Article.model_validate_json(vnqa("show", "cau.txt", "-i", built, "--json").stdout)
    with NewsQA.open(built, generator=None, read_only=True) as qa:
        assert article == qa.article("cau.txt")


def test_markup_and_controls_in_articles_are_text(
    index: Path, tmp_path: Path, models: list[str]
) -> None:
    body = "Xã Đông Hạ [1] treo biển [bold]Cấm câu[/bold] ở hồ [/ao] :fire: C:\\[ho]\\."
    odd = tmp_path / "odd.txt"
    odd.write_text(ODD, encoding="utf-8")
    vnqa("add", odd, "-i", index)
    models[0] = "[bold]Cấm câu[/bold]"
    title = "Tiếng [bold]mõ[/bold] :warning: [/] \\[red]"
    for result in (vnqa("show", odd), vnqa("show", "odd.txt", "-i", index)):
        assert f"Tiêu đề: {title}" in result.stdout
        assert body in result.stdout
    found = vnqa("search", "xã Đông Hạ treo biển", "-i", index)
    assert title in found.stdout
    assert body in found.stdout
    asked = vnqa("ask", "Xã Đông Hạ treo biển gì ở hồ?", "-i", index)
    assert f"“{body}”" in asked.stdout
    with NewsQA.open(index, generator=None) as qa:
        qa.add(Article(article_id="esc", text="Chữ \x1b]0;tên khác\x07 trong bài."))
    assert "Chữ ]0;tên khác trong bài." in vnqa("show", "esc", "-i", index).stdout


def test_status(built: Path) -> None:
    rows = dict(line.split("  ", 1) for line in vnqa("status", "-i", built).stdout.splitlines())
    rows = {label: value.strip() for label, value in rows.items()}
    assert rows["Thư mục"] == str(built)
    assert (rows["Bài viết"], rows["Đoạn"], rows["Số chiều"]) == ("2", "2", "32")
    assert rows["Mô hình nhúng"] == "fake-32"
    assert re.fullmatch(r"\d+,\d kB", rows["Dung lượng"])
    found = Status.model_validate_json(vnqa("status", "-i", built, "--json").stdout)
    assert (found.articles, found.passages, found.embedder) == (2, 2, "fake-32")
    english = vnqa("status", "-i", built, "--lang", "en").stdout
    assert re.search(r"^Size +\d+\.\d kB$", english, re.MULTILINE)


def test_the_index_is_named_by_the_environment(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VNQA_INDEX", str(built))
    assert Status.model_validate_json(vnqa("status", "--json").stdout).path == str(built)


def test_remove(built: Path) -> None:
    result = vnqa("remove", "cau.txt", "cau.txt", "-i", built)
    assert (result.exit_code, result.stdout) == (0, "Đã xóa cau.txt.\n")
    assert "cau.txt" not in vnqa("search", "cầu Bến Ngự", "-i", built, "--json").stdout
    again = vnqa("remove", "cau.txt", "sach.txt", "-i", built, "--json")
    assert (again.exit_code, json.loads(again.stdout)) == (3, {"cau.txt": False, "sach.txt": True})
    unknown = vnqa("remove", "cau.txt", "-i", built, "--lang", "en")
    assert (unknown.exit_code, unknown.stdout) == (3, "")
    assert unknown.stderr == "Error: There is no article cau.txt.\n"


def test_list(built: Path, index: Path, tmp_path: Path) -> None:
    result = vnqa("list", "-i", built)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "cau.txt  Khánh thành cầu Bến Ngự · Báo Sông · 05/07/1998",
        "sach.txt  Hội chợ sách mùa thu · Báo Núi · 01/10/2020",
    ]
    again = tmp_path / "again.jsonl"
    again.write_text(vnqa("list", "-i", built, "--json").stdout, encoding="utf-8")
    assert vnqa("add", again, "-i", tmp_path / "other").exit_code == 0
    assert vnqa("list", "-i", tmp_path / "other").stdout == result.stdout
    vnqa("remove", "cau.txt", "sach.txt", "-i", built)
    assert (vnqa("list", "-i", built).exit_code, vnqa("list", "-i", built).stdout) == (3, "")


def test_a_threshold_and_an_order_by_the_reader_may_be_asked_for(built: Path) -> None:
    assert vnqa("ask", QUESTION, "-i", built).exit_code == 0
    assert vnqa("ask", QUESTION, "-i", built, "--threshold", "0.99").exit_code == 3
    reranked = vnqa("search", QUESTION, "-i", built, "--rerank")
    assert reranked.exit_code == 1
    assert "rerank needs a reader" in reranked.stderr  # the fixture opens none


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_ctrl_c_ends_a_reading_command_at_once_though_a_model_is_being_opened() -> None:
    script = """
import signal, sys, threading, time
from vnqa.cli.options import Lang
from vnqa.cli.output import failures
from vnqa.cli.progress import working
from vnqa.cli.output import err

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by jobs in the background
with failures(Lang.vi), working(err, Lang.vi) as bars:
    bars.waiting("asking")
    opening = threading.Thread(target=time.sleep, args=(60,))  # not ended by anything
    opening.start()
    print("begun", flush=True)
    opening.join()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "Đã dừng.\n")


def test_rebuild(built: Path) -> None:
    before = Status.model_validate_json(vnqa("status", "-i", built, "--json").stdout)
    result = vnqa("rebuild", "-i", built)
    assert (result.exit_code, result.stdout) == (0, "Đã dựng lại chỉ mục: 2 bài, 2 đoạn.\n")
    same = Status.model_validate_json(
        vnqa("rebuild", "-i", built, "--embedder", "bundled", "--json").stdout
    )
    assert same.embedder == "fake-32"
    assert same.generation >= before.generation + 2  # the same model still means: do it
    other = vnqa("rebuild", "-i", built, "--embedder", "khac", "--json")
    assert Status.model_validate_json(other.stdout).embedder == "khac-48"
    refused = vnqa("search", "cầu", "-i", built)
    assert refused.exit_code == 1
    assert "built with embedder khac-48" in refused.stderr
    assert vnqa("search", "cầu", "-i", built, "--embedder", "khac").exit_code == 0


@pytest.mark.parametrize("damage", ["vectors gone", "vectors cut", "words gone"])
def test_an_index_whose_derived_files_are_damaged_can_be_changed(built: Path, damage: str) -> None:
    for command in (["rebuild"], ["remove", "cau.txt"]):
        segment, words = next(built.glob("dense-*")), next(built.glob("lexical-*"))
        if damage == "vectors gone":
            segment.unlink()
        elif damage == "vectors cut":
            segment.write_bytes(b"")
        else:
            shutil.rmtree(words)
        refused = vnqa("show", "sach.txt", "-i", built)
        assert refused.exit_code == 1
        assert "vnqa rebuild" in refused.stderr
        assert vnqa(*command, "-i", built).exit_code == 0
        assert vnqa("check", "-i", built).exit_code == 0


@pytest.mark.parametrize(
    "command",
    [
        ["ask", "Cầu?"],
        ["search", "cầu"],
        ["status"],
        ["remove", "a"],
        ["rebuild"],
        ["eval", "seeds/questions.jsonl"],
    ],
)
def test_an_index_that_is_missing(
    command: list[str], index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_soon(*args: object, **how: object) -> None:
        raise AssertionError("a model was opened for an index that is not there")

    monkeypatch.setattr("vnqa.newsqa.open_embedder", too_soon)
    monkeypatch.chdir(Path(__file__).parent.parent)
    result = vnqa(*command, "-i", index)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Lỗi: {index} holds no index")
    assert "\n" not in result.stderr.strip()
    assert not index.exists()


def test_a_second_writer_is_refused_and_readers_are_not(built: Path, articles: Path) -> None:
    with NewsQA.open(built, generator=None):
        for command in (["add", articles], ["remove", "cau.txt"], ["rebuild"]):
            result = vnqa(*command, "-i", built)
            assert (result.exit_code, result.stdout) == (1, "")
            assert f"is being written by process {os.getpid()}" in result.stderr
        assert vnqa("ask", QUESTION, "-i", built).exit_code == 0
        assert vnqa("status", "-i", built).exit_code == 0


def test_a_folder_that_cannot_be_written(
    built: Path, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*args: object, **how: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", denied)  # root may write anywhere
    for command in (["add", articles], ["remove", "cau.txt"]):
        result = vnqa(*command, "-i", built)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "cannot be written" in result.stderr
    assert vnqa("ask", QUESTION, "-i", built).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask", ""], 2, "no words"),
        (["ask", "a" * 100_000], 2, "at most 2,000 characters, got 100,000"),
        (["search", "cầu", "--since", "2020-02-01", "--until", "2020-01-01"], 2, "after the last"),
        (["search", "?!"], 2, "no words"),
        (["search", "cầu", "--embedder", "la"], 1, "there is no model 'la'"),
        (["search", "cầu", "--since", "hôm qua"], 2, "--since"),
        (["ask", QUESTION, "--top-k", "0"], 2, "--top-k"),
        (["eval", "hoi.jsonl", "--threshold", "1.5"], 2, "--threshold"),
        (["eval"], 2, "QUESTIONS"),
        (["ask"], 2, "either QUESTION or --file"),
        (["ask", QUESTION, "--file", "hoi.txt"], 2, "either QUESTION or --file"),
        (["ask", QUESTION, "--lang", "fr"], 2, "--lang"),
        (["add", ""], 2, "got an empty name"),
        (["eval", ""], 2, "got an empty name"),
        (["ask", QUESTION, "--index", ""], 2, "got an empty name"),
        (["bay"], 2, "bay"),
    ],
)
def test_wrong_use(built: Path, arguments: list[str], code: int, message: str) -> None:
    where = [] if arguments == ["bay"] or "--index" in arguments else ["-i", built]
    result = vnqa(*arguments, *where)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message.lower() in result.stderr.lower()


def test_ctrl_c(index: Path, built: Path, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object, **how: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeGenerator, "generate", interrupt)
    result = vnqa("ask", QUESTION, "-i", built)
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == "Đã dừng.\n"
    monkeypatch.setattr(FakeEmbedder, "embed_passages", interrupt)
    (articles / "cau.txt").write_text(BRIDGE.replace("320", "330"), encoding="utf-8")
    result = vnqa("add", articles, "-i", built, "--lang", "en")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.startswith("Stopped. What was written to the index is kept")
    with NewsQA.open(built, generator=None, read_only=True) as qa:
        assert "320" in qa.article("cau.txt").text


KNOWN = [
    {"question": QUESTION, "answer": "ngày 4 tháng 7 năm 1998", "article": "cau.txt"},
    {"question": "Hội chợ sách tặng bao nhiêu cuốn?", "answer": "1.500", "article": "sach.txt"},
    {"question": "Giá vàng hôm nay?", "answerable": False},
]


@pytest.fixture
def known(tmp_path: Path) -> Path:
    path = tmp_path / "hoi.jsonl"
    lines = [json.dumps(record, ensure_ascii=False) for record in KNOWN]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_eval_measures_with_known_answers(built: Path, known: Path) -> None:
    result = vnqa("eval", known, "-i", built)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = [line.split("  ") for line in result.stdout.splitlines()]
    shown = {row[1]: row[2:] for row in rows if row[0] == "" and len(row) > 1}
    assert next(text for text in shown["hit@1"] if text).strip() == "1,000"
    assert {"EM (khớp hoàn toàn)", "im lặng: F1", "tỉ lệ sai khi trả lời hết"} <= shown.keys()
    assert "3 câu hỏi, 1 câu không có lời đáp; 2 bài, 2 đoạn" in result.stdout
    assert "3 questions, 1 of them" in vnqa("eval", known, "-i", built, "--lang", "en").stdout


def test_the_reader_can_be_left_out(
    built: Path, known: Path, models: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    monkeypatch.setattr("vnqa.newsqa._open_reader", lambda reader, **how: opened.append(reader))
    assert vnqa("ask", QUESTION, "-i", built).exit_code == 0
    assert vnqa("ask", QUESTION, "-i", built, "--no-reader").exit_code == 0
    assert vnqa("eval", known, "-i", built, "--no-reader").exit_code == 0
    assert vnqa("search", QUESTION, "-i", built).exit_code == 0
    assert opened == ["bundled", None, None, None]


def test_eval_as_json_is_the_record(built: Path, known: Path) -> None:
    report = Report.model_validate_json(vnqa("eval", known, "-i", built, "--json").stdout)
    assert (report.questions, report.unanswerable, report.threshold) == (3, 1, THRESHOLD)
    assert (report.embedder, report.generator) == ("fake-32", "fake")
    assert report.answers["EM"].value == 0.5  # the fake says 4/7/1998 to all
    other = vnqa("eval", known, "-i", built, "--json", "--threshold", "0.95")
    silent = Report.model_validate_json(other.stdout)
    assert (silent.threshold, silent.answers["answered"].value) == (0.95, 0.0)
    assert silent.abstention["risk at full coverage"].value > 0  # asked all the same


def test_eval_of_retrieval_alone(built: Path, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_asked(*args: object, **how: object) -> str:
        raise AssertionError("a language model was asked")

    monkeypatch.setattr(FakeGenerator, "generate", not_asked)
    result = vnqa("eval", known, "-i", built, "--no-answers", "--json")
    report = Report.model_validate_json(result.stdout)
    assert (report.answers, report.generator) == ({}, None)
    assert report.retrieval["hit@1"].n == 2


def test_eval_of_what_cannot_be_read(built: Path, known: Path) -> None:
    missing = vnqa("eval", "khong-co.jsonl", "-i", built)
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert missing.stderr.startswith("Lỗi: khong-co.jsonl: the file cannot be read")
    known.write_text('{"question": "Ai?"}\n', encoding="utf-8")
    wrong = vnqa("eval", known, "-i", built, "--lang", "en")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith(f"Error: {known}:1: expected answers, article_ids or")


def test_eval_without_its_extra(built: Path, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = vnqa("eval", known, "-i", built)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "pip install 'vnqa[eval]'" in result.stderr


def test_the_version() -> None:
    result = vnqa("--version")
    assert (result.exit_code, result.stdout) == (0, f"{vnqa_package.__version__}\n")


@pytest.mark.parametrize("command", [["status"], ["search", "cầu"], ["remove", "cau.txt"]])
def test_a_full_disk_behind_standard_output(
    built: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **how: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vnqa.cli.output.out.print", full)
    result = vnqa(*command, "-i", built)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Lỗi: [Errno 28] No space left on device\n"


def test_help_names_every_command() -> None:
    shown = vnqa("--help").stdout
    for command in ("add", "ask", "search", "show", "status", "remove", "rebuild", "check", "eval"):
        assert re.search(rf"\b{command}\b", shown)
        assert "--index" in vnqa(command, "--help").stdout


def test_commands_are_listed_in_both_languages() -> None:
    listed = " ".join(vnqa("--help").stdout.split())
    for command in app.registered_commands:
        assert command.callback is not None
        assert command.callback.__doc__ in listed


def test_wrong_use_shows_how_it_is_used() -> None:
    usage, hint, *_, error = vnqa("search", "cầu", "--top-k", "0").stderr.splitlines()
    assert re.match(r"Usage: \S+ search \[OPTIONS\] ", usage)
    assert re.fullmatch(r"Try '\S+ search --help' for help\.", hint)
    assert error.startswith("Error: Invalid value for '--top-k': ")


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        # Typer itself needs pydantic for the options of a command
        (["--help"], ["numpy", "pydantic", "rich", "vnqa.newsqa", "vnqa.records"]),
        (["ask", "--help"], ["numpy", "rich", "vnqa.newsqa", "vnqa.records"]),
    ],
)
def test_help_is_light(arguments: list[str], heavy: list[str]) -> None:
    code = (
        "import runpy, sys\n"
        f"sys.argv = ['vnqa', *{arguments}]\n"
        "try:\n    runpy.run_module('vnqa', run_name='__main__')\n"
        f"finally:\n    print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: ")
    assert done.stderr == "[]\n"


def drawn(act: Callable[[Bars], None], *, terminal: bool) -> str:
    """Return what the bars of a command write to a screen of 100 columns."""
    console = Console(
        file=io.StringIO(), force_terminal=terminal, width=100, record=True, no_color=True
    )
    with working(console, Lang.vi) as bars:
        act(bars)
        bars._progress.refresh()
    return console.export_text()


def test_bars_are_drawn_on_a_terminal_only() -> None:
    def act(bars: Bars) -> None:
        show = bars.adding(16)
        show(AddReport(added=3, unchanged=1, passages_embedded=9))
        bars.prepare("converting multilingual-e5-small", 0.5)
        bars.waiting("asking")
        bars.count("answering", 3, 8)

    screen = drawn(act, terminal=True)
    assert "4/16 bài, đã nhúng 9 đoạn" in screen
    assert "Chuyển đổi multilingual-e5-small" in screen
    assert "Đang tìm và đọc các bài" in screen
    assert re.search(r"Trả lời từng câu hỏi .* 3/8", screen)
    assert drawn(act, terminal=False).strip() == ""


def test_bars_give_way_to_results() -> None:
    def act(bars: Bars) -> None:
        bars.count("answering", 1, 2)
        with bars.aside():
            assert not bars._progress.live.is_started
        assert bars._progress.live.is_started
        bars.count("answering", 2, 2)

    assert re.search(r"Trả lời từng câu hỏi .* 2/2", drawn(act, terminal=True))


def test_lines_are_wrapped_at_words_on_a_terminal() -> None:
    text = "    “" + "Hội chợ sách thu hút 12.000 lượt khách. " * 4 + "”"
    console = Console(file=io.StringIO(), force_terminal=True, width=50, record=True)
    output.say(text, style="", console=console)
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= 50
    assert all(line.startswith("    ") and line[4] != " " for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(text.split())


def test_inputs_are_counted_as_loading_reads_them(tmp_path: Path, articles: Path) -> None:
    (articles / "README.md").write_text("Đọc trước", encoding="utf-8")
    (articles / ".an.txt").write_text("ẩn", encoding="utf-8")
    (articles / "anh.png").write_bytes(b"\x89PNG")
    (articles / "cau-hoi.jsonl").write_text('{"question": "Gì?"}\n{"question": "Ai?"}\n')
    lines = b'{"text": "a"}\n\n{"text": "b"}\n{"text": "c"}\n'
    (articles / "tin.jsonl.gz").write_bytes(gzip.compress(lines))
    assert count_inputs([articles]) == 5
    assert count_inputs([articles / "cau.txt", articles / "tin.jsonl.gz"]) == 4
    (articles / "hong.jsonl.gz").write_bytes(b"\x1f\x8b")
    assert count_inputs([articles]) == 6
    (articles / "hong.jsonl.gz").write_bytes(gzip.compress(lines)[:10] + b"\xff" * 20)
    assert count_inputs([articles]) == 6
    (articles / "hong.jsonl.gz").unlink()
    os.mkfifo(articles / "ong.jsonl")  # nobody writes to it
    assert count_inputs([articles]) == 6


def test_both_readmes_say_the_same() -> None:
    root = Path(__file__).parent.parent
    english, vietnamese = (
        (root / name).read_text(encoding="utf-8") for name in ("README.md", "README.vi.md")
    )
    blocks = [
        re.findall(r"```(?:console|text)\n\$ vnqa.*?```", text, re.S)
        for text in (english, vietnamese)
    ]
    assert len(blocks[0]) == 1
    assert blocks[0] == blocks[1]
    for text in (english, vietnamese):
        commands = re.findall(r"^\| `vnqa (\w+)", text, re.MULTILINE)
        assert sorted(commands) == sorted(
            command.name or command.callback.__name__
            for command in app.registered_commands
            if command.callback
        )
        codes = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
        assert [int(code) for code in codes] == [0, 1, 2, 3, 4, 5, 130]
        for name in vnqa_package.__all__:
            if name.endswith("Error"):
                assert f"`{name}`" in text
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (root / link).exists(), link
