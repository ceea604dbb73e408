"""What the generator learns from: a question, sentences as the pipeline shows them, an answer."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.generator.labels import Label, labelled_articles, labels
from benchmarks.quality.datasets import DATA, Dataset, alqac, is_tuning, read_jsonl, reading_set
from benchmarks.quality.indexes import built_index
from benchmarks.reader.examples import answer_places, is_held_out
from vnqa.answering import EXCERPT_CHARS
from vnqa.embedders import Embedder
from vnqa.evaluation import Question
from vnqa.evidence import Evidence
from vnqa.excerpt import excerpt, sentences_to_read
from vnqa.finding import find
from vnqa.index import Collection
from vnqa.language.vietnamese import nfc
from vnqa.reader import Reader
from vnqa.records import Article
from vnqa.request import request_of, scope_of

_TOP_K = 6
_LOOKED_AT = 5  # sentences
_MOST_CHARS = 1_400  # longer ones of laws are left out
_PASSAGES = ("xquad_vi", "mlqa_vi_dev")
_SNIPPETS = ("person_qa_train", "alqac2022")
_NEAREST = ("best", "more")  # ways of showing


class Example(NamedTuple):
    """A question about an excerpt.

    Attributes:
        kind: The set it is of.
        how: Which sentences of those found are shown.
        passage_id: The gold passage.
        question: As it was asked.
        shown: The excerpt.
        answer: A stretch of it, or "có" or "không"; empty if it holds none.
        is_held_out: Kept from training.
    """

    kind: str
    how: str
    passage_id: str
    question: str
    shown: str
    answer: str
    is_held_out: bool


class _Gold(NamedTuple):
    """What answers a question, where it begins in an article, and what is said if not that."""

    article_id: str
    start: int
    text: str
    says: str = ""


def all_examples(embedder: Embedder, reader: Reader) -> Iterator[Example]:
    """Yield the examples of all tuning halves, those held out too; takes minutes.

    Args:
        embedder: For the indexes that are searched.
        reader: Reads what was found.
    """
    sets = [reading_set(name, "tuning") for name in _PASSAGES]
    golds = {dataset.name: _golds(dataset.name) for dataset in sets}
    articles = [a for dataset in sets for a in dataset.articles if is_tuning(a.article_id)]
    folder = built_index("generator-wiki", articles, embedder)
    with Collection.open(folder, read_only=True) as collection:
        for dataset in sets:
            for question in dataset.questions:
                for sources in (question.sources, None):
                    found = _evidence(collection, question.question, sources, embedder, reader)
                    gold = golds[dataset.name][question.question, question.article_ids[0]]
                    yield from _examples(dataset.name, question, found, gold)
    persons, law = reading_set("person_qa_train", "tuning"), _law()
    golds = {persons.name: _golds(persons.name)}
    for dataset in (persons, law):
        asked = {source for q in dataset.questions for source in q.sources or ()}
        articles = [article for article in dataset.articles if article.article_id in asked]
        folder = built_index(f"generator-{dataset.name}", articles, embedder)
        with Collection.open(folder, read_only=True) as collection:
            for question in dataset.questions:
                (source,) = question.sources or ()
                found = _evidence(collection, question.question, [source], embedder, reader)
                if dataset is law:
                    gold = _gold_in_law(question, source, articles)
                else:
                    gold = golds[dataset.name][question.question, source]
                yield from _examples(dataset.name, question, found, gold)


def labelled_examples(embedder: Embedder, reader: Reader) -> Iterator[Example]:
    """Yield the examples of the questions that were written or marked for training."""
    by_set: dict[str, list[Label]] = {}
    for label in labels():
        by_set.setdefault(label.kind, []).append(label)
    for kind, asked in by_set.items():
        articles = [a for a in labelled_articles(kind) if is_tuning(a.article_id)]
        texts = {article.article_id: article.text for article in articles}
        folder = built_index(f"generator-{kind}", articles, embedder)
        with Collection.open(folder, read_only=True) as collection:
            for label in asked:
                text = texts[label.article_id][label.start : label.end]
                golds = [_Gold(label.article_id, label.start, text, label.says)] if text else []
                question = Question(
                    question=label.question,
                    article_ids=(label.article_id,),
                    answerable=bool(golds),
                )
                # It takes most of the time; those that are learnt from need not be the nearest.
                reads = reader if is_held_out(label.article_id) else None
                # That its own article does not answer is all that is known of one without answer.
                sources = None if golds else [label.article_id]
                found = _evidence(collection, question.question, sources, embedder, reads)
                yield from _examples(kind, question, found, golds)


def _law() -> Dataset:
    dataset = alqac("tuning")
    questions = tuple(
        question.model_copy(update={"sources": question.article_ids})
        for question in dataset.questions
        if len(question.article_ids) == 1
    )
    return Dataset(dataset.name, dataset.articles, questions)


def _gold_in_law(question: Question, source: str, articles: Sequence[Article]) -> list[_Gold]:
    """Return where the answer stands, if it does in one place only."""
    (text,) = (article.text for article in articles if article.article_id == source)
    answer = nfc(question.answers[0]).strip()
    low = answer[:1].lower() + answer[1:]
    for wanted in (answer, low):
        if len(wanted) > 1 and text.count(wanted) == 1:
            start = text.index(wanted)
            return [_Gold(source, start, wanted)]
    return []


def _golds(name: str) -> dict[tuple[str, str], list[_Gold]]:
    """Return the answers by question and passage, without punctuation at their ends."""
    records = read_jsonl(DATA / f"{name}.jsonl")
    texts = {record["passage_id"]: nfc(record["context"]) for record in records}
    return {
        (question, passage_id): [
            _trimmed(passage_id, start, texts[passage_id][start:end]) for start, end in spans
        ]
        for (question, passage_id), spans in answer_places(name).items()
    }


def _trimmed(passage_id: str, start: int, answer: str) -> _Gold:
    inner = answer.strip(" .,;")
    return _Gold(passage_id, start + answer.index(inner), inner)


def _evidence(
    collection: Collection,
    question: str,
    sources: Iterable[str] | None,
    embedder: Embedder,
    reader: Reader | None,
) -> list[Evidence]:
    scope = scope_of(top_k=_TOP_K, since=None, until=None, sources=sources)
    with collection.snapshot() as snapshot:
        return find(snapshot, request_of(question, scope), embedder, reader).evidence


def _examples(
    kind: str, question: Question, evidence: Sequence[Evidence], golds: Sequence[_Gold]
) -> Iterator[Example]:
    if not evidence or (question.answerable and not golds):
        return
    passage_id = (question.article_ids or question.sources or ("",))[0]
    held_out = is_held_out(passage_id)
    chance = random.Random(question.question)
    ways = [("best", [evidence[0]])]
    ways.append(("more", sentences_to_read(evidence, max_chars=EXCERPT_CHARS)))
    ways += [("other", [source]) for source in evidence[1:_LOOKED_AT]]
    if not held_out:
        for source in evidence:
            if any(_holds(source, gold) for gold in golds):
                ways += [("cut", _around(source, evidence, chance)) for _ in range(2)]
                break
    for how, shown in ways:
        text = excerpt(shown)
        if len(text) > _MOST_CHARS:
            continue
        held = [gold for gold in golds if any(_holds(source, gold) for source in shown)]
        answer = (held[0].says or held[0].text) if held else ""
        if held and not held[0].says and answer not in text:
            continue  # it runs over the end of a sentence
        if not answer and any(gold.text.lower() in text.lower() for gold in golds):
            continue
        yield Example(kind, how, passage_id, question.question, text, answer, held_out)


def _holds(source: Evidence, gold: _Gold) -> bool:
    return source.article.article_id == gold.article_id and (
        source.start <= gold.start and gold.start < source.end
    )


def _around(
    source: Evidence, evidence: Sequence[Evidence], chance: random.Random
) -> list[Evidence]:
    """Return a sentence with some of those beside it, as they stand in the passage."""
    passage = source.hit.passage.passage_id
    beside = sorted(
        (e for e in evidence if e.hit.passage.passage_id == passage), key=lambda e: e.start
    )
    at = beside.index(source)
    first = max(0, at - chance.randint(0, 2))
    return beside[first : at + 1 + chance.randint(0, 2)]


def chosen(examples: Sequence[Example]) -> list[Example]:
    """Return the examples to train on: every answer once an excerpt, and half as many refusals.

    More refusals would teach to refuse. They are of questions that no excerpt answers, the nearest
    sentences first; of sentences beside the one that answers; and of snippets.
    """
    different = {(e.question, e.shown): e for e in reversed(examples) if not e.is_held_out}
    answers = [e for e in different.values() if e.answer]
    refusals = [e for e in different.values() if not e.answer]
    answered = {(e.kind, e.question) for e in answers}
    chance = random.Random(1)
    chance.shuffle(refusals)
    of_snippets = [e for e in refusals if e.kind in _SNIPPETS and e.how in _NEAREST]
    others = [e for e in refusals if e.kind not in _SNIPPETS]
    hard = [e for e in others if (e.kind, e.question) not in answered]
    hard.sort(key=lambda e: e.how not in _NEAREST)
    soft = [e for e in others if (e.kind, e.question) in answered]
    count = len(answers)
    return (
        answers
        + hard[: round(0.2 * count)]
        + soft[: round(0.25 * count)]
        + of_snippets[: round(0.06 * count)]
    )
