from __future__ import annotations

import pytest

from vnqa.language.answer_kinds import counts_what_is_asked, is_of_kind, may_hold_answer
from vnqa.language.questions import asks_whether


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
        ("Khai mạc ngày nào?", "cuối tuần này", True),
        ("Thành lập năm nào?", "đầu năm nay", True),
        ("Thành lập năm nào?", "năm học", False),
        ("Chiếm bao nhiêu phần trăm?", "hơn 1/3", True),
        ("Ai khai mạc?", "bộ trưởng", True),
        ("Có bao nhiêu công nhân?", "1500 công nhân", True),
        ("Diễn ra tháng mấy?", "tháng 5", True),
        ("Diễn ra thứ mấy?", "Chủ nhật", True),
        ("Đánh thắng năm nào?", "năm 938", True),
        ("Cầu thông xe khi nào?", "23/5/1950", True),
        ("Cầu thông xe khi nào?", "sau mùa lũ", True),
        ("Bao giờ cầu thông xe?", "ba ngày nữa", True),
        ("Cầu thông xe lúc nào?", "Bến Ngự", False),
        ("Huế đón mỗi năm bao nhiêu khách?", "3 triệu khách", True),
        ("Mỗi ngày bao nhiêu tấn rác được thu gom?", "5.000 tấn", True),
        ("Uống thuốc ngày mấy lần?", "2 lần", True),
        ("Khai mạc ngày mấy tháng mấy?", "2 lần", False),
        ("Năm bao nhiêu thì cầu xong?", "3 triệu", False),
        ("Hội mở ngày nào?", "rằm tháng Giêng", True),
        ("Hội mở ngày nào?", "24-25/5", True),
        ("Dự án làm năm nào?", "giai đoạn 2016-2020", True),
        ("Có bao nhiêu người?", "hàng nghìn người", True),
        ("Có bao nhiêu người?", "không có ai", True),
        ("Có bao nhiêu người?", "năm nay", False),
        ("Có bao nhiêu người?", "năm người", True),
        ("Có bao nhiêu người?", "năm", True),
        ("Xếp hạng mấy?", "lớn thứ hai thế giới", True),
        ("Hội mở ngày nào?", "thứ bảy tuần tới", True),
        ("Có bao nhiêu rừng bị cháy?", "2/3 diện tích", True),
        ("Có bao nhiêu người?", "ngày 2/3 tại Huế", False),
        ("Có bao nhiêu người?", "lên đến 2000 người", True),
        ("Có bao nhiêu người?", "từ 1950 đến 2000", False),
        ("Nước nào chưa bao giờ vô địch?", "Hà Lan", True),
        ("Trong mấy năm gần đây, ai giàu nhất?", "ông Phạm Nhật Vượng", True),
        ("Người dân ngày nào cũng phải làm gì?", "đi lấy nước", True),
        ("Lúc nào cũng có thể có gì?", "lũ quét", True),
        ("Ngô Quyền thắng trận năm nào?", "938", True),
        ("Nghị định số bao nhiêu?", "10/2020/NĐ-CP", True),
        ("Đại hội khóa mấy?", "khóa XIV", True),
        ("Doanh thu tăng bao nhiêu lần?", "gấp đôi", True),
        ("Có bao nhiêu người?", "hơn chục người", True),
        ("Đạt bao nhiêu điểm?", "10/10", True),
        ("Hội thi diễn ra ngày nào?", "5-7/5/2020", True),
        ("Nghỉ lễ ngày nào?", "28/4-3/5", True),
        ("Hội thi diễn ra năm nào?", "ngày 5-7/5/2020", True),
        ("Mưa lớn ngày nào?", "chiều nay", True),
        ("Khai mạc ngày nào?", "sáng 20-11", True),
        ("Khi nào công bố?", "quý II", True),
        ("Có bao nhiêu nước tham gia?", "Hoa Kỳ nhất trí", False),
        ("Phạt bao nhiêu tiền?", "Hoa Kỳ vi phạm", False),
        ("Lợi nhuận là bao nhiêu?", "quý II", False),
        ("Dân số bao nhiêu người?", "tháng 5/2020", False),
        ("Tổng số bao nhiêu người?", "ngày 2/3", False),
        ("Còn bao nhiêu ngày tới Tết?", "ông Nam", False),
        ("Phạt bao nhiêu tiền?", "5 triệu đồng", True),
        ("Phạt bao nhiêu tiền?", "1.300 USD", True),
        ("Phạt bao nhiêu tiền?", "$500", True),
        ("Phạt bao nhiêu tiền?", "20 năm", False),
        ("Thưởng bao nhiêu tiền?", "6-1", False),
        ("Tăng bao nhiêu phần trăm?", "6,6%", True),
        ("Tăng bao nhiêu phần trăm?", "85", True),
        ("Tăng bao nhiêu phần trăm?", "85 người", False),
        ("Bị phạt bao nhiêu năm tù?", "tù chung thân", True),
        ("Bị phạt bao nhiêu năm tù?", "15 tháng tù", True),
        ("Áo cưới màu gì?", "năm 1842", False),
        ("Ai khai mạc?", "sáng 23/5", False),
        ("Sự kiện gì xảy ra năm 1945?", "năm 1945", True),
        ("Đội hình gì?", "5-4-1", True),
        ("Sao cô được ra trước hạn mấy tháng?", "cải tạo tốt", True),
        ("Sao Hỏa có bao nhiêu vệ tinh?", "quay chậm", False),
        ("Mấy tháng qua giá có tăng không?", "Giá giảm", True),
        ("Phạt bao nhiêu tiền?", "300", True),
        ("Vé bao nhiêu tiền?", "miễn phí", True),
        ("Bao nhiêu phần trăm dân số mù chữ?", "một phần ba", True),
        ("Bao nhiêu phần trăm cổ phần?", "toàn bộ cổ phần", True),
        ("Cuốn tiểu thuyết của Orwell tên là gì?", "1984", True),
        ("Khi nào khai mạc?", "bà Mai, ông Quý", False),
        ("Bao giờ khai mạc?", "ông Nam", False),
        ("Ông học ở Pháp mấy năm?", "trong ba năm", True),
        ("Ông học ở Pháp mấy năm?", "trong năm", False),
        ("Có bao nhiêu phi công?", "cả hai phi công", True),
        ("Có bao nhiêu người?", "gần trăm người", True),
        ("Vốn bao nhiêu?", "gần nghìn tỷ đồng", True),
        ("Có bao nhiêu người?", "tỷ lệ phần trăm ở xã Triệu Vân", False),
        ("Mỗi tháng kiếm bao nhiêu?", "lương tháng 8 triệu đồng", True),
        ("Vé bao nhiêu?", "miễn phí", True),
        ("Bao nhiêu thí sinh đỗ?", "toàn bộ thí sinh", True),
        ("Bao nhiêu thí sinh đỗ?", "Đề thi được giao cho toàn bộ thí sinh", False),
        ("Phim chiếu lúc mấy giờ?", "nửa đêm", True),
        ("Phim chiếu lúc mấy giờ?", "trưa mai", True),
        ("Phim chiếu lúc mấy giờ?", "trong rạp", False),
        ("Phim dài mấy giờ?", "trưa mai", False),
        ("Cầu thông xe khi nào?", "450 m", False),
        ("Cầu thông xe khi nào?", "450m", False),
        ("Cầu thông xe khi nào?", "7 tỷ đồng", False),
        ("Cầu thông xe khi nào?", "40% mặt cầu", False),
        ("Cầu thông xe khi nào?", "19h30", True),
        ("Cầu thông xe khi nào?", "7h", True),
        ("Cầu thông xe khi nào?", "1800 GMT", True),
        ("Cầu thông xe khi nào?", "24 tiếng nữa", True),
        ("Cầu thông xe khi nào?", "1998", True),
        ("Cầu thông xe khi nào?", "ông Đỗ Xuân Thu", False),
        ("Cầu thông xe khi nào?", "mùa thu", True),
    ],
)
def test_the_kind_of_an_answer(question: str, statement: str, fits: bool) -> None:
    assert is_of_kind(statement, question) is fits


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("Hội hiện có 50 hội thành viên.", True),
        ("Hội hiện có năm mươi tổ hội.", True),
        ("Hội thành lập năm 1950, khi hai nước có quan hệ.", False),
        ("Có 50 người dự.", False),
    ],
)
def test_a_number_of_what_is_asked(statement: str, counts: bool) -> None:
    assert counts_what_is_asked(statement, "Hội có bao nhiêu hội thành viên?") is counts


