"""Values of a record as JSON has them, wherever the record comes from."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import Any

from vnqa.errors import ArticleError
from vnqa.loading.decoding import normalise

_DEEPEST = 50
_MOST_BITS = 14_000  # of an integer; Python writes none of more than 4,300 digits
_PLAIN = frozenset({type(None), bool, int, float, str, list, tuple, dict})


def plain(value: Any) -> Any:
    """Return an array or scalar of numpy, and what is like it, as Python has it; others as given.

    What a list holds is not looked at.
    """
    if type(value) in _PLAIN or isinstance(value, type):
        return value
    tolist = getattr(value, "tolist", None)
    return tolist() if callable(tolist) else value


def is_missing(value: object) -> bool:
    """Tell whether a plain value stands for none: null, or what pandas puts in an empty cell."""
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, datetime.date):
        return value != value  # pandas.NaT
    return value is None or type(value).__name__ == "NAType"  # pandas.NA: even == is unknown


def is_empty(value: object) -> bool:
    """Tell whether a plain value is missing, or a text or list of nothing."""
    if isinstance(value, str):
        return not value.strip()
    return is_missing(value) or (isinstance(value, list | tuple) and not value)


def clean_values(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a copy of what JSON types only: texts normalised, dates as ISO 8601 has them.

    Raises:
        ArticleError: If a value, at any depth, is of a type that JSON does not have.
    """
    return _clean_mapping(values, 0)


def clean_value(value: Any, name: str, depth: int = 0) -> Any:
    """Return a value as `clean_values` does; errors name it by ``name``."""
    if depth > _DEEPEST:
        raise ArticleError(f"expected at most {_DEEPEST} levels of nested fields")
    value = plain(value)
    if isinstance(value, str):
        return normalise(value)
    if is_missing(value):
        return None
    if isinstance(value, Mapping):
        return _clean_mapping(value, depth + 1)
    if isinstance(value, list | tuple):
        return [clean_value(item, name, depth + 1) for item in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise ArticleError(f"expected {name!r} to be a number that can be written out")
    if not isinstance(value, int | float):
        got = type(value).__name__
        raise ArticleError(f"expected {name!r} to be of a type that JSON has, got {got}")
    return value


def _clean_mapping(values: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    return {
        normalise(str(name)): clean_value(value, str(name), depth) for name, value in values.items()
    }
