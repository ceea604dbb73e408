"""OpenVINO: imported without its telemetry, and never used where it would wait for ever."""

from __future__ import annotations

import os
import sys
from typing import Any

from vnqa.errors import ModelError

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
            del sys.modules[_TELEMETRY]
    return openvino


def openvino_core() -> Any:
    """Return an ``openvino.Core``, to open models with.

    Raises:
        ModelError: See `refuse_if_forked`.
    """
    _opened_in.add(os.getpid())
    refuse_if_forked()
    return import_openvino().Core()


def refuse_if_forked() -> None:
    """Raise ModelError in a process that was forked from one that had opened a model.

    OpenVINO would wait there for threads that were not forked with it, sometimes for ever.
    """
    if _opened_in - {os.getpid()}:
        raise ModelError(
            "this process was forked from one that had opened a model, whose threads it lacks; "
            "start processes with 'spawn', or fork before a model is used"
        )


def import_openvino_genai() -> Any:
    """Return the module ``openvino_genai``, which imports ``openvino``."""
    import_openvino()
    import openvino_genai

    return openvino_genai
