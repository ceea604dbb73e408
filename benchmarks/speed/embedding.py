"""The bundled embedder against sentence-transformers on the same weights."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality.indexes import CACHE
from benchmarks.quality.rows import Goal
from benchmarks.speed import data
from benchmarks.speed.growing import _passages
from benchmarks.speed.measuring import Row, alternately, compared, seconds_of
from vnqa.weights.e5 import build_tokenizer, read_e5
from vnqa.weights.packages import E5_SMALL, locate, read_verified

_BATCH_SIZES = (8, 16, 32, 64)


def embed(articles: int, few: int) -> Iterator[Row]:
    """Tokens a second, and how near the vectors are."""
    texts = [f"{title}\n{text}" for title, text in _passages(data.articles(0, few))]
    tokens = sum(data.embedder().count_tokens(texts))
    theirs, prefixed = reference(), [f"passage: {text}" for text in texts]
    speeds = {
        size: seconds_of(lambda size=size: theirs.encode(prefixed[:128], batch_size=size))
        for size in _BATCH_SIZES
    }
    best = min(speeds, key=lambda size: speeds[size])
    print(f"  best batch size {best}", file=sys.stderr)
    ours = data.embedder().embed_passages(texts)
    other = theirs.encode(prefixed, batch_size=best, normalize_embeddings=True)
    times = alternately(
        lambda: theirs.encode(prefixed, batch_size=best),
        lambda: data.embedder().embed_passages(texts),
        warm=False,
    )
    what, baseline = "embedding passages", "SentenceTransformer.encode, same weights, best batch"
    yield compared(what, baseline, times, Goal(1.8), tokens=tokens, batch_size=best)
    cosines = np.einsum("ij,ij->i", ours, other)
    yield Row(
        what=what,
        baseline=baseline,
        figure="cosine",
        values=(round(float(cosines.mean()), 5),),
        goal=Goal(0.99),
        notes={"least": round(float(cosines.min()), 5)},
    )


def reference() -> Any:
    """Return multilingual-e5-small with the bundled weights, as sentence-transformers runs it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(reference_folder()), device="cpu")


def reference_folder() -> Path:
    """Return its folder, written where there is none."""
    folder: Path = CACHE / f"speed-reference-{E5_SMALL.sha256[:12]}"
    if not folder.exists():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as unfinished:
            _write_reference(Path(unfinished) / "model")
            (Path(unfinished) / "model").rename(folder)
    return folder


def _write_reference(folder: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer, models
    from tokenizers.processors import TemplateProcessing
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    weights = read_e5(b"".join(read_verified(E5_SMALL, locate(E5_SMALL))))
    tokenizer = build_tokenizer(weights)
    bos, eos, pad, unk = (
        tokenizer.id_to_token(weights.special[name]) for name in ("bos", "eos", "pad", "unk")
    )
    tokenizer.post_processor = TemplateProcessing(
        single=[bos, "$A", eos],
        special_tokens=[(bos, weights.special["bos"]), (eos, weights.special["eos"])],
    )
    hidden = weights.hidden
    words = weights.tensor("emb.word", hidden)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.tensor("l0.fi.b").size,
        max_position_embeddings=len(weights.tensor("emb.pos", hidden)),
        type_vocab_size=len(weights.tensor("emb.type", hidden)),
        layer_norm_eps=weights.epsilon,
        pad_token_id=weights.special["pad"],
    )
    state = {
        "embeddings.word_embeddings.weight": words,
        "embeddings.position_embeddings.weight": weights.tensor("emb.pos", hidden),
        "embeddings.token_type_embeddings.weight": weights.tensor("emb.type", hidden),
        "embeddings.LayerNorm.weight": weights.tensor("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.tensor("emb.ln.b"),
    }
    names = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    for layer in range(weights.layers):
        for short, long in names.items():
            place = f"encoder.layer.{layer}.{long}"
            columns = 0 if short.endswith("ln") else hidden
            if short == "fo":
                columns = config.intermediate_size
            state[f"{place}.weight"] = weights.tensor(f"l{layer}.{short}.w", columns)
            state[f"{place}.bias"] = weights.tensor(f"l{layer}.{short}.b")
    model = BertModel(config, add_pooling_layer=False).eval()
    tensors = {name: torch.from_numpy(np.array(value)) for name, value in state.items()}
    model.load_state_dict(tensors, strict=False)
    bare = folder.with_name("transformers")
    model.save_pretrained(bare)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=bos,
        eos_token=eos,
        cls_token=bos,
        sep_token=eos,
        pad_token=pad,
        unk_token=unk,
        model_max_length=512,
    ).save_pretrained(bare)
    parts = [models.Transformer(str(bare), max_seq_length=512), models.Pooling(hidden, "mean")]
    SentenceTransformer(modules=parts, device="cpu").save_pretrained(str(folder))
