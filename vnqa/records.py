"""The records that go in and come out of vnqa: frozen, validated, JSON in and out.

Offsets everywhere are code points into ``Article.text``, which is NFC and holds no invisible
characters.
"""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from vnqa.language.invisible import without_invisible
from vnqa.language.vietnamese import nfc

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))


def day_of(moment: datetime.datetime) -> datetime.date:
    """Return the day of a moment: in Vietnam, if it has a time zone, else as it is."""
    if moment.utcoffset() is None:
        return moment.date()
    try:
        return moment.astimezone(VIETNAM).date()
    except OverflowError:  # within hours of the first or the last day there is
        return moment.date()


class Record(BaseModel):
    """A frozen record that refuses unknown fields and round-trips through JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Article(Record):
    """A source document.

    Attributes:
        article_id: Unique in a collection; the record's own id, or a relative path.
        title: Headline, on one line; empty when unknown.
        text: The body in NFC, without boilerplate and invisible characters; offsets of passages
            and citations count in it.
        url: Address of the source page.
        source: Outlet that published it, e.g. ``"VietnamPlus"``.
        author: Byline.
        published: Date of publication; of a `datetime` its date, in Vietnam if it has a time zone.
        summary: Lead paragraph (sapo) where the source gives it apart from the body.
        extra: Fields of the input that have no place above.
    """

    article_id: str = Field(min_length=1)
    title: str = ""
    text: str = Field(min_length=1)
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: datetime.date | None = None
    summary: str = ""
    extra: dict[str, Any] = Field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.article_id, self.title, self.text))

    @field_validator("published", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return day_of(value) if isinstance(value, datetime.datetime) else value

    @field_validator("article_id", mode="after")
    @classmethod
    def _compose(cls, value: str) -> str:
        return nfc(value)

    @field_validator("title", "text", "source", "author", "summary", mode="after")
    @classmethod
    def _normalise(cls, value: str | None) -> str | None:
        return None if value is None else nfc(without_invisible(value))

    @field_validator("text", mode="after")
    @classmethod
    def _has_body(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("an article needs a body: text is empty or only spaces")
        return value


class Passage(Record):
    """The retrieved unit: whole sentences of one article, ``text == article.text[start:end]``.

    Attributes:
        passage_id: Unique in a collection and never given to another passage.
        article_id: The article it was cut from.
        start: First code point in the article's text.
        end: One past the last code point.
        text: The slice itself.
    """

    passage_id: int = Field(ge=0)
    article_id: str
    start: int = Field(ge=0)
    end: int
    text: str

    @model_validator(mode="after")
    def _is_a_slice(self) -> Passage:
        if self.end - self.start != len(self.text):
            raise ValueError(
                f"passage text has {len(self.text)} characters, "
                f"but its offsets span {self.end - self.start}"
            )
        return self


class Hit(Record):
    """A retrieved passage. A higher score is better, always; ranks count from 1."""

    rank: int = Field(ge=1)
    score: float
    passage: Passage
    article: Article


class Citation(Record):
    """A verbatim quote that supports a statement: ``quote == article.text[start:end]``.

    Attributes:
        number: The ``[n]`` that stands behind the statement in the answer's text, from 1.
        article: The article quoted.
        start: First code point of the quote in ``article.text``.
        end: One past the last code point.
        quote: The slice itself.
    """

    number: int = Field(ge=1)
    article: Article
    start: int = Field(ge=0)
    end: int
    quote: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_a_slice(self) -> Citation:
        if self.article.text[self.start : self.end] != self.quote:
            raise ValueError(
                f"quote is not article.text[{self.start}:{self.end}] of {self.article.article_id!r}"
            )
        return self


class Statement(Record):
    """One checked statement of an answer, with the numbers of the citations it rests on."""

    text: str = Field(min_length=1)
    citations: tuple[Citation, ...] = Field(min_length=1)

    def __str__(self) -> str:
        """Render the statement with its markers, as it stands in the answer's text."""
        markers = "".join(f"[{citation.number}]" for citation in self.citations)
        return f"{self.text.rstrip('.')} {markers}."


