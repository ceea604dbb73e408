"""Checksums of the files of the word index, a tantivy directory that is changed in place.

Tantivy commits before the library does. After a killed write the directory is therefore ahead of
the checksums in the library: files that these do not know have only the CRC-32 that tantivy keeps.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from vnqa.index.durable import sha256_of

META = "meta.json"
_PARTS = ("term", "idx", "pos", "fast", "fieldnorm", "store")
_FOOTER_MAGIC = 1337


def word_digests(directory: Path, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the SHA-256 of each file that is searched.

    Args:
        directory: Of the word index.
        known: What was returned before; files are never changed, so these are not read again.
    """
    known = known or {}
    meta = json.loads((directory / META).read_bytes())
    digests = {name: known.get(name) or sha256_of(directory / name) for name in _named(meta)}
    return {**digests, META: _meta_digest(meta)}


def damaged_files(directory: Path, recorded: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each file that is missing or is not what was written.

    Args:
        directory: Of the word index.
        recorded: Checksums, as ``word_digests`` returned them after the last committed change.
    """
    try:
        meta = json.loads((directory / META).read_bytes())
        names = _named(meta)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"{directory / META} is damaged ({error})"
        return
    if recorded.keys() == {*names, META} and recorded[META] != _meta_digest(meta):
        yield f"{directory / META} is damaged (its contents are not those recorded)"
    for name in names:
        path = directory / name
        if not path.exists():
            yield f"{path} is missing"
        elif name not in recorded:
            yield from _without_its_crc(path)
        elif sha256_of(path) != recorded[name]:
            yield f"{path} is damaged (SHA-256 differs)"


def _named(meta: dict[str, list[dict[str, object]]]) -> list[str]:
    """Return the files of all segments."""
    names = []
    for segment in meta["segments"]:
        stem = str(segment["segment_id"]).replace("-", "")
        names += [f"{stem}.{part}" for part in _PARTS]
        deletes = segment["deletes"]
        if isinstance(deletes, dict):
            names.append(f"{stem}.{deletes['opstamp']}.del")
    return names


def _meta_digest(meta: dict[str, list[dict[str, object]]]) -> str:
    """Return the SHA-256 of ``meta.json``, but for a count that every commit raises."""
    kept = {key: value for key, value in meta.items() if key != "opstamp"}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _without_its_crc(path: Path) -> Iterator[str]:
    """Yield a sentence if a file does not match the checksum that tantivy keeps in it.

    The last bytes of a tantivy file are a JSON footer with the CRC-32 of what stands before it,
    the footer's length and the magic number 1337, both little-endian u32
    (tantivy, src/directory/footer.rs).
    """
    content = path.read_bytes()
    length = int.from_bytes(content[-8:-4], "little")
    try:
        if int.from_bytes(content[-4:], "little") != _FOOTER_MAGIC:
            raise ValueError("no footer")
        footer = json.loads(content[-8 - length : -8])
        if footer["crc"] != zlib.crc32(content[: -8 - length]):
            raise ValueError("CRC-32 differs")
    except (ValueError, KeyError, TypeError) as error:
        yield f"{path} is damaged ({error})"
