"""A decoder-only language model that OpenVINO runs on the CPU, token by token."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vnqa.weights.openvino_import import import_openvino

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 256  # tokens of a prompt, between which a stop is noticed
_KEPT = 4  # prefixes; 57 kB a token for 1.5B weights
_EXACT = {
    "INFERENCE_PRECISION_HINT": "f32",
    "KV_CACHE_PRECISION": "f16",
    "ENABLE_CPU_PINNING": False,  # other programs use the cores too
}


class Decoder:
    """Reads tokens and tells what may come next. Not for several threads at a time.

    A prefix is computed by itself, and kept; what follows it is computed in the same pieces
    whether or not it was: so the same tokens give the same bits, whatever was read before.

    Args:
        folder: Holds ``openvino_model.xml`` and its weights, with a state for keys and values.
        threads: CPU threads; 0 leaves it to OpenVINO.

    Raises:
        RuntimeError: If OpenVINO cannot open the model.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        self._openvino, _ = import_openvino()
        core = self._openvino.Core()
        model = core.read_model(folder / "openvino_model.xml")
        _keep_last_logits(model)
        config = {**_EXACT, **({"INFERENCE_NUM_THREADS": threads} if threads else {})}
        self._request = core.compile_model(model, "CPU", config).create_infer_request()
        self._prefixes: OrderedDict[tuple[int, ...], list[Any]] = OrderedDict()
        self._read = 0

    def start(
        self, prefix: Sequence[int], tokens: Sequence[int], should_stop: Callable[[], bool]
    ) -> NDArray[np.float32] | None:
        """Read a prefix and what follows it.

        Args:
            prefix: Token ids; may be empty.
            tokens: Token ids, at least one.
            should_stop: Asked between pieces of a long text.

        Returns:
            The logits of the next token, shape (vocabulary,); None if it was stopped.
        """
        key = tuple(prefix)
        self._request.reset_state()
        self._read = 0
        if key in self._prefixes:
            self._prefixes.move_to_end(key)
            for state, kept in zip(self._request.query_state(), self._prefixes[key], strict=True):
                state.state = kept
            self._read = len(key)
        elif key:
            if self._read_all(prefix, should_stop) is None:
                return None
            self._prefixes[key] = [self._copy(state) for state in self._request.query_state()]
            if len(self._prefixes) > _KEPT:
                self._prefixes.popitem(last=False)
            if should_stop():
                return None
        return self._read_all(tokens, should_stop)

    def follow(self, token: int) -> NDArray[np.float32]:
        """Read one more token, and return the logits of the next, shape (vocabulary,)."""
        return self._infer([token])

    def _read_all(
        self, tokens: Sequence[int], should_stop: Callable[[], bool]
    ) -> NDArray[np.float32] | None:
        logits = self._infer(tokens[:_AT_ONCE])
        for start in range(_AT_ONCE, len(tokens), _AT_ONCE):
            if should_stop():
                return None
            logits = self._infer(tokens[start : start + _AT_ONCE])
        return logits

    def _infer(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        end = self._read + len(tokens)
        outputs = self._request.infer(
            {
                "input_ids": np.array([tokens], dtype=np.int64),
                "attention_mask": np.ones((1, end), dtype=np.int64),
                "position_ids": np.arange(self._read, end, dtype=np.int64)[None],
                "beam_idx": np.zeros(1, dtype=np.int32),
            }
        )
        self._read = end
        logits: NDArray[np.float32] = outputs["logits"][0, -1]
        return logits

    def _copy(self, state: Any) -> Any:
        return self._openvino.Tensor(np.array(state.state.data))


def _keep_last_logits(model: Any) -> None:
    """Have a model compute the logits of the last token only."""
    from openvino import opset13

    output = model.get_results()[0].input_value(0).get_node()
    while output.get_type_name() != "MatMul":
        output = output.input_value(0).get_node()
    one, last = np.array([1]), np.array([-1])
    end = np.array([np.iinfo(np.int64).max])
    hidden = opset13.slice(output.input_value(0), last, end, one, one)
    output.input(0).replace_source_output(hidden.output(0))
    model.validate_nodes_and_infer_types()
