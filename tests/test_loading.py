from __future__ import annotations

import datetime
import gzip
import itertools
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeEmbedder
from vnqa import NewsQA
from vnqa.errors import ArticleError
from vnqa.loading import MAX_BYTES, Cleaned, clean, inspect, load
from vnqa.records import AddReport, Article, Rejection

BODY = "Bến phà mở lại lúc 5 giờ sáng. Hơn 300 hành khách đã qua sông trong buổi đầu tiên."
BODY_2 = "Trường làng nhận 40 bộ bàn ghế mới. Học sinh sẽ dùng chúng từ tuần sau."


def articles(source: object) -> list[Article]:
    found = list(load(source))  # type: ignore[arg-type]
    assert all(isinstance(item, Article) for item in found), found
    return [item for item in found if isinstance(item, Article)]


def rejections(source: object, **options: int) -> list[Rejection]:
    found = list(load(source, **options))  # type: ignore[arg-type]
    return [item for item in found if isinstance(item, Rejection)]


def write_jsonl(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# ---- folders and ids ----


def test_folder_is_walked_in_order_and_ids_are_relative_paths(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "z.txt").write_text(BODY, encoding="utf-8")
    (tmp_path / "a.md").write_text(BODY, encoding="utf-8")
    write_jsonl(tmp_path / "b" / "tin.jsonl", {"text": BODY}, {"id": "riêng", "text": BODY_2})
    for passed_over in (".hidden.txt", "b/.git.txt", "ảnh.png", "b/notes.py", "README.md"):
        (tmp_path / passed_over).write_text(BODY, encoding="utf-8")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "x.txt").write_text(BODY, encoding="utf-8")
    found = [article.article_id for article in articles(tmp_path)]
    assert found == ["a.md", "b/c/z.txt", "b/tin.jsonl:1", "riêng"]
    assert [article.article_id for article in articles(str(tmp_path))] == found


def test_single_file_is_named_by_its_name_in_nfc(tmp_path: Path) -> None:
    path = tmp_path / unicodedata.normalize("NFD", "Chợ nổi.txt")
    path.write_text(BODY, encoding="utf-8")
    assert [article.article_id for article in articles(path)] == ["Chợ nổi.txt"]


def test_two_records_with_one_id_reject_the_second_and_name_both(tmp_path: Path) -> None:
    first = write_jsonl(tmp_path / "a.jsonl", {"id": "1", "text": BODY})
    second = write_jsonl(tmp_path / "b.jsonl", {"id": 2, "text": BODY}, {"id": 1, "text": BODY_2})
    found = list(load(tmp_path))
    assert [item.article_id for item in found if isinstance(item, Article)] == ["1", "2"]
    (rejection,) = [item for item in found if isinstance(item, Rejection)]
    assert (rejection.path, rejection.line) == (str(second), 2)
    assert rejection.reason.startswith(f"the id '1' was given before, by {first}:1; give records")


def test_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(load(tmp_path)) == []


def test_missing_path_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="no such file or folder") as caught:
        load(tmp_path / "không có")
    assert caught.value.path == str(tmp_path / "không có")
    with pytest.raises(ArticleError, match="no such file"):
        inspect(tmp_path / "không có.txt")


@pytest.mark.parametrize("source", ["", "  ", "a\x00b", 7, None, b"a.txt"])
def test_wrong_sources_are_value_errors(source: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        load(source)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="max_bytes"):
        load(".", max_bytes=0)


