"""Damage to the library is found wherever it is, and what can be saved of it is saved."""

from __future__ import annotations

import json
import shutil
import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.entries import DIM, made_article, made_entry
from tests.fakes import FakeEmbedder
from vnqa import Article, IndexDamagedError, IndexFormatError, NewsQA, ReadOnlyIndexError
from vnqa.cli import app
from vnqa.index import Collection, Entry
from vnqa.index.locking import lock_for_writing
from vnqa.index.pages import Pages
from vnqa.index.repair import check_folder
from vnqa.index.schema import PAGE_BYTES

NAMES = [f"bài {number}" for number in range(40)]


@pytest.fixture
def folder(tmp_path):
    with Collection.open(tmp_path / "index", fingerprint="made up", dim=DIM) as collection:
        collection.write([made_entry(name, sentences=9) for name in NAMES])
        collection.write([made_entry(name, 1, sentences=9) for name in NAMES[:5]], ["bài 30"])
    return tmp_path / "index"


def stored(folder):
    with Collection.open(folder, fingerprint="made up", dim=DIM) as collection:
        assert collection.check() == []
        return {article.article_id: article for article in collection.articles()}


def change(folder, old: bytes, new: bytes) -> None:
    path = folder / "library.sqlite"
    content = path.read_bytes()
    assert content.count(old) >= 1
    assert len(old) == len(new)
    path.write_bytes(content.replace(old, new))


def test_a_whole_index(folder):
    report = check_folder(folder)
    assert (report.articles, report.problems, report.sound) == (39, (), True)
    assert check_folder(folder, repair=True) == report
    assert not (folder / "library.sqlite.damaged").exists()


def test_a_changed_text_costs_that_article_alone(folder):
    before = stored(folder)
    text = made_article("bài 7", 0, 9).text.encode()
    change(folder, text, text.replace(b"m", b"n", 1))
    report = check_folder(folder)
    assert report.problems == ("library: article 'bài 7' does not match its checksum",)
    assert (report.articles, report.lost, report.without_vectors) == (38, ("bài 7",), ())
    assert (report.repaired, report.kept, report.sound) == (False, None, False)
    report = check_folder(folder, repair=True)
    assert (report.articles, report.lost, report.repaired) == (38, ("bài 7",), True)
    assert report.kept == str(folder / "library.sqlite.damaged")
    assert not report.sound
    before.pop("bài 7")
    after = stored(folder)
    assert after == before
    assert list(after) == list(before)  # in the order in which they were first added


@pytest.mark.parametrize("what", ["vector", "sentence"])
def test_a_changed_vector_is_found_and_computed_again(folder, what):
    article, _, vectors = made_entry("bài 9", 0, 9)
    old = vectors[3].tobytes()
    if what == "sentence":
        with Collection.open(folder) as collection, collection.snapshot() as snapshot:
            ids = [p.passage_id for p in snapshot.passages_of("bài 9")]
            query = "SELECT vectors FROM sentences WHERE passage_id = ?"
            old = snapshot._store.connection.execute(query, (ids[3],)).fetchone()[0]
    change(folder, old, bytes([old[0] ^ 1]) + old[1:])
    report = check_folder(folder)
    assert (report.articles, report.lost, report.without_vectors) == (38, (), ("bài 9",))
    copy = shutil.copytree(folder, folder.parent / "copy")
    report = check_folder(copy, repair=True)
    assert (report.articles, report.without_vectors, report.sound) == (38, ("bài 9",), False)
    asked = []

    def embed(given, fingerprint):
        asked.append((given.article_id, fingerprint))
        return Entry(*made_entry("bài 9", 0, 9))

    report = check_folder(folder, repair=True, embed=embed)
    assert asked == [("bài 9", "made up")]
    assert (report.articles, report.without_vectors, report.sound) == (39, (), True)
    assert stored(folder)["bài 9"] == article


def test_saved_vectors_and_sentences_are_the_same_bytes(folder):
    def everything():
        with sqlite3.connect(folder / "library.sqlite") as raw:
            rows = raw.execute(
                'SELECT article_id, start, "end", vector, spans, sentences.vectors FROM passages '
                "JOIN articles USING (article_row) JOIN vectors USING (passage_id) "
                "JOIN sentences USING (passage_id) ORDER BY article_id, start"
            ).fetchall()
            [(largest,)] = raw.execute("SELECT max(passage_id) FROM passages").fetchall()
        raw.close()
        return rows, largest

    before, largest = everything()
    content = (folder / "library.sqlite").read_bytes()
    (folder / "library.sqlite").write_bytes(b"\0" * 100 + content[100:])
    assert check_folder(folder, repair=True).sound
    after, _ = everything()
    assert after == before
    with Collection.open(folder) as collection:
        collection.write([made_entry("sau")])
        with collection.snapshot() as snapshot:
            assert snapshot.passages_of("sau")[0].passage_id > largest  # ids are never reused


