"""Generators: local language models that draft an answer. What they write is always checked."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

from vnqa.members import check_call, missing_members
from vnqa.weights import Progress

REFUSAL = "–"  # from one that was trained to answer, where an excerpt does not; one token


class Turn(NamedTuple):
    """One turn of a chat prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


class Generator(Protocol):
    """What the library asks of a language model.

    It is called from other threads than the one that asks, so that Ctrl-C can end it, with the
    context variables of that one. Questions asked at once, by `NewsQA.aask` or from several
    threads, call it several times at once; one that cannot bear that keeps a lock of its own.

    Attributes:
        name: Identifies the model, for ``Answer.model``.
    """

    @property
    def name(self) -> str: ...

    def generate(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> str:
        """Continue a chat, greedily, and return the text of the next assistant turn.

        Args:
            turns: The chat; the last turn is the user's. All but the last are the same from
                question to question, so an implementation may cache what they compute to.
            max_tokens: The most tokens written.
            should_stop: Asked after each token where the model allows it; True ends the text there.

        Raises:
            ModelError: If the model cannot be loaded or reached, or fails.
        """
        ...


class Draft(NamedTuple):
    """What a model wrote, and the mean natural logarithm of its tokens' probabilities.

    The token that ends it counts.
    """

    text: str
    log_probability: float


class Completer(Protocol):
    """What a generator may offer besides chat: to continue plain text, and say how sure it is.

    Small models read better so. Where a generator has it, it is used instead of `generate`. One
    with an attribute ``is_trained_to_answer`` that is true continues `vnqa.prompt.completion` as it
    is, without worked examples before it (two where persons are asked for). Where an excerpt does
    not hold the answer it writes `REFUSAL`, or something else with a low probability;
    where it is asked whether something is so, "có" or "không". How far an answer is trusted was
    fitted to the bundled model's probabilities (`vnqa.confidence.trust_when_read`).
    """

    def complete(
        self,
        prefix: str,
        text: str,
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> Draft:
        """Continue ``prefix + text``, greedily, to the end of the line.

        Args:
            prefix: The same from question to question; what it computes to may be cached.
            text: What follows it.
            max_tokens: The most tokens written.
            should_stop: Asked after each token where the model allows it; True ends the text there.

        Raises:
            ModelError: If the model cannot be loaded or reached, or fails.
        """
        ...


@runtime_checkable
class Concurrent(Protocol):
    """What a generator may offer besides: calls from several threads at once that end sooner so.

    Of one that does not, many questions are asked one after another.
    """

    def at_once(self, calls: int) -> int:
        """Prepare for many calls and return how many of them to make at a time, at least 1.

        Args:
            calls: About how many are to come.

        Raises:
            ModelError: If the model cannot be loaded.
        """
        ...


def open_generator(
    spec: str | os.PathLike[str] | Generator | None,
    *,
    cache_dir: str | os.PathLike[str] | None = None,
    threads: int = 0,
    device: str | None = None,
    progress: Progress | None = None,
) -> Generator | None:
    """Return the generator that a user named, or ``None`` for none.

    Args:
        spec: ``"bundled"``; a Hugging Face id or a local model folder; the address of an
            OpenAI-compatible server and a model's name on it, as
            ``"http://localhost:11434/v1#qwen2.5"``; an object with the members of
            ``Generator``, which is returned as it is; or ``None``.
        cache_dir: Folder for the converted bundled model.
        threads: CPU threads of the bundled model.
        device: Where a Hugging Face model runs, e.g. ``"cpu"`` or ``"cuda"``.
        progress: Told how far the conversion of the bundled model is.

    Raises:
        ValueError: If spec is an empty string, an address without a model's name, or a way to
            write ``"bundled"`` or ``None`` that is not known.
        TypeError: If spec is an object that lacks a member of ``Generator``, or has one, also of
            `Completer` or `Concurrent`, that cannot be called so.
        MissingExtraError: If the packages of the model are not installed.
        ModelError: If the bundled weights are truncated, or spec is neither a folder that is there
            nor an id that a model could have.
    """
    if spec is None:
        return None
    if isinstance(spec, str) and spec == "bundled":
        from vnqa.generators.bundled import BundledGenerator

        return BundledGenerator(cache_dir=cache_dir, threads=threads, progress=progress)
    if isinstance(spec, str) and spec.startswith(("http://", "https://")):
        from vnqa.generators.openai import OpenAIGenerator

        base_url, _, model = spec.partition("#")
        if not model:
            raise ValueError(
                f"expected an address and a model, as http://localhost:11434/v1#qwen2.5, "
                f"got {spec!r}"
            )
        return OpenAIGenerator(model, base_url=base_url)
    if isinstance(spec, str) and spec.lower() in ("bundled", "none") and not os.path.isdir(spec):
        raise ValueError(
            f"expected 'bundled', or None for no language model (command line: none), got {spec!r}"
        )
    if isinstance(spec, (str, os.PathLike)):
        from vnqa.generators.transformers import TransformersGenerator

        return TransformersGenerator(spec, device=device)
    if missing := missing_members(spec, ("name", "generate")):
        raise TypeError(
            f"a generator needs name and generate, but {spec!r} lacks {', '.join(missing)}; pass "
            "'bundled', a Hugging Face id, a model folder, an address#model, or such an object"
        )
    how: dict[str, Any] = {"max_tokens": 1, "should_stop": None}
    check_call(spec, "generate", [], like="vnqa.generators.Generator", **how)
    check_call(spec, "complete", "", "", like="vnqa.generators.Completer", **how)
    check_call(spec, "at_once", 1, like="vnqa.generators.Concurrent")
    return spec
