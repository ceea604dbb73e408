from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grounded import evidence_of, said
from vnqa.grounding import ground
from vnqa.grounding.statements import split_statements
from vnqa.language.facts import missing_facts

TEXT = (
    "Đoàn Việt Nam do bà Lê Thị Hoa dẫn đầu. Nhà máy xả 3,5 triệu mét khối nước mỗi ngày. "
    "Tỉnh không cấp phép cho Công ty Nam Hải. Giá gạo tăng 12,5% so với tháng 8/2019."
)


EVIDENCE = evidence_of(TEXT)


@pytest.mark.parametrize(
    ("statement", "text", "quote"),
    [
        ("bà lê thị hoa", "bà Lê Thị Hoa", 0),  # the source's spelling
        ("12,5", "12,5%", 3),  # the sign belongs to the number
        ("3.500.000 mét khối nước mỗi ngày", "3,5 triệu mét khối nước mỗi ngày", 1),
        ("Đoàn Việt Nam do Lê Thị Hoa dẫn đầu", "Đoàn Việt Nam do bà Lê Thị Hoa dẫn đầu", 0),
        # turned round: the source's own words take its place
        (
            "Công ty Nam Hải không cấp phép cho Tỉnh",
            "Tỉnh không cấp phép cho Công ty Nam Hải",
            2,
        ),
        (
            "giá gạo đã tăng 12,5% so với tháng 8 năm 2019",
            "Giá gạo tăng 12,5% so với tháng 8/2019",
            3,
        ),
    ],
)
def test_a_supported_statement(statement: str, text: str, quote: int) -> None:
    found = ground(statement, "Hỏi gì?", EVIDENCE)
    assert found is not None
    assert found.source == EVIDENCE[quote]
    assert found.text == text
    assert found.source.text[slice(*found.span)] == found.text


@pytest.mark.parametrize(
    "statement",
    [
        "bà Lê Thị Hà",
        "35 triệu mét khối nước mỗi ngày",
        "Tỉnh cấp phép cho Công ty Nam Hải",
        "Giá gạo không tăng 12,5% so với tháng 8/2019",
        "Giá gạo tăng 12,5% so với tháng 9/2019",
        "Mặt trăng quay quanh trái đất",
        "Có",
        "Hỏi gì",
    ],
)
def test_an_unsupported_statement(statement: str) -> None:
    assert ground(statement, "Hỏi gì?", EVIDENCE) is None


WORDS = st.sampled_from([*TEXT.split(), "không", "99", "Paris", "7/9/2019", "hai triệu"])


@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join))
def test_whatever_is_drafted_only_supported_facts_pass(draft: str) -> None:
    for statement in split_statements(draft):
        found = ground(statement, "Hỏi gì?", EVIDENCE)
        if found is not None:
            assert found.source in EVIDENCE
            assert found.source.text[slice(*found.span)] == found.text
            assert missing_facts(found.text, [found.source.text]) == []


@pytest.mark.parametrize(
    ("question", "sentence", "draft", "text"),
    [
        ("Bao nhiêu người chết?", "Ngày 4/11, xe lật làm 4 người chết.", "4", "4"),
        ("Bao nhiêu người chết?", "Ngày 4/11, xe lật làm bốn người chết.", "4", "bốn"),
        ("Bao nhiêu người chết?", "Ngày 4/11, xe lật làm nhiều người chết.", "4", "Ngày 4/11"),
        ("Xe chở bao nhiêu người?", "Khoảng 10 giờ, xe chở 10 người lật.", "10", "10"),
        ("Bao nhiêu người mất?", "Dịch COVID-19 làm 19 người mất.", "19", "19"),
        ("Bão số 3 làm mấy người mất?", "Bão số 3 làm 3 người mất.", "3", "3"),
        ("Việt Nam có mấy bàn?", "Thắng 2-1, Việt Nam có 2 bàn.", "2", "2"),
        ("Gà nặng bao nhiêu?", "Trại có 3,5 triệu con gà nặng 3,5 kg.", "3,5", "3,5"),
        ("Giảm bao nhiêu phần trăm?", "Giảm 5 người, tức 5%.", "5%", "5%"),
    ],
)
def test_of_several_numbers_the_whole_one_that_is_asked_for_is_said(
    question: str, sentence: str, draft: str, text: str
) -> None:
    found = ground(draft, question, evidence_of(sentence))
    assert found is not None
    assert found.text == text
    if text == draft:  # the last of its kind
        assert found.span[0] == sentence.rindex(text)


