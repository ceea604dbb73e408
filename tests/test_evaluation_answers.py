"""Answers are judged as a person would with a pencil."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fakes import FakeEmbedder, FakeGenerator
from vnqa import Answer, Article, Citation, NewsQA, Statement
from vnqa.evaluation import Judgement, Outcome, Question, answer_all, answer_figures, judge
from vnqa.evaluation.outcomes import matches, statements_of

BRIDGE = Article(
    article_id="cau",
    source="Báo Sông",
    text="Cầu Bến Ngự dài 320 m. Cầu được khánh thành ngày 4/7/1998.",
)
FAIR = Article(
    article_id="sach",
    source="Báo Núi",
    text="Hội chợ sách thu hút 12.000 lượt khách. Hội chợ mở tại Bến Trúc.",
)
LENGTH, OPENING = "Cầu Bến Ngự dài 320 m.", "Cầu được khánh thành ngày 4/7/1998."
VISITORS, PLACE = "Hội chợ sách thu hút 12.000 lượt khách.", "Hội chợ mở tại Bến Trúc."


def cite(article: Article, quote: str, number: int = 1) -> Citation:
    start = article.text.index(quote)
    return Citation(
        number=number, article=article, start=start, end=start + len(quote), quote=quote
    )


def said(
    *statements: tuple[str, Sequence[Citation]], confidence: float = 0.9, seconds: float = 1.0
) -> Answer:
    """Return an answer of statements as ``ask`` writes it; of none: an abstention."""
    records = [Statement(text=text, citations=tuple(cited)) for text, cited in statements]
    citations = {c.number: c for record in records for c in record.citations}
    return Answer(
        question="?",
        text=" ".join(map(str, records)),
        abstained=not records,
        reason=None if records else "Không tìm thấy.",
        citations=tuple(citations.values()),
        confidence=confidence,
        model="fake",
        seconds=seconds,
    )


def six_outcomes() -> list[Outcome]:
    asked = [
        Question(
            question="Cầu khánh thành ngày nào?",
            answers=("ngày 4 tháng 7 năm 1998",),
            article_ids=("cau",),
            quotes=(OPENING,),
        ),
        Question(
            question="Bao nhiêu khách đến hội chợ?",
            answers=("12.000 lượt",),
            article_ids=("sach",),
            quotes=(VISITORS,),
        ),
        Question(
            question="Hội chợ mở ở đâu?",
            answers=("Bến Trúc",),
            article_ids=("sach",),
            quotes=(PLACE,),
        ),
        Question(question="Cầu dài bao nhiêu?", answers=("320 m",), article_ids=("cau",)),
        Question(question="Cầu cao bao nhiêu?"),
        Question(question="Ai vẽ cầu?"),
    ]
    answers = [
        said(("4/7/1998", [cite(BRIDGE, OPENING)]), confidence=0.9, seconds=1),
        said(
            ("12.000 lượt khách", [cite(FAIR, VISITORS)]),
            ("320 m", [cite(BRIDGE, LENGTH, 2)]),
            confidence=0.8,
            seconds=2,
        ),
        said(("Bến Ngự", [cite(BRIDGE, LENGTH)]), confidence=0.4, seconds=3),
        said(confidence=0.3, seconds=4),
        said(("99 m", [cite(BRIDGE, LENGTH)]), confidence=0.6, seconds=5),
        said(confidence=0.1, seconds=9),
    ]
    return [Outcome(question=q, answer=a) for q, a in zip(asked, answers, strict=True)]


def values(outcomes: Sequence[Outcome], threshold: float | None = None) -> dict[str, float]:
    return {name: f.value for name, f in answer_figures(outcomes, threshold=threshold).items()}


def test_every_figure_by_hand() -> None:
    # F1 of the second: 2 of 5 syllables found, 2 of 2 wanted: 4/7; of the third: 1 of 2 and 1 of 2
    scores = [1.0, 4 / 7, 0.5]
    assert values(six_outcomes()) == pytest.approx(
        {
            "answered": 3 / 4,
            "EM": 1 / 4,
            "F1": sum(scores) / 4,
            "EM where answered": 1 / 3,
            "F1 where answered": sum(scores) / 3,
            "holds gold": 2 / 4,
            "holds gold and cites gold article": 2 / 4,
            "quotes hold gold": 2 / 3,
            "gold article cited": 2 / 3,
            "citation precision": (1 + 1 / 2 + 0) / 3,
            "citation recall": (1 + 1 + 0) / 3,
            "quote integrity": 1.0,
            "support": 3 / 4,  # no quote says 99
            "seconds": 3.5,
        }
    )


def test_below_the_threshold_nothing_was_said() -> None:
    found = values(six_outcomes(), threshold=0.5)
    expected = {
        "answered": 2 / 4,
        "EM": 1 / 4,
        "F1": (1 + 4 / 7) / 4,
        "EM where answered": 1 / 2,
        "F1 where answered": (1 + 4 / 7) / 2,
        "gold article cited": 1.0,
        "citation precision": 3 / 4,
        "support": 2 / 3,
        "seconds": 3.5,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_figures_are_over_the_questions_that_they_can_be_told_of() -> None:
    counts = {name: figure.n for name, figure in answer_figures(six_outcomes()).items()}
    assert counts == {
        "answered": 4, "EM": 4, "F1": 4, "EM where answered": 3, "F1 where answered": 3,
        "holds gold": 4, "holds gold and cites gold article": 4, "quotes hold gold": 3,
        "gold article cited": 3, "citation precision": 3, "citation recall": 3,
        "quote integrity": 4, "support": 4, "seconds": 6,
    }  # fmt: skip
    only_articles = Outcome(
        question=Question(question="Cầu?", article_ids=("cau",)),
        answer=said(("320 m", [cite(BRIDGE, LENGTH)])),
    )
    assert values([only_articles]) == {
        "answered": 1.0,
        "gold article cited": 1.0,
        "quote integrity": 1.0,
        "support": 1.0,
        "seconds": 1.0,
    }
    only_answers = Outcome(
        question=Question(question="Cầu?", answers=("320 m",)),
        answer=said(("320 m", [cite(BRIDGE, LENGTH)])),
    )
    found = values([only_answers])
    assert found["holds gold"] == 1.0
    assert "holds gold and cites gold article" not in found
    assert answer_figures([]) == {}


def test_a_statement_is_supported_by_its_own_quotes() -> None:
    length, opening = cite(BRIDGE, LENGTH), cite(BRIDGE, OPENING, 2)
    question = six_outcomes()[0].question
    crossed = said(("4/7/1998", [length]), ("320 m", [opening]))
    assert judge(question, crossed).support == 0.0
    assert judge(question, said(("4/7/1998", [opening]), ("320 m", [opening]))).support == 0.5


def test_an_abstention_has_nothing() -> None:
    question = six_outcomes()[0].question
    assert judge(question, said()) == Judgement()


def test_right_is_held_and_cited_from_the_gold_article() -> None:
    copy = BRIDGE.model_copy(update={"article_id": "chep"})
    held = ("4/7/1998", [cite(BRIDGE, OPENING)])
    question = six_outcomes()[0].question
    assert judge(question, said(held)).right
    assert not judge(question, said(("4/7/1998", [cite(copy, OPENING)]))).right
    assert not judge(question, said(("320 m", [cite(BRIDGE, LENGTH)]))).right
    without_article = Question(question="?", answers=question.answers)
    assert judge(without_article, said(("4/7/1998", [cite(copy, OPENING)]))).right
    unanswerable = question.model_copy(update={"answerable": False})
    assert not judge(unanswerable, said(held)).right
    assert judge(unanswerable, said(held)).holds_gold
    unknown = Question(question="?", answerable=True)
    assert not judge(unknown, said(held)).right


def test_a_list_said_one_by_one_is_the_list() -> None:
    cited = [cite(BRIDGE, LENGTH)]
    question = Question(question="?", answers=("ông An, bà Lê Thị Hoa và Nam",))
    names = [(name, cited) for name in ("Ông An", "Bà Lê Thị Hoa", "Nam")]
    judged = judge(question, said(*names))
    assert (judged.exact, judged.f1, judged.holds_gold, judged.right) == (True, 1.0, True, True)
    assert not judge(question, said(*names[:2])).right
    two_sentences = Question(question="?", answers=("Dài 320 m. Cao 5 m.",))
    assert judge(two_sentences, said(("Dài 320 m", cited), ("Cao 5 m", cited))).exact


def test_a_quote_that_is_no_slice_is_noticed() -> None:
    forged = Citation.model_construct(number=1, article=BRIDGE, start=0, end=3, quote="Đò")
    answer = said(("320 m", [cite(BRIDGE, LENGTH, 2)]))
    answer = answer.model_copy(update={"citations": (forged, *answer.citations)})
    assert judge(six_outcomes()[0].question, answer).quote_integrity == 0.5


def test_statements_are_read_without_their_markers() -> None:
    one, two = cite(BRIDGE, LENGTH), cite(BRIDGE, OPENING, 2)
    parts = [("Cầu dài 320 m, xem [1] và [2] ở trên.", [one, two]), ("Mở ngày 4/7/1998", [two])]
    assert statements_of(said(*parts)) == [
        Statement(text="Cầu dài 320 m, xem [1] và [2] ở trên", citations=(one, two)),
        Statement(text="Mở ngày 4/7/1998", citations=(two,)),
    ]
    assert statements_of(said()) == []


@pytest.mark.parametrize(
    ("quote", "gold", "same"),
    [
        (LENGTH, LENGTH.upper(), True),
        (f"{LENGTH} {OPENING}", OPENING, True),  # cut at another place
        ("ngày 4 tháng 7 năm 1998", OPENING, True),
        ("Cầu được khánh thành hôm 4/7/1998 vừa rồi.", OPENING, True),  # 7 shared of 10
        (LENGTH, OPENING, False),
        ("Bến Trúc dựng chợ hoa xuân", PLACE, False),  # 3 shared of 6: not more than half
        ("Chợ Bến Trúc", "Chợ hoa năm nay họp tại Bến Trúc.", False),  # 3 of 8, the longer
        ("…", OPENING, False),
    ],
)
def test_a_quote_matches_the_gold_sentence(quote: str, gold: str, same: bool) -> None:
    assert matches(quote, gold) is same
    assert matches(gold, quote) is same


def test_all_questions_are_asked_of_their_outlets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vnqa.answering.confidence", lambda evidence: 0.9)
    questions = [
        Question(question="Cầu Bến Ngự dài bao nhiêu?", answers=("320 m",), article_ids=("cau",)),
        Question(question="Cầu Bến Ngự dài bao nhiêu?", sources=("Báo Núi",)),
    ]
    told: list[tuple[str, int, int]] = []
    with NewsQA.open(
        tmp_path / "tin", embedder=FakeEmbedder(), reader=None, generator=FakeGenerator("320 m")
    ) as qa:
        qa.add([BRIDGE, FAIR])
        outcomes = answer_all(qa, questions, progress=lambda *state: told.append(state))
    assert told == [("answering", 1, 2), ("answering", 2, 2)]
    assert [outcome.question for outcome in outcomes] == questions
    assert [outcome.is_answered() for outcome in outcomes] == [True, False]
    assert [outcome.is_answered(0.95) for outcome in outcomes] == [False, False]
    assert [len(outcome.answer.hits) for outcome in outcomes] == [2, 1]
    assert {hit.article.article_id for hit in outcomes[1].answer.hits} == {"sach"}
    assert judge(questions[0], outcomes[0].answer).right
    assert Outcome.model_validate_json(outcomes[0].model_dump_json()) == outcomes[0]
