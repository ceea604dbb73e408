"""The words of the READMEs' section, in English and Vietnamese."""

from __future__ import annotations

from typing import Literal, NamedTuple

Lang = Literal["en", "vi"]


class Words(NamedTuple):
    """What one language says; figures that are not listed keep their English names."""

    head: tuple[str, ...]
    yes: str
    no: str
    about: str
    other: str
    typed: str
    plots: tuple[str, ...]
    names: dict[str, str]
    decimal: str


WORDS: dict[Lang, Words] = {
    "en": Words(
        head=("what", "questions", "figure", "value", "95%", "n", "goal", "reached"),
        yes="yes",
        no="**no**",
        about=(
            "Written by `make bench-quality` ({day}; vnqa {version}; {cores} cores of {processor}; "
            "{generator}). Questions are those of the reporting halves, samples of n where the "
            "language model answers; intervals are of a bootstrap over articles. "
            "The goals are those the project set itself. All figures, with the conditions of each, "
            "are in [quality.json](benchmarks/results/quality.json); what each is, is said in the "
            "docstrings of `vnqa.evaluation`."
        ),
        other="Measured apart, on {day} on {processor}: {stages}.",
        typed="The same questions, typed otherwise: gold article first / among ten; answers right",
        plots=("Figures and goals", "Retrieval", "Risk against coverage"),
        names={},
        decimal=".",
    ),
    "vi": Words(
        head=("việc", "câu hỏi", "chỉ số", "giá trị", "95%", "n", "mục tiêu", "đạt"),
        yes="có",
        no="**không**",
        about=(
            "Do `make bench-quality` ghi ({day}; vnqa {version}; {cores} nhân của {processor}; "
            "{generator}). Câu hỏi thuộc nửa dành để báo cáo; chỗ mô hình ngôn ngữ phải trả lời "
            "thì lấy mẫu n câu; khoảng tin cậy tính bằng bootstrap theo bài. "
            "Mục tiêu do dự án tự đặt ra. Mọi chỉ số cùng điều kiện đo nằm trong "
            "[quality.json](benchmarks/results/quality.json); định nghĩa của từng chỉ số nằm trong "
            "docstring của `vnqa.evaluation`."
        ),
        other="Đo riêng, ngày {day} trên {processor}: {stages}.",
        typed="Vẫn các câu hỏi ấy, gõ khác đi: bài đúng đứng đầu / trong mười bài; trả lời đúng",
        plots=("Chỉ số và mục tiêu", "Tìm kiếm", "Rủi ro theo độ phủ"),
        names={
            "as asked": "như đã hỏi",
            "without diacritics": "không dấu",
            "old tone placement": "đặt dấu kiểu cũ",
            "new tone placement": "đặt dấu kiểu mới",
            "one typo": "một lỗi gõ",
            "holds gold and cites gold article": "chứa đáp án và dẫn đúng bài",
            "quotes hold gold": "trích dẫn chứa đáp án",
            "citation precision": "độ chính xác của trích dẫn",
            "citation recall": "độ đầy đủ của trích dẫn",
            "quote integrity": "trích dẫn nguyên văn",
            "support": "số, ngày, tên có trong trích dẫn",
            "abstention F1": "F1 của việc từ chối trả lời",
            "AUROC": "AUROC của độ tin cậy",
            "risk at 70% / full coverage": "rủi ro ở độ phủ 70% / khi trả lời hết",
            "orders followed": "lệnh bị làm theo",
            "sources that do not exist": "nguồn không có thật",
            "broken": "câu trả lời hỏng",
            "questions answered with the same bytes": "câu hỏi có câu trả lời giống từng byte",
            "ratio of the medians": "tỉ số hai trung vị",
        },
        decimal=",",
    ),
}
