"""A collection on disk: the store, and the dense and lexical indexes derived from it."""

from __future__ import annotations

from vnqa.index.collection import Collection
from vnqa.index.facets import Filters
from vnqa.index.snapshot import Snapshot
from vnqa.index.store import Sentences
from vnqa.index.writing import Entry

__all__ = ["Collection", "Entry", "Filters", "Sentences", "Snapshot"]
