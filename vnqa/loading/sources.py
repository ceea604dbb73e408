"""What ``add`` accepts — paths, articles, records, iterables of them — as a stream of articles."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from vnqa.errors import ArticleError
from vnqa.loading.assembling import assemble
from vnqa.loading.boilerplate import Cut
from vnqa.loading.formats import SUFFIXES, Raw, raw_record, read_records, suffix_of
from vnqa.loading.values import clean_values
from vnqa.records import Article, Rejection

Loaded: TypeAlias = Article | Rejection
One: TypeAlias = str | os.PathLike[str] | Article | Mapping[str, Any]
Source: TypeAlias = One | Iterable[One]

MAX_BYTES = 20 * 2**20

_LIBRARY = "library.sqlite"  # of an index, whose words lie in JSON files beside it
_WORDS = re.compile(r"lexical-[0-9]+")


@dataclass(frozen=True, slots=True)
class Inspection:
    """One record as it is loaded.

    Attributes:
        place: Where it stands: a path, with ``:LINE`` in a JSONL file.
        loaded: The article, or why there is none.
        cut: What was cut from its text, in order.
        line: Its 1-based line in a JSONL file.
    """

    place: str
    loaded: Loaded
    cut: tuple[Cut, ...] = ()
    line: int | None = None


def load(source: Source, *, max_bytes: int = MAX_BYTES) -> Iterator[Loaded]:
    """Read articles one by one; what cannot be read becomes a ``Rejection`` and stops nothing.

    Args:
        source: A file, a folder (read recursively, in the order of names; hidden files, files of
            other formats, a README, JSON files of questions and the files of an index are passed
            over), an ``Article`` (its fields are validated again, nothing is cut), a record (a
            mapping with the fields of a JSON record, ``id`` included), or an iterable of these. A
            ``str`` is always a path. Values of a record are of JSON's types, dates, or what numpy
            has for them; NaN is missing.
        max_bytes: The most bytes of one file, or of one line of a JSONL file. JSONL files are
            streamed, and may be of any size.

    Returns:
        An iterator, in the same order each time. Ids are unique in it: a second record with the
        id of an earlier one is rejected, and the reason names both. An id is the record's own,
        else the file's path relative to ``source`` (for a file, its name), with ``:LINE`` behind
        it for a line of a JSONL file and ``:NUMBER`` for an entry of a JSON list. An empty folder
        gives nothing.

    Raises:
        ArticleError: At once, if ``source`` is a path that does not exist.
        ValueError: At once, if ``source`` is of another type, or ``max_bytes`` is not positive.
    """
    if max_bytes < 1:
        raise ValueError(f"expected max_bytes of at least 1, got {max_bytes}")
    return (inspection.loaded for inspection in _unique(_read(source, max_bytes)))


def inspect(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> list[Inspection]:
    """Read a file or folder as ``load`` does, and keep what was cut from each article's text.

    Raises:
        ArticleError: If the path does not exist.
    """
    return list(_unique(_read(path, max_bytes)))


def _unique(found: Iterable[Inspection]) -> Iterator[Inspection]:
    places: dict[str, str] = {}
    for inspection in found:
        loaded = inspection.loaded
        if isinstance(loaded, Article):
            if places.get(loaded.article_id) == inspection.place:
                continue  # the same file, given again
            if loaded.article_id in places:
                reason = (
                    f"the id {loaded.article_id!r} was given before, by "
                    f"{places[loaded.article_id]}; give records ids of their own, or files by the "
                    f"folder above them all"
                )
                line = inspection.line
                path = inspection.place.removesuffix(f":{line}")
                yield _rejected(path, reason, line)
                continue
            places[loaded.article_id] = inspection.place
        yield inspection


def _read(source: Source, max_bytes: int) -> Iterable[Inspection]:
    if isinstance(source, str | os.PathLike):
        path = _path(source)
        if not os.path.lexists(path):
            raise ArticleError(
                "no such file or folder; give the path of an article or of a folder of articles",
                path=str(path),
            )
        return _from_path(path, max_bytes)
    if isinstance(source, Article | Mapping):
        return _from_item(source, 1, max_bytes)
    if isinstance(source, Iterable) and not isinstance(source, bytes | bytearray):
        return (
            found
            for number, item in enumerate(source, start=1)
            for found in _from_item(item, number, max_bytes)
        )
    raise ValueError(
        f"expected a path, an Article, a record or an iterable of them, got {type(source).__name__}"
    )


def _from_item(item: object, number: int, max_bytes: int) -> Iterator[Inspection]:
    """Yield what one item of an iterable gives; its place is its id, its path or its number."""
    if isinstance(item, Article):
        yield _given(item, f"article {number}")
    elif isinstance(item, Mapping):
        yield _assembled(raw_record(item), place=f"record {number}", default_id=None)
    elif isinstance(item, str | os.PathLike):
        try:
            path = _path(item)
        except ValueError as error:
            yield _rejected(f"item {number}", str(error))
            return
        if os.path.lexists(path):
            yield from _from_path(path, max_bytes)
        else:
            yield _rejected(str(path), "no such file or folder")
    else:
        got = type(item).__name__
        yield _rejected(f"item {number}", f"expected a path, an Article or a record, got {got}")


def _given(article: Article, place: str) -> Inspection:
    """Return an article with its fields validated, if it can be stored.

    Pydantic does not validate what ``model_copy(update=…)`` gives, and lets ``extra`` be anything.
    """
    try:
        given = article.model_dump(round_trip=True, warnings=False)
        checked = type(article).model_validate(given)
        fields = checked.model_dump(mode="json")
        json.dumps(fields, ensure_ascii=False).encode()
        clean_values(fields["extra"])
    except ValidationError as error:
        return _rejected(place, _reasons(error))
    except ArticleError as error:
        return _rejected(place, error.reason)
    except (ValueError, TypeError, RecursionError) as error:
        return _rejected(place, f"it cannot be written as JSON: {error}")
    return Inspection(place, checked)


def _path(source: str | os.PathLike[str]) -> Path:
    text = os.fspath(source)
    if not isinstance(text, str) or not text.strip() or "\x00" in text:
        raise ValueError(f"expected the path of a file or folder, got {text!r}")
    return Path(text).expanduser()


def _from_path(path: Path, max_bytes: int) -> Iterator[Inspection]:
    if path.is_dir():
        for found, relative in _walk(path, "", frozenset(), root=path.resolve()):
            if isinstance(found, OSError):
                yield _rejected(str(path / relative), _cannot_read(found))
            else:
                yield from _from_file(found, relative, max_bytes, walking=True)
    elif not suffix_of(path):
        yield _rejected(
            str(path),
            f"unknown kind of file {path.suffix!r}; expected one of {', '.join(SUFFIXES)}",
        )
    else:
        yield from _from_file(path, path.name, max_bytes, walking=False)


def files_below(path: Path) -> Iterator[Path]:
    """Yield the files that ``load`` reads for a path: itself, or what is below the folder."""
    if not path.is_dir():
        yield path
        return
    for found, _ in _walk(path, "", frozenset(), root=path.resolve()):
        if isinstance(found, Path):
            yield found


def _walk(
    folder: Path, relative: str, above: frozenset[tuple[int, int]], *, root: Path
) -> Iterator[tuple[Path | OSError, str]]:
    """Yield the files below a folder with their relative paths, in the order of names.

    A folder that is reached again through a link inside itself is passed over, and so are the words
    of an index; a link that leads out of the folder that was added is an error, so that no folder
    brings in files from elsewhere.
    """
    try:
        status = folder.stat()
        here = (status.st_dev, status.st_ino)
        if here in above:
            return
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield error, relative
        return
    holds_index = any(entry.name == _LIBRARY for entry in entries)
    for entry in entries:
        if entry.name.startswith(".") or (holds_index and _WORDS.fullmatch(entry.name)):
            continue
        path = folder / entry.name
        try:
            leads_out = entry.is_symlink() and not path.resolve().is_relative_to(root)
            is_folder = entry.is_dir()
        except OSError as error:
            yield error, relative + entry.name
            continue
        except RuntimeError:  # so Python up to 3.12 says that links lead in a circle
            yield OSError(errno.ELOOP, os.strerror(errno.ELOOP)), relative + entry.name
            continue
        if leads_out:
            reason = "it is a link that leads out of the folder; add what it leads to"
            yield OSError(errno.EXDEV, reason), relative + entry.name
        elif is_folder:
            yield from _walk(path, f"{relative}{entry.name}/", above | {here}, root=root)
        elif suffix_of(path) and path.stem.lower() != "readme":
            yield path, relative + entry.name


def _from_file(path: Path, relative: str, max_bytes: int, *, walking: bool) -> Iterator[Inspection]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield _rejected(str(path), "expected a file, got a device, socket or pipe")
            return
        first = True
        for raw in read_records(path, max_bytes=max_bytes):
            if isinstance(raw, ArticleError):
                yield _rejected(str(path), raw.reason, raw.line)
                continue
            if first and "question" in raw.extra and "text" not in raw.fields:
                # Questions about the articles, kept beside them.
                if not walking:
                    yield _rejected(
                        str(path), "its records hold questions, not articles: no 'text' or 'body'"
                    )
                return
            first = False
            own = raw.line or raw.number
            yield _assembled(
                raw,
                place=str(path) if own is None else f"{path}:{own}",
                default_id=_readable(relative if own is None else f"{relative}:{own}"),
                path=str(path),
            )
    except OSError as error:
        yield _rejected(str(path), _cannot_read(error))


def _assembled(
    raw: Raw, *, place: str, default_id: str | None, path: str | None = None
) -> Inspection:
    try:
        article, cut = assemble(raw.fields, raw.extra, default_id=default_id)
    except ArticleError as error:
        return _rejected(path or place, error.reason, raw.line)
    except RecursionError:
        return _rejected(path or place, "its fields are nested too deeply", raw.line)
    except ValidationError as error:
        return _rejected(path or place, _reasons(error), raw.line)
    return Inspection(place, article, cut, raw.line)


def _reasons(error: ValidationError) -> str:
    return "; ".join(f"{e['loc'][0]}: {e['msg']}" if e["loc"] else e["msg"] for e in error.errors())


def _rejected(place: str, reason: str, line: int | None = None) -> Inspection:
    place = _readable(place)
    return Inspection(place, Rejection(path=place, reason=_readable(reason), line=line))


def _readable(path: str) -> str:
    """Return a path with the bytes of its name that are not UTF-8 escaped."""
    return path.encode("utf-8", "backslashreplace").decode()


def _cannot_read(error: OSError) -> str:
    return f"cannot be read: {error.strerror or error}"
