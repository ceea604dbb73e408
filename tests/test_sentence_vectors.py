from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeEmbedder
from vnqa.embedders.pooling import pool_sentences, unit_mean
from vnqa.embedders.sentences import embed_with_sentences, windows

SPANS = st.lists(st.integers(1, 400), max_size=30).map(
    lambda sizes: [(sum(sizes[:i]), sum(sizes[: i + 1])) for i in range(len(sizes))]
)


@given(SPANS, st.integers(1, 500))
def test_windows_keep_every_sentence_in_order(spans, max_chars):
    runs = windows(spans, max_chars=max_chars)
    assert [span for run in runs for span in run] == spans
    assert all(runs)


@given(SPANS)
def test_a_window_is_not_much_longer_than_it_may_be(spans):
    for run in windows(spans, max_chars=320):
        # half of the last sentence may stick out, and a longer one stands alone
        assert len(run) == 1 or run[-1][0] - run[0][0] + (run[-1][1] - run[-1][0]) / 2 <= 320


def test_windows_are_of_about_equal_length():
    spans = [(i * 100, i * 100 + 100) for i in range(4)]
    assert windows(spans, max_chars=320) == [spans[:2], spans[2:]]
    assert windows([]) == []


class ContextEmbedder(FakeEmbedder):
    """Notes what it is asked; a sentence's vector is that of its own text."""

    def embed_sentences(self, texts, spans):
        self.asked = [(text, inside) for text, inside in zip(texts, spans, strict=True)]
        return [
            self.embed_passages([text[start:end] for start, end in inside])
            for text, inside in self.asked
        ]


def test_windows_are_read_with_the_title_and_sentences_lie_in_them():
    first = "Cầu Bến Ngự dài ba trăm mét và rất hẹp. " * 5
    text = first + "Dân làng vui."
    embedder = ContextEmbedder()
    vectors, ((spans, rows), (bare_spans, bare_rows)) = embed_with_sentences(
        embedder, [("Cầu mới", text), ("", "Trời mưa to.")]
    )
    sentences = [text[start:end] for start, end in spans]
    assert sentences == [*["Cầu Bến Ngự dài ba trăm mét và rất hẹp."] * 5, "Dân làng vui."]
    assert bare_spans == [(0, 12)]
    np.testing.assert_array_equal(rows, embedder.embed_passages(sentences))
    np.testing.assert_allclose(vectors[0], unit_mean(rows), atol=1e-6)
    np.testing.assert_allclose(vectors[1], bare_rows[0], atol=1e-6)
    assert [asked.startswith("Cầu mới\n") for asked, _ in embedder.asked] == [True, False]
    seen = [asked[start:end] for asked, inside in embedder.asked for start, end in inside]
    assert seen == [*sentences, "Trời mưa to."]


def test_an_embedder_without_the_method_reads_sentences_one_by_one_with_the_title():
    embedder = FakeEmbedder()
    _, ((_, rows),) = embed_with_sentences(embedder, [("Cầu mới", "Cầu dài. Dân vui.")])
    alone = embedder.embed_passages(["Cầu mới\nCầu dài.", "Cầu mới\nDân vui."])
    np.testing.assert_array_equal(rows, alone)


class Wrong(FakeEmbedder):
    """Gives vectors that are made otherwise than they should be."""

    def __init__(self, change):
        super().__init__()
        self._change = change

    def embed_passages(self, texts):
        return self._change(super().embed_passages(texts))


class WrongInContext(Wrong, ContextEmbedder):
    """Does so in one pass for all sentences of a text."""


@pytest.mark.parametrize("kind", [Wrong, WrongInContext])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[:-1], r"fake-32 to return a vector for each of 2 texts, got [01]"),
        (lambda rows: np.repeat(rows, 2, axis=0), r"a vector for each of 2 texts, got 4"),
        (lambda rows: rows * 0, "vectors of unit length, got one of zeros"),
    ],
)
def test_an_embedder_that_gives_no_vector_for_each_text_is_named(kind, change, message):
    with pytest.raises(ValueError, match=message):
        embed_with_sentences(kind(change), [("Cầu mới", "Cầu dài. Dân vui.")])


def test_no_passages_have_no_vectors():
    vectors, sentences = embed_with_sentences(FakeEmbedder(), [])
    assert (vectors.shape, sentences) == ((0, 32), [])


def test_tokens_belong_to_the_sentence_that_holds_their_last_character():
    states = np.arange(12, dtype=np.float32).reshape(6, 2)  # first and last are special
    pooled = pool_sentences(states, [-1, 2, 5, 6], [(0, 3), (3, 7), (7, 9)])
    expected = [states[2], states[3:5].mean(axis=0), states.mean(axis=0)]
    for row, mean in zip(pooled, expected, strict=True):
        np.testing.assert_allclose(row, mean / np.linalg.norm(mean), atol=1e-6)
