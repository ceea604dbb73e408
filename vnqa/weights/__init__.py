"""Model weights that come as Python packages: found, checked, and converted once.

Conversion needs no torch: ``packages`` finds and verifies the files, ``e5`` and ``bert``
convert the embedder, ``qwen2`` the language model to OpenVINO, ``cache`` keeps what they became.
``encoder`` and ``batches`` run encoders, ``decoder`` the language model.
"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Told what is being done, as a short English noun phrase, and the fraction done, 0 to 1."""
