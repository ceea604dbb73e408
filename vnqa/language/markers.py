"""Marks of sources inside a text: ``[7]``, ``【3】``, ``[^9]``, ``(nguồn: …)``.

In an answer they would look like its citations: those of an article's own text point at something
else, those that a model writes are not checked.
"""

from __future__ import annotations

import re

_MARKER = re.compile(
    r"(?<!\s)\s*+(?:\[\s*(?:\^?\d{1,3}(?:\s*[,;–-]\s*\d{1,3}){0,20}\s*)?\]|\[\^[^\]\s]{1,20}\]"
    r"|【[^】]{0,80}】|〔\d+〕|\[\s*nguồn\s*[:：][^\[\]]{0,200}\]"
    r"|\(\s*(?:theo )?nguồn\s*(?:[:：][^()]{0,200}|\[?\d{1,3}\]?\s*)\))",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{1,500}\)")  # Markdown; its words stay


def without_markers(text: str) -> str:
    """Return a text without marks that look like citations, nor the space before them.

    The target of a Markdown link goes, its words stay. A text that holds nothing else becomes
    empty.
    """
    return _MARKER.sub("", _LINK.sub(r"\1", text)).strip()