def test_unknown_suffix_is_rejected_when_named(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_text(BODY, encoding="utf-8")
    assert [r.path for r in rejections(path)] == [str(path)]
    assert "unknown kind of file '.docx'; expected one of .txt, .md" in rejections(path)[0].reason


def test_questions_beside_articles_are_passed_over_in_a_folder_only(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BODY, encoding="utf-8")
    path = write_jsonl(tmp_path / "questions.jsonl", {"question": "Mấy giờ?", "answer": "5 giờ"})
    assert [article.article_id for article in articles(tmp_path)] == ["a.txt"]
    assert [(r.path, "questions, not articles" in r.reason) for r in rejections(path)] == [
        (str(path), True)
    ]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text(BODY, encoding="utf-8")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    found = list(load(tmp_path))
    assert [item.article_id for item in found if isinstance(item, Article)] == ["a/x.txt"]
    assert [item.reason for item in found if isinstance(item, Rejection)] == [
        "cannot be read: No such file or directory"
    ]


def test_pipes_are_rejected_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert ["got a device, socket or pipe" in r.reason for r in rejections(tmp_path)] == [True]


@pytest.mark.parametrize("where", [".", "chi-muc"])
def test_the_files_of_an_index_in_the_folder_are_passed_over(tmp_path: Path, where: str) -> None:
    (tmp_path / "lexical-1").mkdir()
    for name in ("a.txt", "lexical-1/b.txt"):
        (tmp_path / name).write_text(BODY, encoding="utf-8")
    expected = ["a.txt"] if where == "." else ["a.txt", "lexical-1/b.txt"]  # no words of an index
    with NewsQA.open(tmp_path / where, embedder=FakeEmbedder(), generator=None, reader=None) as qa:
        qa.add({"id": "c", "text": BODY})
        assert list((tmp_path / where).glob("lexical-*/*.json"))
    found = list(load(tmp_path))
    assert [item.article_id for item in found if isinstance(item, Article)] == expected
    assert len(found) == len(expected)


def test_unreadable_file_is_rejected_and_the_rest_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(BODY, encoding="utf-8")
    opened = Path.open

    def refuse(path: Path, *args: object, **options: object) -> object:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    found = list(load(tmp_path))
    assert found[0] == Rejection(
        path=str(tmp_path / "a.txt"), reason="cannot be read: Permission denied"
    )
    assert isinstance(found[1], Article)


# ---- iterables, articles, records ----


def test_iterables_mix_paths_articles_and_records(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(BODY, encoding="utf-8")
    given_article = Article(article_id="x", text="Chia sẻ\nNguyên văn, không cắt gì.")
    found = list(
        load(
            [
                path,
                str(path),
                given_article,
                {"id": "y", "body": BODY},
                {"body": BODY},
                5,
                "gone",
                "",
                "x\0y",
            ]
        )
    )
    kept = [item for item in found if isinstance(item, Article)]
    assert [article.article_id for article in kept] == ["a.txt", "x", "y"]
    assert kept[1] == given_article
    assert [(r.path, r.reason.split(";")[0]) for r in found if isinstance(r, Rejection)] == [
        ("record 5", "a record that comes from no file needs an id"),
        ("item 6", "expected a path, an Article or a record, got int"),
        ("gone", "no such file or folder"),
        ("item 8", "expected the path of a file or folder, got ''"),
        ("item 9", "expected the path of a file or folder, got 'x\\x00y'"),
    ]


def test_one_article_and_one_record_are_sources_themselves() -> None:
    article = Article(article_id="x", text=BODY)
    assert list(load(article)) == [article]
    assert articles({"id": "y", "text": BODY})[0].text == BODY


def test_loading_streams() -> None:
    def endless() -> Iterator[dict[str, str]]:
        for number in itertools.count():
            yield {"id": str(number), "text": BODY}

    first = list(itertools.islice(load(endless()), 3))
    assert [item.article_id for item in first if isinstance(item, Article)] == ["0", "1", "2"]


# ---- JSON ----


def test_every_field_of_a_record_is_taken_and_the_rest_kept() -> None:
    record = {
        "id": 17,
        "title": "Phà Rạch Miễu chạy lại\n",
        "body": BODY,
        "sapo": "Sau ba ngày sửa chữa, bến phà hoạt động trở lại.",
        "link": "https://www.baovidu.vn/pha",
        "outlet": "Báo Ví Dụ",
        "author": ["Lê Mai", "Vũ An"],
        "published_at": "14/03/2022 09:05",
        "category": {"tên": "Giao thông"},
        "views": 120,
        "note": None,
    }
    article = articles(record)[0]
    assert article == Article(
        article_id="17",
        title="Phà Rạch Miễu chạy lại",
        text=f"{record['sapo']}\n\n{BODY}",
        url="https://www.baovidu.vn/pha",
        source="Báo Ví Dụ",
        author="Lê Mai, Vũ An",
        published=datetime.date(2022, 3, 14),
        summary=str(record["sapo"]),
        extra={
            "category": {"tên": "Giao thông"},
            "views": 120,
            "note": None,
            "published_time": "09:05",
        },
    )
    assert Article.model_validate_json(article.model_dump_json()) == article


@pytest.mark.parametrize("sapo", [BODY.split(". ")[0] + ".", BODY[:40] + "...", BODY.upper()])
def test_a_sapo_that_the_body_holds_is_not_repeated(sapo: str) -> None:
    article = articles({"id": "a", "text": BODY, "sapo": sapo})[0]
    assert (article.text, article.summary) == (BODY, sapo)


def test_source_falls_back_to_the_domain() -> None:
    article = articles({"id": "a", "text": BODY, "url": "http://www.vidu.com.vn/a?b=1"})[0]
    assert article.source == "vidu.com.vn"


@pytest.mark.parametrize(
    ("value", "date", "time"),
    [
        ("2022-03-14", "2022-03-14", None),
        ("2022-03-14T20:30:00Z", "2022-03-15", "03:30"),
        ("2022-03-14T20:30:00+07:00", "2022-03-14", "20:30"),
        ("5/4/2022", "2022-04-05", None),
        (1647250200, "2022-03-14", "16:30"),
        (1647250200000, "2022-03-14", "16:30"),
        ("Mon, 14 Mar 2022 20:30:00 +0000", "2022-03-15", "03:30"),
        ("2022/03/14 10:00", "2022-03-14", "10:00"),
        ("20220314", "2022-03-14", None),
        (20220314, "2022-03-14", None),
        ("1647250200", "2022-03-14", "16:30"),
        ("14/03/22 16:30", "2022-03-14", "16:30"),
        ("14 Tháng Mười Một, 2022", "2022-11-14", None),
        ("31/2/2022", None, None),
        ("31/02/22", None, None),
        ("hôm qua", None, None),
        (True, None, None),
    ],
)
def test_dates_of_records(value: object, date: str | None, time: str | None) -> None:
    article = articles({"id": "a", "text": BODY, "date": value})[0]
    assert (str(article.published) if article.published else None) == date
    assert article.extra == (
        {"published": value} if date is None else {"published_time": time} if time else {}
    )


@pytest.mark.parametrize("key", ["datePublished", "publishedAt", "publish-date", "Ngày đăng"])
def test_names_of_fields_in_any_spelling(key: str) -> None:
    article = articles({"id": "a", "text": BODY, key: "2022-03-14"})[0]
    assert (article.published, article.extra) == (datetime.date(2022, 3, 14), {})


def test_html_in_fields_is_read() -> None:
    article = articles(
        {
            "id": "a",
            "title": "Ông A nói &quot;không&quot;",
            "sapo": "<p>Phà&nbsp;chạy lại.</p>",
            "body": "<script>if (a < b) {}</script><p>Bến phà <strong>mở lại</strong>\nlúc 5 giờ.</p>\n"
            '<img src="a.jpg" alt="x > y"><p>CO<sub>2</sub> &lt; 3%;<br/>a < b, <3, R&D.</p><!-- <p> -->'
            "<table><tr><td>Vé</td><td>Bà Sua</td></tr></table>"
            "<pre>Chuyến một: 5 giờ\nChuyến hai: 6 giờ</pre><p>Vé bán\ntại bến.</p>",
        }
    )[0]
    assert (article.title, article.summary) == ('Ông A nói "không"', "Phà chạy lại.")
    assert [line for line in article.text.split("\n") if line] == [
        "Phà chạy lại.",
        "Bến phà mở lại lúc 5 giờ.",
        "CO2 < 3%;",
        "a < b, <3, R&D.",
        "Vé | Bà Sua",
        "Chuyến một: 5 giờ",
        "Chuyến hai: 6 giờ",
        "Vé bán tại bến.",
    ]


@pytest.mark.parametrize(
    "text", ["a < b và <3, R&D; x <y> z.", "Xem <https://vidu.vn>.", "Thẻ <b> in đậm chữ."]
)
def test_what_is_no_html_stays(text: str) -> None:
    assert articles({"id": "a", "text": text})[0].text == text


def test_invalid_json_on_line_7_is_rejected_and_the_rest_loaded(tmp_path: Path) -> None:
    rows: list[object] = [{"id": n, "text": BODY} for n in range(1, 10)]
    rows[6] = '{"id": 7, "text": '
    rows[2] = ""
    path = write_jsonl(tmp_path / "tin.jsonl", *rows)
    found = list(load(path))
    assert [item.article_id for item in found if isinstance(item, Article)] == list("1245689")
    assert [(r.path, r.line) for r in found if isinstance(r, Rejection)] == [(str(path), 7)]
    assert "invalid JSON: Expecting value at column 18" in [
        r.reason for r in found if isinstance(r, Rejection)
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("[1, 2]", "expected a JSON object, got list"),
        ({"id": "a"}, "no body"),
        ({"id": "a", "text": "  \n"}, "no body"),
        ({"id": "a", "text": {"p": 1}}, "expected 'text' to be text, got dict"),
        ({"id": "a", "text": BODY, "title": True}, "expected 'title' to be text, got bool"),
        ("[" * 100_000, "invalid JSON"),
        ('{"id": "a", "text": "x", "n": ' + "9" * 5000 + "}", "invalid JSON"),
        ({"id": "a", "text": "Chia sẻ\nTin liên quan"}, "no body is left"),
    ],
)
def test_bad_records_are_rejected_with_their_line(tmp_path: Path, row: object, reason: str) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", {"id": "ok", "text": BODY}, row)
    found = rejections(path)
    assert [(r.line, reason in r.reason) for r in found] == [(2, True)], found


def test_undecodable_line_is_rejected_and_legacy_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    legacy = b'{"id": "b", "text": "Ph\xe0 m\xf5\xd2 la\xf2i."}'
    path.write_bytes(b'{"id": "a", "text": "x\xc3\x28\xff"}\n' + legacy + b"\n")
    found = list(load(path))
    assert isinstance(found[0], Rejection)
    assert (found[0].line, "byte 22 (0xc3)" in found[0].reason) == (1, True)
    assert isinstance(found[1], Article)
    assert found[1].text == "Phà mở lại."


def test_json_object_list_and_odd_shapes(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"text": BODY}), encoding="utf-16")
    assert [article.article_id for article in articles(path)] == ["a.json"]
    path.write_text(json.dumps([{"text": BODY}, 3, {"id": "k", "text": BODY_2}]), encoding="utf-8")
    found = list(load(path))
    assert [item.article_id for item in found if isinstance(item, Article)] == ["a.json:1", "k"]
    assert [r.reason for r in found if isinstance(r, Rejection)] == [
        "record 2: expected a JSON object, got int"
    ]
    path.write_text('"chỉ là chữ"', encoding="utf-8")
    assert [r.reason for r in rejections(path)] == ["expected a JSON object or list, got str"]
    path.write_text('{\n"text": "a",\n"b": }', encoding="utf-8")
    assert [r.line for r in rejections(path)] == [3]
    write_jsonl(path, {"text": BODY}, {"text": BODY_2})
    assert [r.reason for r in rejections(path)] == [
        "invalid JSON: Extra data at column 1; if each line is a record, name the file .jsonl"
    ]


