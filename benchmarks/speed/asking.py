"""From question to answer: vnqa beside LlamaIndex and Haystack, and with less of its own models.

All answer the same questions from the same articles on the same base weights, in turns, question by
question. To these vnqa adds its adapters, the language model's and the reader's, which were trained
on the other half of this set of questions, among others: the peers have nothing of the kind. A
round is a block of questions: its value is the ratio of the medians over the block.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from statistics import mean, median
from typing import NamedTuple

from benchmarks.peers.serving import Ask, Document, Inputs, Reply
from benchmarks.quality.bench import tell
from benchmarks.quality.datasets import everywhere, reading_set, sample
from benchmarks.quality.indexes import CACHE, built_index
from benchmarks.quality.rows import Goal
from benchmarks.speed import data
from benchmarks.speed.embedding import reference_folder
from benchmarks.speed.measuring import ROUNDS, Row, compared
from benchmarks.speed.peers import Peer, peers_python, whole_file
from vnqa import Article, NewsQA
from vnqa.evaluation import Question, exact_match, f1, holds
from vnqa.evaluation.outcomes import statements_of

PEERS = {"LlamaIndex": "llamaindex", "Haystack": "haystack"}
_SET, _QUESTIONS, _TOP_K, _THREADS = "xquad_vi", 30, 5, 2
_VNQA = "vnqa"


class Asked(NamedTuple):
    """The collection, the questions, and one more question that warms the models up."""

    articles: Sequence[Article]
    questions: Sequence[Question]
    warm_up: str


def ask_peers(articles: int, few: int) -> Iterator[Row]:
    """``ask`` against LlamaIndex and Haystack, with FAISS, the same base weights and questions."""
    asked = asked_of(articles, few)
    python = str(peers_python())
    inputs = Inputs(
        documents=tuple(Document(a.article_id, a.title, a.text) for a in asked.articles),
        warm_up=asked.warm_up,
        embedder=str(reference_folder()),
        model=str(whole_file()),
        top_k=_TOP_K,
        threads=_THREADS,
    )
    with contextlib.ExitStack() as stack:
        ways: dict[str, Ask] = {}
        notes: dict[str, dict[str, object]] = {}
        for name, module in PEERS.items():
            print(f"  {name} embeds {len(inputs.documents)} articles", file=sys.stderr)
            command = [python, "-m", f"benchmarks.peers.{module}"]
            peer = stack.enter_context(contextlib.closing(Peer(name, command, inputs)))
            ways[name], notes[name] = peer.ask, peer.notes
        ways[_VNQA] = _asking(stack.enter_context(opened(asked)))
        replies = in_turns(ways, [question.question for question in asked.questions])
    _keep(asked.questions, replies)
    for name in PEERS:
        yield from rows_against(name, asked.questions, replies[_VNQA], replies[name], notes[name])


def extract(articles: int, few: int) -> Iterator[Row]:
    """Answering with the best sentence against answering with the language model."""
    asked = asked_of(articles, few)
    with contextlib.ExitStack() as stack:
        contexts = {
            "model": opened(asked),
            "": opened(asked, with_model=False, with_reader=False),
            " and the reader": opened(asked, with_model=False),
        }
        ways = {name: _asking(stack.enter_context(each)) for name, each in contexts.items()}
        replies = in_turns(ways, [question.question for question in asked.questions])
    for name, goal in (("", Goal(15)), (" and the reader", None)):
        times = list(zip(_medians(replies["model"]), _medians(replies[name]), strict=True))
        what = f"`ask` answering with the best sentence{name}"
        baseline = "`ask` with the language model and the reader"
        notes = {"questions": len(asked.questions), "top_k": _TOP_K, "threads": _THREADS}
        yield compared(what, baseline, times, goal, **notes)


def asked_of(articles: int, few: int) -> Asked:
    """Return at most so many articles, those that answer among them, and 30 questions or fewer."""
    dataset = reading_set(_SET, "reporting")
    count = max(ROUNDS, min(_QUESTIONS, few))
    *questions, warm_up = sample(list(everywhere(dataset.questions)), count + 1)
    gold = {gold for question in questions for gold in question.article_ids}
    ranked = sorted(dataset.articles, key=lambda article: article.article_id not in gold)
    return Asked(ranked[: max(articles, len(gold))], questions, warm_up.question)


def in_turns(ways: Mapping[str, Ask], questions: Sequence[str]) -> dict[str, list[Reply]]:
    """Return what each way replies to each question; each question begins with another way."""
    names = list(ways)
    replies: dict[str, list[Reply]] = {name: [] for name in names}
    for done, question in enumerate(questions, start=1):
        first = done % len(names)
        for name in names[first:] + names[:first]:
            replies[name].append(ways[name](question))
        tell("asked", done, len(questions))
    return replies


def rows_against(
    peer: str,
    questions: Sequence[Question],
    ours: Sequence[Reply],
    theirs: Sequence[Reply],
    notes: Mapping[str, object],
) -> Iterator[Row]:
    """Yield how many times as fast vnqa was, and by how much more often it was right."""
    what = f"`ask`, bundled models, {len(questions)} questions"
    baseline = f"{peer} with FAISS, same base weights without vnqa's adapters, top {_TOP_K}"
    times = list(zip(_medians(theirs), _medians(ours), strict=True))
    whole = median(r.seconds for r in theirs) / median(r.seconds for r in ours)
    ratio = {"ratio_of_medians_over_all": round(whole, 3)}
    silent = sum(not reply.text for reply in ours)
    conditions = {"set": _SET, "top_k": _TOP_K, "threads": _THREADS, "temperature": 0}
    conditions |= {"vnqa_abstained": silent, "vnqa_adapters_learnt_from": f"{_SET}, other half"}
    yield compared(what, baseline, times, Goal(3), **ratio, **conditions, **notes)
    measures = {"EM": exact_match, "F1": f1, "holds gold": holds}
    for figure, measure in measures.items():
        scores = [
            mean(float(measure(reply.text, question.answers)) for question, reply in pairs)
            for pairs in (zip(questions, ours, strict=True), zip(questions, theirs, strict=True))
        ]
        yield Row(
            what=what,
            baseline=baseline,
            figure=f"{figure}, difference",
            values=(round(scores[0] - scores[1], 4),),
            goal=Goal(0),
            notes={"vnqa": round(scores[0], 4), "baseline": round(scores[1], 4)},
        )


def _keep(questions: Sequence[Question], replies: Mapping[str, Sequence[Reply]]) -> None:
    """Write what was answered, a line a question, to be read by people."""
    folder = CACHE / "outcomes"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "speed-ask.jsonl").open("w", encoding="utf-8") as lines:
        for number, question in enumerate(questions):
            answers = {name: asdict(given[number]) for name, given in replies.items()}
            record = {"question": question.question, "gold": question.answers, **answers}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def _medians(replies: Sequence[Reply]) -> list[float]:
    """Return the median seconds of each block of questions, one a round."""
    ends = [len(replies) * number // ROUNDS for number in range(ROUNDS + 1)]
    seconds = [reply.seconds for reply in replies]
    return [median(seconds[a:b]) for a, b in itertools.pairwise(ends)]


@contextlib.contextmanager
def opened(asked: Asked, *, with_model: bool = True, with_reader: bool = True) -> Iterator[NewsQA]:
    """Yield the collection, warm."""
    embedder = data.embedder(_THREADS)
    with NewsQA.open(
        built_index(_SET, asked.articles, embedder),
        embedder=embedder,
        generator="bundled" if with_model else None,
        reader="bundled" if with_reader else None,
        read_only=True,
        threads=_THREADS,
    ) as qa:
        qa.ask(asked.warm_up, top_k=_TOP_K)
        yield qa


def _asking(qa: NewsQA) -> Ask:
    def ask(question: str) -> Reply:
        started = time.perf_counter()
        answer = qa.ask(question, top_k=_TOP_K)
        seconds = time.perf_counter() - started
        # As `vnqa.evaluation.judge` reads it: statements without their markers.
        text = " ".join(statement.text for statement in statements_of(answer))
        return Reply(text, tuple(hit.article.article_id for hit in answer.hits), seconds)

    return ask
