from __future__ import annotations

import datetime
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import unicodedata
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.entries import DIM, SOURCES, made_article, made_entry, unit_vectors
from tests.fakes import FakeEmbedder
from vnqa.adding import add_articles
from vnqa.errors import (
    IndexDamagedError,
    IndexFormatError,
    IndexLockedError,
    IndexMismatchError,
    ReadOnlyIndexError,
)
from vnqa.index import (
    Collection,
    Entry,
    Filters,
    Sentences,
    dense_writer,
    ivf,
    lexical,
    snapshot,
)
from vnqa.index.collection_reader import CollectionReader
from vnqa.index.facets import source_key
from vnqa.index.snapshot import Views
from vnqa.records import Article

NAMES = ["bến", "cảng", "đò", "ghe", "xuồng"]


@pytest.fixture
def collection(tmp_path):
    with Collection.open(tmp_path / "c", fingerprint="made up", dim=DIM) as opened:
        yield opened


def stored(collection):
    """What a collection holds, as a dict like the ones the tests expect."""
    return {article.article_id: article.extra["version"] for article in collection.articles()}


def assert_searches_match(collection, model, seed):
    """Dense search equals brute force over the model; words find exactly the live passages."""
    rows, matrix = [], [np.empty((0, DIM), np.float32)]
    for name, version in model.items():
        _, spans, vectors = made_entry(name, version)
        rows += [(name, start, end) for start, end in spans]
        matrix.append(vectors)
    query = unit_vectors(1, seed)[0]
    scores = np.concatenate(matrix) @ query
    with collection.snapshot() as snapshot:
        found = snapshot.search_dense(query, 7)
        passages = snapshot.passages([i for i, _ in found])
        words = snapshot.search_lexical("ban tin", 99)
        hits = [(p.article_id, p.start, p.end) for p in passages]
        listed = snapshot.passages([i for i, _ in words])
    order = np.argsort(-scores, kind="stable")[:7]
    assert hits == [rows[i] for i in order]
    np.testing.assert_allclose([score for _, score in found], scores[order], atol=1e-6)
    assert sorted((p.article_id, p.start, p.end) for p in listed) == sorted(rows)


steps = st.one_of(
    st.tuples(st.just("put"), st.lists(st.sampled_from(NAMES), unique=True), st.integers(0, 9)),
    st.tuples(st.just("remove"), st.lists(st.sampled_from(NAMES), unique=True), st.none()),
    st.tuples(st.sampled_from(["reopen", "rebuild", "rewrite"]), st.none(), st.none()),
)


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(steps, min_size=1, max_size=9), seed=st.integers(0, 2**32))
def test_any_sequence_of_changes_equals_a_dict(tmp_path_factory, steps, seed):
    folder = tmp_path_factory.mktemp("collection")
    collection = Collection.open(folder, fingerprint="made up", dim=DIM)
    model: dict[str, int] = {}
    given_ids: dict[int, tuple[str, int, int]] = {}
    for step, names, version in steps:
        if step == "put":
            collection.write([made_entry(name, version) for name in names])
            model.update(dict.fromkeys(names, version))
        elif step == "remove":
            collection.write(removals=names)
            for name in names:
                model.pop(name, None)
        elif step == "rebuild":
            collection.rebuild()
        elif step == "rewrite":
            again = (made_entry(a.article_id, a.extra["version"]) for a in collection.articles())
            collection.rewrite(again, fingerprint="made up", dim=DIM)
        else:
            collection.close()
            collection = Collection.open(folder, fingerprint="made up", dim=DIM)
        assert stored(collection) == model
        assert len(collection) == len(model)
        assert_searches_match(collection, model, seed)
        with collection.snapshot() as snapshot:
            for name, number in model.items():
                for passage in snapshot.passages_of(name):
                    place = (name, number, passage.start)
                    assert given_ids.setdefault(passage.passage_id, place) == place
    assert collection.check() == []
    collection.close()


def test_known_tells_whether_an_article_changed(collection):
    entry = made_entry("bến")
    collection.write([entry])
    assert collection.known("bến") == collection.content_hash(entry[0])
    assert collection.known("bến") != collection.content_hash(made_article("bến", 1))
    assert collection.known("cảng") is None
    assert collection.known(unicodedata.normalize("NFD", "bến")) == collection.known("bến")


