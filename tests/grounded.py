"""A sentence as evidence, and what a draft is taken to say of it."""

from __future__ import annotations

from vnqa.evidence import Evidence
from vnqa.grounding import ground
from vnqa.language.sentences import sentence_spans
from vnqa.records import Article, Hit, Passage


def evidence_of(text: str) -> list[Evidence]:
    """Return the sentences of an article, each as good an evidence as the others."""
    article = Article(article_id="a", text=text)
    passage = Passage(passage_id=0, article_id="a", start=0, end=len(text), text=text)
    hit = Hit(rank=1, score=1.0, passage=passage, article=article)
    return [Evidence(article, a, b, 1.0, 0.9, 1.0, hit) for a, b in sentence_spans(text)]


def said(draft: str, question: str, sentence: str) -> str | None:
    """Return what a draft is taken to say, if the sentence bears it out."""
    found = ground(draft, question, evidence_of(sentence))
    if found is None:
        return None
    assert found.text == found.source.text[slice(*found.span)]
    return found.text