class Answer(Record):
    """What ``ask`` returns.

    Attributes:
        question: The question as asked, NFC.
        text: Checked statements, each followed by its ``[n]``; empty when abstained.
        abstained: True when the articles do not hold an answer that could be checked.
        reason: Why it abstained, for people; ``None`` when it answered.
        citations: In order of first use.
        hits: The passages that were retrieved, best first, no two with the same text; on
            abstention, the nearest ones.
        confidence: 0 to 1, how well evidence and question fit; comparable within one model.
        model: Name of the generator that drafted the text, or ``"extractive"``.
        seconds: Wall-clock time from question to answer.
        lang: Language of ``reason`` and of what ``str`` adds around quotes.
    """

    question: str
    text: str
    abstained: bool
    reason: str | None = None
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    confidence: float = Field(default=0.0, ge=0.0, le=1.0)
    model: str
    seconds: float = Field(ge=0.0)
    lang: Literal["vi", "en"] = "vi"

    def __str__(self) -> str:
        """Render the answer and its numbered citations as plain text."""
        from vnqa.rendering import render_answer

        return render_answer(self, lang=self.lang)


class Rejection(Record):
    """An input that was not loaded, and why."""

    path: str
    reason: str
    line: int | None = None


class AddReport(Record):
    """What ``add`` did.

    Attributes:
        added: Articles that were new.
        updated: Articles whose content differed from the stored one and replaced it.
        unchanged: Articles already stored as they are; nothing was embedded for them.
        rejected: Inputs that were not loaded, each with path and reason.
        dates_not_read: Of those added or updated, articles whose date of publication was given but
            not understood: it stands in ``extra["published"]``, and filters by date leave them out.
        passages_embedded: Passages for which vectors were computed.
        seconds: Wall-clock time.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Rejection, ...] = ()
    dates_not_read: int = 0
    passages_embedded: int = 0
    seconds: float = 0.0


class Status(Record):
    """What an index holds and what it was built with.

    Attributes:
        path: Its folder.
        articles: How many.
        passages: How many.
        generation: Counted up by every change.
        format_version: Of the folder.
        embedder: Fingerprint of the model; ``None`` before the first article.
        dim: Length of its vectors.
        dense_segments: Files of vectors.
        dense_kind: How they are searched, chosen by their size: ``"flat"``, every vector is
            compared with the question's; ``"ivf-pq4-fp16"``, in a collection of 50,000 passages and
            more, those in the lists nearest to it, which finds about 98% of the ten best; both are
            joined by ``+``, where the newest passages are flat.
        dense_exact: Passages in flat files, those searched exactly.
        bytes_on_disk: Of all files.
        read_only: Whether it was opened so.
    """

    path: str
    articles: int
    passages: int
    generation: int
    format_version: int
    embedder: str | None
    dim: int | None
    dense_segments: int
    dense_kind: str
    dense_exact: int
    bytes_on_disk: int
    read_only: bool


class CheckReport(Record):
    """What ``check`` found in an index, and what it mended.

    Attributes:
        path: The folder.
        articles: Articles that can be read whole, with their passages and vectors.
        problems: A sentence for each, as found before anything was mended; empty where library,
            vectors and words agree.
        without_vectors: Ids of articles whose text is whole, but not their passages or vectors.
            Mending embeds them again; what it had no model for stays here, and out of the index.
        lost: Ids of articles whose text is damaged; where the id is damaged too, what is known.
        repaired: Whether something was wrong and is mended: all but ``lost`` is there again.
        kept: Where the damaged library was put; ``None`` where it was whole.
    """

    path: str
    articles: int
    problems: tuple[str, ...] = ()
    without_vectors: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    repaired: bool = False
    kept: str | None = None

    @property
    def sound(self) -> bool:
        """Whether the index is now what was written to it."""
        return not self.problems or (self.repaired and not (self.lost or self.without_vectors))
