"""The command line: ``vnqa add | ask | search | show | status | remove | rebuild | check | eval``.

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed (also
where who reads the output stops), 2 wrong usage, 3 nothing to say (``ask`` abstained, from every
question of a file; ``search`` found nothing; no such article; no articles to ``add``), 4 some
inputs of ``add`` were rejected, 5 ``check`` found damage that is not, or not all, mended, 130
interrupted.

Here commands are declared; each imports what it does when it is run, so that help is quick.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from vnqa import __version__
from vnqa.cli.options import (
    DEFAULT_INDEX,
    AsJson,
    EmbedderName,
    GeneratorName,
    Index,
    Lang,
    LangOption,
    Since,
    Sources,
    Threshold,
    Until,
    WithReader,
    path,
    scope,
)
from vnqa.confidence import THRESHOLD


class _Command(TyperCommand):
    """Listed with all of its help: Vietnamese, then English."""

    writes = False

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the help; of two sentences Typer would list the first."""
        return self.help or ""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command; say in a line what stops it, also while it prints."""
        from vnqa.cli.output import failures

        writes = ctx.params.get("repair", self.writes)
        with failures(ctx.params["lang"], writes=writes):
            return super().invoke(ctx)


class _Writing(_Command):
    """One that changes an index; `check` does if it is to repair."""

    writes = True


app = typer.Typer(
    help="Hỏi đáp trên tin tức tiếng Việt, có trích dẫn nguyên văn. "
    "Ask Vietnamese news articles; get answers with verbatim citations.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # importing rich would take longer than all else that help needs
    pretty_exceptions_enable=False,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Phiên bản. The version."
        ),
    ] = False,
) -> None:
    """Take what concerns no command."""


@app.command(cls=_Writing)
def add(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Tệp hoặc thư mục. Files or folders.", parser=path),
    ],
    index: Index = DEFAULT_INDEX,
    embedder: EmbedderName = "bundled",
    as_json: AsJson = False,
    lang: LangOption = Lang.vi,
) -> None:
    """Thêm bài viết vào chỉ mục. Add articles; unchanged ones cost nothing."""
    from vnqa.cli.adding import add_articles

    add_articles(paths, index, embedder, lang, as_json=as_json)


@app.command(cls=_Command)
def ask(
    question: Annotated[
        str | None, typer.Argument(help="Câu hỏi. The question.", show_default=False)
    ] = None,
    file: Annotated[
        str | None,
        typer.Option(
            "--file",
            "-f",
            metavar="FILE",
            help="Tệp UTF-8, mỗi dòng một câu hỏi; - là đầu vào chuẩn. One question a line.",
        ),
    ] = None,
    index: Index = DEFAULT_INDEX,
    embedder: EmbedderName = "bundled",
    generator: GeneratorName = "bundled",
    reader: WithReader = True,
    threshold: Threshold = THRESHOLD,
    top_k: Annotated[int, typer.Option(min=1, help="Số đoạn đọc. Passages read.")] = 6,
    since: Since = None,
    until: Until = None,
    source: Sources = None,
    as_json: AsJson = False,
    lang: LangOption = Lang.vi,
) -> None:
    """Trả lời một hay nhiều câu hỏi, có trích dẫn. Answer questions, with citations."""
    if (question is None) == (file is None):
        raise typer.BadParameter("expected either QUESTION or --file FILE", param_hint="QUESTION")
    from vnqa.cli.asking import answer_questions

    answer_questions(
        question,
        file,
        index,
        embedder,
        generator,
        scope(top_k, since, until, source),
        lang,
        reader=reader,
        threshold=threshold,
        as_json=as_json,
    )


@app.command(cls=_Command)
def search(
    query: Annotated[str, typer.Argument(help="Câu hỏi hoặc từ khóa. Question or words.")],
    index: Index = DEFAULT_INDEX,
    embedder: EmbedderName = "bundled",
    rerank: Annotated[
        bool, typer.Option("--rerank", help="Đọc lại và xếp lại các đoạn. Read and order anew.")
    ] = False,
    top_k: Annotated[int, typer.Option(min=1, help="Số đoạn. Passages.")] = 5,
    since: Since = None,
    until: Until = None,
    source: Sources = None,
    as_json: AsJson = False,
    lang: LangOption = Lang.vi,
) -> None:
    """Tìm các đoạn gần nhất. Find the nearest passages."""
    from vnqa.cli.searching import find_passages

    where = scope(top_k, since, until, source)
    find_passages(query, index, embedder, where, lang, rerank=rerank, as_json=as_json)


@app.command(cls=_Command)
def show(
    target: Annotated[str, typer.Argument(help="Tệp, thư mục hoặc mã bài. File or article id.")],
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
    lang: LangOption = Lang.vi,
) -> None:
    """Xem một tệp được đọc và cắt ra sao, hoặc một bài đã lưu. Show what is read, what is cut."""
    from vnqa.cli.showing import show_target

    show_target(target, index, lang, as_json=as_json)


@app.command("list", cls=_Command)
def list_articles(
    index: Index = DEFAULT_INDEX,
    as_json: Annotated[
        bool, typer.Option("--json", help="Mỗi dòng một bài, thêm lại được. JSONL, can be added.")
    ] = False,
    lang: LangOption = Lang.vi,
) -> None:
    """Liệt kê các bài đã lưu. List the stored articles."""
    from vnqa.cli.showing import show_list

    show_list(index, as_json=as_json)


@app.command(cls=_Command)
def status(
    index: Index = DEFAULT_INDEX, as_json: AsJson = False, lang: LangOption = Lang.vi
) -> None:
    """Cho biết chỉ mục chứa gì. Tell what an index holds."""
    from vnqa.cli.showing import show_status

    show_status(index, lang, as_json=as_json)


@app.command(cls=_Writing)
def remove(
    article_ids: Annotated[list[str], typer.Argument(help="Mã bài. Article ids.")],
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
    lang: LangOption = Lang.vi,
) -> None:
    """Xóa bài viết khỏi chỉ mục. Remove articles."""
    from vnqa.cli.changing import remove_articles

    remove_articles(article_ids, index, lang, as_json=as_json)


@app.command(cls=_Writing)
def rebuild(
    index: Index = DEFAULT_INDEX,
    embedder: Annotated[
        str | None, typer.Option("--embedder", help="Mô hình nhúng mới. New embedding model.")
    ] = None,
    as_json: AsJson = False,
    lang: LangOption = Lang.vi,
) -> None:
    """Dựng lại chỉ mục từ dữ liệu đã lưu. Rebuild the derived indexes, or all with a new model."""
    from vnqa.cli.changing import rebuild_index

    rebuild_index(index, embedder, lang, as_json=as_json)


@app.command(cls=_Command)
def check(
    index: Index = DEFAULT_INDEX,
    repair: Annotated[
        bool, typer.Option("--repair", help="Sửa chữa, cứu những gì đọc được. Mend it.")
    ] = False,
    embedder: EmbedderName = "bundled",
    as_json: AsJson = False,
    lang: LangOption = Lang.vi,
) -> None:
    """Kiểm tra chỉ mục, sửa nếu hỏng. Prove that an index is whole, or mend it."""
    from vnqa.cli.checking import check_index

    check_index(index, embedder, lang, repair=repair, as_json=as_json)


@app.command("eval", cls=_Command)
def evaluate(
    questions: Annotated[
        Path,
        typer.Argument(
            help="Tệp JSONL các câu hỏi và đáp án. Questions and gold answers.", parser=path
        ),
    ],
    index: Index = DEFAULT_INDEX,
    embedder: EmbedderName = "bundled",
    generator: GeneratorName = "bundled",
    reader: WithReader = True,
    threshold: Threshold = THRESHOLD,
    with_answers: Annotated[
        bool, typer.Option("--answers/--no-answers", help="Đo cả câu trả lời. Answers too.")
    ] = True,
    as_json: AsJson = False,
    lang: LangOption = Lang.vi,
) -> None:
    """Đo chất lượng bằng câu hỏi có đáp án. Measure quality with questions of known answers."""
    from vnqa.cli.measuring import measure_quality

    measure_quality(
        questions,
        index,
        embedder,
        generator,
        threshold,
        lang,
        reader=reader,
        with_answers=with_answers,
        as_json=as_json,
    )


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Vietnamese letters
            stream.reconfigure(errors="backslashreplace")
    app()
