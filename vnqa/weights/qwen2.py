"""Qwen2 models stored as GGUF, converted to OpenVINO, which reads that format itself."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vnqa.errors import ModelError
from vnqa.weights import Progress
from vnqa.weights.adapter import Factors
from vnqa.weights.openvino_runtime import import_openvino_genai
from vnqa.weights.zero_points import restore_zero_points

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_LITTLE = 64 << 20  # bytes free, below which a write that failed lacked space
# tokenizer.json of Qwen2.5: words, single digits, punctuation with its space, line ends.
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def convert_qwen2(
    blocks: Iterable[bytes],
    folder: Path,
    *,
    changes: Factors | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the model as OpenVINO keeps it, in 4 bits, with ``tokenizer.json``, into a folder.

    Needs 4 GB on disk while it runs, and 4.4 GB of memory, for 1.5B weights.

    Args:
        blocks: The GGUF file's bytes, in order.
        folder: Empty.
        changes: What training added to the weights; see `vnqa.weights.adapter`.
        progress: Told how far the conversion is.

    Raises:
        ModelError: If the file is not a GGUF file of a Qwen2 model.
        OSError: If the folder cannot be written.
    """
    from gguf import GGUFReader

    path = folder / "model.gguf"
    with path.open("wb") as file:
        for block in blocks:
            file.write(block)
    try:
        fields = GGUFReader(path).fields
        architecture, name = (
            fields[f"general.{key}"].contents() for key in ("architecture", "name")
        )
    except (ValueError, IndexError, KeyError) as error:
        raise ModelError(f"the weights are no GGUF file: {error}") from error
    if architecture != "qwen2":
        raise ModelError(f"expected a model of architecture 'qwen2', got {architecture!r}")
    stage = f"converting {name}"
    if progress is not None:
        progress(stage, 0.0)
    tokens, merges = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges"))
    tokenizer = build_tokenizer(tokens, merges)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    try:
        import_openvino_genai().LLMPipeline(
            str(path), "CPU", enable_save_ov_model=True, ATTENTION_BACKEND="SDPA"
        )
    except RuntimeError as error:
        if shutil.disk_usage(folder).free < _LITTLE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        raise ModelError(f"OpenVINO cannot read the weights: {error}") from error
    if progress is not None:
        progress(stage, 0.5)
    restore_zero_points(folder, path, changes or {})
    path.unlink()
    if progress is not None:
        progress(stage, 1.0)


def build_tokenizer(tokens: Sequence[str], merges: Sequence[str]) -> Tokenizer:
    """Return the byte-level BPE tokenizer of a Qwen2 model.

    Control tokens are in its vocabulary but are never matched in text: ``<|im_end|>`` in an
    article is encoded as the letters it is written with.

    Args:
        tokens: All of them, in order of their ids.
        merges: Two tokens each, with a space between.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    vocabulary = {token: number for number, token in enumerate(tokens)}
    pairs = [(left, right) for left, right in (merge.split(" ") for merge in merges)]
    tokenizer = Tokenizer(models.BPE(vocabulary, pairs))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
