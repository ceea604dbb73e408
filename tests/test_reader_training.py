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

import benchmarks.reader.__main__ as main
from benchmarks.reader.examples import Group, Item, is_held_out
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


def test_passages_are_prepared_in_other_processes_as_in_this_one(tokenizer: Tokenizer) -> None:
    first, second = prepared([GROUP], tokenizer, seed=3, times=2)
    here = examples_of(GROUP, tokenizer, random.Random(f"3 {GROUP.question}"))
    assert [e._replace(input=e.input._replace(spans=[])) for e in here] == first.examples
    assert first.width == max(len(example.input.ids) for example in here)
    assert second != first


def test_batches_keep_to_their_budget_and_lose_no_group() -> None:
    chance = random.Random(1)
    groups = [_group([n], [True] + [False] * (n % 4), width=n) for n in range(5, 105)]
    found = list(batches(groups, 500, chance))
    assert sorted(group.width for batch in found for group in batch) == list(range(5, 105))
    assert len(found) < len(groups)
    for batch in found:
        rows = sum(len(group.examples) for group in batch)
        assert len(batch) == 1 or rows * max(group.width for group in batch) <= 500


class _Told(nn.Module):
    """Says what it was told to of two passages; ``starts`` are of their fourth tokens."""

    def __init__(self, relevance: list[float], starts: tuple[float, ...] = (0.0, 0.0)) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.relevance, self.starts = relevance, starts

    def forward(self, ids: Tensor, types: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        starts = torch.zeros(ids.shape) + self.weight
        starts[:, 3] = torch.tensor(self.starts[: len(ids)])
        return starts, torch.zeros(ids.shape), torch.tensor(self.relevance)


def _group(
    ids: list[int], answers: list[bool], *, spans: list[tuple[int, int]] | None = None, width: int
) -> Prepared:
    given = ReaderInput(ids * width, [QUESTION, QUESTION] + [OTHER] * (width - 2), [])
    return Prepared([Example(given, each, spans if each else []) for each in answers], width)


def _loss(network: nn.Module, batch: list[Prepared]) -> float:
    return float(loss_of(network, batch).detach())


def _weighed(monkeypatch: pytest.MonkeyPatch, **weights: float) -> None:
    for name in ("_YES_NO_WEIGHT", "_SHARED_WEIGHT", "_NO_ANSWER_WEIGHT"):
        monkeypatch.setattr(f"benchmarks.reader.learning.{name}", weights.get(name, 0.0))


def test_the_loss_ranks_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    _weighed(monkeypatch)
    batch = [_group([7], [True, False], spans=[(3, 4)], width=6)]
    assert _loss(_Told([3.0, 0.0]), batch) < _loss(_Told([0.0, 3.0]), batch)


def test_the_loss_wants_the_answer_s_first_token(monkeypatch: pytest.MonkeyPatch) -> None:
    _weighed(monkeypatch)
    batch = [_group([7], [True, False], spans=[(3, 4)], width=6)]
    sure, unsure = _Told([0.0, 0.0], (3.0, 0.0)), _Told([0.0, 0.0], (-3.0, 0.0))
    assert _loss(sure, batch) < _loss(unsure, batch)


@pytest.mark.parametrize(("weight", "is_compared"), [(0.0, False), (0.5, True)])
def test_spans_of_all_passages_compete(
    weight: float, is_compared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    _weighed(monkeypatch, _SHARED_WEIGHT=weight)
    batch = [_group([7], [True, False], spans=[(3, 4)], width=6)]
    led_away, calm = _Told([0.0, 0.0], (0.0, 5.0)), _Told([0.0, 0.0])
    assert (_loss(led_away, batch) > _loss(calm, batch)) == is_compared


def test_a_passage_found_for_its_article_alone_is_not_taught_to_answer() -> None:
    answered = [_group([7], [True], spans=[(3, 4)], width=6)]
    unanswered = [_group([7], [True], spans=[], width=6)]
    sure, unsure = _Told([5.0]), _Told([-5.0])
    assert _loss(sure, answered) < _loss(unsure, answered)
    assert _loss(sure, unanswered) == _loss(unsure, unanswered)


def test_held_out_questions_are_not_learnt(
    monkeypatch: pytest.MonkeyPatch, tokenizer: Tokenizer
) -> None:
    names = [f"p{n}" for n in range(200)]
    groups = [GROUP._replace(passage_id=name, kind="synthetic") for name in names]
    groups += [GROUP._replace(passage_id=name) for name in names]
    groups += [GROUP._replace(passage_id=name, kind="person_qa_train") for name in names]
    seen: list[Group] = []

    def prepare(groups: list[Group], *_: object, **__: object) -> list[Prepared]:
        seen.extend(groups)
        return []

    monkeypatch.setattr(main, "prepared", prepare)
    monkeypatch.setattr(main, "train", lambda *_, **__: None)
    main.learn(nn.Linear(1, 1), groups, tokenizer)
    assert {group.passage_id for group in seen} == {n for n in names if not is_held_out(n)}
    assert any(map(is_held_out, names))
