"""Model weights that come as Python packages: found, checked, and converted once.

Conversion needs no torch: ``packages`` finds and verifies the files, ``e5`` converts the embedder
to CTranslate2, ``qwen2`` the language model to OpenVINO, ``cache`` keeps what they became.
``batches`` runs encoders, ``decoder`` the language model.
"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Told what is being done, as a short English noun phrase, and the fraction done, 0 to 1."""
