"""An encoder that OpenVINO runs on the CPU."""

from __future__ import annotations

import functools
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vnqa.errors import MissingExtraError, ModelError
from vnqa.weights.bert import IDS, MASK, TYPES
from vnqa.weights.cache import opening
from vnqa.weights.openvino_runtime import (
    Network,
    cpu_options,
    import_openvino,
    inferred,
    save_model,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

FORM = "openvino-int8"
_MODEL = "openvino_model.xml"
_TOKENIZER = "tokenizer.json"
_GROUP = 128  # inputs of a product that are quantised by one scale


def require_openvino(purpose: str) -> None:
    """Raise MissingExtraError if OpenVINO is not installed."""
    if find_spec("openvino") is None:
        raise MissingExtraError("openvino", extra="bundled", purpose=purpose)


def save_encoder(model: Any, tokenizer: Tokenizer, folder: Path) -> None:
    """Write what `vnqa.weights.bert.bert_graph` returns, and its tokenizer.

    Raises:
        OSError: If the folder cannot be written.
    """
    save_model(model, folder / _MODEL)
    (folder / _TOKENIZER).write_text(tokenizer.to_str(), encoding="utf-8")


def open_encoder(folder: Path, *, threads: int) -> tuple[Encoder, Tokenizer]:
    """Return an encoder and its tokenizer.

    Args:
        folder: As `save_encoder` writes it.
        threads: CPU threads; 0 leaves it to OpenVINO.

    Raises:
        ModelError: If it cannot be read.
    """
    from tokenizers import Tokenizer

    import_openvino()  # where that fails, the folder is none the worse
    with opening(folder):
        encoder = Encoder(folder / _MODEL, threads=threads)
        return encoder, Tokenizer.from_file(str(folder / _TOKENIZER))


class Encoder:
    """Computes the states of tokens. Calls from several threads wait for each other.

    Products are computed in bfloat16 where the processor has AMX, else in int8, or in float32
    where OpenVINO has no int8 for it; the rest is in float32 (benchmarks/speed.md).

    Args:
        path: The model.
        threads: CPU threads; 0 leaves it to OpenVINO.

    Raises:
        ModelError: In a forked process; see `vnqa.weights.openvino_runtime.Network`.
        RuntimeError: If OpenVINO cannot open it.
    """

    def __init__(self, path: Path, *, threads: int) -> None:
        self._network = Network(lambda core: _opened(core, path, threads))
        self._lock = threading.Lock()

    def states(
        self,
        ids: NDArray[np.int32],
        lengths: NDArray[np.int32],
        types: NDArray[np.int32] | None = None,
    ) -> NDArray[np.float32]:
        """Return the states of tokens, float32 (n, width, hidden).

        Args:
            ids: Of the tokens, int32 (n, width), padded.
            lengths: How many of each row are tokens, int32 (n,).
            types: Of the tokens, int32 (n, width), for a model that has them.

        Raises:
            ModelError: If OpenVINO cannot compute them, for want of memory, say.
        """
        padding = np.arange(ids.shape[1]) >= lengths[:, None]
        inputs = {IDS: ids, MASK: np.where(padding, np.float32(-np.inf), np.float32(0))}
        if types is not None:
            inputs[TYPES] = types
        with self._lock:
            try:
                return self._network.infer(inputs, ids.shape)
            except RuntimeError as error:
                raise ModelError(f"the encoder failed: {' '.join(str(error).split())}") from error


def _opened(core: Any, path: Path, threads: int) -> Any:
    """Return a request to the model in the fastest of the ways the processor has."""

    def compiled(model: Any, precision: str, **how: Any) -> Any:
        how |= {**cpu_options(threads), "INFERENCE_PRECISION_HINT": precision}
        return core.compile_model(model, "CPU", how).create_infer_request()

    model = core.read_model(path)
    if has_amx():
        return compiled(_plain(model), "bf16")
    try:
        request = compiled(model, "f32", DYNAMIC_QUANTIZATION_GROUP_SIZE=_GROUP)
        zeros = {
            each.any_name: np.zeros((1, 1), each.element_type.to_dtype()) for each in model.inputs
        }
        inferred(request, zeros, (1, 1))
    except RuntimeError:
        return compiled(_plain(model), "f32")
    return request


def _plain(model: Any) -> Any:
    """Return the model with its matrices in float32: computed once, not for each product."""
    passes = import_openvino().passes
    manager = passes.Manager()
    manager.register_pass(passes.ConstantFolding())
    manager.run_passes(model)
    return model


@functools.cache
def has_amx() -> bool:
    """Tell whether the processor multiplies matrices of bfloat16 (AMX), as Linux says."""
    try:
        return " amx_bf16" in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
