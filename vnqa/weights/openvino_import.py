"""Importing OpenVINO without its telemetry."""

from __future__ import annotations

import sys
from typing import Any

_TELEMETRY = "openvino_telemetry"


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


def import_openvino_genai() -> Any:
    """Return the module ``openvino_genai``, which imports ``openvino``."""
    import_openvino()
    import openvino_genai

    return openvino_genai
