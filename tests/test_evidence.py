from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeEmbedder, FakeGenerator
from vnqa.answering import Verdict, answer_from
from vnqa.confidence import confidence, trust
from vnqa.evidence import Evidence, QuestionWords, select_evidence
from vnqa.excerpt import excerpt, sentences_to_read
from vnqa.index import Sentences
from vnqa.language.sentences import coordinate_spans, sentence_spans
from vnqa.prompt import completion, examples, turns
from vnqa.reader import Reading
from vnqa.records import Article, Hit, Passage

TEXT = (
    "Cầu Bến Ngự dài 320 m. Trời hôm ấy mưa to. Ông Tư thiết kế cầu. Dân làng rất vui. Chợ họp sớm."
)


def frequencies(terms: Sequence[str], *, plain: bool) -> tuple[list[int], int]:
    return [1 for _ in terms], 10


def evidence_for(question: str, readings: Sequence[Reading] | None = None) -> list[Evidence]:
    article = Article(article_id="a", title="Cầu mới", text=TEXT)
    passage = Passage(passage_id=0, article_id="a", start=0, end=len(TEXT), text=TEXT)
    hits = [Hit(rank=1, score=1.0, passage=passage, article=article)]
    words = QuestionWords(question, frequencies)
    embedder = FakeEmbedder()
    spans = sentence_spans(TEXT)
    vectors = embedder.embed_passages([TEXT[start:end] for start, end in spans])
    vector = embedder.embed_query(question)
    return select_evidence(words, vector, hits, [Sentences(spans, vectors)], readings)


def test_the_sentence_that_answers_comes_first() -> None:
    assert evidence_for("Ai thiết kế cầu?")[0].text == "Ông Tư thiết kế cầu."
    assert evidence_for("Cầu Bến Ngự dài bao nhiêu?")[0].text == "Cầu Bến Ngự dài 320 m."


def test_a_sentence_without_what_is_asked_for_is_a_little_worse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    question = "Cầu Bến Ngự dài bao nhiêu?"
    scores = {source.text: source.score for source in evidence_for(question)}
    monkeypatch.setattr("vnqa.evidence.may_hold_answer", lambda sentence, question: True)
    for source in evidence_for(question):
        lost = 0.0 if "320" in source.text else 0.5
        assert scores[source.text] == pytest.approx(source.score - lost)


@pytest.mark.parametrize(
    ("found", "gained"),
    [
        (8.0, 0.08 * 8),
        (-3.0, 0.08 * -3),
        (40.0, 0.08 * 15),
        (-40.0, 0.08 * -10),
        (None, 0.08 * -10),
    ],
)
def test_what_a_reader_finds_in_a_sentence_counts_within_bounds(
    found: float | None, gained: float
) -> None:
    question, at = "Ai thiết kế cầu?", 2
    spans = np.array(sentence_spans(TEXT), dtype=np.int32)[: at if found is None else None]
    starts = np.zeros(len(spans), dtype=np.float32)  # a token a sentence
    if found is not None:
        starts[at] = found
    plain = {source.text: source.score for source in evidence_for(question)}
    read = evidence_for(question, [Reading(0.0, starts, np.zeros_like(starts), spans)])
    scores = {source.text: source.score for source in read}
    assert scores["Ông Tư thiết kế cầu."] == pytest.approx(plain["Ông Tư thiết kế cầu."] + gained)
    assert scores["Cầu Bến Ngự dài 320 m."] == plain["Cầu Bến Ngự dài 320 m."]
    assert [source.score for source in read] == sorted(scores.values(), reverse=True)


def test_every_sentence_is_evidence_and_a_slice() -> None:
    found = evidence_for("Ai thiết kế cầu?")
    assert sorted(source.text for source in found) == sorted(
        ["Cầu Bến Ngự dài 320 m.", "Trời hôm ấy mưa to.", "Ông Tư thiết kế cầu.", "Dân làng rất vui.",
         "Chợ họp sớm."]
    )  # fmt: skip
    assert all(TEXT[source.start : source.end] == source.text for source in found)


def test_what_stands_in_a_reprint_behind_the_same_sentence_is_no_more_evidence() -> None:
    texts = {
        "a": "Sông dâng cao. Cầu gãy lúc 5 giờ. Dân lo sợ.",
        "b": "Bão vào. Sông dâng cao. Cầu gãy lúc 5 giờ. Trường đóng cửa.",
        "c": "Xe lật. Cầu gãy lúc 5 giờ.",
    }
    hits, inside = [], []
    for rank, (key, text) in enumerate(texts.items(), start=1):
        article = Article(article_id=key, text=text)
        passage = Passage(passage_id=rank, article_id=key, start=0, end=len(text), text=text)
        hits.append(Hit(rank=rank, score=0.0, passage=passage, article=article))
        spans = sentence_spans(text)
        vectors = FakeEmbedder().embed_passages([text[start:end] for start, end in spans])
        inside.append(Sentences(spans, vectors))
    question = "Cầu gãy lúc nào?"
    vector = FakeEmbedder().embed_query(question)
    found = select_evidence(QuestionWords(question, frequencies), vector, hits, inside)
    kept = [s.article.article_id for s in found if s.text == "Cầu gãy lúc 5 giờ."]
    assert sorted(kept) == ["a", "c"]  # of another event perhaps
    assert len(found) == 3 + 3 + 2


