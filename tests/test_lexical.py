from __future__ import annotations

import collections
import datetime
import errno
import math
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vnqa.errors import IndexFormatError
from vnqa.index import lexical
from vnqa.index.facets import Filters
from vnqa.index.lexical import LexicalIndex, pairs
from vnqa.index.lexical_writer import LexicalWriter
from vnqa.index.store import PassageText
from vnqa.language.vietnamese import syllables

DAY = datetime.date(2024, 3, 9).toordinal()
VOCABULARY = ["mưa", "nắng", "cá", "tôm", "ruộng", "lúa"]


def passage(passage_id, text, *, title="", published=None, source=None):
    return PassageText(passage_id, title, text, published, source)


def everything(ids):
    return [True] * len(ids)


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "lexical-0"


def written(directory, *passages):
    writer = LexicalWriter(directory)
    writer.add(passages)
    writer.commit()
    writer.close()
    return LexicalIndex(directory, writable=True).searcher()


def ids_of(hits):
    return [passage_id for passage_id, _ in hits]


@settings(max_examples=25, deadline=None)
@given(
    bodies=st.lists(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=8), min_size=1),
    question=st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4),
)
def test_scores_are_bm25_over_syllables_and_pairs(tmp_path_factory, bodies, question):
    """Robertson's BM25 with k1 = 1.2, b = 0.75, as tantivy computes it in float32."""
    directory = tmp_path_factory.mktemp("lexical") / "lexical-0"
    searcher = written(directory, *(passage(i, " ".join(b)) for i, b in enumerate(bodies, 1)))
    found = dict(searcher.search(" ".join(question), 99, is_live=everything, pair_weight=0.5))

    def bm25(documents, terms, number):
        average = sum(map(len, documents)) / len(documents)
        counts = collections.Counter(documents[number])
        total = 0.0
        for term in dict.fromkeys(terms):
            holding = sum(term in document for document in documents)
            idf = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
            length = 0.25 + 0.75 * len(documents[number]) / average if average else 1.0
            total += idf * 2.2 * counts[term] / (counts[term] + 1.2 * length)
        return total

    keys = [syllables(" ".join(body)) for body in bodies]
    asked = syllables(" ".join(question))
    for number in range(len(bodies)):
        expected = bm25(keys, asked, number)
        expected += 0.5 * bm25([pairs(k) for k in keys], pairs(asked), number)
        assert found.get(number + 1, 0.0) == pytest.approx(expected, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize(
    "question",
    [
        "Cầu Rạch Miễu khánh thành",
        "cầu rạch miễu KHÁNH THÀNH",
        unicodedata.normalize("NFD", "Cầu Rạch Miễu khánh thành"),
        "cau rach mieu khanh thanh",
    ],
)
def test_case_composition_and_missing_accents_do_not_matter(directory, question):
    searcher = written(
        directory,
        passage(1, "Cầu Rạch Miễu được khánh thành sáng nay."),
        passage(2, "Câu chuyện về rạch nước và miếu cổ."),
    )
    assert ids_of(searcher.search(question, 1, is_live=everything)) == [1]


def test_accents_count_when_they_are_given(directory):
    searcher = written(directory, passage(1, "bò kho"), passage(2, "bơ khô"))
    assert ids_of(searcher.search("bơ", 9, is_live=everything)) == [2]
    assert ids_of(searcher.search("bo", 9, is_live=everything)) == [1, 2]


def test_tone_placement_does_not_matter(directory):
    searcher = written(directory, passage(1, "thuế hoà bình"), passage(2, "kỹ sư"))
    assert ids_of(searcher.search("hòa", 9, is_live=everything)) == [1]
    assert ids_of(searcher.search("kĩ", 9, is_live=everything)) == [2]


def test_the_title_is_found_with_every_passage(directory):
    searcher = written(directory, passage(1, "một", title="Lũ quét"), passage(2, "hai"))
    assert ids_of(searcher.search("lũ quét", 9, is_live=everything)) == [1]
    assert searcher.search("quét một", 9, is_live=everything, pair_weight=1.0)[0][1] == (
        pytest.approx(searcher.search("quét một", 9, is_live=everything, pair_weight=0.0)[0][1])
    ), "no pair reaches over the end of the title"


def test_filters_choose_without_changing_scores(directory):
    searcher = written(
        directory,
        passage(1, "giá gạo tăng", published=DAY, source="Báo Bến Cảng"),
        passage(2, "giá gạo giảm", published=DAY + 1, source="Tin Ruộng Đồng"),
        passage(3, "giá gạo"),
    )
    scores = dict(searcher.search("giá gạo", 9, is_live=everything))
    assert sorted(scores) == [1, 2, 3]
    day = datetime.date.fromordinal

    def found(**bounds):
        return dict(searcher.search("giá gạo", 9, is_live=everything, filters=Filters(**bounds)))

    assert found(since=day(DAY + 1)) == {2: scores[2]}
    assert found(until=day(DAY)) == {1: scores[1]}
    assert found(since=day(DAY), until=day(DAY + 1)) == {1: scores[1], 2: scores[2]}
    assert found(sources=frozenset(["BÁO bến cảng"])) == {1: scores[1]}
    assert found(sources=frozenset(["Tin Ruộng Đồng"]), until=day(DAY)) == {}
    assert found(sources=frozenset()) == {}


def test_dead_passages_are_replaced_by_the_next_best(directory):
    searcher = written(directory, *(passage(i, "mưa " * (200 - i)) for i in range(1, 200)))
    best = ids_of(searcher.search("mưa", 199, is_live=everything))
    found = searcher.search("mưa", 5, is_live=lambda ids: [i in best[150:] for i in ids])
    assert sorted(ids_of(found)) == sorted(best[150:155])


@pytest.mark.parametrize("filters", [None, Filters(since=datetime.date.fromordinal(DAY))])
def test_no_more_is_asked_of_tantivy_than_there_is(directory, filters, monkeypatch):
    """It makes room for all it is asked for, and aborts the process where there is not so much."""
    searcher = written(directory, *(passage(i, "mưa", published=DAY) for i in range(1, 60)))
    asked, search = [], searcher._searcher.search
    monkeypatch.setattr(
        searcher._searcher,
        "search",
        lambda query, limit, **rest: asked.append(limit) or search(query, limit, **rest),
    )
    for k in (20, 10**9, 2**61, 10**400):
        found = searcher.search(
            "mưa", k, is_live=lambda ids: [i > 30 for i in ids], filters=filters, share=0.5
        )
        assert ids_of(found) == list(range(31, 60))[:k]
    assert max(asked) <= 60


@pytest.mark.parametrize("long", ["x" * 70_000, "ế" * 70_000, "x" * 40_000 + " " + "y" * 40_000])
def test_words_longer_than_tantivy_takes_are_found_by_how_they_begin(directory, long):
    searcher = written(directory, passage(1, f"giá {long}", source=long), passage(2, "gạo"))
    filters = Filters(sources=frozenset([long]))
    assert ids_of(searcher.search(long, 9, is_live=everything, filters=filters)) == [1]
    words, plain = lexical.forms(long)
    for keys, is_plain in ((words, False), (plain, True)):
        counted = searcher.document_frequencies([*keys, *pairs(keys)], plain=is_plain)
        assert set(counted) == {1}


@pytest.mark.parametrize("question", ["", "  ", "?!…", "từ_không_có"])
def test_a_question_without_known_words_finds_nothing(directory, question):
    searcher = written(directory, passage(1, "mưa"))
    assert searcher.search(question, 5, is_live=everything) == []


def test_changes_are_seen_after_commit_and_only_by_new_searchers(directory):
    before = written(directory, passage(1, "mưa"), passage(2, "mưa"), passage(3, "mưa"))
    writer = LexicalWriter(directory)
    writer.remove([1])
    writer.remove_after(2)
    writer.add([passage(4, "mưa")])
    index = LexicalIndex(directory, writable=True)
    assert index.searcher().passage_ids() == [1, 2, 3]
    writer.commit()
    writer.close()
    assert before.passage_ids() == [1, 2, 3]
    assert index.searcher().passage_ids() == [2, 4]
    assert index.searcher().count_up_to(3) == 1


def test_a_large_collection_is_not_searched_for_its_commonest_syllables(directory, monkeypatch):
    texts = ["của cá", "của rô", "của tôm", "của cá rô", "tép"]
    searcher = written(directory, *(passage(n, text) for n, text in enumerate(texts, start=1)))
    assert len(searcher.search("của cá rô", 9, is_live=everything)) == 4
    monkeypatch.setattr(lexical, "_LARGE", 5)
    monkeypatch.setattr(lexical, "_COMMON", 0.5)
    assert sorted(ids_of(searcher.search("của tép", 9, is_live=everything))) == [5]
    assert sorted(ids_of(searcher.search("của cá", 9, is_live=everything))) == [1, 4], (
        "a pair stays"
    )
    assert len(searcher.search("của", 9, is_live=everything)) == 4, "where there is nothing else"


def test_what_is_not_committed_is_dropped(directory):
    written(directory, passage(1, "mưa"))
    writer = LexicalWriter(directory)
    writer.add([passage(2, "mưa")])
    writer.close()
    assert written(directory, passage(3, "mưa")).passage_ids() == [1, 3]


def test_the_same_changes_give_the_same_scores(tmp_path):
    def made(name):
        for start in range(0, 120, 10):
            searcher = written(
                tmp_path / name,
                *(passage(i, " ".join(VOCABULARY[: i % 6 + 1])) for i in range(start, start + 10)),
            )
        return searcher.search("mưa lúa", 40, is_live=everything)

    assert made("lexical-1") == made("lexical-2")


def test_a_missing_index_and_a_damaged_one_are_told_apart(directory):
    with pytest.raises(FileNotFoundError):
        LexicalIndex(directory, writable=True)
    written(directory, passage(1, "mưa"))
    (directory / "meta.json").write_text("{}")
    with pytest.raises(IndexFormatError, match="vnqa rebuild"):
        LexicalIndex(directory, writable=True)


class PanicException(BaseException):  # named as tantivy's
    pass


def test_a_file_found_damaged_while_it_is_searched_is_told(directory):
    class Panics:
        num_docs = 1

        def search(self, *args, **kwargs):
            raise PanicException("mid > len")

        doc_freq = fast_field_values = search

    searcher = written(directory, passage(1, "cá"))
    searcher._searcher._searcher = Panics()
    for use in (
        lambda: searcher.count_up_to(1),
        lambda: searcher.search("cá", 1, is_live=everything),
        lambda: searcher.document_frequencies(["cá"], plain=False),
    ):
        with pytest.raises(IndexFormatError, match=r"lexical-0 is damaged .*rebuild"):
            use()


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ('Failed to acquire Lockfile: IoError(Os { code: 13, kind: P, message: "P" }). None', 13),
        ("Failed to acquire Lockfile: LockBusy. None", errno.EBUSY),
        ("Failed to open file for read: 'IoError { io_error: Os { code: 24, kind: U } }'", 24),
    ],
)
def test_what_the_system_refuses_is_no_damage(directory, monkeypatch, told, error):
    def refuse(path):
        raise ValueError(told)

    written(directory, passage(1, "mưa"))
    monkeypatch.setattr("tantivy.Index.open", refuse)
    with pytest.raises(OSError, match="lexical-0 could not be read") as raised:
        LexicalIndex(directory, writable=True)
    assert raised.value.errno == error


