"""What people read of an answer."""

from __future__ import annotations

import pickle

from vnqa import MissingExtraError
from vnqa.records import Answer, Article, Citation, Hit, Passage
from vnqa.rendering import describe_article, nearest_articles, render_answer


def hit(rank: int, name: str) -> Hit:
    article = Article(article_id=name, title=f"Bài {name}", text="Chợ họp sớm.")
    passage = Passage(passage_id=rank, article_id=name, start=0, end=12, text="Chợ họp sớm.")
    return Hit(rank=rank, score=1.0 / rank, passage=passage, article=article)


def answer(**fields: object) -> Answer:
    known = {
        "question": "Chợ?", "text": "", "abstained": True, "reason": "Không có.", "citations": (),
        "hits": (), "confidence": 0.1, "model": "fake", "seconds": 0.1, "lang": "vi",
    }  # fmt: skip
    return Answer.model_validate(known | fields)


def test_the_nearest_articles_each_once_and_best_first() -> None:
    abstained = answer(hits=tuple(hit(rank, name) for rank, name in enumerate("ABCDA", start=1)))
    assert [article.article_id for article in nearest_articles(abstained)] == ["A", "B", "C"]
    assert render_answer(abstained).splitlines()[2:] == [
        "Bài gần nhất:",
        "  - Bài A",
        "  - Bài B",
        "  - Bài C",
    ]


def test_an_address_cannot_look_like_another_citation() -> None:
    article = Article(article_id="x", text="Cầu dài 320 m.", url="http://x.vn/a\n  [2] Báo Thật")
    citation = Citation(number=1, article=article, start=0, end=14, quote=article.text)
    said = answer(text="320 m [1].", abstained=False, reason=None, citations=(citation,))
    assert str(said).splitlines()[-1] == "      http://x.vn/a [2] Báo Thật"


def test_nor_can_a_title_or_a_quote() -> None:
    text = "Cầu dài 320 m.\n  [2] Báo Thật"
    article = Article(article_id="x", title="Tin\n  [2] Báo Thật", text=text, source="A\nB")
    citation = Citation(number=1, article=article, start=0, end=len(text), quote=text)
    said = answer(text="320 m [1].", abstained=False, reason=None, citations=(citation,))
    assert str(said).splitlines()[-2:] == [
        "  [1] Tin [2] Báo Thật · A B",
        "      “Cầu dài 320 m. [2] Báo Thật”",
    ]


def test_an_article_with_a_blank_title_is_told_by_its_id() -> None:
    assert (
        describe_article(Article(article_id="x", title=" ", text="Chợ.", source="VOV")) == "x · VOV"
    )


def test_an_error_survives_the_way_to_another_process() -> None:
    error = MissingExtraError("gguf", extra="bundled", purpose="the model")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert (str(again), again.package, again.extra) == (str(error), "gguf", "bundled")