def test_removed_is_gone_at_once_and_its_ids_stay_unused(collection):
    collection.write([made_entry("bến"), made_entry("cảng")])
    gone = {i for i, _ in collection.search_dense(made_entry("bến")[2][0], 3)}
    assert collection.remove(unicodedata.normalize("NFD", "bến")) is True
    assert collection.remove("bến") is False
    assert collection.article("bến") is None
    assert_searches_match(collection, {"cảng": 0}, 3)
    collection.write([made_entry("bến")])
    with collection.snapshot() as snapshot:
        again = {p.passage_id for p in snapshot.passages_of("bến")}
    assert min(again) > max(gone)


def test_each_change_is_one_generation(collection):
    first = collection.write([made_entry("bến"), made_entry("cảng")])
    assert collection.write([made_entry("bến", 1)], ["cảng"]) == first + 1
    assert collection.write([], ["unknown"]) == first + 1
    assert stored(collection) == {"bến": 1}
    assert collection.status().generation == first + 1


def test_status_counts(collection):
    collection.write([made_entry("bến", sentences=2), made_entry("cảng", sentences=3)])
    status = collection.status()
    assert (status.articles, status.passages, status.dense_segments) == (2, 5, 1)
    assert (status.embedder, status.dim) == ("made up", DIM)
    assert (status.dense_kind, status.dense_exact) == ("flat", 5)
    assert status.bytes_on_disk == sum(
        f.stat().st_size for f in collection.folder.rglob("*") if f.is_file()
    )


def test_folder_holds_what_the_design_says(collection):
    for number in range(14):
        collection.write([made_entry(f"bài {number}")])
    segments = {segment.file for segment in collection._writer.segments()}
    assert 1 < len(segments) < 14
    assert {path.name for path in collection.folder.iterdir()} == segments | {
        "library.sqlite",
        "library.sqlite-wal",
        "library.sqlite-shm",
        "lexical-0",
        "writer.lock",
    }


def test_adding_few_to_many_leaves_the_large_file_alone(collection):
    collection.write([made_entry("dài", sentences=600)])
    large = [(p.name, p.stat().st_ino) for p in collection.folder.glob("dense-*")]
    collection.write([made_entry("ngắn")])
    files = [(p.name, p.stat().st_ino) for p in sorted(collection.folder.glob("dense-*"))]
    assert files[0] == large[0]
    assert len(files) == 2


@pytest.mark.parametrize(
    "filters",
    [
        Filters(since=datetime.date(2024, 6, 1)),
        Filters(until=datetime.date(2024, 6, 1)),
        Filters(since=datetime.date(2024, 3, 1), until=datetime.date(2024, 9, 1)),
        Filters(sources=frozenset(["báo BẾN cảng"])),
        Filters(sources=frozenset(["Tin Ruộng Đồng"]), since=datetime.date(2024, 6, 1)),
        Filters(sources=frozenset()),
        Filters(sources=frozenset(["", " "])),
        Filters(),
    ],
)
def test_filters_are_applied_before_the_cut(collection, filters):
    names = [f"bài {n}" for n in range(40)]
    collection.write([made_entry(name) for name in names[:20]])
    collection.write([made_entry(name) for name in names[20:]], names[:3])

    def passes(article):
        day = article.published
        if filters.since and (day is None or day < filters.since):
            return False
        if filters.until and (day is None or day > filters.until):
            return False
        keys = {source_key(s) for s in filters.sources or ()} - {""}
        return filters.sources is None or source_key(article.source or "") in keys

    expected = {a.article_id for a in map(made_article, names[3:]) if passes(a)}
    assert SOURCES[2] is None
    query = unit_vectors(1, 5)[0]
    for k in (4, 999):
        dense = collection.search_dense(query, k, filters=filters)
        words = collection.search_lexical("bản tin", k, filters=filters)
        assert len(dense) == len(words) == min(k, 3 * len(expected))
        assert {p.article_id for p in collection.passages([i for i, _ in dense])} <= expected
        assert {p.article_id for p in collection.passages([i for i, _ in words])} <= expected
    everything = collection.search_dense(query, 999)
    assert [hit for hit in everything if hit in dense] == dense


@pytest.mark.parametrize("few", [0.0, 2.0])
def test_words_are_filtered_alike_while_and_after_they_are_searched(collection, monkeypatch, few):
    collection.write([made_entry(f"bài {n}") for n in range(40)], [])
    collection.write([made_entry("bài 3", 1)], ["bài 4"])
    filters = Filters(since=datetime.date(2024, 6, 1), sources=frozenset(["báo bến cảng"]))
    expected = collection.search_lexical("cá tôm bản tin", 999, filters=filters)
    everything = dict(collection.search_lexical("cá tôm bản tin", 999))
    assert len(expected) < len(everything) / 2
    monkeypatch.setattr(lexical, "_FEW", few)
    for k in (1, 5, 999):
        found = collection.search_lexical("cá tôm bản tin", k, filters=filters)
        assert [i for i, _ in found] == [i for i, _ in expected[:k]]
        assert [s for _, s in found] == pytest.approx([everything[i] for i, _ in found])


