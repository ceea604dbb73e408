"""Train the bundled generator to answer from the sentences that the pipeline shows it, or refuse.

Run, with the extras hf and eval: .venv/bin/python -m benchmarks.generator record FILE, half an hour
on two cores, then .venv/bin/python -m benchmarks.generator train FILE, minutes on a GPU (H200),
hours on two cores. It writes vnqa/generators/adapter.npz; the model is converted again when it is
next used. A run is not repeatable to the bit. The adapter that comes with vnqa learnt from some
3,700 of the first questions in labels.jsonl; benchmarks/quality.md says what more of them did.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer

from benchmarks.generator.examples import Example, all_examples, chosen, labelled_examples
from benchmarks.generator.learning import Sequenced, train, write
from benchmarks.generator.network import GeneratorNetwork
from benchmarks.quality.datasets import DATA
from benchmarks.quality.perturbations import with_typo, without_diacritics
from benchmarks.quality.prototype_weights import plain_model
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.evaluation import exact_match, f1
from vnqa.generators import REFUSAL
from vnqa.generators.bundled import ADAPTER
from vnqa.prompt import completion
from vnqa.reader import Reader

_RANK = 16
_KEPT_RANK = 4  # smaller, and right more often on held-out questions
_EPOCHS, _RATE, _DROPOUT = 1.0, 3e-4, 0.1  # more epochs learn the questions by heart
_BATCH_TOKENS = 8192
_SPELT_OTHERWISE = 0.14  # of the questions: half without diacritics, half with a typo
_NOT_MARKED = 0.2  # of the questions are without their question mark
_AT_ONCE, _MAX_TOKENS = 256, 32


def record(path: Path) -> None:
    """Write the examples, a line each."""
    with path.open("w", encoding="utf-8") as lines:
        models = BundledEmbedder(), Reader()
        for example in itertools.chain(all_examples(*models), labelled_examples(*models)):
            lines.write(json.dumps(example._asdict(), ensure_ascii=False) + "\n")


def learn(path: Path, device: str) -> None:
    """Train on the recorded examples, write the adapter, and tell how it answers the others."""
    with path.open(encoding="utf-8") as lines:
        examples = [Example(**json.loads(line)) for line in lines]
    torch.manual_seed(1)
    torch.backends.cuda.enable_cudnn_sdp(False)  # its gradients of padded texts are not finite
    model, tokenizer = plain_model(torch.bfloat16)
    network = GeneratorNetwork(model.to(device), rank=_RANK, dropout=_DROPOUT)
    end = tokenizer.encode("\n").ids
    chance = random.Random(1)
    texts = [
        _sequenced(example._replace(question=_spelt(example.question, chance)), tokenizer, end)
        for example in chosen(examples)
    ]
    train(network, texts, epochs=_EPOCHS, rate=_RATE, batch_tokens=_BATCH_TOKENS, chance=chance)
    network.save(ADAPTER, rank=_KEPT_RANK)
    print(f"{ADAPTER} written")
    _judge(network, [e for e in examples if e.is_held_out and e.how == "best"], tokenizer)


def _sequenced(example: Example, tokenizer: Tokenizer, end: list[int]) -> Sequenced:
    prompt = tokenizer.encode(completion(example.question, example.shown)).ids
    answer = tokenizer.encode(f" {example.answer or REFUSAL}").ids
    return Sequenced(prompt + answer + end, len(prompt))


def _spelt(question: str, chance: random.Random) -> str:
    """Return a question as it is or, seldom, as people type it."""
    if chance.random() < _NOT_MARKED:
        question = question.rstrip("? ")
    if chance.random() >= _SPELT_OTHERWISE:
        return question
    return chance.choice((without_diacritics, with_typo))(question)


def _judge(network: GeneratorNetwork, examples: Sequence[Example], tokenizer: Tokenizer) -> None:
    """Print how held-out questions are answered from the best sentence, before any check."""
    prompts = [tokenizer.encode(completion(e.question, e.shown)).ids for e in examples]
    ends = [number for token, number in tokenizer.get_vocab().items() if "Ċ" in token]
    written = write(network, prompts, ends=ends, max_tokens=_MAX_TOKENS, at_once=_AT_ONCE)
    answers = [tokenizer.decode(one.ids).strip() for one in written]
    for kind in sorted({example.kind for example in examples}):
        pairs = [(e, a) for e, a in zip(examples, answers, strict=True) if e.kind == kind]
        held = [(e.answer, a) for e, a in pairs if e.answer]
        refused = [a == REFUSAL for e, a in pairs if not e.answer]
        print(
            f"{kind}: of {len(held)} answers EM {_mean(exact_match(a, [g]) for g, a in held):.3f}, "
            f"F1 {_mean(f1(a, [g]) for g, a in held):.3f}; of {len(refused)} sentences that hold "
            f"none {_mean(refused):.3f} refused"
        )


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / max(1, len(listed))


def main() -> None:
    """Record or train."""
    parser = argparse.ArgumentParser(prog="benchmarks.generator", description=__doc__)
    parser.add_argument("what", choices=("record", "train"))
    parser.add_argument("file", type=Path, help="JSONL of examples")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    if arguments.what == "record":
        if not DATA.is_dir():
            raise SystemExit(f"skipped: {DATA} is not there")
        record(arguments.file)
    else:
        learn(arguments.file, arguments.device)


if __name__ == "__main__":
    main()
