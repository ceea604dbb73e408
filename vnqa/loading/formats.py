"""Files of each format as a stream of raw records."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from vnqa.errors import ArticleError
from vnqa.loading.decoding import decode, decode_as_it_is, decode_page
from vnqa.loading.labels import split_front_matter, take_fields
from vnqa.loading.markup import without_markup
from vnqa.loading.pages import is_page, read_page

SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".json", ".jsonl", ".ndjson")


class Raw(NamedTuple):
    """One record of a file.

    Attributes:
        fields: Fields of an article, by the names of ``Article``.
        extra: Everything else.
        line: Its 1-based line in a JSONL file.
        number: Its 1-based place in a JSON list.
    """

    fields: Mapping[str, Any]
    extra: Mapping[str, Any]
    line: int | None = None
    number: int | None = None


def raw_record(record: Mapping[str, Any]) -> Raw:
    """Sort the fields of a record; HTML in them becomes text, of a whole page its article's.

    Raises:
        ArticleError: If its text is a page without an article.
    """
    fields, extra = take_fields(record)
    if isinstance(fields.get("text"), str) and is_page(fields["text"]):
        fields = {**read_page(fields.pop("text")), **fields}
    for name in ("title", "summary", "text", "author", "source"):
        value = fields.get(name)
        if isinstance(value, str):
            fields[name] = without_markup(value)
        elif isinstance(value, list | tuple):
            fields[name] = [without_markup(v) if isinstance(v, str) else v for v in value]
    return Raw(fields, extra)


def suffix_of(path: Path) -> str:
    """Return the suffix that decides the format, lower case, ``.gz`` aside; ``""`` if unknown."""
    name = path.name.lower().removesuffix(".gz")
    suffix = Path(name).suffix
    return suffix if suffix in SUFFIXES else ""


def read_records(path: Path, *, max_bytes: int) -> Iterator[Raw | ArticleError]:
    """Yield the records of one file; what cannot be read is yielded as an error, with its line.

    Args:
        path: A file whose suffix is known. A ``.gz`` behind the suffix is unpacked on the way.
        max_bytes: The most bytes of a file, or of a line of a JSONL file, that are read.

    Raises:
        OSError: If the file cannot be read.
    """
    suffix = suffix_of(path)
    try:
        if suffix in (".jsonl", ".ndjson"):
            yield from _jsonl(path, max_bytes)
            return
        data = _read(path, max_bytes)
        if suffix == ".json":
            yield from _json(decode_as_it_is(data))
            return
        if suffix in (".html", ".htm"):
            yield Raw(read_page(decode_page(data)), {})
            return
        text = decode(data)
        if is_page(text):
            yield Raw(read_page(text), {})
            return
        fields, rest = split_front_matter(text)
        known, extra = take_fields(fields)
        known["text"] = without_markup(rest)
        yield Raw(known, extra)
    except ArticleError as error:
        yield error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield ArticleError(f"the gzip archive is damaged: {error}")


def _open(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def _read(path: Path, max_bytes: int) -> bytes:
    size = path.stat().st_size
    if size > max_bytes:
        raise ArticleError(_too_large(f"{size:,} bytes", max_bytes))
    with _open(path) as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ArticleError(_too_large("more once unpacked", max_bytes))
    return data


def _too_large(got: str, max_bytes: int) -> str:
    return (
        f"expected at most {max_bytes:,} bytes, got {got}; split it, or give max_bytes to "
        "vnqa.loading.load"
    )


def _jsonl(path: Path, max_bytes: int) -> Iterator[Raw | ArticleError]:
    with _open(path) as file:
        start = file.read(2)
        file.seek(0)
        if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            yield from _jsonl_lines(_utf8(file, max_bytes), max_bytes)
        else:
            yield from _jsonl_lines(file, max_bytes)


def _utf8(file: IO[bytes], max_bytes: int) -> IO[bytes]:
    """Return a UTF-16 file as UTF-8; it is read whole, lines cannot be told apart before."""
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ArticleError(_too_large("a longer UTF-16 file", max_bytes))
    return io.BytesIO(decode_as_it_is(data).encode())


def _jsonl_lines(file: IO[bytes], max_bytes: int) -> Iterator[Raw | ArticleError]:
    number = 0
    seen = False
    while row := file.readline(max_bytes + 1):
        number += 1
        if len(row) > max_bytes and not row.endswith(b"\n"):
            while (rest := file.readline(max_bytes)) and not rest.endswith(b"\n"):
                pass
            yield ArticleError(_too_large("a longer line", max_bytes), line=number)
            continue
        if not row.strip():
            continue
        seen = True
        try:
            record = _parse(_text_of(row, number).rstrip())
            if not isinstance(record, dict):
                raise ArticleError(f"expected a JSON object, got {type(record).__name__}")
            yield raw_record(record)._replace(line=number)
        except ArticleError as error:
            yield ArticleError(error.reason, line=number)
    if not seen:
        yield ArticleError("the file is empty")


def _text_of(row: bytes, number: int) -> str:
    try:
        return row.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        return decode_as_it_is(row)


def _parse(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None, strict=False)
    except json.JSONDecodeError as error:
        reason = f"invalid JSON: {error.msg} at column {error.colno}"
        if error.msg == "Extra data" and error.lineno > 1:
            reason += "; if each line is a record, name the file .jsonl"
        raise ArticleError(reason, line=error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise ArticleError(f"invalid JSON: {error}") from None


def _json(text: str) -> Iterator[Raw | ArticleError]:
    if not text.strip():
        raise ArticleError("the file is empty")
    records = _parse(text)
    if isinstance(records, dict):
        yield raw_record(records)
        return
    if not isinstance(records, list):
        raise ArticleError(f"expected a JSON object or list, got {type(records).__name__}")
    for number, record in enumerate(records, start=1):
        if isinstance(record, dict):
            yield raw_record(record)._replace(number=number)
        else:
            yield ArticleError(
                f"record {number}: expected a JSON object, got {type(record).__name__}"
            )
