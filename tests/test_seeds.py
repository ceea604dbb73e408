"""The starter corpus: its headers, its questions, and that its wording is its own."""

from __future__ import annotations

import datetime
import functools
import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from vnqa.language.vietnamese import has_diacritics, nfc, syllables
from vnqa.loading import load
from vnqa.records import Article

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
SHARED = ROOT.parent / "shared"
FILES = sorted(SEEDS.glob("*.txt"))
LONGEST_SHARED_RUN = 12  # syllables; long names and titles of offices reach it
KEYS = {"title", "date", "source", "url", "author"}


def header_and_body(path: Path) -> tuple[dict[str, str], str]:
    head, separator, body = path.read_text(encoding="utf-8").partition("\n\n")
    assert separator, "no empty line between header and body"
    fields = [line.partition(": ") for line in head.split("\n")]
    assert all(colon for _, colon, _ in fields), head
    assert len({key for key, _, _ in fields}) == len(fields), "a key stands twice"
    return {key: value for key, _, value in fields}, body.strip()


@functools.cache
def articles() -> dict[str, Article]:
    loaded = (item for item in load(SEEDS) if isinstance(item, Article))
    return {article.article_id: article for article in loaded}


def questions() -> list[dict[str, object]]:
    lines = (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def comparable(text: str) -> str:
    return nfc(text).casefold()


def test_there_are_at_least_twelve_articles() -> None:
    assert len(FILES) >= 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
class TestArticle:
    def test_name_is_an_ascii_slug(self, path: Path) -> None:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.txt", path.name)

    def test_header_has_only_the_keys_described(self, path: Path) -> None:
        header, _ = header_and_body(path)
        assert {"title", "source", "author"} <= header.keys() <= KEYS

    def test_loads_with_its_header_and_its_whole_body(self, path: Path) -> None:
        header, body = header_and_body(path)
        article = articles()[path.name]
        assert article.text == body
        assert article.title == header["title"]
        assert article.source == header["source"]
        assert article.author == header["author"]
        assert article.url == header.get("url")
        assert (article.published and article.published.isoformat()) == header.get("date")

    def test_title_and_source_are_not_empty(self, path: Path) -> None:
        article = articles()[path.name]
        assert has_diacritics(article.title)
        assert article.source

    def test_date_where_given_is_of_this_century_and_past(self, path: Path) -> None:
        published = articles()[path.name].published
        if published is not None:
            assert datetime.date(2000, 1, 1) < published < datetime.date(2026, 1, 1)

    def test_url_where_given_is_absolute(self, path: Path) -> None:
        url = articles()[path.name].url
        if url is not None:
            parts = urlsplit(url)
            assert parts.scheme in {"http", "https"}
            assert "." in parts.netloc

    def test_body_has_the_length_of_a_news_item(self, path: Path) -> None:
        body = articles()[path.name].text
        assert 150 <= len(body.split()) <= 450
        assert len(body.split("\n\n")) >= 3

    def test_file_is_composed_unicode(self, path: Path) -> None:
        assert unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8"))


def test_titles_differ() -> None:
    titles = [comparable(articles()[path.name].title) for path in FILES]
    assert len(titles) == len(set(titles))


def test_two_outlets_differ_on_one_figure() -> None:
    nhan_dan = articles()["robothon-2013-nhan-dan.txt"]
    vtc = articles()["robothon-2013-vtc.txt"]
    assert nhan_dan.source != vtc.source
    assert "47 đội" in nhan_dan.text
    assert "48 đội" not in nhan_dan.text
    assert "48 đội" in vtc.text
    assert "47 đội" not in vtc.text


def test_questions_have_the_promised_mix() -> None:
    asked = questions()
    assert len(asked) == 40
    assert sum(not q["answerable"] for q in asked) == 8
    assert sum(not has_diacritics(str(q["question"])) for q in asked) == 6


def test_question_ids_and_questions_are_unique() -> None:
    asked = questions()
    for field in ("id", "question"):
        values = [comparable(str(q[field])) for q in asked]
        assert len(values) == len(set(values))


@pytest.mark.parametrize("question", questions(), ids=lambda q: str(q["id"]))
def test_answers_stand_in_the_articles_named(question: dict[str, object]) -> None:
    assert set(question) == {"id", "question", "answers", "article_ids", "answerable"}
    answers, ids = question["answers"], question["article_ids"]
    assert isinstance(answers, list)
    assert isinstance(ids, list)
    assert bool(answers) == bool(ids) == question["answerable"]
    texts = [comparable(articles()[article_id].text) for article_id in ids]
    wanted = [comparable(answer) for answer in answers]
    for answer in wanted:
        assert any(answer in text for text in texts), answer
    for article_id, text in zip(ids, texts, strict=True):
        assert any(answer in text for answer in wanted), article_id


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = syllables(nfc(text))
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def shared_articles() -> Iterator[str]:
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        yield path.read_text(encoding="utf-8")
    with gzip.open(SHARED / "data" / "vietmds_clusters.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            for doc in json.loads(line)["docs"]:
                yield " ".join(filter(None, (doc["title"], doc["sapo"], doc["body"])))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collected reports (../shared) are not here")
def test_no_sentence_is_taken_from_a_collected_report() -> None:
    length = LONGEST_SHARED_RUN + 1
    own = {
        run: path.name
        for path in FILES
        for run in runs(path.read_text(encoding="utf-8").partition("\n\n")[2], length)
    }
    taken = {run for article in shared_articles() for run in runs(article, length) & own.keys()}
    assert sorted(f"{own[run]}: {' '.join(run)}" for run in taken) == []


def test_a_taken_sentence_would_be_noticed() -> None:
    body = articles()["mua-da-bien-hoa.txt"].text
    sentence = "Trước hết xin dẫn lại: " + body.split("\n\n")[0]
    assert runs(body, LONGEST_SHARED_RUN + 1) & runs(sentence, LONGEST_SHARED_RUN + 1)
