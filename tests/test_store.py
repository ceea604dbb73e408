from __future__ import annotations

import datetime
import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.entries import made_article, made_entry, unit_vectors
from vnqa.errors import IndexDamagedError, IndexFormatError, ReadOnlyIndexError
from vnqa.index import failures, schema
from vnqa.index.store import Sentences, Store, content_hash
from vnqa.index.store_writer import StoreWriter
from vnqa.language.invisible import without_invisible
from vnqa.records import Article

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
articles = st.builds(
    Article,
    article_id=text,
    title=text,
    text=text.filter(lambda t: bool(without_invisible(t).strip())),
    url=st.none() | text,
    source=st.none() | text,
    author=st.none() | text,
    published=st.none() | st.dates(),
    summary=text,
    extra=st.dictionaries(text, st.none() | st.integers() | text | st.lists(text), max_size=3),
)


@pytest.fixture
def writer(tmp_path):
    store = StoreWriter(tmp_path)
    yield store
    store.close()


@given(article=articles)
@settings(deadline=None)  # the disk decides how long
def test_an_article_comes_back_as_it_was_stored(tmp_path_factory, article):
    folder = tmp_path_factory.mktemp("store")
    writer = StoreWriter(folder)
    with writer.writing():
        writer.put_article(article, "digest")
    writer.close()
    store = Store(folder, "read")
    assert store.article(article.article_id) == article
    assert list(store.articles()) == [article]
    assert store.known(article.article_id) == "digest"
    store.close()


@given(first=articles, second=articles)
def test_hashes_are_equal_exactly_when_all_fields_but_the_id_are(first, second):
    same = first.model_dump(exclude={"article_id"}) == second.model_dump(exclude={"article_id"})
    assert (content_hash(first) == content_hash(second)) == same
    renamed = first.model_copy(update={"article_id": "another"})
    assert content_hash(renamed) == content_hash(first)


def test_hash_does_not_depend_on_the_order_of_extra_fields():
    one = made_article("a").model_copy(update={"extra": {"x": 1, "y": 2}})
    other = one.model_copy(update={"extra": {"y": 2, "x": 1}})
    assert content_hash(one) == content_hash(other)


def test_passages_and_vectors_come_in_the_order_asked_for(writer):
    article, spans, vectors = made_entry("a", sentences=4)
    with writer.writing():
        writer.set_meta("dim", vectors.shape[1])
        row = writer.put_article(article, "digest")
        writer.put_passages(row, [11, 12, 13, 14], spans, vectors)
    found = writer.passages([13, 11])
    assert [p.text for p in found] == [
        article.text[slice(*spans[2])],
        article.text[slice(*spans[0])],
    ]
    assert [p.passage_id for p in writer.passages_of("a")] == [11, 12, 13, 14]
    np.testing.assert_array_equal(writer.vectors([14, 12]), vectors[[3, 1]])
    assert writer.passage_ids_between(12, 13).tolist() == [12, 13]
    assert writer.passage_ids_between(15, 99).tolist() == []
    with pytest.raises(KeyError):
        writer.passages([11, 99])


def test_offsets_count_code_points_also_outside_the_basic_plane(writer):
    article = Article(article_id="a", text="𝄞 nhạc 🎻 hay\x00 lắm")
    with writer.writing():
        writer.set_meta("dim", 2)
        row = writer.put_article(article, "digest")
        writer.put_passages(row, [1, 2], [(2, 8), (9, len(article.text))], unit_vectors(2, 0, 2))
    assert [p.text for p in writer.passages([1, 2])] == ["nhạc 🎻", "hay\x00 lắm"]


def test_replacing_keeps_the_row_and_so_the_order(writer):
    with writer.writing():
        for name in ("a", "b"):
            writer.put_article(made_article(name), "digest")
        writer.put_article(made_article("a", version=1), "other")
    assert [a.extra["version"] for a in writer.articles()] == [1, 0]
    assert writer.count_articles() == 2


def test_a_reservation_outlives_a_write_that_failed(tmp_path):
    writer = StoreWriter(tmp_path)
    first = writer.reserve_passage_ids(10)

    def interrupted():
        with writer.writing():
            writer.put_article(made_article("a"), "digest")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    writer.close()
    writer = StoreWriter(tmp_path)
    assert writer.known("a") is None
    assert writer.reserve_passage_ids(1).start >= first.stop
    writer.close()


def test_reading_sees_one_state(tmp_path, writer):
    reader = Store(tmp_path, "read")
    with reader.reading():
        assert reader.count_articles() == 0
        with writer.writing():
            writer.put_article(made_article("a"), "digest")
        assert reader.count_articles() == 0
    assert reader.count_articles() == 1
    reader.close()


