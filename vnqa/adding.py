"""Articles to a collection, in batches: what is unchanged costs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from vnqa.embedders import Embedder
from vnqa.embedding import CutArticle, cut, entries_of
from vnqa.records import AddReport, Rejection

if TYPE_CHECKING:
    from vnqa.index import Collection
    from vnqa.loading import Source

_BATCH_PASSAGES = 512  # about 5 s of embedding on two cores; what a killed load repeats

# Told after each article; of many rejections the last few may come with a later report.
AddProgress = Callable[[AddReport], None]
_SHARE_TOLD_LATER = 64  # one in so many


def add_articles(
    collection: Collection,
    embedder: Embedder,
    source: Source,
    *,
    progress: AddProgress | None = None,
) -> AddReport:
    """Add, replace, or leave as they are; see `vnqa.NewsQA.add`."""
    from vnqa.loading import load

    started = time.perf_counter()
    added = updated = unchanged = dates_not_read = embedded = 0
    rejected: list[Rejection] = []
    told: tuple[Rejection, ...] = ()
    batch: list[CutArticle] = []

    def report(*, final: bool = False) -> AddReport:
        nonlocal told
        late = len(rejected) - len(told)
        if late > (0 if final else len(told) // _SHARE_TOLD_LATER):  # a copy for each is quadratic
            told = tuple(rejected)
        return AddReport.model_construct(  # made after each article: nothing is checked again
            added=added,
            updated=updated,
            unchanged=unchanged,
            rejected=told,
            dates_not_read=dates_not_read,
            passages_embedded=embedded,
            seconds=time.perf_counter() - started,
        )

    def commit() -> None:
        nonlocal embedded
        if not batch:
            return
        entries = entries_of(batch, embedder)
        collection.write(entries, fingerprint=embedder.fingerprint)
        embedded += sum(len(entry.spans) for entry in entries)
        batch.clear()

    collection.check_writable()
    for loaded in load(source):
        if isinstance(loaded, Rejection):
            rejected.append(loaded)
        else:
            stored = collection.known(loaded.article_id)
            if stored == collection.content_hash(loaded):
                unchanged += 1
            else:
                batch.append(cut(loaded, embedder))
                if sum(len(one.spans) for one in batch) >= _BATCH_PASSAGES:
                    commit()
                added, updated = added + (stored is None), updated + (stored is not None)
                dates_not_read += loaded.published is None and "published" in loaded.extra
        if progress is not None:
            progress(report())
    commit()
    if progress is not None:
        progress(report(final=True))
    return report(final=True)