@pytest.mark.parametrize(
    ("sentence", "draft", "text"),
    [
        ("Công ty lỗ 5 tỷ đồng, cùng kỳ lãi 3 tỷ đồng.", "lãi 5 tỷ đồng", None),
        ("Giá vàng giảm 5%, còn USD tăng 3%.", "tăng 5%", None),
        ("Ông Nam mất năm 1990.", "sinh năm 1990", None),
        ("Ông Nam mất năm 1990, sinh năm 1920.", "sinh năm 1990", None),
        ("Cầu được khánh thành năm 2015.", "khởi công năm 2015", None),
        ("Chị Hoa là mẹ của Nam.", "vợ của Nam", None),
        ("Vụ cháy làm chết 5 người, bị thương 12 người.", "bị thương 5 người", None),
        ("Vụ cháy làm chết 5 người và bị thương 12 người.", "5 người bị thương", None),
        ("Xuất khẩu đạt 20 tỷ USD, nhập khẩu đạt 18 tỷ.", "nhập khẩu 20 tỷ USD", None),
        ("Vụ cháy làm 5 người chết.", "số người chết là 5", "5 người chết"),
        (
            "Năm 2020, công ty lãi 5 tỷ đồng.",
            "công ty lãi 5 tỷ đồng năm 2020",
            "Năm 2020, công ty lãi 5 tỷ đồng",
        ),
        ("Cầu nằm ở Nghệ An.", "tỉnh Nghệ An", "Nghệ An"),
        ("Công ty lỗ ròng 5 tỷ đồng.", "lãi ròng 5 tỷ đồng", None),
        ("Công ty lỗ 5 tỷ đồng năm 2020.", "Năm 2020 lãi 5 tỷ đồng", None),
        ("Ca sĩ Mỹ Tâm mở màn.", "diễn viên Mỹ Tâm", None),
        ("Xe lật, 5 người chết còn 27 người bị thương.", "27 người chết", None),
        ("Mỹ áp thuế 25% lên thép.", "Mỹ 25%", None),  # one word in order is too little
        ("Nay giá gạo xuất khẩu tăng.", "giá gạo ở chợ lẻ tăng cao", None),  # half of it there
    ],
)
def test_a_word_that_decides_is_not_dropped(sentence: str, draft: str, text: str | None) -> None:
    found = ground(draft, "Hỏi gì?", evidence_of(sentence))
    assert (None if found is None else found.text) == text


@pytest.mark.parametrize(
    ("text", "draft"),
    [
        ("Nghi phạm bị bắt tại Quảng Ninh", "Nghi phạm bị bắt giữ tại Quảng Ninh"),
        ("Vụ cháy làm 3 người thiệt mạng", "Vụ cháy khiến 3 người thiệt mạng"),
        ("Nguyễn Văn An lĩnh 5 năm tù", "Nguyễn Văn An bị phạt 5 năm tù"),
        ("Công Phượng ghi bàn ở phút 90", "Công Phượng ghi bàn vào phút thứ 90"),
        ("cả nước có 12 ca mắc mới", "Cả nước ghi nhận 12 ca mắc mới"),
        ("Công an TP Hà Nội bắt giữ 5 nghi phạm", "Công an Hà Nội bắt giữ tổng cộng 5 nghi phạm"),
        ("Lễ hội diễn ra vào tối 5/5", "Lễ hội được tổ chức tối 5/5"),
        ("Dự án có tổng vốn đầu tư 500 tỷ đồng", "Dự án có tổng mức đầu tư 500 tỷ đồng"),
        ("công ty rót 500 tỷ vào dự án", "Công ty đầu tư 500 tỷ vào dự án"),
        ("Ông Nam qua đời ngày 5/5/2015 tại Huế", "Ông Nam mất ngày 5/5/2015 tại Huế"),
        ("Giá xăng giảm 500 đồng mỗi lít", "Giá xăng hạ 500 đồng mỗi lít"),
        ("Cầu được xây dựng từ năm 2015", "Cầu được khởi công xây dựng từ năm 2015"),
        ("Nam bị bắt tại Quảng Ninh", "nghi phạm Nam bị bắt giữ tại Quảng Ninh"),
    ],
)
@pytest.mark.parametrize("before", ["", "Theo báo cáo, "])
def test_a_word_may_be_another_where_the_sentence_shows_its_own(
    text: str, draft: str, before: str
) -> None:
    assert said(draft, "Hỏi gì?", f"{before}{text}.") == text


