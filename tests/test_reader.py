from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from tests.fakes import FakeEmbedder, FakeGenerator
from vnqa import Article, NewsQA
from vnqa.errors import ModelError
from vnqa.reader import ADAPTER, Reader, Reading
from vnqa.reader.inputs import OTHER, QUESTION, SHARED, SHARED_PAIR, reader_input
from vnqa.weights.adapter import read_adapter, read_generator_adapter
from vnqa.weights.e5 import build_tokenizer, read_e5
from vnqa.weights.packages import E5_SMALL, locate, read_verified

BRIDGE = (
    "Cầu Bến Ngự được khởi công năm 1996 và khánh thành sáng 4/7/1998. "
    "Cầu dài 320 m, bắc qua sông Lam Giang."
)
MARKET = "Chợ Gò Mây họp vào ngày rằm hằng tháng. Người bán chủ yếu là dân trong vùng."


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return build_tokenizer(read_e5(b"".join(read_verified(E5_SMALL, locate(E5_SMALL)))))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def kinds_of(tokenizer: Tokenizer, question: str, title: str, text: str) -> dict[str, set[int]]:
    """Return the types of the tokens of each word of a text."""
    given = reader_input(tokenizer, question, title, text)
    found: dict[str, set[int]] = {}
    for kind, (start, end) in zip(given.types, given.spans, strict=True):
        if end > 0:
            found.setdefault(text[max(start, 0) : end].strip(), set()).add(kind)
    return found


def test_words_of_the_question_are_marked_in_the_passage(tokenizer: Tokenizer) -> None:
    kinds = kinds_of(tokenizer, "Sông nào chảy qua tỉnh?", "", "tỉnh có hai sông chảy ra biển")
    assert kinds["tỉnh"] == {SHARED}
    assert kinds["hai"] == kinds["biển"] == kinds["có"] == {OTHER}
    assert kinds["sông"] == {SHARED}
    assert kinds["chảy"] == {SHARED}
    kinds = kinds_of(tokenizer, "Con sông chảy đi đâu?", "", "hai sông chảy ra biển")
    assert kinds["sông"] == kinds["chảy"] == {SHARED_PAIR}


def test_an_unaccented_question_shares_unaccented_words(tokenizer: Tokenizer) -> None:
    kinds = kinds_of(tokenizer, "tinh co may song", "", "tỉnh nghèo nhiều sông")
    assert kinds["tỉnh"] == kinds["sông"] == {SHARED}
    assert kinds["nghèo"] == {OTHER}


@given(
    st.text("aăâđ ếịNg.,?5\n", max_size=40),
    st.text("aăâđ ế\n", max_size=20),
    st.text("aăâđ ếịNg.,?5\n", max_size=2000),
)
def test_every_token_has_its_place(question: str, title: str, text: str) -> None:
    tokenizer = _small_tokenizer()
    given_ = reader_input(tokenizer, question, title, text)
    assert len(given_.ids) == len(given_.types) == len(given_.spans) <= 384
    assert (given_.ids[0], given_.ids[-1]) == (0, 2)
    for kind, (start, end) in zip(given_.types, given_.spans, strict=True):
        assert start <= end <= len(text)
        assert kind != QUESTION or (start, end) == (-1, -1)


