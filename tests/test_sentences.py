from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.language.sentences import clause_spans, coordinate_spans, sentence_spans

VIETNAMESE = st.text(
    alphabet=st.sampled_from(
        list("aăâbcdđeêghiklmnoôơpqrstuưvxyÁĐẾ ỒTPHCM.,;:!?…\"“”'()0123456789%-–/\n\u0300\u0301")
    ),
    max_size=200,
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Lễ khai mạc diễn ra tại TP.HCM và TP. Đà Nẵng sáng nay.",
        "GS.TS. Trần Văn Nam và PGS. Lê Thị Hoa chủ trì hội thảo.",
        "Chỉ số giá tăng 3,5% so với năm trước.",
        "Dự án có vốn 1.200 tỷ đồng, hoàn thành ngày 23.5.1950.",
        'Ông nói: "Chúng tôi đồng ý." rồi rời phòng họp.',
        "Hàng nông sản như gạo, cà phê, tiêu, v.v. được xuất khẩu.",
        "Bài viết của J. K. Rowling được dịch ra tiếng Việt.",
        "Ông chờ đợi… rồi bước vào.",
        "Bạn đọc xem tại baochi.vn hoặc www.tin.com.vn nhé.",
        "Đội hát bài Mambo No. 5 tại NSƯT. Lê Hoa.",
        "ThS. BS. Nguyễn An khám cho bà con.",
        "BS.CKII. Lê Thị Hoa và BS.CK1. Trần An mổ ca này.",
        "1. Phạm vi điều chỉnh của luật này",
        "Quân đội Syria cùng vớiIran và Bảo hiểm xã hội (BHXH)Việt Nam đến họp.",
        "Ông Donald J. Trump và ông Lê Văn Độ gặp GS.TS.Ông Ích Khiêm.",
        "2.Kết luận: mục 3.Nguồn và 3.2.Kết quả (1).Mở đầu gửi a.b@tin.Trong đó",
        "Trên YouTube, tỉnh ĐắkLắk giới thiệu PGS.Trần Nam và SHB.Đà Nẵng.",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trời mưa. Đường trơn.", ["Trời mưa.", "Đường trơn."]),
        ("Xe phát nổ. Cảnh sát điều tra.", ["Xe phát nổ.", "Cảnh sát điều tra."]),
        ("Ông vay để trả nợ. Tòa phạt ông.", ["Ông vay để trả nợ.", "Tòa phạt ông."]),
        ("Ai cũng ăn no. Mọi người về.", ["Ai cũng ăn no.", "Mọi người về."]),
        ("Mưa lớn!  Gió mạnh? Có.", ["Mưa lớn!", "Gió mạnh?", "Có."]),
        ("Ông nói: “Tôi về.” Bà cười.", ["Ông nói: “Tôi về.”", "Bà cười."]),
        ("Văn hóa, xã hội… Việc này cần làm.", ["Văn hóa, xã hội…", "Việc này cần làm."]),
        ("Trộm cắp tài sản.Trước đó có tin báo.", ["Trộm cắp tài sản.", "Trước đó có tin báo."]),
        ("Việc đó có thể.“Lâu nay ta vẫn dùng”.", ["Việc đó có thể.", "“Lâu nay ta vẫn dùng”."]),
        (
            "Mưa ở khu vực nàyThời tiết xấu (Ảnh: TTXVN)Theo đài, mưa còn kéo dài.",
            ["Mưa ở khu vực này", "Thời tiết xấu (Ảnh: TTXVN)", "Theo đài, mưa còn kéo dài."],
        ),
        (
            "Ông phản ứng với Nam.Ở trận sau ông nghỉ.",
            ["Ông phản ứng với Nam.", "Ở trận sau ông nghỉ."],
        ),
        ("Vé giá 5 USD.Theo ông Nam, vé rẻ.", ["Vé giá 5 USD.", "Theo ông Nam, vé rẻ."]),
        ("GDP tăng 5,3%.Tổng cục nói.", ["GDP tăng 5,3%.", "Tổng cục nói."]),
        ("Cháu sinh ngày 5/3.Gia đình vui.", ["Cháu sinh ngày 5/3.", "Gia đình vui."]),
        ("Bàn thắng thứ 2.Trận đấu hay.", ["Bàn thắng thứ 2.", "Trận đấu hay."]),
        ('Bà nói "giá tăng".Ông không tin.', ['Bà nói "giá tăng".', "Ông không tin."]),
        ("Ở quận 1 (TP.HCM).Trường có hồ.", ["Ở quận 1 (TP.HCM).", "Trường có hồ."]),
        ("Ông ở TP.HCM.Trong khi đó, bà đi.", ["Ông ở TP.HCM.", "Trong khi đó, bà đi."]),
        ('Anh Hùng nói."Tôi đi", anh cười.', ["Anh Hùng nói.", '"Tôi đi", anh cười.']),
        ('Anh nói: "Tôi đi."Bà khóc "hu hu".', ['Anh nói: "Tôi đi."', 'Bà khóc "hu hu".']),
        ("Trời nóng 37 độ C. Tây Nguyên mưa.", ["Trời nóng 37 độ C.", "Tây Nguyên mưa."]),
        ("Lào ở bảng A. Thái Lan thắng.", ["Lào ở bảng A.", "Thái Lan thắng."]),
        (
            "Vụ việc xảy ra năm 2016. 3 người bị bắt.",
            ["Vụ việc xảy ra năm 2016.", "3 người bị bắt."],
        ),
        ("Tiêu đề không chấm\nThân bài.", ["Tiêu đề không chấm", "Thân bài."]),
        ("Bắt giữ anh Lê Văn A. Sau đó thả.", ["Bắt giữ anh Lê Văn A.", "Sau đó thả."]),
        (
            "Cầu dài 90 m. 请注意！桥长三米。Cầu mới.",
            ["Cầu dài 90 m.", "请注意！", "桥长三米。", "Cầu mới."],
        ),
        ("Trưng bày gốm, sứ, v.v. Khách rất đông.", ["Trưng bày gốm, sứ, v.v.", "Khách rất đông."]),
    ],
)
def test_boundaries(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(VIETNAMESE | st.text(max_size=200))
def test_sentences_cover_every_character_in_order_without_overlap(text: str) -> None:
    spans = sentence_spans(text)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@given(VIETNAMESE)
def test_clauses_cover_a_slice(text: str) -> None:
    start, end = len(text) // 4, len(text) - len(text) // 5
    spans = clause_spans(text, start, end)
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text[start:end].split())
    assert all(start <= a < b <= end for a, b in spans)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Xăng giảm 435 đồng mỗi lít, giá bán lẻ mới còn 16.060 đồng mỗi lít ở mọi cửa hàng.", 1),
        ("Tỷ lệ hộ nghèo của cả tỉnh năm ngoái giảm xuống chỉ còn 14,5% sau ba năm liền.", 1),
        (
            "Đoàn Hà Nội do bà Hoa dẫn đầu đến từ sáng sớm, còn đoàn Huế do ông Nam dẫn đầu đến từ trưa.",
            2,
        ),
    ],
)
def test_what_remains_joins_no_clauses(text: str, parts: int) -> None:
    assert len(coordinate_spans(text)) == parts
