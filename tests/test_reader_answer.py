from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeCompleter
from vnqa.answering import Verdict, answer_from
from vnqa.confidence import MOST_TRUSTED, THRESHOLD, combined, confidence, trust_when_read
from vnqa.evidence import Evidence, QuestionWords
from vnqa.generators import Draft
from vnqa.grounding import ground_span
from vnqa.language.vietnamese import iter_syllables
from vnqa.reader import Reading
from vnqa.reader_answer import read_answer
from vnqa.records import Article, Hit, Passage, Statement

TEXT = "Cầu Bến Ngự dài 3,5 km. Ông Trần Văn Tư thiết kế cầu ấy."
QUESTION = "Ai thiết kế cầu?"


def sentences(words: str, score: float, relevance: float = 0.0) -> list[Evidence]:
    """Return both sentences of the text as read, certain words taken for the answer."""
    article = Article(article_id="a", title="Cầu mới", text=TEXT)
    passage = Passage(passage_id=0, article_id="a", start=0, end=len(TEXT), text=TEXT)
    hit = Hit(rank=1, score=1.0, passage=passage, article=article)
    spans = [(start, end) for _, start, end in iter_syllables(TEXT)]
    first, last = TEXT.index(words), TEXT.index(words) + len(words)
    starts = np.array([score / 2 if a == first else -20.0 for a, _ in spans], dtype=np.float32)
    ends = np.array([score / 2 if b == last else -20.0 for _, b in spans], dtype=np.float32)
    reading = Reading(relevance, starts, ends, np.array(spans, dtype=np.int32))
    cut = TEXT.index(" Ông")
    return [
        Evidence(article, cut + 1, len(TEXT), 2.0, 0.9, 1.0, hit, reading),
        Evidence(article, 0, cut, 1.0, 0.8, 0.5, hit, reading),
    ]


def asked(
    evidence: list[Evidence], draft: str | Callable[[str], str], question: str = QUESTION
) -> tuple[str, Verdict]:
    return answered(evidence, FakeCompleter(draft, log_probability=-0.1), question)


def answered(
    evidence: list[Evidence], generator: FakeCompleter, question: str = QUESTION
) -> tuple[str, Verdict]:
    words = QuestionWords(question, lambda terms, plain: ([1 for _ in terms], 10))
    parts = list(answer_from(question, words, evidence, generator, threshold=0.0))
    said = " ".join(part.text for part in parts if isinstance(part, Statement))
    return said, next(part for part in parts if isinstance(part, Verdict))


def test_the_reader_speaks_where_the_language_model_says_nothing() -> None:
    evidence = sentences("Trần Văn Tư", 4.0)
    for draft in ("Không có thông tin", "Bà Lê Thị Hoa", ""):
        said, verdict = asked(evidence, draft)
        assert (said, verdict.reason) == ("Trần Văn Tư", None)
    assert asked(evidence, "Ông Trần Văn Tư")[0] == "Ông Trần Văn Tư"


def test_an_answer_is_trusted_as_the_part_that_the_reader_likes_best() -> None:
    evidence = sentences("Trần Văn Tư", 4.0)
    said, verdict = asked(evidence, "Trần Văn Tư. Cầu ấy.", "Kể về Bến Ngự?")
    assert said == "Trần Văn Tư Cầu ấy"
    trusted = trust_when_read(-0.1, 4.0)
    assert verdict.confidence == pytest.approx(combined(confidence(evidence), trusted))


def test_the_reader_is_silent_where_none_is_likelier() -> None:
    said, verdict = asked(sentences("Trần Văn Tư", -0.5), "Bà Lê Thị Hoa")
    assert (said, verdict.reason) == ("", "unsupported")
    said, verdict = asked(sentences("Trần Văn Tư", -0.5), "Không có thông tin")
    assert (said, verdict.reason) == ("", "refused")


def test_what_the_reader_says_is_of_the_kind_asked_for_and_new() -> None:
    assert read_answer("Cầu dài bao nhiêu?", sentences("Trần Văn Tư", 4.0)) is None
    assert read_answer("Ông Trần Văn Tư thiết kế gì?", sentences("Trần Văn Tư", 4.0)) is None
    found = read_answer("Cầu Bến Ngự dài bao nhiêu?", sentences("3,5", 4.0)[::-1])
    assert found is not None
    assert found.text == "3,5"
    unread = [source._replace(reading=None) for source in sentences("3,5", 4.0)]
    assert read_answer("Cầu Bến Ngự dài bao nhiêu?", unread) is None


