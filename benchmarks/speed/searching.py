"""A million passages: dense search against a flat index, hybrid search against dense search."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator

import numpy as np

from benchmarks.quality.rows import Goal
from benchmarks.speed import data
from benchmarks.speed.measuring import Row, alternately, compared, resident_mb
from vnqa import NewsQA
from vnqa.index import Collection, Filters
from vnqa.retriever import retrieve

_ASKED, _TIMED = 200, 40


def search_vectors(passages: int, articles: int) -> Iterator[Row]:
    """Dense search, one thread, against FAISS ``IndexFlatIP``."""
    import faiss

    faiss.omp_set_num_threads(1)
    real = data.real_vectors(data.real_index(articles))
    folder = data.made_index(passages, real)
    model = data.embedder(1)
    queries = np.stack([model.embed_query(question) for question in data.questions(_ASKED)])
    with Collection.open(folder, read_only=True) as index, index.snapshot() as snapshot:
        before = resident_mb()
        found = [{i for i, _ in snapshot.search_dense(query, 10)} for query in queries]
        after = resident_mb()
        flat = faiss.IndexFlatIP(real.shape[1])
        ids = snapshot.passage_ids
        for start in range(0, len(ids), 10_000):
            flat.add(snapshot.vectors(ids[start : start + 10_000].tolist()))
        exact = [set(ids[row].tolist()) for row in flat.search(queries, 10)[1]]
        recall = float(np.mean([len(a & b) / 10 for a, b in zip(found, exact, strict=True)]))
        times = alternately(
            lambda: [flat.search(query[None], 10) for query in queries[:_TIMED]],
            lambda: [snapshot.search_dense(query, 10) for query in queries[:_TIMED]],
        )
        status = index.status()
    what, baseline = f"dense search among {len(ids):,} vectors", "FAISS IndexFlatIP, one thread"
    kinds = {"kind": status.dense_kind, "segments": status.dense_segments, "queries": _TIMED}
    yield compared(what, baseline, times, Goal(20), **kinds)
    yield Row(
        what=what, baseline="exact search", figure="recall@10", values=(recall,), goal=Goal(0.98)
    )
    if before is None or after is None:
        return
    ours_mb, flat_mb = after - before, flat.ntotal * flat.d * 4 / 2**20
    yield Row(
        what=what,
        baseline=baseline,
        figure="of its memory",
        values=(ours_mb / flat_mb,),
        goal=Goal(0.6, at_most=True),
        notes={"mb": round(ours_mb), "mb_baseline": round(flat_mb)},
    )


def search_hybrid(passages: int, articles: int) -> Iterator[Row]:
    """Hybrid search, top 10, against dense search alone; both begin with the question's text."""
    real = data.real_vectors(data.real_index(articles))
    folder = data.made_index(passages, real)
    model, asked = data.embedder(1), data.questions(_TIMED)
    since = data.FIRST_DAY + datetime.timedelta(days=data.DAYS // 2)
    dates = {"since": since, "until": since + datetime.timedelta(days=data.DAYS // 10)}
    vectors = [model.embed_query(question) for question in asked]
    with (
        NewsQA.open(folder, embedder=model, generator=None, reader=None, read_only=True) as qa,
        Collection.open(folder, read_only=True) as index,
        index.snapshot() as snapshot,
    ):
        ways = {"": {}, ", a tenth of the dates": dates}
        for name, bounds in ways.items():
            filters = Filters(**bounds) if bounds else None
            search = functools.partial(qa.search, top_k=10, **bounds)
            alone = functools.partial(snapshot.search_dense, k=10, filters=filters)
            times = alternately(
                lambda alone=alone: [alone(model.embed_query(question)) for question in asked],
                lambda search=search: [search(question) for question in asked],
            )
            what = f"hybrid search among {passages:,} passages{name}"
            baseline = "dense search alone, the question's embedding included in both"
            yield compared(what, baseline, times, Goal(3, at_most=True), questions=len(asked))
            times = alternately(
                lambda alone=alone: [alone(vector) for vector in vectors],
                lambda filters=filters: [
                    retrieve(snapshot, question, vector, top_k=10, filters=filters)
                    for question, vector in zip(asked, vectors, strict=True)
                ],
            )
            yield compared(what, "dense search alone, both without embedding", times, None)