def test_nothing_is_counted_where_no_number_is_asked() -> None:
    assert not counts_what_is_asked("Có 50 hội.", "Ai lập hội?")


@pytest.mark.parametrize(
    ("question", "sentence", "may"),
    [
        ("Ai thiết kế cầu Bến Ngự?", "Cầu do ông Trần Văn Tư vẽ.", True),
        ("Ai thiết kế cầu Bến Ngự?", "Cầu Bến Ngự dài ba cây số.", False),
        ("AI là gì?", "Trí tuệ nhân tạo giúp máy học.", True),
        ("Ai Cập ở đâu?", "Nước ấy ở châu lục đông dân thứ hai.", True),
        ("Cầu dài bao nhiêu?", "Cầu do ông Tư vẽ.", False),
        ("Cầu dài bao nhiêu?", "Cầu dài 3 km.", True),
    ],
)
def test_the_kind_of_a_sentence(question: str, sentence: str, may: bool) -> None:
    assert may_hold_answer(sentence, question) is may


@pytest.mark.parametrize(
    ("question", "whether"),
    [
        ("Cầu Bến Ngự có bị lũ cuốn trôi không?", True),
        ("Ông Nam đã xin lỗi chưa", True),
        ("Nhà máy xả thải ra sông, đúng không ạ?", True),
        ("Vụ cháy có ai bị thương không?", True),
        ("Có phải ông Nam là hiệu trưởng?", True),
        ("Liệu giá vàng sẽ tăng?", True),
        ("Giá trị của số không?", False),
        ("Ai có lỗi trong vụ cháy?", False),
        ("Vì sao ông Nam có mặt mà không được vào không?", False),
        ("Liệu pháp thay thế là gì?", False),
        ("Hãng nào có nhiều đường bay hàng không?", False),
        ("Có phải bồi thường bao nhiêu?", False),
        ("Ông Trump thắng cử không?", True),
        ("Cầu sập chưa?", True),
        ("Ông Nam có từ chức, đúng hay sai?", True),
        ("Anh ấy có khỏe không vậy ạ?", True),
        ("Bạn có biết giá vàng hôm nay bao nhiêu không?", False),
        ("Bạn có thể cho biết ai là huấn luyện viên không?", False),
        ("Ai sẽ quyết định ông Nam có được tại ngoại hay không?", False),
        ("Điều gì khiến Pháp được dự còn Đức thì không?", False),
        ("Nước nào có nhiều tên lửa đất đối không?", False),
        ("Có mấy loại tên lửa đất đối không?", False),
        ("Việt Nam có phản đối không?", True),
        ("Luật này có bị bãi bỏ không?", True),
        ("Quang Hải có bị gãy chân không ạ?", True),
        ("Đảo này đã có đường chưa?", True),
        ("Giá vàng liệu có giảm?", True),
        ("Tài liệu có bị mất", False),
        ("Ông Nam có bao giờ ngồi tù chưa?", True),
        ("Bao giờ cầu thông xe, có ai biết không?", False),
        ("Lũ có tràn vào Hải Phòng không?", True),
        ("Lũ tràn vào Hải Phòng không?", True),
        ("Có nên gửi tiền ngân hàng không?", True),
        ("Quán còn giao hàng không?", True),
        ("Nhà nghỉ còn phòng không?", True),
        ("Mấy giờ phim chiếu, có phải mua vé không?", False),
        ("Mấy con này có cắn không?", True),
        ("Ông An đã nói gì về việc có ra tòa không?", False),
        ("Ông An đã nói gì chưa?", True),
        ("Ông An từ chức rồi à?", True),
        ("Đội chủ nhà thắng hả?", True),
        ("Ai thắng vậy hả?", False),
        ("Bao nhiêu người bị thương rồi hả?", False),
    ],
)
def test_whether_something_is_so(question: str, whether: bool) -> None:
    assert asks_whether(question) is whether