@pytest.mark.parametrize("page", range(1, 16))
def test_any_page_above_the_rows_may_be_gone(folder, page):
    """The first pages hold the list of tables and the top of each of them."""
    before = stored(folder)
    path = folder / "library.sqlite"
    content = bytearray(path.read_bytes())
    content[(page - 1) * PAGE_BYTES : page * PAGE_BYTES] = bytes(PAGE_BYTES)
    path.write_bytes(content)
    report = check_folder(
        folder,
        repair=True,
        embed=lambda article, _: Entry(
            *made_entry(article.article_id, article.extra["version"], 9)
        ),
    )
    assert report.problems
    with Collection.open(folder) as collection:
        after = {article.article_id: article for article in collection.articles()}
        assert collection.check() == []
    assert after == before


def test_what_was_removed_does_not_come_back(folder):
    """Its rows still stand in pages that are free, or in what is left of used ones."""
    with Collection.open(folder) as collection:
        collection._writer.connection.execute(
            "PRAGMA secure_delete = OFF"
        )  # some builds have it on
        collection.write(removals=NAMES[10:30])
    before = stored(folder)
    path = folder / "library.sqlite"
    content = path.read_bytes()
    assert any(made_article(name, 0, 9).text.encode() in content for name in NAMES[10:30])
    change(folder, made_article("bài 35", 0, 9).text.encode()[:20], b"x" * 20)
    assert check_folder(folder, repair=True).lost == ("bài 35",)
    before.pop("bài 35")
    assert stored(folder) == before
    path.write_bytes(bytes(PAGE_BYTES) + content[PAGE_BYTES:])  # which pages are free is lost
    report = check_folder(folder, repair=True)
    assert set(report.lost) | set(report.without_vectors) <= set(before) | {"bài 35"}
    assert set(stored(folder)) <= set(before) | {"bài 35"}


def test_a_changed_setting_is_found_when_it_is_opened(folder):
    with sqlite3.connect(folder / "library.sqlite") as raw:
        raw.execute("UPDATE meta SET value = value + 1 WHERE key = 'last_passage_id'")
    raw.close()
    for read_only in (True, False):
        with pytest.raises(IndexDamagedError, match=r"settings differs.*run: vnqa check"):
            Collection.open(folder, read_only=read_only)
    assert check_folder(folder, repair=True).sound
    assert len(stored(folder)) == 39


def test_what_is_no_library_is_left_alone(tmp_path):
    path = tmp_path / "library.sqlite"
    path.write_bytes(b"not a database, but long enough to have a header" * 999)
    for repair in (False, True):
        with pytest.raises(IndexDamagedError, match="nothing can be saved"):
            check_folder(tmp_path, repair=repair)
    assert [p.name for p in tmp_path.iterdir() if p.name != "writer.lock"] == ["library.sqlite"]
    assert path.read_bytes().startswith(b"not a database")


def test_a_lost_or_emptied_library_is_not_replaced_by_an_empty_one(folder):
    for lose in ((folder / "library.sqlite").unlink, (folder / "library.sqlite").touch):
        lose()
        for act in (Collection.open, check_folder):
            with pytest.raises(IndexDamagedError, match="nothing can be saved"):
                act(folder)


def test_an_index_whose_first_writer_was_killed_at_once_can_be_written(tmp_path):
    raw = sqlite3.connect(tmp_path / "library.sqlite")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.close()
    with pytest.raises(IndexFormatError, match="holds no index yet"):
        check_folder(tmp_path)
    with Collection.open(tmp_path) as collection:
        assert collection.check() == []


def test_a_repair_that_was_killed_leaves_nothing_behind(folder):
    (folder / "repair-abc").mkdir()
    (folder / "repair-abc" / "library.sqlite").write_text("x")
    Collection.open(folder).close()
    assert not (folder / "repair-abc").exists()


def test_words_of_another_index_are_found(folder, tmp_path):
    """Its files fit each other, and its passages have the same ids."""
    with Collection.open(tmp_path / "other", fingerprint="made up", dim=DIM) as other:
        other.write([made_entry(name, 5, sentences=9) for name in NAMES])
        other.write([made_entry(name, 6, sentences=9) for name in NAMES[:5]], ["bài 30"])
    [words] = folder.glob("lexical-*")
    shutil.rmtree(words)
    shutil.copytree(tmp_path / "other" / words.name, words)
    [problem] = check_folder(folder).problems
    assert "differ from those in the library" in problem
    assert check_folder(folder, repair=True).sound
    assert stored(folder)["bài 1"] == made_article("bài 1", 1, 9)


