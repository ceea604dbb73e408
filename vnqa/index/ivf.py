"""Inverted files: large segments are searched in the lists nearest to the question alone.

Vectors are divided among about 6 √n lists (k-means on a sample). A search reads the lists whose
centres are nearest, and there first codes of 4 bits for every two dimensions, of the vector's
difference from the centre, compared 32 at a time in the processor's registers; the few with the
best codes are then compared as float16. See Jégou et al., "Product Quantization for Nearest
Neighbor Search" (2011), IVFADC+R, and André et al., "Quicker ADC" (2019). Codes and float16 take
0.57 of the bytes of float32 in a large one. Scores are within 0.001 of the exact ones.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

KIND = "ivf-pq4-fp16"
ALL_COMPARED = 1_000  # where so few may be found, as float16; no list is read
_SAMPLED_PER_LIST = 40  # FAISS asks for 39 at least
_MOST_SAMPLED_BYTES = 160 << 20  # with fewer for a list, as many are found
# The share of a segment's lists that are read; of its vectors, that of those compared as float16,
# besides twice those asked for; and the fewest of both where it is the only one.
_PROBES, _FEWEST_PROBES = 0.08, 420
_REFINED, _FEWEST_REFINED = 1 / 1_100, 330
_LEAST_WEIGHT = 0.2
_BITS, _BLOCK = 4, 32  # of a code; codes compared at a time
_IMPLEM = 11  # one question at a time, list after list: a tenth faster than by FAISS's own choice
_ROUNDS = 8
_SEED = 1_234  # FAISS's own default
_AT_ONCE = 8192
_COUNTED = 65_536  # of the vectors that pass a filter: enough to tell how they lie

Rows: TypeAlias = Callable[[slice], NDArray[np.float32]]


def parts(count: int, step: int = 1) -> Iterator[slice]:
    """Yield slices that cover ``range(0, count, step)``, each of so many rows as fit in memory."""
    for start in range(0, count, step * _AT_ONCE):
        yield slice(start, min(count, start + step * _AT_ONCE), step)


def lists_for(count: int) -> int:
    """Return into how many lists a number of vectors is divided."""
    return min(count, round(6 * math.sqrt(count)))


def probes_for(lists: int, weight: float = 1.0) -> int:
    """Return how many lists are read where all vectors may be found.

    Args:
        lists: How many there are.
        weight: See `parameters`.
    """
    fewest = _FEWEST_PROBES * _thoroughness(weight)
    return min(lists, math.ceil(max(_PROBES * lists, fewest)))


def probes_among(
    index: Any,
    query: NDArray[np.float32],
    lists: NDArray[np.uint16],
    places: NDArray[np.int64],
    weight: float = 1.0,
) -> int:
    """Return how many lists are read where a filter lets some vectors pass.

    That is until as many that pass have been met as there are vectors in the lists read without a
    filter: what passes, an outlet or a week, has topics of its own and may lie far from the query.

    Args:
        index: What ``write`` wrote.
        query: float32 (dim,).
        lists: What `lists_of` returns.
        places: Of the vectors that pass; at least one.
        weight: See `parameters`.
    """
    import faiss

    base = _lists_in(index)
    _, order = faiss.downcast_index(base.quantizer).search(query[None, :], base.nlist)
    step = -(-len(places) // _COUNTED)
    passing = np.cumsum(np.bincount(lists[places[::step]], minlength=base.nlist)[order[0]])
    fewest = probes_for(base.nlist, weight)
    wanted = sum(map(base.invlists.list_size, order[0, :fewest].tolist())) / step
    return max(fewest, 1 + int(np.searchsorted(passing, min(wanted, passing[-1]))))


def lists_of(index: Any) -> NDArray[np.uint16]:
    """Return in which list each vector of an index is, (vectors,)."""
    import faiss

    base = _lists_in(index)
    lists = np.zeros(index.ntotal, np.uint16)
    for number in range(base.nlist):
        if size := base.invlists.list_size(number):
            lists[faiss.rev_swig_ptr(base.invlists.get_ids(number), size)] = number
    return lists


def parameters(index: Any, k: int, probes: int, weight: float = 1.0, **chosen: Any) -> Any:
    """Return how an index is searched for the k best.

    Args:
        index: What ``write`` wrote.
        k: How many vectors are asked for.
        probes: How many lists are read.
        weight: Share of all vectors that may be found that are in this index. A small part of them
            mostly has few of the best, so it is read less thoroughly; not much less, since the
            newest articles are in small ones.
        **chosen: A selector of them.
    """
    import faiss

    fewest = _FEWEST_REFINED * _thoroughness(weight)
    return faiss.IndexRefineSearchParameters(
        k_factor=2 + max(_REFINED * index.ntotal, fewest) / k,
        base_index_params=faiss.SearchParametersIVF(nprobe=probes, **chosen),
    )


def count_lists(index: Any) -> int:
    """Return how many lists an index has."""
    return int(_lists_in(index).nlist)


def _lists_in(index: Any) -> Any:
    """Return the inverted lists of codes, without the vectors in float16."""
    import faiss

    return faiss.downcast_index(index.base_index)


def _thoroughness(weight: float) -> float:
    return math.sqrt(max(weight, _LEAST_WEIGHT))


def vectors_at(index: Any, places: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return vectors of an index as exactly as it has them, float32 (places, dim)."""
    import faiss

    found: NDArray[np.float32] = faiss.downcast_index(index.refine_index).reconstruct_batch(places)
    return found


