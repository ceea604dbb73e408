"""Which passages are live, and what they can be filtered by: columns in memory, one generation.

24 bytes a passage, so a million passages are 24 MB.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vnqa.index.store import Store
from vnqa.language.vietnamese import nfc

_UNDATED = 0
_LONGEST_SOURCE = 16_000  # characters of a key; tantivy drops terms of more than 65,530 bytes


def source_key(source: str) -> str:
    """Return the form under which spellings of one outlet's name meet: NFC, case folded, cut."""
    return nfc(nfc(source).strip().casefold())[:_LONGEST_SOURCE]


@dataclass(frozen=True)
class Filters:
    """What a passage's article must be like. Applied before the cut to the best k.

    Attributes:
        since: First day of publication; undated articles are then left out.
        until: Last day of publication; undated articles are then left out.
        sources: Outlets, compared without regard to case.
    """

    since: datetime.date | None = None
    until: datetime.date | None = None
    sources: frozenset[str] | None = None

    @property
    def days(self) -> tuple[int, int] | None:
        """First and last day number, both included, or None for no bound."""
        if self.since is None and self.until is None:
            return None
        since = self.since or datetime.date.min
        until = self.until or datetime.date.max
        return since.toordinal(), until.toordinal()

    @property
    def source_keys(self) -> list[str] | None:
        """Sorted keys of the outlets, or None for all."""
        return None if self.sources is None else sorted({source_key(s) for s in self.sources})


@dataclass(frozen=True)
class Facets:
    """Columns of the live passages of one generation, all in ascending order of id.

    Attributes:
        generation: The generation these columns are of.
        passage_ids: int64 (n,).
        article_rows: int64 (n,).
        days: int32 (n,), day number of publication, 0 where unknown.
        sources: int32 (n,), index into ``source_keys``; 0 is no source.
        source_keys: Distinct keys of outlets, in order of first appearance, after the empty one.
    """

    generation: int
    passage_ids: NDArray[np.int64]
    article_rows: NDArray[np.int64]
    days: NDArray[np.int32]
    sources: NDArray[np.int32]
    source_keys: tuple[str, ...]

    @classmethod
    def empty(cls) -> Facets:
        """Return the columns of a collection before its first commit."""
        wide, narrow = np.empty(0, np.int64), np.empty(0, np.int32)
        return cls(0, wide, wide, narrow, narrow, ("",))

    def advanced(self, store: Store) -> Facets:
        """Return the columns of the generation that ``store`` is reading.

        Costs in proportion to what changed since, unless this is very far behind.
        """
        generation = int(store.meta("generation"))
        if generation == self.generation:
            return self
        if self.generation < store.meta("removed_floor"):
            return Facets.empty()._with_changes(store, generation)
        return self._with_changes(store, generation)

    def _with_changes(self, store: Store, generation: int) -> Facets:
        keep = np.ones(len(self.passage_ids), dtype=np.bool_)
        removed = np.array(store.removed_after(self.generation), dtype=np.int64)
        keep[np.searchsorted(self.passage_ids, removed[self.contains(removed)])] = False
        last = int(self.passage_ids[-1]) if len(self.passage_ids) else 0
        ids, rows = store.facets(last).T
        articles, which = np.unique(rows, return_inverse=True)
        found = store.article_facets(articles.tolist())
        keys = {key: code for code, key in enumerate(self.source_keys)}
        codes: dict[str | None, int] = {None: 0}
        for _, source in found:
            if source not in codes:
                codes[source] = keys.setdefault(source_key(source or ""), len(keys))
        days = np.array([day or _UNDATED for day, _ in found], dtype=np.int32)
        sources = np.array([codes[source] for _, source in found], dtype=np.int32)
        return Facets(
            generation,
            np.concatenate([self.passage_ids[keep], ids]),
            np.concatenate([self.article_rows[keep], rows]),
            np.concatenate([self.days[keep], days[which]]),
            np.concatenate([self.sources[keep], sources[which]]),
            tuple(keys),
        )

    def mask(self, filters: Filters) -> NDArray[np.bool_] | None:
        """Return which passages pass, bool (n,), or None when all do."""
        mask = None
        if filters.days is not None:
            first, last = filters.days
            mask = (self.days >= max(first, 1)) & (self.days <= last)
        if filters.source_keys is not None:
            keys = set(filters.source_keys) - {""}  # which stands for no outlet
            wanted = [i for i, key in enumerate(self.source_keys) if key in keys]
            of_source = np.isin(self.sources, wanted)
            mask = of_source if mask is None else mask & of_source
        return mask

    def contains(
        self, passage_ids: NDArray[np.int64], passing: NDArray[np.bool_] | None = None
    ) -> NDArray[np.bool_]:
        """Tell which of the ids are live and, if ``mask`` made ``passing``, pass; bool (ids,)."""
        if not len(self.passage_ids):
            return np.zeros(len(passage_ids), dtype=np.bool_)
        places = np.searchsorted(self.passage_ids, passage_ids)
        places = np.minimum(places, len(self.passage_ids) - 1)
        found: NDArray[np.bool_] = self.passage_ids[places] == passage_ids
        return found if passing is None else found & passing[places]
