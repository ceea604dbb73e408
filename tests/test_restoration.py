from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.language.restoration import restore_diacritics
from vnqa.language.vietnamese import fold, nfc

TEXTS = ["Thủ đô Hà Nội đón khách. Đại sứ quán Nga mở cửa.", "Người dân bán hàng ở chợ Đồng Xuân."]


@pytest.mark.parametrize(
    ("plain", "restored"),
    [
        ("thu do Ha Noi don khach", "thủ đô Hà Nội đón khách"),
        ("dai su quan nga o dau?", "đại sứ quán nga ở đâu?"),
        ("cho Dong Xuan ban gi", "chợ Đồng Xuân bán gì"),
        ("khi nao", "khi nào"),
        ("SJC xyz 3,5", "SJC xyz 3,5"),
    ],
)
def test_diacritics_come_from_the_texts(plain: str, restored: str) -> None:
    assert restore_diacritics(plain, TEXTS) == restored


@given(st.text(max_size=60))
def test_only_diacritics_change(question: str) -> None:
    question = fold(nfc(question))
    assert fold(restore_diacritics(question, TEXTS)) == question
