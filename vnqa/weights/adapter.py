"""Low-rank changes of bundled weights: what training added to them.

"LoRA", Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021): a weight W becomes
W + B A, with A and B of few rows and columns, so that a trained model is stored as a few megabytes
beside the weights it began from. The encoder's are merged when it is converted, so that at run time
it is as fast as the plain one; those of the language model, whose weights stay in 4 bits, are
computed beside them.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import ModelError

Change = tuple[NDArray[np.float32], NDArray[np.float32]]
Factors = dict[str, Change]


@dataclass(frozen=True)
class GeneratorAdapter:
    """Changes of a language model's weights.

    Attributes:
        factors: By the name of a GGUF file's tensor, without ``.weight``, ``(A, B)``, float32
            (rank, inputs) and (outputs, rank).
        digest: SHA-256 of the file, in hexadecimal.
    """

    factors: Factors
    digest: str


@dataclass(frozen=True)
class LowRankAdapter:
    """Changes of an encoder's weights, and the reader's head.

    Attributes:
        factors: By the weight's name ``(A, B)``, float32 (rank, inputs) and (outputs, rank).
        token_types: Embeddings of the reader's token types, float32 (types, hidden).
        head: Of a token's state: start, end, and two terms of relevance; float32 (4, hidden).
        bias: float32 (4,).
        digest: SHA-256 of the file, in hexadecimal.
    """

    factors: Factors
    token_types: NDArray[np.float32]
    head: NDArray[np.float32]
    bias: NDArray[np.float32]
    digest: str

    def adapted(self, name: str, weight: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a weight, float32 (outputs, inputs), with its change; the same if it has none."""
        if name not in self.factors:
            return weight
        a, b = self.factors[name]
        changed: NDArray[np.float32] = weight + b @ a
        return changed


@functools.cache
def read_adapter(path: Path) -> LowRankAdapter:
    """Read a file that ``benchmarks/reader`` wrote: arrays in NumPy's own format, no pickle.

    Raises:
        ModelError: If it cannot be read, or lacks an array.
    """
    with _told_apart(path, "reader"):
        loaded, digest = _read(path)
        return LowRankAdapter(
            _factors(loaded), loaded["types"], loaded["head"], loaded["bias"], digest
        )


@functools.cache
def read_generator_adapter(path: Path) -> GeneratorAdapter:
    """Read a file that ``benchmarks/generator`` wrote; see `read_adapter`."""
    with _told_apart(path, "generator"):
        loaded, digest = _read(path)
        return GeneratorAdapter(_factors(loaded), digest)


@contextlib.contextmanager
def _told_apart(path: Path, whose: str) -> Iterator[None]:
    """Tell which file is damaged."""
    try:
        yield
    except (OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"the {whose}'s weights {path} cannot be read ({error}); install vnqa again"
        ) from error


def _read(path: Path) -> tuple[dict[str, NDArray[np.float32]], str]:
    """Return the arrays of a file, and the file's SHA-256."""
    content = path.read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        loaded = {name: arrays[name].astype(np.float32) for name in arrays.files}
    return loaded, hashlib.sha256(content).hexdigest()


def _factors(loaded: dict[str, NDArray[np.float32]]) -> Factors:
    names = sorted(name[:-2] for name in loaded if name.endswith(".a"))
    return {name: (loaded[f"{name}.a"], loaded[f"{name}.b"]) for name in names}