def test_offsets_of_what_was_found_count_in_the_sentence() -> None:
    second, first = sentences("Trần Văn Tư", 4.0)
    assert second.found is not None
    assert second.text[second.found.start : second.found.end] == "Trần Văn Tư"
    assert second.answers(second.found.start, second.found.end) == second.found.score == 4.0
    assert first.found is not None
    assert first.found.score == -40.0
    assert first._replace(reading=None).found is None
    assert first._replace(reading=None).answers(0, 3) is None


@pytest.mark.parametrize(
    ("stretch", "text"),
    [
        ("(3", "3,5"),
        (" Ngự (3,5 km).", "Ngự (3,5 km)"),
        ("5 km)", "3,5 km"),
        ("Cầu", None),
        (").", None),
    ],
)
def test_a_stretch_is_trimmed_and_never_cuts_a_number(stretch: str, text: str | None) -> None:
    article = Article(article_id="a", text="Cầu Bến Ngự (3,5 km).")
    source = sentences("3,5", 1.0)[1]._replace(article=article, start=0, end=len(article.text))
    start = source.text.index(stretch)
    found = ground_span(source, start, start + len(stretch), "Cầu ấy?")
    assert (None if found is None else found.text) == text


def test_a_stretch_that_counts_what_is_asked_says_something_new() -> None:
    article = Article(article_id="a", text="Xe đâm trên quốc lộ 5, 5 người chết.")
    source = sentences("5", 1.0)[1]._replace(article=article, start=0, end=len(article.text))
    question = "Xe đâm trên quốc lộ 5 làm bao nhiêu người chết?"
    for stretch, text in (("5 người", "5 người"), ("quốc lộ 5", None)):
        start = source.text.index(stretch)
        found = ground_span(source, start, start + len(stretch), question)
        assert (None if found is None else found.text) == text


@given(st.floats(-9.0, 0.0), st.floats(-9.0, 0.0), st.floats(-60, 60), st.floats(-60, 60))
def test_trust_rises_with_both_signs(one: float, other: float, score: float, more: float) -> None:
    low = trust_when_read(min(one, other), min(score, more))
    assert 0.0 <= low <= trust_when_read(max(one, other), max(score, more)) <= 1.0


def test_trust_in_other_words_is_that_of_an_unlikely_stretch() -> None:
    assert trust_when_read(-0.1, 12.0) > trust_when_read(-0.1, None) > trust_when_read(-0.1, -9.0)


def test_no_draft_is_trusted_more_than_is_said() -> None:
    assert trust_when_read(0.0, 99.0) <= MOST_TRUSTED


def test_what_only_a_reader_says_stays_below_the_default_threshold() -> None:
    assert trust_when_read(None, 15.0) < THRESHOLD < trust_when_read(-0.3, 15.0)


def test_confidence_rises_with_what_the_reader_says() -> None:
    likely, unlikely = sentences("Trần Văn Tư", 8.0, 3.0), sentences("Trần Văn Tư", 8.0, -3.0)
    assert confidence(likely) > confidence(unlikely) > 0.0


def said_by(
    draft_of_best: str, draft_of_more: str, next_score: float = 1.0, best_coverage: float = 1.0
) -> str:
    """Return the answer of a model that says one thing of a sentence, another of two."""
    best, second = sentences("Trần Văn Tư", -9.0)
    best = best._replace(coverage=best_coverage)

    def draft(prompt: str) -> str:
        return draft_of_more if "3,5" in prompt.rsplit("Đoạn:", 1)[-1] else draft_of_best

    return asked([best, second._replace(score=next_score)], draft)[0]


