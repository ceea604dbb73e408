"""OpenVINO, which runs the bundled models: without its telemetry, and never silently wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vnqa.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TELEMETRY = "openvino_telemetry"
_opened_in: set[int] = set()  # process ids


def import_openvino() -> Any:
    """Return the module ``openvino``, with its operations and its passes.

    Importing ``openvino`` reports to its makers over the network, unasked, and writes a folder
    ``intel`` into the user's home, unless its telemetry cannot be imported. So it cannot, here:
    a program that has imported ``openvino`` before keeps what it has.
    """
    hidden = "openvino" not in sys.modules and _TELEMETRY not in sys.modules
    if hidden:
        sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    try:
        import openvino
        import openvino.opset15
        import openvino.passes
    finally:
        if hidden:
            sys.modules.pop(_TELEMETRY, None)
    return openvino


def import_openvino_genai() -> Any:
    """Return the module ``openvino_genai``, which imports ``openvino``."""
    import_openvino()
    import openvino_genai

    return openvino_genai


def cpu_options(threads: int) -> dict[str, Any]:
    """Return how a model is compiled for the CPU, whatever it computes in.

    Args:
        threads: CPU threads; 0 leaves it to OpenVINO.
    """
    pinning = {"ENABLE_CPU_PINNING": False}  # other programs use the cores too
    return pinning | ({"INFERENCE_NUM_THREADS": threads} if threads else {})


def save_model(model: Any, path: Path) -> None:
    """Write an ``openvino.Model``, its weights as they are.

    Raises:
        OSError: If it cannot be written.
    """
    try:
        import_openvino().save_model(model, path, compress_to_fp16=False)
    except RuntimeError as error:
        raise OSError(f"OpenVINO cannot write it ({error})") from error


class Network:
    """A model with one output that OpenVINO computes. Not for several threads at a time.

    One that failed is opened anew for the next call: OpenVINO would go on failing, or worse.

    Args:
        opened: Returns an ``openvino.InferRequest``, of the core that it is given.

    Raises:
        ModelError: In a process that was forked from one that had opened a model.
        RuntimeError: If OpenVINO cannot open it.
    """

    def __init__(self, opened: Callable[[Any], Any]) -> None:
        self._opened = opened
        self._request: Any = None
        _ = self.request

    @property
    def request(self) -> Any:
        """The open request, with the model's state if it has one."""
        if self._request is None:
            _opened_in.add(os.getpid())
            _refuse_if_forked()
            self._request = self._opened(import_openvino().Core())
        return self._request

    def infer(
        self, inputs: Mapping[str, NDArray[Any]], shape: tuple[int, ...]
    ) -> NDArray[np.float32]:
        """Return the output for some inputs, by name; see `inferred`.

        Raises:
            ModelError: In a process that was forked from one that had opened a model.
            RuntimeError: If OpenVINO cannot compute it.
        """
        _refuse_if_forked()
        request = self.request
        self._request = None
        output = inferred(request, inputs, shape)
        self._request = request
        return output


def inferred(
    request: Any, inputs: Mapping[str, NDArray[Any]], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Return a request's only output, copied.

    Args:
        request: An ``openvino.InferRequest``.
        inputs: By name.
        shape: The first lengths that the output should have.

    Raises:
        RuntimeError: If OpenVINO cannot compute it. On one thread it does not say so, but leaves
            the output as it was, of another shape where it fails first.
    """
    (output,) = request.infer(dict(inputs)).values()
    if output.shape[: len(shape)] != shape:
        raise RuntimeError(
            f"OpenVINO gave an output of shape {output.shape} in place of {shape}; there may be "
            "too little memory"
        )
    computed: NDArray[np.float32] = output
    return computed


def _refuse_if_forked() -> None:
    """Raise ModelError in a process that was forked from one that had opened a model.

    OpenVINO would wait there for threads that were not forked with it, sometimes for ever.
    """
    if _opened_in - {os.getpid()}:
        raise ModelError(
            "this process was forked from one that had opened a model, whose threads it lacks; "
            "start processes with 'spawn', or fork before a model is used"
        )
