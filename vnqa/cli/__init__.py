"""The command line: ``vnqa add | ask | search | show | status | remove | rebuild | check | eval``.

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed,
2 wrong usage, 3 nothing to say (``ask`` abstained, from every question of a file; ``search`` found
nothing; no such article), 4 some inputs of ``add`` were rejected, 5 ``check`` found damage that is
not, or not all, mended, 130 interrupted.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from vnqa.cli.asking import questions_in, show_answers
from vnqa.cli.checking import checked, show_report
from vnqa.cli.opening import existing, opened
from vnqa.cli.options import (
    DEFAULT_INDEX,
    AsJson,
    EmbedderName,
    GeneratorName,
    Index,
    Lang,
    Language,
    Since,
    Sources,
    Until,
    WithReader,
    day,
)
from vnqa.cli.output import (
    FAILED,
    NOTHING,
    REJECTED,
    complain,
    decimal,
    err,
    failures,
    place,
    plainly,
    print_json,
    say,
)
from vnqa.cli.progress import count_inputs, working
from vnqa.cli.showing import show_files, show_status, show_stored
from vnqa.cli.texts import TEXTS
from vnqa.confidence import THRESHOLD
from vnqa.rendering import describe_article, render_answer

app = typer.Typer(
    help="Hỏi đáp trên tin tức tiếng Việt, có trích dẫn nguyên văn. "
    "Ask Vietnamese news articles; get answers with verbatim citations.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Tệp hoặc thư mục. Files or folders.")],
    index: Index = DEFAULT_INDEX,
    embedder: EmbedderName = "bundled",
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Thêm bài viết vào chỉ mục. Add articles; unchanged ones cost nothing."""
    texts = TEXTS[lang.value]
    missing = [path for path in paths if not os.path.lexists(path)]
    for path in missing:
        complain(texts["error"], f"{path}: {texts['no_path']}")
    if missing:
        raise typer.Exit(FAILED)
    with (
        failures(lang, writes=True),
        working(err, lang) as bars,
        opened(index, embedder, None, lang, bars) as qa,
    ):
        report = qa.add(paths, progress=bars.adding(count_inputs(paths)))
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        for rejection in report.rejected:
            complain(texts["rejected"], place(rejection))
        plainly(
            texts["added"].format(
                added=report.added,
                updated=report.updated,
                unchanged=report.unchanged,
                rejected=len(report.rejected),
                passages=report.passages_embedded,
                seconds=decimal(report.seconds, lang),
            )
        )
    if report.rejected:
        raise typer.Exit(REJECTED)


@app.command()
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
    top_k: Annotated[int, typer.Option(min=1, help="Số đoạn đọc. Passages read.")] = 6,
    since: Since = None,
    until: Until = None,
    source: Sources = None,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Trả lời một hay nhiều câu hỏi, có trích dẫn. Answer questions, with citations."""
    if (question is None) == (file is None):
        raise typer.BadParameter("expected either QUESTION or --file FILE", param_hint="QUESTION")
    how = {"top_k": top_k, "since": day(since), "until": day(until), "sources": source}
    with failures(lang), working(err, lang) as bars:
        asked = [] if file is None else questions_in(file)
        with opened(index, embedder, generator, lang, bars, reader=reader, read_only=True) as qa:
            if question is None:
                answers = qa.ask_many(asked, **how)  # type: ignore[arg-type]
                answered = show_answers(answers, len(asked), bars, lang, as_json=as_json)
            else:
                bars.waiting("asking")
                answer = qa.ask(question, **how)  # type: ignore[arg-type]
                answered = not answer.abstained
    if question is not None:
        if as_json:
            print_json(answer.model_dump(mode="json"))
        else:
            plainly(render_answer(answer, lang=lang.value))
    if not answered:
        raise typer.Exit(NOTHING)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Câu hỏi hoặc từ khóa. Question or words.")],
    index: Index = DEFAULT_INDEX,
    embedder: EmbedderName = "bundled",
    top_k: Annotated[int, typer.Option(min=1, help="Số đoạn. Passages.")] = 5,
    since: Since = None,
    until: Until = None,
    source: Sources = None,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Tìm các đoạn gần nhất. Find the nearest passages."""
    with (
        failures(lang),
        working(err, lang) as bars,
        opened(index, embedder, None, lang, bars, read_only=True) as qa,
    ):
        bars.waiting("searching")
        hits = qa.search(query, top_k=top_k, since=day(since), until=day(until), sources=source)
    if as_json:
        print_json([hit.model_dump(mode="json") for hit in hits])
    elif not hits:
        plainly(TEXTS[lang.value]["no_hits"])
    else:
        for hit in hits:
            say(
                f"{hit.rank}. {describe_article(hit.article)}  ({decimal(hit.score, lang)})", hang=3
            )
            plainly(f"   {' '.join(hit.passage.text.split())}\n")
    if not hits:
        raise typer.Exit(NOTHING)


