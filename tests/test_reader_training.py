"""What the reader is trained with: the record, the choice of passages, batches, the loss."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tokenizers import Tokenizer

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from torch import Tensor, nn

from benchmarks.reader.examples import Group, Item
from benchmarks.reader.learning import (
    Example,
    Prepared,
    batches,
    examples_of,
    loss_of,
    prepared,
)
from benchmarks.reader.recorded import read_groups, write_groups
from vnqa.reader.inputs import OTHER, QUESTION, ReaderInput
from vnqa.weights.e5 import build_tokenizer, read_e5
from vnqa.weights.packages import E5_SMALL, locate, read_verified

RIGHT = Item("Hồ Gươm", "Hồ rộng 12 ha. Tháp xây năm 1886.", True, [(28, 32)], True)
OWN = Item("Hồ Gươm", "Cầu Thê Húc màu đỏ.", False, [], True)
OTHERS = [Item("Hồ Tây", f"Hồ Tây rộng {n} ha.", False, [], False) for n in range(500, 530)]
GROUP = Group("xquad_vi", "Tháp xây năm nào?", "p1", [RIGHT, OWN, *OTHERS])


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return build_tokenizer(read_e5(b"".join(read_verified(E5_SMALL, locate(E5_SMALL)))))


def test_groups_are_read_as_they_were_written(tmp_path: Path) -> None:
    unknown = GROUP._replace(question="Ở đâu?", items=[RIGHT._replace(spans=None), OWN])
    path = tmp_path / "groups.jsonl.gz"
    write_groups(path, [GROUP, unknown])
    assert read_groups(path) == [GROUP, unknown]


def test_examples_hold_the_answer_wherever_a_passage_is_cut(tokenizer: Tokenizer) -> None:
    for seed in range(20):
        right, *wrong = examples_of(GROUP, tokenizer, random.Random(seed))
        assert right.answers
        assert not any(example.answers for example in wrong)
        assert all(example.spans == [] for example in wrong)
        ((first, last),) = right.spans or ()
        assert tokenizer.decode(right.input.ids[first : last + 1]).strip(" .") == "1886"
        assert len(wrong) == 7  # one of its own article, six of others


def test_passages_are_prepared_alike_in_one_process_and_many(tokenizer: Tokenizer) -> None:
    once = prepared([GROUP], tokenizer, seed=3)
    twice = prepared([GROUP], tokenizer, seed=3, times=2)
    assert twice[:1] == once
    assert twice[1] != once[0]
    assert once[0].width == max(len(example.input.ids) for example in once[0].examples)


def test_batches_keep_to_their_budget_and_lose_no_group() -> None:
    chance = random.Random(1)
    groups = [_group([n], [n % 2 == 0], width=n) for n in range(5, 105)]
    found = list(batches(groups, 200, chance))
    assert sorted(group.width for batch in found for group in batch) == list(range(5, 105))
    assert all(
        len(batch) == 1 or len(batch) * max(group.width for group in batch) <= 200
        for batch in found
    )


class _Told(nn.Module):
    """Says what it was told to."""

    def __init__(self, relevance: list[float], start: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.relevance, self.start = relevance, start

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        starts = torch.zeros(ids.shape) + self.weight
        starts[0, 3] = self.start
        return starts, torch.zeros(ids.shape), torch.tensor(self.relevance)


def _group(
    ids: list[int], answers: list[bool], *, spans: list[tuple[int, int]] | None = None, width: int
) -> Prepared:
    given = ReaderInput(ids * width, [QUESTION, QUESTION] + [OTHER] * (width - 2), [])
    return Prepared([Example(given, each, spans if each else []) for each in answers], width)


def _loss(network: nn.Module, batch: list[Prepared]) -> float:
    return float(loss_of(network, batch).detach())


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(([3.0, 0.0], 0.0), ([0.0, 3.0], 0.0), id="the right passage first"),
        pytest.param(([0.0, 0.0], 3.0), ([0.0, 0.0], -3.0), id="the answer's first token"),
    ],
)
def test_the_loss_is_lower_where_more_is_right(
    better: tuple[list[float], float], worse: tuple[list[float], float]
) -> None:
    batch = [_group([7], [True, False], spans=[(3, 4)], width=6)]
    low, high = (_loss(_Told(*said), batch) for said in (better, worse))
    assert low < high


def test_a_passage_found_for_its_article_alone_is_not_taught_to_answer() -> None:
    answered = [_group([7], [True], spans=[(3, 4)], width=6)]
    unanswered = [_group([7], [True], spans=[], width=6)]
    sure, unsure = _Told([5.0], 0.0), _Told([-5.0], 0.0)
    assert _loss(sure, answered) < _loss(unsure, answered)
    assert _loss(sure, unanswered) == _loss(unsure, unanswered)
