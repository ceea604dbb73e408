"""Words for search: BM25 over syllables and pairs of them, by tantivy.

Text is cut into syllables here and handed over joined by spaces, in four fields: ``words`` and
``pairs`` (adjacent syllables) as spelled, ``plain`` and ``plain_pairs`` without diacritics. The
title is indexed with each passage. The directory is changed in place and may hold passages that
are removed, or of a write that never committed; who searches it filters by what is live.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import itertools
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from vnqa.errors import IndexFormatError
from vnqa.index.facets import Filters
from vnqa.index.failures import command
from vnqa.language.vietnamese import (
    folded_syllables,
    has_diacritics,
    iter_syllables,
    nfc,
    syllables,
)

_TOKENIZER = "spaces"
_LONGEST = 8_000  # characters of a key; tantivy drops terms, pairs too, of more than 65,530 bytes
_MARGIN = 16
# What the system says of this process, not of a file; the rest is damage, which a rebuild mends.
_NOT_OF_FILES = frozenset(
    (errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EBUSY)
)
_FEW = 0.03  # of all passages
# In a collection this large most of the time goes into syllables that so many passages have; they
# say little of any. Pairs with them stay.
_LARGE, _COMMON = 100_000, 0.2


@functools.lru_cache(maxsize=65536)
def _syllable_forms(syllable: str) -> tuple[str, str]:
    return syllables(syllable)[0][:_LONGEST], folded_syllables(syllable)[0][:_LONGEST]


def forms(text: str) -> tuple[list[str], list[str]]:
    """Return the syllables of a text as keys, cut, and without diacritics, both in order."""
    found = [_syllable_forms(syllable) for syllable, _, _ in iter_syllables(nfc(text))]
    return [key for key, _ in found], [plain for _, plain in found]


def pairs(keys: list[str]) -> list[str]:
    """Return adjacent syllables joined by ``_``."""
    return [f"{a}_{b}" for a, b in itertools.pairwise(keys)]


def fields_of(text: str) -> dict[str, list[str]]:
    """Return the keys of a text by the field of the word index that they are looked for in."""
    words, plain = forms(text)
    return {"words": words, "pairs": pairs(words), "plain": plain, "plain_pairs": pairs(plain)}


def make_schema() -> Any:
    """Return the fields of the word index; none is stored, positions are not kept."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("passage_id", indexed=True, fast=True)
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    for field in ("words", "pairs", "plain", "plain_pairs"):
        builder.add_text_field(field, tokenizer_name=_TOKENIZER, index_option="freq")
    return builder.build()


def register(index: Any) -> Any:
    """Return the index, told how its text fields are cut: at spaces."""
    import tantivy

    spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TOKENIZER, spaces)
    return index


def is_failure(error: BaseException) -> bool:
    """Tell whether tantivy raised this: an exception, or a panic, which is no `Exception`."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def open_index(directory: Path) -> Any:
    """Open an existing word index.

    Raises:
        FileNotFoundError: If there is none (any more).
        IndexFormatError: If it is damaged.
        OSError: If a file may not be read, or cannot be now.
    """
    import tantivy

    if not (directory / "meta.json").exists():
        raise FileNotFoundError(f"{directory} holds no word index")
    with _damage(directory):
        index = register(tantivy.Index.open(str(directory)))
        if index.schema != make_schema():  # a flipped bit may give a field another name
            raise ValueError("its fields are not those of a word index")
        return index


@contextlib.contextmanager
def _damage(directory: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if is_failure(error):
            if refused := _system_error(error):
                raise OSError(refused, f"{directory} could not be read ({error})") from error
            raise IndexFormatError(
                f"{directory} is damaged ({error}); run: {command('rebuild', directory.parent)}"
            ) from error
        raise


def _system_error(error: BaseException) -> int | None:
    """Return the number of a system's error that is none of the files, if tantivy tells of one."""
    if "LockBusy" in str(error):
        return errno.EBUSY
    told = re.search(r"\bOs \{ code: (\d+)", str(error))
    return int(told[1]) if told and int(told[1]) in _NOT_OF_FILES else None


