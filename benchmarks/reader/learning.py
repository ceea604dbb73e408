"""From groups to batches of tokens, the loss, and the training."""

from __future__ import annotations

import functools
import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.low_rank import learn
from benchmarks.reader.examples import Group, Item
from benchmarks.reader.network import ReaderNetwork
from vnqa.language.sentences import Span, sentence_spans
from vnqa.language.vietnamese import fold
from vnqa.reader.inputs import ReaderInput, reader_input
from vnqa.weights.batches import PAD

_WARM_UP = 60  # steps
_NO_ANSWER_WEIGHT = 0.4  # of passages without an answer in the loss of spans
_YES_NO_WEIGHT = 0.3  # of "does it answer?" beside "which answers best?"
_SHARED_WEIGHT = 0.5  # of "which span of all passages?"
_FOLDED, _UNTITLED, _WHOLE = 0.08, 0.1, 0.35
_PLACES = 4  # of an answer in a passage that are looked at
_TOLD = 100  # steps
# How many passages beside those that answer: of the gold article, of others.
_WRONG = {"synthetic": (2, 2), "person_qa_train": (1, 0), "viquad_retrieval_dev": (0, 7)}
_WRONG_ELSE = (3, 6)


class Example(NamedTuple):
    """A passage as the network takes it; spans in tokens, empty: no answer, ``None``: unknown."""

    input: ReaderInput
    answers: bool
    spans: list[Span] | None


class Prepared(NamedTuple):
    """A question's passages."""

    examples: list[Example]
    width: int


def examples_of(group: Group, tokenizer: Tokenizer, chance: random.Random) -> list[Example]:
    """Return some passages of a group: all that answer (three at most) and a few that do not."""
    question = fold(group.question) if chance.random() < _FOLDED else group.question
    right = [item for item in group.items if item.answers]
    own = [item for item in group.items if not item.answers and item.own]
    others = [item for item in group.items if not item.answers and not item.own]
    chance.shuffle(own)
    few, many = _WRONG.get(group.kind, _WRONG_ELSE)
    # The nearest are the likeliest to be taken for the right ones.
    near = others[: 2 * many]
    chance.shuffle(near)
    return [
        _example(item, question, tokenizer, chance) for item in right[:3] + own[:few] + near[:many]
    ]


def _example(item: Item, question: str, tokenizer: Tokenizer, chance: random.Random) -> Example:
    title = "" if chance.random() < _UNTITLED else item.title
    text, spans = _cropped(item, chance)
    given = reader_input(tokenizer, question, title, text)
    if spans is None:
        return Example(given, item.answers, None)
    places = [place for span in spans if (place := _tokens_of(given, span)) is not None]
    return Example(given, item.answers, places if places or not spans else None)


def _cropped(item: Item, chance: random.Random) -> tuple[str, list[Span] | None]:
    """Return a passage, or some of its sentences, those with the answer among them."""
    text, spans, sentences = item.text, item.spans, sentence_spans(item.text)
    if spans is None or len(sentences) < 3 or chance.random() < _WHOLE:
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


def prepared(
    groups: Sequence[Group], tokenizer: Tokenizer, seed: int, times: int = 1
) -> list[Prepared]:
    """Return the groups as tokens, so many times with other passages and sentences; in parallel."""
    tasks = [(group, seed + 7919 * turn) for turn in range(times) for group in groups]
    pool = ProcessPoolExecutor(
        os.cpu_count(), get_context("spawn"), initializer=_begin, initargs=(tokenizer.to_str(),)
    )
    with pool:
        return list(pool.map(_prepare, tasks, chunksize=64))


_TOKENIZER: list[Tokenizer] = []


def _begin(tokenizer: str) -> None:
    torch.set_num_threads(1)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    _TOKENIZER[:] = [Tokenizer.from_str(tokenizer)]


def _prepare(task: tuple[Group, int]) -> Prepared:
    group, seed = task
    examples = [
        example._replace(input=example.input._replace(spans=[]))  # not needed any more, and large
        for example in examples_of(group, _TOKENIZER[0], random.Random(f"{seed} {group.question}"))
    ]
    return Prepared(examples, max(len(example.input.ids) for example in examples))


def batches(
    groups: Sequence[Prepared], budget: int, chance: random.Random
) -> Iterator[list[Prepared]]:
    """Yield batches of groups that fit a budget of padded tokens, those of like length together."""
    drawn = list(groups)
    chance.shuffle(drawn)
    found: list[list[Prepared]] = []
    for start in range(0, len(drawn), 2048):
        part, rows = sorted(drawn[start : start + 2048], key=lambda group: group.width), 0
        found.append([])
        for group in part:
            rows += len(group.examples)
            if found[-1] and group.width * rows > budget:
                found.append([])
                rows = len(group.examples)
            found[-1].append(group)
    chance.shuffle(found)
    yield from found


