"""Rows of a damaged SQLite file, read page by page without the pages above them.

Format: https://www.sqlite.org/fileformat2.html, sections 1.5 (free pages), 1.6 (b-tree pages) and
2.1 (records). Every page that holds rows says so in its first byte; a row that does not fit is
continued in a chain of pages.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from vnqa.index.schema import PAGE_BYTES

Value: TypeAlias = int | float | str | bytes | None
_TABLE_LEAF, _INDEX_LEAF = 0x0D, 0x0A
_MAGIC = b"SQLite format 3\0"
_SMALLEST_LOCAL = (PAGE_BYTES - 12) * 32 // 255 - 23
_INT_BYTES = (0, 1, 2, 3, 4, 6, 8)


class Row(NamedTuple):
    """A row of a table, with its rowid, or of an index, without."""

    rowid: int | None
    values: tuple[Value, ...]


class Pages:
    """The pages of a file, numbered from 1."""

    def __init__(self, path: Path) -> None:
        with open(path, "rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.count = len(self._bytes) // PAGE_BYTES
        self.free = self._free()

    def close(self) -> None:
        """Close the file."""
        self._bytes.close()

    def rows(self) -> Iterator[tuple[int, int, Row]]:
        """Yield page, cell and row of all that can be read, but for free pages."""
        for number in range(1, self.count + 1):
            if number not in (self.free or ()):
                yield from ((number, cell, row) for cell, row in self.rows_of(number))

    def rows_of(self, number: int) -> Iterator[tuple[int, Row]]:
        """Yield cell and row of a page that holds rows; of another page nothing."""
        page = self._page(number)
        if page[0] in (_TABLE_LEAF, _INDEX_LEAF):
            cells = min(int.from_bytes(page[3:5], "big"), PAGE_BYTES // 4)
            for cell in range(cells):
                row = self.row(number, cell)
                if row is not None:
                    yield cell, row

    def row(self, number: int, cell: int) -> Row | None:
        """Return one row, or None where it is damaged."""
        page = self._page(number)
        try:
            start = int.from_bytes(page[8 + 2 * cell : 10 + 2 * cell], "big")
            size, place = _varint(page, start)
            rowid = None
            if page[0] == _TABLE_LEAF:
                rowid, place = _varint(page, place)
            return Row(rowid, _values(self._payload(page, place, size)))
        except (IndexError, ValueError, struct.error):
            return None

    def _page(self, number: int) -> bytes:
        if not 1 <= number <= self.count:
            raise ValueError(f"there is no page {number}")
        header = 100 if number == 1 else 0  # of the file: rows of page 1 are not read
        start = (number - 1) * PAGE_BYTES
        return bytes(self._bytes[start + header : start + PAGE_BYTES])

    def _payload(self, page: bytes, place: int, size: int) -> bytes:
        if size > len(self._bytes):
            raise ValueError("longer than the file")
        largest = PAGE_BYTES - 35
        if page[0] == _INDEX_LEAF:
            largest = (PAGE_BYTES - 12) * 64 // 255 - 23
        local = size
        if size > largest:
            local = _SMALLEST_LOCAL + (size - _SMALLEST_LOCAL) % (PAGE_BYTES - 4)
            local = local if local <= largest else _SMALLEST_LOCAL
        payload = bytearray(page[place : place + local])
        following = int.from_bytes(page[place + local : place + local + 4], "big")
        while len(payload) < size:
            page = self._page(following)
            payload += page[4 : 4 + size - len(payload)]
            following = int.from_bytes(page[:4], "big")
        return bytes(payload)

    def _free(self) -> set[int] | None:
        """Return the numbers of free pages, which hold old rows; None where they are unknown."""
        header = bytes(self._bytes[:100])
        if not header.startswith(_MAGIC):
            return None
        trunk, count = struct.unpack(">2I", header[32:40])
        free: set[int] = set()
        try:
            while trunk:
                if trunk in free:
                    return None
                page = self._page(trunk)
                following, leaves = struct.unpack(">2I", page[:8])
                free |= {trunk, *struct.unpack(f">{leaves}I", page[8 : 8 + 4 * leaves])}
                trunk = following
        except (ValueError, struct.error):
            return None
        return free if len(free) == count else None


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = data[place + count]
        if count == 8:
            value = value << 8 | byte
            break
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value - (1 << 64) if value >= 1 << 63 else value, place + count + 1


def _values(payload: bytes) -> tuple[Value, ...]:
    end, place = _varint(payload, 0)
    values: list[Value] = []
    kinds = []
    while place < end:
        kind, place = _varint(payload, place)
        kinds.append(kind)
    place = end
    for kind in kinds:
        size = _INT_BYTES[kind] if 0 <= kind < 7 else 8 if kind == 7 else max(0, kind - 12) // 2
        data = payload[place : place + size]
        if len(data) != size:
            raise ValueError("shorter than its header says")
        place += size
        if kind == 0:
            values.append(None)
        elif kind < 7:
            values.append(int.from_bytes(data, "big", signed=True))
        elif kind == 7:
            values.append(float(struct.unpack(">d", data)[0]))
        elif kind in (8, 9):
            values.append(kind - 8)
        else:
            values.append(data.decode() if kind % 2 else data)
    return tuple(values)
