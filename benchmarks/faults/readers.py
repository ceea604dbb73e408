"""One writer and many readers at once: what a reader is told is of one generation, always."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.faults.rows import Row, Tally
from tests.fakes import FakeEmbedder
from vnqa import Answer, Article, IndexLockedError, NewsQA

PLACES = ("Bến Ngự", "Đông Hạ", "Bến Trúc", "Lam Giang", "Hồ Ao", "Cầu Treo")
QUESTIONS = [f"Giá gạo ở {place} là bao nhiêu?" for place in PLACES]
State = dict[str, int]


def made(place: str, version: int) -> Article:
    """Return the article on a place as of a version; the text says which."""
    price = 10_000 + version
    return Article(
        article_id=place,
        title=f"Giá gạo ở {place}",
        text=f"Giá gạo ở {place} là {price} đồng một kg. Chợ {place} họp lần {version}. "
        f"Người bán ở {place} nói giá {price} đồng là hợp lý.",
        extra={"version": version},
    )


def readers(
    folder: Path, *, count: int, seconds: float = 0.0, changes: int = 0, seed: int = 4
) -> list[Row]:
    """Let readers ask while a writer adds, updates and removes, until time or changes are over.

    Args:
        folder: For the index and what each process noted.
        count: How many readers, each a process.
        seconds: How long the writer goes on, at least.
        changes: How many changes it makes, at least.
        seed: Of what is changed.
    """
    index = folder / "index"
    with _opened(index) as qa:
        qa.add([made(place, 0) for place in PLACES])
        first = qa.status().generation
    spawn = multiprocessing.get_context("spawn")
    done = spawn.Event()
    started = [spawn.Event() for _ in range(count)]
    processes = [
        spawn.Process(
            target=_read, args=(index, folder / f"reader-{n}.jsonl", done, started[n], seed + n)
        )
        for n in range(count)
    ]
    for process in processes:
        process.start()
    for event in started:
        event.wait()
    states = {first: dict.fromkeys(PLACES, 0)}
    refusals = Tally("a second writer, while the first one writes")
    try:
        _write(index, states, seconds, changes, seed, refusals)
    finally:
        done.set()
        for process in processes:
            process.join()
    asked, searched = Tally(f"{count} readers ask"), Tally(f"{count} readers search")
    for number, process in enumerate(processes):
        if process.exitcode != 0:
            asked.add("reader died", held=False, example=process.exitcode)
        for line in (folder / f"reader-{number}.jsonl").read_text().splitlines():
            note = json.loads(line)
            wrong = note["error"] or _wrong(note, states)
            tally = asked if note["what"] == "ask" else searched
            tally.add("one generation" if not wrong else "wrong", held=not wrong, example=wrong)
    written = Tally("one writer: changes committed")
    for _ in range(len(states) - 1):
        written.add("committed", held=True)
    with NewsQA.open(
        index, embedder=FakeEmbedder(), generator=None, reader=None, read_only=True
    ) as qa:
        problems = qa.check().problems
        held = {article.article_id: article.extra["version"] for article in qa.articles()}
    last = states[max(states)]
    written.add("sound at the end", held=not problems and held == last, example=problems or held)
    return [written.row(), asked.row(), searched.row(), refusals.row()]


def _opened(index: Path, *, read_only: bool = False) -> NewsQA:
    return NewsQA.open(
        index,
        embedder=FakeEmbedder(),
        generator=None,
        reader=None,
        read_only=read_only,
        threshold=0.0,
    )


def _write(
    index: Path,
    states: dict[int, State],
    seconds: float,
    changes: int,
    seed: int,
    refusals: Tally,
) -> None:
    """Change articles, noting what each generation holds."""
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    state = dict(states[max(states)])
    version = 0
    with _opened(index) as qa:
        while time.monotonic() < end or version < changes:
            version += 1
            if len(state) > 3 and rng.random() < 0.3:
                gone = rng.choice(sorted(state))
                qa.remove(gone)
                del state[gone]
            else:
                places = rng.sample(PLACES, rng.randint(1, len(PLACES)))
                qa.add([made(place, version) for place in places])
                state.update(dict.fromkeys(places, version))
            states[qa.status().generation] = dict(state)
            if version % 50 == 1:
                _refused(index, refusals)


def _refused(index: Path, refusals: Tally) -> None:
    try:
        _opened(index).close()
        refusals.add("let in", held=False)
    except IndexLockedError as error:
        named = f"process {os.getpid()}" in str(error)
        refusals.add("refused with the first one's pid", held=named, example=error)


def _read(index: Path, path: Path, done: Any, started: Any, seed: int) -> None:
    """Ask and search until told to stop, noting what was told and what the generation was."""
    rng, writer = random.Random(seed), multiprocessing.parent_process()
    assert writer is not None

    def is_over() -> bool:
        return bool(done.is_set()) or not writer.is_alive()

    with _opened(index, read_only=True) as qa, open(path, "w", encoding="utf-8") as notes:
        for note in _notes(qa, rng, is_over):
            notes.write(json.dumps(note, ensure_ascii=False) + "\n")
            started.set()


def _notes(qa: NewsQA, rng: random.Random, is_over: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    over = False
    while not over:
        over = is_over()
        note: dict[str, Any] = {"what": "ask", "error": "", "articles": [], "all": False}
        note["from"] = qa.status().generation
        try:
            if rng.random() < 0.5:
                answer = qa.ask(rng.choice(QUESTIONS))
                note["articles"] = [_seen(hit.article) for hit in answer.hits]
                note["error"] = _badly_cited(answer)
            else:
                hits = qa.search("giá gạo", top_k=50)  # more than there are passages
                note |= {"what": "search", "all": True}
                note["articles"] = [_seen(hit.article) for hit in hits]
        except Exception as error:  # none is right
            note["error"] = f"{type(error).__name__}: {error}"
        note["to"] = qa.status().generation
        yield note


def _seen(article: Article) -> tuple[str, int]:
    version = article.extra["version"]
    return article.article_id, version if article == made(article.article_id, version) else -1


def _badly_cited(answer: Answer) -> str:
    hits = {hit.article.article_id: hit.article for hit in answer.hits}
    for citation in answer.citations:
        article = citation.article
        if hits.get(article.article_id) != article:
            return f"cites {article} but found {hits}"
        if article.text[citation.start : citation.end] != citation.quote:
            return f"{citation.quote!r} does not stand in {article}"
    return ""


def _wrong(note: dict[str, Any], states: dict[int, State]) -> str:
    """Return why what was seen fits no generation that was there meanwhile; nothing if one does."""
    seen = {(name, version) for name, version in note["articles"]}
    for generation in range(note["from"], note["to"] + 1):
        held = set(states.get(generation, {}).items())
        if seen == held if note["all"] else seen <= held:
            return ""
    return f"saw {sorted(seen)} between generations {note['from']} and {note['to']}"
