from __future__ import annotations

import unicodedata

import pytest

from vnqa.grounding.statements import split_statements, without_asked


@pytest.mark.parametrize(
    ("draft", "statements"),
    [
        ("Trả lời: bà Lê Thị Hoa [1].", ["bà Lê Thị Hoa"]),
        ("**Hà Nội**", ["Hà Nội"]),
        ("Cầu dài 3 m [2]. Cầu cao 5 m 【4†nguồn】.", ["Cầu dài 3 m", "Cầu cao 5 m"]),
        ("Không có thông tin.", []),
        ("Xin lỗi, đoạn trích không đề cập.", []),
        ("Đoạn trích không đề cập đến giá vé.", []),
        ("Không tìm thấy thông tin về giá vé.", []),
        ("Không đề cập.", []),
        ("Hà Nội. Hà Nội.", ["Hà Nội"]),
        ("27 người [^1]. 5 xe 〔1〕 (theo nguồn: báo Sông) [].", ["27 người", "5 xe"]),
        ("...", []),
        (unicodedata.normalize("NFD", "bà Lê Thị Hoa"), ["bà Lê Thị Hoa"]),
    ],
)
def test_statements_of_a_draft(draft: str, statements: list[str]) -> None:
    assert split_statements(draft) == statements


@pytest.mark.parametrize(
    "draft",
    [
        "Công ty xin lỗi khách hàng",
        "60% trẻ em không biết bơi",
        "Hãng không cung cấp xe điện",
        "không tìm thấy nạn nhân nào",
        "không cung cấp thông tin cho cổ đông",
        "không đề cập đến giá vé",
    ],
)
def test_news_of_a_refusal_is_no_refusal(draft: str) -> None:
    assert split_statements(draft) == [draft]


def test_long_drafts_take_no_quadratic_time() -> None:
    assert split_statements(" " * 60_000 + "x") == ["x"]


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("Thứ trưởng Tô Văn An và Đại sứ Petrov", "Thứ trưởng Tô Văn An"),
        ("Tô Văn An cùng Lê Thị Hoa", "Tô Văn An cùng Lê Thị Hoa"),
        ("Đại sứ Petrov", "Đại sứ Petrov"),
        ("Tô Văn An và chính ông", "Tô Văn An"),
        ("ông và bà", "ông và bà"),
        ("Trung Quốc và Anh", "Trung Quốc và Anh"),
        ("vợ và em", "vợ và em"),
        ("Anh ấy và Nam", "Nam"),
        ("Đại sứ và Petrov", "Đại sứ và Petrov"),
    ],
)
def test_what_the_question_names_is_no_answer(statement: str, left: str) -> None:
    assert without_asked(statement, "Ai tiếp Đại sứ Petrov?") == left


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("27 người chết và bị thương", "Bao nhiêu người chết và bị thương trong vụ nổ?"),
        ("5 triệu tấn lúa và ngô", "Xã thu bao nhiêu lúa, ngô?"),
        ("Tô Văn An, Bộ trưởng Bộ Giáo dục và Đào tạo", "Ai là Bộ trưởng Bộ Giáo dục và Đào tạo?"),
        ("Tô Văn An, chủ tịch hội Việt và Lào", "Ai là chủ tịch hội Việt và Lào?"),
        ("Huế và Đà Nẵng", "Hội nghị AI ở Huế sẽ đi tiếp những thành phố nào?"),
        ("Huế và Đà Nẵng", "Từ Huế, vua Ai Cập sẽ đi tiếp những thành phố nào?"),
    ],
)
def test_only_a_person_that_the_question_names_is_left_out(statement: str, question: str) -> None:
    assert without_asked(statement, question) == statement


def test_a_person_is_named_by_the_question_whatever_the_title() -> None:
    question = "Ai khuyên ông Trump rút lại lời tố Obama?"
    statement = "Thượng nghị sĩ John McCain và Tổng thống Trump"
    assert without_asked(statement, question) == "Thượng nghị sĩ John McCain"
