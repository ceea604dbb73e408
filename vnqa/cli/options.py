"""The options that commands share."""

from __future__ import annotations

import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypedDict

import typer

DEFAULT_INDEX = Path("embeddings/tin-tuc")


class Lang(StrEnum):
    """Languages of what is said."""

    vi = "vi"
    en = "en"


def path(text: str | Path) -> Path:
    """Return the path that an argument names; whether it can be read is told where it is read.

    Raises:
        BadParameter: If it is empty, which would be the folder that the program stands in.
    """
    if not str(text):
        raise typer.BadParameter("expected the path of a file or folder, got an empty name")
    return Path(text)


Index = Annotated[
    Path,
    typer.Option(
        "--index",
        "-i",
        envvar="VNQA_INDEX",
        help="Thư mục chỉ mục. Index folder.",
        parser=path,
        metavar="PATH",
    ),
]
LangOption = Annotated[Lang, typer.Option("--lang", help="Ngôn ngữ hiển thị. Language.")]
AsJson = Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON. Print JSON.")]
EmbedderName = Annotated[
    str, typer.Option("--embedder", help="bundled, mã Hugging Face hoặc thư mục. Embedding model.")
]
GeneratorName = Annotated[
    str,
    typer.Option(
        "--generator",
        help="bundled, none, mã Hugging Face, thư mục, hoặc http://máy:cổng/v1#tên. "
        "Language model.",
    ),
]
WithReader = Annotated[
    bool,
    typer.Option("--reader/--no-reader", help="Đọc lại các đoạn tìm được. Read passages again."),
]
Threshold = Annotated[
    float, typer.Option(min=0.0, max=1.0, help="Ngưỡng tin cậy. Least confidence.")
]
Since = Annotated[
    datetime.datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d", "%d/%m/%Y"], help="Từ ngày. First day."),
]
Until = Annotated[
    datetime.datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d", "%d/%m/%Y"], help="Đến ngày. Last day."),
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", help="Chỉ lấy nguồn này; lặp lại được. Outlet.")
]


class ScopeOptions(TypedDict):
    """Which passages are read, as `vnqa.NewsQA.ask` and `vnqa.NewsQA.search` take it."""

    top_k: int
    since: datetime.date | None
    until: datetime.date | None
    sources: list[str] | None


def scope(
    top_k: int,
    since: datetime.datetime | None,
    until: datetime.datetime | None,
    sources: list[str] | None,
) -> ScopeOptions:
    """Return the scope that options name; a date option gives a moment.

    Raises:
        BadParameter: If the first day is after the last.
    """
    if since is not None and until is not None and since > until:
        raise typer.BadParameter("the first day is after the last", param_hint="--since")
    return {
        "top_k": top_k,
        "since": None if since is None else since.date(),
        "until": None if until is None else until.date(),
        "sources": sources,
    }


def checked(question: str, argument: str) -> str:
    """Return a question as it is looked for.

    Raises:
        BadParameter: If it cannot be; it names the argument.
    """
    from vnqa.request import checked_question

    try:
        return checked_question(question)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=argument) from error