def test_the_kind_that_is_asked_for_may_be_dropped() -> None:
    evidence = evidence_of("Mỹ Tâm mở màn đêm nhạc.")
    found = ground("ca sĩ Mỹ Tâm", "Ca sĩ nào mở màn?", evidence)
    assert found is not None
    assert found.text == "Mỹ Tâm"


@pytest.mark.parametrize(
    ("draft", "sentence", "text"),
    [
        ("tử hình", "Tòa hình sự tuyên bị cáo án chung thân.", None),
        ("bác sĩ", "Ông Nam là ca sĩ nổi tiếng.", None),
        ("nước Anh", "Ông Nam sống ở Anh.", "Anh"),
        ("chợ hoa xuân", "Phường mở hội hoa xuân ở bến.", "hoa xuân"),
    ],
)
def test_one_syllable_of_a_word_is_not_the_word(
    draft: str, sentence: str, text: str | None
) -> None:
    assert said(draft, "Hỏi gì?", sentence) == text


@pytest.mark.parametrize(
    ("question", "draft", "sentence", "text"),
    [
        ("Có bao nhiêu người chết?", "không có người chết", "Vụ cháy không có người chết.", "không có người chết"),
        ("Ai đạt giải nhất?", "không có giải nhất", "Hội thi không có giải nhất.", "không có giải nhất"),
        ("Vì sao không có giải nhất?", "không có giải nhất", "Hội thi không có giải nhất.", None),
        ("Ai có giải?", "không có", "Nam không có giải.", None),
    ],
)  # fmt: skip
def test_that_there_is_none_repeats_no_question(
    question: str, draft: str, sentence: str, text: str | None
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("27 người chết, 5 người bị thương", "Vụ nổ làm 5 người chết và 27 người bị thương."),
        ("27 người chết", "Vụ nổ làm 5 người chết và 27 người bị thương."),
        ("Việt Nam thắng trận 1-3", "Việt Nam thắng 3-1 trong trận chung kết."),
        ("giải nhất 5 triệu, giải nhì 10 triệu", "Giải nhất là 10 triệu, giải nhì là 5 triệu."),
    ],
)
def test_numbers_belong_to_the_words_they_stand_with(statement: str, sentence: str) -> None:
    found = ground(statement, "Hỏi gì?", evidence_of(sentence))
    assert found is None or found.text in sentence


