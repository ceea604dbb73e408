"""Every file of an index in turn: cut short, a bit flipped, deleted, another's in its place.

A bit may mean nothing, as in a free page: such a case counts only where all that can be read, and
what is found, is the same as before.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.faults.rows import Row, Tally
from tests.entries import DIM, made_entry, unit_vectors
from vnqa.errors import IndexFormatError
from vnqa.index import Collection
from vnqa.index.repair import check_folder
from vnqa.records import Article, CheckReport

ARTICLES = 40


def build(folder: Path, *, version: int = 0, killed: bool = False) -> None:
    """Make an index with a past; ``killed`` leaves the files that a killed writer leaves."""
    place = folder.with_name(folder.name + "-open") if killed else folder
    with Collection.open(place, fingerprint="made up", dim=DIM) as collection:
        entries = [made_entry(f"bài {n}", version, sentences=5) for n in range(ARTICLES)]
        collection.write(entries)
        collection.write([made_entry(f"bài {n}", version + 1) for n in range(3)], ["bài 20"])
        collection.write([made_entry("cuối", version)])
        if killed:
            shutil.copytree(place, folder)
    if killed:
        shutil.rmtree(place)


def contents(folder: Path) -> object:
    """Return all that can be read of an index, and what some searches find."""
    with Collection.open(folder, read_only=True) as collection, collection.snapshot() as snapshot:
        articles = list(snapshot.articles())
        passages = [p for article in articles for p in snapshot.passages_of(article.article_id)]
        ids = [passage.passage_id for passage in passages]
        sentences = [
            (one.spans, np.round(one.vectors, 6).tolist()) for one in snapshot.sentences(ids)
        ]
        found = [snapshot.search_dense(unit_vectors(1, seed)[0], 50) for seed in range(3)]
        words = [snapshot.search_lexical(text, 500) for text in ("bản tin", "mua gao", "lúa cầu")]
        return articles, passages, snapshot.vectors(ids).tolist(), sentences, found, words


def damage(folder: Path, *, flips: int, repairs: int, seed: int = 4) -> list[Row]:
    """Damage files; return a row for each kind of file and of damage.

    Args:
        folder: Where indexes are made.
        flips: Bits flipped of each file, one at a time.
        repairs: After how many damages of each kind to each file the index is also mended.
        seed: Of the places.
    """
    rng = random.Random(seed)
    tallies: dict[str, Tally] = {}
    for killed in (False, True):
        index, other, work = (folder / f"{name}-{killed}" for name in ("whole", "other", "work"))
        build(index, killed=killed)
        build(other, version=7, killed=killed)
        whole = contents(shutil.copytree(index, folder / f"read-{killed}"))
        foreign = contents(shutil.copytree(other, folder / f"read-other-{killed}"))
        for path in _files(index, killed=killed):
            for kind, number, content in _damaged(path, index, other, flips, rng):
                what = f"{_kind(path)}: {kind}"
                tally = tallies.setdefault(what, Tally(what))
                shutil.rmtree(work, ignore_errors=True)
                shutil.copytree(index, work)
                target = work / path.relative_to(index)
                target.unlink()
                if content is not None:
                    target.write_bytes(content)
                outcome, held, example = _outcome(
                    work,
                    whole,
                    mend=number < repairs,
                    other=foreign if kind == "another's" else None,
                )
                tally.add(outcome, held=held, example=f"{path.name} {number}: {example}")
    return [tally.row() for tally in tallies.values()]


def _files(index: Path, *, killed: bool) -> list[Path]:
    """Return the files to damage: of a killed writer's index those that others do not have."""
    paths = sorted(path for path in index.rglob("*") if path.is_file())
    return [p for p in paths if p.name.endswith(("-wal", "-shm"))] if killed else paths


def _kind(path: Path) -> str:
    if path.parent.name.startswith("lexical-"):
        lasting = path.name in ("meta.json", ".managed.json")
        return path.name if lasting else "words, " + path.suffix.lstrip(".")
    return "vectors" if path.suffix == ".faiss" else path.name


def _damaged(
    path: Path, index: Path, other: Path, flips: int, rng: random.Random
) -> Iterator[tuple[str, int, bytes | None]]:
    content = path.read_bytes()
    yield "deleted", 0, None
    if not content:
        return
    for number, size in enumerate((0, len(content) // 2, len(content) - 1)):
        yield "cut short", number, content[:size]
    others = [p for p in sorted(other.rglob("*")) if p.is_file() and _kind(p) == _kind(path)]
    same = sorted(p for p in index.rglob("*") if p.is_file() and _kind(p) == _kind(path))
    if others:
        yield "another's", 0, others[min(same.index(path), len(others) - 1)].read_bytes()
    for number in range(flips):
        place = rng.randrange(8 * len(content))
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        yield "bit flipped", number, bytes(flipped)


def _outcome(
    work: Path, whole: object, *, mend: bool, other: object = None
) -> tuple[str, bool, object]:
    """Return what happened, whether that is as it should be, and more on it.

    Args:
        work: The damaged index.
        whole: Its contents before.
        mend: Whether it is also mended.
        other: The contents of the index that a file is from, if one is from another.
    """
    try:
        report = check_folder(work)
    except IndexFormatError as error:
        told = bool(re.search(r"restore the folder|run: |vnqa add", str(error)))
        return "found, nothing to save", told, error
    except Exception as error:
        return f"failed with {type(error).__name__}", False, error
    try:
        if not report.problems:
            same = contents(work) == whole
            return "same contents" if same else "NOT FOUND", same, ""
        if not mend:
            return "found", True, ""
        mended = check_folder(work, repair=True)
        return _mended(work, mended, whole, other)
    except IndexFormatError as error:
        told = "nothing can be saved" in str(error)
        return "found, nothing to save", told, error
    except Exception as error:
        return f"failed with {type(error).__name__}", False, error


def _mended(
    work: Path, report: CheckReport, whole: object, other: object
) -> tuple[str, bool, object]:
    before = _articles(whole)
    with Collection.open(work, fingerprint="made up", dim=DIM) as collection:
        problems = collection.check()
        after = {article.article_id: article for article in collection.articles()}
    if problems:
        return "NOT MENDED", False, problems
    if after == before:
        return "found, all mended", True, ""
    theirs = {} if other is None else _articles(other)
    if theirs and after == theirs:
        return "found, made to fit the other's library", True, ""
    missing = set(before) - set(after)
    accounted = len(missing) == len(report.lost) + len(report.without_vectors)
    # Pages of another's write-ahead log bring in articles of its library.
    intact = all(one in (before.get(name), theirs.get(name)) for name, one in after.items())
    return "found, the rest saved", accounted and intact, (missing, report)


def _articles(contents: object) -> dict[str, Article]:
    assert isinstance(contents, tuple)
    return {article.article_id: article for article in contents[0]}
