"""What the reader learns from: a question, passages that answer it, and passages that do not."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.generator.labels import NEWS as LABELLED_NEWS
from benchmarks.generator.labels import VIQUAD, Label, labelled_articles, labels
from benchmarks.quality.datasets import (
    DATA,
    NEWS,
    Dataset,
    alqac,
    is_tuning,
    read_jsonl,
    reading_set,
    viquad_retrieval,
)
from benchmarks.quality.indexes import CACHE, articles_in, built_index
from vnqa import Article, NewsQA
from vnqa.chunking import chunk
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.evaluation import Question
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import nfc

MAX_TOKENS = 200  # of a passage, as NewsQA cuts them
_NEGATIVES = 20  # passages found for a question that are not of its gold article
_OF_NEWS = 6  # and of them, found among news that nobody asked about


class Item(NamedTuple):
    """A passage beside a question.

    Attributes:
        title: Of its article.
        text: The passage.
        answers: Tells whether it is what should be found.
        spans: Where the answer stands; ``None`` where that is not known. Empty for a passage that
            should be found, as its article is what was asked of, and does not answer.
        own: It is of the gold article.
    """

    title: str
    text: str
    answers: bool
    spans: list[Span] | None
    own: bool


class Group(NamedTuple):
    """A question and its passages.

    Attributes:
        kind: The set it is of.
        question: As it was asked.
        passage_id: The gold passage; decides whether the group is held out.
        items: Passages of the gold article first, then others, the nearest first.
    """

    kind: str
    question: str
    passage_id: str
    items: list[Item]


def is_held_out(passage_id: str) -> bool:
    """Tell whether a passage's questions of the tuning half are kept from training.

    A quarter is: confidence, fusion and choice are fitted on what the reader has not seen.
    """
    return is_tuning(passage_id) and zlib.crc32(passage_id.encode()) // 2 % 4 == 0


def real_groups(folder: Path, embedder: BundledEmbedder) -> Iterator[Group]:
    """Yield the questions of all tuning halves, held-out ones too, with their passages.

    Those that were written or marked for training (`benchmarks.generator.labels`) are among them.

    Args:
        folder: Where the indexes that negatives are searched in are kept, apart for each embedder.
        embedder: Builds them and counts tokens.
    """
    written: dict[str, list[Label]] = defaultdict(list)
    for label in labels():
        written[label.kind].append(label)
    reading = [reading_set(name, "tuning") for name in ("xquad_vi", "mlqa_vi_dev")]
    viquad, law = viquad_retrieval("tuning"), alqac("tuning")
    articles = [article for dataset in (*reading, viquad) for article in dataset.articles]
    with (
        _searched("wiki", articles, folder, embedder) as wiki,
        _searched("news", articles_in(NEWS), CACHE, embedder) as news,
    ):
        for dataset in reading:
            marked = answer_places(dataset.name)
            for question in dataset.questions:
                spans = marked[question.question, question.article_ids[0]]
                group = _group((wiki, news), dataset.name, question, embedder, lambda _, s=spans: s)
                if any(item.answers for item in group.items):
                    yield group
            yield from _labelled((wiki, news), written[dataset.name], embedder)
        of_viquad = {
            (Question(question=label.question).question, label.article_id): label
            for label in written[viquad.name]
        }
        for question in viquad.questions:
            yield _of_viquad((wiki, news), question, of_viquad, embedder)
        with _searched(
            "news-labelled", labelled_articles(LABELLED_NEWS), folder, embedder
        ) as asked_of:
            yield from _labelled((asked_of, news), written[LABELLED_NEWS], embedder)
    with _searched("law", law.articles, folder, embedder) as qa:
        for question in law.questions:
            answer = nfc(question.answers[0])
            yield _group(
                (qa,), law.name, question, embedder, lambda text, a=answer: _first_place(text, a)
            )
    yield from _persons(reading_set("person_qa_train", "tuning"), embedder)


def _labelled(
    searched: Sequence[NewsQA], asked: Sequence[Label], embedder: BundledEmbedder
) -> Iterator[Group]:
    """Yield questions that were written."""
    for label in asked:
        text = searched[0].article(label.article_id).text
        answers = (text[label.start : label.end],) if label.end and not label.says else ()
        question = Question(
            question=label.question, answers=answers, article_ids=(label.article_id,)
        )
        spans = [(label.start, label.end)] if label.end else []
        group = _group(searched, label.kind, question, embedder, lambda _, s=spans: s)
        if label.says:  # what settles it is no answer's words
            items = [i._replace(spans=None) if i.answers else i for i in group.items]
            group = group._replace(items=items)
        yield group


def _of_viquad(
    searched: Sequence[NewsQA],
    question: Question,
    marked: dict[tuple[str, str], Label],
    embedder: BundledEmbedder,
) -> Group:
    """Return a question whose passage should be found even where it does not answer."""
    label = marked.get((question.question, question.article_ids[0]))
    spans = [(label.start, label.end)] if label is not None and label.end else None
    if label is not None and label.end:
        text = searched[0].article(label.article_id).text
        question = question.model_copy(update={"answers": (text[label.start : label.end],)})
    group = _group(searched, VIQUAD, question, embedder, lambda _: spans)
    if label is None or label.end:
        return group
    return group._replace(
        items=[item._replace(spans=[]) if item.own else item for item in group.items]
    )


def _searched(
    name: str, articles: Sequence[Article], folder: Path, embedder: BundledEmbedder
) -> NewsQA:
    """Return an index to search negatives in, built where there is none of this embedder."""
    index = built_index(name, articles, embedder, cache=folder)
    return NewsQA.open(index, embedder=embedder, generator=None, reader=None, read_only=True)


def passages_of(
    article: Article, embedder: BundledEmbedder, spans: list[Span] | None
) -> Iterator[Item]:
    """Yield the passages of a gold article.

    Args:
        article: The article.
        embedder: Counts tokens.
        spans: Where the answer stands in it; ``None`` where that is not known.
    """
    cut = chunk(article.text, count_tokens=embedder.count_tokens, max_tokens=MAX_TOKENS)
    for start, end in cut:
        inside = None
        if spans is not None:
            inside = [(a - start, b - start) for a, b in spans if start <= a and b <= end]
        answers = inside is None or bool(inside)
        yield Item(article.title, article.text[start:end], answers, inside, True)


def _group(
    searched: Sequence[NewsQA],
    kind: str,
    question: Question,
    embedder: BundledEmbedder,
    spans_in: Callable[[str], list[Span] | None],
) -> Group:
    """Return a question with its own passages, and with others found for it.

    Args:
        searched: The index that holds the gold articles, and one of news where that is not.
        kind: The set it is of.
        question: The question.
        embedder: Counts tokens.
        spans_in: Tells where the answer stands in a gold article's text.
    """
    gold = question.article_ids
    items: list[Item] = []
    for article_id in gold:
        article = searched[0].article(article_id)
        items += passages_of(article, embedder, spans_in(article.text))
    answers = [nfc(answer).lower() for answer in question.answers]
    for qa, count in zip(searched, (_NEGATIVES, _OF_NEWS), strict=False):
        for hit in qa.search(question.question, top_k=count):
            text = hit.passage.text
            if hit.article.article_id not in gold and not any(a in text.lower() for a in answers):
                items.append(Item(hit.article.title, text, False, [], False))
    return Group(kind, question.question, gold[0], items)


def _persons(dataset: Dataset, embedder: BundledEmbedder) -> Iterator[Group]:
    """Yield native questions, each beside one snippet that may not answer it."""
    marked = answer_places(dataset.name)
    articles = {article.article_id: article for article in dataset.articles}
    for question in dataset.questions:
        (passage_id,) = question.sources or ()
        spans = marked[question.question, passage_id]
        items = list(passages_of(articles[passage_id], embedder, spans))
        yield Group(dataset.name, question.question, passage_id, items)


def answer_places(name: str) -> dict[tuple[str, str], list[Span]]:
    """Return where the gold answers stand in the NFC text, by question, cleaned, and passage."""
    places: dict[tuple[str, str], list[Span]] = {}
    for record in read_jsonl(DATA / f"{name}.jsonl"):
        text, spans = nfc(record["context"]), []
        for answer, start in zip(record["answers"], record["answer_start"], strict=True):
            wanted, near = nfc(answer).strip(), len(nfc(record["context"][:start]))
            found = [match.start() for match in re.finditer(re.escape(wanted), text)]
            if wanted and found:
                place = min(found, key=lambda at: abs(at - near))
                spans.append((place, place + len(wanted)))
        asked = Question(question=record["question"]).question  # as it is cleaned there
        places[asked, record["passage_id"]] = spans
    return places


def _first_place(text: str, answer: str) -> list[Span] | None:
    place = text.find(answer)
    return None if place < 0 else [(place, place + len(answer))]
