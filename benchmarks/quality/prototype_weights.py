"""The language model as the prototype ran it: in int8, through CTranslate2."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.quality.indexes import CACHE
from benchmarks.speed.peers import whole_file
from vnqa.weights.qwen2 import build_tokenizer

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from transformers import Qwen2ForCausalLM

_FIXED = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
MATRICES = {  # name of a matrix in a GGUF file → its module in a layer of transformers
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OF_A_LAYER = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    **MATRICES,
}


def int8_folder() -> Path:
    """Return the folder of the model, converting it where that was not done yet.

    Takes minutes, 6 GB of memory and 6 GB of disk; 1.6 GB stay.

    Raises:
        ImportError: If one of the extras hf and dev is not installed.
    """
    folder = CACHE / "prototype-int8"
    if not (folder / "tokenizer.json").exists():
        plain, partial = CACHE / "prototype-float16", CACHE / "prototype-int8.partial"
        for path in (plain, partial):
            shutil.rmtree(path, ignore_errors=True)
        _write_plain(plain)
        from ctranslate2.converters import TransformersConverter

        TransformersConverter(str(plain), load_as_float16=True, low_cpu_mem_usage=True).convert(
            str(partial), quantization="int8"
        )
        (plain / "own.json").rename(partial / "tokenizer.json")
        shutil.rmtree(plain)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    return folder


def plain_model(dtype: torch.dtype) -> tuple[Qwen2ForCausalLM, Tokenizer]:
    """Return the packaged GGUF file as a model of transformers, and its tokenizer."""
    import torch
    from gguf import GGUFReader
    from gguf.quants import dequantize
    from transformers import Qwen2Config, Qwen2ForCausalLM

    reader = GGUFReader(whole_file())
    values = {name: field.contents() for name, field in reader.fields.items()}
    tokens = values["tokenizer.ggml.tokens"]
    tensors = {
        _transformers_name(tensor.name): torch.tensor(
            dequantize(tensor.data, tensor.tensor_type), dtype=dtype
        )
        for tensor in reader.tensors
    }
    config = Qwen2Config(
        vocab_size=len(tokens),
        hidden_size=values["qwen2.embedding_length"],
        intermediate_size=values["qwen2.feed_forward_length"],
        num_hidden_layers=values["qwen2.block_count"],
        num_attention_heads=values["qwen2.attention.head_count"],
        num_key_value_heads=values["qwen2.attention.head_count_kv"],
        max_position_embeddings=values["qwen2.context_length"],
        rms_norm_eps=values["qwen2.attention.layer_norm_rms_epsilon"],
        rope_parameters={"rope_type": "default", "rope_theta": values["qwen2.rope.freq_base"]},
        tie_word_embeddings="lm_head.weight" not in tensors,
        architectures=["Qwen2ForCausalLM"],
        **{f"{name}_token_id": number for name, number in _ends(values).items()},
    )
    with torch.device("meta"):
        model = Qwen2ForCausalLM(config)
    model.load_state_dict(tensors, assign=True, strict=not config.tie_word_embeddings)
    model.tie_weights()
    model.model.rotary_emb = type(model.model.rotary_emb)(config)  # no weights, so none was loaded
    return model, build_tokenizer(tokens, values["tokenizer.ggml.merges"])


def _ends(values: dict[str, Any]) -> dict[str, int]:
    keys = (("bos", "bos"), ("eos", "eos"), ("pad", "padding"))
    return {name: values[f"tokenizer.ggml.{key}_token_id"] for name, key in keys}


def _write_plain(folder: Path) -> None:
    """Write the packaged GGUF file as a model of transformers, in float16."""
    import torch
    from transformers import PreTrainedTokenizerFast

    model, tokenizer = plain_model(torch.float16)
    ends = {
        f"{name}_token": tokenizer.id_to_token(getattr(model.config, f"{name}_token_id"))
        for name in ("bos", "eos", "pad")
    }
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **ends).save_pretrained(folder)
    tokenizer.save(str(folder / "own.json"))
    model.save_pretrained(folder)


def _transformers_name(name: str) -> str:
    """Return what transformers calls a tensor of a GGUF file."""
    part, kind = name.rsplit(".", 1)
    if part in _FIXED:
        return f"{_FIXED[part]}.{kind}"
    _, layer, part = part.split(".")
    return f"model.layers.{layer}.{_OF_A_LAYER[part]}.{kind}"