def test_a_file_that_may_not_be_read_for_a_moment_is_read_again(collection, monkeypatch):
    """The writer of words makes its files readable for others only once they are there."""
    collection.write([made_entry("bến")])
    real, tried = Views._open, []

    def refused(self, folder, store):
        tried.append(folder)
        if len(tried) % 3:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(self, folder, store)

    monkeypatch.setattr(Views, "_open", refused)
    monkeypatch.setattr(snapshot, "_PAUSE", 0)
    assert len(collection.search_lexical("bản tin", 9)) == 3
    assert len(tried) == 3
    monkeypatch.setattr(snapshot, "_ATTEMPTS", 1)
    collection.write([made_entry("cảng")])
    with pytest.raises(PermissionError):
        collection.search_lexical("bản tin", 9)


def test_passages_without_their_article_are_damage(collection):
    collection.write([made_entry("bến"), made_entry("cảng")])
    collection.close()
    with sqlite3.connect(collection.folder / "library.sqlite") as raw:
        raw.execute("DELETE FROM articles WHERE article_id = 'bến'")
    raw.close()
    with (
        pytest.raises(IndexDamagedError, match=r"article 1 has passages, but is not there"),
        Collection.open(collection.folder, read_only=True) as reader,
    ):
        reader.search_lexical("bản tin", 9)


def test_vectors_of_given_passages(collection):
    collection.write([made_entry("bến"), made_entry("cảng")])
    ids = sorted(dict(collection.search_dense(unit_vectors(1, 5)[0], 99)), reverse=True)
    np.testing.assert_array_equal(
        collection.vectors(ids[:1])[0], made_entry("cảng")[2][-1], strict=True
    )
    collection.remove("bến")
    with pytest.raises(KeyError):
        collection.vectors([min(ids)])


def test_a_snapshot_stays_at_its_generation(collection):
    collection.write([made_entry("bến"), made_entry("cảng")])
    reader = Collection.open(collection.folder, read_only=True)
    with reader.snapshot() as snapshot, collection.snapshot() as own:
        for number in range(20):  # merges, purges
            collection.write([made_entry("đò", number)], ["bến", "cảng"])
        collection.rebuild()
        for held in (snapshot, own):
            assert [a.article_id for a in held.articles()] == ["bến", "cảng"]
            query = made_entry("cảng")[2][1]
            [(best, _)] = held.search_dense(query, 1)
            assert held.passages([best])[0].article_id == "cảng"
            assert len(held.search_lexical("bản tin", 99)) == 6
    assert_searches_match(reader, {"đò": 19}, 1)
    reader.close()


