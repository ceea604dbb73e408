"""What the rows of the table are called in Vietnamese."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\b\d[\d,]*")
_NAMES = {  # numbers stand as #
    "SentenceTransformer.encode, same weights, best batch": "SentenceTransformer.encode, cùng "
    "trọng số, lô tốt nhất",
    "add # articles: read, clean, cut, embed, write, both indexes": "thêm # bài: đọc, làm sạch, "
    "cắt, nhúng, ghi, cả hai chỉ mục",
    "add # articles with made-up vectors": "thêm # bài với vectơ giả",
    "add # articles to #": "thêm # bài vào # bài",
    "update one of # articles, then search": "cập nhật một trong # bài, rồi tìm",
    "open an index of # articles, first search": "mở chỉ mục # bài, lần tìm đầu tiên",
    "dense search among # vectors": "tìm theo vectơ giữa # vectơ",
    "hybrid search among # passages": "tìm kết hợp giữa # đoạn",
    "hybrid search among # passages, a tenth of the dates": "tìm kết hợp giữa # đoạn, lọc còn một "
    "phần mười số ngày",
    "`ask` answering with the best sentence": "`ask` trả lời bằng câu hợp nhất",
    "`ask` answering with the best sentence and the reader": "`ask` trả lời bằng câu hợp nhất, có "
    "mô hình đọc",
    "`ask`, bundled models, # questions": "`ask`, mô hình đi kèm, # câu hỏi",
    "# questions with ask_many": "# câu hỏi bằng ask_many",
    "embedding passages": "nhúng các đoạn",
    "embedding them": "nhúng các bài ấy",
    "embedding the article": "nhúng bài ấy",
    "before": "trước đó",
    "adding them to an empty collection": "thêm vào kho rỗng",
    "reading its files once": "đọc các tệp của nó một lần",
    "FAISS IndexFlatIP, one thread": "FAISS IndexFlatIP, một luồng",
    "exact search": "tìm chính xác",
    "dense search alone, the question's embedding included in both": "chỉ tìm theo vectơ, cả hai "
    "gồm việc nhúng câu hỏi",
    "dense search alone, both without embedding": "chỉ tìm theo vectơ, cả hai không nhúng",
    "`ask` with the language model and the reader": "`ask` với mô hình ngôn ngữ và mô hình đọc",
    "LlamaIndex with FAISS, same weights, top #": "LlamaIndex với FAISS, cùng trọng số, # đoạn",
    "Haystack with FAISS, same weights, top #": "Haystack với FAISS, cùng trọng số, # đoạn",
    "LlamaIndex with FAISS, same base weights without vnqa's adapters, top #": "LlamaIndex với "
    "FAISS, cùng trọng số gốc, không có phần vnqa huấn luyện thêm, # đoạn",
    "Haystack with FAISS, same base weights without vnqa's adapters, top #": "Haystack với "
    "FAISS, cùng trọng số gốc, không có phần vnqa huấn luyện thêm, # đoạn",
    "ask, one after another": "ask, lần lượt từng câu",
    "times as fast": "nhanh gấp",
    "cosine": "cosin",
    "MB more, at most": "MB thêm, nhiều nhất",
    "of its time": "phần thời gian",
    "of the bytes written": "phần số byte ghi",
    "of its memory": "phần bộ nhớ",
    "EM, difference": "EM, chênh lệch",
    "F1, difference": "F1, chênh lệch",
    "holds gold, difference": "chứa đáp án, chênh lệch",
    "open": "mở",
    "search": "tìm",
    "add an article": "thêm một bài",
    "update": "cập nhật",
    "rebuild": "dựng lại",
    "growth": "theo cỡ kho bài",
}


def in_vietnamese(label: str) -> str:
    """Return a label in Vietnamese; one without a translation, such as a program's, as it is."""
    found = _NUMBER.findall(label)
    name = _NAMES.get(_NUMBER.sub("#", label))
    if name is None:
        return label
    for number in found:
        name = name.replace("#", number.replace(",", "."), 1)
    return name
