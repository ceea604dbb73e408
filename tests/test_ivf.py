from __future__ import annotations

import faiss
import numpy as np
import pytest

from tests.entries import DIM, made_entry, unit_vectors
from vnqa.errors import IndexFormatError
from vnqa.index import Collection, dense_writer, ivf
from vnqa.index.dense import DenseIndex, SegmentFile
from vnqa.index.dense_writer import plan_merge, write_segment
from vnqa.index.store import Segment

WIDE = 32
COUNT = 6_000


@pytest.fixture
def few(monkeypatch):
    """Thresholds so low that few vectors make an inverted file, of which a part is read."""
    monkeypatch.setattr(dense_writer, "IVF_FROM", 1_000)
    monkeypatch.setattr(dense_writer, "MOST_FLAT", 300)
    monkeypatch.setattr(ivf, "_FEWEST_PROBES", 1)
    monkeypatch.setattr(ivf, "ALL_COMPARED", 0)


@pytest.fixture
def matrix():
    """Vectors in 300 clusters, as topics are."""
    rng = np.random.default_rng(3)
    centres = unit_vectors(300, 1, WIDE)
    rows = centres[rng.integers(0, 300, COUNT)] + 0.15 * unit_vectors(COUNT, 2, WIDE)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def opened(path, matrix):
    ids = np.arange(1, len(matrix) + 1, dtype=np.int64)
    segment = write_segment(path, ids, matrix.__getitem__, kind="ivf-pq4-fp16")
    return DenseIndex([SegmentFile(path, segment, WIDE)], ids)


def recall_and_error(index, matrix, mask=None):
    """Share of the exact ten best that are found, and the largest error of a score."""
    found = errors = 0
    queries = matrix[::60] + 0.1 * unit_vectors(len(matrix[::60]), 5, WIDE)
    for query in (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32):
        exact = matrix @ query
        if mask is not None:
            exact[~mask] = -2
        best = set((np.argsort(-exact)[:10] + 1).tolist())
        hits = index.search(query, 10, mask)
        assert [score for _, score in hits] == sorted((s for _, s in hits), reverse=True)
        found += len(best & {i for i, _ in hits})
        errors = max(errors, *(abs(score - exact[i - 1]) for i, score in hits))
    return found / 10 / len(queries), errors


def test_nearly_all_of_the_exact_best_are_found(few, tmp_path, matrix):
    index = opened(tmp_path / "dense-1.faiss", matrix)
    recall, error = recall_and_error(index, matrix)
    assert recall >= 0.98
    assert error < 1e-3


@pytest.mark.parametrize("share", [0.5, 0.05, 0.005])
def test_a_filter_is_applied_before_the_cut(few, tmp_path, matrix, share):
    index = opened(tmp_path / "dense-1.faiss", matrix)
    mask = np.random.default_rng(4).random(COUNT) < share
    recall, error = recall_and_error(index, matrix, mask)
    assert recall >= 0.98
    assert error < 1e-3, "what the filter leaves out has a score of -2"


@pytest.mark.parametrize("k", [3, 10_000])
def test_few_that_may_be_found_are_all_compared(tmp_path, matrix, k):
    index = opened(tmp_path / "dense-1.faiss", matrix)
    mask = np.zeros(COUNT, dtype=np.bool_)
    mask[5::60] = True
    for asked, allowed in ((k, mask), (10_000, None)):
        hits = index.search(matrix[7], asked, allowed)
        scores = matrix @ matrix[7]
        expected = np.sort(scores if allowed is None else scores[mask])[::-1][:asked]
        assert [score for _, score in hits] == pytest.approx(expected.tolist(), abs=1e-3)
        assert allowed is None or {i - 1 for i, _ in hits} <= {*np.flatnonzero(mask).tolist()}
        assert len({i for i, _ in hits}) == len(hits)


def test_what_passes_a_filter_is_found_though_it_lies_away_from_the_question(few, tmp_path):
    rng = np.random.default_rng(5)
    topics = rng.standard_normal((400, WIDE))
    desk = np.arange(400) % 2
    topics[:, 0] = np.where(desk, 4.0, -4.0)
    topics /= np.linalg.norm(topics, axis=1, keepdims=True)
    topic = rng.integers(0, 400, COUNT)
    rows = topics[topic] + 0.3 * unit_vectors(COUNT, 2, WIDE)
    matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    index = opened(tmp_path / "dense-1.faiss", matrix)
    found = 0
    for query in matrix[desk[topic] == 0][:40]:
        exact = np.where(desk[topic] == 1, matrix @ query, -2)
        hits = index.search(query, 10, desk[topic] == 1)
        assert len(hits) == 10
        found += len({i for i, _ in hits} & {*(np.argsort(-exact)[:10] + 1).tolist()})
    assert found / 400 >= 0.95