def test_a_failing_rewrite_and_a_failing_write_change_nothing(collection):
    collection.write([made_entry("bến"), made_entry("cảng")])
    before = collection.status()

    def entries():
        yield made_entry("đò", dim=3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collection.rewrite(entries(), fingerprint="other", dim=3)
    with pytest.raises(ValueError, match="does not lie in"):
        collection.write([made_entry("ghe"), (made_article("đò"), [(0, 9999)], unit_vectors(1, 1))])
    assert collection.status() == before.model_copy(
        update={"bytes_on_disk": collection.status().bytes_on_disk}
    )
    assert_searches_match(collection, {"bến": 0, "cảng": 0}, 2)
    collection.write([made_entry("ghe")])
    assert_searches_match(collection, {"bến": 0, "cảng": 0, "ghe": 0}, 2)
    assert collection.check() == []


def test_rewrite_changes_embedder_and_spans(collection):
    collection.write([made_entry("bến"), made_entry("cảng")])
    whole = unit_vectors(2, 8, dim=4)
    entries = (
        (article, [(0, len(article.text))], whole[n : n + 1])
        for n, article in enumerate(collection.articles())
    )
    collection.rewrite(entries, fingerprint="other", dim=4)
    [(best, score)] = collection.search_dense(whole[1], 1)
    assert score == pytest.approx(1.0)
    assert collection.passages([best])[0].text == made_article("cảng").text
    assert collection.check() == []
    collection.write([made_entry("đò", dim=4)])
    assert len(collection.search_dense(whole[1], 99)) == 5
    assert collection.check() == []
    folder = collection.folder
    collection.close()
    with pytest.raises(IndexMismatchError, match=r"other \(dimension 4\).*made up.*reembed=True"):
        Collection.open(folder, fingerprint="made up", dim=DIM)
    with Collection.open(folder, fingerprint="other", dim=4, read_only=True) as reader:
        assert len(reader) == 3


def test_vectors_of_another_embedder_are_refused(collection):
    generation = collection.write([made_entry("bến")], fingerprint="made up")
    with pytest.raises(IndexMismatchError, match=r"now one of embedder made up.*are of other"):
        collection.write([made_entry("cảng")], ["bến"], fingerprint="other")
    assert stored(collection) == {"bến": 0}
    assert collection.status().generation == generation
    assert collection.check() == []


def test_adding_while_all_is_computed_again_does_not_mix_two_embedders(tmp_path):
    """As when another thread calls ``rebuild(embedder=…)``: the lengths of vectors are the same."""

    class Overtaken(FakeEmbedder):
        def embed_passages(self, passages):
            vectors = super().embed_passages(passages)
            collection.rewrite([], fingerprint="other", dim=self.dim)
            return vectors

    old = Overtaken()
    with Collection.open(tmp_path, fingerprint=old.fingerprint, dim=old.dim) as collection:
        with pytest.raises(IndexMismatchError, match=r"now one of embedder other.*fake-32"):
            add_articles(collection, old, [Article(article_id="a", text="Cầu dài 320 m.")])
        assert len(collection) == 0
        add_articles(collection, FakeEmbedder("other", 32), [])


@pytest.mark.parametrize("frozen", [True, False])
def test_a_connection_that_outlives_a_commit_is_not_used_again(collection, frozen):
    """In a folder that cannot be written a connection sees no commit after it was opened."""
    collection.write([made_entry("bến")])
    collection.close()
    reader = CollectionReader(collection.folder, read_only=True)
    reader._frozen = frozen
    torn = pytest.raises(OSError, match="written while it was read") if frozen else nullcontext()
    with torn as caught, reader.snapshot():
        with Collection.open(collection.folder) as writer:
            writer.write([made_entry("cảng"), made_entry("đò")])
        with reader.snapshot() as later:
            assert len(later) == 3
        if frozen:
            raise KeyError("of a page of the later one")
    assert not frozen or isinstance(caught.value.__cause__, KeyError)
    for _ in range(3):
        with reader.snapshot() as snapshot, reader.snapshot() as other:
            assert (len(snapshot), len(other)) == (3, 3)
            assert len(snapshot.search_lexical("bản tin", 99)) == 9
        assert stored(reader) == {"bến": 0, "cảng": 0, "đò": 0}
    reader.close()


@pytest.mark.parametrize("frozen", [True, False])
def test_a_reader_follows_a_folder_that_another_took_the_place_of(tmp_path, frozen):
    """Also one whose generation has the same number."""
    for name in ("bến", "cảng"):
        with Collection.open(tmp_path / name, fingerprint="made up", dim=DIM) as writer:
            writer.write([made_entry(name)])
    reader = CollectionReader(tmp_path / "bến", read_only=True)
    reader._frozen = frozen
    with reader.snapshot() as before:
        (tmp_path / "bến").rename(tmp_path / "old")
        (tmp_path / "cảng").rename(tmp_path / "bến")
        with reader.snapshot() as after:
            assert (before.generation, before.state) != (after.generation, after.state)
            assert before.generation == after.generation
            for held, name in ((before, "bến"), (after, "cảng")):
                [(best, score)] = held.search_dense(made_entry(name)[2][1], 1)
                assert (held.passages([best])[0].article_id, score) == (name, pytest.approx(1.0))
    assert stored(reader) == {"cảng": 0}
    assert len(reader.search_lexical(made_article("cảng").title, 99)) == 3
    reader.close()


def test_states_differ_where_a_library_has_the_inode_of_one_before(tmp_path):
    states = set()
    reader = None
    for name in ("bến", "cảng", "đò"):
        with Collection.open(tmp_path / name, fingerprint="made up", dim=DIM) as writer:
            writer.write([made_entry(name)])
        if reader is None:
            reader = CollectionReader(tmp_path / "bến", read_only=True)
        else:
            shutil.rmtree(tmp_path / "bến")
            (tmp_path / name).rename(tmp_path / "bến")
        with reader.snapshot() as snapshot:
            states.add(snapshot.state)
    assert len(states) == 3
    reader.close()


def test_a_writer_whose_folder_another_took_the_place_of_changes_nothing(tmp_path):
    for name in ("bến", "cảng"):
        with Collection.open(tmp_path / name, fingerprint="made up", dim=DIM) as writer:
            writer.write([made_entry(name)])
    with Collection.open(tmp_path / "bến", fingerprint="made up", dim=DIM) as writer:
        (tmp_path / "bến").rename(tmp_path / "old")
        (tmp_path / "cảng").rename(tmp_path / "bến")
        held = sorted(path.name for path in (tmp_path / "bến").iterdir())
        with pytest.raises(OSError, match=r"holds another library now"):
            writer.write([made_entry("đò")])
        assert sorted(path.name for path in (tmp_path / "bến").iterdir()) == held
    for name, held_there in (("bến", "cảng"), ("old", "bến")):
        with Collection.open(tmp_path / name, read_only=True) as reader:
            assert [article.article_id for article in reader.articles()] == [held_there]


def test_what_replaces_the_library_while_it_is_opened_is_read_instead(tmp_path, monkeypatch):
    for name in ("bến", "cảng"):
        with Collection.open(tmp_path / name, fingerprint="made up", dim=DIM) as writer:
            writer.write([made_entry(name)])
    swaps = [lambda: (tmp_path / "bến").rename(tmp_path / "old")]
    swaps += [lambda: (tmp_path / "cảng").rename(tmp_path / "bến")]
    load = Views._open

    def overtaken(views, folder, store):
        while swaps:
            swaps.pop(0)()
        return load(views, folder, store)

    monkeypatch.setattr(Views, "_open", overtaken)
    reader = CollectionReader(tmp_path / "bến", read_only=True)
    with reader.snapshot() as snapshot:
        assert [article.article_id for article in snapshot.articles()] == ["cảng"]
        assert len(snapshot.search_dense(made_entry("cảng")[2][1], 9)) == 3
    reader.close()


def test_errors_of_the_caller_stay_as_they_are(collection):
    collection.write([made_entry("bến")])
    mine = sqlite3.OperationalError("no such table: mine")
    with pytest.raises(sqlite3.OperationalError) as raised, collection.snapshot():
        raise mine
    assert raised.value is mine
    for own in (ConnectionError("refused"), mine):

        def entries(own=own):
            yield made_entry("bến", 1)
            raise own

        with pytest.raises(type(own)) as raised:
            collection.rewrite(entries(), fingerprint="made up", dim=DIM)
        assert raised.value is own
    assert stored(collection) == {"bến": 0}


def test_what_a_snapshot_cannot_read_is_damaged(collection):
    class Malformed:
        def __getattr__(self, name):
            raise sqlite3.DatabaseError("database disk image is malformed")

    collection.write([made_entry("bến")])
    query = unit_vectors(1, 0)[0]
    with collection.snapshot() as snapshot:
        [first, *_] = snapshot.passage_ids.tolist()
        snapshot._store = Malformed()
        for read in (
            lambda: snapshot.fingerprint,
            lambda: len(snapshot),
            lambda: snapshot.article("bến"),
            lambda: list(snapshot.articles()),
            lambda: snapshot.passages([first]),
            lambda: snapshot.passages_of("bến"),
            lambda: snapshot.vectors([first]),
            lambda: snapshot.sentences([first]),
            lambda: snapshot.sentence_scores(query, [first]),
            lambda: snapshot.search_dense(query, 1),
        ):
            with pytest.raises(IndexDamagedError, match=r"library\.sqlite is damaged"):
                read()


def test_a_change_within_a_change_is_refused(collection):
    collection.write([made_entry("bến")])

    def entries():
        for change in (lambda: collection.write([made_entry("cảng")]), collection.rebuild):
            with pytest.raises(RuntimeError, match="being changed by the same thread"):
                change()
        yield made_entry("bến", 1)

    collection.rewrite(entries(), fingerprint="made up", dim=DIM)
    assert stored(collection) == {"bến": 1}
    collection.write([made_entry("cảng")])
    assert collection.check() == []


def test_closing_waits_for_a_change_of_another_thread(collection):
    closing = threading.Thread(target=collection.close)

    def entries():
        closing.start()
        closing.join(0.2)
        assert closing.is_alive()
        yield made_entry("cảng")

    collection.rewrite(entries(), fingerprint="made up", dim=DIM)
    closing.join()
    with Collection.open(collection.folder) as later:
        assert stored(later) == {"cảng": 0}


def test_a_collection_that_never_held_an_article_is_of_no_embedder(tmp_path):
    Collection.open(tmp_path, fingerprint="made up", dim=DIM).close()
    with Collection.open(tmp_path, fingerprint="other", dim=4, read_only=True) as reader:
        assert (reader.status().embedder, reader.status().dim) == (None, None)
    with Collection.open(tmp_path, fingerprint="other", dim=4) as collection:
        collection.write([made_entry("bến", dim=4)])
        assert (collection.status().embedder, collection.status().dim) == ("other", 4)
    with pytest.raises(IndexMismatchError, match=r"built with embedder other"):
        Collection.open(tmp_path, fingerprint="made up", dim=DIM)


def test_an_article_without_passages_is_of_an_embedder(tmp_path):
    with Collection.open(tmp_path, fingerprint="made up", dim=DIM) as collection:
        collection.write([(Article(article_id="a", text="…"), [], np.empty((0, DIM), np.float32))])
    with pytest.raises(IndexMismatchError):
        Collection.open(tmp_path, fingerprint="other", dim=DIM)


def test_an_id_is_known_in_any_composition(collection):
    collection.write([made_entry("bến")])
    with collection.snapshot() as snapshot:
        assert snapshot.article(unicodedata.normalize("NFD", "bến")) == made_article("bến")
        assert len(snapshot.passages_of(unicodedata.normalize("NFD", "bến"))) == 3


def test_words_too_long_for_the_word_index_are_whole(collection):
    article = Article(article_id="dài", title="x" * 70_000, text="Giá gạo.", source="y" * 70_000)
    collection.write([(article, [(0, 8)], unit_vectors(1, 0))])
    assert collection.check() == []
    assert len(collection.search_lexical("x" * 70_000, 9)) == 1


def test_files_of_the_user_are_left_alone(collection):
    """Whatever their names begin with; what the library itself left is removed."""
    folder = collection.folder
    names = [
        *("dense-notes.txt", "dense-1.faiss.bak", "dense-12.txt", "lexical-notes", "lexical-0.zip"),
        *("lexical-2024-05", "repair-manual.pdf", "repair-2024", "my-dense-1.faiss"),
    ]
    ours = ["dense-77.faiss", "dense-77-2.faiss", "dense-78.faiss.tmp", "lexical-77"]
    for name in (*names, *ours):
        (folder / name).write_text("x")
    for name in ("lexical-mine", "repair-abc", ".vnqa-repair-a_1b2c3d"):
        (folder / name).mkdir()
        (folder / name / "file").write_text("x")
    collection.write([made_entry("bến")])
    collection.close()
    Collection.open(folder).close()
    left = {path.name for path in folder.iterdir()}
    assert {*names, "lexical-mine", "repair-abc"} <= left
    assert left.isdisjoint({*ours, ".vnqa-repair-a_1b2c3d"})
    assert (folder / "repair-abc" / "file").read_text() == "x"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ((made_article("a"), [(0, 5)], unit_vectors(2, 0)), r"shape \(2, 8\), expected \(1, 8\)"),
        (
            (made_article("a"), [(0, 5)], unit_vectors(1, 0, 3)),
            r"shape \(1, 3\), expected \(1, 8\)",
        ),
        ((made_article("a"), [(5, 5)], unit_vectors(1, 0)), r"span \(5, 5\)"),
        ((made_article("a"), [(-1, 5)], unit_vectors(1, 0)), r"span \(-1, 5\)"),
        ((made_article("a"), [(0, 5)], unit_vectors(1, 0) * np.nan), "not a number"),
    ],
)
def test_entries_that_do_not_fit_are_refused(collection, entry, message):
    with pytest.raises(ValueError, match=message):
        collection.write([entry])
    assert len(collection) == 0


