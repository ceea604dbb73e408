"""How a worker is told what to do and answers: a line of JSON a question, a line an answer."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

Ask = Callable[[str], "Reply"]


@dataclass(frozen=True)
class Document:
    """An article as a worker gets it; ``title`` may be empty."""

    article_id: str
    title: str
    text: str


@dataclass(frozen=True)
class Inputs:
    """What a worker answers from.

    Attributes:
        documents: The collection.
        warm_up: A question that is asked before the first one that counts.
        embedder: Folder of multilingual-e5-small, as sentence-transformers reads it.
        model: GGUF file of the language model.
        top_k: How many passages the language model is shown.
        threads: CPU threads.
    """

    documents: tuple[Document, ...]
    warm_up: str
    embedder: str
    model: str
    top_k: int
    threads: int

    def write(self, path: Path) -> None:
        """Write them as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Inputs:
        """Return what `write` wrote."""
        fields = json.loads(path.read_text(encoding="utf-8"))
        fields["documents"] = tuple(Document(**fields) for fields in fields["documents"])
        return cls(**fields)


@dataclass(frozen=True)
class Reply:
    """What came back: the answer, the articles shown to the model, best first, and the time."""

    text: str
    sources: tuple[str, ...] = ()
    seconds: float = 0.0


def serve(build: Callable[[Inputs], tuple[Ask, dict[str, object]]]) -> None:
    """Answer the questions on standard input until it ends.

    The first line out tells that the index is built and the models are warm. Whatever else this
    process prints, from Python or from C, goes to standard error.

    Args:
        build: Returns what answers one question, and versions and settings worth noting.
    """
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        inputs = Inputs.read(Path(sys.argv[1]))
        ask, notes = build(inputs)
        ask(inputs.warm_up)
        _write(out, notes)
        for line in sys.stdin:
            started = time.perf_counter()
            reply = ask(json.loads(line))
            seconds = time.perf_counter() - started
            _write(out, {"text": reply.text, "sources": reply.sources, "seconds": seconds})


def _write(out: TextIO, record: dict[str, object]) -> None:
    out.write(json.dumps(record) + "\n")
    out.flush()
