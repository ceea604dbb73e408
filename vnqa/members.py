"""What an object that a caller passes in has of the members that are asked of it."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getattr_static


def missing_members(given: object, names: Iterable[str]) -> list[str]:
    """Return the names of the members that an object lacks, or has as ``None``, in the order given.

    A property may load a model, so that it is only looked for; a wrapper's ``__getattr__`` is asked
    for the rest.
    """
    return [
        name
        for name in names
        if getattr_static(given, name, None) is None and getattr(given, name, None) is None
    ]
