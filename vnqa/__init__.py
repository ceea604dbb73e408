"""vnqa: ask questions about Vietnamese news articles, get short answers with verbatim citations.

from vnqa import NewsQA

with NewsQA.open("embeddings/tin-tuc") as qa:
    qa.add("seeds/")
    print(qa.ask("Hội Hữu nghị Việt – Nga thành lập ngày nào?"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.2.0.dev0"

# Each name is imported when it is first used: ``import vnqa`` and ``vnqa --help`` need none.
if TYPE_CHECKING:
    from vnqa.errors import ArticleError as ArticleError
    from vnqa.errors import IndexDamagedError as IndexDamagedError
    from vnqa.errors import IndexFormatError as IndexFormatError
    from vnqa.errors import IndexLockedError as IndexLockedError
    from vnqa.errors import IndexMismatchError as IndexMismatchError
    from vnqa.errors import MissingExtraError as MissingExtraError
    from vnqa.errors import ModelError as ModelError
    from vnqa.errors import ReadOnlyIndexError as ReadOnlyIndexError
    from vnqa.errors import VnqaError as VnqaError
    from vnqa.newsqa import NewsQA as NewsQA
    from vnqa.records import AddReport as AddReport
    from vnqa.records import Answer as Answer
    from vnqa.records import Article as Article
    from vnqa.records import CheckReport as CheckReport
    from vnqa.records import Citation as Citation
    from vnqa.records import Hit as Hit
    from vnqa.records import Passage as Passage
    from vnqa.records import Rejection as Rejection
    from vnqa.records import Statement as Statement
    from vnqa.records import Status as Status
else:
    _MODULE_OF = {
        "AddReport": "vnqa.records",
        "Answer": "vnqa.records",
        "Article": "vnqa.records",
        "ArticleError": "vnqa.errors",
        "CheckReport": "vnqa.records",
        "Citation": "vnqa.records",
        "Hit": "vnqa.records",
        "IndexDamagedError": "vnqa.errors",
        "IndexFormatError": "vnqa.errors",
        "IndexLockedError": "vnqa.errors",
        "IndexMismatchError": "vnqa.errors",
        "MissingExtraError": "vnqa.errors",
        "ModelError": "vnqa.errors",
        "NewsQA": "vnqa.newsqa",
        "Passage": "vnqa.records",
        "ReadOnlyIndexError": "vnqa.errors",
        "Rejection": "vnqa.records",
        "Statement": "vnqa.records",
        "Status": "vnqa.records",
        "VnqaError": "vnqa.errors",
    }
    __all__ = [*_MODULE_OF, "__version__"]

    def __getattr__(name: str) -> object:
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_MODULE_OF[name]), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