def test_compressed_and_utf16_jsonl(tmp_path: Path) -> None:
    row = json.dumps({"id": "a", "text": BODY}, ensure_ascii=False) + "\n"
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(row.encode()))
    (tmp_path / "b.jsonl").write_bytes(row.replace('"a"', '"b"').encode("utf-16"))
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(row.encode())[:-12])
    found = list(load(tmp_path))
    assert [item.article_id for item in found if isinstance(item, Article)] == ["a", "b"]
    assert ["gzip archive is damaged" in r.reason for r in found if isinstance(r, Rejection)] == [
        True
    ]


# ---- size, and files that are no text ----


def test_large_file_is_rejected_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)  # sparse
    assert [r.reason for r in rejections(path)] == [
        "expected at most 20,971,520 bytes, got 52,428,800 bytes; split it, or give max_bytes to vnqa.loading.load"
    ]
    assert MAX_BYTES == 20_971_520


def test_the_limit_is_per_line_in_jsonl(tmp_path: Path) -> None:
    long = {"id": "long", "text": "dài " * 500}
    path = write_jsonl(
        tmp_path / "a.jsonl", {"id": "1", "text": BODY}, long, {"id": 3, "text": BODY}
    )
    found = list(load(path, max_bytes=1000))
    assert [item.article_id for item in found if isinstance(item, Article)] == ["1", "3"]
    assert [r.line for r in found if isinstance(r, Rejection)] == [2]