def test_the_best_sentence_is_read_alone_and_more_where_it_does_not_do() -> None:
    assert said_by("Trần Văn Tư", "Bến Ngự") == "Trần Văn Tư"
    assert said_by("Lê Thị Hoa", "Bến Ngự") == "Bến Ngự"
    assert said_by("Lê Thị Hoa", "Lê Thị Hoa") == ""
    assert said_by("Trần Văn Tư", "Bến Ngự", next_score=1.99) == "Bến Ngự"
    assert said_by("Trần Văn Tư", "Lê Thị Hoa", next_score=1.99) == "Trần Văn Tư"
    assert said_by("Trần Văn Tư", "Bến Ngự", next_score=1.9) == "Trần Văn Tư"
    assert said_by("Trần Văn Tư", "Bến Ngự", next_score=1.9, best_coverage=0.3) == "Bến Ngự"


def test_an_unsure_model_reads_more_but_does_not_leave_the_best_sentence_for_a_far_one() -> None:
    best, second = sentences("Trần Văn Tư", -9.0)
    answers = []
    for score in (1.9, 1.0):
        generator = FakeCompleter(
            lambda prompt: "Bến Ngự" if "3,5" in prompt else "Trần Văn Tư", log_probability=-0.5
        )
        answers.append(answered([best, second._replace(score=score)], generator)[0])
        assert len(generator.prompts) == 2
    assert answers == ["Bến Ngự", "Trần Văn Tư"]


@pytest.mark.parametrize(("surety", "answer"), [(-0.4, "Bến Ngự"), (-0.6, "Trần Văn Tư")])
def test_of_two_drafts_the_surer_stays(surety: float, answer: str) -> None:
    best, second = sentences("Trần Văn Tư", -9.0)

    class Unlike(FakeCompleter):
        def complete(self, prefix: str, text: str, **more: Any) -> Draft:
            draft = super().complete(prefix, text, **more)
            return draft._replace(log_probability=surety) if "3,5" in text else draft

    generator = Unlike(lambda text: "Bến Ngự" if "3,5" in text else "Trần Văn Tư", -0.5)
    assert answered([best, second._replace(score=1.9)], generator)[0] == answer
    assert len(generator.prompts) == 2


@pytest.mark.parametrize(
    ("read", "score", "prompts"),
    [("Trần Văn Tư", 4.0, 1), ("Tư thiết kế", 4.0, 1), ("thiết kế", 4.0, 2), ("Tư", -1.0, 2)],
)
def test_an_unsure_model_reads_no_more_where_the_reader_agrees(
    read: str, score: float, prompts: int
) -> None:
    best, second = sentences(read, score)
    generator = FakeCompleter("Trần Văn Tư", log_probability=-0.5)
    question = "Ai làm cầu?"
    assert answered([best, second._replace(score=1.9)], generator, question)[0] == "Trần Văn Tư"
    assert len(generator.prompts) == prompts
    lacking = [best._replace(coverage=0.3), second]
    answered(lacking, generator, question)
    assert len(generator.prompts) == prompts + 2


PARTS = (
    "Chứng chỉ dạy nghề của trường thường có hạn ba năm, còn ai thi thêm một kỳ thì chứng chỉ có "
    "hạn mười năm."
)


@pytest.mark.parametrize(("preferred", "answer"), [("mười năm", "Mười năm"), ("ba năm", "Ba năm")])
def test_a_second_look_is_no_better_than_a_draft_that_the_reader_prefers(
    preferred: str, answer: str
) -> None:
    article = Article(article_id="a", text=PARTS)
    passage = Passage(passage_id=0, article_id="a", start=0, end=len(PARTS), text=PARTS)
    hit = Hit(rank=1, score=1.0, passage=passage, article=article)
    spans = [(start, end) for _, start, end in iter_syllables(PARTS)]
    first = PARTS.index(preferred)
    starts = np.array([4.0 if a == first else -4.0 for a, _ in spans], dtype=np.float32)
    reading = Reading(0.0, starts, np.zeros_like(starts), np.array(spans, dtype=np.int32))
    evidence = [Evidence(article, 0, len(PARTS), 1.0, 0.9, 1.0, hit, reading)]
    question = "Chứng chỉ dạy nghề của trường có hạn nhất là bao lâu?"
    generator = FakeCompleter(
        lambda prompt: "mười năm" if "mười năm" in prompt else "ba năm", log_probability=-0.1
    )
    assert answered(evidence, generator, question)[0] == answer
    assert len(generator.prompts) == 2
