from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.language.vietnamese import (
    fold,
    folded_syllables,
    has_diacritics,
    nfc,
    syllable_key,
    syllables,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuỷ", "thủy"),
        ("Oẻ", "ỏe"),
        ("kỹ", "kĩ"),
        ("lý", "LÍ"),
        ("quý", "quí"),
        ("khoẻ", "khỏe"),
        ("Đường", unicodedata.normalize("NFD", "đường")),
    ],
)
def test_spellings_of_one_syllable_meet(one: str, other: str) -> None:
    assert syllable_key(one) == syllable_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("bố", "bơ"), ("ma", "má"), ("dao", "đao"), ("may", "mai")]
)
def test_different_syllables_stay_apart(one: str, other: str) -> None:
    assert syllable_key(one) != syllable_key(other)


def test_syllables_keep_numbers_whole() -> None:
    assert folded_syllables("Tăng 3,5% lên 1.200 tỷ, TP.HCM") == [
        "tang", "3,5", "len", "1.200", "ti", "tp", "hcm",
    ]  # fmt: skip


def test_fold_strips_every_vietnamese_letter() -> None:
    letters = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
    assert set(fold(letters + letters.upper())) == set("aeiouyd")


@given(st.text(max_size=100))
def test_fold_keeps_every_offset(text: str) -> None:
    assert len(fold(nfc(text))) == len(nfc(text))


@given(
    st.text(alphabet="aăâeêioôơuưyđbcdghklmnpqrstvx \u0300\u0301\u0303\u0309\u0323", max_size=60)
)
def test_decomposed_text_gives_the_same_syllables(text: str) -> None:
    composed = nfc(text)
    assert syllables(composed) == syllables(nfc(unicodedata.normalize("NFD", composed)))


def test_has_diacritics() -> None:
    assert has_diacritics("Việt")
    assert has_diacritics("đi")
    assert not has_diacritics("Hoi huu nghi – 50 hoi?")
