"""Any causal language model of transformers that has a chat template, on CPU or GPU."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vnqa.errors import MissingExtraError, ModelError
from vnqa.generators import Turn
from vnqa.generators.thoughts import BEGIN, without_thoughts
from vnqa.hub import model_named


class TransformersGenerator:
    """A model that ``AutoModelForCausalLM`` can load. It is loaded on first use.

    Args:
        model: A Hugging Face id, or a local folder.
        device: E.g. ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``; ``None`` takes a CUDA device
            when there is one, else the CPU.
        dtype: E.g. ``"bfloat16"``; ``"auto"`` is the type that the weights are stored in.

    Raises:
        ValueError: If the model's name is empty.
        ModelError: If there is no such folder, and no model on the hub can have this name.
        MissingExtraError: If transformers or torch is not installed.
    """

    def __init__(
        self, model: str | os.PathLike[str], *, device: str | None = None, dtype: str = "auto"
    ) -> None:
        self._model_name = model_named(
            model, kind="a language model", example="Qwen/Qwen2.5-1.5B-Instruct"
        )
        for package in ("transformers", "torch"):
            if find_spec(package) is None:
                raise MissingExtraError(package, extra="hf", purpose=f"the language model {model}")
        self._device = device
        self._dtype = dtype
        self._lock = threading.RLock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        """The Hugging Face id, or the last part of the folder's path."""
        folder = Path(self._model_name)
        return folder.resolve().name if folder.is_absolute() else self._model_name

    def generate(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> str:
        """Continue a chat, greedily, and return the text of the next assistant turn.

        Control tokens written in a turn are broken by a space, so that they end nothing. A
        reasoning model is asked not to think, and what it thinks all the same is left out.

        Args:
            turns: The chat; the last turn is the user's.
            max_tokens: The most tokens written, at least 1.
            should_stop: Asked after each token; True ends the text there.

        Raises:
            ValueError: If there is no turn, or max_tokens is below 1.
            ModelError: If the model cannot be loaded, has no chat template, reads fewer tokens
                than the chat has, writes nothing but thoughts, or fails.
        """
        if max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, got {max_tokens}")
        if not turns:
            raise ValueError("a chat needs at least one turn, got none")
        with self._lock:
            model, tokenizer = self._load()
            inputs = self._encode(tokenizer, turns).to(model.device)
            inputs.pop("token_type_ids", None)  # some tokenizers give them, no decoder takes them
            length = inputs["input_ids"].shape[1]
            limit = getattr(model.config, "max_position_embeddings", None)
            if limit is not None and length + max_tokens > limit:
                raise ModelError(
                    f"the chat and the reply need {length + max_tokens} tokens, but {self.name} "
                    f"reads at most {limit}; pass fewer or shorter turns"
                )
            try:
                output = model.generate(
                    **inputs,
                    do_sample=False,
                    num_beams=1,
                    temperature=None,  # what only sampling reads, and warns about
                    top_p=None,
                    top_k=None,
                    repetition_penalty=1.0,  # a model's own would punish words of the excerpt
                    no_repeat_ngram_size=0,
                    max_new_tokens=max_tokens,
                    pad_token_id=_padding(tokenizer),
                    stopping_criteria=None if should_stop is None else _stopping(should_stop),
                )
            except (RuntimeError, ValueError, IndexError) as error:  # out of memory included
                raise ModelError(f"{self.name} failed on {length} tokens: {error}") from error
        text: str = tokenizer.decode(output[0, length:], skip_special_tokens=True)
        if tokenizer.decode(output[0, :length]).rstrip().endswith(BEGIN):
            text = BEGIN + text
        return without_thoughts(text, name=self.name, should_stop=should_stop)

    def _encode(self, tokenizer: Any, turns: Sequence[Turn]) -> Any:
        control = control_tokens(tokenizer)
        messages = [
            {"role": turn.role, "content": break_tokens(turn.content, control)} for turn in turns
        ]
        template_error: Any = import_module("jinja2").TemplateError  # renders chat templates
        try:
            return tokenizer.apply_chat_template(
                messages,
                add_generation_prompt=True,
                return_tensors="pt",
                return_dict=True,
                enable_thinking=False,  # read by templates of some reasoning models
            )
        except (ValueError, template_error) as error:
            raise ModelError(
                f"{self.name} cannot format this chat: {error}; choose a model tuned for chat "
                "whose template takes the roles system, user and assistant"
            ) from error

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer

            device = self._device or ("cuda" if torch.cuda.is_available() else "cpu")
            try:
                tokenizer = AutoTokenizer.from_pretrained(self._model_name)
                model = AutoModelForCausalLM.from_pretrained(self._model_name, dtype=self._dtype)
                model.to(device).eval()
            except Exception as error:  # of many libraries: damaged weights, missing packages
                raise ModelError(
                    f"cannot load the language model {self._model_name!r} on {device}: {error}; "
                    "give a Hugging Face id that can be reached, or a folder that holds a model"
                ) from error
            self._loaded = (model, tokenizer)
        return self._loaded


def control_tokens(tokenizer: Any) -> list[str]:
    """Return the control tokens of a transformers tokenizer, longest first."""
    added = {token.content for token in tokenizer.added_tokens_decoder.values() if token.special}
    return sorted({*added, *tokenizer.all_special_tokens}, key=lambda token: (-len(token), token))


def break_tokens(text: str, tokens: Iterable[str]) -> str:
    """Put a space behind the first character of every token that stands in the text."""
    for token in tokens:
        if len(token) > 1:
            text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


def _padding(tokenizer: Any) -> int | None:
    """Return an id for padding, which a batch of one never needs but generate() asks for."""
    padding: int | None = tokenizer.pad_token_id
    return tokenizer.eos_token_id if padding is None else padding


def _stopping(should_stop: Callable[[], bool]) -> Any:
    import torch
    from transformers import StoppingCriteria, StoppingCriteriaList

    class Interruption(StoppingCriteria):  # type: ignore[misc]  # transformers is untyped
        def __call__(self, input_ids: Any, _scores: Any, **_: Any) -> Any:
            return torch.full((len(input_ids),), should_stop(), device=input_ids.device)

    return StoppingCriteriaList([Interruption()])