def test_a_small_archive_of_a_large_file_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"a " * 100_000))
    assert ["more once unpacked" in r.reason for r in rejections(path, max_bytes=10_000)] == [True]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("a.json", "utf-8"), ("a.jsonl", "utf-8"), ("a.json", "utf-16"), ("a.jsonl", "utf-16")],
)
def test_line_separators_within_json_are_line_ends_of_the_text(tmp_path, name, encoding):
    record = json.dumps({"title": "Chợ", "text": "Chợ họp sớm.\u2028Chợ tan trưa.\x85Hết."})
    path = tmp_path / name
    path.write_text(record.encode().decode("unicode_escape"), encoding=encoding)
    (article,) = articles(path)
    assert article.text == "Chợ họp sớm.\nChợ tan trưa.\nHết."


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.json", "a.jsonl"])
@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02\x03\xff", b" \n\n"])
def test_empty_and_binary_files_are_rejected(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert [r.path for r in rejections(path)] == [str(path)]


# ---- text with a header, Markdown, HTML ----


HEADERS = [
    "title: Bến phà mở lại\ndate: 2022-03-14\nsource: Báo Ví Dụ\nurl: https://vidu.vn/a\n\n",
    "---\ntitle: 'Bến phà mở lại'\ndate: 14/3/2022\nsource: \"Báo Ví Dụ\"\nurl: https://vidu.vn/a\n---\n",
    "Tiêu đề: Bến phà mở lại\nNgày: 14-03-2022\nNguồn: Báo Ví Dụ\nLink: https://vidu.vn/a\n\n",
    "# Bến phà mở lại\n\nNgày đăng: 14/03/2022\n\nNguồn: Báo Ví Dụ\n\nLink bài viết: https://vidu.vn/a\n\n",
]


@pytest.mark.parametrize("suffix", [".txt", ".md"])
@pytest.mark.parametrize("header", HEADERS, ids=["plain", "fenced", "vietnamese", "in the text"])
def test_headers(tmp_path: Path, header: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(header + BODY, encoding="utf-8")
    assert articles(path) == [
        Article(
            article_id=path.name,
            title="Bến phà mở lại",
            text=BODY,
            url="https://vidu.vn/a",
            source="Báo Ví Dụ",
            published=datetime.date(2022, 3, 14),
        )
    ]


def test_front_matter_keeps_unknown_keys_and_reads_lists(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\nid: so-1\ntitle: A: b\ntags:\n  - sông\n  - phà\n# ghi chú\nmood: vui\n---\n" + BODY,
        encoding="utf-8",
    )
    article = articles(path)[0]
    assert (article.article_id, article.title) == ("so-1", "A: b")
    assert article.extra == {"tags": "sông, phà", "mood": "vui"}


def test_a_rule_at_the_top_is_not_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\n{BODY}\n---\n{BODY_2}", encoding="utf-8")
    assert articles(path)[0].text == f"{BODY}\n{BODY_2}"


def test_html_page(tmp_path: Path) -> None:
    page = f"""<!doctype html><html lang="vi"><head><meta charset="utf-8">
    <title>Bến phà mở lại - Báo Ví Dụ</title>
    <meta property="og:title" content="Bến phà mở lại">
    <meta property="og:site_name" content="Báo Ví Dụ">
    <meta property="article:published_time" content="2022-03-14T09:00:00+07:00">
    <link rel="canonical" href="https://vidu.vn/ben-pha.html"></head><body>
    <nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/ts">Thời sự</a></li></ul></nav>
    <article><h1>Bến phà mở lại</h1><p>{BODY}</p><p>{BODY_2}</p>
    <p>{BODY.replace("300", "450").replace("đầu tiên", "thứ hai")}</p>
    <p>Tin liên quan</p><p>Cầu mới qua sông sắp được khởi công trong quý sau</p></article>
    <footer>© 2022 Báo Ví Dụ</footer></body></html>"""
    path = tmp_path / "a.html"
    path.write_text(page, encoding="utf-8")
    article = articles(path)[0]
    assert article.title == "Bến phà mở lại"
    assert article.text.split("\n")[0] == BODY
    assert "Cầu mới" not in article.text
    assert (article.source, article.url) == ("Báo Ví Dụ", "https://vidu.vn/ben-pha.html")
    assert article.published == datetime.date(2022, 3, 14)
    path.write_text(page.replace("09:00:00+07:00", "22:30:00+00:00"), encoding="utf-8")
    article = articles(path)[0]
    assert (str(article.published), article.extra) == ("2022-03-15", {"published_time": "05:30"})


def test_html_without_an_article_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body></body></html>", encoding="utf-8")
    assert [r.reason for r in rejections(path)] == ["no article was found in the HTML page"]


# ---- properties ----


def test_inspect_tells_what_was_cut_and_why(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        f"Chia sẻ\nBến phà mở lại\n{BODY}\nTheo Báo Ví Dụ\nTin khác\n", encoding="utf-8"
    )
    (found,) = inspect(path)
    assert isinstance(found.loaded, Article)
    assert found.loaded.text == BODY
    assert [(cut.kind, cut.text) for cut in found.cut] == [
        ("control", "Chia sẻ"),
        ("title", "Bến phà mở lại"),
        ("source", "Theo Báo Ví Dụ"),
        ("related", "Tin khác"),
    ]


MARKS = ["# ", "**", "![", "](", "a.jpg)", "\n", "\n\n", "| ", ">> ", "—", "e\u0301", ": ", "1."]
PHRASES = ["Ảnh: ", "Tin liên quan", "Theo VOV", "12/3/2021", "Bến phà mở lại", " đông.", "Chia sẻ"]
PAGES = st.one_of(st.text(), st.lists(st.sampled_from(MARKS + PHRASES), max_size=40).map("".join))


@given(PAGES)
def test_any_text_gives_an_article_or_a_reason(text: str) -> None:
    (found,) = load([{"id": "a", "text": text}])
    if isinstance(found, Rejection):
        assert found.reason
    else:
        assert unicodedata.is_normalized("NFC", found.text)
        assert Article.model_validate_json(found.model_dump_json()) == found


@given(PAGES)
def test_decomposed_input_gives_the_same_article(text: str) -> None:
    composed = list(load([{"id": "a", "text": text}]))
    assert list(load([{"id": "a", "text": unicodedata.normalize("NFD", text)}])) == composed


def test_import_is_light() -> None:
    import subprocess
    import sys

    code = (
        "import sys, vnqa.loading;"
        "print([m for m in ('trafilatura', 'lxml', 'torch', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_link_out_of_the_folder_brings_nothing_in(tmp_path: Path) -> None:
    outside, inside = tmp_path / "ngoai", tmp_path / "trong"
    outside.mkdir()
    inside.mkdir()
    (outside / "mat.txt").write_text("Chuyện không ai được đọc.", encoding="utf-8")
    (inside / "tot.txt").write_text("Bài tốt kể chuyện cây xoài.", encoding="utf-8")
    (inside / "loi.txt").symlink_to(outside / "mat.txt")
    (inside / "thu-muc").symlink_to(outside)
    (inside / "cung.txt").symlink_to(inside / "tot.txt")
    loaded = list(load(inside))
    assert [item.article_id for item in loaded if isinstance(item, Article)] == [
        "cung.txt",
        "tot.txt",
    ]
    rejected = [item for item in loaded if isinstance(item, Rejection)]
    assert len(rejected) == 2
    assert all("leads out of the folder" in item.reason for item in rejected)


@pytest.mark.parametrize(
    "sentence",
    [
        "Giải khai mạc ngày 12/5/2024.",
        "Cập nhật: Bão số 3 đã vào đất liền và suy yếu dần.",
        "Nguồn: nước sạch của 3.000 hộ dân ở đây bị ô nhiễm nặng.",
        "=> Tổng chi phí của cả dự án là 3,2 tỷ đồng.",
    ],
)
def test_a_sentence_that_looks_like_a_header_stays(tmp_path: Path, sentence: str) -> None:
    path = tmp_path / "bai.txt"
    path.write_text(f"{sentence}\n\nĐoạn thứ hai kể tiếp câu chuyện của làng.", encoding="utf-8")
    (article,) = load(path)
    assert isinstance(article, Article)
    assert sentence.removeprefix("=> ") in article.text


@pytest.mark.parametrize(
    "text",
    [
        ". Ảnh " + "A" * 80 + ";",
        "![](" * 1000,
        "# " + "#" * 60_000 + "a",
        "ab." + '"' * 100_000,
        "Tác giả: A" + " " * 40_000 + "B",
        "<p>" + '<p "' * 20_000 + "<!--<script>" * 20_000,
    ],
)
def test_no_text_makes_loading_hang(tmp_path: Path, text: str) -> None:
    """In a process of its own, since nothing ends a search for a pattern."""
    script = """
import sys
from pathlib import Path
from vnqa import Article, Rejection
from vnqa.loading import load

path = Path(sys.argv[1])
for source in (path, {"id": "a", "text": path.read_text(encoding="utf-8")}):
    (loaded,) = load(source)
    assert isinstance(loaded, Article | Rejection)
"""
    path = tmp_path / "bai.txt"
    path.write_text(f"{text}\n\nĐoạn thứ hai kể tiếp câu chuyện.", encoding="utf-8")
    subprocess.run([sys.executable, "-c", script, str(path)], check=True, timeout=60)


def test_records_that_would_break_a_load_are_rejected(tmp_path: Path) -> None:
    deep: object = "x"
    for _ in range(300):
        deep = {"a": deep}
    records = [
        {"id": "1", "text": "Bài có ngày lạ.", "published": int("9" * 400)},
        {"id": "2", "text": "Bài có trường lồng nhau.", "la": deep},
        {"id": "3", "text": "Bài tốt."},
    ]
    path = tmp_path / "tin.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    loaded = list(load(path))
    assert [item.article_id for item in loaded if isinstance(item, Article)] == ["1", "3"]
    assert [item.line for item in loaded if isinstance(item, Rejection)] == [2]


class Array:
    """What a numpy array or scalar has that loading asks for."""

    def __init__(self, value: object) -> None:
        self.value = value

    def tolist(self) -> object:
        return self.value


NotATime = type("NaTType", (datetime.datetime,), {"__ne__": lambda one, other: True})
NotAvailable = type("NAType", (), {})
NAN = float("nan")
LONG = 10**5000  # Python refuses to write it out


def test_values_of_numpy_are_taken_as_those_of_python() -> None:
    record = {
        "id": np.int64(7),
        "text": np.array(["Đoạn một.", "Đoạn hai."], dtype=object),
        "authors": np.array(["Lê Mai", "Vũ An"]),
        "title": np.str_("Phà chạy lại"),
        "url": np.array([]),
        "date": Array("2022-03-14T20:30:00Z"),
        "tags": np.array(["phà", "sông"]),
        "views": {"hôm nay": np.float32(0.5), "đã duyệt": np.bool_(True)},
        "crawled": (datetime.date(2022, 3, 15), datetime.time(9, 5)),
    }
    (article,) = articles([record])
    assert article == Article(
        article_id="7",
        title="Phà chạy lại",
        text="Đoạn một.\n\nĐoạn hai.",
        author="Lê Mai, Vũ An",
        published=datetime.date(2022, 3, 15),
        extra={
            "tags": ["phà", "sông"],
            "views": {"hôm nay": 0.5, "đã duyệt": True},
            "crawled": ["2022-03-15", "09:05:00"],
            "published_time": "03:30",
        },
    )
    assert Article.model_validate_json(article.model_dump_json()) == article


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("tags", b"\xff", "expected 'tags' to be of a type that JSON has, got bytes"),
        ("tags", object(), "expected 'tags' to be of a type that JSON has, got object"),
        ("tags", [{"a": {1, 2}}], "expected 'a' to be of a type that JSON has, got set"),
        ("tags", np.ndarray, "expected 'tags' to be of a type that JSON has, got type"),
        ("tags", np.array([b"\xff"]), "expected 'tags' to be of a type that JSON has, got bytes"),
        pytest.param(
            "views",
            LONG,
            "expected 'views' to be a number that can be written out",
            id="views-long",
        ),
        pytest.param(
            "id", LONG, "expected 'id' to be a number that can be written out", id="id-long"
        ),
        ("date", 1j, "expected 'published' to be of a type that JSON has, got complex"),
        ("title", b"x", "expected 'title' to be text, got bytes"),
        ("text", np.array([["a"], ["b"]]), "expected 'text' to be text, got list"),
    ],
)
def test_what_json_has_not_rejects_its_record_alone(field: str, value: object, reason: str) -> None:
    found = list(load([{"id": "1", "text": BODY, field: value}, {"id": "2", "text": BODY}]))
    assert found[0] == Rejection(path="record 1", reason=reason)
    assert [item.article_id for item in found[1:] if isinstance(item, Article)] == ["2"]


def test_an_article_that_cannot_be_stored_is_rejected() -> None:
    deep: list[object] = []
    deep.append(deep)
    values = [np.int64(3), b"\xff", object(), "\ud800", deep, LONG, [datetime.date(2022, 3, 1)]]
    given_articles = [
        Article(article_id=str(number), text=BODY, extra={"tags": value})
        for number, value in enumerate(values, start=1)
    ]
    found = list(load(given_articles))
    assert [r.path for r in found if isinstance(r, Rejection)] == [
        f"article {number}" for number in range(1, len(values))
    ]
    assert all("as JSON" in r.reason for r in found if isinstance(r, Rejection))
    assert found[-1] == given_articles[-1]


def nested(levels: int) -> list[object]:
    return [nested(levels - 1)] if levels else []


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ({"text": ""}, "text: String should have at least 1 character"),
        ({"text": "\u200b \n"}, "an article needs a body"),
        ({"text": None}, "text: Input should be a valid string"),
        ({"article_id": 5}, "article_id: Input should be a valid string"),
        ({"published": "hôm qua"}, "published: Input should be a valid date"),
        ({"title": "\ud83d"}, "surrogates not allowed"),
        ({"url": "\ud83d"}, "surrogates not allowed"),
        ({"summary": "\ud83d"}, "surrogates not allowed"),
        ({"extra": {"a": nested(60)}}, "expected at most 50 levels of nested fields"),
    ],
)
def test_an_article_that_was_not_validated_is_rejected(
    update: dict[str, object], reason: str
) -> None:
    good = Article(article_id="1", text=BODY)
    other = Article(article_id="2", text=BODY)
    found = list(load([good.model_copy(update=update), other]))
    assert isinstance(found[0], Rejection)
    assert reason in found[0].reason
    assert found[1:] == [other]


