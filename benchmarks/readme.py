"""Sections of the READMEs that benchmarks write, between two markers."""

from __future__ import annotations

import re


def replaced_section(text: str, name: str, section: str) -> str:
    """Return a README with what stands between the markers of a section replaced.

    Raises:
        ValueError: If the markers do not stand in it once.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    between = re.compile(rf"^{re.escape(begin)}\n.*?^{re.escape(end)}$", re.DOTALL | re.MULTILINE)
    if len(between.findall(text)) != 1:
        raise ValueError(
            f"expected {begin} and {end} once, each on a line of its own; put them where the "
            "section belongs"
        )
    return between.sub(lambda _: f"{begin}\n{section}\n{end}", text)
