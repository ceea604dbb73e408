from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.language.invisible import without_invisible

UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u202e\u2066\u2060\ufe0f\ufeff\U000e0041\U000e01ef"
VISIBLE = st.text(alphabet=[*list("aảBđ 3,.\n“"), "क", "م", "👩"], max_size=40)


@pytest.mark.parametrize("character", UNSEEN, ids=ascii)
def test_nothing_unseen_stays_in_a_vietnamese_word(character: str) -> None:
    assert without_invisible(f"{character}Ch{character}ợ 4{character}5{character}") == "Chợ 45"


@pytest.mark.parametrize("text", ["نامه\u200cها", "क्\u200dष", "👩\u200d🔬"])
def test_joiners_stay_where_letters_and_emoji_need_them(text: str) -> None:
    assert without_invisible(text) == text
    assert without_invisible(text.replace("\u200d", "\u200d\u200d")) == text


@given(VISIBLE)
def test_what_is_seen_stays(text: str) -> None:
    assert without_invisible(text) == text


@given(st.text(alphabet=st.characters() | st.sampled_from(UNSEEN)))
def test_only_format_marks_go_and_twice_is_once(text: str) -> None:
    once = without_invisible(text)
    assert without_invisible(once) == once
    assert not set(once) & set(UNSEEN) - {"\u200c", "\u200d"}
    lost = set(text) - set(once)
    assert all(unicodedata.category(c) in ("Cf", "Mn", "Cn") for c in lost)
