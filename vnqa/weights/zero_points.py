"""What OpenVINO rounds off when it reads 4-bit weights from a GGUF file, put back; and changes.

In a group of 32 such weights each is ``scale * q - minimum``. OpenVINO keeps ``scale * (q - z)``
with ``z`` a whole number, so a group is off by up to half a step: as much as it lost to 4 bits. The
rest, ``scale * z - minimum``, is the same for the whole group: what it would add to an output is
itself times the sum of the group's inputs, a product a thirty-second of the size. A change of low
rank (`vnqa.weights.adapter`) is a product as small, and is computed with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from vnqa.errors import ModelError
from vnqa.weights.adapter import Change, Factors
from vnqa.weights.openvino_runtime import import_openvino, save_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROWS = 8_192  # at a time, to keep memory low
_FARTHEST = 0.3  # of a row's length: what rounding may move it by, and another tensor's never is


class _Quantised(NamedTuple):
    """Nodes of ``scale * (q - z)``, and those that use it.

    Of 4 bits, ``z`` was rounded; of 6, which are kept in 8, it is what it was.
    """

    q: Any
    z: Any
    scale: Any
    subtract: Any
    products: list[Any]
    is_rounded: bool
    is_looked_up: bool


def restore_zero_points(folder: Path, gguf: Path, changes: Factors) -> None:
    """Make a model that OpenVINO read from a GGUF file compute with the file's weights, changed.

    Args:
        folder: Holds ``openvino_model.xml`` and ``.bin``, which are written anew.
        gguf: The file that they were read from.
        changes: What training added to the weights; see `vnqa.weights.adapter`.

    Raises:
        ModelError: If a tensor of the model is not in the file, or one to be changed is in
            neither.
        OSError: If the folder cannot be written.
    """
    from gguf import GGUFReader

    openvino = import_openvino()
    path = folder / "openvino_model.xml"
    model = openvino.Core().read_model(path)
    tensors = [tensor for tensor in GGUFReader(gguf).tensors if len(tensor.shape) == 2]
    left = dict(changes)
    for quantised in list(_quantised(model)):
        tensor = _tensor(quantised, tensors)
        rest = _rest(quantised, tensor) if quantised.is_rounded else None
        if rest is not None and quantised.is_looked_up:  # one row of many is used: it costs nothing
            _replace_zero_point(quantised, rest)
            rest = None
        change = left.pop(tensor.name.removesuffix(".weight"), None)
        for product in quantised.products:
            _add(product, rest, change)
    if left:
        raise ModelError(f"the model has no quantised weights to change for {', '.join(left)}")
    model.validate_nodes_and_infer_types()
    restored = folder / "restored"
    restored.mkdir()
    save_model(model, restored / path.name)
    del model  # its weights are mapped from the file that is replaced
    for file in restored.iterdir():
        file.replace(folder / file.name)
    shutil.rmtree(restored)


def _quantised(model: Any) -> Iterator[_Quantised]:
    for node in model.get_ops():
        if node.get_type_name() != "Subtract":
            continue
        q, z = (_constant(node.input_value(i).get_node()) for i in (0, 1))
        if q is None or z is None or not q.get_element_type().is_integral():
            continue
        (multiply,) = _users(node)
        scale = _constant(multiply.input_value(1).get_node())
        products, is_looked_up = [], False
        waiting = [multiply]
        while waiting:
            for user in _users(waiting.pop()):
                if user.get_type_name() == "MatMul":
                    products.append(user)
                elif user.get_type_name() == "Gather":
                    is_looked_up = True
                else:
                    waiting.append(user)
        is_rounded = "uint4" in str(q.get_element_type())
        yield _Quantised(q, z, scale, node, products, is_rounded, is_looked_up)


def _users(node: Any) -> list[Any]:
    return [target.get_node() for target in node.output(0).get_target_inputs()]


def _constant(node: Any) -> Any:
    """Return the constant that a node is or converts; None where it is neither."""
    if node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return node if node.get_type_name() == "Constant" else None


def _values(constant: Any, rows: slice) -> NDArray[np.float32]:
    """Return rows of a constant, shape (rows, groups, in a group)."""
    shape = tuple(constant.shape)
    if "uint4" not in str(constant.get_element_type()):
        values: NDArray[np.float32] = constant.data.reshape(shape)[rows].astype(np.float32)
        return values
    packed = constant.data.view(np.uint8).reshape(shape[0], -1)[rows]
    pairs = np.stack([packed & 15, packed >> 4], axis=-1)
    return pairs.reshape(-1, *shape[1:]).astype(np.float32)


def _tensor(quantised: _Quantised, tensors: list[Any]) -> Any:
    """Return the tensor of the GGUF file that a constant was read from."""
    rows, groups, size = quantised.q.shape
    of_this_shape = [t for t in tensors if tuple(map(int, t.shape)) == (groups * size, rows)]
    first = slice(0, 1)
    length = np.linalg.norm(_weights(quantised, first))
    distances = [float(np.linalg.norm(_above(quantised, t, first))) for t in of_this_shape]
    if not distances or min(distances) > _FARTHEST * length:
        raise ModelError("OpenVINO read a tensor that is not in the GGUF file")
    return of_this_shape[int(np.argmin(distances))]


def _rest(quantised: _Quantised, tensor: Any) -> NDArray[np.float32]:
    """Return what each group's weights are above what the model has, shape (rows, groups)."""
    parts = (slice(start, start + _ROWS) for start in range(0, quantised.q.shape[0], _ROWS))
    return np.concatenate([_above(quantised, tensor, part).mean(axis=-1) for part in parts])


