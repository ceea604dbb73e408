"""Sentences that talk to a language model instead of telling news.

A small model obeys what it reads. Such a sentence holds no fact of the story, so it is no evidence:
it is not shown to the model and never quoted. What a model writes is checked all the same; this
only keeps it from being led astray.
"""

from __future__ import annotations

import re

from vnqa.language.vietnamese import fold, has_diacritics

_CONTROL = re.compile(
    r"<\|\w+\|>|\[/?INST\]|<</?SYS>>|^\W*(?:system|assistant|user|human)\s*:|###\s*\w+",
    re.IGNORECASE,
)
_BLOB = re.compile(r"[A-Za-z0-9+=]{60,}")
_VIETNAMESE = (
    r"(?:^|[.!?:,;\"“]\s*|\b(?:hãy|phải|xin|và|bạn) )(?:bỏ qua|quên|phớt lờ|không tuân theo|"
    r"vô hiệu)\b.{0,40}\b(?:chỉ dẫn|hướng dẫn|chỉ thị|(?<!hiệu )(?<!sắc )lệnh|quy tắc|ngữ cảnh)\b"
    r"|\b(?:hãy|chỉ được) (?:luôn )?(?:trả lời|đáp|viết|ghi|in ra|xuất ra|lặp lại|nói)"
    r"(?: lại)?(?: rằng| bằng| là|:| đúng| duy nhất| một từ)"
    r"|\bchỉ (?:trả lời|đáp|viết|in ra)(?: bằng từ| bằng chữ| đúng| duy nhất| một từ)"
    r"|\b(?:hãy|phải|luôn) trích dẫn\b"
    r"|\bbạn (?:hãy |phải |giờ )?(?:là|đóng vai)\b.{0,40}\b(?:trợ lý|mô hình ngôn ngữ|chatbot)\b"
    r"|\b(?:trợ lý ai|system prompt|lời nhắc hệ thống)\b"
)
_ENGLISH = (
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}"
    r"\b(?:previous|prior|above|instructions?|rules?|prompt)\b"
    r"|\b(?:respond|reply|answer|output|print|repeat)\b.{0,20}\b(?:only|exactly|with the word)\b"
    r"|\byou (?:are now|must always|should always|will always|must only) "
    r"|\bas an? (?:ai|language model)\b"
)
_ORDERS = re.compile(f"{_VIETNAMESE}|{_ENGLISH}")
_ORDERS_PLAIN = re.compile(fold(_VIETNAMESE))  # typed without diacritics


def gives_orders(sentence: str) -> bool:
    """Tell whether a sentence is addressed to a language model: orders, control tokens, blobs."""
    if _CONTROL.search(sentence) or _BLOB.search(sentence) or _ORDERS.search(sentence.lower()):
        return True
    return not has_diacritics(sentence) and _ORDERS_PLAIN.search(fold(sentence)) is not None
