"""Retrieved passages to the few sentences that may hold the answer."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vnqa.confidence import clipped
from vnqa.language.answer_kinds import may_hold_answer
from vnqa.language.orders import is_no_evidence
from vnqa.language.questions import asking_words
from vnqa.language.vietnamese import folded_syllables, has_diacritics, syllables
from vnqa.records import Article, Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vnqa.index import Sentences
    from vnqa.reader import AnswerSpan, Reading

# Weight of the cosine of question and sentence against the share of the question's words in it; of
# that share in the sentence, the one before it and the title; and of the score of its passage; what
# a sentence loses that holds nothing of the kind asked for; and the weight of a reader's log-odds
# for an answer in it. On 235 questions of xquad_vi and mlqa_vi_dev among news the first sentence
# holds the answer in 74% without the last, in 77% with it; of 100 on news, in 58% and 71%.
_COSINE_WEIGHT = 8.0
_CONTEXT_WEIGHT = 0.5
_PASSAGE_WEIGHT = 0.1
_OTHER_KIND = 0.5
_FOUND_WEIGHT = 0.08
_PAIR_WEIGHT = 0.5  # of a pair of syllables, a single one being 1


class DocumentFrequencies(Protocol):
    """Counts passages; see `vnqa.index.Snapshot.document_frequencies`."""

    def __call__(self, terms: Sequence[str], *, plain: bool) -> tuple[list[int], int]:
        """Return in how many passages each term occurs, and how many passages there are."""
        ...


class Evidence(NamedTuple):
    """A sentence that may hold the answer, ``text == article.text[start:end]``.

    Attributes:
        article: The article it stands in.
        start: First code point.
        end: One past the last.
        score: Higher is better; comparable within one question.
        cosine: Of the question's and the sentence's vectors.
        coverage: 0 to 1, share of the question's words, weighted by rarity, that stand in the
            sentence, the one before it, or the title.
        hit: The passage it stands in, as it was retrieved.
        reading: What a reader says of that passage, if one read it.
    """

    article: Article
    start: int
    end: int
    score: float
    cosine: float
    coverage: float
    hit: Hit
    reading: Reading | None = None

    @property
    def text(self) -> str:
        """The sentence."""
        return self.article.text[self.start : self.end]

    @property
    def found(self) -> AnswerSpan | None:
        """What a reader takes for the answer in the sentence; offsets count in the sentence."""
        if self.reading is None:
            return None
        shift = self.hit.passage.start
        found = self.reading.best((self.start - shift, self.end - shift))
        if found is None:
            return None
        start, end = found.start + shift, found.end + shift
        while start < end and self.article.text[start].isspace():
            start += 1  # a token takes in the space before it
        return found._replace(start=start - self.start, end=end - self.start)

    def answers(self, start: int, end: int) -> float | None:
        """Return a reader's score for a stretch of the sentence; see `AnswerSpan`."""
        if self.reading is None:
            return None
        shift = self.start - self.hit.passage.start
        return self.reading.score(start + shift, end + shift)


class QuestionWords:
    """The words and word pairs of a question, weighted by how rare they are in the collection.

    Args:
        question: The question; its spelling decides whether accents are compared.
        document_frequencies: Counts the passages that hold each.

    Attributes:
        question: The question.
    """

    def __init__(self, question: str, document_frequencies: DocumentFrequencies) -> None:
        self.question = question
        self._folded = not has_diacritics(question)
        asking = asking_words(folded=self._folded)
        words, pairs = self._split(question)
        terms = [*words, *pairs]
        counts, total = document_frequencies(terms, plain=self._folded)
        rarity = {term: _rarity(count, total) for term, count in zip(terms, counts, strict=True)}
        self._weights = {
            term: weight * (_PAIR_WEIGHT if "_" in term else 1.0) for term, weight in rarity.items()
        }
        self._topic = {word: rarity[word] for word in words if word not in asking}

    def share(self, text: str) -> float:
        """Return the weighted share, 0 to 1, of all words and pairs that stand in a text."""
        words, pairs = self._split(text)
        return self._share(self._weights, {*words, *pairs})

    def topic_share(self, text: str) -> float:
        """Return the same for words alone, those left out that only say what is asked."""
        return self._share(self._topic, set(self._split(text)[0]))

    def topics_in(self, text: str) -> frozenset[str]:
        """Return the words of the question, those left out that only ask, that stand in a text."""
        return frozenset(self._topic).intersection(self._split(text)[0])

    @staticmethod
    def _share(weights: dict[str, float], present: set[str]) -> float:
        total = math.fsum(weights.values())
        if total <= 0.0:
            return 0.0
        return math.fsum(w for term, w in weights.items() if term in present) / total

    def _split(self, text: str) -> tuple[list[str], list[str]]:
        keys = folded_syllables(text) if self._folded else syllables(text)
        pairs = [f"{a}_{b}" for a, b in itertools.pairwise(keys)]
        return list(dict.fromkeys(keys)), list(dict.fromkeys(pairs))


def _rarity(count: int, total: int) -> float:
    """Return BM25's inverse document frequency, plus one.

    A word that no passage has counts half: it may only be another way to say what they do say.
    """
    inverse = 1.0 + math.log(1.0 + (total - count + 0.5) / (count + 0.5))
    return inverse if count else inverse / 2.0


def select_evidence(
    words: QuestionWords,
    query_vector: NDArray[np.float32],
    hits: Sequence[Hit],
    sentences: Sequence[Sentences],
    readings: Sequence[Reading] | None = None,
) -> list[Evidence]:
    """Return the sentences of the hits as evidence, best first; ties in order of retrieval.

    Questions and sentences that talk to a language model are left out; a question still is the
    context of what follows it. What stands behind the same sentence in a hit before, as in a
    reprint cut elsewhere, is left out too.

    Args:
        words: The question's words.
        query_vector: The question's vector, shape (dim,), unit length.
        hits: Retrieved passages.
        sentences: Of the hits' passages, in the same order.
        readings: Likewise, if a reader read them.
    """
    evidence: list[Evidence] = []
    met: set[tuple[str, str]] = set()
    read = [None] * len(hits) if readings is None else readings
    for hit, inside, reading in zip(hits, sentences, read, strict=True):
        before = ""
        cosines = (inside.vectors @ query_vector).tolist()
        for (start, end), cosine in zip(inside.spans, cosines, strict=True):
            text = hit.article.text[start:end]
            if is_no_evidence(text):
                before = text if text.endswith("?") else before
                continue
            if (before, text) in met:
                before = text
                continue
            met.add((before, text))
            context = f"{hit.article.title}\n{before}\n{text}"
            score = (
                _COSINE_WEIGHT * cosine
                + words.share(text)
                + _CONTEXT_WEIGHT * words.share(context)
                + _PASSAGE_WEIGHT * hit.score
                - (0.0 if may_hold_answer(text, words.question) else _OTHER_KIND)
            )
            coverage = words.topic_share(context)
            source = Evidence(hit.article, start, end, score, cosine, coverage, hit, reading)
            if reading is not None:
                found = source.found
                score += _FOUND_WEIGHT * clipped(-math.inf if found is None else found.score)
                source = source._replace(score=score)
            evidence.append(source)
            before = text
    return sorted(evidence, key=lambda e: (-e.score, e.hit.rank, e.start))