@pytest.mark.parametrize(
    ("statement", "sentence", "text"),
    [
        (
            "Vụ nổ làm 5 người chết, 27 bị thương",
            "Vụ nổ làm 5 người chết và 27 người bị thương.",
            "Vụ nổ làm 5 người chết và 27 người bị thương",
        ),
        (
            "vụ cháy làm 4 người chết",
            "Đêm ấy, vụ cháy ở xã Hòa làm bốn người trong nhà chết.",
            "vụ cháy ở xã Hòa làm bốn người trong nhà chết",
        ),
        (
            "cầu dài 1,2 km",
            "Cầu Bến Ngự dài hơn 1.200 m, tức 1,2 km.",
            "Cầu Bến Ngự dài hơn 1.200 m, tức 1,2 km",
        ),
        ("Mỹ áp thuế lên thép", "Mỹ có thể áp thuế lên thép.", "Mỹ có thể áp thuế lên thép"),
        ("ông Nam bị bắt", "Hôm qua ông Nam suýt bị bắt.", "ông Nam suýt bị bắt"),
        ("Lan kiện chồng", "Lan nói Hoa kiện chồng.", "Lan nói Hoa kiện chồng"),
        (
            "Hà Nội có 3 ca mắc",
            "Hà Nội có 12 ca mắc, Huế có 3 ca mắc.",
            "Hà Nội có 12 ca mắc, Huế có 3 ca mắc",
        ),
        (
            "lương cơ sở tăng 10% năm 2020",
            "Chính phủ cho biết lương cơ sở tăng 10% vào năm 2020.",
            "lương cơ sở tăng 10% vào năm 2020",
        ),
        (
            "hãng mở 5 đường bay",
            "Hãng hàng không mở 5 đường bay.",
            "Hãng hàng không mở 5 đường bay",
        ),
    ],
)
def test_what_a_draft_leaves_out_between_is_put_back(
    statement: str, sentence: str, text: str
) -> None:
    assert said(statement, "Hỏi gì?", sentence) == text


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("Hà Nội có 3 ca mắc", f"Hà Nội có 12 ca mắc{', nơi khác thì ít hơn' * 5}, Huế có 3 ca."),
        ("5 người chết vì tai nạn", "Năm 2019, thành phố có nhiều người chết vì tai nạn."),
        ("1 người chết trong vụ cháy", "Có một số người chết trong vụ cháy."),
        ("10 người biểu tình Hà Nội", "Có 10,000 người biểu tình ở Hà Nội."),
        ("tăng 5%", "Lãi suất tăng 5 điểm."),
        ("Việt Nam không mua máy bay", "Không có tin Việt Nam đã mua máy bay của Mỹ hôm nay."),
    ],
)
def test_what_only_looks_alike_is_no_support(statement: str, sentence: str) -> None:
    found = ground(statement, "Hỏi gì?", evidence_of(sentence))
    assert found is None or found.text.startswith("Không có")


@pytest.mark.parametrize("question", ["Mỹ hay Nga phóng trước?", "Nước nào, Nga hoặc Mỹ, phóng?"])
def test_one_of_two_things_offered_is_an_answer(question: str) -> None:
    evidence = evidence_of("Nga phóng vệ tinh trước Mỹ.")
    found = ground("Nga", question, evidence)
    assert found is not None
    assert found.text == "Nga"
    assert ground("phóng", question, evidence) is None


@pytest.mark.parametrize(
    ("question", "draft", "text"),
    [
        ("Trong trận giữa Sông Lam và Bến Tre, đội nào thắng?", "Sông Lam", "Sông Lam"),
        ("Giữa Sông Lam và Bến Tre ai thắng?", "Bến Tre", "Bến Tre"),
        ("Giữa tuyển Sông Lam và tuyển Bến Tre, bên nào thắng?", "Bến Tre", "Bến Tre"),
        ("Giữa Sông Lam, Long An và Bến Tre, đội nào thắng?", "Sông Lam", "Sông Lam"),
        ("Đội nào thắng trận giữa Sông Lam và Bến Tre?", "Sông Lam", "Sông Lam"),
        ("Sông Lam thắng đội nào?", "Sông Lam", None),
        ("Giữa Sông Lam và Bến Tre, đội nào thắng?", "thắng", None),
        ("Trận giữa Sông Lam và Bến Tre do trọng tài nào điều khiển?", "Sông Lam", None),
        ("Trận giữa Sông Lam và Bến Tre diễn ra như thế nào?", "Bến Tre", None),
        ("Giữa tháng 5, Sông Lam và Bến Tre đá ở sân nào?", "Bến Tre", None),
        ("Trọng tài nào điều khiển trận giữa Sông Lam và Bến Tre?", "Bến Tre", None),
        ("Sông Lam và Bến Tre, đội nào thắng?", "Sông Lam", "Sông Lam"),
        ("Trận Sông Lam - Bến Tre, ai thắng?", "Sông Lam", "Sông Lam"),
        ("Ngoài Sông Lam và Bến Tre, đội nào thắng?", "Sông Lam", None),
        ("Sông Lam hay là Bến Tre thắng?", "Bến Tre", "Bến Tre"),
        ("Sông Lam thua hay thắng?", "thắng", "thắng"),
        ("Sông Lam thua hay thắng?", "Sông Lam", None),
        ("Sông Lam hay thắng Bến Tre vì sao?", "Sông Lam", None),
        ("Sông Lam có thắng Bến Tre hay không, ai biết?", "không", None),
    ],
)
def test_one_of_two_sides_is_an_answer(question: str, draft: str, text: str | None) -> None:
    found = ground(draft, question, evidence_of("Sông Lam thắng Bến Tre trong trận hôm qua."))
    assert (found.text if found else None) == text


