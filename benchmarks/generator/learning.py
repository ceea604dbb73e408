"""Training on token ids, and writing with what was trained; nothing here knows the data."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.generator.network import GeneratorNetwork
from benchmarks.low_rank import learn

_WARM_UP = 20  # steps
_TOLD = 25


class Sequenced(NamedTuple):
    """Tokens of a text, and where what is to be learnt begins."""

    ids: list[int]
    start: int


class Written(NamedTuple):
    """Tokens that were written, with the end, and their mean log probability."""

    ids: list[int]
    log_probability: float


def train(
    network: GeneratorNetwork,
    texts: Sequence[Sequenced],
    *,
    epochs: float,
    rate: float,
    batch_tokens: int,
    chance: random.Random,
) -> None:
    """Read the texts so many times with AdamW."""
    parts = list(_batches(texts, batch_tokens, chance, epochs))
    network.train()
    learn(
        [{"params": network.trained(), "factor": 1.0}],
        parts,
        functools.partial(loss_of, network),
        rate=rate,
        warm_up=_WARM_UP,
        told=_TOLD,
    )
    network.eval()


def loss_of(network: GeneratorNetwork, batch: Sequence[Sequenced]) -> Tensor:
    """Return the mean loss of a token to be learnt."""
    device = network.trained()[0].device
    width = max(len(text.ids) for text in batch)
    ids = torch.zeros((len(batch), width), dtype=torch.long)
    mask = torch.zeros_like(ids)
    wanted = torch.zeros_like(ids, dtype=torch.bool)
    for row, text in enumerate(batch):
        ids[row, : len(text.ids)] = torch.tensor(text.ids)
        mask[row, : len(text.ids)] = 1
        wanted[row, text.start - 1 : len(text.ids) - 1] = True
    targets = ids[:, 1:][wanted[:, :-1]]
    logits = network(ids.to(device), mask.to(device), wanted.to(device))
    return functional.cross_entropy(logits, targets.to(device))


@torch.inference_mode()
def write(
    network: GeneratorNetwork,
    prompts: Sequence[Sequence[int]],
    *,
    ends: Sequence[int],
    max_tokens: int,
    at_once: int,
) -> list[Written]:
    """Continue prompts greedily, to the end of the line."""
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    found: dict[int, Written] = {}
    for start in range(0, len(order), at_once):
        part = order[start : start + at_once]
        written = _write([prompts[i] for i in part], network, ends, max_tokens)
        found.update(zip(part, written, strict=True))
    return [found[i] for i in range(len(prompts))]


def _write(
    prompts: Sequence[Sequence[int]],
    network: GeneratorNetwork,
    ends: Sequence[int],
    max_tokens: int,
) -> list[Written]:
    device = network.trained()[0].device
    width = max(map(len, prompts))
    ids = torch.zeros((len(prompts), width), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(prompt)
        mask[row, width - len(prompt) :] = 1
    ids, mask = ids.to(device), mask.to(device)
    end = torch.tensor(ends, device=device)
    running = torch.ones(len(prompts), dtype=torch.bool, device=device)
    tokens, likely, past = [], [], None
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    for _ in range(max_tokens):
        output = network.model.model(
            input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=past,
            use_cache=True,
        )  # fmt: skip
        past = output.past_key_values
        logits = network.model.lm_head(output.last_hidden_state[:, -1]).float()
        drawn = logits.argmax(-1)
        tokens.append(torch.where(running, drawn, -1))
        likely.append(logits.log_softmax(-1).gather(1, drawn[:, None])[:, 0] * running)
        running = running & ~torch.isin(drawn, end)
        if not bool(running.any()):
            break
        ids = drawn[:, None]
        mask = torch.cat([mask, torch.ones_like(ids)], 1)
        positions = positions[:, -1:] + 1
    rows = torch.stack(tokens, 1).tolist()
    sums = torch.stack(likely, 1).sum(1).tolist()
    found = []
    for row, total in zip(rows, sums, strict=True):
        kept = [token for token in row if token >= 0]
        found.append(Written(kept, total / len(kept)))
    return found


def _batches(
    texts: Sequence[Sequenced], batch_tokens: int, chance: random.Random, epochs: float
) -> Iterator[list[Sequenced]]:
    """Yield batches of texts of like length that fit a budget of padded tokens."""
    drawn: list[Sequenced] = []
    while epochs > 0:
        again = list(texts)
        chance.shuffle(again)
        drawn += again[: round(len(again) * min(1.0, epochs))]
        epochs -= 1.0
    for start in range(0, len(drawn), 256):
        part = sorted(drawn[start : start + 256], key=lambda text: len(text.ids))
        found: list[list[Sequenced]] = [[]]
        for text in part:
            if found[-1] and len(text.ids) * (len(found[-1]) + 1) > batch_tokens:
                found.append([])
            found[-1].append(text)
        chance.shuffle(found)
        yield from found
