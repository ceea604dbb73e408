from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.language.markers import without_markers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đập cao 40 m [3].", "Đập cao 40 m."),
        ("Đập [3][14, 15] cao 40 m [2–4], theo tỉnh.", "Đập cao 40 m, theo tỉnh."),
        ("Đập cao 40 m【5】 và rộng【5†tr. 2】.", "Đập cao 40 m và rộng."),
        ("Đập cao 40 m[^2] và dài[^ghi-chú].", "Đập cao 40 m và dài."),
        ("Đập cao 40 m (Nguồn: Sổ tay Đập, 2001).", "Đập cao 40 m."),
        ("Xem [bản đồ](http://vidu.vn/a?b) ![ảnh](a.png)", "Xem bản đồ ảnh"),
        ("Đập cao 40 m [ ] (nguồn [2]) 〔1〕.", "Đập cao 40 m."),
        ("[1]", ""),
    ],
)
def test_marks_of_sources_go(text: str, expected: str) -> None:
    assert without_markers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Lãi 1.200 tỷ đồng (năm 2012: 900 tỷ), theo ông [Nam].",
        "Mẫu xe [2013] bán tại Huế (nguồn tin riêng cho hay).",
        "Đội thắng 3-1 (hiệp một 2-0).",
    ],
)
def test_other_brackets_stay(text: str) -> None:
    assert without_markers(text) == text


def test_many_spaces_in_a_row_do_no_harm() -> None:
    text = f"a{' ' * 300_000}b"
    assert without_markers(f"{text} [1]") == text


@given(st.text(alphabet=list("a1 [](){}^【】:,.nguồ!"), max_size=60))
def test_nothing_is_added_and_no_number_in_brackets_is_left(text: str) -> None:
    left = without_markers(text)
    given_characters = iter(text)
    assert all(character in given_characters for character in left)
    assert not re.search(r"【[^】]*】", left) or "](" in text
