"""Train the reader: first on questions made from news, then on questions that were asked.

Run, with the extras hf and eval: .venv/bin/python -m benchmarks.reader record FILE, a quarter of an
hour on two cores, then .venv/bin/python -m benchmarks.reader train FILE on a GPU, three minutes on
an H200. It writes vnqa/reader/adapter.npz; the model is converted again when it is next used. A run
is not repeatable to the bit, since sums of many threads are not. It tells how held-out questions
fare; what was learnt is judged by ``python -m benchmarks.quality --half tuning``.
"""

from __future__ import annotations

import argparse
import itertools
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer

from benchmarks.quality.datasets import DATA
from benchmarks.quality.indexes import CACHE
from benchmarks.reader.examples import Group, is_held_out, real_groups
from benchmarks.reader.judging import judge
from benchmarks.reader.learning import prepared, train
from benchmarks.reader.network import ReaderNetwork
from benchmarks.reader.recorded import read_groups, write_groups
from benchmarks.reader.synthetic import synthetic_groups
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.reader import ADAPTER
from vnqa.weights.e5 import build_tokenizer, read_e5
from vnqa.weights.packages import E5_SMALL, locate, read_verified

_NEWS = DATA / "news_baomoi_2017.jsonl.gz"
_MADE = 12_000
_RANK, _DROPOUT = 32, 0.05
_RATE = 1e-3
_BATCH_TOKENS = 32_768
_TIMES = 4  # that a question is seen in the second stage; one about a person twice, and once before
_TIMES_PERSONS = 2
_MADE_AGAIN = 1_500


def record(path: Path) -> None:
    """Write the questions with their passages."""
    embedder = BundledEmbedder()
    asked = real_groups(CACHE / "reader", embedder)
    write_groups(path, itertools.chain(asked, synthetic_groups(_NEWS, _MADE, embedder)))


def learn(network: ReaderNetwork, groups: list[Group], tokenizer: Tokenizer) -> None:
    """Train on the questions that are not held out, in two stages."""
    chance = random.Random(1)
    learnt = [group for group in groups if not is_held_out(group.passage_id)]
    made = [group for group in learnt if group.kind == "synthetic"]
    asked = [group for group in learnt if group.kind != "synthetic"]
    persons = [group for group in asked if group.kind == "person_qa_train"]
    others = [group for group in asked if group.kind != "person_qa_train"]
    first = prepared([*made, *persons], tokenizer, seed=1)
    second = prepared(others, tokenizer, seed=2, times=_TIMES)
    second += prepared(persons, tokenizer, seed=3, times=_TIMES_PERSONS)
    second += prepared(chance.sample(made, min(_MADE_AGAIN, len(made))), tokenizer, seed=4)
    for stage in (first, second):
        train(network, stage, rate=_RATE, batch_tokens=_BATCH_TOKENS, chance=chance)


def main() -> None:
    """Record or train."""
    parser = argparse.ArgumentParser(prog="benchmarks.reader", description=__doc__)
    parser.add_argument("what", choices=("record", "train"))
    parser.add_argument("file", type=Path, help="JSON lines, gzipped")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    if arguments.what == "record":
        if not DATA.is_dir():
            raise SystemExit(f"skipped: {DATA} is not there")
        record(arguments.file)
        return
    torch.manual_seed(1)
    torch.backends.cuda.enable_cudnn_sdp(False)  # its gradients of padded texts are not finite
    weights = read_e5(b"".join(read_verified(E5_SMALL, locate(E5_SMALL))))
    tokenizer = build_tokenizer(weights)
    network = ReaderNetwork(weights, rank=_RANK, dropout=_DROPOUT).to(arguments.device)
    groups = read_groups(arguments.file)
    learn(network, groups, tokenizer)
    network.save(ADAPTER)
    print(f"{ADAPTER} written")
    judge(network, [g for g in groups if is_held_out(g.passage_id)], tokenizer)


if __name__ == "__main__":
    main()
