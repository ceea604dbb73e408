from __future__ import annotations

import math

import pytest

from tests.fakes import FakeCompleter, FakeGenerator
from vnqa.drafting import Drafter
from vnqa.generators import REFUSAL
from vnqa.prompt import completion, examples, examples_of_persons, examples_of_whether

QUESTION, SHOWN = "Ai khánh thành cầu Bến Ngự?", "Bà Lê Thu An khánh thành cầu Bến Ngự."


class TrainedCompleter(FakeCompleter):
    """Was taught to answer."""

    is_trained_to_answer = True


@pytest.mark.parametrize(
    ("question", "prefix", "asked"),
    [
        (
            "Cầu Bến Ngự do ai khánh thành?",
            examples_of_persons(),
            "Cầu Bến Ngự do những người nào khánh thành?",
        ),
        (
            "Ai là người khánh thành cầu Bến Ngự?",
            "",
            "Ai là người khánh thành cầu Bến Ngự?",
        ),
        ("Cầu Bến Ngự dài bao nhiêu?", "", "Cầu Bến Ngự dài bao nhiêu?"),
    ],
)
def test_a_generator_that_was_trained_is_shown_examples_of_persons_only(
    question: str, prefix: str, asked: str
) -> None:
    generator = TrainedCompleter("bà Lê Thu An", -0.1)
    assert Drafter(generator).draft(question, SHOWN) == (["bà Lê Thu An"], -0.1)
    assert generator.prompts == [prefix + completion(asked, SHOWN)]


def test_only_one_that_was_not_trained_is_shown_how_to_say_yes_or_no() -> None:
    question = "Bà An có khánh thành cầu Bến Ngự không?"
    for generator, prefix, likely in (
        (TrainedCompleter("có", -0.1), "", math.exp(-0.2)),  # two tokens
        (FakeCompleter("có", -0.1), examples_of_whether(), math.exp(-0.1)),
    ):
        assert Drafter(generator).judge(question, SHOWN) == pytest.approx(likely)
        assert generator.prompts == [prefix + completion(question, SHOWN)]


@pytest.mark.parametrize("completer", [TrainedCompleter, FakeCompleter])
def test_one_that_says_something_else_settles_nothing(completer: type[FakeCompleter]) -> None:
    question = "Bà An có khánh thành cầu Bến Ngự không?"
    for said in ("320 m", "", "-"):
        assert Drafter(completer(said, -3.0)).judge(question, SHOWN) == 0.0
    refusal = Drafter(completer(REFUSAL, -0.6)).judge(question, SHOWN)
    assert refusal == pytest.approx(1.0 - math.exp(-0.6))


def test_another_is_shown_examples_and_asked_for_all_persons() -> None:
    generator = FakeCompleter("bà Lê Thu An", -0.1)
    assert Drafter(generator).draft(QUESTION, SHOWN) == (["bà Lê Thu An"], -0.1)
    asked = "Những ai khánh thành cầu Bến Ngự?"
    assert generator.prompts == [examples() + completion(asked, SHOWN)]
    chatting = FakeGenerator("bà Lê Thu An")
    assert Drafter(chatting).draft(QUESTION, SHOWN) == (["bà Lê Thu An"], None)
    assert asked in chatting.prompts[0]


@pytest.mark.parametrize("nothing", [REFUSAL, f" {REFUSAL} ", ""])
def test_a_refusal_is_no_statement(nothing: str) -> None:
    assert Drafter(TrainedCompleter(nothing, -0.1)).draft(QUESTION, SHOWN).statements == []