@given(st.text())
def test_a_copy_with_decomposed_text_is_the_article_itself(text: str) -> None:
    article = Article(article_id="1", title="Phà", text=f"a{text}", source="Báo Huế")
    fields = {"title": "Phà", "text": f"a{text}", "source": "Báo Huế"}
    copy = article.model_copy(
        update={name: unicodedata.normalize("NFD", value) for name, value in fields.items()}
    )
    assert articles(copy) == [article]


def test_fields_of_an_article_are_those_that_validating_gives() -> None:
    article = Article(article_id="1", text=BODY)
    for published in ("2022-03-14", datetime.date(2022, 3, 14)):
        (loaded,) = articles(article.model_copy(update={"published": published}))
        assert loaded.published == datetime.date(2022, 3, 14)


@pytest.mark.parametrize("nothing", [None, NAN, np.float64("nan"), NotATime(2022, 3, 1)])
def test_what_pandas_puts_in_an_empty_cell_is_missing(nothing: object) -> None:
    fields = dict.fromkeys(("title", "source", "date", "summary", "tags"), nothing)
    record = {"id": "1", "text": nothing, "body": BODY, "author": nothing, "url": nothing, **fields}
    assert articles(record) == [Article(article_id="1", text=BODY, extra={"tags": None})]
    assert [r.reason.split(":")[0] for r in rejections([{"id": "1", "text": nothing}])] == [
        "no body"
    ]


