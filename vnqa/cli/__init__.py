"""The command line: ``vnqa add | ask | search | show | status | remove | rebuild``.

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed,
2 wrong usage, 3 nothing to say (``ask`` abstained, ``search`` found nothing, no such article),
4 some inputs of ``add`` were rejected, 130 interrupted.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vnqa.cli.progress import articles_bar, count_inputs, models_bar
from vnqa.cli.texts import TEXTS
from vnqa.errors import VnqaError
from vnqa.newsqa import NewsQA
from vnqa.records import Article, Rejection
from vnqa.rendering import describe_article, render_answer

app = typer.Typer(
    help="Hỏi đáp trên tin tức tiếng Việt, có trích dẫn nguyên văn. "
    "Ask Vietnamese news articles; get answers with verbatim citations.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
FAILED, NOTHING, REJECTED, INTERRUPTED = 1, 3, 4, 130

_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)


class Lang(StrEnum):
    """Languages of what is said."""

    vi = "vi"
    en = "en"


Index = Annotated[
    Path, typer.Option("--index", "-i", envvar="VNQA_INDEX", help="Thư mục chỉ mục. Index folder.")
]
Language = Annotated[Lang, typer.Option("--lang", help="Ngôn ngữ hiển thị. Language.")]
AsJson = Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON. Print JSON.")]
EmbedderName = Annotated[
    str, typer.Option("--embedder", help="bundled, mã Hugging Face hoặc thư mục. Embedding model.")
]
GeneratorName = Annotated[
    str,
    typer.Option(
        "--generator",
        help="bundled, none, mã Hugging Face, thư mục, hoặc http://máy:cổng/v1#tên. Language model.",
    ),
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
_INDEX = Path("embeddings/tin-tuc")


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Tệp hoặc thư mục. Files or folders.")],
    index: Index = _INDEX,
    embedder: EmbedderName = "bundled",
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Thêm bài viết vào chỉ mục. Add articles; unchanged ones cost nothing."""
    rejected: tuple[Rejection, ...] = ()
    with _failures(lang), _opened(index, embedder, None, lang) as qa:
        for path in paths:
            with articles_bar(_err, TEXTS[lang.value]["adding"], count_inputs([path])) as show:
                report = qa.add(path, progress=show)
            rejected += report.rejected
            if as_json:
                _print_json({"path": str(path), **report.model_dump(mode="json")})
                continue
            for rejection in report.rejected:
                _complain(TEXTS[lang.value]["rejected"], _place(rejection))
            counts = report.model_dump(exclude={"rejected", "passages_embedded"})
            _out.print(
                TEXTS[lang.value]["added"].format(
                    **counts, rejected=len(report.rejected), passages=report.passages_embedded
                )
            )
    if rejected:
        raise typer.Exit(REJECTED)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="Câu hỏi. The question.")],
    index: Index = _INDEX,
    embedder: EmbedderName = "bundled",
    generator: GeneratorName = "bundled",
    top_k: Annotated[int, typer.Option(min=1, help="Số đoạn đọc. Passages read.")] = 6,
    since: Since = None,
    until: Until = None,
    source: Sources = None,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Trả lời câu hỏi, có trích dẫn. Answer a question, with citations."""
    with (
        _failures(lang),
        _opened(index, embedder, generator, lang, read_only=True) as qa,
    ):
        answer = qa.ask(
            question, top_k=top_k, since=_day(since), until=_day(until), sources=source
        )
    if as_json:
        _print_json(answer.model_dump(mode="json"))
    else:
        _out.print(escape(render_answer(answer, lang=lang.value)))
    if answer.abstained:
        raise typer.Exit(NOTHING)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Câu hỏi hoặc từ khóa. Question or words.")],
    index: Index = _INDEX,
    embedder: EmbedderName = "bundled",
    top_k: Annotated[int, typer.Option(min=1, help="Số đoạn. Passages.")] = 5,
    since: Since = None,
    until: Until = None,
    source: Sources = None,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Tìm các đoạn gần nhất. Find the nearest passages."""
    with _failures(lang), _opened(index, embedder, None, lang, read_only=True) as qa:
        hits = qa.search(
            query, top_k=top_k, since=_day(since), until=_day(until), sources=source
        )
    if as_json:
        _print_json([hit.model_dump(mode="json") for hit in hits])
    elif not hits:
        _out.print(TEXTS[lang.value]["no_hits"])
    for hit in [] if as_json else hits:
        _out.print(f"{hit.rank}. [bold]{escape(describe_article(hit.article))}[/]  {hit.score:.2f}")
        _out.print(escape(f"   {' '.join(hit.passage.text.split())}\n"))
    if not hits:
        raise typer.Exit(NOTHING)