def test_locks_of_another_user_are_not_taken(directory, monkeypatch):
    written(directory, passage(1, "mưa"))
    assert lexical.is_writable(directory)
    monkeypatch.setattr("os.access", lambda path, mode: Path(path).suffix != ".lock")
    assert not lexical.is_writable(directory)


def test_where_there_is_no_folder_for_temporary_files_it_is_asked_for(directory, monkeypatch):
    written(directory, passage(1, "mưa"))

    def none(**kwargs):
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryDirectory", none)
    with pytest.raises(OSError, match=r"lexical-0 cannot be written.*set TMPDIR") as raised:
        LexicalIndex(directory, writable=False).searcher()
    assert not isinstance(raised.value, FileNotFoundError)  # which means a file of the index


def test_a_directory_that_cannot_be_written_is_read_through_links(directory):
    writer = LexicalWriter(directory)
    writer.add([passage(1, "mưa")])
    writer.commit()
    writer.close()
    for lock in directory.glob("*.lock"):
        lock.unlink()
    names = sorted(file.name for file in directory.iterdir())
    searcher = LexicalIndex(directory, writable=False).searcher()
    assert ids_of(searcher.search("mưa", 1, is_live=everything)) == [1]
    assert sorted(file.name for file in directory.iterdir()) == names


def test_document_frequencies_count_passages_with_a_term(directory):
    searcher = written(
        directory, passage(1, "cá kho cá"), passage(2, "cà phê"), passage(3, "cá rô", title="Cá")
    )
    assert searcher.document_frequencies(syllables("cá kho tôm"), plain=False) == [2, 1, 0]
    assert searcher.document_frequencies(["ca", "ca_kho", "ca_tom"], plain=True) == [3, 1, 0]