def memory_of(dim: int) -> int:
    """Return the bytes of memory that a vector takes while it is written, about.

    Its codes, in tables that are half empty at worst, and four copies of its id.
    """
    return -(-dim // (4 if dim % 2 == 0 else 2)) * 3 // 2 + 32


def write(path: Path, ids: NDArray[np.int64], rows: Rows) -> None:
    """Train an inverted file on a sample of vectors and write all of them.

    They are read twice after the sample, in parts: memory holds the sample, then all codes. float16
    goes from the second reading into the file.

    Args:
        path: Of the file.
        ids: One for each vector, int64 (n,).
        rows: Gives some of the vectors, float32 (rows, dim).
    """
    import faiss

    count, dim = len(ids), rows(slice(0, 1)).shape[1]
    codes = _codes(dim, count, rows)
    exact = _halved(np.empty((0, dim), np.float32))
    exact.ntotal = count  # they are put in below
    write_with_ids(path, faiss.IndexRefine(codes, exact), ids)
    # Behind float16 the file has k_factor, of 4 bytes, and the ids; before both, their counts.
    behind = 4 + 8 + 8 * count
    with open(path, "rb+") as file:
        start = file.seek(-behind - 8, 2)
        none, rest = file.read(8), file.read()
        if any(none) or rest[4:] != struct.pack("=q", count) + ids.tobytes():
            raise RuntimeError("this version of FAISS writes IndexRefine in another order")
        file.seek(start)
        file.write(struct.pack("=q", count * exact.code_size))
        for part in parts(count):
            file.write(exact.sa_encode(np.ascontiguousarray(rows(part))).data)
        file.write(rest)


def write_with_ids(path: Path, index: Any, ids: NDArray[np.int64]) -> None:
    """Write an index as FAISS ``IndexIDMap``, which has one id for each vector."""
    import faiss

    index.ntotal = 0
    outer = faiss.IndexIDMap(index)  # which takes none that has vectors
    outer.ntotal = index.ntotal = len(ids)
    faiss.copy_array_to_vector(ids, outer.id_map)
    with open(path, "wb") as file:  # FAISS's own prints to stderr when the disk is full
        faiss.write_index(outer, faiss.PyCallbackIOWriter(file.write))


def _codes(dim: int, count: int, rows: Rows) -> Any:
    import faiss

    codes = faiss.IndexIVFPQFastScan(
        faiss.IndexFlatIP(dim),
        dim,
        lists_for(count),
        dim // 2 if dim % 2 == 0 else dim,
        _BITS,
        faiss.METRIC_INNER_PRODUCT,
        _BLOCK,
    )
    codes.by_residual = True
    codes.implem = _IMPLEM
    codes.cp.niter = _ROUNDS
    codes.cp.spherical = True
    for clustering in (codes.cp, codes.pq.cp):
        clustering.seed = _SEED
        clustering.min_points_per_centroid = 1  # no warning on standard error
    codes.train(_sample(dim, count, codes.nlist, rows))
    for part in parts(count):
        codes.add(np.ascontiguousarray(rows(part)))
    # Centres are compared with every question, so in half the bytes; training and adding need those
    # of full length, of which FAISS compares many at once.
    centres = _halved(codes.quantizer.reconstruct_n(0, codes.nlist))
    centres.this.disown()  # by Python: the index frees it, as one that was read from a file does
    codes.quantizer, codes.own_fields = centres, True
    return codes


def _sample(dim: int, count: int, lists: int, rows: Rows) -> NDArray[np.float32]:
    """Return vectors spread over all of them, float32 (some, dim)."""
    most = min(_SAMPLED_PER_LIST * lists, max(2 * lists, _MOST_SAMPLED_BYTES // (4 * dim)))
    step = -(-count // most)
    sample = np.empty((len(range(0, count, step)), dim), np.float32)
    filled = 0
    for part in parts(count, step):
        given = rows(part)
        sample[filled : filled + len(given)] = given
        filled += len(given)
    return sample


def _halved(vectors: NDArray[np.float32]) -> Any:
    """Return a flat index of vectors in float16."""
    import faiss

    halved = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    halved.add(vectors)
    return halved