@app.command()
def show(
    target: Annotated[str, typer.Argument(help="Tệp, thư mục hoặc mã bài. File or article id.")],
    index: Index = _INDEX,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Xem một tệp được đọc và cắt ra sao, hoặc một bài đã lưu. Show what is read, what is cut."""
    from vnqa.index import Collection
    from vnqa.loading import inspect

    with _failures(lang):
        if not Path(target).exists():
            with Collection.open(index, read_only=True) as collection:
                article = collection.article(target)
            if article is None:
                _complain(TEXTS[lang.value]["error"], TEXTS[lang.value]["unknown"].format(id=target))
                raise typer.Exit(NOTHING)
            _show_article(article, lang, as_json=as_json)
            return
        found = inspect(target)
        if as_json:
            _print_json(
                [
                    {
                        "place": one.place,
                        "loaded": one.loaded.model_dump(mode="json"),
                        "cut": [{"kind": cut.kind, "text": cut.text} for cut in one.cut],
                    }
                    for one in found
                ]
            )
            return
        for one in found:
            if isinstance(one.loaded, Rejection):
                _complain(TEXTS[lang.value]["rejected"], _place(one.loaded))
                continue
            _show_article(one.loaded, lang, as_json=False)
            _out.print(f"[bold red]{TEXTS[lang.value]['cut' if one.cut else 'nothing_cut']}[/]")
            for cut in one.cut:
                _out.print(f"  [red]{escape(cut.kind)}[/]: {escape(' / '.join(cut.text.splitlines()))}")
            _out.print()
        if any(isinstance(one.loaded, Rejection) for one in found):
            raise typer.Exit(REJECTED)


@app.command()
def status(index: Index = _INDEX, as_json: AsJson = False, lang: Language = Lang.vi) -> None:
    """Cho biết chỉ mục chứa gì. Tell what an index holds."""
    from vnqa.index import Collection

    with _failures(lang), Collection.open(index, read_only=True) as collection:
        found = collection.status()
    if as_json:
        _print_json(found.model_dump(mode="json"))
        return
    table = Table(show_header=False, box=None)
    for field, value in found.model_dump().items():
        shown = f"{value:,}".replace(",", ".") if type(value) is int else str(value)
        table.add_row(TEXTS[lang.value][field], escape(shown))
    _out.print(table)


@app.command()
def remove(
    article_ids: Annotated[list[str], typer.Argument(help="Mã bài. Article ids.")],
    index: Index = _INDEX,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Xóa bài viết khỏi chỉ mục. Remove articles."""
    from vnqa.index import Collection

    with _failures(lang), Collection.open(_existing(index)) as collection:
        removed = {article_id: collection.remove(article_id) for article_id in article_ids}
    if as_json:
        _print_json(removed)
    for article_id, was_there in removed.items():
        text = TEXTS[lang.value]["removed" if was_there else "unknown"].format(id=article_id)
        if not as_json:
            _out.print(escape(text))
    if not all(removed.values()):
        raise typer.Exit(NOTHING)


@app.command()
def rebuild(
    index: Index = _INDEX,
    embedder: Annotated[
        str | None, typer.Option("--embedder", help="Mô hình nhúng mới. New embedding model.")
    ] = None,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Dựng lại chỉ mục từ dữ liệu đã lưu. Rebuild the derived indexes, or all with a new model."""
    from vnqa.index import Collection

    with _failures(lang):
        if embedder is None:
            with Collection.open(_existing(index)) as collection:
                collection.rebuild()
                found = collection.status()
        else:
            with _opened(_existing(index), embedder, None, lang, reembed=True) as qa:
                found = qa.status()
    if as_json:
        _print_json(found.model_dump(mode="json"))
    else:
        _out.print(
            TEXTS[lang.value]["rebuilt"].format(articles=found.articles, passages=found.passages)
        )


def main() -> None:
    """Run the command line."""
    app()


@contextmanager
def _opened(
    index: Path, embedder: str, generator: str | None, lang: Lang, **how: bool
) -> Iterator[NewsQA]:
    with models_bar(_err) as progress:
        qa = NewsQA.open(
            index,
            embedder=embedder,
            generator=None if generator in (None, "none") else generator,
            lang=lang.value,
            progress=progress,
            **how,
        )
    with qa:
        yield qa


@contextmanager
def _failures(lang: Lang) -> Iterator[None]:
    """Turn errors that a person can mend into a line and an exit code."""
    try:
        yield
    except (VnqaError, ValueError, OSError) as error:
        _complain(TEXTS[lang.value]["error"], str(error))
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as stop:
        _err.print(TEXTS[lang.value]["interrupted"])
        raise typer.Exit(INTERRUPTED) from stop


def _existing(index: Path) -> Path:
    """Refuse to create an index by asking something of one that is not there."""
    from vnqa.index import Collection

    Collection.open(index, read_only=True).close()
    return index


def _show_article(article: Article, lang: Lang, *, as_json: bool) -> None:
    if as_json:
        _print_json(article.model_dump(mode="json"))
        return
    for field in ("article_id", "title", "source", "published", "author", "url", "summary"):
        value: Any = getattr(article, field)
        if value:
            _out.print(f"[bold]{TEXTS[lang.value][field]}[/]: {escape(str(value))}")
    _out.print(f"[bold]{TEXTS[lang.value]['kept']}[/]:")
    _out.print(escape(article.text))


def _place(rejection: Rejection) -> str:
    line = "" if rejection.line is None else f":{rejection.line}"
    return f"{rejection.path}{line}: {rejection.reason}"


def _complain(kind: str, text: str) -> None:
    _err.print(f"[bold red]{kind}[/]: {escape(text)}")


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return None if moment is None else moment.date()
