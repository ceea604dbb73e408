"""Changes to the truth, for the one writer of a collection."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vnqa.index.digests import article_digest, seal_settings
from vnqa.index.store import ARTICLE_COLUMNS, Segment, Sentences, Store, to_int8
from vnqa.language.sentences import Span
from vnqa.records import Article

_RESERVED_AT_ONCE = 4096
_REMEMBERED_GENERATIONS = 64


class StoreWriter(Store):
    """The connection of the writer. All but ``reserve_passage_ids`` is called in ``writing()``."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "write")

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Commit what happens inside as one change; undo all of it on any exception."""
        self.rollback()  # what an interrupted call may have left open
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            seal_settings(self.connection)
            self.connection.execute("COMMIT")
        finally:
            self.rollback()
        with contextlib.suppress(sqlite3.OperationalError):
            # a damaged log ends early, and with it what was committed: leave little in it
            self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def set_meta(self, key: str, value: int | str | None) -> None:
        """Replace a value of the meta table."""
        self.connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))

    def reserve_passage_ids(self, count: int) -> range:
        """Commit that these ids are taken, even if the write crashes."""
        with self.writing():
            first = int(self.meta("next_passage_id"))
            end = first + max(count, _RESERVED_AT_ONCE)
            self.set_meta("next_passage_id", end)
        return range(first, end)

    def put_article(self, article: Article, digest: str) -> int:
        """Insert an article, or overwrite the one with its id, and return its row."""
        row = self.connection.execute(
            f"INSERT INTO articles ({ARTICLE_COLUMNS}, content_hash) VALUES (?,?,?,?,?,?,?,?,?,?) "
            "ON CONFLICT (article_id) DO UPDATE SET title = excluded.title, body = excluded.body, "
            "url = excluded.url, source = excluded.source, author = excluded.author, "
            "published = excluded.published, summary = excluded.summary, extra = excluded.extra, "
            "content_hash = excluded.content_hash RETURNING article_row",
            (
                article.article_id,
                article.title,
                article.text,
                article.url,
                article.source,
                article.author,
                article.published.toordinal() if article.published else None,
                article.summary,
                json.dumps(article.model_dump(mode="json")["extra"], ensure_ascii=False),
                digest,
            ),
        ).fetchone()
        return int(row[0])

    def put_passages(
        self,
        article_row: int,
        passage_ids: Iterable[int],
        spans: Iterable[Span],
        vectors: NDArray[np.float32],
        sentences: Sequence[Sentences] = (),
    ) -> None:
        """Insert the passages of an article with their vectors, float32 (n, dim).

        Without sentences given, each passage is one sentence with the passage's own vector.
        """
        rows = [
            (i, article_row, int(s), int(e)) for i, (s, e) in zip(passage_ids, spans, strict=True)
        ]
        self.connection.executemany("INSERT INTO passages VALUES (?, ?, ?, ?)", rows)
        self.connection.executemany(
            "INSERT INTO vectors VALUES (?, ?)",
            [
                (row[0], vector.astype("<f4").tobytes())
                for row, vector in zip(rows, vectors, strict=True)
            ],
        )
        if not sentences:
            sentences = [
                Sentences([(row[2], row[3])], vector[None])
                for row, vector in zip(rows, vectors, strict=True)
            ]
        self.connection.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?)",
            [
                (row[0], np.array(inside.spans, dtype="<i4").tobytes(), to_int8(inside.vectors))
                for row, inside in zip(rows, sentences, strict=True)
            ],
        )

    def seal(self, article_row: int) -> None:
        """Store the checksum of an article, once its passages are in."""
        digest = article_digest(self.connection, article_row)
        self.connection.execute("REPLACE INTO digests VALUES (?, ?)", (article_row, digest))

    def drop_passages(self, article_id: str, generation: int) -> list[int]:
        """Remove the passages of an article and return their ids, ascending."""
        ids = [
            row[0]
            for row in self.connection.execute(
                "SELECT passage_id FROM passages JOIN articles USING (article_row) "
                "WHERE article_id = ? ORDER BY passage_id",
                (article_id,),
            )
        ]
        self.connection.executemany(
            "INSERT INTO removed VALUES (?, ?)", [(i, generation) for i in ids]
        )
        for table in ("sentences", "vectors", "passages"):
            self.connection.executemany(
                f"DELETE FROM {table} WHERE passage_id = ?", [(i,) for i in ids]
            )
        return ids

    def drop_article(self, article_id: str) -> None:
        """Remove an article whose passages are gone."""
        self.connection.execute(
            "DELETE FROM digests WHERE article_row IN "
            "(SELECT article_row FROM articles WHERE article_id = ?)",
            (article_id,),
        )
        self.connection.execute("DELETE FROM articles WHERE article_id = ?", (article_id,))

    def put_segments(self, segments: Iterable[Segment]) -> None:
        """Replace the list of dense files."""
        self.connection.execute("DELETE FROM segments")
        self.connection.executemany("INSERT INTO segments VALUES (?,?,?,?,?,?,?,?)", segments)

    def put_word_files(self, digests: Mapping[str, str]) -> None:
        """Replace the list of files of the word index."""
        self.connection.execute("DELETE FROM word_files")
        self.connection.executemany("INSERT INTO word_files VALUES (?, ?)", digests.items())

    def forget_removed(self, generation: int) -> None:
        """Drop removals so old that a reader that far behind may as well load everything anew."""
        floor = min(generation - _REMEMBERED_GENERATIONS, int(self.meta("purged_through")))
        if floor > self.meta("removed_floor"):
            self.connection.execute("DELETE FROM removed WHERE generation <= ?", (floor,))
            self.set_meta("removed_floor", floor)

    def drop_everything(self) -> None:
        """Remove all articles, passages and vectors; ids already given are still never reused."""
        for table in (
            *("sentences", "vectors", "passages", "digests", "articles", "removed", "segments"),
            "word_files",
        ):
            self.connection.execute(f"DELETE FROM {table}")
