"""vnqa: ask questions about Vietnamese news articles, get short answers with verbatim citations.

from vnqa import NewsQA

with NewsQA.open("embeddings/tin-tuc") as qa:
    qa.add("seeds/")
    print(qa.ask("Hội Hữu nghị Việt – Nga thành lập ngày nào?"))
"""

from __future__ import annotations

from vnqa.errors import (
    ArticleError,
    IndexDamagedError,
    IndexFormatError,
    IndexLockedError,
    IndexMismatchError,
    MissingExtraError,
    ModelError,
    ReadOnlyIndexError,
    VnqaError,
)
from vnqa.newsqa import NewsQA
from vnqa.records import (
    AddReport,
    Answer,
    Article,
    CheckReport,
    Citation,
    Hit,
    Passage,
    Rejection,
    Statement,
    Status,
)

__version__ = "0.1.0"

__all__ = [
    "AddReport",
    "Answer",
    "Article",
    "ArticleError",
    "CheckReport",
    "Citation",
    "Hit",
    "IndexDamagedError",
    "IndexFormatError",
    "IndexLockedError",
    "IndexMismatchError",
    "MissingExtraError",
    "ModelError",
    "NewsQA",
    "Passage",
    "ReadOnlyIndexError",
    "Rejection",
    "Statement",
    "Status",
    "VnqaError",
    "__version__",
]
