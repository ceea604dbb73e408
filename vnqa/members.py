"""What an object that a caller passes in has of the members that are asked of it."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getattr_static, signature
from typing import Any


def missing_members(given: object, names: Iterable[str]) -> list[str]:
    """Return the names of the members that an object lacks, or has as ``None``, in the order given.

    A property may load a model, so that it is only looked for; a wrapper's ``__getattr__`` is asked
    for the rest. A class has none: it is not an object of its kind.
    """
    if isinstance(given, type):
        return list(names)
    return [
        name
        for name in names
        if getattr_static(given, name, None) is None and getattr(given, name, None) is None
    ]


def check_call(given: object, name: str, *arguments: Any, like: str, **named: Any) -> None:
    """Raise TypeError if a member that an object has cannot be called as the library does.

    Args:
        given: The object.
        name: Of the member; one that it lacks, or that does not tell how it is called, is passed.
        *arguments: What it is called with, in kind.
        like: The protocol that says so.
        **named: The same, by name.
    """
    member = getattr(given, name, None)
    if member is None:
        return
    try:
        signature(member).bind(*arguments, **named)
    except ValueError:  # of C
        return
    except TypeError as error:
        raise TypeError(
            f"{type(given).__name__}.{name} cannot be called as {like} says ({error}); name it "
            f"otherwise if it is for something else"
        ) from None
