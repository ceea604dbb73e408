from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.chunking import chunk
from vnqa.language.vietnamese import nfc


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def chunks(text: str, max_tokens: int) -> list[str]:
    return [text[a:b] for a, b in chunk(text, count_tokens=count_words, max_tokens=max_tokens)]


def test_whole_sentences_of_about_equal_size() -> None:
    text = "Một hai ba. " * 5
    assert chunks(text.strip(), 12) == [
        "Một hai ba. Một hai ba. Một hai ba.",
        "Một hai ba. Một hai ba.",
    ]


def test_breaks_at_a_paragraph_when_nearly_full() -> None:
    text = "Một hai ba bốn. Năm sáu bảy tám.\nChín mười. Mười một. Mười hai. Mười ba."
    assert chunks(text, 10) == [
        "Một hai ba bốn. Năm sáu bảy tám.",
        "Chín mười. Mười một. Mười hai. Mười ba.",
    ]


def test_a_long_sentence_is_cut_at_clauses() -> None:
    text = "Một hai ba, bốn năm sáu; bảy tám chín mười."
    assert chunks(text, 4) == ["Một hai ba,", "bốn năm sáu;", "bảy tám chín mười."]


def test_a_long_word_is_cut_too() -> None:
    spans = chunk("a" * 100, count_tokens=count_characters, max_tokens=32)
    assert "".join("a" * (b - a) for a, b in spans) == "a" * 100
    assert max(b - a for a, b in spans) <= 32


def test_nothing_of_nothing() -> None:
    assert chunk(" \n ", count_tokens=count_words, max_tokens=10) == []


def test_a_budget_must_be_positive() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        chunk("Một.", count_tokens=count_words, max_tokens=0)


@given(st.text(max_size=300), st.integers(min_value=8, max_value=60))
def test_passages_slice_back_cover_all_and_keep_the_budget(raw: str, max_tokens: int) -> None:
    text = nfc(raw)
    spans = chunk(text, count_tokens=count_characters, max_tokens=max_tokens)
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    sentences_total = [sum(len(piece) for piece in text[a:b].split()) for a, b in spans]
    assert all(total <= max_tokens for total in sentences_total)
