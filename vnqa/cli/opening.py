"""The collection that a command is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vnqa.cli.options import Lang
from vnqa.cli.progress import Bars
from vnqa.confidence import THRESHOLD
from vnqa.newsqa import NewsQA


@contextmanager
def opened(
    index: Path,
    embedder: str,
    generator: str | None,
    lang: Lang,
    bars: Bars,
    *,
    reader: bool = False,
    read_only: bool = False,
    reembed: bool = False,
    threshold: float = THRESHOLD,
) -> Iterator[NewsQA]:
    """Open the collection that a command is about; see `NewsQA.open`.

    Args:
        index: The folder.
        embedder: As the user named it.
        generator: Likewise; ``None`` and ``"none"`` mean no language model.
        lang: Of reasons for abstaining.
        bars: Show how models are prepared.
        reader: Read what is found once more, together with the question.
        read_only: Refuse, before models are opened, an index that is not there.
        reembed: Compute all vectors again where the embedder is another one.
        threshold: Least confidence at which something is said.
    """
    if read_only:
        from vnqa.index import Collection

        Collection.open(index, read_only=True).close()  # before models, which takes longer
    with NewsQA.open(
        index,
        embedder=embedder,
        generator=None if generator in (None, "none") else generator,
        reader="bundled" if reader else None,
        read_only=read_only,
        reembed=reembed,
        lang=lang.value,
        threshold=threshold,
        progress=bars.prepare,
    ) as qa:
        yield qa


def existing(index: Path) -> Path:
    """Refuse to create an index by changing one that is not there; derived files may be damaged."""
    from vnqa.index import Collection
    from vnqa.index.schema import LIBRARY

    if not (index / LIBRARY).is_file():
        Collection.open(index, read_only=True).close()  # says what is the matter
    return index
