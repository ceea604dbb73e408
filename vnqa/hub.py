"""Models of Hugging Face, as a user names them: a folder, or an id on the hub."""

from __future__ import annotations

import os
import re

from vnqa.errors import ModelError

_ID = re.compile(r"(?:\w[\w.-]*/)?\w[\w.-]*")  # of a model on the hub: its owner, its name


def model_named(name: str | os.PathLike[str], *, kind: str, example: str) -> str:
    """Return the absolute path of a model's folder, or its id; nothing asks the network.

    Models are loaded later, maybe from elsewhere: what is a folder now must not become an id then.

    Args:
        name: What the user gave.
        kind: Of the model, with its article, for errors.
        example: An id, for errors.

    Raises:
        ValueError: If the name is empty.
        ModelError: If there is no such folder, and no model on the hub can have this name.
    """
    given = os.fspath(name)
    if not given:
        raise ValueError(f"expected the name or folder of {kind}, got ''")
    if os.path.isdir(given):
        return os.path.abspath(given)
    if not _ID.fullmatch(given):
        raise ModelError(
            f"there is no folder {given!r}; give one that holds a model, or a Hugging Face id, "
            f"as {example}"
        )
    return given
