"""The parts of benchmarks/generator that need no data."""

from __future__ import annotations

import json
import random
import re

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra hf")
pytest.importorskip("transformers", reason="needs the extra hf")

import torch
from tokenizers import pre_tokenizers
from transformers import Qwen2Config, Qwen2ForCausalLM

from benchmarks.generator import __main__ as main
from benchmarks.generator.examples import Example, chosen
from benchmarks.generator.labels import LABELS, NEWS, VIQUAD, labelled_articles, labels
from benchmarks.generator.learning import Sequenced, loss_of, train, write
from benchmarks.generator.network import GeneratorNetwork
from benchmarks.low_rank import truncated
from benchmarks.quality.datasets import DATA, is_tuning, read_jsonl
from benchmarks.reader.examples import is_held_out
from vnqa.weights.adapter import read_generator_adapter
from vnqa.weights.qwen2 import build_tokenizer

PLACES = 7  # matrices of a layer
TEXTS = [Sequenced([5, 6, 7, 11, 12, 1], 3), Sequenced([8, 9, 13, 1], 2)]


@pytest.fixture
def network() -> GeneratorNetwork:
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=20, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2,
    )  # fmt: skip
    return GeneratorNetwork(Qwen2ForCausalLM(config), rank=4)


def test_what_was_trained_is_written_and_nothing_else_changes(network) -> None:
    frozen = network.model.model.layers[0].mlp.up_proj.linear.weight.clone()
    train(network, TEXTS, epochs=150, rate=1e-2, batch_tokens=64, chance=random.Random(0))
    prompts = [text.ids[: text.start] for text in TEXTS]
    written = write(network, prompts, ends=[1], max_tokens=9, at_once=2)
    assert [one.ids for one in written] == [text.ids[text.start :] for text in TEXTS]
    for one, text in zip(written, TEXTS, strict=True):  # padded or not
        assert one.log_probability == pytest.approx(-loss_of(network, [text]).item(), abs=1e-3)
    assert torch.equal(network.model.model.layers[0].mlp.up_proj.linear.weight, frozen)


def test_the_adapter_is_what_vnqa_reads(network, tmp_path) -> None:
    change = network.changes["blk.1.ffn_down"]
    torch.nn.init.normal_(change.b)
    network.save(tmp_path / "adapter.npz", rank=4)
    adapter = read_generator_adapter(tmp_path / "adapter.npz")
    assert len(adapter.factors) == 2 * PLACES
    a, b = adapter.factors["blk.1.ffn_down"]
    states = torch.randn(3, 48)
    expected = change(states) - change.linear(states)
    np.testing.assert_allclose(states.numpy() @ a.T @ b.T, expected.detach(), rtol=0.02, atol=0.02)


def test_a_change_is_cut_to_its_largest_directions() -> None:
    generator = np.random.default_rng(0)
    a, b = generator.normal(size=(6, 9)), generator.normal(size=(8, 6))
    for rank in (1, 3, 6):
        left, lengths, right = np.linalg.svd(b @ a)
        best = (left[:, :rank] * lengths[:rank]) @ right[:rank]
        small, tall = truncated(a, b, rank)
        assert small.shape == (rank, 9)
        assert tall.shape == (8, rank)
        np.testing.assert_allclose(tall @ small, best, atol=1e-9)


def example(
    question: str,
    answer: str,
    *,
    kind: str = "xquad_vi",
    is_held_out: bool = False,
    how: str = "best",
) -> Example:
    shown = f"Đoạn {answer or how}."
    return Example(kind, how, "p", question, shown, answer, is_held_out)