@settings(max_examples=20, deadline=None)
@given(
    texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=9000), min_size=1, max_size=9),
    repeat=st.integers(1, 40),
)
def test_pages_are_read_as_sqlite_reads_them(tmp_path_factory, texts, repeat):
    path = tmp_path_factory.mktemp("pages") / "x.sqlite"
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    raw.execute("CREATE TABLE t (i INTEGER PRIMARY KEY, a, b, c, d)")
    rows = [
        (n, text * repeat, text.encode() or None, (-1) ** n * 97**n, n / 7)
        for n, text in enumerate(texts)
    ]
    raw.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    raw.execute("DELETE FROM t WHERE i = 1")
    raw.commit()
    expected = raw.execute("SELECT * FROM t").fetchall()
    raw.close()
    pages = Pages(path)
    found = {row.rowid: row.values for _, _, row in pages.rows() if row.rowid is not None}
    pages.close()
    assert [(i, *values[1:]) for i, values in sorted(found.items())] == expected


BRIDGE = Article(
    article_id="cau.txt",
    title="Khánh thành cầu Bến Ngự",
    text="Cầu Bến Ngự dài 320 m, bắc qua sông Lam Giang. Cầu được khánh thành ngày 4/7/1998.",
)
FAIR = Article(article_id="sach.txt", text="Hội chợ sách thu hút 12.000 lượt khách.")


@pytest.fixture
def damaged(tmp_path):
    """An index of two articles; a bit of a vector of the first one is flipped."""
    with NewsQA.open(tmp_path / "qa", embedder=FakeEmbedder(), generator=None, reader=None) as qa:
        qa.add([BRIDGE, FAIR])
        [passage] = qa._collection.passages(
            [hit.passage.passage_id for hit in qa.search("sông")][:1]
        )
        old = qa._collection.vectors([passage.passage_id])[0]
    change(tmp_path / "qa", old.tobytes(), np.nextafter(old, 1).tobytes())
    return tmp_path / "qa"


def test_newsqa_checks_and_mends(damaged):
    with NewsQA.open(
        damaged, embedder=FakeEmbedder(), generator=None, reader=None, threshold=0.0
    ) as qa:
        report = qa.check()
        assert (report.articles, report.without_vectors) == (1, ("cau.txt",))
        report = qa.check(repair=True)
        assert (report.articles, report.sound) == (2, True)
        assert qa.check().problems == ()
        assert list(qa.articles()) == [BRIDGE, FAIR]
        assert "320 m" in qa.ask("Cầu Bến Ngự dài bao nhiêu?").text
        qa.remove("sach.txt")
    with (
        NewsQA.open(
            damaged, embedder=FakeEmbedder(), generator=None, reader=None, read_only=True
        ) as qa,
        pytest.raises(ReadOnlyIndexError, match="read_only=True"),
    ):
        qa.check(repair=True)


def vnqa(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command(damaged, monkeypatch):
    opened = []

    def open_embedder(name, **how):
        opened.append(name)
        return FakeEmbedder(name="khac" if name == "khac" else "fake")

    monkeypatch.setattr("vnqa.cli.checking.open_embedder", open_embedder)
    result = vnqa("check", "-i", damaged)
    assert result.exit_code == 5
    assert "Hỏng: library: article 'cau.txt' does not match its checksum" in result.stderr
    assert "Cứu được 1 bài nguyên vẹn; 1 bài chỉ còn văn bản" in result.stdout
    assert opened == []
    result = vnqa("check", "-i", damaged, "--repair", "--embedder", "khac")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "was built with embedder fake-32, this one is khac-32" in result.stderr
    with lock_for_writing(damaged):
        result = vnqa("check", "-i", damaged, "--repair")
    assert result.exit_code == 1
    assert "is being written by process" in result.stderr
    result = vnqa("check", "-i", damaged, "--repair", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["articles"], report["sound"], report["repaired"]) == (2, True, True)
    result = vnqa("check", "-i", damaged, "--lang", "en")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "The index is whole: 2 articles.\n"


def test_the_command_on_damaged_derived_files(damaged):
    assert vnqa("check", "-i", damaged, "--repair", "--embedder", "none").exit_code == 5
    [dense] = damaged.glob("dense-*")
    dense.write_bytes(b"")
    result = vnqa("check", "-i", damaged, "--lang", "en")
    assert result.exit_code == 5
    assert f"Damaged: {dense.name}: SHA-256 is" in result.stderr
    assert "The library is whole: 1 articles. Run: vnqa check --repair" in result.stdout
    assert "Mended: 1 articles." in vnqa("check", "-i", damaged, "--repair", "--lang", "en").stdout
    assert vnqa("check", "-i", damaged / "nothing").exit_code == 1
