"""Changes to the word index; ``lexical`` describes its fields and searches it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vnqa.index.durable import sync_directory
from vnqa.index.facets import source_key
from vnqa.index.lexical import fields_of, is_failure, make_schema, open_index, register
from vnqa.index.store import PassageText

if TYPE_CHECKING:
    import tantivy

_HEAP_BYTES = 50_000_000
_LARGEST_ID = 2**63 - 1


class LexicalWriter:
    """Changes to a word index, made durable together by ``commit``.

    One thread and no merge left running, so that the same changes give the same index.

    Args:
        directory: Created when missing.
    """

    def __init__(self, directory: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        self._directory = directory
        with _as_oserror(directory):
            if (directory / "meta.json").exists():
                index = open_index(directory)
            else:
                directory.mkdir(exist_ok=True)
                sync_directory(directory.parent)
                index = register(tantivy.Index(make_schema(), path=str(directory)))
            self._schema = index.schema
            self._writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)

    def add(self, passages: Iterable[PassageText]) -> None:
        """Add passages."""
        for passage in passages:
            document = self._document(passage)
            with _as_oserror(self._directory):
                self._writer.add_document(document)

    def _document(self, passage: PassageText) -> tantivy.Document:
        document = self._tantivy.Document()
        document.add_unsigned("passage_id", passage.passage_id)
        if passage.published is not None:
            document.add_integer("published", passage.published)
        if passage.source and (key := source_key(passage.source)):
            document.add_text("source", key)
        for text in (passage.title, passage.text):
            for field, keys in fields_of(text).items():
                document.add_text(field, " ".join(keys))
        return document

    def remove(self, passage_ids: Sequence[int]) -> None:
        """Remove passages."""
        query = self._tantivy.Query.term_set_query(self._schema, "passage_id", list(passage_ids))
        with _as_oserror(self._directory):
            self._writer.delete_documents_by_query(query)

    def remove_after(self, passage_id: int) -> None:
        """Remove all passages with larger ids: what writes left that never committed."""
        kind = self._tantivy.FieldType.Unsigned
        larger = self._tantivy.Query.range_query(
            self._schema, "passage_id", kind, passage_id + 1, _LARGEST_ID
        )
        with _as_oserror(self._directory):
            self._writer.delete_documents_by_query(larger)

    def commit(self) -> None:
        """Make the changes durable and end this writer, its merges done."""
        with _as_oserror(self._directory):
            self._writer.commit()
            self._share()  # at once: others may be reading, and merges take a while
            self._writer.wait_merging_threads()
        self._share()

    def _share(self) -> None:
        """Let others read the two files that tantivy makes private, unlike all of the index."""
        mode = (self._directory / ".tantivy-writer.lock").stat().st_mode
        for name in ("meta.json", ".managed.json"):
            with contextlib.suppress(FileNotFoundError):
                os.chmod(self._directory / name, mode)

    def close(self) -> None:
        """End this writer; what was not committed is dropped."""
        del self._writer


@contextlib.contextmanager
def _as_oserror(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except BaseException as error:
        if is_failure(error):
            raise OSError(f"{directory} could not be written: {error}") from error
        raise