def test_a_value_that_pandas_does_not_have_is_missing() -> None:
    record = {"id": "1", "text": BODY, "title": NotAvailable(), "tags": [NotAvailable(), 1]}
    assert articles(record) == [Article(article_id="1", text=BODY, extra={"tags": [None, 1]})]


def test_missing_parts_of_a_field_are_passed_over() -> None:
    record = {
        "id": "1",
        "text": ["Đoạn một.", None, NAN, "Đoạn hai."],
        "author": [{"name": None}, None, {"name": ["Lê Mai", ""]}, "Vũ An"],
        "source": {"name": None},
    }
    assert articles(record) == [
        Article(article_id="1", text="Đoạn một.\n\nĐoạn hai.", author="Lê Mai, Vũ An")
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-03-14T20:30:00+00:00", ("2022-03-15", "03:30")),
        ("2022-03-15T01:30:00+09:00", ("2022-03-14", "23:30")),
        ("2022-03-14T20:30:00+07:00", ("2022-03-14", "20:30")),
        ("2022-03-14T20:30:00", ("2022-03-14", "20:30")),
        ("0001-01-01T00:30:00+09:00", None),
    ],
)
def test_a_time_with_an_offset_is_of_the_day_in_vietnam(
    value: str, expected: tuple[str, str] | None
) -> None:
    (article,) = articles(
        [{"id": "1", "text": BODY, "date": datetime.datetime.fromisoformat(value)}]
    )
    found = str(article.published), article.extra.get("published_time")
    assert found == (expected or ("None", None))
    assert article.extra.get("published") == (None if expected else value)


def test_links_to_themselves_are_rejected_and_the_rest_is_loaded(tmp_path: Path) -> None:
    for name in ("loop", "loop.txt"):
        (tmp_path / name).symlink_to(name)
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "x.txt").write_text(BODY, encoding="utf-8")
    found = list(load(tmp_path))
    assert [item.article_id for item in found if isinstance(item, Article)] == ["x.txt"]
    assert [(Path(r.path).name, r.reason) for r in found if isinstance(r, Rejection)] == [
        (name, "cannot be read: Too many levels of symbolic links")
        for name in ("loop", "loop.txt", "one", "two")
    ]


