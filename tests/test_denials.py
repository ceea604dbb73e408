from __future__ import annotations

import pytest

from tests.grounded import said


@pytest.mark.parametrize(
    ("sentence", "draft", "text"),
    [
        (
            "Không có bằng chứng cho thấy ông Nam nhận hối lộ.",
            "ông Nam nhận hối lộ",
            "Không có bằng chứng cho thấy ông Nam nhận hối lộ",
        ),
        (
            "Rất may không có ai trong số 12 hành khách bị thương.",
            "12 hành khách bị thương",
            "không có ai trong số 12 hành khách bị thương",
        ),
        ("Mỹ không tiếp tục áp thuế thép.", "áp thuế thép", "không tiếp tục áp thuế thép"),
        ("Ông đã không đồng ý từ chức.", "từ chức", "không đồng ý từ chức"),
        ("EVN chưa có phương án tăng giá.", "tăng giá", "chưa có phương án tăng giá"),
        (
            "Chưa rõ liệu ông mất vì bệnh hay do tai nạn.",
            "do tai nạn",
            "Chưa rõ liệu ông mất vì bệnh hay do tai nạn",
        ),
        ("Chưa rõ liệu ông có bệnh nhưng ông mất do tai nạn.", "do tai nạn", "do tai nạn"),
        ("Không một ai bị nhiễm bệnh.", "bị nhiễm bệnh", "Không một ai bị nhiễm bệnh"),
        ("Bé không uống rượu hay hút thuốc.", "hút thuốc", "không uống rượu hay hút thuốc"),
        ("Anh không đủ tiền mua nhà.", "mua nhà", "không đủ tiền mua nhà"),
        ("Mỹ từ chối áp thuế.", "áp thuế", "từ chối áp thuế"),
        ("Anh suýt đoạt giải.", "đoạt giải", "suýt đoạt giải"),
        ("Giá vàng không ngừng tăng mạnh.", "tăng mạnh", "không ngừng tăng mạnh"),
        # what is not denied, or is no verb or clause
        ("Không có ai trong số 12 khách bị thương.", "12 khách", "12 khách"),
        ("Người không có bằng lái bị phạt 5 triệu.", "bị phạt 5 triệu", "bị phạt 5 triệu"),
        ("Hãng hủy 5 chuyến bay.", "5 chuyến bay", "5 chuyến bay"),
        ("Anh không về quê mà làm thuê ở Huế.", "làm thuê ở Huế", "làm thuê ở Huế"),
        ("Ông không đến, ở nhà nhận hàng.", "nhận hàng", "nhận hàng"),
        ("Tin tự hủy ngay sau khi được xem.", "ngay sau khi được xem", "ngay sau khi được xem"),
        ("Không quân Mỹ đề nghị mua 5 máy bay.", "mua 5 máy bay", "mua 5 máy bay"),
        ("Tài xế không dừng xe và bỏ chạy.", "bỏ chạy", "bỏ chạy"),
        ("Đội không có Nam giành chiến thắng.", "giành chiến thắng", "giành chiến thắng"),
    ],
)
def test_a_verb_or_clause_keeps_a_denial_farther_before_it(
    sentence: str, draft: str, text: str
) -> None:
    assert said(draft, "Hỏi gì?", sentence) == text