def test_training_has_every_answer_once_few_refusals_and_nothing_held_out() -> None:
    answered = [example(f"Câu {n}?", f"số {n}") for n in range(40)]
    beside = [example(f"Câu {n}?", "", how="other") for n in range(40)]
    far = [example(f"Hỏi {n}?", "", how="other") for n in range(90)]
    near = [example(f"Hỏi {n}?", "", how="more") for n in range(5)]
    snippets = [example(f"Ai {n}?", "", kind="person_qa_train") for n in range(9)]
    held_out = [example(f"Giữ {n}?", f"số {n}", is_held_out=True) for n in range(10)]
    taken = chosen([*answered, *answered, *beside, *far, *near, *snippets, *held_out])
    assert sorted(e.question for e in taken if e.answer) == sorted(e.question for e in answered)
    refused = [e for e in taken if not e.answer]
    asked = [e for e in refused if e.question.startswith("Hỏi")]
    assert len(asked) == 8
    assert set(near) <= set(asked)
    assert len([e for e in refused if e.question.startswith("Câu")]) == 10
    assert len([e for e in refused if e.kind == "person_qa_train"]) == 2
    assert not any(e.is_held_out for e in taken)


def test_a_few_questions_are_spelt_as_people_type() -> None:
    question = "Hội chợ sách mùa thu thu hút bao nhiêu khách?"
    spelt = [main._spelt(question, random.Random(n)) for n in range(400)]
    unmarked = [one for one in spelt if not one.endswith("?")]
    assert 40 <= len(unmarked) <= 120
    others = [one for one in spelt if one.rstrip("?") != question.rstrip("?")]
    assert 20 <= len(others) <= 100
    assert "hoi cho sach mua thu thu hut bao nhieu khach?" in others
    assert len({one.rstrip("?") for one in others}) == 3  # the others have a typo


def test_labels_are_of_the_tuning_halves_and_hold_no_text_of_the_articles() -> None:
    records = read_jsonl(LABELS)
    assert len(records) == 10110
    fields = {"set", "article_id", "question", "qid", "start", "end", "says"}
    for record in records:
        assert is_tuning(record["article_id"])
        assert set(record) <= fields
        assert ("qid" in record) != ("question" in record)
        assert "qid" not in record or record["set"] == VIQUAD
        assert ("start" in record) == ("end" in record)
        assert record.get("start", 0) < record.get("end", 1)
        assert record.get("says", "có") in ("có", "không")
        assert "start" in record or "says" not in record
    assert any(is_held_out(record["article_id"]) for record in records)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there")
def test_labels_stand_in_their_articles() -> None:
    texts = {
        (kind, article.article_id): article.text
        for kind in (VIQUAD, NEWS, "xquad_vi", "mlqa_vi_dev")
        for article in labelled_articles(kind)
    }
    for label in labels():
        text = texts[label.kind, label.article_id][label.start : label.end]
        assert text == text.strip()
        assert bool(text) == (label.end > 0)


def test_training_from_a_file_writes_an_adapter_and_judges_it(
    tmp_path, monkeypatch, capsys
) -> None:
    tokenizer = build_tokenizer(sorted(pre_tokenizers.ByteLevel.alphabet()), [])
    config = Qwen2Config(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, intermediate_size=48,
        num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
    )  # fmt: skip
    monkeypatch.setattr(main, "plain_model", lambda dtype: (Qwen2ForCausalLM(config), tokenizer))
    monkeypatch.setattr(main, "ADAPTER", tmp_path / "adapter.npz")
    examples = [example(f"Câu {n}?", "số 1" if n % 2 else "", is_held_out=n > 3) for n in range(8)]
    recorded = tmp_path / "examples.jsonl"
    lines = [json.dumps(one._asdict(), ensure_ascii=False) for one in examples]
    recorded.write_text("\n".join(lines), encoding="utf-8")
    main.learn(recorded, "cpu")
    assert len(read_generator_adapter(tmp_path / "adapter.npz").factors) == 2 * PLACES
    judged = capsys.readouterr().out.splitlines()[-1]
    assert re.match(r"xquad_vi: of 2 answers EM \d\.\d{3}, F1 .* of 2 sentences that hold", judged)
