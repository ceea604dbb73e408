"""Train the reader: first on questions made from news, then on the tuning halves.

Run: .venv/bin/python -m benchmarks.reader (extras hf and eval; about 50 minutes on two quiet
cores). It writes vnqa/reader/adapter.npz; convert the model again by using it. A run is not
repeatable to the bit, since sums of many threads are not. What was learnt is judged by
``python -m benchmarks.quality --half tuning`` and by the reporting halves.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from benchmarks.low_rank import rate_at
from benchmarks.quality.datasets import DATA
from benchmarks.quality.indexes import CACHE
from benchmarks.reader.examples import Group, Item, is_held_out, real_groups
from benchmarks.reader.network import ReaderNetwork
from benchmarks.reader.synthetic import synthetic_groups
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.language.sentences import Span, sentence_spans
from vnqa.language.vietnamese import fold
from vnqa.reader import ADAPTER
from vnqa.reader.inputs import ReaderInput, reader_input
from vnqa.weights.batches import PAD
from vnqa.weights.e5 import build_tokenizer, read_e5
from vnqa.weights.packages import E5_SMALL, locate, read_verified

_NEWS = DATA / "news_baomoi_2017.jsonl.gz"
_BATCH_TOKENS = 3072
_RATE, _WARM_UP = 4e-4, 100
_NO_ANSWER_WEIGHT = 0.4  # of passages without an answer in the loss of spans
_YES_NO_WEIGHT = 0.3  # of "does it answer?" beside "which answers best?"
_TOLD = 25  # steps
# How many passages beside those that answer: of the gold article, of others.
_WRONG = {"synthetic": (1, 1), "person_qa_train": (1, 0), "viquad_retrieval_dev": (0, 3)}


class Example(NamedTuple):
    """A passage as the network takes it; spans in tokens, empty: no answer, ``None``: unknown."""

    input: ReaderInput
    answers: bool
    spans: list[Span] | None


def examples_of(group: Group, tokenizer: Tokenizer, chance: random.Random) -> list[Example]:
    """Return some passages of a group: all that answer (three at most) and a few that do not."""
    question = fold(group.question) if chance.random() < 0.06 else group.question
    right = [item for item in group.items if item.answers]
    own = [item for item in group.items if not item.answers and item.own]
    others = [item for item in group.items if not item.answers and not item.own][:12]
    chance.shuffle(own)
    chance.shuffle(others)
    few, many = _WRONG.get(group.kind, (1, 2))
    return [
        _example(item, question, tokenizer, chance)
        for item in right[:3] + own[:few] + others[:many]
    ]


def _example(item: Item, question: str, tokenizer: Tokenizer, chance: random.Random) -> Example:
    title = "" if chance.random() < 0.1 else item.title
    text, spans = _cropped(item, chance)
    given = reader_input(tokenizer, question, title, text)
    if spans is None:
        return Example(given, item.answers, None)
    places = [place for span in spans if (place := _tokens_of(given, span)) is not None]
    return Example(given, item.answers, places if places or not spans else None)


def _cropped(item: Item, chance: random.Random) -> tuple[str, list[Span] | None]:
    """Return a passage, or some of its sentences, those with the answer among them."""
    text, spans, sentences = item.text, item.spans, sentence_spans(item.text)
    if spans is None or len(sentences) < 3 or chance.random() < 0.35:
        return text, spans
    count = chance.randint(1, len(sentences) - 1)
    first = chance.randint(0, len(sentences) - count)
    if spans:
        holder = next((i for i, (a, b) in enumerate(sentences) if a <= spans[0][0] < b), None)
        if holder is None:
            return text, spans
        first = max(0, min(len(sentences) - count, holder - chance.randint(0, count - 1)))
    start, end = sentences[first][0], sentences[first + count - 1][1]
    kept = [(a - start, b - start) for a, b in spans if start <= a and b <= end]
    return (text, spans) if spans and not kept else (text[start:end], kept)


def _tokens_of(given: ReaderInput, span: Span) -> Span | None:
    """Return the first and the last token that a stretch of the passage touches."""
    touched = [
        i
        for i, (start, end) in enumerate(given.spans)
        if end > 0 and end > span[0] and start < span[1]
    ]
    return (touched[0], touched[-1]) if touched else None


def batches(
    groups: Sequence[Group], tokenizer: Tokenizer, chance: random.Random
) -> Iterator[list[list[Example]]]:
    """Yield batches of groups that fit a budget of padded tokens, those of like length together."""
    drawn = list(groups)
    chance.shuffle(drawn)
    for start in range(0, len(drawn), 64):
        part = [examples_of(group, tokenizer, chance) for group in drawn[start : start + 64]]
        part.sort(key=lambda group: max(len(example.input.ids) for example in group))
        found: list[list[list[Example]]] = [[]]
        for group in part:
            flat = [example for other in [*found[-1], group] for example in other]
            width = max(len(example.input.ids) for example in flat)
            if found[-1] and width * len(flat) > _BATCH_TOKENS:
                found.append([])
            found[-1].append(group)
        chance.shuffle(found)
        yield from found


def loss_of(network: ReaderNetwork, batch: Sequence[Sequence[Example]]) -> Tensor:
    """Return the mean loss of a group: of spans, of ranking, of telling whether it answers."""
    flat = [example for group in batch for example in group]
    width = -(-max(len(example.input.ids) for example in flat) // 32) * 32  # few shapes to compile
    ids = torch.full((len(flat), width), PAD)
    types = torch.zeros_like(ids)
    for row, example in enumerate(flat):
        ids[row, : len(example.input.ids)] = torch.tensor(example.input.ids)
        types[row, : len(example.input.types)] = torch.tensor(example.input.types)
    mask = ids != PAD
    with torch.autocast("cpu", torch.bfloat16):
        starts, ends, relevance = network(ids, types, mask.long())
    least = torch.finfo(torch.float32).min
    starts = starts.masked_fill(~mask, least).log_softmax(-1)
    ends = ends.masked_fill(~mask, least).log_softmax(-1)
    total = torch.zeros(())
    for row, example in enumerate(flat):
        if example.spans is not None:
            places = sorted(set(example.spans)) or [(0, 0)]  # the first token stands for none
            likely = torch.stack([starts[row, a] + ends[row, b] for a, b in places]).logsumexp(0)
            total = total - 0.5 * likely * (1.0 if example.spans else _NO_ANSWER_WEIGHT)
    row = 0
    for group in batch:
        scores = relevance[row : row + len(group)]
        row += len(group)
        right = torch.tensor([example.answers for example in group])
        if right.any() and not right.all():
            total = total + scores.logsumexp(0) - scores[right].logsumexp(0)
        total = total + _YES_NO_WEIGHT * functional.binary_cross_entropy_with_logits(
            scores, right.float()
        )
    return total / len(batch)


def train(
    network: ReaderNetwork,
    groups: Sequence[Group],
    tokenizer: Tokenizer,
    *,
    steps: int,
    chance: random.Random,
) -> None:
    """Take so many steps of AdamW, the rate rising for the first hundred, then falling to 0."""
    optimizer = torch.optim.AdamW(
        network.parameter_groups(), lr=_RATE, weight_decay=0.01, betas=(0.9, 0.98)
    )
    started, done, losses = time.perf_counter(), 0, 0.0
    while True:
        for batch in batches(groups, tokenizer, chance):
            rate = _RATE * rate_at(done, steps, warm_up=_WARM_UP)
            for parameters in optimizer.param_groups:
                parameters["lr"] = rate * parameters["factor"]
            loss = loss_of(network, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            done, losses = done + 1, losses + float(loss)
            if done % _TOLD == 0:
                seconds = time.perf_counter() - started
                print(
                    f"step {done}/{steps}, loss {losses / _TOLD:.3f}, {seconds:.0f} s", flush=True
                )
                losses = 0.0
            if done == steps:
                return


def main() -> None:
    """Train and write the adapter."""
    parser = argparse.ArgumentParser(prog="benchmarks.reader", description=__doc__)
    parser.add_argument("--synthetic", type=int, default=6000, help="questions made (6000)")
    parser.add_argument("--steps", default="700,1900", help="of both stages (700,1900)")
    arguments = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"skipped: {DATA} is not there")
    first, second = map(int, arguments.steps.split(","))
    torch.manual_seed(1)
    chance = random.Random(1)
    weights = read_e5(b"".join(read_verified(E5_SMALL, locate(E5_SMALL))))
    tokenizer, network = build_tokenizer(weights), ReaderNetwork(weights)
    embedder = BundledEmbedder()
    real = [
        group
        for group in real_groups(CACHE / "reader", embedder)
        if not is_held_out(group.passage_id)
    ]
    made = synthetic_groups(_NEWS, arguments.synthetic, embedder)
    persons = [group for group in real if group.kind == "person_qa_train"]
    train(network, [*made, *persons], tokenizer, steps=first, chance=chance)
    read_twice = [group for group in real if group.kind in ("xquad_vi", "mlqa_vi_dev")]
    mixed = [*real, *read_twice, *chance.sample(made, min(800, len(made)))]
    train(network, mixed, tokenizer, steps=second, chance=chance)
    network.save(ADAPTER)
    print(f"{ADAPTER} written")


if __name__ == "__main__":
    main()
