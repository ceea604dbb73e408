"""Articles, files and indexes as people see them."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from vnqa.cli.options import Lang
from vnqa.cli.output import (
    FAILED,
    NOTHING,
    REJECTED,
    complain,
    decimal,
    json_of,
    place,
    plainly,
    print_json,
    say,
)
from vnqa.cli.texts import TEXTS
from vnqa.errors import VnqaError
from vnqa.records import Article, Rejection
from vnqa.rendering import describe_article

_UNITS = ("B", "kB", "MB", "GB")


def show_target(target: str, index: Path, lang: Lang, *, as_json: bool) -> None:
    """Print a file or folder as it is read or, if there is none of this name, a stored article."""
    if os.path.lexists(target):
        show_files(target, lang, as_json=as_json)
    else:
        show_stored(target, index, lang, as_json=as_json)


def show_status(index: Path, lang: Lang, *, as_json: bool) -> None:
    """Print what an index holds, a field a row."""
    from vnqa.index import Collection

    with Collection.open(index, read_only=True) as collection:
        status = collection.status()
    if as_json:
        print_json(status.model_dump(mode="json"))
        return
    rows = {
        TEXTS[lang.value][field]: _shown(field, value, lang)
        for field, value in status.model_dump(exclude={"read_only"}).items()
    }
    width = max(map(len, rows)) + 2
    for label, value in rows.items():
        say(value, label=label.ljust(width), hang=width)


def show_stored(article_id: str, index: Path, lang: Lang, *, as_json: bool) -> None:
    """Print an article of an index."""
    from vnqa.index import Collection
    from vnqa.index.schema import LIBRARY

    texts = TEXTS[lang.value]
    try:
        with Collection.open(index, read_only=True) as collection:
            article = collection.article(article_id)
    except VnqaError as error:
        there = (index / LIBRARY).is_file()
        reason = str(error) if there else texts["no_target"].format(id=article_id, reason=error)
        complain(texts["error"], reason)
        raise typer.Exit(FAILED) from error
    if article is None:
        complain(texts["error"], texts["unknown"].format(id=article_id))
        raise typer.Exit(NOTHING)
    if as_json:
        print_json(article.model_dump(mode="json"))
    else:
        _show_article(article, lang)


def show_list(index: Path, *, as_json: bool) -> None:
    """Print the stored articles, a line each; exit with 3 if there are none."""
    from vnqa.index import Collection

    is_empty = True
    with Collection.open(index, read_only=True) as collection:
        for article in collection.articles():
            is_empty = False
            if as_json:
                typer.echo(json_of(article.model_dump(mode="json")))
            else:
                about = describe_article(article)
                plainly(
                    article.article_id
                    if about == article.article_id
                    else f"{article.article_id}  {about}"
                )
    if is_empty:
        raise typer.Exit(NOTHING)


def show_files(path: str, lang: Lang, *, as_json: bool) -> None:
    """Print what is read from a file or folder, and what is cut."""
    from vnqa.loading import inspect

    texts = TEXTS[lang.value]
    found = inspect(path)
    if as_json:
        print_json(
            [
                {
                    "place": one.place,
                    "loaded": one.loaded.model_dump(mode="json"),
                    "cut": [{"kind": cut.kind, "text": cut.text} for cut in one.cut],
                }
                for one in found
            ]
        )
    elif not found:
        complain(texts["error"], texts["no_articles"].format(path=path))
    for one in [] if as_json else found:
        if isinstance(one.loaded, Rejection):
            complain(texts["rejected"], place(one.loaded))
            continue
        _show_article(one.loaded, lang)
        say(f"{texts['cut']}:" if one.cut else texts["nothing_cut"], style="bold red")
        for cut in one.cut:
            say(" / ".join(cut.text.splitlines()), label=f"  {cut.kind}: ", style="red")
        plainly("")
    if any(isinstance(one.loaded, Rejection) for one in found):
        raise typer.Exit(REJECTED)
    if not found:
        raise typer.Exit(NOTHING)


def _show_article(article: Article, lang: Lang) -> None:
    """Print an article: what is known of it, then its text."""
    for field in ("article_id", "title", "source", "published", "author", "url", "summary"):
        value = getattr(article, field)
        if value:
            say(str(value), label=f"{TEXTS[lang.value][field]}: ")
    say(f"{TEXTS[lang.value]['kept']}:")
    plainly(article.text)


def _shown(field: str, value: object, lang: Lang) -> str:
    if field == "bytes_on_disk" and isinstance(value, int):
        size, unit = float(value), 0
        while size >= 1000 and unit < len(_UNITS) - 1:
            size, unit = size / 1000, unit + 1
        return f"{decimal(size, lang)} {_UNITS[unit]}" if unit else f"{value} B"
    if isinstance(value, int):
        return decimal(value, lang)[:-2]
    # the parts of a fingerprint, which can be long, may stand on lines of their own
    return "–" if value is None else str(value).replace(";", "; ")