def test_a_filter_reads_more_lists_the_less_it_lets_pass(few, tmp_path, matrix, monkeypatch):
    assert ivf.probes_for(10_000) == pytest.approx(800, abs=1)
    file = opened(tmp_path / "dense-1.faiss", matrix).files[0]
    index, every = file._loaded.index, np.arange(COUNT)
    lists = ivf.count_lists(index)
    plain = ivf.probes_for(lists)
    assert np.bincount(file._lists).sum() == COUNT

    def probes(places):
        return ivf.probes_among(index, matrix[7], file._lists, places)

    assert probes(every) == plain
    assert probes(every[::2]) == pytest.approx(2 * plain, rel=0.3)
    assert probes(every[::20]) == pytest.approx(lists, rel=0.3)
    monkeypatch.setattr(ivf, "_COUNTED", 900)
    assert probes(every[::2]) == pytest.approx(2 * plain, rel=0.3)
    near = every[np.isin(file._lists, file._lists[[7]])]
    assert probes(near) == plain
    monkeypatch.setattr(ivf, "_FEWEST_PROBES", 420)
    assert ivf.probes_for(1_000) == 420
    assert ivf.probes_for(30) == 30


def test_a_small_part_of_what_may_be_found_is_read_less_thoroughly(tmp_path, matrix):
    assert ivf.probes_for(1_000, weight=0.25) == 210
    assert ivf.probes_for(10_000, weight=0.25) == pytest.approx(800, abs=1)
    assert ivf.probes_for(1_000, weight=0.001) == ivf.probes_for(1_000, weight=0.2) == 188
    contents = opened(tmp_path / "dense-1.faiss", matrix).files[0]._loaded
    refined = [
        10 * ivf.parameters(contents.index, 10, 1, w).k_factor - 20 for w in (1, 0.25, 0.001)
    ]
    assert refined == pytest.approx([330, 165, 330 * 0.2**0.5], rel=1e-4)


@pytest.mark.parametrize("count", [30, 5_000, 81_000, 218_000, 1_000_000])
def test_the_sample_is_bounded(count):
    lists, dim = ivf.lists_for(count), 384
    rows = ivf._sample(
        dim, count, lists, lambda part: np.zeros((len(range(*part.indices(count))), dim))
    )
    assert lists <= len(rows) <= min(count, 40 * lists)
    assert rows.nbytes <= 160 << 20


def test_another_order_of_the_file_is_noticed(few, tmp_path, matrix, monkeypatch):
    real = ivf.write_with_ids
    monkeypatch.setattr(
        ivf, "write_with_ids", lambda path, index, ids: real(path, index, ids[::-1].copy())
    )
    path = tmp_path / "dense-1.faiss"
    with pytest.raises(RuntimeError, match="in another order"):
        opened(path, matrix)
    assert list(tmp_path.iterdir()) == []


def test_the_same_vectors_give_the_same_bytes_whatever_the_threads(few, tmp_path, matrix):
    ids = np.arange(1, COUNT + 1, dtype=np.int64)
    threads = faiss.omp_get_max_threads()
    digests = set()
    for count in (1, 2):
        faiss.omp_set_num_threads(count)
        try:
            segment = write_segment(tmp_path / str(count), ids, matrix.__getitem__, kind=ivf.KIND)
        finally:
            faiss.omp_set_num_threads(threads)
        digests.add(segment.sha256)
    assert len(digests) == 1


def test_parts_cover_everything_once(monkeypatch):
    monkeypatch.setattr(ivf, "_AT_ONCE", 4)
    for count, step in ((0, 1), (3, 1), (4, 1), (17, 1), (17, 3), (16, 4), (100, 7)):
        numbers = range(count)
        covered = [i for part in ivf.parts(count, step) for i in numbers[part]]
        assert covered == list(numbers[::step])
        assert all(len(numbers[part]) <= 4 for part in ivf.parts(count, step))


