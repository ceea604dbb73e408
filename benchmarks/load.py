"""Where the time goes when a newspaper's articles are added to an empty collection.

Run: .venv/bin/python benchmarks/load.py [FILE] [--index FOLDER]
FILE is ../shared/data/news_dantri_2016.jsonl.gz by default: 4,352 articles, about 20 minutes on two
cores. Prints and writes benchmarks/results/load.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from vnqa import Article, NewsQA
from vnqa.cli.adding import count_inputs
from vnqa.cli.options import Lang
from vnqa.cli.progress import working
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.language.sentences import Span
from vnqa.loading import Loaded, load

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "news_dantri_2016.jsonl.gz"
RESULT = Path(__file__).parent / "results" / "load.json"


class TimedEmbedder(BundledEmbedder):
    """Adds up the time spent on tokens and on vectors."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: Counter[str] = Counter()
        self.tokens = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count tokens, and the time it takes."""
        started = time.perf_counter()
        counts = super().count_tokens(texts)
        self.seconds["chunking: counting tokens"] += time.perf_counter() - started
        return counts

    def embed_sentences(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        """Embed, and add up the time it takes."""
        self.tokens += sum(super().count_tokens(texts))
        started = time.perf_counter()
        vectors = super().embed_sentences(texts, spans)
        self.seconds["embedding"] += time.perf_counter() - started
        return vectors


def timed(items: Iterator[Loaded], seconds: Counter[str]) -> Iterator[Loaded]:
    """Yield what is loaded, and add up the time it took to read and clean."""
    while True:
        started = time.perf_counter()
        item = next(items, None)
        seconds["reading and cleaning"] += time.perf_counter() - started
        if item is None:
            return
        yield item


def peak_mb() -> int:
    """Return the peak resident memory of this process so far, in MB (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Load, print and write where the time went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=DATA)
    parser.add_argument("--index", type=Path)
    arguments = parser.parse_args()
    if not arguments.file.is_file():
        raise SystemExit(f"skipped: {arguments.file} is not there")
    embedder = TimedEmbedder()
    embedder.embed_passages(["Khởi động mô hình."])
    embedder.seconds.clear()
    embedder.tokens, models_mb = 0, peak_mb()
    folder = arguments.index or Path(tempfile.mkdtemp()) / "tin"
    with NewsQA.open(folder, embedder=embedder, generator=None, reader=None) as qa:
        articles = timed(load(arguments.file), embedder.seconds)
        with working(Console(stderr=True), Lang.en) as bars:
            report = qa.add(
                (loaded for loaded in articles if isinstance(loaded, Article)),
                progress=bars.adding(count_inputs([arguments.file])),
            )
        size = qa.status().bytes_on_disk
    seconds = dict(embedder.seconds)
    seconds["sentences, hashes, store and both indexes"] = report.seconds - sum(seconds.values())
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "file": arguments.file.name,
        "articles": report.added,
        "passages": report.passages_embedded,
        "tokens": embedder.tokens,
        "seconds": round(report.seconds, 1),
        "seconds_by_stage": {stage: round(value, 1) for stage, value in seconds.items()},
        "tokens_per_second_embedding": round(embedder.tokens / seconds["embedding"]),
        "peak_mb_model_alone": models_mb,
        "peak_mb": peak_mb(),
        "index_mb": round(size / 1e6),
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
