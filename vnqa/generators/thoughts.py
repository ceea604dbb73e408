"""What a reasoning model writes before it answers: its thoughts, in ``<think>…</think>``."""

from __future__ import annotations

import re
from collections.abc import Callable

from vnqa.errors import ModelError

BEGIN, END = "<think>", "</think>"
_THOUGHT = re.compile(rf"{BEGIN}.*?(?:{END}|\Z)", re.DOTALL)


def without_thoughts(text: str, *, name: str, should_stop: Callable[[], bool] | None = None) -> str:
    """Return what a model wrote but for its thoughts, stripped.

    Args:
        text: What it wrote; thoughts that it was made to begin with may lack their first tag.
        name: The model's, for the error.
        should_stop: As the caller of the model gave it: thoughts that it ended are no error.

    Raises:
        ModelError: If the model wrote thoughts and nothing else.
    """
    said = _THOUGHT.sub("", text).rpartition(END)[2].strip()
    thought = text.replace(BEGIN, "").replace(END, "").strip()
    if thought and not said and not (should_stop and should_stop()):
        raise ModelError(
            f"{name} thinks first, and came to no answer within the tokens that it is given; "
            "choose a model or a setting that does not (OpenAIGenerator: extra_body)"
        )
    return said