def work(act: Callable[[], object]) -> int:
    """Count the lines of the package that run, each pass of a loop anew."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace if "vnqa" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "rows",
    [
        ["Chủ đề"],
        ["Video", "Cầu mới sắp khởi công"],
        ["Hết bài ./.", "Video", "Một câu kết thúc ở đây."],
        ["Video", "1. Video", "• Video", "Lê Mai"],
        ["Video", "• Cầu mới sắp khởi công quý sau", "• Cầu cũ sắp được sửa quý sau"],
        ["Tin liên quan", "Cầu mới sắp khởi công quý sau"],
    ],
)
@pytest.mark.parametrize("last", ["Lê Mai", "Một câu của bài kết thúc ở đây."])
def test_headings_of_lists_cost_in_proportion_to_the_page(rows: list[str], last: str) -> None:
    def cut(times: int) -> Cleaned:
        return clean("\n".join([*(rows * times)[:times], last]))

    cut(1)  # what is made once
    assert work(lambda: cut(800)) < 2.3 * work(lambda: cut(400))


def test_a_heading_below_one_without_a_list_may_have_one() -> None:
    body = "Bến phà mở lại sau ba ngày sửa chữa."
    teasers = ["Cầu mới qua sông khởi công", "Cầu nối hai bờ sông.", "Chợ nổi đông khách trở lại"]
    page = [body, "Video", "Ảnh về bến phà ./.", "Video", *teasers, "Chợ nổi họp từ sáng sớm."]
    cleaned = clean("\n".join(page))
    assert cleaned.text.split("\n") == page[:3]
    assert [cut.kind for cut in cleaned.cut] == ["related"]


def test_progress_of_many_rejections_is_not_told_by_copying_them_all(tmp_path: Path) -> None:
    count, calls, copied = 3000, 0, 0
    told: tuple[Rejection, ...] = ()
    lags: list[int] = []

    def progress(report: AddReport) -> None:
        nonlocal copied, told, calls
        calls += 1
        copied += len(report.rejected) if report.rejected is not told else 0
        told = report.rejected
        lags.append(min(calls, count) - len(told))

    with NewsQA.open(
        tmp_path / "index", embedder=FakeEmbedder(), generator=None, reader=None
    ) as qa:
        report = qa.add(range(count), progress=progress)  # type: ignore[arg-type]
    assert [r.path for r in report.rejected] == [f"item {n}" for n in range(1, count + 1)]
    assert copied < 100 * count
    assert (max(lags[:64]), lags[-1]) == (0, 0)
    assert all(lag <= number / 64 for number, lag in enumerate(lags, start=1))


# ---- as scrapers write ----


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "URL: https://vidu.vn/1\nCategory: Thời sự\nTitle: Bến phà mở lại\nDate: 28/11/2026\n\n",
            {"published": "2026-11-28", "url": "https://vidu.vn/1", "category": "Thời sự"},
        ),
        ("Chuyên mục: Thời sự\nTiêu đề: Bến phà mở lại\n\n", {"chuyên mục": "Thời sự"}),
        (
            "Crawled at: 2026-12-01 10:00:00\nTitle: Bến phà mở lại\nDate: 28/11/2026\n\n",
            {"published": "2026-11-28", "crawled at": "2026-12-01 10:00:00"},
        ),
        ("Title: Bến phà mở lại\nAuthor:\nTime: 28/11/2026\n\n", {"published": "2026-11-28"}),
        ("Title: Bến phà mở lại\nPublished Time: 2026-11-28\n\n", {"published": "2026-11-28"}),
        ("Title: Bến phà mở lại\nTags: phà, sông\nNội dung: ", {"tags": "phà, sông"}),
        ("Tiêu đề: Bến phà mở lại\n\nNgày đăng: 28/11/2026\n\n", {"published": "2026-11-28"}),
        (
            "Source: https://vidu.vn/1\nTitle: Bến phà mở lại\n\n",
            {"url": "https://vidu.vn/1", "source": "vidu.vn"},
        ),
    ],
)
def test_headers_of_scrapers(tmp_path: Path, header: str, expected: dict[str, str]) -> None:
    (tmp_path / "a.txt").write_text(header + BODY, encoding="utf-8")
    article = articles(tmp_path)[0]
    assert (article.title, article.text, article.author) == ("Bến phà mở lại", BODY, None)
    assert str(article.published or "") == expected.get("published", "")
    assert (article.url or "") == expected.get("url", "")
    assert article.source == (expected.get("source") or ("vidu.vn" if article.url else None))
    kept = {name.lower(): value for name, value in article.extra.items()}
    assert kept == {k: v for k, v in expected.items() if k not in ("published", "url", "source")}


@pytest.mark.parametrize("row", ["Hà Nội: mưa lớn từ sáng sớm", "Thứ Bảy, 28/11/2026 13:30"])
def test_a_row_below_a_title_that_is_no_field_of_a_scraper_is_not_of_the_header(
    tmp_path: Path, row: str
) -> None:
    (tmp_path / "a.txt").write_text(f"Title: Bến phà mở lại\n{row}\n\n{BODY}", encoding="utf-8")
    article = articles(tmp_path)[0]
    assert (article.title, article.extra.get("Hà Nội")) == ("Bến phà mở lại", None)
    is_date = row.startswith("Thứ")
    assert (row in article.text) is not is_date
    assert (article.published == datetime.date(2026, 11, 28)) is is_date


def test_a_labelled_lead_is_the_summary_and_stays_without_its_label(tmp_path: Path) -> None:
    text = f"Tiêu đề: Bến phà mở lại\n\nNgày: 28/11/2026\n\nTóm tắt: {BODY_2}\n\n{BODY}"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    article = articles(tmp_path)[0]
    assert (article.title, article.summary) == ("Bến phà mở lại", BODY_2)
    assert article.text == f"{BODY_2}\n\n{BODY}"


@pytest.mark.parametrize(
    ("value", "date", "time"),
    [
        ("2026-11-28 20:30:00 UTC", "2026-11-29", "03:30"),
        ("2026-11-28T23:30:00 GMT", "2026-11-29", "06:30"),
        ("2026-11-28T20:30:00+00", "2026-11-29", "03:30"),
        ("2026-11-28 20:30:00 GMT+7", "2026-11-28", "20:30"),
        ("2026-11-28+07:00", "2026-11-28", None),
        ("2026-11-28 08:30 PM", "2026-11-28", "20:30"),
        ("20261128T133000Z", "2026-11-28", "20:30"),
        ("28 Nov 2026", "2026-11-28", None),
        ("November 28th, 2026 at 8:30 PM", "2026-11-28", "20:30"),
        ("28 thg 11, 2026", "2026-11-28", None),
        ("1647250200.0", "2022-03-14", "16:30"),
        ({"$date": "2026-11-28T20:30:00Z"}, "2026-11-29", "03:30"),
        ({"$date": 1647250200000}, "2022-03-14", "16:30"),
    ],
)
def test_dates_as_other_programs_write_them(value: object, date: str, time: str | None) -> None:
    article = articles({"id": "a", "text": BODY, "published": value})[0]
    assert (str(article.published), article.extra.get("published_time")) == (date, time)


def test_the_first_value_that_holds_something_is_taken() -> None:
    record = {
        "_id": {"$oid": "65f0"},
        "text": "   ",
        "content": BODY,
        "published": "vừa xong",
        "date": "28/11/2026",
        "author": "<b>Lê An</b>",
    }
    article = articles(record)[0]
    assert (article.article_id, article.text, article.author) == ("65f0", BODY, "Lê An")
    assert (str(article.published), article.extra) == ("2026-11-28", {"published": "vừa xong"})


def test_line_ends_within_strings_of_json_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(f'{{"id": "a", "text": "{BODY}\n{BODY_2}"}}', encoding="utf-8")
    assert articles(tmp_path)[0].text == f"{BODY}\n{BODY_2}"


def page(
    *, head: str = "", above: str = "", below: str = "", article: str = f"<p>{BODY}</p>"
) -> str:
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
    <title>Bến phà mở lại</title>{head}</head><body><nav><a href="/">Trang chủ</a></nav>{above}
    <h1>Bến phà mở lại</h1>{below}<article class="fck_detail">{article}<p>{BODY_2}</p>
    <p>{BODY.replace("300", "450").replace("đầu tiên", "thứ hai")}</p></article>
    <footer>Giấy phép số 12/GP-BC ngày 01/02/2010.</footer></body></html>"""


