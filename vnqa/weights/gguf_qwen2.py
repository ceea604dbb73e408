"""Qwen2 models stored as GGUF, converted to CTranslate2 int8 one tensor at a time.

The layout follows ``Qwen2Loader`` of ``ctranslate2.converters.transformers``. GGUF keeps Qwen2's
query and key rows in their own order (llama.cpp permutes them for Llama only), so that rotary
embeddings are not interleaved.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vnqa.errors import ModelError
from vnqa.weights import Progress
from vnqa.weights.gguf_file import GgufFile
from vnqa.weights.int8 import quantize_rows, set_linear

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# tokenizer.json of Qwen2.5: words, single digits, punctuation with its space, line ends.
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def build_tokenizer(gguf: GgufFile) -> Tokenizer:
    """Return the byte-level BPE tokenizer of a Qwen2 GGUF file.

    Control tokens are in its vocabulary but are never matched in text: ``<|im_end|>`` in an
    article is encoded as the letters it is written with.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    tokens = gguf.metadata["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in gguf.metadata["tokenizer.ggml.merges"]]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def convert_qwen2(paths: Sequence[Path], folder: Path, *, progress: Progress | None = None) -> None:
    """Write the model as a CTranslate2 int8 generator, with ``tokenizer.json``, into a folder.

    Peak memory is the int8 model (1.6 GB for 1.5B weights) and one tensor.

    Args:
        paths: The parts of the GGUF file, verified, in order.
        folder: Empty.
        progress: Told how far the conversion is.

    Raises:
        ModelError: If the file is not a GGUF file of a Qwen2 model.
    """
    from ctranslate2.specs import common_spec, transformer_spec

    gguf = GgufFile(paths)
    metadata = gguf.metadata
    architecture = metadata.get("general.architecture")
    if architecture != "qwen2":
        raise ModelError(f"expected a model of architecture 'qwen2', got {architecture!r}")
    stage = f"converting {metadata.get('general.name', 'a Qwen2 model')}"
    layers = metadata["qwen2.block_count"]
    heads, heads_kv = (
        metadata["qwen2.attention.head_count"],
        metadata["qwen2.attention.head_count_kv"],
    )
    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        layers,
        heads,
        activation=common_spec.Activation.SWISH,
        pre_norm=True,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,
        rotary_interleave=False,
        rotary_base=metadata["qwen2.rope.freq_base"],
        num_heads_kv=None if heads_kv == heads else heads_kv,
        quant_type=common_spec.Quantization.CT2,
    )
    decoder = spec.decoder
    decoder.scale_embeddings = False
    tied = _set_embeddings(decoder, gguf)
    decoder.layer_norm.gamma = gguf.tensor("output_norm.weight")
    for number, layer in enumerate(decoder.layer):
        _set_layer(layer, gguf, f"blk.{number}.")
        if progress is not None:
            progress(stage, (number + 1) / (layers + 1))
    tokens = metadata["tokenizer.ggml.tokens"]
    spec.register_vocabulary(tokens)
    spec.config.bos_token = tokens[metadata["tokenizer.ggml.bos_token_id"]]
    spec.config.eos_token = tokens[metadata["tokenizer.ggml.eos_token_id"]]
    spec.config.unk_token = tokens[metadata["tokenizer.ggml.padding_token_id"]]
    spec.config.layer_norm_epsilon = metadata["qwen2.attention.layer_norm_rms_epsilon"]
    spec.validate()
    if tied:  # CTranslate2 stores a name in place of equal values
        decoder.projection.weight = "decoder/embeddings/weight"
        decoder.projection.weight_scale = "decoder/embeddings/weight_scale"
    spec.save(str(folder))
    build_tokenizer(gguf).save(str(folder / "tokenizer.json"))
    if progress is not None:
        progress(stage, 1.0)


def _set_embeddings(decoder: Any, gguf: GgufFile) -> bool:
    """Set input embeddings and output projection; tell whether they are one matrix.

    Small Qwen2.5 models tie them. llama.cpp then stores the matrix once, or twice with the
    output in more bits: the finer copy serves as both.
    """
    output, words = "output.weight", "token_embd.weight"
    tied = output not in gguf.tensors or _same_matrix(gguf, output, words)
    _set_matrix(decoder.embeddings, gguf, output if tied and output in gguf.tensors else words)
    if tied:
        decoder.projection.weight = decoder.embeddings.weight
        decoder.projection.weight_scale = decoder.embeddings.weight_scale
    else:
        _set_matrix(decoder.projection, gguf, output)
    return tied


def _same_matrix(gguf: GgufFile, first: str, second: str) -> bool:
    ours, theirs = next(gguf.tensor_rows(first, 256)), next(gguf.tensor_rows(second, 256))
    norms = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    return bool(((ours * theirs).sum(axis=1) > 0.98 * norms).all())  # 4 bits: 0.997


def _set_matrix(spec: Any, gguf: GgufFile, name: str) -> None:
    shape = gguf.tensors[name].shape
    spec.weight = np.empty(shape, dtype=np.int8)
    spec.weight_scale = np.empty(shape[0], dtype=np.float32)
    top = 0
    for rows in gguf.tensor_rows(name):
        bottom = top + len(rows)
        spec.weight[top:bottom], spec.weight_scale[top:bottom] = quantize_rows(rows)
        top = bottom


def _set_layer(layer: Any, gguf: GgufFile, prefix: str) -> None:
    def linear(spec: Any, *names: str) -> None:
        biases = [f"{prefix}{name}.bias" for name in names]
        set_linear(
            spec,
            [gguf.tensor(f"{prefix}{name}.weight") for name in names],
            [gguf.tensor(bias) for bias in biases] if biases[0] in gguf.tensors else None,
        )

    layer.self_attention.layer_norm.gamma = gguf.tensor(f"{prefix}attn_norm.weight")
    linear(layer.self_attention.linear[0], "attn_q", "attn_k", "attn_v")
    linear(layer.self_attention.linear[1], "attn_output")
    layer.ffn.layer_norm.gamma = gguf.tensor(f"{prefix}ffn_norm.weight")
    linear(layer.ffn.linear_0, "ffn_gate")
    linear(layer.ffn.linear_0_noact, "ffn_up")
    linear(layer.ffn.linear_1, "ffn_down")
