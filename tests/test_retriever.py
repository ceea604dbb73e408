from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeEmbedder
from vnqa.index import Collection, Entry, Filters, Sentences
from vnqa.records import Article
from vnqa.retriever import fuse, retrieve, understand

SCORES = st.dictionaries(st.integers(0, 30), st.floats(0, 50), max_size=12)


def test_fused_scores_by_hand() -> None:
    # dense 3, 1 -> z 1, -1; lexical 0, 4 -> z -1, 1
    assert fuse({1: 3.0, 2: 1.0}, {2: 4.0}, dense_weight=0.75) == [(1, 0.5), (2, -0.5)]
    assert fuse({1: 3.0, 2: 1.0}, {2: 4.0}, dense_weight=0.25) == [(2, 0.5), (1, -0.5)]


def test_nothing_fuses_to_nothing() -> None:
    assert fuse({}, {}, dense_weight=0.5) == []


@given(SCORES, SCORES)
def test_fusion_ranks_every_candidate_once_best_first(
    dense: dict[int, float], lexical: dict[int, float]
) -> None:
    ranked = fuse(dense, lexical, dense_weight=0.6)
    assert sorted(i for i, _ in ranked) == sorted({*dense, *lexical})
    assert all(a[1] >= b[1] for a, b in pairwise(ranked))


@given(SCORES.filter(bool))
def test_one_half_alone_keeps_its_order(dense: dict[int, float]) -> None:
    ranked = fuse(dense, {}, dense_weight=1.0)
    assert all(dense[a[0]] >= dense[b[0]] - 1e-6 for a, b in pairwise(ranked))


def collection(path: Path, texts: dict[str, str]) -> Collection:
    embedder = FakeEmbedder()
    opened = Collection.open(path, fingerprint=embedder.fingerprint, dim=embedder.dim)
    opened.write(
        [
            (Article(article_id=key, text=text), [(0, len(text))], embedder.embed_passages([text]))
            for key, text in texts.items()
        ]
    )
    return opened


def test_an_unaccented_question_gets_its_diacritics_from_the_articles(tmp_path: Path) -> None:
    texts = {
        "hoi": "Hội Hữu nghị có năm mươi hội thành viên.",
        "lua": "Vụ lúa năm nay được mùa.",
    }
    with collection(tmp_path, texts) as opened, opened.snapshot() as snapshot:
        asked, vector, hits = understand(
            snapshot, "hoi huu nghi co bao nhieu hoi thanh vien", FakeEmbedder(), top_k=1
        )
    assert asked == "hội hữu nghị có bao nhiêu hội thành viên"
    assert np.array_equal(vector, FakeEmbedder().embed_query(asked))
    assert [hit.article.article_id for hit in hits] == ["hoi"]


def test_a_passage_counts_by_its_nearest_sentence(tmp_path: Path) -> None:
    axes = np.eye(4, dtype=np.float32)
    rows = {"giữa": [axes[0], axes[1]], "gần": [axes[0], (0.8 * axes[1] + 0.6 * axes[2])]}
    with Collection.open(tmp_path, fingerprint="trục", dim=4) as opened:
        for key, vectors in rows.items():
            text = "Mưa. Nắng."
            inside = Sentences([(0, 4), (5, 10)], np.array(vectors, dtype=np.float32))
            # the passage's own vector is the same for both: only their sentences differ
            article = Article(article_id=key, text=text)
            opened.write([Entry(article, [(0, 10)], axes[:1], [inside])])
        with opened.snapshot() as snapshot:
            for axis, best in ((1, "giữa"), (2, "gần")):
                hits = retrieve(snapshot, "khác", axes[axis], top_k=2)
                assert hits[0].article.article_id == best


def test_of_the_same_text_the_best_is_taken_where_hits_are_to_be_distinct(tmp_path: Path) -> None:
    texts = dict.fromkeys("abcdefg", "Cầu dài và rộng.") | {"x": "Cầu ngắn.", "y": "Trời mưa."}
    with collection(tmp_path, texts) as opened, opened.snapshot() as snapshot:
        vector = FakeEmbedder().embed_query("cầu dài")
        for distinct, found in ((False, "abc"), (True, "axy")):
            for asked in ("cầu dài", "cau dai"):
                hits = understand(snapshot, asked, FakeEmbedder(), top_k=3, distinct=distinct)[2]
                assert "".join(hit.article.article_id for hit in hits) == found
            hits = retrieve(snapshot, "cầu dài", vector, top_k=3, distinct=distinct)
            assert "".join(hit.article.article_id for hit in hits) == found
            assert [hit.rank for hit in hits] == [1, 2, 3]


def test_a_hit_is_ranked_and_whole(tmp_path: Path) -> None:
    texts = {"a": "Cầu dài.", "b": "Cầu dài và rộng.", "c": "Trời mưa."}
    with collection(tmp_path, texts) as opened, opened.snapshot() as snapshot:
        vector = FakeEmbedder().embed_query("cầu")
        hits = retrieve(snapshot, "cầu", vector, top_k=3)
        assert [hit.rank for hit in hits] == [1, 2, 3]
        assert all(hit.passage.text == texts[hit.article.article_id] for hit in hits)
        assert (
            retrieve(snapshot, "cầu", vector, top_k=3, filters=Filters(sources=frozenset({"x"})))
            == []
        )
        with pytest.raises(ValueError, match="top_k must be at least 1, got 0"):
            retrieve(snapshot, "cầu", vector, top_k=0)
