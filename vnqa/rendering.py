"""Answers as text for people, in Vietnamese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from vnqa.records import Answer, Article

Language = Literal["vi", "en"]
Reason = Literal["empty", "irrelevant", "unsupported", "refused", "doubtful", "filtered"]

REASONS: dict[Language, dict[Reason, str]] = {
    "vi": {
        "empty": "Bộ sưu tập chưa có bài viết nào.",
        "filtered": "Không có bài viết nào khớp với khoảng ngày hoặc nguồn đã chọn.",
        "irrelevant": "Không tìm thấy bài viết nào nói về điều được hỏi.",
        "refused": "Các bài viết gần nhất không nêu điều được hỏi.",
        "doubtful": "Điều tìm được không đủ chắc chắn để trả lời.",
        "unsupported": "Không có câu nào trong các bài viết xác nhận được câu trả lời.",
    },
    "en": {
        "empty": "The collection holds no articles yet.",
        "filtered": "No article is in the chosen range of dates or from the chosen sources.",
        "irrelevant": "No article was found that is about what was asked.",
        "refused": "The nearest articles do not say what was asked.",
        "doubtful": "What was found is too doubtful to be an answer.",
        "unsupported": "No sentence of the articles bears out the answer.",
    },
}

_LABELS: dict[Language, dict[str, str]] = {
    "vi": {"abstained": "Không trả lời được", "nearest": "Bài gần nhất", "sources": "Nguồn"},
    "en": {"abstained": "No answer", "nearest": "Nearest articles", "sources": "Sources"},
}
_NEAREST = 3


def describe_article(article: Article) -> str:
    """Return title, outlet and date on one line; the id where there is no title."""
    parts = [article.title.strip() or article.article_id, article.source or ""]
    if article.published is not None:
        parts.append(article.published.strftime("%d/%m/%Y"))
    return " · ".join(" ".join(part.split()) for part in parts if part)


def nearest_articles(answer: Answer) -> list[Article]:
    """Return the first articles of an answer's hits, each once, best first."""
    unique: dict[str, Article] = {}
    for hit in answer.hits:
        unique.setdefault(hit.article.article_id, hit.article)
    return list(unique.values())[:_NEAREST]


def render_answer(answer: Answer, *, lang: Language = "vi") -> str:
    """Return the answer's text, then its citations: number, title, outlet, date, quote, address."""
    labels = _LABELS[lang]
    if answer.abstained:
        lines = [f"{labels['abstained']}: {answer.reason}"]
        articles = nearest_articles(answer)
        if articles:
            lines += ["", f"{labels['nearest']}:"]
            lines += [f"  - {describe_article(article)}" for article in articles]
        return "\n".join(lines)
    lines = [answer.text, "", f"{labels['sources']}:"]
    for citation in answer.citations:
        quote = " ".join(citation.quote.split())
        lines.append(f"  [{citation.number}] {describe_article(citation.article)}")
        lines.append(f"      “{quote}”")
        if citation.article.url:
            lines.append(f"      {' '.join(citation.article.url.split())}")
    return "\n".join(lines)