ONE = unit_vectors(1, 0)


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([], None),
        ([Sentences([(1, 3)], ONE)] * 2, "has 1 passages, but sentences for 2 were given"),
        (
            [Sentences([(1, 6)], ONE)],
            r"sentence \(1, 6\) of 'a' does not lie in its passage \(1, 5\)",
        ),
        ([Sentences([(3, 3)], ONE)], r"sentence \(3, 3\)"),
        ([Sentences([(1, 3)], ONE * np.nan)], "all finite"),
        ([Sentences([(1, 3), (3, 5)], ONE)], r"shape \(1, 8\), expected \(2, 8\)"),
        ([Sentences([], np.empty((0, DIM), np.float32))], "at least one row"),
        ([Sentences([(1, 3), (3, 5)], unit_vectors(2, 0))], None),
    ],
)
def test_sentences_that_do_not_fit_are_refused(collection, sentences, message):
    entry = Entry(made_article("a"), [(1, 5)], ONE, sentences)
    if message is None:
        collection.write([entry])
        assert collection.check() == []
    else:
        with pytest.raises(ValueError, match=message):
            collection.write([entry])
        assert len(collection) == 0


def test_a_passage_scores_as_its_nearest_sentence(collection):
    vectors = np.eye(DIM, dtype=np.float32)
    article = made_article("a")
    inside = [
        Sentences([(0, 2), (2, 5)], vectors[[0, 1]]),
        Sentences([(5, 9)], vectors[[2]]),
    ]
    collection.write([Entry(article, [(0, 5), (5, 9)], vectors[[6, 7]], inside)])
    with collection.snapshot() as snapshot:
        ids = [passage.passage_id for passage in snapshot.passages_of("a")]
        query = (0.6 * vectors[1] + 0.8 * vectors[2]).astype(np.float32)
        np.testing.assert_allclose(
            snapshot.sentence_scores(query, ids[::-1]), [0.8, 0.6], atol=1e-6
        )
        assert snapshot.sentence_scores(query, []).shape == (0,)
        assert [found.spans for found in snapshot.sentences(ids)] == [[(0, 2), (2, 5)], [(5, 9)]]
    collection.remove("a")
    with collection.snapshot() as snapshot, pytest.raises(KeyError):
        snapshot.sentences(ids)


