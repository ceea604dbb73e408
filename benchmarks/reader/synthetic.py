"""Questions made from news: a headline or lead with a fact replaced by the word that asks for it.

Vietnamese asks in place ("thành lập năm 1950" / "thành lập năm nào?"), so that a cloze is nearly a
question; "Unsupervised Question Answering by Cloze Translation", Lewis et al. (2019). The fact must
stand in a sentence of the body that says about the same in other words: that is what is learnt.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.reader.examples import MAX_TOKENS, Group, Item
from vnqa.chunking import chunk
from vnqa.embedders.bundled import BundledEmbedder
from vnqa.language.dates import dates
from vnqa.language.names import names
from vnqa.language.numbers import numbers
from vnqa.language.sentences import sentence_spans
from vnqa.language.vietnamese import nfc, syllables

_SEED = 5
_SURNAMES = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trịnh mai đoàn "
    "lâm cao tạ hà tô lương".split()
)
_PLACES = frozenset("tỉnh huyện xã quận phường thôn bản phố".split())
_ADDRESSES = frozenset("ông bà anh chị em cô chú".split())
_LEAST_SHARED = 0.25  # of the question's syllables, in the sentence of the body
_DROPPED = 0.08  # of the words of a question, so that it is not the headline again


class Fact(NamedTuple):
    """A date, number or name in a text."""

    start: int
    end: int
    kind: str


def synthetic_groups(path: Path, count: int, embedder: BundledEmbedder) -> list[Group]:
    """Return so many questions about news, one an article, with passages of it and of others.

    Args:
        path: JSONL, gzipped: ``id``, ``title``, ``sapo``, ``body``.
        count: The most questions.
        embedder: Counts tokens.
    """
    chance = random.Random(_SEED)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    chance.shuffle(records)
    groups = []
    for record in records:
        group = _group(record, embedder, chance)
        if group is not None:
            groups.append(group)
        if len(groups) == count:
            break
    return list(_with_others(groups))


def facts(text: str) -> list[Fact]:
    """Return the dates, the numbers in digits, and the names of two syllables or more of a text."""
    found = [Fact(date.start, date.end, "date") for date in dates(text)]
    for number in numbers(text):
        if any(c.isdigit() for c in text[number.start : number.end]):
            found.append(Fact(number.start, number.end, "number"))
    found += [Fact(n.start, n.end, "name") for n in names(text) if len(n.keys) >= 2]
    kept: list[Fact] = []
    for fact in found:
        if not any(fact.start < other.end and other.start < fact.end for other in kept):
            kept.append(fact)
    return kept


def asked(source: str, fact: Fact, chance: random.Random) -> str:
    """Return the question that a fact of a sentence answers."""
    before, after = source[: fact.start], source[fact.end :]
    word, before = _asking_word(source[fact.start : fact.end], fact.kind, before, chance)
    cuts = [i for i, c in enumerate(before) if c in ",;:" and len(before) - i > 15]
    if cuts and len(before) > 60 and chance.random() < 0.7:
        before = before[chance.choice(cuts) + 1 :]
    ends = [i for i, c in enumerate(after) if c in ",;:." and i > 10] or [len(after)]
    if len(after) > 60 and chance.random() < 0.8:
        after = after[: chance.choice(ends[:2])]
    before, after = _thinned(before, chance), _thinned(after, chance)
    if fact.kind == "date" and chance.random() < 0.4:
        question = f"{chance.choice(['Khi nào', 'Ngày nào', 'Vào thời gian nào'])} {before} {after}"
    elif word == "ai" and chance.random() < 0.4:
        question = f"Ai là người {after} {before}" if len(after) > 20 else f"Ai {after} {before}"
    else:
        question = f"{before} {word} {after}"
    question = " ".join(question.split()).strip(" ,.;:")
    question = question[:1].upper() + question[1:]
    return question + "?" if chance.random() < 0.9 else question


def _asking_word(fact: str, kind: str, before: str, chance: random.Random) -> tuple[str, str]:
    """Return what asks for a fact, and what stands before it less what the asking word replaces."""
    previous = before.split()[-1].lower() if before.strip() else ""
    without = before.rstrip()[: len(before.rstrip()) - len(previous)]
    if kind == "number":
        return ("bao nhiêu" if chance.random() < 0.85 else "mấy"), before
    if kind == "date":
        first = fact.split()[0].lower()
        word = "khi nào"
        if first in ("ngày", "tháng", "năm"):
            word = f"{first} nào"
        elif re.match(r"\d+/\d+", fact):
            word, before = "ngày nào", without if previous == "ngày" else before
        elif re.fullmatch(r"\d{4}", fact):
            word, before = "năm nào", without if previous == "năm" else before
        if chance.random() < 0.4:
            word = chance.choice(["khi nào", "lúc nào", "thời gian nào", "ngày nào"])
        return word, before
    if previous in _ADDRESSES:
        return "ai", without
    if fact.split()[0].lower() in _SURNAMES and len(fact.split()) >= 3:
        return "ai", before
    if previous in _PLACES:
        return "nào", before
    if previous in ("ở", "tại"):
        return "đâu", before
    some = ["gì", "nào", "ai", "cái gì", "đâu"] if previous else ["ai", "cái gì", "nơi nào"]
    return chance.choice(some), before


def _thinned(text: str, chance: random.Random) -> str:
    return " ".join(word for word in text.strip(" .").split() if chance.random() > _DROPPED)


def _group(
    record: dict[str, str], embedder: BundledEmbedder, chance: random.Random
) -> Group | None:
    body, title = nfc(record["body"]).strip(), nfc(record["title"]).strip()
    if not 600 < len(body) < 6000:
        return None
    cut = chunk(body, count_tokens=embedder.count_tokens, max_tokens=MAX_TOKENS)
    lead = nfc(record["sapo"] or "").strip()
    sources = [title, *(lead[start:end] for start, end in sentence_spans(lead))]
    found = [
        (source, fact, place)
        for source in sources
        if 40 <= len(source) <= 300
        for fact in facts(source)
        if (place := _said_again(source, fact, body)) is not None
    ]
    if not found or len(cut) < 2:
        return None
    kind = chance.choice(sorted({fact.kind for _, fact, _ in found}))
    source, fact, place = chance.choice([each for each in found if each[1].kind == kind])
    question = asked(source, fact, chance)
    if not 20 <= len(question) <= 220:
        return None
    answer = source[fact.start : fact.end]
    header = "" if source == title or chance.random() < 0.4 else title
    items = []
    for start, end in cut:
        if start <= place and place + len(answer) <= end:
            span = (place - start, place - start + len(answer))
            items.append(Item(header, body[start:end], True, [span], True))
        elif answer not in body[start:end]:
            items.append(Item(header, body[start:end], False, [], True))
    if not any(item.answers for item in items):
        return None
    right = [item for item in items if item.answers]
    wrong = [item for item in items if not item.answers]
    chance.shuffle(wrong)
    return Group("synthetic", question, record["id"], right + wrong[:3])


def _said_again(source: str, fact: Fact, body: str) -> int | None:
    """Return where the body's sentence most like the source holds the fact, if one is like it."""
    wanted = source[fact.start : fact.end]
    words = set(syllables(source[: fact.start] + " " + source[fact.end :]))
    best: tuple[float, int] | None = None
    for start, end in sentence_spans(body):
        place = body.find(wanted, start, end)
        if place < 0 or body[start:end] == source:
            continue
        around = body[place - 1 : place], body[place + len(wanted) : place + len(wanted) + 1]
        if any(c.isalnum() for c in around):
            continue
        shared = len(words & set(syllables(body[start:end]))) / max(1, len(words))
        if shared >= _LEAST_SHARED and (best is None or shared > best[0]):
            best = (shared, place)
    return None if best is None else best[1]


def _with_others(groups: list[Group]) -> Iterator[Group]:
    """Add to each question the two passages of other articles that share most with it."""
    pool = [(item, i) for i, group in enumerate(groups) for item in group.items]
    vectorizer = TfidfVectorizer(
        tokenizer=syllables, token_pattern=None, lowercase=False, ngram_range=(1, 2),
        sublinear_tf=True, max_features=200_000,
    )  # fmt: skip
    passages = vectorizer.fit_transform(f"{item.title} {item.text}" for item, _ in pool)
    by_word = passages.T.tocsr()  # converted once, not for every question
    for i, group in enumerate(groups):
        (span,) = group.items[0].spans or ()
        answer = group.items[0].text[slice(*span)].lower()
        scores = (vectorizer.transform([group.question]) @ by_word).toarray()[0]
        nearest = scores.argpartition(-30)[-30:] if len(scores) > 30 else np.arange(len(scores))
        others = [
            pool[j][0]._replace(answers=False, spans=[], own=False)
            for j in nearest[scores[nearest].argsort()[::-1]]
            if pool[j][1] != i and answer not in pool[j][0].text.lower()
        ]
        yield group._replace(items=[*group.items, *others[:2]])
