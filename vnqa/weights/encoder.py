"""An encoder that OpenVINO runs on the CPU."""

from __future__ import annotations

import functools
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vnqa.errors import MissingExtraError
from vnqa.weights.bert import IDS, MASK, TYPES
from vnqa.weights.cache import opening
from vnqa.weights.openvino_import import import_openvino, openvino_core, refuse_if_forked

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

FORM = "openvino-int8"
_MODEL = "openvino_model.xml"
_TOKENIZER = "tokenizer.json"
_GROUP = 128  # inputs of a product that are quantised by one scale
_OPTIONS = {"ENABLE_CPU_PINNING": False}  # other programs use the cores too


def require_openvino(purpose: str) -> None:
    """Raise MissingExtraError if OpenVINO is not installed."""
    if find_spec("openvino") is None:
        raise MissingExtraError("openvino", extra="bundled", purpose=purpose)


def save_encoder(model: Any, tokenizer: Tokenizer, folder: Path) -> None:
    """Write what `vnqa.weights.bert.bert_graph` returns, and its tokenizer.

    Raises:
        OSError: If the folder cannot be written.
    """
    try:
        import_openvino().save_model(model, folder / _MODEL, compress_to_fp16=False)
    except RuntimeError as error:
        raise OSError(f"OpenVINO cannot write it ({error})") from error
    tokenizer.save(str(folder / _TOKENIZER))


def open_encoder(folder: Path, *, threads: int) -> tuple[Encoder, Tokenizer]:
    """Return an encoder and its tokenizer.

    Args:
        folder: As `save_encoder` writes it.
        threads: CPU threads; 0 leaves it to OpenVINO.

    Raises:
        ModelError: If it cannot be read.
    """
    from tokenizers import Tokenizer

    with opening(folder):
        encoder = Encoder(folder / _MODEL, threads=threads)
        return encoder, Tokenizer.from_file(str(folder / _TOKENIZER))


class Encoder:
    """Computes the states of tokens. Calls from several threads wait for each other.

    Products are computed in bfloat16 where the processor has AMX, three times as fast there, and
    else in int8, or in float32 where it has no instructions for that; the rest is in float32.

    Args:
        path: The model.
        threads: CPU threads; 0 leaves it to OpenVINO.

    Raises:
        ModelError: In a forked process; see `vnqa.weights.openvino_import.refuse_if_forked`.
        RuntimeError: If OpenVINO cannot open it.
    """

    def __init__(self, path: Path, *, threads: int) -> None:
        self._request = _opened(path, {"INFERENCE_NUM_THREADS": threads} if threads else {})
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
            ModelError: In a forked process.
        """
        refuse_if_forked()
        padding = np.arange(ids.shape[1]) >= lengths[:, None]
        inputs = {IDS: ids, MASK: np.where(padding, np.float32(-np.inf), np.float32(0))}
        if types is not None:
            inputs[TYPES] = types
        with self._lock:
            outputs = self._request.infer(inputs, share_inputs=True, share_outputs=True)
            (output,) = outputs.values()
            return np.array(output)


def _opened(path: Path, options: dict[str, Any]) -> Any:
    """Return a request to the model in the fastest of the ways the processor has."""
    core = openvino_core()

    def compiled(model: Any, **how: Any) -> Any:
        return core.compile_model(model, "CPU", {**_OPTIONS, **options, **how})

    model = core.read_model(path)
    if has_amx():
        return compiled(_plain(model), INFERENCE_PRECISION_HINT="bf16").create_infer_request()
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    try:
        int8 = compiled(model, **exact, DYNAMIC_QUANTIZATION_GROUP_SIZE=_GROUP)
        request = int8.create_infer_request()
        request.infer({each.any_name: np.zeros((1, 1), _dtype(each)) for each in int8.inputs})
    except RuntimeError:
        plain = _plain(core.read_model(path))
        return compiled(plain, **exact).create_infer_request()
    return request


def _plain(model: Any) -> Any:
    """Return the model with its matrices in float32: computed once, not for each product."""
    passes = import_openvino().passes
    manager = passes.Manager()
    manager.register_pass(passes.ConstantFolding())
    manager.run_passes(model)
    return model


def _dtype(given: Any) -> Any:
    return given.element_type.to_dtype()


@functools.cache
def has_amx() -> bool:
    """Tell whether the processor multiplies matrices of bfloat16 (AMX), as Linux says."""
    try:
        return " amx_bf16" in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