def test_check_finds_missing_and_cut_sentence_vectors(collection):
    collection.write([made_entry(name) for name in ("bến", "cảng", "đò")])
    raw = sqlite3.connect(collection.folder / "library.sqlite")
    raw.execute("DELETE FROM sentences WHERE passage_id = 1")
    raw.execute("UPDATE sentences SET vectors = x'0102' WHERE passage_id = 4")
    raw.commit()
    raw.close()
    assert collection.check() == [
        "library: article 'bến' does not match its checksum",
        "library: article 'cảng' does not match its checksum",
    ]


def test_an_article_twice_in_one_change_is_refused(collection):
    with pytest.raises(ValueError, match="'bến' stands twice"):
        collection.write([made_entry("bến"), made_entry("bến", 1)])
    collection.write([made_entry("bến")])
    with pytest.raises(ValueError, match="'bến' stands twice"):
        collection.write([made_entry("bến", 1)], ["bến"])


def test_an_article_without_passages_is_stored(collection):
    article = Article(article_id="a", text="…")
    collection.write([(article, [], np.empty((0, DIM), np.float32))])
    assert collection.article("a") == article
    assert collection.search_dense(unit_vectors(1, 0)[0], 3) == []
    assert collection.search_lexical("a", 3) == []
    assert collection.check() == []