def padded(inputs: Sequence[ReaderInput], width: int) -> tuple[Tensor, Tensor]:
    """Return token ids and types, int64 (inputs, width) each."""
    ids = torch.full((len(inputs), width), PAD)
    types = torch.zeros_like(ids)
    for row, each in enumerate(inputs):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        types[row, : len(each.types)] = torch.tensor(each.types)
    return ids, types


def loss_of(network: nn.Module, batch: Sequence[Prepared]) -> Tensor:
    """Return the mean loss of a group.

    Of the span in each passage, of the passages' order, of the span among those of all passages,
    and of telling whether a passage answers.
    """
    device = next(network.parameters()).device
    flat = [example for group in batch for example in group.examples]
    width = -(-max(group.width for group in batch) // 32) * 32
    ids, types = padded([example.input for example in flat], width)
    places = torch.zeros((len(flat), _PLACES, 2), dtype=torch.long)  # the first token: no answer
    is_place = torch.zeros((len(flat), _PLACES), dtype=torch.bool)
    weight = torch.zeros(len(flat))
    for row, example in enumerate(flat):
        if example.spans is not None:
            spans = sorted(set(example.spans))[:_PLACES] or [(0, 0)]
            places[row, : len(spans)] = torch.tensor(spans)
            is_place[row, : len(spans)] = True
            weight[row] = 1.0 if example.spans else _NO_ANSWER_WEIGHT
    members = nn.utils.rnn.pad_sequence(
        list(torch.arange(len(flat)).split([len(group.examples) for group in batch])),
        batch_first=True,
        padding_value=-1,
    )
    answers = torch.tensor([example.answers for example in flat])
    # Found for its article, it says nothing of whether the question is answered.
    told = torch.tensor([not (e.answers and e.spans == []) for e in flat])
    ids, types, places, is_place, weight, members, answers, told = (
        each.to(device) for each in (ids, types, places, is_place, weight, members, answers, told)
    )
    mask = ids != PAD
    with torch.autocast(device.type, torch.bfloat16):
        starts, ends, relevance = network(ids, types, mask.long())
    least = -1e9
    starts, ends = starts.masked_fill(~mask, least), ends.masked_fill(~mask, least)
    at = starts.gather(1, places[..., 0]) + ends.gather(1, places[..., 1])
    at = at.masked_fill(~is_place, least).logsumexp(1)
    none = starts[:, 0] + ends[:, 0]
    every = starts.logsumexp(1) + ends.logsumexp(1)
    total = (0.5 * weight * (every - at)).sum()

    def grouped(values: Tensor, fill: float) -> Tensor:
        return values[members.clamp(min=0)].masked_fill(members < 0, fill)

    scores = grouped(relevance, least)
    right = grouped(answers.float(), 0.0) > 0
    wrong = (members >= 0) & ~right
    ranked = right.any(1) & wrong.any(1)
    best = scores.masked_fill(~right, least).logsumexp(1)
    total = total + ((scores.logsumexp(1) - best) * ranked).sum()
    # Clark and Gardner, "Simple and Effective Multi-Paragraph Reading Comprehension" (2018):
    # spans of all passages of a question compete, each against its passage's "no answer".
    marked = answers & (weight == 1.0)
    spoken = torch.where(marked, at - none, torch.full_like(at, least))
    inner = starts[:, 1:].logsumexp(1) + ends[:, 1:].logsumexp(1) - none
    known = grouped(marked.float(), 0.0).sum(1) > 0
    some = grouped(spoken, least).logsumexp(1)
    all_of = grouped(inner, least).logsumexp(1)
    total = total + _SHARED_WEIGHT * ((all_of - some) * known).sum()
    judged = functional.binary_cross_entropy_with_logits(
        relevance, answers.float(), reduction="none"
    )
    counts = (members >= 0).sum(1).float()
    share = (1.0 / counts).repeat_interleave((members >= 0).sum(1))
    total = total + _YES_NO_WEIGHT * (judged * told * share).sum()
    return total / len(batch)


def train(
    network: ReaderNetwork,
    groups: Sequence[Prepared],
    *,
    rate: float,
    batch_tokens: int,
    chance: random.Random,
) -> None:
    """See every group once with AdamW, the rate rising at first, then falling to 0."""
    parts = list(batches(groups, batch_tokens, chance))
    network.train()
    learn(
        network.parameter_groups(),
        parts,
        functools.partial(loss_of, network),
        rate=rate,
        warm_up=_WARM_UP,
        told=_TOLD,
    )
    network.eval()