@pytest.mark.parametrize(
    ("question", "sentence", "draft", "text"),
    [
        ("Lũ tràn vào đâu?", "Lũ không tràn vào Huế như dự báo.", "Huế", "không tràn vào Huế"),
        ("Lũ tràn vào đâu?", "Lũ không tràn vào Huế và Đà Nẵng.", "Đà Nẵng", "không tràn vào Huế và Đà Nẵng"),
        ("Lũ tràn vào đâu?", "Lũ không còn khả năng tràn vào Huế.", "Huế", "không còn khả năng tràn vào Huế"),
        ("Bạn có biết lũ tràn vào đâu không?", "Lũ không tràn vào Huế.", "Huế", "không tràn vào Huế"),
        ("Bao giờ đập hoàn thành?", "Đập không thể hoàn thành trong năm 2025.", "năm 2025", "không thể hoàn thành trong năm 2025"),
        ("Đập hoàn thành ngày nào?", "Ngày 5/3, đập vẫn chưa hoàn thành.", "5/3", "Ngày 5/3, đập vẫn chưa hoàn thành"),
        ("Mỹ áp thuế bao nhiêu?", "Mỹ từ chối áp thuế 25% lên thép.", "25%", "từ chối áp thuế 25%"),
        ("Nước ấy tham gia năm nào?", "Nước ấy từ chối tham gia trong năm 2003.", "năm 2003", "từ chối tham gia trong năm 2003"),
        ("Xe chở mấy người?", "Xe không chở hơn 9 người.", "9 người", "không chở hơn 9 người"),
        ("Ông An ký gì?", "Ông An không ký hợp đồng.", "hợp đồng", "không ký hợp đồng"),
        ("Hải Phòng thu phí bao nhiêu?", "Hải Phòng không thu phí 5% nữa.", "5%", "không thu phí 5%"),
        ("Ông An vay bao nhiêu?", "Ông An phủ nhận việc vay 2 tỷ đồng.", "2 tỷ đồng", "phủ nhận việc vay 2 tỷ đồng"),
        ("Ông An sang nước nào?", "Tòa bác tin cho rằng ông An đã sang Lào.", "Lào", "bác tin cho rằng ông An đã sang Lào"),
        ("Ai ký biên bản?", "Ông An vẫn chưa ký biên bản, theo tòa.", "Ông An", "Ông An vẫn chưa ký biên bản"),
        ("Nổ làm mấy người chết?", "Tin nổ làm 9 người chết là bịa đặt.", "9 người", "Tin nổ làm 9 người chết là bịa đặt"),
        ("Ông An mất vì sao?", "Có tin đồn ông An mất vì ho, con ông lo.", "ho", "Có tin đồn ông An mất vì ho, con ông lo"),
        ("Ông An làm gì?", "Có tin đồn ông An trốn sang Lào.", "trốn sang Lào", "Có tin đồn ông An trốn sang Lào"),
        ("Ông An mất vì sao?", "Báo viết ông mất vì ho, nhà ông phủ nhận.", "ho", "Báo viết ông mất vì ho, nhà ông phủ nhận"),
        # what is not denied, or denied twice, or of something else
        ("Lũ tràn vào đâu?", "Lũ không chỉ tràn vào Huế mà cả Đà Nẵng.", "Huế", "Huế"),
        ("Lũ tràn vào đâu?", "Lũ không tràn vào Huế mà vào Đà Nẵng.", "Đà Nẵng", "Đà Nẵng"),
        ("Lũ không tràn vào đâu?", "Lũ không tràn vào Huế.", "Huế", "Huế"),
        ("Ông An buồn vì sao?", "Ông An không thể không buồn vì mất mùa.", "mất mùa", "mất mùa"),
        ("Giá gạo tăng lên bao nhiêu?", "Giá gạo không ngừng tăng lên 9 nghìn đồng.", "9 nghìn đồng", "9 nghìn đồng"),
        ("Đà tăng đẩy giá lên bao nhiêu?", "Đà tăng chưa từng có đẩy giá lên 9 tỷ.", "9 tỷ", "9 tỷ"),
        ("Huế giành mấy điểm?", "Tuy không thắng, Huế giành 3 điểm.", "3 điểm", "3 điểm"),
        ("Phải nộp bao nhiêu?", "Nếu không nộp 5 triệu đồng, ông bị kiện.", "5 triệu đồng", "5 triệu đồng"),
        ("Được mua bao nhiêu?", "Mỗi người không được mua quá 5 vé.", "5 vé", "5 vé"),
        ("Ông An góp bao nhiêu?", "Không thể phủ nhận ông An góp 2 tỷ đồng.", "2 tỷ đồng", "2 tỷ đồng"),
        ("Không quân mua mấy xe?", "Không quân mua 9 xe.", "9 xe", "9 xe"),
        ("Ai ký biên bản?", "Ông An ký biên bản chứ không ký đơn.", "Ông An", "Ông An"),
        ("Ông An bị phạt mấy triệu?", "Ông An không khai và bị phạt 5 triệu.", "5 triệu", "5 triệu"),
        ("Nghị viện bầu cử năm nào?", "Từ chỗ không bầu chọn đến bầu cử năm 1979.", "năm 1979", "năm 1979"),
        ("Ông An nhận bao nhiêu?", "Việc ông An nhận 2 tỷ là không đúng quy định.", "2 tỷ", "2 tỷ"),
        ("Bà Hoa bị xử phạt ở đâu?", "Bà Hoa đăng tin giả bị xử phạt hành chính ở Huế.", "Huế", "Huế"),
        ("Cảnh sát bắt ai ở đâu?", "Cảnh sát bắt kẻ loan tin đồn ở Huế.", "Huế", "Huế"),
        ("Chồng chị Lan là ai?", "Có tin đồn chị Lan và chồng Bửu Lộc chia tay.", "Bửu Lộc", "Bửu Lộc"),
        ("Giá gạo giảm bao nhiêu?", "Do tin đồn lũ lớn, giá gạo giảm mạnh 7%.", "7%", "7%"),
        ("Ai viết báo cáo?", "Bà Hoa cho rằng tin ấy là bịa đặt khi viết báo cáo.", "Bà Hoa", "Bà Hoa"),
        ("Ai ký biên bản?", "Ông An nhìn bà Hoa không ký biên bản.", "Ông An", "Ông An"),
        ("Ai ký biên bản?", "Hôm qua, theo bà Hoa, xã không ký biên bản.", "bà Hoa", "bà Hoa"),
        ("Hộ được trồng mấy ha?", "Theo điều 2, hộ là nông dân không được trồng 9 ha.", "điều 2", "điều 2"),
        ("Vì sao Lan có thể trượt?", "Lan không thể vào lớp vì điểm tăng so với năm 2016.", "năm 2016", "năm 2016"),
        ("Ai là chủ trường?", "Bà Hoa, chủ trường, nói: tin trên là bịa đặt.", "Bà Hoa", "Bà Hoa"),
        ("Giá gạo tăng bao nhiêu?", "Giá gạo tăng 5%, giá ngô không tăng.", "5%", "5%"),
        ("Xã thu bao nhiêu?", "Việc xã thu 5 triệu đồng là sai.", "5 triệu đồng", "5 triệu đồng"),
        ("Xe nổ ở đâu?", "Xe nổ ở Huế, phe kia phủ nhận trách nhiệm.", "Huế", "Huế"),
        ("Ai bị cáo buộc vay nợ?", "Ông An bị cáo buộc vay nợ, nhưng ông phủ nhận.", "Ông An", "Ông An"),
    ],
)  # fmt: skip
def test_what_the_question_takes_for_a_fact_is_said_with_what_denies_it(
    question: str, sentence: str, draft: str, text: str
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("draft", "question", "sentence", "text"),
    [
        ("bắt cướp", "Anh Nam làm gì?", "Anh Nam tay không bắt cướp giữa phố.", "bắt cướp"),
        (
            "phóng tên lửa",
            "Máy bay làm gì?",
            "Máy bay lượn trên không phóng tên lửa vào mục tiêu.",
            "phóng tên lửa",
        ),
        (
            "12 phiến quân thiệt mạng",
            "Đợt không kích khiến bao nhiêu phiến quân thiệt mạng?",
            "Đợt không kích hôm qua khiến 12 phiến quân tại Mosul thiệt mạng.",
            "12 phiến quân tại Mosul thiệt mạng",
        ),
        ("Thái Lan", "Nước nào cấm shisha?", "Thái Lan cấm shisha từ năm 2015.", "Thái Lan"),
    ],
)
def test_no_other_word_is_taken_for_a_denial(
    draft: str, question: str, sentence: str, text: str | None
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("draft", "question", "sentence", "text"),
    [
        (
            "Idlib",
            "Máy bay Nga không kích thành phố nào?",
            "Bộ Quốc phòng Nga phủ nhận thông tin máy bay nước này tấn công thành phố Idlib.",
            "phủ nhận thông tin máy bay nước này tấn công thành phố Idlib",
        ),
        ("Pháp", "Đội nào vô địch?", "Pháp suýt vô địch.", "Pháp suýt vô địch"),
        (
            "Pháp",
            "Đội nào vào chung kết?",
            "Pháp không thể vào chung kết.",
            "Pháp không thể vào chung kết",
        ),
        (
            "30/4",
            "Cầu khánh thành khi nào?",
            "Cầu không kịp khánh thành vào dịp 30/4.",
            "không kịp khánh thành vào dịp 30/4",
        ),
        (
            "bà Ngọc",
            "Ai bị khởi tố?",
            "Không có căn cứ để khởi tố bà Ngọc.",
            "Không có căn cứ để khởi tố bà Ngọc",
        ),
        (
            "Anh và Venezuela",
            "Đội nào từng vào chung kết?",
            "Trước đó cả Anh và Venezuela đều chưa từng vào chung kết.",
            "Anh và Venezuela đều chưa từng vào chung kết",
        ),
        (
            "10kg",
            "Giáo viên bị ép mua bao nhiêu?",
            "Nhà trường khẳng định không có chuyện ép giáo viên mua 10kg gạo.",
            "không có chuyện ép giáo viên mua 10kg",
        ),
        (
            "ông Nam",
            "Ai nhận hối lộ?",
            "Không có bằng chứng cho thấy ông Nam nhận hối lộ.",
            "Không có bằng chứng cho thấy ông Nam nhận hối lộ",
        ),
        (
            "ông Nam",
            "Ai nhận hối lộ?",
            "Công ty phủ nhận thông tin trên mạng về việc ông Nam nhận hối lộ.",
            "phủ nhận thông tin trên mạng về việc ông Nam nhận hối lộ",
        ),
        (
            "Ông Nam",
            "Ai nhận tiền?",
            "Ông Nam, giám đốc sở, không nhận tiền của doanh nghiệp.",
            "Ông Nam, giám đốc sở, không nhận tiền của doanh nghiệp",
        ),
        (
            "Ông Nam",
            "Ai nhận tiền?",
            "Ông Nam khẳng định mình không nhận tiền của doanh nghiệp.",
            "Ông Nam khẳng định mình không nhận tiền của doanh nghiệp",
        ),
        (
            "Việt Nam",
            "Nước nào cấm shisha?",
            "Việt Nam chưa cấm shisha.",
            "Việt Nam chưa cấm shisha",
        ),
        ("Ông Nam", "Ai bỏ trốn?", "Ông Nam không bỏ trốn.", "Ông Nam không bỏ trốn"),
        (
            "môn Ngữ văn",
            "Môn nào thi trắc nghiệm?",
            "Trừ môn Ngữ văn, các môn còn lại đều thi trắc nghiệm.",
            "Trừ môn Ngữ văn",
        ),
        (
            "Ông A",
            "Ai giết nạn nhân?",
            "Ông A bị nghi giết nạn nhân.",
            "Ông A bị nghi giết nạn nhân",
        ),
        ("Ông A", "Ai bị nghi giết nạn nhân?", "Ông A bị nghi giết nạn nhân.", "Ông A"),
        (
            "tối 10-7",
            "Trận đấu diễn ra khi nào?",
            "Trận đấu đáng lý đã diễn ra vào tối 10-7.",
            "đáng lý đã diễn ra vào tối 10-7",
        ),
        (
            "Ông Tư",
            "Ai nhận hối lộ?",
            "Ông Tư bị cáo buộc đã nhận hối lộ 5 tỷ đồng.",
            "Ông Tư bị cáo buộc đã nhận hối lộ 5 tỷ đồng",
        ),
    ],
)
def test_what_is_denied_or_only_said_of_who_is_asked_for_is_told_so(
    draft: str, question: str, sentence: str, text: str | None
) -> None:
    assert said(draft, question, sentence) == text