def is_writable(directory: Path) -> bool:
    """Tell whether this process may make and take the locks of a word index."""
    return all(os.access(path, os.W_OK) for path in (directory, *directory.glob("*.lock")))


class LexicalIndex:
    """A word index, open for search, that follows what is committed to it.

    Args:
        directory: Its directory.
        writable: Whether this process may lock it; see ``is_writable``.

    Raises:
        FileNotFoundError: If there is no index in the directory (any more).
        IndexFormatError: If it is damaged.
    """

    def __init__(self, directory: Path, *, writable: bool) -> None:
        self.directory = directory
        self._index = open_index(directory) if writable else None

    def searcher(self) -> LexicalSearcher:
        """Return a searcher of what is committed now; it stays at that."""
        if self._index is not None:
            return self._searcher(self._index)
        # tantivy creates lock files even to read; links in a folder of our own let it
        try:
            folder = tempfile.TemporaryDirectory(prefix="vnqa-")
        except FileNotFoundError as error:
            raise OSError(
                f"{self.directory} cannot be written, and to search it there needs to be a folder "
                f"for temporary files ({error}); set TMPDIR to one that can be written"
            ) from error
        with folder as mirror:
            for file in self.directory.iterdir():
                if file.suffix != ".lock":
                    (Path(mirror) / file.name).symlink_to(file.absolute())
            return self._searcher(open_index(Path(mirror)))

    def _searcher(self, index: Any) -> LexicalSearcher:
        with _damage(self.directory):
            index.config_reader(reload_policy="manual", num_warmers=0)
            index.reload()
            return LexicalSearcher(index.schema, _Guarded(index.searcher(), self.directory))


class _Guarded:
    """What is used of a tantivy searcher; where a file turns out to be damaged: IndexFormatError.

    tantivy does not verify files when it opens them. It may panic at any later use.
    """

    def __init__(self, searcher: Any, directory: Path) -> None:
        self._searcher = searcher
        self._directory = directory

    @property
    def num_docs(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, query: Any, limit: int, *, count: bool = True) -> Any:
        with _damage(self._directory):
            return self._searcher.search(query, limit, count=count)

    def fast_field_values(self, field: str, addresses: list[Any]) -> Any:
        with _damage(self._directory):
            return self._searcher.fast_field_values(field, addresses)

    def doc_freq(self, field: str, term: str) -> int:
        with _damage(self._directory):
            return int(self._searcher.doc_freq(field, term))


