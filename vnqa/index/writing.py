"""The three changes a collection knows, each inside the writer's open transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vnqa.index.dense import FLAT
from vnqa.index.dense_writer import plan_merge, write_segments
from vnqa.index.lexical_writer import LexicalWriter
from vnqa.index.store import PassageText, Segment, Sentences, content_hash
from vnqa.index.store_writer import StoreWriter
from vnqa.index.word_files import word_digests
from vnqa.language.sentences import Span
from vnqa.records import Article


class Entry(NamedTuple):
    """An article as it is stored.

    Attributes:
        article: The article.
        spans: Its passages, code points ``(start, end)`` into its text.
        vectors: Theirs, float32 (passages, dim), unit rows.
        sentences: Theirs, one item for each passage; without any, each passage is one sentence.
    """

    article: Article
    spans: Sequence[Span]
    vectors: NDArray[np.float32]
    sentences: Sequence[Sentences] = ()


Given: TypeAlias = Entry | tuple[Article, Sequence[Span], NDArray[np.float32]]


def put(
    folder: Path,
    store: StoreWriter,
    upserts: Sequence[Given],
    removals: Sequence[str],
    *,
    passage_ids: range,
    purge_orphans: bool,
) -> None:
    """Add or replace articles and remove others; costs in proportion to these.

    Args:
        folder: The collection's folder.
        store: In ``writing()``, its generation already counted up.
        upserts: As ``Collection.write`` takes them.
        removals: Ids of articles.
        passage_ids: Ids never given before, exactly as many as there are spans.
        purge_orphans: Whether the words may hold passages of a write that never committed.
    """
    generation = int(store.meta("generation"))
    entries = [Entry(*given) for given in upserts]
    touched = [*removals, *(entry.article.article_id for entry in entries)]
    if len(set(touched)) < len(touched):
        twice = next(i for i in touched if touched.count(i) > 1)
        raise ValueError(f"article {twice!r} stands twice in one change; give it once")
    purge = store.removed_after(int(store.meta("purged_through")))
    last_committed = int(store.meta("last_passage_id"))
    removed: list[int] = []
    for article_id in removals:
        removed += store.drop_passages(article_id, generation)
        store.drop_article(article_id)
    texts: list[PassageText] = []
    for entry in entries:
        check_entry(store, entry)
        removed += store.drop_passages(entry.article.article_id, generation)
        count = len(entry.spans)
        ids, passage_ids = passage_ids[:count], passage_ids[count:]
        put_article(store, entry, ids)
        texts += _texts(entry.article, entry.spans, ids)
    _put_words(folder, store, texts, purge, last_committed if purge_orphans else None)
    store.set_meta("purged_through", generation - 1)
    segments = _without(store.segments(), removed)
    if texts:
        first, last = texts[0].passage_id, texts[-1].passage_id
        assert first > last_committed, "segments are ordered by id"
        store.set_meta("last_passage_id", last)
        segments.append(Segment(first, last, "", FLAT, len(texts), len(texts), 0, ""))
    stay, write = plan_merge(segments, dim=int(store.meta("dim")))
    ranges = [(segment.first_id, segment.last_id) for segment in write]
    live = sum(segment.live for segment in segments)
    stay += write_segments(folder, store, ranges, generation=generation, passages=live)
    store.put_segments(stay)
    store.forget_removed(generation)


def renew(folder: Path, store: StoreWriter) -> None:
    """Write the dense and lexical indexes again from the truth, in bounded memory."""
    generation = int(store.meta("generation"))
    everything = [(0, int(store.meta("last_passage_id")))]
    live = store.count_passages()
    segments = write_segments(folder, store, everything, generation=generation, passages=live)
    store.put_segments(segments)
    directory = f"lexical-{generation}"
    writer = LexicalWriter(folder / directory)
    try:
        writer.add(store.texts())
        writer.commit()
    finally:
        writer.close()
    store.put_word_files(word_digests(folder / directory))
    store.set_meta("lexical", directory)
    store.set_meta("purged_through", generation)
    store.set_meta("removed_floor", generation)
    store.connection.execute("DELETE FROM removed")


def replace_all(
    folder: Path, store: StoreWriter, entries: Iterable[Given], *, fingerprint: str | None, dim: int
) -> None:
    """Put other articles, spans and vectors in the place of all that is stored."""
    next_id = int(store.meta("next_passage_id"))
    store.drop_everything()
    store.set_meta("fingerprint", fingerprint)
    store.set_meta("dim", dim)
    for given in entries:
        entry = Entry(*given)
        check_entry(store, entry)
        if store.known(entry.article.article_id) is not None:
            raise ValueError(f"article {entry.article.article_id!r} stands twice in one change")
        put_article(store, entry, range(next_id, next_id + len(entry.spans)))
        next_id += len(entry.spans)
    store.set_meta("next_passage_id", next_id)
    store.set_meta("last_passage_id", next_id - 1)
    renew(folder, store)


def check_entry(store: StoreWriter, entry: Entry) -> None:
    """Raise ValueError unless spans lie in the article and vectors fit them and the index."""
    article, spans, vectors, sentences = entry
    dim = int(store.meta("dim"))
    if vectors.ndim == 2 and not dim and len(spans):
        dim = vectors.shape[1]
        store.set_meta("dim", dim)
    if vectors.ndim != 2 or vectors.shape[0] != len(spans) or (dim and vectors.shape[1] != dim):
        raise ValueError(
            f"vectors of {article.article_id!r} have shape {vectors.shape}, "
            f"expected ({len(spans)}, {dim})"
        )
    if not np.isfinite(vectors).all():
        raise ValueError(f"vectors of {article.article_id!r} hold a value that is not a number")
    for start, end in spans:
        if not 0 <= start < end <= len(article.text):
            raise ValueError(
                f"span ({start}, {end}) does not lie in {article.article_id!r}, "
                f"whose text has {len(article.text)} characters"
            )
    if not sentences:
        return
    if len(sentences) != len(spans):
        raise ValueError(
            f"{article.article_id!r} has {len(spans)} passages, "
            f"but sentences for {len(sentences)} were given"
        )
    for (first, last), (inside, rows) in zip(spans, sentences, strict=True):
        if not inside or rows.shape != (len(inside), dim) or not np.isfinite(rows).all():
            raise ValueError(
                f"sentence vectors of {article.article_id!r} have shape {rows.shape}, "
                f"expected ({len(inside)}, {dim}), at least one row, all finite"
            )
        for start, end in inside:
            if not first <= start < end <= last:
                raise ValueError(
                    f"sentence ({start}, {end}) of {article.article_id!r} does not lie in its "
                    f"passage ({first}, {last})"
                )


def put_article(store: StoreWriter, entry: Entry, passage_ids: range) -> None:
    """Store one checked article, its passages having these ids, and its checksum."""
    row = store.put_article(entry.article, content_hash(entry.article))
    store.put_passages(row, passage_ids, entry.spans, entry.vectors, entry.sentences)
    store.seal(row)


def _texts(
    article: Article, spans: Sequence[tuple[int, int]], passage_ids: range
) -> Iterator[PassageText]:
    day = article.published.toordinal() if article.published else None
    for passage_id, (start, end) in zip(passage_ids, spans, strict=True):
        text = article.text[start:end]
        yield PassageText(passage_id, article.title, text, day, article.source)


def _put_words(
    folder: Path,
    store: StoreWriter,
    texts: Sequence[PassageText],
    purge: Sequence[int],
    last_committed: int | None,
) -> None:
    directory = folder / str(store.meta("lexical"))
    nothing_to_purge = not purge and (last_committed is None or not directory.exists())
    if not texts and nothing_to_purge:
        return
    writer = LexicalWriter(directory)
    try:
        # what this change removes stays until the next one: readers of the generation before it
        # still need it, should this one not be committed
        writer.remove(purge)
        if last_committed is not None:
            writer.remove_after(last_committed)
        writer.add(texts)
        writer.commit()
    finally:
        writer.close()
    store.put_word_files(word_digests(directory, store.word_files()))


def _without(segments: Iterable[Segment], removed: Sequence[int]) -> list[Segment]:
    ids = np.array(sorted(removed), dtype=np.int64)
    out = []
    for segment in segments:
        first, last = np.searchsorted(ids, [segment.first_id, segment.last_id + 1])
        out.append(segment._replace(live=segment.live - int(last - first)))
    return out