@pytest.mark.parametrize(
    ("question", "sentence", "draft", "text"),
    [
        ("Xe đâm trên quốc lộ 5 làm bao nhiêu người chết?", "Xe đâm, 5 người chết.", "5 người", "5 người"),
        ("Xe đâm trên quốc lộ 5 làm bao nhiêu người chết?", "Xe đâm, năm người chết.", "5 người", "năm người"),
        ("Xe đâm trên quốc lộ 5 làm bao nhiêu người chết?", "Xe đâm, 5 người chết.", "5", "5"),
        ("Xe đâm trên quốc lộ 5 làm bao nhiêu người chết?", "Trên quốc lộ 5 có người chết.", "5", None),
        ("Quận Ba có mấy trường?", "Quận Ba có ba trường.", "ba trường", "ba trường"),
        ("Trong 12 người bị bắt có bao nhiêu người già?", "12 người bị bắt.", "12 người", None),
        ("Trong 12 người bị bắt có bao nhiêu người già?", "12 người bị bắt.", "12 người bị bắt", None),
        ("Xe đâm năm 2020 làm bao nhiêu người chết?", "Xe đâm, nhiều người chết.", "người chết", None),
        ("Đại học Huế nằm ở thành phố nào?", "Trường ở thành phố Huế.", "thành phố Huế", "thành phố Huế"),
        ("Có bao nhiêu trường mở cửa?", "Không có trường nào mở cửa.", "Không có", None),
        ("Trận Huế gặp Vinh, ai thắng?", "Trận Huế gặp Vinh hôm qua.", "Trận Huế gặp Vinh", None),
        ("Tỉnh Lào Cai giáp tỉnh nào?", "Tỉnh Lào Cai giáp Hà Giang.", "tỉnh Lào Cai", None),
        ("Ông Lê Văn Nam sinh ở đâu?", "Ông Lê Văn Nam có vườn.", "ông Nam", None),
        ("Chợ Huế cháy vì sao?", "Chợ cháy hôm qua.", "chợ cháy", None),
    ],
)  # fmt: skip
def test_what_the_question_says_is_no_answer_but_what_it_asks_for_is(
    question: str, sentence: str, draft: str, text: str | None
) -> None:
    assert said(draft, question, sentence) == text


@pytest.mark.parametrize(
    ("sentence", "draft", "text"),
    [
        ("Vụ cháy làm bốn người chết.", "4 người", "bốn người"),
        ("Vụ cháy làm bốn người chết.", "4", "bốn"),
        ("Công ty có 1.200 công nhân.", "một nghìn hai trăm công nhân", "1.200 công nhân"),
        ("Vụ cháy làm bốn người chết.", "5 người", None),
        ("Vụ cháy làm bốn người chết.", "4 nhà", None),
    ],
)
def test_a_number_may_be_written_in_another_way(
    sentence: str, draft: str, text: str | None
) -> None:
    found = ground(draft, "Hỏi gì?", evidence_of(sentence))
    assert (None if found is None else found.text) == text
    if found is not None:
        assert found.source.text[slice(*found.span)] == found.text


@pytest.mark.parametrize(
    ("draft", "question", "sentence", "text"),
    [
        (
            "có thể sảy thai",
            "Ăn nhiều dứa gây hại gì?",
            "Ăn quá nhiều dứa có thể làm tăng kích thích co thắt tử cung, dẫn đến sảy thai.",
            None,
        ),
    ],
)
def test_helping_words_alone_are_no_answer(
    draft: str, question: str, sentence: str, text: str | None
) -> None:
    assert said(draft, question, sentence) == text
