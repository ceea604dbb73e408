"""Inverted files: large segments are searched in the lists nearest to the question alone.

Vectors are divided among about 4 √n lists (k-means on a sample). A search reads the lists whose
centres are nearest, and there first codes of 4 bits for every two dimensions, of the vector's
difference from the centre, compared 32 at a time in the processor's registers; the few with the
best codes are then compared as float16. See Jégou et al., "Product Quantization for Nearest
Neighbor Search" (2011), IVFADC+R, and André et al., "Quicker ADC" (2019). Codes and float16 take
0.57 of the bytes of float32. Scores are within 0.001 of the exact ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

KIND = "ivf-pq4-fp16"
SAMPLED_PER_LIST = 40  # FAISS asks for 39 at least
# The share of a segment's lists that are read; of its vectors, that of those compared as float16,
# besides twice those asked for; and the fewest of both.
_PROBES, _FEWEST_PROBES = 0.13, 240
_REFINED, _FEWEST_REFINED = 1 / 1_100, 220
_BITS, _BLOCK = 4, 32  # of a code; codes compared at a time
_IMPLEM = 11  # one question at a time, list after list: a tenth faster than by FAISS's own choice
_ROUNDS = 8
_SEED = 1_234  # FAISS's own default
_AT_ONCE = 8192

Rows: TypeAlias = Callable[[slice], NDArray[np.float32]]


def parts(count: int, step: int = 1) -> Iterator[slice]:
    """Yield slices that cover ``range(0, count, step)``, each of so many rows as fit in memory."""
    for start in range(0, count, step * _AT_ONCE):
        yield slice(start, min(count, start + step * _AT_ONCE), step)


def lists_for(count: int) -> int:
    """Return into how many lists a number of vectors is divided."""
    return max(1, round(4 * math.sqrt(count)))


def probes_for(lists: int, share: float = 1.0) -> int:
    """Return how many lists are read.

    Args:
        lists: How many there are.
        share: Of the vectors, those that a filter lets pass. The fewer, the more lists are read, so
            that about as many vectors are compared as without a filter, as well chosen.
    """
    return min(lists, math.ceil(max(_PROBES * lists, _FEWEST_PROBES) / max(share, 1e-9)))


def parameters(index: Any, k: int, share: float, **chosen: Any) -> Any:
    """Return how an index is searched for the k best; see `probes_for`.

    Args:
        index: What ``fill`` filled.
        k: How many vectors are asked for.
        share: Of the vectors, those that may be found.
        **chosen: A selector of them.
    """
    import faiss

    lists = faiss.downcast_index(index.base_index).nlist
    return faiss.IndexRefineSearchParameters(
        k_factor=2 + max(_REFINED * index.ntotal, _FEWEST_REFINED) / k,
        base_index_params=faiss.SearchParametersIVF(nprobe=probes_for(lists, share), **chosen),
    )


def vectors_at(index: Any, places: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return vectors of an index as exactly as it has them, float32 (places, dim)."""
    import faiss

    found: NDArray[np.float32] = faiss.downcast_index(index.refine_index).reconstruct_batch(places)
    return found


def bytes_of(dim: int) -> int:
    """Return the bytes of a vector, codes and float16."""
    return 2 * dim + -(-dim // 4)


def fill(index: Any, count: int, rows: Rows) -> None:
    """Train an inverted file on a sample and add vectors, numbered from 0 to count - 1.

    Reads the sample, then all vectors, in parts: memory holds the codes once, the sample before.

    Args:
        index: What ``empty`` made.
        count: How many vectors.
        rows: Gives some of them, float32 (rows, dim).
    """
    import faiss

    codes, exact = (faiss.downcast_index(i) for i in (index.base_index, index.refine_index))
    step = max(1, count // (SAMPLED_PER_LIST * codes.nlist))
    codes.train(np.concatenate([rows(part) for part in parts(count, step)]))
    exact.codes.resize(count * exact.code_size)  # where growing would take up to twice the memory
    exact.codes.resize(0)
    for part in parts(count):
        given = np.ascontiguousarray(rows(part))
        codes.add(given)
        exact.add(given)
    # Centres are compared with every question, so in half the bytes; training and adding need those
    # of full length, of which FAISS compares many at once.
    centres = _halved(codes.quantizer.reconstruct_n(0, codes.nlist))
    centres.this.disown()  # by Python: the index frees it, as one that was read from a file does
    codes.quantizer, codes.own_fields = centres, True
    index.ntotal, index.is_trained = count, True


def _halved(vectors: NDArray[np.float32]) -> Any:
    """Return a flat index of vectors in float16."""
    import faiss

    halved = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    halved.add(vectors)
    return halved


def empty(dim: int, count: int) -> Any:
    """Return an inverted file for a number of vectors, not yet trained."""
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
    return faiss.IndexRefine(codes, _halved(np.empty((0, dim), np.float32)))