def _small_tokenizer() -> Tokenizer:
    from tokenizers import models, pre_tokenizers

    tokenizer = Tokenizer(
        models.Unigram([("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("x", 0.0)], 3)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    return tokenizer


def reading(starts: list[float], ends: list[float]) -> Reading:
    spans = np.array([(3 * i, 3 * i + 2) for i in range(len(starts))], dtype=np.int32)
    return Reading(0.0, np.array(starts, np.float32), np.array(ends, np.float32), spans)


def test_the_best_span_lies_where_it_is_looked_for_and_ends_after_it_begins() -> None:
    read = reading([0.0, 1.0, 5.0, 0.0], [9.0, 0.0, 2.0, 1.0])
    assert read.best((0, 12)) == (9.0, 0, 2)
    assert read.best((3, 12)) == (7.0, 6, 8)
    assert read.best((3, 5)) == (1.0, 3, 5)
    assert read.best((20, 30)) is None
    assert read.score(6, 11) == 6.0
    assert read.score(50, 60) == float("-inf")


@given(st.lists(st.tuples(st.integers(-8, 8), st.integers(-8, 8)), min_size=1, max_size=60))
def test_the_best_span_is_the_best_of_all(pairs: list[tuple[int, int]]) -> None:
    starts, ends = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    found = reading(starts, ends).best((0, 3 * len(pairs)))
    count = len(pairs)
    scores = [starts[i] + ends[j] for i in range(count) for j in range(i, min(count, i + 40))]
    assert found is not None
    assert found.score == max(scores)
    assert starts[found.start // 3] + ends[(found.end - 2) // 3] == found.score


@pytest.mark.models
def test_the_passage_that_answers_is_preferred_and_its_words_are_found(reader: Reader) -> None:
    question = "Cầu Bến Ngự dài bao nhiêu mét?"
    right, wrong = reader.read(question, [("", BRIDGE), ("", MARKET)])
    assert right.relevance > wrong.relevance
    found = right.best((0, len(BRIDGE)))
    assert found is not None
    assert "320" in BRIDGE[found.start : found.end]
    other = wrong.best((0, len(MARKET)))
    assert other is not None
    assert found.score > other.score


@pytest.mark.models
def test_a_reading_does_not_depend_on_what_else_is_read(reader: Reader) -> None:
    passages = [("", BRIDGE), ("Chợ quê", MARKET), ("", BRIDGE + " " + MARKET)]
    together = reader.read("Chợ họp khi nào?", passages)
    for passage, read in zip(passages, together, strict=True):
        (alone,) = reader.read("Chợ họp khi nào?", [passage])
        assert alone.relevance == read.relevance
        assert np.array_equal(alone.starts, read.starts)
        assert np.array_equal(alone.ends, read.ends)
    assert reader.read("Chợ họp khi nào?", []) == []


@pytest.mark.models
def test_search_can_be_ranked_by_the_reader(tmp_path: Path, reader: Reader) -> None:
    embedder, generator = FakeEmbedder(), FakeGenerator("320 m")
    path = tmp_path / "tin"
    with NewsQA.open(path, embedder=embedder, generator=generator, reader=reader) as qa:
        qa.add([Article(article_id="cau", text=BRIDGE), Article(article_id="cho", text=MARKET)])
        hits = qa.search("Chợ Gò Mây họp vào ngày nào?", rerank=True)
        assert [hit.article.article_id for hit in hits] == ["cho", "cau"]
        assert [hit.rank for hit in hits] == [1, 2]
        assert hits[0].score > hits[1].score
        assert qa.search("Chợ Gò Mây", rerank=True, top_k=1)[0].article.article_id == "cho"
    with (
        NewsQA.open(path, embedder=embedder, generator=None, reader=None) as qa,
        pytest.raises(ValueError, match="rerank needs a reader"),
    ):
        qa.search("Chợ Gò Mây", rerank=True)
    with pytest.raises(ValueError, match="expected 'bundled', a reader or None, got 'other'"):
        NewsQA.open(path, embedder=embedder, generator=None, reader="other")  # type: ignore[arg-type]


def test_the_adapter_changes_every_matrix_of_every_layer() -> None:
    adapter = read_adapter(ADAPTER)
    names = {
        f"l{layer}.{name}" for layer in range(12) for name in ("q", "k", "v", "ao", "fi", "fo")
    }
    assert set(adapter.factors) == names
    assert adapter.token_types.shape == (4, 384)
    assert adapter.head.shape == (4, 384)
    a, b = adapter.factors["l3.fo"]
    weight = np.ones((b.shape[0], a.shape[1]), dtype=np.float32)
    assert np.allclose(adapter.adapted("l3.fo", weight), 1.0 + b @ a)
    assert adapter.adapted("unknown", weight) is weight


def test_a_damaged_adapter_is_an_error(tmp_path: Path) -> None:
    for name, content in (("a.npz", b"PK\x03\x04 damaged"), ("b.npz", ADAPTER.read_bytes()[:5000])):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelError, match=r"the reader's weights .* install vnqa again"):
            read_adapter(tmp_path / name)
        with pytest.raises(ModelError, match=r"the generator's weights .* install vnqa again"):
            read_generator_adapter(tmp_path / name)
    flipped = bytearray(ADAPTER.read_bytes())
    flipped[flipped.rindex(b"PK\x01\x02") + 10] = 99  # the method of compression
    (tmp_path / "d.npz").write_bytes(flipped)
    with pytest.raises(ModelError, match=r"cannot be read .*compression"):
        read_adapter(tmp_path / "d.npz")
    np.savez(tmp_path / "c.npz", head=np.zeros((4, 384)))
    with pytest.raises(ModelError, match="cannot be read"):
        read_adapter(tmp_path / "c.npz")
    with pytest.raises(ModelError, match="cannot be read"):
        read_adapter(tmp_path / "nowhere.npz")
