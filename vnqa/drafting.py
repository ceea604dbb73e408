"""What a language model drafts of a question and an excerpt, until the caller wants no more."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from vnqa.asking import interruptibly
from vnqa.confidence import EXTRACTED
from vnqa.generators import REFUSAL, Generator, Turn
from vnqa.grounding.statements import split_statements, without_asked
from vnqa.prompt import (
    completion,
    examples,
    examples_of_persons,
    examples_of_whether,
    turns,
    turns_of_whether,
)

_Written = TypeVar("_Written")

_MAX_STATEMENTS = 4
_MAX_TOKENS = 64
_MOST_CHARS = 2_000  # of a draft; a server may write more than it is asked for

# "Ai" asks for one person or several; small models name one unless asked for all.
_WHO = re.compile(
    r"(?:^[Aa]i\b|(?<![Nn]hững )(?<!là )\bai\b(?!\s*\?*$))(?! [Cc]ập\b|-)"
)  # not AI, Ai Cập, Ai-len
_WHO_IS = re.compile(r"[Aa]i là\b")  # asks for one, as a trained model knows
_VERDICT = re.compile(  # not "không rõ"
    r"(?:có|không|chưa|rồi|đúng|phải|đã|yes|no)(?:[,.:;].*)?", re.IGNORECASE | re.DOTALL
)


class Stopped(Exception):  # noqa: N818  # nothing went wrong
    """The caller wants no answer any more."""


class Drafted(NamedTuple):
    """The statements that a model drafts, and the log probability of the draft if known."""

    statements: list[str]
    log_probability: float | None


class Drafter:
    """Asks a language model for drafts of one answer.

    Args:
        generator: The model.
        stop: Set by another thread when the answer is not wanted any more: what is being written
            ends at the next token, with `Stopped`. Without it Ctrl-C ends it.

    Attributes:
        is_trained: The model was trained to answer, and needs no worked examples, or few.
    """

    def __init__(self, generator: Generator, stop: threading.Event | None = None) -> None:
        self._generator = generator
        self._stop = stop
        # From Python 3.12 on `isinstance` does not see what a wrapper's `__getattr__` passes on.
        self._completes = hasattr(generator, "complete")
        self.is_trained = self._completes and bool(
            getattr(generator, "is_trained_to_answer", False)
        )

    def draft(self, question: str, shown: str) -> Drafted:
        """Return what the model says to a question about an excerpt."""
        if not self.is_trained:
            prefix, asked = examples(), _for_all(question, "ai")
        elif _WHO.search(question) and not _WHO_IS.match(question):
            prefix, asked = examples_of_persons(), _for_all(question, "người nào")
        else:
            prefix, asked = "", question
        text, log_probability = self._said(prefix, asked, shown, turns)
        statements = split_statements(text)[:_MAX_STATEMENTS]
        return Drafted(
            [without_asked(statement, question) for statement in statements], log_probability
        )

    def judge(self, question: str, shown: str) -> float:
        """Return how likely, 0 to 1, an excerpt settles whether something is so, as the model says.

        That is the probability of its "có" or "không" and the end of the line, or what is left by
        that of a refusal, or a constant where probabilities are not known. A model that says
        something else settles nothing. Which of both it says is not used: small models often err
        there.
        """
        prefix = "" if self.is_trained else examples_of_whether()
        text, log_probability = self._said(prefix, question, shown, turns_of_whether)
        says = any(_VERDICT.fullmatch(statement) for statement in split_statements(text))
        if log_probability is None:
            return EXTRACTED if says else 0.0
        if says and self.is_trained:
            return math.exp(2.0 * log_probability)  # the mean is of the word and the end
        probability = math.exp(log_probability)
        if says:
            return probability
        return 1.0 - probability if text.strip() == REFUSAL else 0.0

    def _said(
        self, prefix: str, question: str, shown: str, chat: Callable[[str, str], list[Turn]]
    ) -> tuple[str, float | None]:
        """Return what the model writes behind worked examples or in a chat, and how likely."""
        likely = None
        if self._completes:
            complete = self._generator.complete  # type: ignore[attr-defined]
            written = self._write(complete, prefix, completion(question, shown))
            if not (isinstance(written, tuple) and len(written) == 2):
                raise TypeError(
                    f"expected `complete` of the generator {self._generator.name!r} to return a "
                    f"text and its log probability, got {written!r}"
                )
            text, likely = written
        else:
            text = self._write(self._generator.generate, chat(question, shown))
        if not isinstance(text, str):
            raise TypeError(
                f"expected the generator {self._generator.name!r} to return text, got {text!r}"
            )
        if likely is not None and not likely <= 0.0:
            raise ValueError(
                f"expected the generator {self._generator.name!r} to return a log probability of "
                f"at most 0, got {likely!r}"
            )
        return text[:_MOST_CHARS], likely

    def _write(self, write: Callable[..., _Written], *prompt: Any) -> _Written:
        if self._stop is None:
            return interruptibly(
                lambda should_stop: write(*prompt, max_tokens=_MAX_TOKENS, should_stop=should_stop)
            )
        if self._stop.is_set():
            raise Stopped
        written = write(*prompt, max_tokens=_MAX_TOKENS, should_stop=self._stop.is_set)
        if self._stop.is_set():
            raise Stopped
        return written


def _for_all(question: str, whom: str) -> str:
    """Return a question that asks for every person where it asks for one or several."""
    return _WHO.sub(
        lambda match: f"{'Những' if match.group()[0].isupper() else 'những'} {whom}", question
    )
