"""What is read of an article where the best sentences say nothing, and whether something is so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.fakes import FakeCompleter, FakeGenerator
from vnqa.answering import Verdict, answer_from
from vnqa.confidence import MOST_TRUSTED, THRESHOLD
from vnqa.evidence import Evidence, QuestionWords
from vnqa.generators import Draft, Generator
from vnqa.records import Article, Hit, Passage, Statement

SENTENCES = (
    "Hội chợ hoa khai mạc ở công viên Bến Ngự.",
    "Trời mưa lớn suốt buổi sáng.",
    "Khách phải đi đường vòng.",
    "Bà Lê Thu An cắt băng khai mạc.",
    "Ông Phan Văn Tư đến muộn.",
    "Hoa ly được mua nhiều nhất.",
    "Bảy gian hàng bán cây cảnh.",
)
QUESTION = "Hội chợ hoa do người nào mở màn?"


def evidence(coverage: float = 1.0, sentences: Sequence[str] = SENTENCES) -> list[Evidence]:
    """Return the sentences of an article, best first, each less near than the one before."""
    text = " ".join(sentences)
    article = Article(article_id="a", title="Hội chợ hoa", text=text)
    passage = Passage(passage_id=0, article_id="a", start=0, end=len(text), text=text)
    hit = Hit(rank=1, score=1.0, passage=passage, article=article)
    starts = [text.index(sentence) for sentence in sentences]
    return [
        Evidence(article, start, start + len(sentence), 5.0 - place, cosine, coverage, hit)
        for place, (start, sentence, cosine) in enumerate(
            zip(starts, sentences, (1.0, *[0.9] * (len(sentences) - 1)), strict=True)
        )
    ]


class Writer(FakeCompleter):
    """Says of an excerpt what it is told to, as surely as it is told to; else that it cannot."""

    def __init__(self, says: Mapping[str, tuple[str, float]]) -> None:
        super().__init__("", 0.0)
        self.says = says
        self.is_trained_to_answer = False
        self.read: list[str] = []

    def complete(self, prefix: str, text: str, **more: Any) -> Draft:
        excerpt = text.removeprefix("Đoạn: ").split("\nHỏi:")[0]
        self.read.append(excerpt)
        return Draft(*self.says.get(excerpt, ("–", -0.01)))


def trained(says: Mapping[str, tuple[str, float]]) -> Writer:
    """Return one that was taught to answer."""
    writer = Writer(says)
    writer.is_trained_to_answer = True
    return writer


def answered(
    generator: Generator | None,
    question: str = QUESTION,
    threshold: float = 0.0,
    found: Sequence[Evidence] | None = None,
) -> tuple[list[str], Verdict]:
    words = QuestionWords(question, lambda terms, plain: ([1 for _ in terms], 10))
    found = evidence() if found is None else found
    parts = list(answer_from(question, words, found, generator, threshold=threshold))
    verdict = parts.pop()
    assert isinstance(verdict, Verdict)
    said = [part for part in parts if isinstance(part, Statement)]
    assert all(part.text.lower() in part.citations[0].quote.lower() for part in said)
    return [part.text for part in said], verdict


def test_where_the_best_sentences_say_nothing_the_next_are_read_one_by_one() -> None:
    writer = Writer({SENTENCES[3]: ("Lê Thu An", -0.05)})
    said, verdict = answered(writer)
    assert (said, verdict.reason) == (["Lê Thu An"], None)
    assert THRESHOLD < verdict.confidence <= MOST_TRUSTED
    assert writer.read[0] == SENTENCES[0]
    assert writer.read[2:] == list(SENTENCES[1:4])  # the second excerpt held several


def test_no_more_is_read_than_the_six_best_nor_anything_where_the_best_answers() -> None:
    writer = Writer({SENTENCES[6]: ("Bảy gian hàng", -0.05)})
    assert answered(writer)[0] == []
    assert SENTENCES[6] not in writer.read
    writer = Writer({SENTENCES[0]: ("công viên Bến Ngự", -0.05)})
    assert answered(writer)[0] == ["Công viên Bến Ngự"]
    assert writer.read == [SENTENCES[0]]


def test_where_the_best_sentence_says_that_it_is_not_known_no_other_is_asked() -> None:
    sentences = ("Chưa rõ hội chợ mở khi nào.", "Chợ hoa mở ngày 4/7/1998.", "Trời mưa lớn.")
    when = "Hội chợ mở khi nào?"
    unknown = trained({sentences[0]: ("Chưa rõ", -0.01), sentences[1]: ("ngày 4/7/1998", -0.01)})
    assert answered(unknown, when, found=evidence(sentences=sentences))[0] == []
    assert unknown.read == [sentences[0]]
    other = trained({sentences[0]: ("Hội chợ", -0.01), sentences[1]: ("ngày 4/7/1998", -0.01)})
    assert answered(other, when, found=evidence(sentences=sentences))[0] == ["Ngày 4/7/1998"]


def test_nothing_more_is_read_where_the_articles_hardly_hold_an_answer() -> None:
    writer = Writer({SENTENCES[3]: ("Lê Thu An", -0.05)})
    far = [source._replace(cosine=0.5, coverage=0.05) for source in evidence()]
    assert answered(writer, found=far)[0] == []
    assert SENTENCES[3] not in writer.read


def test_of_what_the_next_sentences_say_the_surest_is_said() -> None:
    unsure = {SENTENCES[1]: ("Trời mưa lớn", -0.5), SENTENCES[4]: ("Phan Văn Tư", -0.3)}
    assert answered(Writer(unsure))[0] == ["Phan Văn Tư"]
    sure = unsure | {SENTENCES[3]: ("Lê Thu An", -0.05)}
    writer = Writer(sure)
    assert answered(writer)[0] == ["Lê Thu An"]
    assert SENTENCES[4] not in writer.read[2:]  # it was sure enough


def test_where_the_best_says_something_hardly_the_next_are_read_and_must_be_surer() -> None:
    hardly = {SENTENCES[0]: ("công viên Bến Ngự", -0.8)}
    surer = hardly | {SENTENCES[3]: ("Lê Thu An", -0.05)}
    assert answered(trained(surer))[0] == ["Lê Thu An"]
    as_unsure = hardly | {SENTENCES[3]: ("Lê Thu An", -0.6)}
    assert answered(trained(as_unsure))[0] == ["Công viên Bến Ngự"]
    less = {SENTENCES[0]: ("công viên Bến Ngự", -0.4)} | {SENTENCES[3]: ("Lê Thu An", -0.05)}
    for writer in (trained(less), Writer(surer)):
        assert answered(writer)[0] == ["Công viên Bến Ngự"]
        assert SENTENCES[3] not in writer.read


def test_what_is_said_is_of_the_kind_asked_for() -> None:
    names = dict.fromkeys(SENTENCES, ("Lê Thu An", -0.05))
    assert answered(trained(names), "Hội chợ hoa mở cửa bao nhiêu ngày?")[0] == []
    assert answered(trained(names))[0] == ["Lê Thu An"]


def test_what_is_drafted_twice_is_said_once() -> None:
    twice = {SENTENCES[3]: ("Lê Thu An cắt băng. Lê Thu An đã cắt băng.", -0.05)}
    said, _ = answered(Writer(twice), found=evidence()[3:4])
    assert said == ["Lê Thu An cắt băng"]


@pytest.mark.parametrize(
    ("question", "sentences", "said"),
    [
        ("Cầu dài bao nhiêu?", ("Cầu bắc qua sông.", "Cầu dài 320 m."), "Cầu dài 320 m."),
        (
            "Bao nhiêu người chết?",
            ("Lúc 5 giờ có gió ở 3 xã.", "Bão làm 12 người chết."),
            "Bão làm 12 người chết.",
        ),
        ("Cầu dài bao nhiêu?", ("Cầu 9 nhịp.", "Cầu dài 320 m."), "Cầu 9 nhịp."),
        ("Cầu dài bao nhiêu?", (*SENTENCES[:4], "Cầu dài 320 m."), "Cầu dài 320 m."),
        ("Cầu dài bao nhiêu?", (*SENTENCES[:5], "Cầu dài 320 m."), None),
    ],
    ids=["of the kind", "counting what is asked", "the better", "the fifth", "the sixth"],
)
def test_without_a_model_the_best_fitting_of_five_sentences_is_said(
    question: str, sentences: tuple[str, ...], said: str | None
) -> None:
    found = evidence(sentences=sentences)
    assert answered(None, question, found=found)[0] == ([] if said is None else [said])


def test_what_is_hardly_said_and_not_borne_out_is_a_refusal() -> None:
    for sure, reason in ((-0.8, "refused"), (-0.1, "unsupported")):
        verdict = answered(trained({SENTENCES[0]: ("cầu Long Biên", sure)}))[1]
        assert verdict.reason == reason


@pytest.mark.parametrize("verdict", ["không", "Có", "có, ông đến muộn"])
def test_whether_something_is_so_is_answered_by_the_sentence_that_settles_it(verdict: str) -> None:
    writer = Writer({SENTENCES[0]: ("có", -1.2), SENTENCES[2]: (verdict, -0.1)})
    said, end = answered(writer, "Khách có đi thẳng được không?")
    assert said == [SENTENCES[2]]
    assert end.reason is None
    assert end.confidence > THRESHOLD
    assert writer.read == list(SENTENCES[:4])


def test_one_that_was_not_trained_settles_it_only_with_words_of_the_question() -> None:
    question, found = "Khách có đi thẳng được không?", evidence(coverage=0.4)
    words = QuestionWords(question, lambda terms, plain: ([1 for _ in terms], 10))
    sure = {}
    for is_trained in (True, False):
        writer = Writer({SENTENCES[0]: ("không", -0.1)})
        writer.is_trained_to_answer = is_trained
        *_, verdict = answer_from(question, words, found, writer, threshold=0.0)
        sure[is_trained] = verdict.confidence
    assert sure[False] < THRESHOLD < sure[True]


def test_of_two_sentences_that_settle_it_as_likely_the_nearer_is_said() -> None:
    writer = Writer(dict.fromkeys(SENTENCES, ("không", -0.1)))
    assert answered(writer, "Khách có đi thẳng được không?")[0] == [SENTENCES[0]]


@pytest.mark.parametrize(
    "says",
    [{}, {SENTENCES[1]: ("không", -1.2)}, {SENTENCES[1]: ("công viên", -0.1)}],
    ids=["refused", "unsure", "something else"],
)
def test_nothing_is_said_where_no_sentence_settles_it(says: dict[str, tuple[str, float]]) -> None:
    said, verdict = answered(Writer(says), "Vé vào cửa có đắt không?", threshold=THRESHOLD)
    assert (said, verdict.reason) == ([], "doubtful")
    assert verdict.confidence < THRESHOLD


@pytest.mark.parametrize("verdict", ["Không rõ.", "Không xác định", "Có thể", "Chưa rõ"])
def test_what_does_not_know_settles_nothing(verdict: str) -> None:
    chat = FakeGenerator(lambda prompt: verdict if SENTENCES[2] in prompt else "Có")
    assert answered(chat, "Khách có đi thẳng được không?")[0] == [SENTENCES[0]]


def test_a_chat_model_is_asked_for_one_word() -> None:
    chat = FakeGenerator(
        lambda prompt: "Không." if SENTENCES[2] in prompt else "Không có thông tin"
    )
    assert answered(chat, "Khách có đi thẳng được không?")[0] == [SENTENCES[2]]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("“Cầu Bến Ngự đã khánh thành sáng nay.", "Cầu Bến Ngự đã khánh thành sáng nay."),
        ("Cầu Bến Ngự đã khánh thành sáng nay”.", "Cầu Bến Ngự đã khánh thành sáng nay"),
        (
            "“Cầu Bến Ngự đã khánh thành”, ông Nam nói.",
            "“Cầu Bến Ngự đã khánh thành”, ông Nam nói.",
        ),
        ('"Cầu Bến Ngự đã khánh thành sáng nay.', "Cầu Bến Ngự đã khánh thành sáng nay."),
    ],
)
def test_a_sentence_is_said_without_half_a_pair_of_quotation_marks(
    sentence: str, text: str
) -> None:
    question = "Cầu Bến Ngự đã khánh thành chưa?"
    found = evidence(sentences=[sentence])
    assert answered(FakeCompleter("có", -0.01), question, found=found)[0] == [text]
