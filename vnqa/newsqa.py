"""The library's front door: a collection of articles that can be asked."""

from __future__ import annotations

import datetime
import errno
import os
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from numbers import Integral, Real
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from vnqa.adding import AddProgress, add_articles
from vnqa.answer_cache import AnswerCache, Parts
from vnqa.answering import Verdict, answer_from
from vnqa.asking import in_order
from vnqa.confidence import THRESHOLD
from vnqa.drafting import Stopped
from vnqa.embedders import Embedder, open_embedder
from vnqa.embedding import embedded
from vnqa.finding import Found, find, retrieved
from vnqa.generators import Generator, open_generator
from vnqa.members import check_call, missing_members
from vnqa.records import (
    AddReport,
    Answer,
    Article,
    CheckReport,
    Hit,
    Statement,
    Status,
)
from vnqa.rendering import REASONS, Language, Reason
from vnqa.request import Request, request_of, requests_of, scope_of

if TYPE_CHECKING:
    from vnqa.index import Collection, Snapshot
    from vnqa.loading import Source
    from vnqa.reader import PassageReader
    from vnqa.weights import Progress

_Read = TypeVar("_Read")

_ATTEMPTS = 3
_MOST_THREADS = 1024


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
        reader: PassageReader | None = None,
        lang: Language = "vi",
        threshold: float = THRESHOLD,
        cache_answers: int = 0,
    ) -> None:
        self._collection = collection
        self._embedder = embedder
        self._embedders = {embedder.fingerprint: embedder}  # during a rebuild also the coming one
        self._rebuilding = threading.RLock()
        self._generator = generator
        self._reader = reader
        self._lang = lang
        self._threshold = threshold
        self._answers = AnswerCache(cache_answers)
        self._opening: dict[str, object] = {}  # how models are opened

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        embedder: str | os.PathLike[str] | Embedder = "bundled",
        generator: str | os.PathLike[str] | Generator | None = "bundled",
        reader: Literal["bundled"] | PassageReader | None = "bundled",
        read_only: bool = False,
        reembed: bool = False,
        lang: Language = "vi",
        threshold: float = THRESHOLD,
        cache_answers: int = 0,
        cache_dir: str | os.PathLike[str] | None = None,
        threads: int = 0,
        device: str | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Open the collection in a folder.

        Args:
            path: The folder, e.g. ``"embeddings/tin-tuc"``; created when missing. A relative one
                stays the folder it is now, also after ``os.chdir``.
            embedder: ``"bundled"`` (multilingual-e5-small), a Hugging Face id or local folder for
                sentence-transformers, or an object with the members of `vnqa.embedders.Embedder`.
            generator: ``"bundled"`` (Qwen2.5-Coder-1.5B-Instruct), a Hugging Face id or local
                folder for transformers, ``"http://host:port/v1#model"`` for an OpenAI-compatible
                server, an object with the members of `vnqa.generators.Generator`, or ``None`` to
                answer with the best sentence of the articles and no language model.
            reader: ``"bundled"`` reads the retrieved passages again, together with the question
                (`vnqa.reader`), as does an object with its ``read``; ``None`` leaves that out:
                faster, less accurate, and more often wrong about whether the articles hold an
                answer.
            read_only: Take no lock and change nothing, so that this works beside a writer.
            reembed: When the collection was built with another embedder, compute all vectors again
                with this one instead of raising.
            lang: Language of reasons for abstaining.
            threshold: Least confidence, 0 to 1, at which something is answered; no draft's is above
                0.98, and none above 0.57 where a generator does not say how sure it is
                (`vnqa.generators.Completer`), as servers and models of transformers do not, or
                where there is none.
            cache_answers: How many answers are kept, to be given again when the same is asked with
                the same arguments and the collection has not changed; 0 keeps none.
            cache_dir: Where converted bundled models are kept; by default the user's cache folder.
            threads: CPU threads for the bundled models; 0 leaves it to what runs them.
            device: Where Hugging Face models run, e.g. ``"cpu"`` or ``"cuda"``.
            progress: Told what is being done, and the fraction done, while models are prepared.

        Raises:
            IndexFormatError: If the folder holds no readable index.
            IndexMismatchError: If it was built with another embedder.
            IndexLockedError: If another process is writing to it.
            ReadOnlyIndexError: If the folder cannot be written; pass ``read_only=True``.
            OSError: If a file cannot be read or written now, e.g. on a full disk.
            MissingExtraError: If a model's packages are not installed.
            ModelError: If a model's files are damaged, or its folder is not there.
            ValueError: If another argument has a wrong type or is out of range.
            TypeError: If ``embedder``, ``generator`` or ``reader`` is an object that lacks a
                member, or has one that cannot be called as the library does.
        """
        from vnqa.errors import IndexMismatchError
        from vnqa.index import Collection

        if not isinstance(path, str | os.PathLike):
            raise ValueError(f"path must be the path of a folder, got {path!r}")
        if str(path):
            path = Path(path).expanduser()
        if not isinstance(lang, str) or lang not in REASONS:
            raise ValueError(f"lang must be one of {', '.join(REASONS)}, got {lang!r}")
        if not isinstance(threshold, Real) or not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold must be between 0 and 1, got {threshold!r}")
        if not isinstance(cache_answers, Integral) or cache_answers < 0:
            raise ValueError(f"cache_answers must be at least 0, got {cache_answers!r}")
        if not isinstance(threads, Integral) or not 0 <= threads <= _MOST_THREADS:
            raise ValueError(f"threads must be between 0 and {_MOST_THREADS}, got {threads!r}")
        if progress is not None and not callable(progress):
            raise ValueError(f"progress must be callable, got {progress!r}")
        if cache_dir is not None:
            if not isinstance(cache_dir, str | os.PathLike):
                raise ValueError(f"cache_dir must be the path of a folder, got {cache_dir!r}")
            cache_dir = Path(cache_dir).expanduser().absolute()  # models are opened later
        opening: dict[str, object] = {
            "cache_dir": cache_dir,
            "threads": threads,
            "device": device,
            "progress": progress,
        }
        embeds = open_embedder(embedder, **opening)
        generates = open_generator(generator, **opening)
        reads = _open_reader(reader, cache_dir=cache_dir, threads=threads, progress=progress)
        try:
            collection = Collection.open(
                path, fingerprint=embeds.fingerprint, dim=int(embeds.dim), read_only=read_only
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
            cache_answers=cache_answers,
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
                `vnqa.loading.load` for formats and ids. The id of a file without one of its own is
                its path below the folder given, so that a second folder with files of the same
                names replaces the articles of the first: always add the folder above both.
            progress: Told what was done so far, after each article; where many are rejected,
                the last few of these may be told a little later.

        Raises:
            ArticleError: If ``source`` is a path that does not exist.
            ReadOnlyIndexError: If the collection was opened for reading.
            OSError: If the disk cannot be written; the last batch is not stored.
            ValueError: If ``source`` or ``progress`` is of a wrong type.
        """
        if progress is not None and not callable(progress):
            raise ValueError(f"progress must be callable, got {progress!r}")
        return add_articles(self._collection, self._embedder, source, progress=progress)

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
            IndexMismatchError: If another process has built it with another embedder since.
        """
        scope = scope_of(top_k=top_k, since=since, until=until, sources=sources)
        request = request_of(query, scope)
        if rerank and not self.has_reader:
            raise ValueError("rerank needs a reader; open the collection with reader='bundled'")
        reader = self._reader if rerank else None
        return self._read(lambda held, ours: retrieved(held, request, ours, reader)).hits

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
            IndexMismatchError: If another process has built it with another embedder since.
            ModelError: If the language model cannot be loaded or reached.
        """
        scope = scope_of(top_k=top_k, since=since, until=until, sources=sources)
        return self._ask(request_of(question, scope))

    async def aask(
        self,
        question: str,
        *,
        top_k: int = 6,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        sources: Iterable[str] | None = None,
    ) -> Answer:
        """Answer as `ask` does, in another thread, while the event loop goes on.

        Takes and raises what `ask` does. When the task is cancelled, the thread stops before the
        model is asked, or at its next token where the model allows that.
        """
        import asyncio

        scope = scope_of(top_k=top_k, since=since, until=until, sources=sources)
        request, stop = request_of(question, scope), threading.Event()
        try:
            return await asyncio.to_thread(self._ask, request, stop)
        finally:
            stop.set()

    def ask_many(
        self,
        questions: Iterable[str],
        *,
        top_k: int = 6,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        sources: Iterable[str] | None = None,
    ) -> Iterator[Answer]:
        """Yield the answers to several questions, in the order asked, each as soon as it is ready.

        Each answer is that of `ask`, to the bit; only ``seconds`` differs, since others are worked
        at meanwhile. The bundled model works at two at a time; a generator without
        `vnqa.generators.Concurrent` is asked one by one. A question is asked of the collection as
        it is when its turn comes. Work goes some answers ahead of what is taken; Ctrl-C, an error,
        or closing the iterator ends it at the next token.

        Args:
            questions: Each as `ask` takes it.
            top_k: How many passages are read for evidence on each.
            since: First day of publication; an article without a date is then left out.
            until: Last day of publication; likewise.
            sources: Outlets, compared without regard to case.

        Raises:
            ValueError: At once, if one of the questions cannot be asked; the message has its
                number, from 1. Or if another argument is wrong.
            ModelError: If the language model cannot be loaded or reached.
        """
        scope = scope_of(top_k=top_k, since=since, until=until, sources=sources)
        return self._ask_many(requests_of(questions, scope))

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
        scope = scope_of(top_k=top_k, since=since, until=until, sources=sources)
        return self._parts(request_of(question, scope), started)

    def _ask(self, request: Request, stop: threading.Event | None = None) -> Answer:
        """Answer a request; `Stopped` if another thread sets ``stop`` before the end."""
        started = time.perf_counter()
        if stop is not None and stop.is_set():
            raise Stopped
        *_, answer = self._parts(request, started, stop)
        assert isinstance(answer, Answer)  # the last part is
        return answer

    def _parts(
        self, request: Request, started: float, stop: threading.Event | None = None
    ) -> Iterator[Statement | Answer]:
        """Yield the statements of an answer, one that is kept if there is one, then the answer."""

        def read(snapshot: Snapshot, embedder: Embedder) -> tuple[Hashable, Parts | Found]:
            kept = self._answers.get(snapshot.state, request)
            return snapshot.state, kept or find(snapshot, request, embedder, self._reader)

        state, found = self._read(read)
        if not isinstance(found, Found):
            yield from found[:-1]
            yield found[-1].model_copy(update={"seconds": time.perf_counter() - started})
            return
        parts: list[Statement | Answer] = []
        for part in self._conclude(request, found, started, stop):
            parts.append(part)
            if isinstance(part, Answer):
                self._answers.put(state, request, tuple(parts))
            yield part

    def _ask_many(self, requests: list[Request]) -> Iterator[Answer]:
        prepare = getattr(self._generator, "at_once", None)
        at_once = max(1, int(prepare(len(requests)))) if requests and callable(prepare) else 1
        yield from in_order(self._ask, requests, at_once=at_once)

    def _conclude(
        self,
        request: Request,
        found: Found,
        started: float,
        stop: threading.Event | None = None,
    ) -> Iterator[Statement | Answer]:
        """Yield the statements that what was found bears out, then the answer."""
        verdict = Verdict(0.0, "empty" if found.is_empty else "filtered")
        statements: list[Statement] = []
        if found.hits:
            for part in answer_from(
                found.question,
                found.words,
                found.evidence,
                self._generator,
                threshold=self._threshold,
                stop=stop,
            ):
                if isinstance(part, Verdict):
                    verdict = part
                else:
                    statements.append(part)
                    yield part
        yield self._answer(request.question, statements, found.hits, verdict, started)

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
        """Remove an article; tell whether there was one. It is gone from search at once.

        Raises:
            ValueError: If the id is not text.
        """
        return self._collection.remove(_checked_id(article_id))

    def rebuild(self, *, embedder: str | os.PathLike[str] | Embedder | None = None) -> None:
        """Write the derived indexes again from the stored vectors, or everything anew.

        Args:
            embedder: Compute all passages and vectors again with this model, which the collection
                then belongs to; by default vectors stay.

        Raises:
            ReadOnlyIndexError: If the collection was opened for reading.
            MissingExtraError: If the model's packages are not installed.
            ModelError: If the model's files are damaged, or its folder is not there.
            OSError: If the disk cannot be written; nothing was changed.
        """
        if embedder is None:
            self._collection.rebuild()
            return
        embeds = open_embedder(embedder, **self._opening)  # type: ignore[arg-type]
        with self._rebuilding:
            self._embedders = {**self._embedders, embeds.fingerprint: embeds}
            try:
                self._collection.rewrite(
                    (embedded(embeds, article) for article in self._collection.articles()),
                    fingerprint=embeds.fingerprint,
                    dim=embeds.dim,
                )
                self._embedder = embeds  # only now: until the commit readers see the old vectors
                self._answers.clear()
            finally:
                self._embedders = {self._embedder.fingerprint: self._embedder}

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

        self._collection.check_open()
        folder = self._collection.folder
        if not repair:
            return check_folder(folder)
        self._collection.check_writable()
        self._collection.close()
        embeds = self._embedder
        report = check_folder(folder, repair=True, embed=partial(embedded, embeds))
        self._answers.clear()  # a mended library may hold other articles
        self._collection = Collection.open(folder, fingerprint=embeds.fingerprint, dim=embeds.dim)
        return report

    def articles(self) -> Iterator[Article]:
        """Yield the stored articles, in the order in which they were first added."""
        return self._collection.articles()

    def article(self, article_id: str) -> Article:
        """Return a stored article.

        Raises:
            KeyError: If there is none with this id.
            ValueError: If the id is not text.
        """
        article = self._collection.article(_checked_id(article_id))
        if article is None:
            raise KeyError(f"there is no article {article_id!r}; articles() yields those there are")
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

    def __bool__(self) -> bool:
        """Return True: a collection without articles is one, too."""
        return True

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

    def _read(self, use: Callable[[Snapshot, Embedder], _Read]) -> _Read:
        """Return what is read of one generation; again, where that was overwritten meanwhile."""
        for _ in range(_ATTEMPTS - 1):
            try:
                with self._snapshot() as held:
                    return use(*held)
            except OSError as error:
                if error.errno != errno.ESTALE:
                    raise
        with self._snapshot() as held:
            return use(*held)

    @contextmanager
    def _snapshot(self) -> Iterator[tuple[Snapshot, Embedder]]:
        """Hold one generation and its embedder, if that is one of ours.

        Another process may have changed it.
        """
        from vnqa.errors import IndexMismatchError

        before = self._embedders  # a rebuild may end before or after the generation is held
        with self._collection.snapshot() as snapshot:
            fingerprint, ours = snapshot.fingerprint, self._embedder
            if fingerprint not in (None, ours.fingerprint):
                known = {**before, **self._embedders}
                if fingerprint not in known:
                    raise IndexMismatchError(
                        f"the collection is now one of embedder {fingerprint}, this one is "
                        f"{ours.fingerprint}; open it again with that model"
                    )
                ours = known[fingerprint]
            yield snapshot, ours


def _checked_id(article_id: str) -> str:
    if not isinstance(article_id, str):
        raise ValueError(f"expected the id of an article, got {article_id!r}")
    return article_id


def _open_reader(
    reader: Literal["bundled"] | PassageReader | None,
    *,
    cache_dir: str | os.PathLike[str] | None,
    threads: int,
    progress: Progress | None,
) -> PassageReader | None:
    if reader is None:
        return None
    if not isinstance(reader, str):
        if missing_members(reader, ("read",)):
            raise ValueError(f"expected 'bundled', a reader or None, got {reader!r}")
        check_call(reader, "read", "", [("", "")], like="vnqa.reader.PassageReader")
        return reader
    if reader != "bundled":
        raise ValueError(f"expected 'bundled', a reader or None, got {reader!r}")
    from vnqa.reader import Reader

    return Reader(cache_dir=cache_dir, threads=threads, progress=progress)
