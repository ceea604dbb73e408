from __future__ import annotations

import pytest

from vnqa.language.alternatives import sides_offered
from vnqa.language.vietnamese import syllables


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Giá gạo tăng hay giảm?", "tăng giảm"),
        ("Giá gạo tăng hay là giảm?", "tăng giảm"),
        ("Giá gạo trong nước tăng hay giảm khi giá gạo thế giới tăng?", "tăng giảm"),
        ("Cầu bắc qua sông Lam hay sông Mã?", "Lam Mã"),
        ("Gạo lên giá hay xuống giá?", "lên xuống"),
        ("Hồ Sen lớn hơn hay hồ Súng lớn hơn?", "Sen Súng"),
        ("Huế đông dân hơn hay Vinh đông dân hơn?", "Huế Vinh"),
        ("Lễ mở năm 1980 hay năm 1981?", "1980 1981"),
        ("Chủ đầu tư là Công ty cổ phần Mây Xanh hay Công ty cổ phần Gió Bắc?", "Xanh Gió"),
        ("Chủ đầu tư là Công ty Mây Xanh hay Gió Bắc?", "Xanh Gió"),
        ("Anh, Pháp hay Đức vô địch?", "Anh Pháp Đức"),
        ("Hôm nay, Pháp hay Đức vô địch?", "Pháp Đức"),
        ("Sau trận thua, đội tuyển nữ nước ta mạnh hay yếu?", "mạnh yếu"),
        ("Nước nào, Pháp hoặc Đức, vô địch?", "Pháp Đức"),
        ("Chợ cháy ở đâu, Huế hay Vinh?", "Huế Vinh"),
        ("Anh Nam, chị Hoa và anh Bình, ai ký?", "Nam Hoa Bình"),
        ("Trong các bảng A, B và C, bảng nào mạnh?", "A B C"),
        ("Ai thắng trong trận Pháp gặp Đức?", "Pháp Đức"),
        ("Giữa Pháp và Đức, ai thắng?", "Pháp Đức"),
        ("Ngoài Pháp và Đức, nước nào dự?", ""),
        ("Bài nào hay nhất?", ""),
        ("Ai hỏi ông có đi hay không?", ""),
        ("Khâu làm lưới hoặc thuyền gọi là gì?", ""),
        ("Vì sao giá gạo tăng hay giảm?", ""),
        ("Người bán hoặc mua hàng cấm thì bị phạt bao nhiêu?", ""),
        ("Lễ có gạo và muối, ai mang về?", ""),
        ("Ai ký?", ""),
    ],
)
def test_what_tells_those_that_are_offered(question: str, told: str) -> None:
    assert sides_offered(question) == syllables(told)
