"""The library's front door: a collection of articles that can be asked."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from vnqa.answering import Verdict, answer_from
from vnqa.chunking import chunk
from vnqa.confidence import THRESHOLD
from vnqa.embedders import Embedder, open_embedder
from vnqa.generators import Generator, open_generator
from vnqa.language.invisible import without_invisible
from vnqa.language.vietnamese import nfc
from vnqa.records import (
    AddReport,
    Answer,
    Article,
    CheckReport,
    Hit,
    Rejection,
    Statement,
    Status,
)
from vnqa.rendering import REASONS, Language, Reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vnqa.index import Collection, Entry, Filters, Snapshot
    from vnqa.loading import Source
    from vnqa.reader import Reader, Reading
    from vnqa.weights import Progress

MAX_QUESTION_CHARS = 2_000
_MAX_PASSAGE_TOKENS = 200
_READ_PASSAGES = 12  # what a reader reads of a question's hits, some tenths of a second
_BATCH_PASSAGES = 256  # about 10 s of embedding on two cores; what a killed load repeats

AddProgress = Callable[[AddReport], None]


class NewsQA:
    """Questions about a collection of Vietnamese news articles, answered with citations.

    Open one with `NewsQA.open`, as a context manager or with `close`. Reading is safe from several
    threads, and from other processes beside one writer.
    """

    def __init__(
        self,
        collection: Collection,
        *,
        embedder: Embedder,
        generator: Generator | None,
        reader: Reader | None = None,
        lang: Language = "vi",
        threshold: float = THRESHOLD,
    ) -> None:
        self._collection = collection
        self._embedder = embedder
        self._generator = generator
        self._reader = reader
        self._lang = lang
        self._threshold = threshold
        self._opening: dict[str, object] = {}  # how models are opened

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        embedder: str | os.PathLike[str] | Embedder = "bundled",
        generator: str | os.PathLike[str] | Generator | None = "bundled",
        reader: Literal["bundled"] | Reader | None = "bundled",
        read_only: bool = False,
        reembed: bool = False,
        lang: Language = "vi",
        threshold: float = THRESHOLD,
        cache_dir: str | os.PathLike[str] | None = None,
        threads: int = 0,
        device: str | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Open the collection in a folder.

        Args:
            path: The folder, e.g. ``"embeddings/tin-tuc"``; created when missing.
            embedder: ``"bundled"`` (multilingual-e5-small), a Hugging Face id or local folder for
                sentence-transformers, or an object with the members of `vnqa.embedders.Embedder`.
            generator: ``"bundled"`` (Qwen2.5-Coder-1.5B-Instruct), a Hugging Face id or local
                folder for transformers, ``"http://host:port/v1#model"`` for an OpenAI-compatible
                server, an object with the members of `vnqa.generators.Generator`, or ``None`` to
                answer with the best sentence of the articles and no language model.
            reader: ``"bundled"`` reads the retrieved passages again, together with the question
                (`vnqa.reader`); ``None`` leaves that out: faster, less accurate, and more often
                wrong about whether the articles hold an answer.
            read_only: Take no lock and change nothing, so that this works beside a writer.
            reembed: When the collection was built with another embedder, compute all vectors again
                with this one instead of raising.
            lang: Language of reasons for abstaining.
            threshold: Least confidence, 0 to 1, at which something is answered.
            cache_dir: Where converted bundled models are kept; by default the user's cache folder.
            threads: CPU threads for the bundled models; 0 leaves it to CTranslate2 (four at most).
            device: Where Hugging Face models run, e.g. ``"cpu"`` or ``"cuda"``.
            progress: Told what is being done, and the fraction done, while models are prepared.

        Raises:
            IndexFormatError: If the folder holds no readable index.
            IndexMismatchError: If it was built with another embedder.
            IndexLockedError: If another process is writing to it.
            ReadOnlyIndexError: If the folder cannot be written; pass ``read_only=True``.
            MissingExtraError: If a model's packages are not installed.
            ModelError: If a model's files are damaged.
            ValueError: If ``lang`` or ``threshold`` is out of range.
        """
        from vnqa.errors import IndexMismatchError
        from vnqa.index import Collection

        if lang not in REASONS:
            raise ValueError(f"lang must be one of {', '.join(REASONS)}, got {lang!r}")
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold must be between 0 and 1, got {threshold}")
        opening: dict[str, object] = {
            "cache_dir": cache_dir,
            "threads": threads,
            "device": device,
            "progress": progress,
        }
        embeds = open_embedder(embedder, **opening)  # type: ignore[arg-type]
        generates = open_generator(generator, **opening)  # type: ignore[arg-type]
        reads = _open_reader(reader, cache_dir=cache_dir, threads=threads, progress=progress)
        try:
            collection = Collection.open(
                path, fingerprint=embeds.fingerprint, dim=embeds.dim, read_only=read_only
            )
            stale = False
        except IndexMismatchError:
            if not reembed or read_only:
                raise
            collection = Collection.open(path)
            stale = True
        qa = cls(
            collection,
            embedder=embeds,
            generator=generates,
            reader=reads,
            lang=lang,
            threshold=threshold,
        )
        qa._opening = opening
        if stale:
            try:
                qa.rebuild(embedder=embeds)
            except BaseException:
                qa.close()
                raise
        return qa

    def add(self, source: Source, *, progress: AddProgress | None = None) -> AddReport:
        """Add articles; an unchanged one costs nothing, a changed one replaces the stored one.

        Whole articles are committed in batches, so that an interrupted load keeps what it
        committed and goes on from there when it is repeated. What cannot be read is reported and
        stops nothing.

        Args:
            source: A file, a folder, an `Article`, a record, or an iterable of these; see
                `vnqa.loading.load` for formats and ids.
            progress: Told what was done so far, after each article.

        Raises:
            ArticleError: If ``source`` is a path that does not exist.
            ReadOnlyIndexError: If the collection was opened for reading.
            OSError: If the disk cannot be written; the last batch is not stored.
        """
        from vnqa.loading import load

        started = time.perf_counter()
        added = updated = unchanged = embedded = 0
        rejected: list[Rejection] = []
        told: tuple[Rejection, ...] = ()
        batch: list[tuple[Article, list[tuple[int, int]]]] = []

        def report() -> AddReport:
            nonlocal told
            if len(told) < len(rejected):
                told = tuple(rejected)
            return AddReport.model_construct(  # made after each article: nothing is checked again
                added=added,
                updated=updated,
                unchanged=unchanged,
                rejected=told,
                passages_embedded=embedded,
                seconds=time.perf_counter() - started,
            )

        def commit() -> None:
            nonlocal embedded
            embedded += self._commit(batch)
            batch.clear()

        self._collection.check_writable()
        for loaded in load(source):
            if isinstance(loaded, Rejection):
                rejected.append(loaded)
            else:
                stored = self._collection.known(loaded.article_id)
                if stored == self._collection.content_hash(loaded):
                    unchanged += 1
                else:
                    batch.append((loaded, self._chunk(loaded, self._embedder)))
                    if sum(len(spans) for _, spans in batch) >= _BATCH_PASSAGES:
                        commit()
                    added, updated = added + (stored is None), updated + (stored is not None)
            if progress is not None:
                progress(report())
        commit()
        if progress is not None:
            progress(report())
        return report()

    def search(
        self,
        query: str,
        *,
        top_k: int = 10,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        sources: Iterable[str] | None = None,
        rerank: bool = False,
    ) -> list[Hit]:
        """Return the passages nearest to a question or to search words, best first.

        Args:
            query: With diacritics or without.
            top_k: The most hits.
            since: First day of publication; an article without a date is then left out.
            until: Last day of publication; likewise.
            sources: Outlets, compared without regard to case.
            rerank: Read the first passages again, together with the query, and order them anew, as
                `ask` does: better for questions, some tenths of a second slower.

        Raises:
            ValueError: If the query is empty or too long, ``top_k`` less than 1, or ``rerank``
                asked of a collection that was opened without a reader.
        """
        from vnqa.retriever import understand

        query, filters = _checked(query, top_k), _filters(since, until, sources)
        if rerank and not self.has_reader:
            raise ValueError("rerank needs a reader; open the collection with reader='bundled'")
        with self._snapshot() as snapshot:
            if rerank:
                return self._retrieve(snapshot, query, top_k, filters)[2]
            _, _, hits = understand(snapshot, query, self._embedder, top_k=top_k, filters=filters)
        return hits

    def ask(
        self,
        question: str,
        *,
        top_k: int = 6,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        sources: Iterable[str] | None = None,
    ) -> Answer:
        """Answer a question from the articles, or abstain and say why.

        Every statement of the answer is bound to a sentence that holds its numbers, dates and
        names; what has no such sentence is left out.

        Args:
            question: With diacritics or without, at most 2,000 characters.
            top_k: How many passages are read for evidence.
            since: First day of publication; an article without a date is then left out.
            until: Last day of publication; likewise.
            sources: Outlets, compared without regard to case.

        Raises:
            ValueError: If the question is empty or too long, or ``top_k`` less than 1.
            ModelError: If the language model cannot be loaded or reached.
        """
        answer: Answer | None = None
        for part in self.stream(question, top_k=top_k, since=since, until=until, sources=sources):
            if isinstance(part, Answer):
                answer = part
        assert answer is not None  # stream ends with it
        return answer

    def stream(
        self,
        question: str,
        *,
        top_k: int = 6,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        sources: Iterable[str] | None = None,
    ) -> Iterator[Statement | Answer]:
        """Yield checked statements as they are ready, never unchecked text, then the answer.

        Takes what `ask` takes; wrong arguments raise at once.
        """
        started = time.perf_counter()
        question = _checked(question, top_k)
        return self._stream(question, top_k, _filters(since, until, sources), started)

    def _stream(
        self, question: str, top_k: int, filters: Filters | None, started: float
    ) -> Iterator[Statement | Answer]:
        from vnqa.evidence import QuestionWords, select_evidence

        with self._snapshot() as snapshot:
            is_empty = len(snapshot) == 0
            asked, vector, hits, readings = self._retrieve(snapshot, question, top_k, filters)
            words = QuestionWords(asked, snapshot.document_frequencies)
            sentences = snapshot.sentences([hit.passage.passage_id for hit in hits])
        verdict = Verdict(0.0, "empty" if is_empty else "filtered")
        statements: list[Statement] = []
        if hits:
            evidence = select_evidence(words, vector, hits, sentences, readings)
            for part in answer_from(
                asked, words, evidence, self._generator, threshold=self._threshold
            ):
                if isinstance(part, Verdict):
                    verdict = part
                else:
                    statements.append(part)
                    yield part
        yield self._answer(question, statements, hits, verdict, started)

    def _retrieve(
        self, snapshot: Snapshot, question: str, top_k: int, filters: Filters | None
    ) -> tuple[str, NDArray[np.float32], list[Hit], list[Reading] | None]:
        """Return the question understood, its vector, and its hits, read again if they can be."""
        from vnqa.retriever import rerank, understand

        found = top_k if self._reader is None else max(top_k, _READ_PASSAGES)
        asked, vector, hits = understand(
            snapshot, question, self._embedder, top_k=found, filters=filters
        )
        if self._reader is None:
            return asked, vector, hits, None
        readings = self._reader.read(asked, [(h.article.title, h.passage.text) for h in hits])
        return asked, vector, *rerank(hits, readings, top_k=top_k)

    def _answer(
        self,
        question: str,
        statements: list[Statement],
        hits: list[Hit],
        verdict: Verdict,
        started: float,
    ) -> Answer:
        reason: Reason | None = verdict.reason
        citations = {c.number: c for statement in statements for c in statement.citations}
        return Answer(
            question=question,
            text=" ".join(str(statement) for statement in statements),
            abstained=reason is not None,
            reason=None if reason is None else REASONS[self._lang][reason],
            citations=tuple(citations.values()),
            hits=tuple(hits),
            confidence=verdict.confidence,
            model="extractive" if self._generator is None else self._generator.name,
            seconds=time.perf_counter() - started,
            lang=self._lang,
        )

    def remove(self, article_id: str) -> bool:
        """Remove an article; tell whether there was one. It is gone from search at once."""
        return self._collection.remove(article_id)

    def rebuild(self, *, embedder: str | os.PathLike[str] | Embedder | None = None) -> None:
        """Write the derived indexes again from the stored vectors, or everything anew.

        Args:
            embedder: Compute all passages and vectors again with this model, which the collection
                then belongs to; by default vectors stay.
        """
        if embedder is None:
            self._collection.rebuild()
            return
        embeds = open_embedder(embedder, **self._opening)  # type: ignore[arg-type]
        self._collection.rewrite(
            self._entries(self._collection.articles(), embeds),
            fingerprint=embeds.fingerprint,
            dim=embeds.dim,
        )
        self._embedder = embeds  # only now: until the commit readers see the old vectors

    def check(self, *, repair: bool = False) -> CheckReport:
        """Read every file of the index and tell whether all of it is what was written.

        An index that does not open is checked and mended by ``vnqa check --repair``.

        Args:
            repair: Mend it. Derived files are made again; a damaged library is replaced by one of
                all that can be saved, and kept beside it. On an error the collection is closed.

        Raises:
            IndexDamagedError: If nothing can be saved.
            ReadOnlyIndexError: If it is to be mended and was opened for reading.
        """
        from vnqa.index import Collection
        from vnqa.index.repair import check_folder

        folder = self._collection.folder
        if not repair:
            return check_folder(folder)
        self._collection.check_writable()
        self._collection.close()
        embeds = self._embedder
        report = check_folder(folder, repair=True, embed=partial(embedded, embeds))
        self._collection = Collection.open(folder, fingerprint=embeds.fingerprint, dim=embeds.dim)
        return report

    def articles(self) -> Iterator[Article]:
        """Yield the stored articles, in the order in which they were first added."""
        return self._collection.articles()

    def article(self, article_id: str) -> Article:
        """Return a stored article.

        Raises:
            KeyError: If there is none with this id.
        """
        article = self._collection.article(article_id)
        if article is None:
            raise KeyError(article_id)
        return article

    @property
    def has_reader(self) -> bool:
        """Whether passages are read once more; `search` can then be asked to ``rerank``."""
        return self._reader is not None

    def status(self) -> Status:
        """Return what the collection holds and what it was built with."""
        return self._collection.status()

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self._collection)

    def close(self) -> None:
        """Close the collection and let other writers in; calling it again does nothing."""
        self._collection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        """Hold one generation, if it is of this embedder; another process may have changed it."""
        from vnqa.errors import IndexMismatchError

        with self._collection.snapshot() as snapshot:
            if snapshot.fingerprint not in (None, self._embedder.fingerprint):
                raise IndexMismatchError(
                    f"the collection is now one of embedder {snapshot.fingerprint}, this one is "
                    f"{self._embedder.fingerprint}; open it again with that model"
                )
            yield snapshot

    @staticmethod
    def _chunk(article: Article, embedder: Embedder) -> list[tuple[int, int]]:
        return chunk(
            article.text,
            count_tokens=embedder.count_tokens,
            max_tokens=min(_MAX_PASSAGE_TOKENS, embedder.max_tokens // 2),
        )

    def _commit(self, batch: list[tuple[Article, list[tuple[int, int]]]]) -> int:
        """Embed and store a batch of articles in one change; return the number of passages."""
        if not batch:
            return 0
        entries = self._embed(batch, self._embedder)
        self._collection.write(entries)
        return sum(len(entry.spans) for entry in entries)

    @staticmethod
    def _embed(
        batch: list[tuple[Article, list[tuple[int, int]]]], embedder: Embedder
    ) -> list[Entry]:
        """Return articles with the vectors of their passages and sentences."""
        from vnqa.embedders.sentences import embed_with_sentences
        from vnqa.index import Entry, Sentences

        vectors, sentences = embed_with_sentences(
            embedder,
            [
                (article.title, article.text[start:end])
                for article, spans in batch
                for start, end in spans
            ],
        )
        entries, first = [], 0
        for article, spans in batch:
            last = first + len(spans)
            own = [
                Sentences([(start + a, start + b) for a, b in inside], rows)
                for (start, _), (inside, rows) in zip(spans, sentences[first:last], strict=True)
            ]
            entries.append(Entry(article, spans, vectors[first:last], own))
            first = last
        return entries

    @staticmethod
    def _entries(articles: Iterable[Article], embedder: Embedder) -> Iterator[Entry]:
        for article in articles:
            yield from NewsQA._embed([(article, NewsQA._chunk(article, embedder))], embedder)


def embedded(embedder: Embedder, article: Article, fingerprint: str | None) -> Entry:
    """Return an article as it is stored in an index of this embedder.

    Raises:
        IndexMismatchError: If ``fingerprint``, where there is one, is of another embedder.
    """
    from vnqa.errors import IndexMismatchError

    if fingerprint not in (None, embedder.fingerprint):
        raise IndexMismatchError(
            f"the index was built with embedder {fingerprint}, this one is {embedder.fingerprint}; "
            f"open it with that model"
        )
    return next(NewsQA._entries([article], embedder))


def _open_reader(
    reader: Literal["bundled"] | Reader | None,
    *,
    cache_dir: str | os.PathLike[str] | None,
    threads: int,
    progress: Progress | None,
) -> Reader | None:
    if not isinstance(reader, str):
        return reader
    if reader != "bundled":
        raise ValueError(f"expected 'bundled', a reader or None, got {reader!r}")
    from vnqa.reader import Reader

    return Reader(cache_dir=cache_dir, threads=threads, progress=progress)


def _checked(question: str, top_k: int) -> str:
    """Return a question as it is looked for; ValueError if it or ``top_k`` cannot be."""
    question = nfc(without_invisible(question)).strip()
    if not any(character.isalnum() for character in question):
        raise ValueError(f"expected a question, got {question[:40]!r}, which has no words")
    if len(question) > MAX_QUESTION_CHARS:
        raise ValueError(
            f"expected a question of at most {MAX_QUESTION_CHARS:,} characters, "
            f"got {len(question):,}"
        )
    if top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    return question


def _filters(
    since: datetime.date | None, until: datetime.date | None, sources: Iterable[str] | None
) -> Filters | None:
    from vnqa.index import Filters

    if since is None and until is None and sources is None:
        return None
    since, until = (
        day.date() if isinstance(day, datetime.datetime) else day for day in (since, until)
    )
    if isinstance(sources, str):
        raise ValueError(
            f"expected an iterable of outlets, got the string {sources!r}; use [{sources!r}]"
        )
    if since is not None and until is not None and since > until:
        raise ValueError(f"since must not be after until, got {since} and {until}")
    names = None if sources is None else frozenset(sources)
    return Filters(since=since, until=until, sources=names)
