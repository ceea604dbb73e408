"""Reads the GGUF container: metadata, and tensors by name, from one file cut into parts.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (version 3, little endian).
Tensors are mapped, not read, so that memory holds one tensor at a time.
"""

from __future__ import annotations

import bisect
import itertools
import math
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import ModelError

_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9


class TensorInfo(NamedTuple):
    """Where a tensor stands.

    Attributes:
        shape: Rows first, as numpy has it.
        kind: A ``gguf.GGMLQuantizationType``.
        start: First byte in the file.
    """

    shape: tuple[int, ...]
    kind: int
    start: int


class GgufFile:
    """A GGUF file, given as the parts that follow one another.

    Args:
        paths: The parts, in order.

    Attributes:
        metadata: Key to value: numbers, strings, or lists of them.
        tensors: Name to place.

    Raises:
        ModelError: If the parts are not a GGUF file of version 3.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._parts = [np.memmap(path, dtype=np.uint8, mode="r") for path in paths]
        self._starts = [0, *itertools.accumulate(len(part) for part in self._parts)]
        self.metadata: dict[str, Any] = {}
        self.tensors: dict[str, TensorInfo] = {}
        try:
            self._read_header()
        except (struct.error, KeyError, UnicodeDecodeError) as error:
            raise ModelError(f"GGUF header of {paths[0]} cannot be read: {error!r}") from error

    def read(self, start: int, size: int) -> NDArray[np.uint8]:
        """Return bytes of the file, copied only where they cross the border of two parts."""
        first = bisect.bisect_right(self._starts, start) - 1
        pieces = []
        while size > 0 and first < len(self._parts):
            offset = start - self._starts[first]
            piece = self._parts[first][offset : offset + size]
            pieces.append(piece)
            start += len(piece)
            size -= len(piece)
            first += 1
        if size > 0:
            raise ModelError(f"GGUF file ends {size} bytes before the end of a tensor")
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def tensor_rows(self, name: str, rows: int = 4096) -> Iterator[NDArray[np.float32]]:
        """Yield a matrix as float32, the given number of rows at a time."""
        from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
        from gguf.quants import dequantize

        try:
            shape, kind, start = self.tensors[name]
        except KeyError:
            raise ModelError(f"GGUF file lacks the tensor {name!r}") from None
        block, block_bytes = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
        columns = shape[-1]
        height = math.prod(shape[:-1])
        row_bytes = columns // block * block_bytes
        for top in range(0, height, rows):
            count = min(rows, height - top)
            data = self.read(start + top * row_bytes, count * row_bytes)
            yield dequantize(data.reshape(count, row_bytes), GGMLQuantizationType(kind))

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Return a whole tensor as float32."""
        rows = np.concatenate(list(self.tensor_rows(name)))
        return rows.reshape(self.tensors[name].shape)

    def _read_header(self) -> None:
        header = self._parts[0].tobytes()  # metadata and directory lie in the first part
        if header[:4] != b"GGUF" or header[4:8] != struct.pack("<I", 3):
            raise ModelError(f"expected a GGUF file of version 3, got {header[:8]!r}")
        cursor = _Cursor(header, 8)
        tensor_count = cursor.scalar("Q")
        for _ in range(cursor.scalar("Q")):
            key = cursor.string()
            self.metadata[key] = cursor.value(cursor.scalar("I"))
        places = []
        for _ in range(tensor_count):
            name = cursor.string()
            shape = tuple(cursor.scalar("Q") for _ in range(cursor.scalar("I")))
            places.append((name, shape[::-1], cursor.scalar("I"), cursor.scalar("Q")))
        alignment = self.metadata.get("general.alignment", 32)
        data_start = -(-cursor.at // alignment) * alignment
        for name, shape, kind, offset in places:
            self.tensors[name] = TensorInfo(shape, kind, data_start + offset)


class _Cursor:
    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def scalar(self, code: str) -> Any:
        value = struct.unpack_from("<" + code, self.data, self.at)[0]
        self.at += struct.calcsize("<" + code)
        return value

    def string(self) -> str:
        length = self.scalar("Q")
        end = self.at + length
        if end > len(self.data):
            raise struct.error(f"string of {length} bytes at {self.at} runs past the first part")
        text = self.data[self.at : end].decode("utf-8")
        self.at = end
        return text

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            return self.scalar(_SCALARS[kind])
        item_kind, count = self.scalar("I"), self.scalar("Q")
        return [self.value(item_kind) for _ in range(count)]
