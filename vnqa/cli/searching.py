"""What ``vnqa search`` finds and prints."""

from __future__ import annotations

from pathlib import Path

import typer

from vnqa.cli.opening import opened
from vnqa.cli.options import Lang, ScopeOptions, checked
from vnqa.cli.output import NOTHING, decimal, err, plainly, print_json, say
from vnqa.cli.progress import working
from vnqa.cli.texts import TEXTS
from vnqa.rendering import describe_article


def find_passages(
    query: str,
    index: Path,
    embedder: str,
    scope: ScopeOptions,
    lang: Lang,
    *,
    rerank: bool,
    as_json: bool,
) -> None:
    """Print the nearest passages, best first; exit with 3 if there are none."""
    query = checked(query, "QUERY")
    with (
        working(err, lang) as bars,
        opened(index, embedder, None, lang, bars, reader=rerank, read_only=True) as qa,
    ):
        bars.waiting("searching")
        hits = qa.search(query, rerank=rerank, **scope)
    if as_json:
        print_json([hit.model_dump(mode="json") for hit in hits])
    elif not hits:
        plainly(TEXTS[lang.value]["no_hits"])
    else:
        for hit in hits:
            about = f"{decimal(hit.score, lang)}; {hit.article.article_id}"
            say(f"{hit.rank}. {describe_article(hit.article)}  ({about})", hang=3)
            plainly(f"   {' '.join(hit.passage.text.split())}\n")
    if not hits:
        raise typer.Exit(NOTHING)