def test_the_excerpt_is_two_sentences_with_neighbours_in_order() -> None:
    found = evidence_for("Ai thiết kế cầu?")
    ranked = sorted(found, key=lambda source: not source.text.startswith(("Ông Tư", "Chợ")))
    assert excerpt(sentences_to_read(ranked, max_chars=900)) == (
        "Trời hôm ấy mưa to. Ông Tư thiết kế cầu. Dân làng rất vui. Chợ họp sớm."
    )
    assert excerpt(sentences_to_read(ranked, max_chars=10)) == "Ông Tư thiết kế cầu."


def test_all_turns_but_the_last_are_the_same_for_every_question() -> None:
    one, other = turns("Ai?", "Đoạn một."), turns("Ở đâu?", "Đoạn hai.")
    assert one[:-1] == other[:-1]
    assert one[-1].content == "Đoạn trích: Đoạn một.\nCâu hỏi: Ai?"
    assert one[0].role == "system"


def test_shares_of_words() -> None:
    words = QuestionWords("Ai thiết kế cầu?", frequencies)
    assert words.topic_share("Ông Tư thiết kế cầu.") == 1.0
    assert words.topic_share("Trời mưa.") == 0.0
    assert words.topic_share("Cây cầu.") == pytest.approx(1 / 3)
    assert words.share("ai thiết kế cầu") == 1.0


def test_the_completion_follows_the_form_of_the_examples() -> None:
    asked = completion("Ai đến?\n\nHỏi: Ai đi?", "Bà Tư đến.\nÔng Năm đi.")
    assert asked == "Đoạn: Bà Tư đến. Ông Năm đi.\nHỏi: Ai đến? Hỏi: Ai đi?\nĐáp:"
    shown = examples().split("\n\n")
    assert shown.pop() == ""
    for example in shown:
        text, question, answer = example.split("\n")
        assert text.startswith("Đoạn: ")
        assert question.startswith("Hỏi: ")
        assert answer.startswith("Đáp: ")


def test_the_examples_answer_with_words_of_their_passage() -> None:
    for example in examples().split("\n\n")[:-1]:
        text, _, answer = example.split("\n")
        words = answer.removeprefix("Đáp: ").split()
        assert [word for word in words if word != "và" and word not in text] == []


@given(st.floats(-50.0, 0.0), st.floats(-50.0, 0.0))
def test_trust_rises_with_the_probability_of_the_draft(one: float, other: float) -> None:
    assert 0.0 <= trust(min(one, other)) <= trust(max(one, other)) < 1.0


def test_confidence_rises_with_cosine_and_coverage() -> None:
    (best, *_) = evidence_for("Ai thiết kế cầu?")
    low = confidence([best._replace(cosine=0.78, coverage=0.1)])
    middle = confidence([best._replace(cosine=0.88, coverage=0.1)])
    high = confidence([best._replace(cosine=0.88, coverage=1.0)])
    assert 0.0 < low < middle < high < 1.0
    assert confidence([]) == 0.0


def test_only_sentences_that_are_not_far_below_the_average_support() -> None:
    shown = evidence_for("Ai thiết kế cầu?")
    question = QuestionWords("Ai thiết kế cầu?", frequencies)
    given_up = []
    for cosines in ((0.9, 0.8, 0.8, 0.8, 0.8), (0.9, 0.9, 0.9, 0.9, 0.5)):  # mean 0.82, sd 0.16
        placed = [s._replace(cosine=c) for s, c in zip(shown, cosines, strict=True)]
        last = placed[-1]
        generator = FakeGenerator(last.text)
        said = answer_from("Ai thiết kế cầu?", question, placed, generator, threshold=0.0)
        given_up.append(next(part for part in said if isinstance(part, Verdict)).reason)
    assert given_up == [None, "unsupported"]


def test_coordinate_parts_of_a_sentence() -> None:
    sentence = (
        "Đoàn Thái Bình do bà Lê Thị Hoa, chủ tịch huyện, dẫn đầu và đoàn Nam Định do ông Trần Văn Ba, "
        "phó chủ tịch, dẫn đầu."
    )
    parts = [sentence[a:b] for a, b in coordinate_spans(sentence)]
    assert parts == [
        "Đoàn Thái Bình do bà Lê Thị Hoa, chủ tịch huyện, dẫn đầu",
        "và đoàn Nam Định do ông Trần Văn Ba, phó chủ tịch, dẫn đầu.",
    ]
    assert coordinate_spans("Ông A và bà B về.") == [(0, 17)]