class LexicalSearcher:
    """Search over one committed state of a word index."""

    def __init__(self, schema: Any, searcher: _Guarded) -> None:
        import tantivy

        self._tantivy = tantivy
        self._schema = schema
        self._searcher = searcher

    def count_up_to(self, passage_id: int) -> int:
        """Return the number of passages with ids up to this one."""
        query = self._tantivy.Query.range_query(
            self._schema, "passage_id", self._tantivy.FieldType.Unsigned, 0, passage_id
        )
        return int(self._searcher.search(query, 1, count=True).count)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def passage_ids(self) -> list[int]:
        """Return the ids of all passages inside, ascending, removed and uncommitted ones too."""
        found = self._searcher.search(self._tantivy.Query.all_query(), max(len(self), 1)).hits
        return sorted(self._ids([address for _, address in found]))

    def _ids(self, addresses: list[Any]) -> list[int]:
        return [int(i) for i in self._searcher.fast_field_values("passage_id", addresses)]

    def holds(self, passage_id: int, texts: Sequence[str]) -> bool:
        """Tell whether each word of some texts is found in a passage."""
        make, must = self._tantivy.Query, self._tantivy.Occur.Must
        clauses = [(must, make.term_query(self._schema, "passage_id", passage_id))]
        clauses += [
            (must, self._term(field, key))
            for text in texts
            for field, keys in fields_of(text).items()
            for key in dict.fromkeys(keys)
        ]
        return bool(self._searcher.search(make.boolean_query(clauses), 1, count=True).count == 1)

    def document_frequencies(self, terms: Sequence[str], *, plain: bool) -> list[int]:
        """Return in how many passages each term occurs, removed ones not yet purged included.

        Args:
            terms: Syllables as ``forms`` gives them, or pairs of them joined by ``_``.
            plain: Look in the unaccented fields.
        """
        words, both = ("plain", "plain_pairs") if plain else ("words", "pairs")
        return [self._searcher.doc_freq(both if "_" in term else words, term) for term in terms]

    def search(
        self,
        text: str,
        k: int,
        *,
        is_live: Callable[[list[int]], list[bool]],
        filters: Filters | None = None,
        share: float = 0.0,
        pair_weight: float = 1.0,
    ) -> list[tuple[int, float]]:
        """Return the k best live ``(passage_id, BM25)``, best first, ties by id.

        Args:
            text: A question; without any diacritic it is matched against the unaccented fields.
            k: The most results.
            is_live: Tells which ids exist, and pass the filters if their share is told; others are
                dropped and replaced by the next best.
            filters: Applied before the cut.
            share: Of the passages, those that pass the filters; where they are not few, the filters
                are left to ``is_live``.
            pair_weight: Of a pair of syllables, a single one being 1.
        """
        k = min(k, len(self))
        if k <= 0:
            return []
        wanted = k + _MARGIN
        if filters is not None and share >= _FEW:
            # asked for nothing but terms, tantivy skips what cannot be among the best (block-max
            # WAND), so that it is faster to drop afterwards what the filters leave out
            filters, wanted = None, round(1.2 * k / share) + _MARGIN
        query = self._query(text, filters or Filters(), pair_weight)
        while True:
            wanted = min(wanted, len(self) + 1)  # tantivy makes room for as many as it is asked for
            hits = self._searcher.search(query, wanted, count=False).hits
            ids = self._ids([address for _, address in hits])
            live = is_live(ids)
            found = [(i, s) for i, (s, _), ok in zip(ids, hits, live, strict=True) if ok]
            if len(found) >= k or len(hits) < wanted:
                found.sort(key=lambda hit: (-hit[1], hit[0]))
                return found[:k]
            wanted *= 4

    def _query(self, text: str, filters: Filters, pair_weight: float) -> Any:
        make, occur = self._tantivy.Query, self._tantivy.Occur
        keys = fields_of(text)
        accented = has_diacritics(nfc(text))
        words, both = ("words", "pairs") if accented else ("plain", "plain_pairs")
        terms = [
            (occur.Should, make.boost_query(self._term(field, key), weight))
            for field, weight in ((words, 1.0), (both, pair_weight))
            if weight > 0
            for key in self._telling(field, list(dict.fromkeys(keys[field])))
        ]
        if not terms:
            return make.empty_query()
        any_term = make.boolean_query(terms)
        if filters.days is None and filters.source_keys is None:
            return any_term
        clauses = [(occur.Must, any_term)]
        if filters.days is not None:
            clauses.append((occur.Must, make.const_score_query(self._between(*filters.days), 0.0)))
        if filters.source_keys is not None:
            sources = [(occur.Should, self._term("source", key)) for key in filters.source_keys]
            of_source = make.boolean_query(sources) if sources else make.empty_query()
            clauses.append((occur.Must, make.const_score_query(of_source, 0.0)))
        return make.boolean_query(clauses)

    def _telling(self, field: str, keys: list[str]) -> list[str]:
        """Return what a query looks for: in a large collection not the commonest syllables."""
        if len(self) < _LARGE or field not in ("words", "plain"):
            return keys
        most = _COMMON * len(self)
        telling = [key for key in keys if self._searcher.doc_freq(field, key) <= most]
        return telling or keys

    def _term(self, field: str, term: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, field, term, "freq")

    def _between(self, first: int, last: int) -> Any:
        return self._tantivy.Query.range_query(
            self._schema, "published", self._tantivy.FieldType.Integer, first, last
        )
