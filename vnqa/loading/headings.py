"""What stands around an article on its page: headings of lists, pointers, tags, notices.

Each test takes a whole line. The same words inside a sentence mean nothing.
"""

from __future__ import annotations

import re

from vnqa.loading.lines import has_break


def _any_of(*alternatives: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """Compile alternatives in which a space stands for one space, case aside."""
    return re.compile(before + "(?:" + "|".join(alternatives) + ")" + after, re.IGNORECASE)


_SIGNS = r"[\s>»›•●■►▶➤☞*#=_:.\-–—\[\]()|+]*"
_PIECE = (
    r"(?:(?:các |những |một số )?(?:tin tức|tin bài|tin|bài viết|bài báo|bài|video|clip|ảnh|chủ đề|"
    r"sự kiện|nội dung|chuyên đề))"
)
_READERS = r"(?:(?:quý )?(?:bạn đọc|độc giả)|bạn)"
_LIST_HEADING = _any_of(
    _PIECE + r" liên quan(?: khác| đến bài viết)?",
    _PIECE + r" cùng (?:chuyên mục|chủ đề|loại|tác giả|sự kiện|thể loại|danh mục)",
    _PIECE + r" khác(?: cùng chuyên mục)?",
    _PIECE + r" (?:mới|mới nhất|mới hơn|mới đăng|mới cập nhật|cũ hơn|cũ|nổi bật|nóng|hot|hay)",
    _PIECE + r" (?:được )?(?:đọc|xem|quan tâm) nhiều(?: nhất)?",
    _PIECE + r" (?:nhiều người (?:đọc|xem)|đáng (?:chú ý|đọc|quan tâm)|nên đọc|tham khảo|đọc thêm)",
    _PIECE + r" (?:đã đăng|đã đưa|tiếp theo|trước đó|trong ngày|hôm nay|đề xuất|tài trợ)",
    r"(?:các )?(?:tin|bài)\s?[/,]\s?(?:bài|tin) (?:khác|liên quan)",
    r"(?:có thể )?bạn (?:có thể |sẽ )?(?:cũng )?(?:quan tâm|thích|muốn (?:đọc|xem|biết))(?: đến)?",
    r"bạn (?:đã|chưa) (?:đọc|biết|xem)(?: chưa)?",
    r"(?:mời )?" + _READERS + r" (?:có thể )?(?:quan tâm|(?:tìm )?(?:đọc|xem) thêm)",
    r"có thể " + _READERS + r" quan tâm",
    r"(?:được )?(?:đọc|xem) nhiều(?: nhất)?(?: (?:trong )?(?:ngày|tuần|tháng|hôm nay))?",
    r"(?:đừng|không thể|chớ) bỏ (?:lỡ|qua)",
    r"cùng (?:chuyên mục|chủ đề|tác giả|sự kiện)",
    r"(?:mời )?(?:đọc|xem) (?:thêm|tiếp)(?: (?:tin )?(?:bài )?(?:khác|tại đây|về chủ đề này))?",
    r"liên quan|chủ đề nóng|đang (?:hot|được quan tâm)|tiêu điểm|nên đọc",
    r"(?:gợi ý|(?:tin )?dành) cho bạn",
    r"related(?: (?:news|articles|posts))?|most (?:read|viewed)|read more|see also",
    before=_SIGNS,
    after=r"(?:\s?\(\d+\))?" + _SIGNS,
)
_WEAK_HEADING = _any_of(
    r"multimedia|videos?|clip|video clip|infographics?|photos?|ảnh|tin ảnh|phóng sự ảnh|podcast",
    r"e-?magazine|longform|megastory|media|tv|mới nhất|nổi bật|sự kiện|dòng sự kiện|chuyên đề",
    r"chủ đề|xem tiếp",
    before=_SIGNS,
    after=_SIGNS,
)


def is_list_heading(text: str) -> bool:
    """Tell whether a line is the heading of a list of other articles, e.g. ``Tin liên quan``."""
    return len(text) <= 60 and _LIST_HEADING.fullmatch(text) is not None


def is_weak_heading(text: str) -> bool:
    """Tell whether a line may head such a list, but also a part of the article: ``Video``."""
    return len(text) <= 40 and _WEAK_HEADING.fullmatch(text) is not None


_ARROWS = re.compile(r"(?:>{2,}|=+>+|-+>+|[»⇒→]+|›{2,}|➤+|☞+|►{2,}|▶{2,})\s*\S")
# "=> Tổng số tiền: 500.000 đồng", but "=> Xem thêm: …"
_RESULT = re.compile(r"(?:=+>+|-+>+|[⇒→]+)(?!.*\b(?:xem|đọc)\b).*[:：]", re.IGNORECASE)
_POINTER = _any_of(
    r"(?:mời )?" + _READERS + r"?\s?(?:đọc|xem) (?:thêm|tiếp)",
    r"(?:tin|bài|tin bài|bài viết) (?:liên quan|đọc thêm|cùng chủ đề)",
    r"có thể bạn quan tâm|đừng bỏ lỡ|liên quan",
    before=r"[\s>»›•●■►▶➤☞*=\-–\[(]*",
    after=r"\s*[:：]\s*\S",
)


def is_pointer(text: str) -> bool:
    """Tell whether a line points to another article: ``>> …``, ``Xem thêm: …``."""
    if len(text) > 300 or len(text.split()) > 50:
        return False
    return bool(
        (
            _ARROWS.match(text)
            and not _RESULT.match(text)
            and not text.rstrip("'\"”’)").endswith(".")
        )
        or (_POINTER.match(text) and not has_break(text))
    )


_TAGS = _any_of(
    r"từ kh(?:óa|oá)", "tags?", "thẻ", "keywords?", "hashtag", after=r"\s*(?:[:：]\s*.*)?"
)
_HASHTAGS = re.compile(r"(?:#[^\s#]+[\s,]*)+")


def is_tags(text: str) -> bool:
    """Tell whether a line lists the article's tags, or heads such a list."""
    return len(text) <= 400 and bool(_TAGS.fullmatch(text) or _HASHTAGS.fullmatch(text))


_OPINIONS = r"(?:ý kiến|bình luận|phản hồi|thảo luận|comments?)"
_COMMENTS = _any_of(
    _OPINIONS + r"(?: bạn đọc| độc giả| của bạn(?: đọc)?)?\s*(?:\(\s*\d+\s*\)|:?\s*\d+)",
    r"ý kiến (?:bạn đọc|độc giả|của bạn)|bình luận của (?:bạn|bạn đọc)",
    r"(?:gửi|viết|đăng|xem|thêm|tất cả|ẩn) (?:các )?" + _OPINIONS + r"(?: của bạn| khác| này)?",
    r"(?:hãy là|hãy trở thành|bạn là) người đầu tiên (?:bình luận|gửi).{0,60}",
    r"vui lòng (?:nhập (?:nội dung|họ tên|tên|email|mã|số)|đăng nhập để)\b.{0,60}",
    r"(?:bạn (?:cần|phải) )?(?:đăng nhập|đăng ký).{0,12} để (?:bình luận|gửi (?:ý|bình)).{0,40}",
    r"chưa có " + _OPINIONS + r" nào.{0,30}",
    r"tối đa:? \d+ ký tự.{0,20}",
    r"(?:mới nhất|quan tâm nhất|cũ nhất)(?: (?:mới nhất|quan tâm nhất|cũ nhất))+",
    r"xem (?:thêm )?\d+ (?:bình luận|trả lời|phản hồi)",
    after=r"[.!]?",
)


def is_comment_box(text: str) -> bool:
    """Tell whether a line belongs to the form or the list of readers' comments."""
    return len(text) <= 120 and _COMMENTS.fullmatch(text) is not None


_NETWORK = (
    r"\b(?:facebook|zalo|youtube|google news|tiktok|telegram|fanpage|instagram|twitter|viber)\b"
)
_FOLLOW = _any_of(
    r"(?:mời|kính mời|đừng quên|quý)\b.{0,80}\b(?:theo dõi|đăng ký|follow|like|tham gia)\b.{0,80}",
    r"theo dõi (?:báo|tạp chí|chúng tôi|kênh|trang)\b[^,.]{0,60} (?:trên|tại|qua)\b[^,.]{0,20}",
    r"theo dõi [\w.+&]{2,20}(?: [\w.+&]{1,20}){0,3} (?:trên|qua)\b[^,.]{0,10}",
    after=_NETWORK + r"[^.]{0,80}",
)
_FOOTER = _any_of(
    r"©.*|\(c\) .*|copyright\b.*|.{0,80}\ball rights reserved.*",
    r"(?:®\s*)?(?:mọi )?bản quyền.{0,12} thuộc\b.*",
    r"(?=.*(?:báo chí|xuất bản|hoạt động|thiết lập|trang (?:thông )?tin|tttt|ttđt|cbc|icp|bvhtt))"
    r"giấy phép.{0,60} số\s*:?\s*\d.*",
    r"(?:phó |quyền )?tổng biên tập\s*:.*",
    r"(?:cơ quan chủ quản|thư ký tòa soạn|chịu trách nhiệm (?:nội dung|chính|xuất bản))\s*:.*",
    r"(?:vui lòng |phải |đề nghị )?ghi rõ nguồn\b.{0,150}",
    r".{0,60}\bkhi (?:phát hành|sử dụng) lại (?:thông tin|nội dung|bài viết)\b.{0,80}",
    r"(?:không|cấm) (?:được )?(?:sao chép|sử dụng lại|phát hành lại)\b"
    r"(?=.*\b(?:nội dung|bài viết|thông tin|hình ảnh|dưới mọi hình thức)\b).{0,160}",
)
_CONTACT = _any_of(
    r"địa chỉ|t(?:òa|oà) soạn|trụ sở(?: chính)?|văn phòng(?: đại diện)?|điện thoại|đt|tel|fax",
    r"e-?mail|hotline|đường dây nóng|website|liên hệ(?: quảng cáo)?|quảng cáo|hộp thư|giấy phép",
    r"(?:thiết kế|phát triển)(?: bởi)?",
    after=r"\s*[:：].*",
)


def is_follow_us(text: str) -> bool:
    """Tell whether a line asks to follow the newspaper somewhere."""
    return len(text) <= 260 and _FOLLOW.fullmatch(text.rstrip(" .!")) is not None


def is_footer(text: str) -> bool:
    """Tell whether a line may be of a newspaper's imprint or its copyright notice."""
    return len(text) <= 400 and _FOOTER.fullmatch(text) is not None


def is_contact(text: str) -> bool:
    """Tell whether a line is an address, as below an imprint; articles hold such lines, too."""
    return len(text) <= 250 and _CONTACT.fullmatch(text) is not None
