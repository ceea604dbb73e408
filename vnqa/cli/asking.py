"""What ``vnqa ask`` reads and prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import typer

from vnqa.cli.opening import opened
from vnqa.cli.options import Lang, ScopeOptions, checked
from vnqa.cli.output import NOTHING, err, json_of, plainly, print_json, say
from vnqa.cli.progress import Bars, working
from vnqa.loading.decoding import lines_of
from vnqa.records import Answer
from vnqa.rendering import render_answer
from vnqa.request import checked_question


def answer_questions(
    question: str | None,
    file: str | None,
    index: Path,
    embedder: str,
    generator: str,
    scope: ScopeOptions,
    lang: Lang,
    *,
    reader: bool,
    threshold: float,
    as_json: bool,
) -> None:
    """Answer one question, or those of a file; exit with 3 if there was nothing to say."""
    if question is not None:
        question = checked(question, "QUESTION")
    with working(err, lang) as bars:
        asked = [] if file is None else questions_in(file)
        with opened(
            index,
            embedder,
            generator,
            lang,
            bars,
            reader=reader,
            read_only=True,
            threshold=threshold,
        ) as qa:
            if question is None:
                answers = qa.ask_many(asked, **scope)
                answered = show_answers(answers, len(asked), bars, lang, as_json=as_json)
            else:
                bars.waiting("asking")
                answer = qa.ask(question, **scope)
                answered = not answer.abstained
    if question is not None:
        if as_json:
            print_json(answer.model_dump(mode="json"))
        else:
            plainly(render_answer(answer, lang=lang.value))
    if not answered:
        raise typer.Exit(NOTHING)


def questions_in(file: str) -> list[str]:
    """Return the questions of a UTF-8 file, one a line; blank lines and ``# ...`` are none.

    A line that is a JSON object, as `vnqa eval` takes it, asks what its field ``question`` says.

    Args:
        file: Its path; ``-`` is standard input.

    Raises:
        OSError: If it cannot be read, or standard input is closed.
        ValueError: If it is not UTF-8, holds no question, or a line is none; then with its number.
    """
    if file == "-" and sys.stdin is None:
        raise OSError("standard input is closed")
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise OSError(f"{file} cannot be read: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{file}: expected UTF-8, got byte {content[error.start]:#04x} at {error.start}"
        ) from error
    asked = []
    for number, line in enumerate(lines_of(text), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                asked.append(checked_question(_question_of(line.strip())))
            except ValueError as error:
                raise ValueError(f"{file}:{number}: {error}") from error
    if not asked:
        raise ValueError(f"{file}: expected one question a line, got none")
    return asked


def _question_of(line: str) -> str:
    """Return the question that a line is, or that its JSON object holds."""
    if not line.startswith("{"):
        return line
    try:
        question = json.loads(line).get("question")
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"expected a question or a JSON object, got {line[:40]!r}") from error
    if not isinstance(question, str):
        raise ValueError(f'expected a JSON object with a text "question", got {line[:40]!r}')
    return question


def show_answers(
    answers: Iterable[Answer], count: int, bars: Bars, lang: Lang, *, as_json: bool
) -> bool:
    """Print answers as they come: under their questions, or as one JSON object a line.

    Returns:
        Whether any of them is one, no abstention.
    """
    answered = False
    bars.count("answering", 0, count)
    for number, answer in enumerate(answers, start=1):
        answered = answered or not answer.abstained
        with bars.aside():
            if as_json:
                typer.echo(json_of(answer.model_dump(mode="json")))
            else:
                say(answer.question)
                plainly(render_answer(answer, lang=lang.value) + "\n")
        bars.count("answering", number, count)
    return answered
