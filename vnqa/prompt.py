"""The prompt: fixed worked examples, then the question and an excerpt of the articles.

What comes before the question is the same for every one, so that a generator can cache it. One that
was trained on such prompts needs none, or few.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from vnqa.generators import REFUSAL, Turn

NO_ANSWER = "Không có thông tin"

_INSTRUCTION = (
    "Trả lời câu hỏi bằng cụm từ ngắn chép nguyên văn từ đoạn trích, đủ mọi người và vật được hỏi. "
    f"Nếu đoạn trích không có câu trả lời, viết: {NO_ANSWER}."
)

# What is asked about, what answers it, and what does not though it is near or of the same kind.
_EXAMPLES = (
    (
        "Sáng 4/7/1998, giám đốc sở Phan Văn Tư cùng đại diện nhà thầu, bà Lê Thu An, cắt "
        "băng khánh thành cầu Bến Ngự. Cầu dài 320 m, bắc qua sông Lam Giang.",
        "Những ai khánh thành cầu Bến Ngự?",
        "giám đốc sở Phan Văn Tư và bà Lê Thu An",
    ),
    (
        "Hội chợ sách mùa thu thu hút hơn 12.000 lượt khách. Ban tổ chức tặng 1.500 cuốn sách "
        "cho thư viện các trường miền núi, nhiều gấp đôi năm trước.",
        "Bao nhiêu cuốn sách được tặng cho thư viện miền núi?",
        "1.500",
    ),
    (
        "Người thay ông Lưu Bá Hùng dẫn dắt đội trẻ từ mùa giải 2012 là cựu thủ môn đội tuyển "
        "quốc gia, á quân giải sinh viên Trần Đình Khải. Khải từng là học trò của Vũ Ngọc "
        "Sơn.",
        "Ai dẫn dắt đội trẻ từ năm 2012?",
        "Trần Đình Khải",
    ),
    (
        "Do mưa lớn kéo dài, tuyến đường ven hồ bị sạt lở, xã phải cấm xe tải từ tháng 9 năm 2019.",
        "Vì sao xã cấm xe tải?",
        "tuyến đường ven hồ bị sạt lở",
    ),
    (
        "Câu lạc bộ thiên văn Bình Hải do thầy giáo Đỗ Quang Minh lập ra cách đây 12 năm. Mỗi "
        "tối thứ bảy, các thành viên quan sát sao trên đồi Cỏ May thuộc huyện Yên Hưng.",
        "Câu lạc bộ quan sát sao ở huyện nào?",
        "Yên Hưng",
    ),
    (
        "Vở kịch được viết năm 2013. Nhà hát thành phố diễn lần đầu vào tối 12 tháng 3 năm "
        "2015, sau nửa năm tập luyện.",
        "Vở kịch ra mắt khi nào?",
        "tối 12 tháng 3 năm 2015",
    ),
    (
        "Loài chim này làm tổ bằng rong biển và nước bọt, đẻ hai trứng vào đầu mùa khô.",
        "Loài chim này dùng gì để làm tổ?",
        "rong biển và nước bọt",
    ),
    (
        "Nhà máy giấy sông Cầu xả nước thải chưa xử lý; thanh tra môi trường phạt công ty 300 "
        "triệu đồng, còn tòa án huyện bác đơn khiếu nại.",
        "Cơ quan nào phạt nhà máy giấy?",
        "thanh tra môi trường",
    ),
    (
        "Thay vì đốt rơm, nông dân xã Tân Lập ủ rơm làm phân bón nên đất tơi xốp hơn và bớt "
        "sâu bệnh.",
        "Việc ủ rơm có tác dụng gì?",
        "đất tơi xốp hơn và bớt sâu bệnh",
    ),
    (
        "Trong số các giống lúa thử nghiệm, giống Hương Đồng chịu mặn tốt nhất, còn giống Nếp "
        "Mây (lai từ Nếp Cái và Mây Trắng) cho năng suất cao nhất.",
        "Giống lúa nào cho năng suất cao nhất?",
        "Nếp Mây",
    ),
    (
        "Xưởng gốm được gọi là Lò Gió vì nằm ngay cửa thung lũng hút gió, các nghệ nhân già "
        "kể lại.",
        "Tại sao xưởng gốm có tên là Lò Gió?",
        "nằm ngay cửa thung lũng hút gió",
    ),
    (
        "Đội tuyển bơi tập huấn tại Đà Lạt để làm quen với không khí loãng.",
        "Đội tuyển bơi tập huấn tại Đà Lạt nhằm mục đích gì?",
        "làm quen với không khí loãng",
    ),
    (
        "Đèo Mây, nơi cao nhất của tuyến xe lửa, nằm ở độ cao 1.214 m (3.983 ft) so với mực "
        "nước biển.",
        "Đèo Mây cao bao nhiêu mét?",
        "1.214 m",
    ),
    (
        "Ngoài tiếng Việt, học sinh trường làng Ka Đơn còn học tiếng Churu và tiếng K'Ho.",
        "Cùng với tiếng Việt và tiếng Churu, học sinh trường Ka Đơn học tiếng gì?",
        "tiếng K'Ho",
    ),
)
# Whether a sentence settles what is asked, and how.
_WHETHER = (
    (
        "Trận lũ đêm 2/9 làm trôi hai nhà dân ở xã Tân Lập; cầu treo đầu xã vẫn đứng vững.",
        "Cầu treo ở xã Tân Lập có bị lũ cuốn trôi không?",
        "không",
    ),
    (
        "Sau hai lần xin phép, trường Lê Lai được sở đồng ý cho tuyển thêm 40 học sinh.",
        "Trường Lê Lai có được tuyển thêm học sinh không?",
        "có",
    ),
    (
        "Vé xem hội được bán từ 8 giờ sáng tại cổng chính.",
        "Trẻ em có được giảm giá vé xem hội không?",
        REFUSAL,
    ),
    (
        "Theo giám đốc nhà máy, cơ sở này chưa từng xả nước thải ra sông, các mẫu nước đều đạt "
        "chuẩn.",
        "Có phải nhà máy đã xả nước thải ra sông không?",
        "không",
    ),
    (
        "Giải bơi sông Hàn năm nay có 12 đội, nhiều hơn năm ngoái ba đội.",
        "Số đội dự giải bơi sông Hàn năm nay có tăng không?",
        "có",
    ),
    (
        "Ông Lâm làm hiệu trưởng từ năm 2009, trước đó dạy toán ở huyện bên.",
        "Ông Lâm có phải là người gốc Huế không?",
        REFUSAL,
    ),
)
_WHETHER_INSTRUCTION = (
    "Đoạn trích có cho biết điều được hỏi không? Chỉ trả lời một từ: có, hoặc không. "
    f"Nếu đoạn trích không cho biết, viết: {NO_ANSWER}."
)
_IN_CHAT = 4  # examples; an instruction does the rest
_UNANSWERED = (
    "Đội tuyển bơi tập huấn tại Đà Lạt để làm quen với không khí loãng.",
    "Giá vé xem giải bơi là bao nhiêu?",
    REFUSAL,
)


def turns(question: str, shown: str) -> list[Turn]:
    """Return the chat that asks a question about an excerpt of the articles."""
    return _chat(_INSTRUCTION, (*_EXAMPLES[:_IN_CHAT], _UNANSWERED), question, shown)


def turns_of_whether(question: str, shown: str) -> list[Turn]:
    """Return the chat that asks whether an excerpt settles if something is so."""
    return _chat(_WHETHER_INSTRUCTION, _WHETHER[:_IN_CHAT], question, shown)


def _chat(
    instruction: str, worked: Iterable[tuple[str, str, str]], question: str, shown: str
) -> list[Turn]:
    chat = [Turn("system", instruction)]
    for text, asked, answer in worked:
        said = NO_ANSWER if answer == REFUSAL else answer
        chat += [Turn("user", _ask(text, asked)), Turn("assistant", said)]
    return [*chat, Turn("user", _ask(shown, question))]


def _ask(shown: str, question: str) -> str:
    return f"Đoạn trích: {shown}\nCâu hỏi: {question}"


@functools.cache
def examples() -> str:
    """Return the worked examples as plain text, for `completion` to follow."""
    return _written(_EXAMPLES)


@functools.cache
def examples_of_persons() -> str:
    """Return two of them: an answer of two persons, and one of one."""
    return _written([_EXAMPLES[0], _EXAMPLES[2]])


@functools.cache
def examples_of_whether() -> str:
    """Return worked examples of what a sentence settles: "có", "không", or nothing."""
    return _written(_WHETHER)


def _written(worked: Iterable[tuple[str, str, str]]) -> str:
    return "".join(f"{completion(asked, text)} {answer}\n\n" for text, asked, answer in worked)


def completion(question: str, shown: str) -> str:
    """Return the plain text whose next line is the answer, an excerpt and a question before it."""
    return f"Đoạn: {_on_one_line(shown)}\nHỏi: {_on_one_line(question)}\nĐáp:"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