@app.command()
def show(
    target: Annotated[str, typer.Argument(help="Tệp, thư mục hoặc mã bài. File or article id.")],
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Xem một tệp được đọc và cắt ra sao, hoặc một bài đã lưu. Show what is read, what is cut."""
    with failures(lang):
        if os.path.lexists(target):
            show_files(target, lang, as_json=as_json)
        else:
            show_stored(target, index, lang, as_json=as_json)


@app.command()
def status(index: Index = DEFAULT_INDEX, as_json: AsJson = False, lang: Language = Lang.vi) -> None:
    """Cho biết chỉ mục chứa gì. Tell what an index holds."""
    from vnqa.index import Collection

    with failures(lang), Collection.open(index, read_only=True) as collection:
        found = collection.status()
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        show_status(found, lang)


@app.command()
def remove(
    article_ids: Annotated[list[str], typer.Argument(help="Mã bài. Article ids.")],
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Xóa bài viết khỏi chỉ mục. Remove articles."""
    from vnqa.index import Collection

    with failures(lang, writes=True), Collection.open(existing(index)) as collection:
        removed = {name: collection.remove(name) for name in dict.fromkeys(article_ids)}
    if as_json:
        print_json(removed)
    else:
        for name, was_there in removed.items():
            plainly(TEXTS[lang.value]["removed" if was_there else "unknown"].format(id=name))
    if not all(removed.values()):
        raise typer.Exit(NOTHING)


@app.command()
def rebuild(
    index: Index = DEFAULT_INDEX,
    embedder: Annotated[
        str | None, typer.Option("--embedder", help="Mô hình nhúng mới. New embedding model.")
    ] = None,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Dựng lại chỉ mục từ dữ liệu đã lưu. Rebuild the derived indexes, or all with a new model."""
    from vnqa.index import Collection

    with failures(lang, writes=True), working(err, lang) as bars:
        bars.waiting("rebuilding")
        with Collection.open(existing(index)) as collection:
            before = collection.status()
            if embedder is None:
                collection.rebuild()
                found = collection.status()
        if embedder is not None:
            with opened(index, embedder, None, lang, bars, reembed=True) as qa:
                if qa.status().embedder == before.embedder:
                    qa.rebuild()
                found = qa.status()
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        plainly(
            TEXTS[lang.value]["rebuilt"].format(articles=found.articles, passages=found.passages)
        )


@app.command()
def check(
    index: Index = DEFAULT_INDEX,
    repair: Annotated[
        bool, typer.Option("--repair", help="Sửa chữa, cứu những gì đọc được. Mend it.")
    ] = False,
    embedder: EmbedderName = "bundled",
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Kiểm tra chỉ mục, sửa nếu hỏng. Prove that an index is whole, or mend it."""
    with failures(lang, writes=repair), working(err, lang) as bars:
        report = checked(index, embedder, bars, repair=repair)
    show_report(report, lang, as_json=as_json)


@app.command("eval")
def evaluate(
    questions: Annotated[
        Path, typer.Argument(help="Tệp JSONL các câu hỏi và đáp án. Questions and gold answers.")
    ],
    index: Index = DEFAULT_INDEX,
    embedder: EmbedderName = "bundled",
    generator: GeneratorName = "bundled",
    reader: WithReader = True,
    threshold: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Ngưỡng tin cậy. Least confidence.")
    ] = THRESHOLD,
    with_answers: Annotated[
        bool, typer.Option("--answers/--no-answers", help="Đo cả câu trả lời. Answers too.")
    ] = True,
    as_json: AsJson = False,
    lang: Language = Lang.vi,
) -> None:
    """Đo chất lượng bằng câu hỏi có đáp án. Measure quality with questions of known answers."""
    from vnqa.evaluation import check_installed, read_questions
    from vnqa.evaluation import evaluate as measured

    with failures(lang), working(err, lang) as bars:
        check_installed()
        asked = read_questions(questions)
        drafts = generator if with_answers else None
        # at threshold 0, so that risk is known at every coverage
        with opened(
            index, embedder, drafts, lang, bars, reader=reader, read_only=True, threshold=0.0
        ) as qa:
            report = measured(
                qa, asked, threshold=threshold, with_answers=with_answers, progress=bars.count
            )
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        plainly(report.table(lang=lang.value))


def main() -> None:
    """Run the command line."""
    app()