def _above(quantised: _Quantised, tensor: Any, rows: slice) -> NDArray[np.float32]:
    from gguf.quants import dequantize

    _, groups, size = quantised.q.shape
    exact = dequantize(tensor.data[rows], tensor.tensor_type).reshape(-1, groups, size)
    difference: NDArray[np.float32] = exact - _weights(quantised, rows)
    return difference


def _weights(quantised: _Quantised, rows: slice) -> NDArray[np.float32]:
    q, z, scale = (_values(each, rows) for each in (quantised.q, quantised.z, quantised.scale))
    return (q - z) * scale


def _replace_zero_point(quantised: _Quantised, rest: NDArray[np.float32]) -> None:
    from openvino import opset13

    every = slice(None)
    z, scale = _values(quantised.z, every), _values(quantised.scale, every)
    moved = z - np.divide(rest[..., None], scale, out=np.zeros_like(z), where=scale != 0)
    constant = opset13.constant(moved.astype(np.float16))
    quantised.subtract.input(1).replace_source_output(constant.output(0))


def _add(product: Any, rest: NDArray[np.float32] | None, change: Change | None) -> None:
    """Add to a product that of the sums of groups and the rest, and that of a change."""
    from openvino import opset13

    inputs = product.input_value(0)
    left, right = [], []
    if rest is not None:
        groups = np.array([0, 0, rest.shape[1], -1])
        in_groups = opset13.reshape(inputs, groups, special_zero=True)
        left.append(opset13.reduce_sum(in_groups, np.array([3]), keep_dims=False))
        right.append(rest)
    if change is not None:
        a, b = change
        left.append(opset13.matmul(inputs, _halves(a), False, True))
        right.append(b)
    if not left:
        return
    users = product.output(0).get_target_inputs()
    few = left[0] if len(left) == 1 else opset13.concat(left, -1)
    more = opset13.matmul(few, _halves(np.concatenate(right, axis=1)), False, True)
    whole = opset13.add(product.output(0), more)
    for user in users:
        user.replace_source_output(whole.output(0))


def _halves(values: NDArray[np.float32]) -> Any:
    """Return a constant that is kept in float16."""
    from openvino import opset13

    return opset13.convert(opset13.constant(values.astype(np.float16)), "f32")