def flat(first, live):
    return Segment(first, first + live - 1, f"dense-{first}.faiss", "flat", live, live, 0, "")


def test_flat_segments_that_are_many_together_become_one(few):
    large = flat(1, 2_000)._replace(kind="ivf-pq4-fp16")
    smaller = [flat(2_001, 210), flat(2_211, 80)]

    def new(live):
        return flat(2_291, live)._replace(file="")

    stay, write = plan_merge([large, *smaller, new(9)], dim=WIDE)
    assert ([s.first_id for s in stay], len(write)) == ([1, 2_001, 2_211], 1)
    stay, write = plan_merge([large, *smaller, new(10)], dim=WIDE)
    assert stay == [large]
    assert [(s.first_id, s.last_id, s.live) for s in write] == [(2_001, 2_300, 300)]


def test_a_small_collection_stays_flat(few):
    smaller = [flat(1, 700), flat(701, 200)]
    stay, write = plan_merge([*smaller, flat(901, 99)._replace(file="")], dim=WIDE)
    assert (stay, [s.live for s in write]) == (smaller, [99])
    stay, write = plan_merge([*smaller, flat(901, 100)._replace(file="")], dim=WIDE)
    assert (stay, [s.live for s in write]) == ([], [1_000])


@pytest.mark.parametrize("kind", ["truncated", "flipped", "of another kind"])
def test_a_damaged_file_is_named(few, tmp_path, matrix, kind):
    path = tmp_path / "dense-1.faiss"
    segment = write_segment(path, np.arange(1, COUNT + 1), matrix.__getitem__, kind=ivf.KIND)
    content = bytearray(path.read_bytes())
    if kind == "truncated":
        content = content[:-1]
    elif kind == "flipped":
        content[len(content) // 2] ^= 1
    else:
        segment = segment._replace(kind="flat")
    path.write_bytes(content)
    with pytest.raises(IndexFormatError, match=r"dense-1\.faiss.*vnqa rebuild"):
        SegmentFile(path, segment, WIDE).search(matrix[0], 1, None)


def test_a_collection_changes_its_kind_as_it_grows(few, tmp_path, monkeypatch):
    monkeypatch.setattr(dense_writer, "IVF_FROM", 60)
    monkeypatch.setattr(dense_writer, "MOST_FLAT", 20)
    monkeypatch.setattr(ivf, "_FEWEST_PROBES", 1_000)  # all lists, to find all that is there
    with Collection.open(tmp_path, fingerprint="made up", dim=DIM) as collection:
        collection.write([made_entry(f"bài {n}", sentences=5) for n in range(11)])
        assert collection.status().dense_kind == "flat"
        collection.write([made_entry("bài 11", sentences=5)])
        assert collection.status().dense_kind == "ivf-pq4-fp16"
        collection.write([made_entry("bài 12", sentences=5)], ["bài 3"])
        status = collection.status()
        assert (status.dense_kind, status.dense_exact) == ("flat+ivf-pq4-fp16", 5)
        assert collection.check() == []
        query = made_entry("bài 7", sentences=5)[2][2]
        [(best, score), *_] = collection.search_dense(query, 60)
        assert collection.passages([best])[0].article_id == "bài 7"
        assert score == pytest.approx(1.0, abs=1e-3)
        found = {i for i, _ in collection.search_dense(query, 99)}
        with collection.snapshot() as snapshot:
            live = {
                p.passage_id
                for a in snapshot.articles()
                for p in snapshot.passages_of(a.article_id)
            }
        assert found == live
        collection.rebuild()
        assert collection.check() == []
        assert collection.status().dense_kind == "ivf-pq4-fp16"
        collection.write([made_entry(f"bài {n}", sentences=5) for n in range(13, 16)])
        status = collection.status()
        assert (status.dense_segments, status.dense_exact) == (2, 15)
        collection.write([made_entry("bài 16", sentences=5)])
        status = collection.status()
        assert (status.dense_segments, status.dense_kind) == (2, "ivf-pq4-fp16")
        monkeypatch.setattr(dense_writer, "MAX_SEGMENT_MEMORY", 50 * ivf.memory_of(DIM))
        collection.rebuild()
        status = collection.status()
        assert (status.dense_segments, status.dense_kind) == (2, "ivf-pq4-fp16"), "50 and 30"
        assert collection.check() == []