@pytest.mark.parametrize(
    ("html", "date"),
    [
        (page(above='<span class="d">Thứ ba, 20/10/2026, 13:30 (GMT+7)</span>'), "2026-10-20"),
        (page(below='<span class="d">20/10/2026 13:30</span>'), "2026-10-20"),
        (
            page(
                head='<script type="application/ld+json">{"@type": "NewsArticle", '
                '"datePublished": "2026-10-20T20:30:00Z"}</script>'
            ),
            "2026-10-21",
        ),
        (
            page(
                below='<span class="d">20/10/2026</span>',
                article=f'<p>{BODY}</p><aside><time datetime="2026-09-15">15/09/2026</time></aside>',
            ),
            "2026-10-20",
        ),
    ],
    ids=["above the headline", "below it", "linked data", "not that of another article"],
)
def test_the_date_of_a_page(tmp_path: Path, html: str, date: str) -> None:
    (tmp_path / "a.html").write_text(html, encoding="utf-8")
    assert str(articles(tmp_path)[0].published) == date


@pytest.mark.parametrize(
    "lead",
    [
        '<p class="description"><span class="stamp">Nam Định</span>{}</p>',
        '<h2 class="detail-sapo">{}</h2>',
        '<div data-role="sapo">{}</div>',
    ],
)
def test_the_lead_of_a_page_is_not_lost(tmp_path: Path, lead: str) -> None:
    text = "Bến phà có từ năm 1960 sẽ đón khách miễn phí trong ba ngày đầu."
    (tmp_path / "a.html").write_text(page(below=lead.format(text)), encoding="utf-8")
    article = articles(tmp_path)[0]
    assert article.summary in (text, f"Nam Định {text}")
    assert article.text.startswith(f"{article.summary}\n\n{BODY}")


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
def test_a_page_in_another_file_is_read_as_one(tmp_path: Path, name: str) -> None:
    html = page(above="<div>Đăng nhập</div>")
    record = {"id": "so-1", "content": html, "source": "Báo Ví Dụ"}
    path = tmp_path / name
    if name == "a.txt":
        path.write_text(html, encoding="utf-8")
    else:
        write_jsonl(path, record)
    article = articles(path)[0]
    assert article.title == "Bến phà mở lại"
    assert article.text.startswith(BODY)
    assert "<" not in article.text
    assert article.source == (None if name == "a.txt" else "Báo Ví Dụ")


def test_markup_in_a_text_file_is_resolved(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        f"<p><b>{BODY}</b></p><p>Phà A &amp; B chạy cả đêm.</p>", encoding="utf-8"
    )
    assert articles(tmp_path)[0].text == f"{BODY}\n\nPhà A & B chạy cả đêm."


def test_old_pages_are_read_as_what_they_declare(tmp_path: Path) -> None:
    letters = BODY.encode("ascii", errors="xmlcharrefreplace").decode()
    html = page(article=f"<p>{letters}</p>").replace("utf-8", "iso-8859-1")
    data = html.encode("ascii", errors="xmlcharrefreplace")
    (tmp_path / "a.html").write_bytes(data.replace(b"<footer>", b"<footer>\xa9 "))
    assert articles(tmp_path)[0].text.startswith(BODY)


def test_a_wrong_byte_in_a_page_is_left_out(tmp_path: Path) -> None:
    data = page(below="<!-- x -->" * 100).encode()
    (tmp_path / "a.html").write_bytes(data.replace(b"<!-- x -->", b"<!-- \xff -->", 1))
    assert articles(tmp_path)[0].text.startswith(BODY)
    (tmp_path / "a.html").write_bytes(data.replace(b"<!-- x -->", b"<!-- \xff -->"))
    assert rejections(tmp_path)
