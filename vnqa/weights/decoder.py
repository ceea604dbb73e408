"""A decoder-only language model that OpenVINO runs on the CPU, token by token."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vnqa.weights.openvino_runtime import Network, cpu_options, import_openvino

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 256  # tokens of a prompt, between which a stop is noticed
_WANTED = "wanted"  # input: minus the number of tokens whose logits are asked for
_KEPT = 4  # prefixes; 57 kB a token for 1.5B weights
_EXACT = {
    "INFERENCE_PRECISION_HINT": "f32",
    "KV_CACHE_PRECISION": "f16",
}


class Decoder:
    """Reads tokens and tells what may come next. Not for several threads at a time.

    A prefix is computed by itself, and kept; what follows it is computed in the same pieces
    whether or not it was: so the same tokens give the same bits, whatever was read before.

    Args:
        folder: Holds ``openvino_model.xml`` and its weights, with a state for keys and values.
        threads: CPU threads; 0 leaves it to OpenVINO.

    Raises:
        ModelError: In a forked process; see `vnqa.weights.openvino_runtime.Network`.
        RuntimeError: If OpenVINO cannot open the model.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        config = {**cpu_options(threads), **_EXACT}

        def opened(core: Any) -> Any:
            model = core.read_model(folder / "openvino_model.xml")
            _keep_wanted_logits(model)
            return core.compile_model(model, "CPU", config).create_infer_request()

        self._network = Network(opened)
        self._prefixes: OrderedDict[tuple[int, ...], list[Any]] = OrderedDict()
        self._seen = np.zeros(0, dtype=np.int64)  # 1 for each token read, 0 for one taken back

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

        Raises:
            ModelError: In a forked process.
            RuntimeError: If OpenVINO cannot compute it.
        """
        key = tuple(prefix)
        self._network.request.reset_state()
        self._seen = np.zeros(0, dtype=np.int64)
        if key in self._prefixes:
            self._prefixes.move_to_end(key)
            states = self._network.request.query_state()
            for state, kept in zip(states, self._prefixes[key], strict=True):
                state.state = kept
            self._seen = np.ones(len(key), dtype=np.int64)
        elif key:
            if self._read_all(prefix, should_stop) is None:
                return None
            self._prefixes[key] = [_copy(state) for state in self._network.request.query_state()]
            if len(self._prefixes) > _KEPT:
                self._prefixes.popitem(last=False)
            if should_stop():
                return None
        return self._read_all(tokens, should_stop)

    def follow(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Read more tokens; return the logits of what follows each, (tokens, vocabulary)."""
        return self._infer(tokens, wanted=len(tokens))

    def take_back(self, count: int) -> None:
        """Go on as if so many of the last tokens had not been read."""
        if count:
            self._seen[-count:] = 0

    def _read_all(
        self, tokens: Sequence[int], should_stop: Callable[[], bool]
    ) -> NDArray[np.float32] | None:
        logits = self._infer(tokens[:_AT_ONCE])
        for start in range(_AT_ONCE, len(tokens), _AT_ONCE):
            if should_stop():
                return None
            logits = self._infer(tokens[start : start + _AT_ONCE])
        last: NDArray[np.float32] = logits[-1]
        return last

    def _infer(self, tokens: Sequence[int], *, wanted: int = 1) -> NDArray[np.float32]:
        first = int(self._seen.sum())
        self._seen = np.append(self._seen, np.ones(len(tokens), dtype=np.int64))
        logits = self._network.infer(
            {
                "input_ids": np.array([tokens], dtype=np.int64),
                "attention_mask": self._seen[None],
                "position_ids": np.arange(first, first + len(tokens), dtype=np.int64)[None],
                "beam_idx": np.zeros(1, dtype=np.int32),
                _WANTED: np.array([-wanted], dtype=np.int64),
            },
            (1,),
        )
        of_one: NDArray[np.float32] = logits[0]
        return of_one


def _copy(state: Any) -> Any:
    return import_openvino().Tensor(np.array(state.state.data))


def _keep_wanted_logits(model: Any) -> None:
    """Have a model compute the logits of the last tokens only, as many as a new input says."""
    from openvino import opset13

    output = model.get_results()[0].input_value(0).get_node()
    while output.get_type_name() != "MatMul":
        output = output.input_value(0).get_node()
    one, end = np.array([1]), np.array([np.iinfo(np.int64).max])
    wanted = opset13.parameter([1], np.int64, name=_WANTED)
    wanted.output(0).set_names({_WANTED})
    hidden = opset13.slice(output.input_value(0), wanted, end, one, one)
    output.input(0).replace_source_output(hidden.output(0))
    model.add_parameters([wanted])
    model.validate_nodes_and_infer_types()
