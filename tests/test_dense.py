from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.entries import unit_vectors
from vnqa.errors import IndexFormatError
from vnqa.index import dense, dense_writer, ivf
from vnqa.index.dense import DenseIndex, SegmentFile, inner_products
from vnqa.index.dense_writer import MERGE_SHARE, plan_merge, write_segment
from vnqa.index.store import Segment

DIM = 16


def made_segment(first: int, passages: int, live: int | None = None) -> Segment:
    last = first + passages - 1
    live = passages if live is None else live
    return Segment(first, last, f"dense-{first}.faiss", "flat", passages, live, 0, "")


def written(path, ids, matrix, kind=dense.FLAT):
    return write_segment(path, ids, matrix.__getitem__, kind=kind)


def opened(folder, matrix, ids, cuts):
    """Segments of the rows between cuts, open."""
    files = []
    for low, high in zip([0, *cuts], [*cuts, len(ids)], strict=True):
        if low < high:
            path = folder / f"dense-{low}.faiss"
            files.append(SegmentFile(path, written(path, ids[low:high], matrix[low:high]), DIM))
    return files


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 120),
    k=st.integers(1, 130),
    cuts=st.lists(st.integers(0, 120), max_size=4),
    dead=st.floats(0, 1),
    allowed=st.none() | st.floats(0, 1),
)
def test_search_is_brute_force_over_live_and_allowed(
    tmp_path_factory, seed, count, k, cuts, dead, allowed
):
    rng = np.random.default_rng(seed)
    matrix = unit_vectors(count, seed, DIM)
    ids = np.cumsum(rng.integers(1, 9, count)).astype(np.int64)
    alive = rng.random(count) >= dead
    mask = None if allowed is None else rng.random(int(alive.sum())) < allowed
    files = opened(
        tmp_path_factory.mktemp("dense"), matrix, ids, sorted(min(c, count) for c in cuts)
    )
    index = DenseIndex(files, ids[alive])
    query = unit_vectors(1, seed + 1, DIM)[0]
    found = index.search(query, k, mask)

    candidates = np.flatnonzero(alive)
    if mask is not None:
        candidates = candidates[mask]
    exact = matrix[candidates] @ query
    order = np.lexsort((ids[candidates], -exact))[:k]
    assert len(found) == len(order)
    np.testing.assert_allclose([s for _, s in found], exact[order], atol=1e-6)
    assert {i for i, _ in found} <= set(ids[candidates].tolist())
    gaps = -np.diff(exact[order])
    if (gaps > 1e-5).all():
        assert [i for i, _ in found] == ids[candidates][order].tolist()
    rows = np.searchsorted(ids, [i for i, _ in found])
    np.testing.assert_array_equal(
        inner_products(query, matrix[rows]), np.array([s for _, s in found], dtype=np.float32)
    )


def test_equal_scores_are_ordered_by_id(tmp_path):
    matrix = np.repeat(unit_vectors(1, 0, DIM), 6, axis=0)
    ids = np.array([2, 3, 5, 7, 11, 13], dtype=np.int64)
    index = DenseIndex(opened(tmp_path, matrix, ids, [2, 4]), ids)
    assert [i for i, _ in index.search(matrix[0], 6)] == [2, 3, 5, 7, 11, 13]


def test_an_open_segment_can_be_searched_after_its_file_is_gone(tmp_path):
    matrix, ids = unit_vectors(4, 0, DIM), np.arange(1, 5)
    files = opened(tmp_path, matrix, ids, [])
    files[0].path.unlink()
    assert DenseIndex(files, ids).search(matrix[2], 1)[0][0] == 3


