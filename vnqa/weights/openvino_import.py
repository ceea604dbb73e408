"""Importing OpenVINO without its telemetry."""

from __future__ import annotations

import sys
from typing import Any

_TELEMETRY = "openvino_telemetry"


def import_openvino() -> tuple[Any, Any]:
    """Return the modules ``openvino`` and ``openvino_genai``.

    Importing ``openvino`` reports to its makers over the network, unasked, and writes a folder
    ``intel`` into the user's home, unless its telemetry cannot be imported. So it cannot, here:
    a program that has imported ``openvino`` before keeps what it has.
    """
    hidden = "openvino" not in sys.modules and _TELEMETRY not in sys.modules
    if hidden:
        sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    try:
        import openvino
        import openvino_genai
    finally:
        if hidden:
            del sys.modules[_TELEMETRY]
    return openvino, openvino_genai
