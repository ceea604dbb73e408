"""The prompt: fixed worked examples, then the question and a few sentences of evidence.

Everything but the last turn is the same for every question, so that a generator can cache it.
"""

from __future__ import annotations

from collections.abc import Sequence

from vnqa.evidence import Evidence
from vnqa.generators import Turn

NO_ANSWER = "Không có thông tin"

_INSTRUCTION = (
    "Trả lời câu hỏi bằng cụm từ ngắn chép nguyên văn từ đoạn trích, đủ mọi người và vật được hỏi. "
    f"Nếu đoạn trích không có câu trả lời, viết: {NO_ANSWER}."
)

_EXAMPLES = (
    (
        "Sáng 4/7/1998, giám đốc sở Phan Văn Tư cùng đại diện nhà thầu, bà Lê Thu An, cắt băng "
        "khánh thành cầu Bến Ngự. Cầu dài 320 m, bắc qua sông Lam Giang.",
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


def turns(question: str, shown: str) -> list[Turn]:
    """Return the chat that asks a question about an excerpt of the articles."""
    chat = [Turn("system", _INSTRUCTION)]
    for text, asked, answer in _EXAMPLES:
        chat += [Turn("user", _ask(text, asked)), Turn("assistant", answer)]
    return [*chat, Turn("user", _ask(shown, question))]


def _ask(shown: str, question: str) -> str:
    return f"Đoạn trích: {shown}\nCâu hỏi: {question}"


def sentences_to_read(evidence: Sequence[Evidence], *, max_chars: int) -> list[Evidence]:
    """Return what the model is shown: the two best sentences and their neighbours, to be read.

    Sentences of one passage stand in its order; the passage of the best sentence comes first.

    Args:
        evidence: All sentences of the hits, best first.
        max_chars: Budget; neighbours are left out first, the best sentence never.
    """
    places = {(source.hit.passage.passage_id, source.start): source for source in evidence}
    order = sorted(places)
    chosen: dict[tuple[int, int], Evidence] = {}
    used = 0
    for reach in (0, 1):
        for best in evidence[:2]:
            at = order.index((best.hit.passage.passage_id, best.start))
            for place in order[max(0, at - reach) : at + reach + 1]:
                source = places[place]
                length = source.end - source.start
                if (
                    place in chosen
                    or place[0] != best.hit.passage.passage_id
                    or (used and used + length > max_chars)
                ):
                    continue
                chosen[place] = source
                used += length
    first = {place[0]: rank for rank, place in reversed(list(enumerate(chosen)))}
    return [chosen[place] for place in sorted(chosen, key=lambda place: (first[place[0]], place))]


def excerpt(sentences: Sequence[Evidence]) -> str:
    """Return the sentences as one text, a line for each passage."""
    lines: dict[int, list[str]] = {}
    for source in sentences:
        lines.setdefault(source.hit.passage.passage_id, []).append(source.text)
    return "\n".join(" ".join(line) for line in lines.values())
