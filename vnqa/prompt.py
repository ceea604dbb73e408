"""The prompt: fixed worked examples, then the question and a few sentences of evidence.

Everything but the last turn is the same for every question, so that a generator can cache it.
"""

from __future__ import annotations

from collections.abc import Sequence

from vnqa.evidence import Evidence
from vnqa.generators import Turn
from vnqa.language.sentences import sentence_spans

NO_ANSWER = "Không có thông tin"

_INSTRUCTION = (
    "Trả lời câu hỏi bằng cụm từ ngắn chép nguyên văn từ đoạn trích, đủ mọi người và vật được hỏi. "
    f"Nếu đoạn trích không có câu trả lời, viết: {NO_ANSWER}."
)

_EXAMPLES = (
    (
        "Sáng 4/7/1998, giám đốc sở Phan Văn Tư cùng đại diện nhà thầu, bà Lê Thu An, cắt băng khánh "
        "thành cầu Bến Ngự. Cầu dài 320 m, bắc qua sông Lam Giang.",
        "Những ai khánh thành cầu Bến Ngự?",
        "giám đốc sở Phan Văn Tư và bà Lê Thu An",
    ),
    (
        "Hội chợ sách mùa thu thu hút hơn 12.000 lượt khách. Ban tổ chức tặng 1.500 cuốn sách cho "
        "thư viện các trường miền núi.",
        "Bao nhiêu cuốn sách được tặng cho thư viện miền núi?",
        "1.500 cuốn",
    ),
    (
        "Đội tuyển bơi tập huấn tại Đà Lạt để làm quen với không khí loãng.",
        "Giá vé xem giải bơi là bao nhiêu?",
        NO_ANSWER,
    ),
    (
        "Do mưa lớn kéo dài, tuyến đường ven hồ bị sạt lở, xã phải cấm xe tải từ tháng 9 năm 2019.",
        "Vì sao xã cấm xe tải?",
        "tuyến đường ven hồ bị sạt lở",
    ),
)


def turns(question: str, evidence: Sequence[Evidence], *, max_chars: int = 900) -> list[Turn]:
    """Return the chat that asks a question about the best of its evidence.

    Args:
        question: The question.
        evidence: Best first. The two best sentences go in, with their neighbours in the passage.
        max_chars: Budget of the excerpt; sentences further down the list are left out first.
    """
    chat = [Turn("system", _INSTRUCTION)]
    for excerpt, asked, answer in _EXAMPLES:
        chat.append(Turn("user", _ask(excerpt, asked)))
        chat.append(Turn("assistant", answer))
    chat.append(Turn("user", _ask(excerpt_of(evidence, max_chars=max_chars), question)))
    return chat


def _ask(excerpt: str, question: str) -> str:
    return f"Đoạn trích: {excerpt}\nCâu hỏi: {question}"


def excerpt_of(evidence: Sequence[Evidence], *, max_chars: int) -> str:
    """Return the text shown to the model: the two best sentences and their neighbours.

    Sentences of one passage stand in its order; the passage of the best sentence comes first.
    """
    chosen: dict[int, dict[tuple[int, int], str]] = {}
    used = 0
    for reach in (0, 1):
        for best in evidence[:2]:
            passage = best.hit.passage
            spans = [
                (passage.start + start, passage.start + end)
                for start, end in sentence_spans(passage.text)
            ]
            at = spans.index((best.start, best.end))
            for span in spans[max(0, at - reach) : at + reach + 1]:
                sentences = chosen.setdefault(passage.passage_id, {})
                length = span[1] - span[0]
                if span in sentences or (used and used + length > max_chars):
                    continue
                sentences[span] = best.article.text[span[0] : span[1]]
                used += length
    return "\n".join(
        " ".join(text for _, text in sorted(sentences.items())) for sentences in chosen.values()
    )
