"""Model weights that come as Python packages: found, checked, and converted once to CTranslate2.

Conversion needs numpy only (no torch): ``packages`` finds and verifies the files, ``e5`` and
``gguf_qwen2`` read their formats, ``cache`` keeps what they were converted to.
"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Told what is being done, as a short English noun phrase, and the fraction done, 0 to 1."""