@pytest.mark.parametrize(
    ("statement", "question", "fits"),
    [
        ("20 và 22 tuổi", "Kẻ đánh bom là ai?", False),
        ("5 tỷ đồng", "Vì sao ông Nam bị bắt?", False),
        ("5 phút", "Cuộc họp ở đâu?", False),
        ("7 thủy thủ", "Bao nhiêu tuổi?", False),
        ("22", "Anh Nam bao nhiêu tuổi?", True),
        ("6 tháng tuổi", "Bé bao nhiêu tuổi?", True),
        ("1.500 tỉ đồng", "Dài bao nhiêu km?", False),
        ("3,5 nghìn km", "Dài bao nhiêu km?", True),
        ("200 m", "Dài bao nhiêu km?", True),
        ("1m75", "Anh Nam cao bao nhiêu m?", True),
        ("5 người", "Nặng bao nhiêu kg?", False),
        ("chiều 5/3", "Hôm nào họp?", True),
        ("ở Huế", "Hôm nào họp?", False),
    ],
)
def test_amounts_of_other_things_are_of_another_kind(
    statement: str, question: str, fits: bool
) -> None:
    assert is_of_kind(statement, question) is fits


def test_many_digits_are_read_in_no_time() -> None:
    assert is_of_kind("1" * 2_000 + "x", "Ai là giám đốc?")
