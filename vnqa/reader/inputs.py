"""A question and a passage as the reader takes them: tokens, and what each token is.

A small encoder learns slowly to look up the words of a question in a passage. So it is told: each
token has a type, by whether its syllable stands in the question, alone or with a neighbour. Such
"exact match" features are those of Chen et al., "Reading Wikipedia to Answer Open-Domain
Questions" (2017); here they are added as token type embeddings.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from vnqa.language.questions import asking_words
from vnqa.language.vietnamese import folded_key, has_diacritics, iter_syllables, syllable_key
from vnqa.weights.batches import BOS, EOS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

QUESTION, OTHER, SHARED, SHARED_PAIR = TYPES = range(4)
_MAX_QUESTION_TOKENS = 64
_MAX_TOKENS = 384


class ReaderInput(NamedTuple):
    """One question beside one passage, ``<s> question </s></s> title, text </s>``.

    Attributes:
        ids: Token ids.
        types: Of each token: `QUESTION` (and the marks around it), `OTHER`, `SHARED` (its syllable
            stands in the question and does not only ask) or `SHARED_PAIR` (so does the pair that
            it makes with a neighbour).
        spans: Of each token ``(start, end)`` in the passage's text; what stands before the text
            ends at 0 or earlier.
    """

    ids: list[int]
    types: list[int]
    spans: list[tuple[int, int]]


def reader_input(tokenizer: Tokenizer, question: str, title: str, text: str) -> ReaderInput:
    """Return the tokens of a question and a passage, cut at 384."""
    header = f"{title}\n" if title else ""
    asked = tokenizer.encode(question).ids[:_MAX_QUESTION_TOKENS]
    encoding = tokenizer.encode(header + text)
    kinds = _kinds(question, header + text)
    before = len(asked) + 3
    ids = [BOS, *asked, EOS, EOS, *encoding.ids]
    types = [QUESTION] * before + [kinds.get(end - 1, OTHER) for _, end in encoding.offsets]
    spans = [(-1, -1)] * before
    spans += [(start - len(header), end - len(header)) for start, end in encoding.offsets]
    last = _MAX_TOKENS - 1
    return ReaderInput([*ids[:last], EOS], [*types[:last], QUESTION], [*spans[:last], (-1, -1)])


def _kinds(question: str, text: str) -> dict[int, int]:
    """Return the type of each character of a text that belongs to a syllable."""
    plain = not has_diacritics(question)
    asked = [key for key, _, _ in _syllables(question, plain)]
    words = set(asked) - asking_words(folded=plain)
    pairs = set(itertools.pairwise(asked))
    found = _syllables(text, plain)
    kinds = [SHARED if key in words else OTHER for key, _, _ in found]
    for i, (one, other) in enumerate(itertools.pairwise(found)):
        if (one[0], other[0]) in pairs and (kinds[i] != OTHER or kinds[i + 1] != OTHER):
            kinds[i] = kinds[i + 1] = SHARED_PAIR
    return {
        place: kind
        for (_, start, end), kind in zip(found, kinds, strict=True)
        for place in range(start, end)
    }


def _syllables(text: str, plain: bool) -> list[tuple[str, int, int]]:
    key = folded_key if plain else syllable_key
    return [(key(word), start, end) for word, start, end in iter_syllables(text)]
