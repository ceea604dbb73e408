"""What denies a stretch of a text from before it: "không", "chưa có kế hoạch", "suýt"."""

from __future__ import annotations

import re

_WITH_NO = r"không (?:quân|khí|gian|lưu|phận|chỉ|những)\b"
NO_DENIAL = rf"(?:hàng không|phòng không|{_WITH_NO})"  # "không" as a part of other words
_NO = (
    rf"(?:(?<!hàng )(?<!phòng )(?<!con số )(?<!hay )(?!{_WITH_NO})không|chưa|chẳng"
    r"|(?<!bún )(?<!giò )(?<!nem )chả|đừng)"
)
_DENIAL = re.compile(
    rf"\b(?:{_NO}|(?<!lệnh )(?<!chất )(?<!hàng )(?<!tử )(?<!vòng )"
    r"(?<!vùng )cấm|(?:bác bỏ|phủ nhận)(?: (?:thông )?tin(?: đồn)?)?)\s+"
    r"(?:(?:phải|hề|từng|bị|được|có|thể|là|muốn|nào|phép|cần|nên|dám|còn|bao giờ|hoàn toàn"
    r"|cho|ai|người nào|ghi nhận|phát hiện|xảy ra|ca|trường hợp|chuyện|việc|thông tin|cáo buộc"
    r"|chủ trương|kế hoạch|ý định)\s+){0,4}$",
    re.IGNORECASE,
)
# What begins a predicate, and the verbs of news; not those that are prepositions too ("ở", "lên").
_MARKER = r"(?:bị|được|đã|đang|sẽ|phải)"
_VERB = (
    r"(?:ăn|áp|ban hành|bán(?! kính| đảo| kết)|bảo vệ|bắn|bắt|bỏ|bổ nhiệm|bồi thường|can thiệp|cắt"
    r"|cấm|cấp(?! dưới| trên)|chấm dứt|chấp nhận|chạy|chết|chi trả|chia|chiếm|chịu|chọn|chơi|chống"
    r"|chuyển|chữa|công bố|cung cấp|cứu|dạy|di chuyển|di dời|dùng|dừng|đàm phán|đánh|đạt|đầu tư"
    r"|đền|điều tra|đình chỉ|đoạt|đòi|đóng|đổi|đưa|gây|gia hạn|gia nhập|giảm|giành|giết|giữ|gặp|gửi"
    r"|hỗ trợ|hoãn|hút|hủy|kéo dài|kết hôn|khai|khởi công|khởi tố|kiện|ký|lái|làm|lây|lấy|ly hôn"
    r"|mang|mắc|mất|mở|mua|nâng|ném|nghỉ|ngừng|nhận|nhiễm|nhập|nộp|nuôi|nói|phá|phạm|phạt|phóng"
    r"|quay|rời|rút|sa thải|sản xuất|sống|sử dụng|sửa|tái|tăng|tấn công|tham gia|thả|thanh toán"
    r"|thay|thắng|thông qua|thu hồi|thua|thuê|thực hiện|tiêm|tìm|tổ chức|trả|tranh cử|trao"
    r"|triển khai|trốn|trúng|truy tố|từ chức|tử vong|uống|vay|vi phạm|viết|vô địch|xả|xây|xin|xử"
    r"|xuất|yêu cầu)\b"
)
_BEGINS_WITH_VERB = re.compile(_VERB, re.IGNORECASE)
_BEGINS_WITH_PREDICATE = re.compile(rf"{_MARKER}\b|{_VERB}", re.IGNORECASE)
_IS_CLAUSE = re.compile(  # of three syllables or more, no adjunct: "do thiếu vốn", "ngay sau khi"
    r"(?!(?:ngay|sau|trước|do|vì|bởi|nhờ|khi|lúc|để|nếu|tại|ở|trong|vào|từ|đến|theo|với|bằng)\b)"
    rf"(?=(?:\S+ ){{2}})\S+ (?:\S+ )*?(?:{_MARKER}\b|{_VERB})",
    re.IGNORECASE,
)
_CLAUSE_MARK = re.compile(r"[;:!?()“”\"]|[,.](?!\d)")
_WORD = (  # behind which another clause begins if it is one of these
    r"(?!(?:nhưng|mà|nên|khi|lúc|nếu|vì|do|bởi|để|thì|còn|sau|trước|rồi|như)\b)[^\s,;:.()]+ "
)
_OF_PREDICATE = re.compile(  # and of clauses
    rf"\b(?:{_NO} (?:{_WORD}){{0,2}}?(?:tiếp tục|đồng ý|chấp nhận|chịu|cho phép|quyết định|định"
    r"|muốn|kịp|đề nghị|yêu cầu|ủng hộ|tán thành|sẵn sàng|cam kết|xem xét|có ý định) "
    rf"(?:(?!(?:và|vẫn|cũng)\b){_WORD}){{0,3}}"
    # "không một ai", "không có cầu thủ nào trong số"
    rf"|{_NO} (?:(?:có|hề|một|bất kỳ|bất cứ) ){{0,3}}(?:ai|(?:{_WORD}){{1,3}}?nào) "
    rf"(?:{_WORD}){{0,6}}"
    rf"|{_NO} (?:{_WORD}){{0,6}}?(?:rằng|cho thấy|chứng minh|chứng tỏ|khẳng định|xác nhận"
    r"|thừa nhận|tin|nghĩ) (?:(?:là|rằng|việc) )?"
    # what was not done
    r"|(?:từ chối|khước từ|suýt(?: nữa)?(?: thì)?|(?:tạm )?(?<!điểm )(?<!trạm )(?<!bến )dừng"
    r"|(?:tạm )?ngừng|ngưng|chấm dứt|(?<!phá )(?<!tiêu )(?:hủy|huỷ)(?: bỏ)?|(?:trì )?hoãn) "
    r"(?:(?:việc|kế hoạch|quyết định|chủ trương|dự án) )?)$",
    re.IGNORECASE,
)
_INTENT = (  # to do what follows; "không có Neymar giành" denies no "giành"
    r"(?:phương án|kế hoạch|ý định|dự định|chủ trương|quyết định|chính sách|đề xuất|(?:thẩm )?quyền"
    r"|điều kiện|khả năng|nhu cầu|lý do|cơ sở|căn cứ|bằng chứng|chứng cứ|dấu hiệu)"
)
_OF_VERB = re.compile(
    # "chưa có phương án tăng", "không đủ tiền mua", "không uống rượu hay hút"
    rf"\b(?:{_NO} (?:hề |còn )?(?:(?:có|thấy|tìm thấy|đưa ra) {_INTENT} (?:{_WORD}){{0,4}}"
    rf"|đủ (?:{_WORD}){{1,5}})"
    rf"|{_NO} (?={_VERB})(?:{_WORD}){{1,6}}(?:hay|hoặc|lẫn) )$",
    re.IGNORECASE,
)
_BEFORE = 96  # code points before a span that are looked at


def with_denial(text: str, start: int, end: int) -> int:
    """Return where a stretch begins if it takes in what denies it, of the same clause.

    Any stretch is denied from right before it; one that begins with a verb or is a clause also from
    farther: "tăng giá" by "chưa có phương án", "ông Nam nhận hối lộ" by "không có bằng chứng cho
    thấy".
    """
    first = max(0, start - _BEFORE)
    first = max([first, *(mark.end() for mark in _CLAUSE_MARK.finditer(text, first, start))])
    begin = start
    if _BEGINS_WITH_PREDICATE.match(text, start, end) or _IS_CLAUSE.match(text, start, end):
        begin = _found(_OF_PREDICATE, text, first, begin)
    if _BEGINS_WITH_VERB.match(text, start, end):
        begin = min(begin, _found(_OF_VERB, text, first, start))
    return _found(_DENIAL, text, max(0, begin - _BEFORE), begin)  # "không ngừng tăng"


def _found(before: re.Pattern[str], text: str, first: int, start: int) -> int:
    found = before.search(text, first, start)
    return start if found is None else found.start()