def test_an_empty_collection_answers_with_nothing(collection):
    assert collection.search_dense(unit_vectors(1, 0)[0], 3) == []
    assert collection.search_lexical("bến", 3) == []
    assert list(collection.articles()) == []
    collection.rebuild()
    assert collection.check() == []


def test_a_query_of_another_length_is_refused(collection):
    collection.write([made_entry("bến")])
    with pytest.raises(ValueError, match=r"shape \(3,\), the index expects \(8,\)"):
        collection.search_dense(unit_vectors(1, 0, 3)[0], 1)


def test_a_second_writer_is_told_the_process_of_the_first(collection):
    code = "import sys; from vnqa.index import Collection; Collection.open(sys.argv[1])\n"
    run = subprocess.run(
        [sys.executable, "-c", code, str(collection.folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert f"IndexLockedError: {collection.folder} is being written by process {os.getpid()}" in (
        run.stderr
    )
    assert "; wait until it is done" in run.stderr
    ours = rf"process {os.getpid()}, this one: close the NewsQA that has it open"
    with pytest.raises(IndexLockedError, match=ours):
        Collection.open(collection.folder)
    collection.close()
    Collection.open(collection.folder).close()


def test_the_lock_is_free_after_close_from_another_thread(tmp_path):
    collection = Collection.open(tmp_path)
    thread = threading.Thread(target=collection.close)
    thread.start()
    thread.join()
    Collection.open(tmp_path).close()
    collection.close()


@pytest.mark.parametrize("frozen", [False, True])
def test_a_relative_name_stays_the_folder_that_was_opened(tmp_path, monkeypatch, frozen):
    for name in ("một", "hai", "ba"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        if name != "ba":
            with Collection.open("chỉ-mục", fingerprint="made up", dim=DIM) as collection:
                collection.write([made_entry(name)])
    monkeypatch.chdir(tmp_path / "một")
    monkeypatch.setattr("vnqa.index.schema.reading_mode", lambda _: "frozen" if frozen else "read")
    with Collection.open("chỉ-mục", read_only=True) as reader:
        assert str(reader.folder) == reader.status().path == "chỉ-mục"
        (tmp_path / "một").rename(tmp_path / "đổi-tên")
        assert [article.article_id for article in reader.articles()] == ["một"]
        (tmp_path / "đổi-tên").rename(tmp_path / "một")
        for elsewhere in ("hai", "ba"):
            monkeypatch.chdir(tmp_path / elsewhere)
            assert reader.folder == tmp_path / "một" / "chỉ-mục"
            assert [article.article_id for article in reader.articles()] == ["một"]
            with reader.snapshot() as snapshot:
                assert len(snapshot.search_dense(made_entry("một")[2][1], 9)) == 3
                assert len(snapshot.search_lexical("bản tin một", 9)) == 3
        monkeypatch.chdir(tmp_path / "một")
        assert str(reader.folder) == "chỉ-mục"


def test_a_change_that_is_under_way_stays_in_its_folder(tmp_path, monkeypatch):
    (tmp_path / "một").mkdir()
    (tmp_path / "hai").mkdir()
    monkeypatch.chdir(tmp_path / "một")
    with Collection.open("chỉ-mục", fingerprint="made up", dim=DIM) as collection:
        collection.write([made_entry("bến")])

        def entries():
            monkeypatch.chdir(tmp_path / "hai")
            yield made_entry("bến", 1)

        collection.rewrite(entries(), fingerprint="made up", dim=DIM)
        collection.write([made_entry("cảng")])
        assert collection.check() == []
        assert len(collection) == 2
    assert list((tmp_path / "hai").iterdir()) == []


def test_read_only_refuses_changes_and_needs_an_index(tmp_path, collection):
    with pytest.raises(IndexFormatError, match="holds no index"):
        Collection.open(tmp_path / "nothing", read_only=True)
    assert not (tmp_path / "nothing").exists()
    with Collection.open(collection.folder, read_only=True) as reader:
        for change in (reader.rebuild, lambda: reader.write([made_entry("bến")])):
            with pytest.raises(ReadOnlyIndexError, match="read_only=True"):
                change()
        assert reader.status().read_only is True


def test_a_closed_collection_says_so(collection):
    collection.close()
    for call in (collection.__len__, lambda: collection.write([made_entry("bến")])):
        with pytest.raises(ValueError, match="is closed"):
            call()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(IndexFormatError, match="is not a folder"):
            Collection.open(path)


def test_many_threads_read_whole_generations_while_one_writes(collection):
    """Each change replaces both articles; a reader must never see two versions at once."""
    collection.write([made_entry("bến", 0), made_entry("cảng", 0)])
    done = threading.Event()
    seen: list[set[int]] = []
    errors: list[BaseException] = []

    def read(reader):
        try:
            while True:
                last = done.is_set()
                with reader.snapshot() as snapshot:
                    versions = {a.extra["version"] for a in snapshot.articles()}
                    [(best, _)] = snapshot.search_dense(made_entry("cảng", max(versions))[2][0], 1)
                    assert snapshot.passages([best])[0].article_id == "cảng"
                    assert len(snapshot.search_lexical("bản tin", 99)) == 6
                    seen.append(versions)
                if last:
                    return
        except BaseException as error:
            errors.append(error)

    other = Collection.open(collection.folder, read_only=True)
    threads = [threading.Thread(target=read, args=(r,)) for r in (collection, other, other)]
    for thread in threads:
        thread.start()
    for version in range(1, 25):
        collection.write([made_entry("bến", version), made_entry("cảng", version)])
    done.set()
    for thread in threads:
        thread.join()
    other.close()
    assert errors == []
    assert {len(versions) for versions in seen} == {1}
    assert {24} in seen


def test_rebuilding_makes_several_files_when_one_would_be_too_large(collection, monkeypatch):
    monkeypatch.setattr(dense_writer, "MAX_SEGMENT_MEMORY", ivf.memory_of(DIM) * 5)
    collection.write([made_entry("dài", sentences=12)])
    names = sorted(path.name for path in collection.folder.glob("dense-*"))
    assert names == ["dense-1-2.faiss", "dense-1-3.faiss", "dense-1.faiss"]
    collection.rebuild()
    assert collection.check() == []
    scores = made_entry("dài", sentences=12)[2] @ unit_vectors(1, 4)[0]
    found = collection.search_dense(unit_vectors(1, 4)[0], 12)
    np.testing.assert_allclose([s for _, s in found], np.sort(scores)[::-1], atol=1e-6)
