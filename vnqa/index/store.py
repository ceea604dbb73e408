"""The truth about a collection: rows of ``library.sqlite``, in and out.

One ``Store`` is one connection, used by one thread at a time. What a collection holds changes only
when a transaction that raised ``generation`` commits; everything else on disk is derived.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vnqa.errors import IndexDamagedError
from vnqa.index.digests import settings_are_whole
from vnqa.index.failures import damaged
from vnqa.index.schema import FORMAT_VERSION, Mode, connect
from vnqa.language.sentences import Span
from vnqa.records import Article, Passage

ARTICLE_COLUMNS = "article_id, title, body, url, source, author, published, summary, extra"
_BATCH = 256
_LOOKED_UP = 8  # times as many rows can be read in order while one is looked up


class Segment(NamedTuple):
    """A dense file: the passages with ids from ``first_id`` to ``last_id``, some removed since."""

    first_id: int
    last_id: int
    file: str
    kind: str
    passages: int
    live: int
    bytes: int
    sha256: str


class PassageText(NamedTuple):
    """What the lexical index is told about a passage."""

    passage_id: int
    title: str
    text: str
    published: int | None
    source: str | None


class Sentences(NamedTuple):
    """The sentences of a passage.

    Attributes:
        spans: ``(start, end)`` of each, code points into the article's text.
        vectors: float32 (sentences, dim), of unit length; as stored, within 0.002 of the cosine of
            what was given.
    """

    spans: list[Span]
    vectors: NDArray[np.float32]


def content_hash(article: Article) -> str:
    """Return the SHA-256 of all fields of an article but its id, as hexadecimal digits."""
    fields = article.model_dump(mode="json", exclude={"article_id"})
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Store:
    """One connection to the library of a folder."""

    def __init__(self, folder: Path, mode: Mode) -> None:
        self.connection = connect(folder, mode)

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self.connection.close()

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Hold one state of the library: what others commit meanwhile is not seen."""
        self.rollback()  # what an interrupted call may have left open
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.rollback()

    def rollback(self) -> None:
        """End the transaction, if one is open, without keeping its changes."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def meta(self, key: str) -> Any:
        """Return a value of the meta table."""
        return self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0]

    @property
    def has_checksums(self) -> bool:
        """Whether this is a library of this format; a reader reads the one before it, too."""
        return bool(self.meta("format_version") == FORMAT_VERSION)

    @property
    def is_new(self) -> bool:
        """Whether no passage was ever stored and no article is: it is of no embedder yet."""
        return bool(self.meta("last_passage_id") == 0 and self.count_articles() == 0)

    def check_settings(self, path: Path) -> None:
        """Raise IndexDamagedError unless the small tables are what was last written."""
        if self.has_checksums and not settings_are_whole(self.connection):
            raise IndexDamagedError(damaged(path, "checksum of its settings differs"))

    def count_articles(self) -> int:
        """Return the number of articles."""
        return int(self.connection.execute("SELECT count(*) FROM articles").fetchone()[0])

    def count_passages(self) -> int:
        """Return the number of passages."""
        return int(self.connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def known(self, article_id: str) -> str | None:
        """Return the content hash of a stored article, or None."""
        row = self.connection.execute(
            "SELECT content_hash FROM articles WHERE article_id = ?", (article_id,)
        ).fetchone()
        return None if row is None else str(row[0])

    def article(self, article_id: str) -> Article | None:
        """Return a stored article, or None."""
        row = self.connection.execute(
            f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE article_id = ?", (article_id,)
        ).fetchone()
        return None if row is None else _article(row)

    def articles(self) -> Iterator[Article]:
        """Yield the articles in the order in which they were first added."""
        last = 0
        while rows := self.connection.execute(
            f"SELECT {ARTICLE_COLUMNS}, article_row FROM articles WHERE article_row > ? "
            f"ORDER BY article_row LIMIT {_BATCH}",
            (last,),
        ).fetchall():
            last = rows[-1][-1]
            for row in rows:
                yield _article(row[:-1])

    def passages(self, passage_ids: Sequence[int]) -> list[Passage]:
        """Return passages in the order of their ids as given; KeyError if one does not exist."""
        rows = self.connection.execute(
            'SELECT passage_id, article_row, start, "end" FROM json_each(?) AS given '
            "JOIN passages ON passage_id = given.value",
            (json.dumps([int(i) for i in passage_ids]),),
        ).fetchall()
        bodies = {
            row: (article_id, body)
            for row, article_id, body in self.connection.execute(
                "SELECT article_row, article_id, body FROM json_each(?) AS given "
                "JOIN articles ON article_row = given.value",
                (json.dumps(sorted({row[1] for row in rows})),),
            )
        }
        found = {}
        for passage_id, row, start, end in rows:
            article_id, body = bodies[row]
            found[passage_id] = Passage(
                passage_id=passage_id,
                article_id=article_id,
                start=start,
                end=end,
                text=body[start:end],
            )
        return [found[int(i)] for i in passage_ids]

    def passages_of(self, article_id: str) -> list[Passage]:
        """Return the passages of an article, in order; empty when it is not stored."""
        rows = self.connection.execute(
            "SELECT passage_id FROM passages JOIN articles USING (article_row) "
            "WHERE article_id = ? ORDER BY passage_id",
            (article_id,),
        )
        return self.passages([row[0] for row in rows])

    def texts(self) -> Iterator[PassageText]:
        """Yield all passages, in order of id, a batch in memory at a time."""
        first_id = 0
        while rows := self.connection.execute(
            'SELECT passage_id, start, "end", title, body, published, source FROM passages '
            "JOIN articles USING (article_row) WHERE passage_id >= ? "
            f"ORDER BY passage_id LIMIT {_BATCH}",
            (first_id,),
        ).fetchall():
            for passage_id, start, end, title, body, published, source in rows:
                yield PassageText(passage_id, title, body[start:end], published, source)
            first_id = rows[-1][0] + 1

    def facets(self, after_id: int) -> NDArray[np.int64]:
        """Return ids and article rows of passages with larger ids, int64 (n, 2), in order of id."""
        # Texts that numpy reads, since a row in Python takes longer than one in SQLite.
        columns = self.connection.execute(
            "SELECT group_concat(passage_id), group_concat(article_row) FROM passages "
            "WHERE passage_id > ?",
            (after_id,),
        ).fetchone()
        ids, rows = (np.fromstring(text or "", dtype=np.int64, sep=",") for text in columns)
        order = np.argsort(ids, kind="stable")
        return np.stack([ids[order], rows[order]], axis=1)

    def article_facets(self, article_rows: Sequence[int]) -> list[tuple[int | None, str | None]]:
        """Return ``(published, source)`` of articles, given by their rows in ascending order."""
        last = self.connection.execute("SELECT max(article_row) FROM articles").fetchone()[0]
        if last is not None and len(article_rows) * _LOOKED_UP > last:  # one look at each is slower
            of = {
                row: (published, source)
                for row, published, source in self.connection.execute(
                    "SELECT article_row, published, source FROM articles"
                )
            }
            try:
                return [of[row] for row in article_rows]
            except KeyError as error:
                reason = f"article {error} has passages, but is not there"
                raise sqlite3.DatabaseError(reason) from error
        return self.connection.execute(
            "SELECT published, source FROM json_each(?) AS given "
            "JOIN articles ON article_row = given.value ORDER BY article_row",
            (json.dumps(list(article_rows)),),
        ).fetchall()

    def vectors(self, passage_ids: Sequence[int]) -> NDArray[np.float32]:
        """Return float32 of shape (n, dim), in the order given; KeyError if one does not exist."""
        found = dict(
            self.connection.execute(
                "SELECT passage_id, vector FROM json_each(?) AS given "
                "JOIN vectors ON passage_id = given.value",
                (json.dumps([int(i) for i in passage_ids]),),
            )
        )
        out = np.empty((len(passage_ids), self.meta("dim")), dtype=np.float32)
        for position, passage_id in enumerate(passage_ids):
            out[position] = np.frombuffer(found[int(passage_id)], dtype="<f4")
        return out

    def sentences(self, passage_ids: Sequence[int]) -> list[Sentences]:
        """Return the sentences of passages, in the order given; KeyError if one does not exist."""
        found = self._sentence_rows(passage_ids)
        matrix, lengths = self._rows([vectors for _, vectors in found])
        matrix /= lengths[:, None]
        out, first = [], 0
        for blob, _ in found:
            places = np.frombuffer(blob, dtype="<i4").reshape(-1, 2).tolist()
            vectors = matrix[first : first + len(places)]
            out.append(Sentences([(start, end) for start, end in places], vectors))
            first += len(places)
        return out

    def sentence_scores(
        self, query: NDArray[np.float32], passage_ids: Sequence[int]
    ) -> NDArray[np.float32]:
        """Return for each passage the inner product of a query and its nearest sentence.

        Args:
            query: float32 (dim,), of unit length.
            passage_ids: Passages, at least one; KeyError if one does not exist.

        Returns:
            float32 (passages,), in the order given.
        """
        found = self._sentence_rows(passage_ids)
        counts = [len(spans) // 8 for spans, _ in found]
        matrix, lengths = self._rows([vectors for _, vectors in found])
        best: NDArray[np.float32] = np.maximum.reduceat(
            matrix @ query / lengths, np.cumsum([0, *counts[:-1]])
        )
        return best

    def _sentence_rows(self, passage_ids: Sequence[int]) -> list[tuple[bytes, bytes]]:
        rows = {
            passage_id: (spans, vectors)
            for passage_id, spans, vectors in self.connection.execute(
                "SELECT passage_id, spans, vectors FROM json_each(?) AS given "
                "JOIN sentences ON passage_id = given.value",
                (json.dumps([int(i) for i in passage_ids]),),
            )
        }
        return [rows[int(i)] for i in passage_ids]

    def _rows(self, blobs: Sequence[bytes]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the vectors in blobs, float32 (vectors, dim), and their lengths, at least 1."""
        dim = max(int(self.meta("dim")), 1)
        matrix = np.frombuffer(b"".join(blobs), dtype=np.int8).astype(np.float32).reshape(-1, dim)
        return matrix, np.maximum(np.sqrt(np.einsum("ij,ij->i", matrix, matrix)), np.float32(1))

    def passage_ids_between(self, first_id: int, last_id: int) -> NDArray[np.int64]:
        """Return the ids of passages in a range of ids, both included, ascending, int64 (n,)."""
        rows = self.connection.execute(
            "SELECT passage_id FROM passages WHERE passage_id BETWEEN ? AND ? ORDER BY passage_id",
            (first_id, last_id),
        )
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def segments(self) -> list[Segment]:
        """Return the dense files of this generation, in order of id."""
        rows = self.connection.execute(
            "SELECT first_id, last_id, file, kind, passages, live, bytes, sha256 "
            "FROM segments ORDER BY first_id"
        )
        return [Segment(*row) for row in rows]

    def word_files(self) -> dict[str, str]:
        """Return the files of the word index and their SHA-256, as of this generation."""
        return dict(self.connection.execute("SELECT file, sha256 FROM word_files"))

    def removed_after(self, generation: int) -> list[int]:
        """Return the ids of passages removed in later generations, ascending."""
        rows = self.connection.execute(
            "SELECT passage_id FROM removed WHERE generation > ? ORDER BY passage_id", (generation,)
        )
        return [row[0] for row in rows]


def to_int8(vectors: NDArray[np.float32]) -> bytes:
    """Return vectors as int8, each scaled so that its largest value becomes 127."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scaled = np.rint(vectors * (127.0 / np.maximum(largest, 1e-30)))
    return bytes(scaled.astype(np.int8).data)


def _article(row: Sequence[Any]) -> Article:
    """Make the record of a stored row, which was checked when it was written (`check` reads it)."""
    article_id, title, body, url, source, author, published, summary, extra = row
    return Article.model_construct(
        article_id=article_id,
        title=title,
        text=body,
        url=url,
        source=source,
        author=author,
        published=None if published is None else datetime.date.fromordinal(published),
        summary=summary,
        extra=json.loads(extra),
    )