@settings(deadline=None)
@given(seed=st.integers(0, 1000), counts=st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_sentences_come_back_with_nearly_the_same_cosines(tmp_path_factory, seed, counts):
    dim = 384
    folder = tmp_path_factory.mktemp("store")
    given_sentences = [
        Sentences([(10 * i + j, 10 * i + j + 1) for j in range(count)],
                  unit_vectors(count, seed + i, dim))
        for i, count in enumerate(counts)
    ]  # fmt: skip
    ids = list(range(5, 5 + len(counts)))
    store = StoreWriter(folder)
    with store.writing():
        store.set_meta("dim", dim)
        row = store.put_article(made_article("a"), "digest")
        spans = [(0, 1)] * len(counts)
        store.put_passages(row, ids, spans, unit_vectors(len(counts), 1, dim), given_sentences)
    found = store.sentences(ids[::-1])[::-1]
    store.close()
    query = unit_vectors(1, seed + 99, dim)[0]
    for stored, original in zip(found, given_sentences, strict=True):
        assert stored.spans == original.spans
        np.testing.assert_allclose(np.linalg.norm(stored.vectors, axis=1), 1.0, atol=1e-6)
        np.testing.assert_allclose(stored.vectors @ query, original.vectors @ query, atol=0.002)


def test_a_passage_without_sentences_is_one_with_its_own_vector(writer):
    article, spans, vectors = made_entry("a", sentences=2)
    with writer.writing():
        writer.set_meta("dim", vectors.shape[1])
        writer.put_passages(writer.put_article(article, "digest"), [3, 4], spans, vectors)
    second, first = writer.sentences([4, 3])
    assert (first.spans, second.spans) == ([spans[0]], [spans[1]])
    np.testing.assert_allclose(np.stack([first.vectors[0], second.vectors[0]]), vectors, atol=0.01)
    assert writer.sentences([]) == []
    with pytest.raises(KeyError):
        writer.sentences([5])


def test_a_date_is_kept_as_its_day_number(writer):
    article = made_article("a").model_copy(update={"published": datetime.date(1950, 5, 23)})
    with writer.writing():
        writer.put_article(article, "digest")
    stored = writer.connection.execute("SELECT published FROM articles").fetchone()[0]
    assert stored == datetime.date(1950, 5, 23).toordinal()


@pytest.mark.parametrize(
    ("version", "advice"), [(99, "pip install --upgrade vnqa"), (1, "vnqa add"), (None, "vnqa add")]
)
def test_another_format_is_refused_with_what_to_run(tmp_path, version, advice):
    StoreWriter(tmp_path).close()
    raw = sqlite3.connect(tmp_path / schema.LIBRARY)
    raw.execute("UPDATE meta SET value = ? WHERE key = 'format_version'", (version,))
    raw.commit()
    raw.close()
    for mode in ("write", "read"):
        with pytest.raises(IndexFormatError, match=f"format {version}.*{advice}"):
            Store(tmp_path, mode)


def test_a_file_that_is_no_library_is_refused(tmp_path):
    (tmp_path / schema.LIBRARY).write_bytes(
        b"not a database, but long enough to have a header" * 99
    )
    for mode in ("write", "read"):
        with pytest.raises(IndexFormatError, match="damaged or not a vnqa library"):
            Store(tmp_path, mode)


def test_somebody_elses_database_is_refused_and_not_changed(tmp_path):
    raw = sqlite3.connect(tmp_path / schema.LIBRARY)
    raw.execute("CREATE TABLE mine (x)")
    raw.commit()
    with pytest.raises(IndexFormatError, match="not a vnqa library"):
        Store(tmp_path, "write")
    assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]
    raw.close()


def test_a_library_that_is_locked_is_not_damaged(tmp_path, monkeypatch):
    StoreWriter(tmp_path).close()
    connect = sqlite3.connect
    monkeypatch.setattr("sqlite3.connect", lambda *a, **k: connect(*a, **k | {"timeout": 0}))
    raw = connect(tmp_path / schema.LIBRARY, isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    with pytest.raises(OSError, match="could not be read or written now"):
        StoreWriter(tmp_path)
    raw.close()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_READONLY_DBMOVED, ReadOnlyIndexError),
        (sqlite3.SQLITE_IOERR_WRITE, OSError),
        (sqlite3.SQLITE_FULL, OSError),
        (sqlite3.SQLITE_CANTOPEN, OSError),
        (sqlite3.SQLITE_IOERR_SHORT_READ, IndexDamagedError),
        (sqlite3.SQLITE_CORRUPT_VTAB, IndexDamagedError),
        (None, IndexDamagedError),  # text that is not UTF-8
    ],
)
def test_what_an_error_of_sqlite_means(tmp_path, code, kind):
    error = sqlite3.OperationalError("made up")
    if code is not None:
        error.sqlite_errorcode = code
    assert type(failures.meaning(tmp_path / schema.LIBRARY, error)) is kind


def test_a_connection_that_is_closed_says_nothing_about_the_file(writer, tmp_path):
    writer.close()
    with pytest.raises(sqlite3.ProgrammingError), failures.explained(tmp_path / schema.LIBRARY):
        writer.count_articles()


def test_reading_needs_a_library(tmp_path):
    with pytest.raises(IndexFormatError, match="holds no index"):
        Store(tmp_path, "read")
    assert list(tmp_path.iterdir()) == []
