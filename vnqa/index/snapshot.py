"""Reading one generation: what a question sees does not change while it is answered."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import IndexFormatError
from vnqa.index import schema
from vnqa.index.dense import DenseIndex, SegmentFile
from vnqa.index.facets import Facets, Filters
from vnqa.index.failures import command, explained
from vnqa.index.lexical import LexicalIndex, LexicalSearcher, is_writable
from vnqa.index.store import Sentences, Store
from vnqa.language.vietnamese import nfc
from vnqa.records import Article, Passage

_ERAS = itertools.count()
_ATTEMPTS, _PAUSE = 20, 0.05  # seconds


@dataclass(frozen=True)
class View:
    """The derived indexes of one generation, open.

    Attributes:
        era: Another one for each library that was in the folder.
        facets: Which passages are live.
        dense: Holds at least these.
        lexical: Holds at least these; None when there are none.
    """

    era: int
    facets: Facets
    dense: DenseIndex
    lexical: LexicalSearcher | None


class Views:
    """Opens the derived indexes of a generation, keeping what has not changed since the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget(None)

    def _forget(self, library: schema.Identity | None) -> None:
        """Begin anew with another library, whose generations are numbered as those before."""
        self._library = library  # not enough for `View.era`: the system uses inodes again
        self._era = next(_ERAS)
        self._facets = Facets.empty()
        self._files: dict[str, SegmentFile] = {}
        self._lexical: LexicalIndex | None = None
        self._view: View | None = None

    def of(
        self, folder: Path, store: Store, committed: Store, library: schema.Identity | None
    ) -> View | None:
        """Return the view of the generation that ``store`` is reading.

        A writer may merge or purge what this generation needs, but only after a later commit. So
        if none happened until everything is open, and no other library was put in the place of
        this one, nothing is missing.

        Args:
            folder: The collection's folder.
            store: In ``reading()``.
            committed: Another connection, not in a transaction, to see later commits with.
            library: What ``store`` was opened on.

        Returns:
            The view, or None when such a change made it impossible: read the later one instead.

        Raises:
            IndexFormatError: If a derived file is missing or damaged.
        """
        with self._lock:
            if library != self._library:
                self._forget(library)
            generation = int(store.meta("generation"))
            if self._view is not None and self._view.facets.generation == generation:
                return self._view

            def is_overtaken() -> bool:
                later = committed.meta("generation") != generation
                return later or schema.identity(folder) != library

            try:
                view = self._opened(folder, store)
            except (FileNotFoundError, IndexFormatError) as error:
                if is_overtaken():
                    return None
                if isinstance(error, IndexFormatError):
                    raise
                raise IndexFormatError(
                    f"a file of {folder} is missing ({error}); run: {command('rebuild', folder)}"
                ) from error
            if is_overtaken():
                return None
            self._view = view
            return view

    def _opened(self, folder: Path, store: Store) -> View:
        """Open what a generation needs; a writer hides a file of words for a moment (`_share`)."""
        for _ in range(_ATTEMPTS):
            try:
                return self._open(folder, store)
            except PermissionError:
                time.sleep(_PAUSE)
        return self._open(folder, store)

    def _open(self, folder: Path, store: Store) -> View:
        self._facets = facets = self._facets.advanced(store)
        dim = int(store.meta("dim"))
        files = []
        for segment in store.segments():
            file = self._files.get(segment.sha256)
            if file is None or file.path.name != segment.file:
                file = SegmentFile(folder / segment.file, segment, dim)
            files.append(file)
        self._files = {file.segment.sha256: file for file in files}
        searcher = None
        if len(facets.passage_ids):
            directory = folder / str(store.meta("lexical"))
            if self._lexical is None or self._lexical.directory != directory:
                self._lexical = LexicalIndex(directory, writable=is_writable(directory))
            searcher = self._lexical.searcher()
            last = int(store.meta("last_passage_id"))
            if len(searcher) < len(facets.passage_ids) or (
                searcher.count_up_to(last) < len(facets.passage_ids)
            ):
                raise IndexFormatError(
                    f"{directory} holds {searcher.count_up_to(last)} passages, expected at least "
                    f"{len(facets.passage_ids)}; run: {command('rebuild', folder)}"
                )
        return View(self._era, facets, DenseIndex(files, facets.passage_ids), searcher)


