"""What ``vnqa remove`` and ``vnqa rebuild`` do and print."""

from __future__ import annotations

from pathlib import Path

import typer

from vnqa.cli.opening import existing, opened
from vnqa.cli.options import Lang
from vnqa.cli.output import NOTHING, complain, err, plainly, print_json
from vnqa.cli.progress import working
from vnqa.cli.texts import TEXTS
from vnqa.index import Collection


def remove_articles(article_ids: list[str], index: Path, lang: Lang, *, as_json: bool) -> None:
    """Remove articles; exit with 3 if some were not there."""
    with Collection.open(existing(index)) as collection:
        removed = {name: collection.remove(name) for name in dict.fromkeys(article_ids)}
    if as_json:
        print_json(removed)
    else:
        for name, was_there in removed.items():
            if was_there:
                plainly(TEXTS[lang.value]["removed"].format(id=name))
            else:
                complain(TEXTS[lang.value]["error"], TEXTS[lang.value]["unknown"].format(id=name))
    if not all(removed.values()):
        raise typer.Exit(NOTHING)


def rebuild_index(index: Path, embedder: str | None, lang: Lang, *, as_json: bool) -> None:
    """Rebuild the derived indexes; compute the vectors again too where the embedder is another."""
    with working(err, lang) as bars:
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
