"""Damage to the library is found wherever it is, and what can be saved of it is saved."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import weakref
from pathlib import Path

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
from vnqa.index.salvage import Wreck
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


def test_a_repair_that_was_killed_leaves_nothing_behind(folder, monkeypatch):
    workshops = []

    class Killed(BaseException):
        pass

    def kill(wreck):
        [workshop] = folder.glob(".vnqa-repair-*")
        workshops.append(shutil.copytree(workshop, folder.parent / workshop.name))
        raise Killed

    monkeypatch.setattr(Wreck, "found", kill)
    change(folder, made_article("bài 7", 0, 9).text.encode()[:20], b"x" * 20)
    with pytest.raises(Killed):
        check_folder(folder, repair=True)
    left = shutil.move(workshops[0], folder)
    assert (Path(left) / "library.sqlite").exists()
    Collection.open(folder).close()
    assert not Path(left).exists()


def test_a_reader_follows_a_repair_by_another_process(folder):
    with Collection.open(folder, read_only=True) as reader:
        assert len(reader.search_lexical("bản tin", 999)) == 9 * 39
        change(folder, made_article("bài 7", 0, 9).text.encode()[:20], b"x" * 20)
        assert check_folder(folder, repair=True).lost == ("bài 7",)
        with Collection.open(folder) as writer:
            writer.write([made_entry("sau")])
        assert reader.article("sau") == made_article("sau")
        assert reader.known("bài 7") is None
        assert len(reader.search_lexical("bản tin", 999)) == 9 * 38 + 3


def test_a_second_repair_keeps_the_first_damaged_library_too(folder):
    """It may hold articles that the first repair left out."""
    kept, contents = [], []
    for name in ("bài 7", "bài 8", "bài 9"):
        change(folder, made_article(name, 0, 9).text.encode()[:20], b"x" * 20)
        contents.append((folder / "library.sqlite").read_bytes())
        report = check_folder(folder, repair=True)
        assert report.lost == (name,)
        kept.append(Path(report.kept))
    names = ["library.sqlite.damaged", "library.sqlite.damaged-2", "library.sqlite.damaged-3"]
    assert [path.name for path in kept] == names
    assert [path.read_bytes() for path in kept] == contents
    assert sorted(path.name for path in folder.glob("*.damaged*")) == names


def test_a_log_without_its_library_is_not_taken_for_that_of_another(folder):
    (folder / "library.sqlite.damaged-wal").write_bytes(b"old")
    change(folder, made_article("bài 7", 0, 9).text.encode()[:20], b"x" * 20)
    report = check_folder(folder, repair=True)
    assert report.kept == str(folder / "library.sqlite.damaged-2")
    assert not (folder / "library.sqlite.damaged").exists()
    assert (folder / "library.sqlite.damaged-wal").read_bytes() == b"old"


@pytest.fixture
def logged(folder):
    """A damaged library with "sau" in its log only, which a reader keeps from being emptied."""
    reader = sqlite3.connect(folder / "library.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM articles").fetchall()
    with Collection.open(folder) as collection:
        collection.write([made_entry("sau")])
    change(folder, made_article("bài 7", 0, 9).text.encode()[:20], b"x" * 20)
    assert b"sau" not in (folder / "library.sqlite").read_bytes()
    yield folder
    reader.close()


def no_links(*_):
    raise PermissionError(1, "Operation not permitted")  # what exFAT says


@pytest.mark.parametrize("links", [True, False])
def test_the_damaged_library_is_kept_with_its_log(logged, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    damaged = (logged / "library.sqlite").read_bytes()
    report = check_folder(logged, repair=True)
    assert (report.articles, report.lost) == (39, ("bài 7",))
    assert Path(report.kept).read_bytes() == damaged
    with sqlite3.connect(report.kept) as raw:
        found = raw.execute("SELECT title FROM articles WHERE article_id = 'sau'").fetchall()
    raw.close()
    assert found == [("Bản tin sau lần 0",)]
    assert "sau" in stored(logged)


def test_a_repair_that_is_killed_at_the_exchange_loses_no_commit_of_the_log(
    logged, tmp_path, monkeypatch
):
    """The folder as it stands before each call that changes it is mended as the whole one is."""
    states = []

    def watched(call):
        def watching(*arguments, **more):
            states.append(shutil.copytree(logged, tmp_path / f"state {len(states)}"))
            return call(*arguments, **more)

        return watching

    for name in ("replace", "unlink", "link"):
        monkeypatch.setattr(os, name, watched(getattr(os, name)))
    assert check_folder(logged, repair=True).lost == ("bài 7",)
    monkeypatch.undo()
    assert len(states) >= 6
    for state in states:
        assert set(check_folder(state, repair=True).lost) <= {"bài 7"}
        held = stored(state)
        assert len(held) == 39
        assert "sau" in held


def test_where_the_damaged_library_cannot_be_kept_nothing_is_changed(logged, monkeypatch):
    copied = []

    def copy(source, target):
        copied.append(Path(source).name)
        shutil.copyfile(source, target)
        if len(copied) == 2:
            raise OSError(28, "No space left on device")

    names = {path.name for path in logged.iterdir()} | {"writer.lock"}
    before = [(logged / name).read_bytes() for name in ("library.sqlite", "library.sqlite-wal")]
    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(shutil, "copy2", copy)
    with pytest.raises(OSError, match="No space left"):
        check_folder(logged, repair=True)
    assert copied == ["library.sqlite", "library.sqlite-wal"]
    assert {path.name for path in logged.iterdir()} == names
    assert before == [
        (logged / name).read_bytes() for name in ("library.sqlite", "library.sqlite-wal")
    ]


@pytest.mark.parametrize("share", [0.01, 0.4, 0.99])
def test_a_library_and_a_log_that_were_cut_off_are_damage_and_no_lack_of_space(
    logged, tmp_path, share
):
    copy = tmp_path / "copy"
    shutil.copytree(logged, copy)
    for name in ("library.sqlite", "library.sqlite-wal"):
        content = (copy / name).read_bytes()
        (copy / name).write_bytes(content[: int(len(content) * share)])
    try:
        report = check_folder(copy, repair=True)
    except IndexDamagedError as error:
        assert "nothing can be saved" in str(error)  # noqa: PT017 - either way is right
        assert share < 0.9
    else:
        assert 0 < len(stored(copy)) == report.articles
        assert set(stored(copy)) <= {*NAMES, "sau"} - {"bài 7"}


@pytest.mark.parametrize("repair", [False, True])
def test_one_article_at_a_time_is_in_memory(folder, monkeypatch, repair):
    vectors, alive = [], []
    find = Wreck.found

    def found(wreck):
        for one in find(wreck):
            if one.entry is not None:
                vectors.append(weakref.ref(one.entry.vectors))
            yield one
            alive.append(sum(vector() is not None for vector in vectors))

    monkeypatch.setattr(Wreck, "found", found)
    change(folder, made_article("bài 7", 0, 9).text.encode()[:20], b"x" * 20)
    assert check_folder(folder, repair=repair).articles == 38
    assert len(vectors) == 38
    assert max(alive) <= 2


def run(script):
    """Run a script with a file-size limit at hand, which fails as a full disk does."""
    start = """
        import resource, shutil, signal
        from pathlib import Path
        from vnqa.index import Collection, salvage
        from vnqa.index.repair import check_folder

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

        def limit(size):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(start) + textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_out_of_space_nothing_counts_as_lost_and_nothing_is_replaced(folder, tmp_path):
    change(folder, made_article("bài 7", 0, 9).text.encode()[:20], b"x" * 20)
    said = run(f"""
        folder, copy = Path({str(folder)!r}), Path({str(tmp_path / "copy")!r})
        damaged = (folder / "library.sqlite").read_bytes()
        for share in (0, 0.5, 1, 1.2, 2, 4, 6, 7, 99):
            for repair in (False, True):
                shutil.copytree(folder, copy)
                limit(int(len(damaged) * share) + 4096)
                try:
                    report = check_folder(copy, repair=repair)
                    assert (report.articles, report.lost) == (38, ("bài 7",)), report
                    print("mended" if repair else "examined")
                except OSError as error:
                    print(str(error).replace("\\n", " "))
                finally:
                    limit(hard)
                assert not list(copy.glob("*repair-*"))
                if (copy / "library.sqlite").read_bytes() == damaged:
                    assert not list(copy.glob("*.damaged*"))
                else:  # and where there was no space for vectors and words, they are made again
                    with Collection.open(copy) as collection:
                        assert len(collection) == 38
                        assert collection.check() == []
                shutil.rmtree(copy)
    """)
    lines = said.splitlines()
    assert "mended" in lines
    assert "examined" in lines
    told = [line for line in lines if "make space for copies of" in line]
    assert len(told) >= 5
    assert all("/.vnqa-repair-" in line and "nothing was changed" in line for line in told)


