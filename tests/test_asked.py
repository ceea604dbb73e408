from __future__ import annotations

import pytest

from tests.grounded import said


@pytest.mark.parametrize(
    ("question", "sentence", "draft", "text"),
    [
        ("Ai bị bắt?", "Vợ ông Nam bị bắt hôm qua.", "ông Nam", "Vợ ông Nam"),
        ("Ai bị bắt?", "Vợ ông Nam bị bắt hôm qua.", "Nam bị bắt", "Vợ ông Nam bị bắt"),
        ("Ai bị bắt?", "Con trai ông Nam bị bắt.", "ông Nam", "Con trai ông Nam"),
        ("Ai bị bắt?", "Mẹ vợ ông Nam bị bắt.", "ông Nam", "Mẹ vợ ông Nam"),
        ("Ai bị bắt?", "Bố đẻ của bà Hoa bị bắt.", "bà Hoa", "Bố đẻ của bà Hoa"),
        ("Ai bị bắt?", "Ông nội anh Nam bị bắt.", "anh Nam", "Ông nội anh Nam"),
        ("Mẹ chồng ai bị bắt?", "Mẹ chồng chị Hoa bị bắt.", "chị Hoa", "chị Hoa"),
        ("Ai bị bắt?", "Luật sư của ông Trump bị bắt.", "Trump", "Luật sư của ông Trump"),
        ("Ai phạt công ty?", "Thanh tra Bộ Y tế phạt công ty.", "Bộ Y tế", "Thanh tra Bộ Y tế"),
        ("Ai bị bắt?", "Luật sư Nam bị bắt.", "Nam", "Nam"),  # his own trade
        ("Vợ ai bị bắt?", "Vợ ông Nam bị bắt hôm qua.", "ông Nam", "ông Nam"),
        ("Bà Hoa kết hôn với ai?", "Bà Hoa là vợ ông Nam.", "ông Nam", "ông Nam"),
        ("Nạn nhân là ai?", "Bà Hoa, vợ ông Nam, bị bắt.", "ông Nam", "ông Nam"),
        ("Bà Hoa làm ở đâu?", "Người phát ngôn Bộ Y tế Hoa nói.", "Bộ Y tế", "Bộ Y tế"),
        ("Ai bị bắt?", "Trợ lý Tổng thống Mỹ bị bắt.", "Mỹ", "Mỹ"),
        ("Ai bị bắt?", "Trợ lý Thủ tướng Anh bị bắt.", "Thủ tướng Anh", "Trợ lý Thủ tướng Anh"),
    ],
)
def test_who_is_told_of_by_a_relation_is_another_person(
    question: str, sentence: str, draft: str, text: str
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("question", "sentence", "draft", "text"),
    [
        ("Chợ dời đi khi nào?", "Chợ dời đi sau khi lũ cuốn cầu.", "lũ cuốn cầu", "sau khi lũ cuốn cầu"),
        ("Chợ dời bao giờ?", "Chợ dời đi sau khi lũ cuốn cầu.", "lũ cuốn cầu", "sau khi lũ cuốn cầu"),
        ("Chợ dời đi vì sao?", "Chợ dời đi sau khi lũ cuốn cầu.", "lũ cuốn cầu", "lũ cuốn cầu"),
        ("Khi nào chợ dời?", "Sau khi năm 1998 có lũ, chợ dời.", "năm 1998", "năm 1998"),
        ("Khi nào ông mất?", "Sau khi ông mất năm 1998, con ông về.", "ông mất năm 1998", "ông mất năm 1998"),
        ("Khi nào gạo tăng?", "Gạo tăng trong khi ngô giảm.", "ngô giảm", "ngô giảm"),
        ("Khi nào chợ nghỉ?", "Chợ mở trừ khi có bão lớn.", "có bão lớn", "có bão lớn"),
        ("Chợ dời khi nào?", "Chợ dời không phải sau khi lũ cuốn cầu.", "lũ cuốn cầu", "lũ cuốn cầu"),
        ("Khi nào được tiêm?", "Không tiêm khi trẻ đang sốt.", "trẻ đang sốt", "trẻ đang sốt"),
        ("Khi nào mở?", "Hàng không mở lại sau khi hết dịch.", "hết dịch", "sau khi hết dịch"),
        ("Khi nào học?", "Phòng không bị ngập, lớp học sau khi có điện.", "có điện", "sau khi có điện"),
    ],
)  # fmt: skip
def test_when_is_answered_with_the_word_that_says_so(
    question: str, sentence: str, draft: str, text: str
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("question", "sentence", "draft", "text"),
    [
        ("Cây ưa môi trường nào?", "Cây ưa môi trường mát mẻ.", "mát mẻ", "môi trường mát mẻ"),
        ("Cây ưa môi trường nào?", "Cây ưa “môi trường mát mẻ”.", "mát mẻ", "môi trường mát mẻ"),
        ("Cây ưa môi trường nào?", "Môi trường mát mẻ là tốt.", "mát mẻ", "Môi trường mát mẻ"),
        ("Cây ưa loại đất nào?", "Cây ưa các loại đất pha cát.", "pha cát", "các loại đất pha cát"),
        ("Cây ưa gì?", "Cây ưa môi trường mát mẻ.", "mát mẻ", "mát mẻ"),
        ("Cây mọc ở tỉnh nào?", "Cây mọc ở tỉnh Lào Cai.", "Lào Cai", "Lào Cai"),  # a name
        ("Họ bàn vấn đề nào?", "Họ bàn về chủ đề khí hậu.", "khí hậu", "khí hậu"),
        ("Nam bị cáo buộc tội nào?", "Nam bị cáo buộc tội trộm cắp.", "trộm cắp", "tội trộm cắp"),
        ("Nam bị xử về tội nào?", "Nam bị xử về tội giết người.", "giết người", "tội giết người"),
        ("Giá gạo thế nào?", "Vì thế giá gạo tăng mạnh.", "giá gạo tăng mạnh", "giá gạo tăng mạnh"),
    ],
)
def test_a_kind_that_is_asked_for_is_said(
    question: str, sentence: str, draft: str, text: str
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("question", "sentence", "draft", "text"),
    [
        (
            "Ai ký biên bản?",
            "Ông Phạm Văn Đức đã đến Huế, cùng bà Julia Smith ký biên bản.",
            "Julia Smith",
            "Ông Phạm Văn Đức đã đến Huế, cùng bà Julia Smith",
        ),
        (
            "Những người nào ký biên bản?",
            "Chủ tịch Lê An cùng với nhạc sĩ Đỗ Bảo ký biên bản.",
            "nhạc sĩ Đỗ Bảo",
            "Lê An cùng với nhạc sĩ Đỗ Bảo",
        ),
        ("Ai đã đến Huế?", "Ông Lê An đến Huế, cùng bà Đỗ Bảo ký.", "Lê An", "Lê An"),
        ("Lê An ký cùng ai?", "Ông Lê An cùng bà Đỗ Bảo ký biên bản.", "Đỗ Bảo", "Đỗ Bảo"),
        ("Ông An gặp ai?", "Ông Lê An cùng bà Đỗ Bảo gặp ông Vũ Tư.", "Vũ Tư", "Vũ Tư"),
        ("Ai là phó đoàn?", "Ông Lê An cùng bà Đỗ Bảo đến Huế.", "Đỗ Bảo", "Đỗ Bảo"),
        ("Ai bị bắt?", "Ông Lê An khai báo, cùng ngày Đỗ Bảo bị bắt.", "Đỗ Bảo", "Đỗ Bảo"),
        ("Ai về đích?", "Lê An dẫn đầu nhưng cuối cùng Đỗ Bảo về đích.", "Đỗ Bảo", "Đỗ Bảo"),
        ("Ai dự tiệc?", "Ông Lê An cùng vợ là Đỗ Bảo dự tiệc.", "Đỗ Bảo", "Đỗ Bảo"),
        ("Ai được cứu?", "Bác sĩ Lê An cùng ê kíp cứu bé Đỗ Bảo sáng nay.", "Đỗ Bảo", "Đỗ Bảo"),
        ("Bộ trưởng tiếp ai?", "Ông Lê An cùng ông Đỗ Bảo tiếp Vũ Tư ở Huế.", "Vũ Tư", "Vũ Tư"),
        ("Ai vắng mặt?", "Lê An có mặt nhưng không, cùng bà Đỗ Bảo ở nhà.", "Đỗ Bảo", "Đỗ Bảo"),
        ("Ai giành huy chương?", "Ở phố Lê Lai cùng Đỗ Bảo về nhất.", "Đỗ Bảo", "Đỗ Bảo"),
        ("Ai bị khởi tố?", "Lê An được thả, cùng vụ án này Đỗ Bảo bị bắt.", "Đỗ Bảo", "Đỗ Bảo"),
        ("Ai ra mắt?", "Lê An vắng mặt. Sáng nay, cùng ca sĩ Đỗ Bảo ra mắt.", "Đỗ Bảo", "Đỗ Bảo"),
    ],
)
def test_whoever_did_it_with_another_is_said_with_that_one(
    question: str, sentence: str, draft: str, text: str
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("question", "sentence", "draft", "text"),
    [
        (
            "Lũ nhỏ trên những sông nào?",
            "Lũ nhỏ trên sông Thao, sông Lô, sông Kỳ Cùng với biên độ 2 m.",
            "sông Thao, sông Lô",
            "sông Thao, sông Lô, sông Kỳ Cùng",
        ),
        (
            "Nhóm gồm những nước nào?",
            "Nhóm gồm Australia, Anh và New Zealand.",
            "Australia, Anh",
            "Australia, Anh và New Zealand",
        ),
        ("Những ai phản đối?", "Có Lan, Minh, Nga nói sau đó.", "Lan, Minh", "Lan, Minh"),
        ("Những ai phản đối?", "Lan, Minh và một em bé.", "Lan, Minh", "Lan, Minh"),
        ("Những ai đến?", "Họ gặp nhau, Lan đến sau.", "gặp nhau", "gặp nhau"),
        ("Ai phản đối?", "Có Lan, Minh và Nga.", "Lan", "Lan"),
        (
            "Ông đã thăm những nước nào?",
            "Ông thăm Pháp, Đức và Thủ tướng Anh sẽ đến.",
            "Pháp",
            "Pháp, Đức",
        ),
        (
            "Mưa ở những tỉnh nào?",
            "Mưa ở Nghệ An, Hà Tĩnh và Hà Nội có nắng.",
            "Nghệ An",
            "Nghệ An, Hà Tĩnh",
        ),
        ("Các công nhân của công ty nào nghỉ?", "Công nhân Ly, An nghỉ.", "Ly", "Ly"),
    ],
)
def test_asked_for_several_the_whole_list_is_said(
    question: str, sentence: str, draft: str, text: str
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("draft", "question", "sentence", "text"),
    [
        (
            "Salman Abedi",
            "Kẻ đánh bom là ai?",
            "Cảnh sát Libya cũng đã bắt giữ cha và anh trai của Salman Abedi, người Anh gốc Libya, thủ phạm thực hiện vụ đánh bom.",
            "Salman Abedi",
        ),
        (
            "ông Nguyễn Văn A",
            "Giám đốc công ty là ai?",
            "Công an đã làm việc với vợ ông Nguyễn Văn A, giám đốc công ty.",
            "ông Nguyễn Văn A",
        ),
        (
            "ông Nam",
            "Ai lái xe gây tai nạn?",
            "Tài xế của ông Nam lái xe gây tai nạn rồi bỏ chạy.",
            "Tài xế của ông Nam",
        ),
        (
            "bà Hoa",
            "Ai lấy tiền trong két?",
            "Con trai bà Hoa lấy tiền trong két.",
            "Con trai bà Hoa",
        ),
        (
            "ông Vinh",
            "Ai bắt được con cá trắm?",
            "Em trai ông Vinh bắt được con cá trắm 40 kg.",
            "Em trai ông Vinh",
        ),
        (
            "ông Trump",
            "Ai dự lễ nhậm chức?",
            "Con trai cả của ông Trump dự lễ nhậm chức.",
            "Con trai cả của ông Trump",
        ),
        (
            "ông Nam",
            "Ai bị bắt?",
            "Cha và anh trai của ông Nam bị bắt.",
            "Cha và anh trai của ông Nam",
        ),
        ("ông Nam", "Vợ của ông A là ai?", "Bà Hoa là vợ ông Nam.", "ông Nam"),
    ],
)
def test_the_relation_that_a_question_does_not_ask_for_is_said_and_no_other(
    draft: str, question: str, sentence: str, text: str | None
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("draft", "question", "sentence", "text"),
    [
        (
            "Pháp, Đức",
            "Những nước nào ký thỏa thuận?",
            "Pháp, Đức và Anh ký thỏa thuận.",
            "Pháp, Đức và Anh",
        ),
        (
            "Pháp",
            "Những nước nào ký thỏa thuận?",
            "Pháp, Đức và Anh ký thỏa thuận.",
            "Pháp, Đức và Anh",
        ),
        (
            "Bùi Văn Dưỡng",
            "Những ai bị khởi tố?",
            "Bị khởi tố là Bùi Văn Dưỡng (40 tuổi), Đỗ Văn Ân (58 tuổi) và Lê Văn Tư.",
            "Bùi Văn Dưỡng (40 tuổi), Đỗ Văn Ân (58 tuổi) và Lê Văn Tư",
        ),
        (
            "ông Nam",
            "Những ai dự lễ?",
            "Dự lễ có ông Nam, bà Hoa và ông Tư.",
            "ông Nam, bà Hoa và ông Tư",
        ),
    ],
)
def test_the_list_goes_on_behind_brackets_and_to_its_last_member(
    draft: str, question: str, sentence: str, text: str | None
) -> None:
    assert said(draft, question, sentence) == text