class Snapshot:
    """One generation of a collection, for reading, by one thread.

    Attributes:
        generation: Counted up by every change of the collection.
        state: Differs where what is held may differ, also once another library is in the folder.
    """

    def __init__(self, store: Store, view: View, library: Path) -> None:
        self._store = store
        self._view = view
        self._library = library
        self._masks: dict[Filters | None, tuple[NDArray[np.bool_] | None, float]] = {}
        self.generation = view.facets.generation
        self.state = view.era, self.generation

    @property
    def fingerprint(self) -> str | None:
        """Of the embedder that this generation was built with; None where there is none yet."""
        with explained(self._library):
            stored = self._store.meta("fingerprint")
            return None if stored is None or self._store.is_new else str(stored)

    def __len__(self) -> int:
        """Return the number of articles."""
        with explained(self._library):
            return self._store.count_articles()

    @property
    def passage_ids(self) -> NDArray[np.int64]:
        """Ids of all passages, int64 (n,), ascending."""
        return self._view.facets.passage_ids

    def article(self, article_id: str) -> Article | None:
        """Return a stored article, or None."""
        with explained(self._library):
            return self._store.article(nfc(article_id))

    def articles(self) -> Iterator[Article]:
        """Yield all articles in the order in which they were first added."""
        with explained(self._library):
            yield from self._store.articles()

    def passages(self, passage_ids: Sequence[int]) -> list[Passage]:
        """Return passages in the order given; KeyError if one does not exist."""
        with explained(self._library):
            return self._store.passages(passage_ids)

    def passages_of(self, article_id: str) -> list[Passage]:
        """Return the passages of an article, in order; empty when it is not stored."""
        with explained(self._library):
            return self._store.passages_of(nfc(article_id))

    def vectors(self, passage_ids: Sequence[int]) -> NDArray[np.float32]:
        """Return float32 of shape (n, dim), in the order given; KeyError if one does not exist."""
        with explained(self._library):
            return self._store.vectors(passage_ids)

    def sentences(self, passage_ids: Sequence[int]) -> list[Sentences]:
        """Return the sentences of passages, in the order given; KeyError if one does not exist."""
        with explained(self._library):
            return self._store.sentences(passage_ids)

    def sentence_scores(
        self, query: NDArray[np.float32], passage_ids: Sequence[int]
    ) -> NDArray[np.float32]:
        """Return for each passage the inner product of the query and its nearest sentence.

        Args:
            query: float32 (dim,), of unit length.
            passage_ids: Passages.

        Returns:
            float32 (n,), in the order given.

        Raises:
            KeyError: If a passage does not exist.
            ValueError: If the query has another shape.
        """
        if not passage_ids:
            return np.empty(0, dtype=np.float32)
        self._check(query)
        with explained(self._library):
            return self._store.sentence_scores(query, passage_ids)

    def search_dense(
        self, query: NDArray[np.float32], k: int, *, filters: Filters | None = None
    ) -> list[tuple[int, float]]:
        """Return the k best ``(passage_id, inner product)``, best first, ties by id.

        Args:
            query: float32 (dim,), of unit length.
            k: The most results.
            filters: Applied before the cut.

        Raises:
            ValueError: If the query has another shape.
        """
        if k <= 0 or not len(self._view.facets.passage_ids):
            return []
        self._check(query)
        return self._view.dense.search(query, k, self._passing(filters)[0])

    def search_lexical(
        self,
        text: str,
        k: int,
        *,
        filters: Filters | None = None,
        pair_weight: float = 1.0,
    ) -> list[tuple[int, float]]:
        """Return the k best ``(passage_id, BM25)``, best first, ties by id.

        Args:
            text: A question; without any diacritic it is matched against the unaccented fields.
            k: The most results; fewer when fewer passages share a syllable with the text.
            filters: Applied before the cut.
            pair_weight: Of a pair of syllables, a single one being 1.
        """
        if self._view.lexical is None:
            return []
        passing, share = self._passing(filters)
        return self._view.lexical.search(
            text,
            k,
            is_live=lambda ids: self._view.facets.contains(
                np.array(ids, dtype=np.int64), passing
            ).tolist(),
            filters=filters,
            share=share,
            pair_weight=pair_weight,
        )

    def document_frequencies(self, terms: Sequence[str], *, plain: bool) -> tuple[list[int], int]:
        """Return in how many passages each term occurs, and how many passages there are.

        Args:
            terms: Syllables as keys, or pairs of them joined by ``_``.
            plain: Count unaccented forms.
        """
        if self._view.lexical is None:
            return [0] * len(terms), 0
        counts = self._view.lexical.document_frequencies(terms, plain=plain)
        return counts, max(len(self._view.lexical), len(self._view.facets.passage_ids))

    def _passing(self, filters: Filters | None) -> tuple[NDArray[np.bool_] | None, float]:
        """Return which live passages pass, None for all, and their share; both halves ask."""
        if filters not in self._masks:
            mask = None if filters is None else self._view.facets.mask(filters)
            count = max(len(self._view.facets.passage_ids), 1)
            share = 1.0 if mask is None else int(np.count_nonzero(mask)) / count
            self._masks[filters] = mask, share
        return self._masks[filters]

    def _check(self, query: NDArray[np.float32]) -> None:
        with explained(self._library):
            dim = int(self._store.meta("dim"))
        if query.shape != (dim,):
            raise ValueError(f"query has shape {query.shape}, the index expects ({dim},)")