def test_a_library_that_is_still_in_its_log_takes_no_place(folder):
    """The log of the new library fits the disk, the library itself does not."""
    change(folder, made_article("bài 7", 0, 9).text.encode()[:20], b"x" * 20)
    said = run(f"""
        folder = Path({str(folder)!r})
        damaged = (folder / "library.sqlite").read_bytes()

        class Full(salvage.StoreWriter):
            def __init__(self, folder):
                super().__init__(folder)
                self.connection.set_trace_callback(
                    lambda sql: "wal_checkpoint" in sql and limit(20_000)
                )

        salvage.StoreWriter = Full
        try:
            check_folder(folder, repair=True)
        except OSError as error:
            print(error)
        limit(hard)
        assert (folder / "library.sqlite").read_bytes() == damaged
    """)
    assert "could not be written (disk I/O error); nothing was changed" in said
    assert check_folder(folder, repair=True).articles == 38


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
    advice = f"The library is whole: 1 articles. Run: vnqa check --repair -i {damaged}"
    assert advice in result.stdout
    assert "Mended: 1 articles." in vnqa("check", "-i", damaged, "--repair", "--lang", "en").stdout
    assert vnqa("check", "-i", damaged / "nothing").exit_code == 1
    (damaged / "library.sqlite").write_bytes(b"")
    beyond = vnqa("check", "-i", damaged, "--lang", "en")
    assert (beyond.exit_code, beyond.stdout) == (5, "")
    assert "nothing can be saved" in " ".join(beyond.stderr.split())
    told = vnqa("check", "-i", damaged, "--repair", "--json")
    assert told.exit_code == 5
    assert json.loads(told.stdout)["sound"] is False
