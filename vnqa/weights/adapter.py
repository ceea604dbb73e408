"""Low-rank changes of the bundled encoder that make a reader of it.

"LoRA", Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021): a weight W becomes
W + B A, with A and B of few rows and columns, so that a trained model is stored as a few megabytes
beside the weights it began from. They are merged when the model is converted; at run time an
adapted model is as fast as the plain one.
"""

from __future__ import annotations

import functools
import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import ModelError


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

    factors: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
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
    try:
        content = path.read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            loaded = {name: arrays[name].astype(np.float32) for name in arrays.files}
        names = sorted(name[:-2] for name in loaded if name.endswith(".a"))
        return LowRankAdapter(
            factors={name: (loaded[f"{name}.a"], loaded[f"{name}.b"]) for name in names},
            token_types=loaded["types"],
            head=loaded["head"],
            bias=loaded["bias"],
            digest=hashlib.sha256(content).hexdigest(),
        )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"the reader's weights {path} cannot be read ({error}); install vnqa again"
        ) from error
