from __future__ import annotations

import datetime
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vnqa.records import Article, Citation, Hit, Passage

HIDDEN = st.sampled_from(list("\u00ad\u200b\u200d\u202e\u2069\u2060\ufeff\U000e0061"))


@given(st.lists(st.sampled_from("Chợ nổi họp lúc 5 giờ.\n") | HIDDEN, min_size=1))
def test_an_article_is_what_is_seen_of_it(characters: list[str]) -> None:
    typed = "".join(characters) + "."
    seen = "".join(c for c in typed if unicodedata.category(c) != "Cf")
    article = Article(article_id="a", title=typed, text=typed, summary=typed, author=typed)
    assert {article.text, article.title, article.summary, article.author} == {seen}
    assert Article.model_validate_json(article.model_dump_json()) == article


@given(st.text(min_size=1))
def test_an_articles_text_is_composed_and_stays_as_it_is(text: str) -> None:
    try:
        article = Article(article_id="a", text=text)
    except ValidationError:
        return
    assert unicodedata.is_normalized("NFC", article.text)
    assert Article(article_id="a", text=article.text).text == article.text


def test_a_text_of_nothing_visible_is_no_body() -> None:
    with pytest.raises(ValidationError, match="an article needs a body"):
        Article(article_id="a", text="\u200b\u202e \ufeff")


def test_a_time_of_publication_gives_its_date() -> None:
    late = datetime.datetime(2020, 3, 5, 23, 30)
    in_utc = datetime.datetime(2020, 3, 4, 17, tzinfo=datetime.UTC)
    for published in (late, in_utc, late.date()):
        article = Article(article_id="a", text="x", published=published)
        assert type(article.published) is datetime.date
        assert article.published == datetime.date(2020, 3, 5)


def test_an_id_is_kept_to_the_letter() -> None:
    assert Article(article_id="a\u200b", text="x").article_id == "a\u200b"


def test_a_quote_and_a_passage_are_slices() -> None:
    article = Article(article_id="a", text="Chợ họp sớm.")
    cited = Citation(number=1, article=article, start=0, end=3, quote="Chợ")
    for wrong in ({"quote": "Cho"}, {"start": 1, "end": 4}, {"end": 4}, {"quote": "Chợ họp"}):
        with pytest.raises(ValidationError, match=r"quote is not article\.text\["):
            Citation.model_validate(dict(cited) | wrong)
    with pytest.raises(ValidationError, match=r"passage text has 3 characters, but .* span 4"):
        Passage(passage_id=0, article_id="a", start=0, end=4, text="Chợ")


def test_a_record_stays_as_it_is_and_has_no_other_fields() -> None:
    article = Article(article_id="a", text="Chợ họp sớm.")
    with pytest.raises(ValidationError, match="frozen"):
        article.text = "Chợ họp muộn."
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Article.model_validate({"article_id": "a", "text": "Chợ.", "body": "x"})


def test_records_can_be_members_of_sets() -> None:
    article = Article(article_id="a", text="Cầu dài 320 m.", extra={"tags": ["cầu"]})
    same = Article.model_validate_json(article.model_dump_json())
    assert {article, same} == {article}
    passage = Passage(passage_id=1, article_id="a", start=0, end=3, text="Cầu")
    hit = Hit(rank=1, score=1.0, passage=passage, article=article)
    assert {hit: 1}[hit.model_copy()] == 1
