"""How held-out questions fare: which passage comes first, where the answer is found, if there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer

from benchmarks.reader.examples import Group, Item
from benchmarks.reader.learning import padded
from benchmarks.reader.network import ReaderNetwork
from vnqa.evaluation import exact_match, f1
from vnqa.reader import Reading, reading_of
from vnqa.reader.inputs import reader_input
from vnqa.weights.batches import PAD


class _Read(NamedTuple):
    """What was read of a question's passages."""

    group: Group
    readings: list[Reading]


@torch.inference_mode()
def readings(
    network: ReaderNetwork, question: str, items: Sequence[Item], tokenizer: Tokenizer
) -> list[Reading]:
    """Return what `vnqa.reader.Reader.read` returns, from the network that is trained."""
    device = next(network.parameters()).device
    inputs = [reader_input(tokenizer, question, item.title, item.text) for item in items]
    ids, types = padded(inputs, max(len(each.ids) for each in inputs))
    ids, types = ids.to(device), types.to(device)
    with torch.autocast(device.type, torch.bfloat16):
        logits = [each.float().cpu().numpy() for each in network(ids, types, (ids != PAD).long())]
    return [
        reading_of(each, starts, ends, float(relevance))
        for each, starts, ends, relevance in zip(inputs, *logits, strict=True)
    ]


def judge(network: ReaderNetwork, groups: Sequence[Group], tokenizer: Tokenizer) -> None:
    """Print, by set: hit@1 and MRR among what was found, EM and F1 of the best span, area."""
    by_kind: dict[str, list[_Read]] = {}
    for group in groups:
        read = readings(network, group.question, group.items, tokenizer)
        by_kind.setdefault(group.kind, []).append(_Read(group, read))
    for kind, read in sorted(by_kind.items()):
        print(f"{kind}: {_ranked(read)}; {_spans(read)}; {_areas(read)}", flush=True)


def _ranked(read: Sequence[_Read]) -> str:
    ranks = []
    for group, each in read:
        right = np.array([item.answers for item in group.items])
        if right.any() and not right.all():
            scores = np.array([reading.relevance for reading in each])
            ranks.append(1 + int((scores[~right] > scores[right].max()).sum()))
    if not ranks:
        return "not ranked"
    found = np.array(ranks)
    return f"{len(ranks)} ranked, hit@1 {(found == 1).mean():.3f}, MRR {(1 / found).mean():.3f}"


def _spans(read: Sequence[_Read]) -> str:
    exact, likeness = [], []
    for group, each in read:
        for item, reading in zip(group.items, each, strict=True):
            if item.answers and item.spans:
                best = reading.best((0, len(item.text)))
                said = "" if best is None else item.text[best.start : best.end].strip()
                gold = [item.text[start:end] for start, end in item.spans]
                exact.append(exact_match(said, gold))
                likeness.append(f1(said, gold))
                break
    if not exact:
        return "no spans"
    return f"{len(exact)} spans, EM {np.mean(exact):.3f}, F1 {np.mean(likeness):.3f}"


def _areas(read: Sequence[_Read]) -> str:
    """Return how well the best passage tells whether the question is answered by any."""
    signs: list[tuple[float, float]] = []
    answerable: list[bool] = []
    for group, each in read:
        for kept in (True, False):
            left = [
                (reading.relevance, _best(reading, item))
                for item, reading in zip(group.items, each, strict=True)
                if kept or not item.answers
            ]
            is_answered = kept and any(item.answers and item.spans != [] for item in group.items)
            if left:
                signs.append((max(one for one, _ in left), max(other for _, other in left)))
                answerable.append(is_answered)
    if len(set(answerable)) < 2:
        return "no area"
    areas = [_area(answerable, np.array(signs)[:, i]) for i in (0, 1)]
    return f"area under ROC: relevance {areas[0]:.3f}, span {areas[1]:.3f}"


def _best(reading: Reading, item: Item) -> float:
    best = reading.best((0, len(item.text)))
    return -20.0 if best is None else best.score


def _area(answerable: Sequence[bool], scores: NDArray[np.float64]) -> float:
    return float(roc_auc_score(answerable, scores))