@pytest.mark.parametrize("damage", ["truncated", "flipped", "other"])
def test_a_damaged_file_is_named_with_what_to_run(tmp_path, damage):
    path = tmp_path / "dense-1.faiss"
    segment = written(path, np.arange(1, 9), unit_vectors(8, 0, DIM))
    content = bytearray(path.read_bytes())
    if damage == "truncated":
        content = content[:-1]
    elif damage == "flipped":
        content[len(content) // 2] ^= 1
    else:
        written(path, np.arange(1, 9), unit_vectors(8, 1, DIM))
        content = bytearray(path.read_bytes())
    path.write_bytes(content)
    with pytest.raises(IndexFormatError, match=r"dense-1\.faiss.*vnqa rebuild"):
        SegmentFile(path, segment, DIM).search(unit_vectors(1, 0, DIM)[0], 1, None)


def test_a_flipped_bit_before_the_vectors_is_found_without_a_checksum(tmp_path, monkeypatch):
    """Segments too large to hash on opening are still checked for what they say they hold."""
    monkeypatch.setattr(dense, "HASHED_ON_LOAD_BYTES", 0)
    path = tmp_path / "dense-1.faiss"
    matrix = unit_vectors(8, 0, DIM)
    segment = written(path, np.arange(1, 9), matrix)
    intact = path.read_bytes()
    header = intact.index(matrix.tobytes())
    outcomes = []
    for bit in range(8 * header):
        content = bytearray(intact)
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        file = SegmentFile(path, segment, DIM)
        try:
            outcomes.append(DenseIndex([file], np.arange(1, 9)).search(matrix[2], 1)[0][0])
        except IndexFormatError:
            outcomes.append("refused")
    assert set(outcomes) == {"refused", 3}, "other bits say nothing about the search"
    assert outcomes.count("refused") > 2 * header


def test_a_flipped_bit_of_an_inverted_file_is_found_or_does_no_harm(tmp_path, monkeypatch):
    monkeypatch.setattr(dense, "HASHED_ON_LOAD_BYTES", 0)
    path = tmp_path / "dense-1.faiss"
    matrix = unit_vectors(600, 0, DIM)
    segment = written(path, np.arange(1, 601), matrix, ivf.KIND)
    intact = path.read_bytes()
    refused = 0
    for place in range(7, len(intact), len(intact) // 400):
        content = bytearray(intact)
        content[place] ^= 0x40
        path.unlink()  # the one before is mapped
        path.write_bytes(content)
        try:
            [(found, _), *_] = DenseIndex(
                [SegmentFile(path, segment, DIM)], np.arange(1, 601)
            ).search(matrix[2], 5)
        except IndexFormatError:
            refused += 1
        else:
            assert 1 <= found <= 600
    assert refused > 20


@pytest.mark.parametrize(("dim", "different"), [(384, 5_000), (384, 100), (101, 5_000)])
def test_an_inverted_file_of_the_fewest_vectors_can_be_opened(
    tmp_path, monkeypatch, dim, different
):
    """FAISS's table for it, which is not made, may be larger than the file."""
    monkeypatch.setattr(ivf, "_ROUNDS", 1)
    path = tmp_path / "dense-1.faiss"
    matrix = unit_vectors(different, 0, dim)[np.arange(5_000) % different]
    ids = np.arange(1, 5_001)
    file = SegmentFile(path, written(path, ids, matrix, ivf.KIND), dim)
    [(best, score), *_] = DenseIndex([file], ids).search(matrix[7], 5)
    assert np.array_equal(matrix[best - 1], matrix[7])
    assert score == pytest.approx(1, abs=1e-3)
    assert file.holds(np.arange(5_000), matrix)


def test_a_file_is_searched_by_its_share_of_what_may_be_found(tmp_path, monkeypatch):
    given = []
    matrix, ids = unit_vectors(80, 0, DIM), np.arange(1, 81)
    files = opened(tmp_path, matrix, ids, [60])

    def spied(self, query, k, allowed, weight):
        given.append(weight)
        return searched(self, query, k, allowed, weight)

    searched = SegmentFile.search
    monkeypatch.setattr(SegmentFile, "search", spied)
    index = DenseIndex(files, ids)
    index.search(matrix[0], 3)
    index.search(matrix[0], 3, ids > 60)
    index.search(matrix[0], 3, ids % 2 == 0)
    assert given == [0.75, 0.25, 0, 1, 0.75, 0.25]
    assert index.search(matrix[0], 3, ids > 80) == []


def test_a_segment_is_searched_after_its_file_is_gone(tmp_path):
    path = tmp_path / "dense-1.faiss"
    matrix = unit_vectors(8, 0, DIM)
    before, after = (SegmentFile(path, written(path, np.arange(1, 9), matrix), DIM) for _ in "ab")
    found = before.search(matrix[2], 3, None)[1].tolist()
    path.unlink()
    assert [file.search(matrix[2], 3, None)[1].tolist() for file in (before, after)] == [found] * 2


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=300))
def test_merging_keeps_order_and_rewrites_little(batches):
    segments: list[Segment] = []
    first, written = 1, 0
    for generation, count in enumerate(batches):
        segments.append(Segment(first, first + count - 1, "", "flat", count, count, 0, ""))
        stay, write = plan_merge(segments, dim=DIM)
        written += sum(s.live for s in write)
        assert stay + write == sorted(stay + write)
        assert sum(s.live for s in stay + write) == first + count - 1
        segments = [*stay, *(s._replace(file=f"dense-{generation}.faiss") for s in write)]
        first += count
    total = first - 1
    assert written <= total * (1 + np.log(total) / np.log(1 + MERGE_SHARE))
    for place in range(len(segments) - 1):
        after = sum(s.live for s in segments[place + 1 :])
        assert after < MERGE_SHARE * segments[place].live


def test_ten_more_do_not_rewrite_thirty_thousand():
    new = made_segment(30_001, 10)._replace(file="")
    stay, write = plan_merge([made_segment(1, 30_000), new], dim=384)
    assert [s.first_id for s in stay] == [1]
    assert [(s.first_id, s.last_id) for s in write] == [(30_001, 30_010)]


def test_a_segment_with_many_removed_is_written_again_and_an_empty_one_dropped():
    segments = [made_segment(1, 400, 299), made_segment(401, 90, 70), made_segment(491, 9, 0)]
    stay, write = plan_merge(segments, dim=DIM)
    assert [s.first_id for s in stay] == [401]
    assert [(s.first_id, s.last_id) for s in write] == [(1, 400)]


def test_what_is_due_to_be_written_again_takes_along_what_is_behind_it():
    behind = made_segment(401, 100)
    stay, write = plan_merge([made_segment(1, 400, 301), behind], dim=DIM)
    assert (len(stay), write) == (2, [])
    stay, write = plan_merge([made_segment(1, 400, 299), behind], dim=DIM)
    assert (stay, [(s.first_id, s.last_id, s.live) for s in write]) == ([], [(1, 500, 399)])


def test_full_segments_are_never_merged(monkeypatch):
    monkeypatch.setattr(dense_writer, "MAX_SEGMENT_MEMORY", ivf.memory_of(DIM) * 100)
    segments = [made_segment(1 + 60 * n, 60) for n in range(9)]
    stay, write = plan_merge(segments, dim=DIM)
    assert stay == segments
    assert write == []
