"""Loading: files, folders and records to clean articles.

``load`` yields an ``Article`` or a ``Rejection`` for each input, one by one; ``inspect`` also tells
what was cut from each text, and why; ``clean`` does the cutting alone.
"""

from __future__ import annotations

from vnqa.loading.boilerplate import Cleaned, Cut, clean
from vnqa.loading.decoding import decode, normalise
from vnqa.loading.sources import MAX_BYTES, Inspection, Loaded, Source, inspect, load

__all__ = [
    "MAX_BYTES",
    "Cleaned",
    "Cut",
    "Inspection",
    "Loaded",
    "Source",
    "clean",
    "decode",
    "inspect",
    "load",
    "normalise",
]
