from __future__ import annotations

import pytest

from vnqa.language.questions import is_of_kind


@pytest.mark.parametrize(
    ("question", "statement", "fits"),
    [
        ("Có bao nhiêu đội?", "47 đội", True),
        ("Có bao nhiêu đội?", "ba mươi đội", True),
        ("Có mấy người?", "hai người", True),
        ("Có bao nhiêu đội?", "Sở Giáo dục", False),
        ("Có bao nhiêu đội?", "ngày 23/5/1950", False),
        ("Thành lập năm nào?", "ngày 23/5/1950", True),
        ("Thành lập năm bao nhiêu?", "1950", True),
        ("Thành lập năm nào?", "ngày 23/5", False),
        ("Khai mạc ngày nào?", "ngày 8 tháng 7", True),
        ("Khai mạc ngày nào?", "tại Hà Nội", False),
        ("Ai khai mạc?", "bộ trưởng", True),
    ],
)
def test_the_kind_of_an_answer(question: str, statement: str, fits: bool) -> None:
    assert is_of_kind(statement, question) is fits
