"""What the parts of a news page that are not the article say: buttons, menus, headings of lists.

Each test takes a whole line. The same words inside a sentence mean nothing.
"""

from __future__ import annotations

import re

from vnqa.language.vietnamese import fold
from vnqa.loading.lines import has_break

_TOKEN = re.compile(r"[^\W_]+(?:[+&.][^\W_]+)*")


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(fold(phrase).split()) for phrase in text.split(",") if phrase.strip())


# Buttons that stand alone on a line; below, those that need company.
_BUTTONS = _phrases(
    """chia sẻ, chia sẻ bài viết, chia sẻ facebook, chia sẻ twitter, chia sẻ zalo, in bài, in trang,
    in bài viết, in bài này, gửi email, gửi mail, gửi cho bạn bè, gửi bài viết, email bài viết,
    cỡ chữ, cỡ chữ bài viết, tăng cỡ chữ, giảm cỡ chữ, kích thước chữ, lưu bài, lưu bài viết,
    bỏ lưu, copy link, sao chép liên kết, sao chép link, copy liên kết, link đã được sao chép,
    nghe bài viết, nghe đọc bài, nghe đọc bài viết, nghe nội dung, nghe audio, tốc độ đọc,
    giọng nữ, giọng nam, quay lại, về trang chủ, lên đầu trang, về đầu trang, trở lại, trở về,
    đăng nhập, đăng ký, đăng xuất, đăng nhập đăng ký, tìm kiếm, báo lỗi, góp ý, theo dõi báo,
    đăng ký nhận tin, tải ứng dụng, tải app, bật thông báo, chế độ tối, toàn màn hình,
    quảng cáo, advertisement, ads, print, share, tweet, pinterest, facebook messenger,
    google news, theo dõi trên google news, xem trên google news, bản in, phiên bản di động"""
)
_SMALL_BUTTONS = (
    _phrases(
        """facebook, fb, twitter, tw, x, zalo, zl, youtube, yt, tiktok, instagram, ig, telegram, tg,
    linkedin, viber, messenger, google, google+, whatsapp, rss, email, mail, copy, link, in, lưu,
    thích, like, nhỏ, vừa, lớn, to, bình thường, trung bình, mặc định, a, aa, a+, bình luận,
    lượt xem, phút đọc, giây, bản, hotline, menu, đóng, mở, tắt, bật, gửi, print, pdf, audio, nam,
    nữ, miền bắc, miền nam, nghe, tin, share, home"""
    )
    | _BUTTONS
)
_SECTIONS = _phrases(
    """trang chủ, trang nhất, home, mới nhất, tin mới, tin mới nhất, tin nóng, tin tức, thời sự,
    chính trị, xã hội, thế giới, quốc tế, trong nước, kinh tế, kinh doanh, tài chính, chứng khoán,
    ngân hàng, doanh nghiệp, doanh nhân, thị trường, tiêu dùng, bất động sản, nhà đất, pháp luật,
    pháp đình, hình sự, an ninh, an ninh hình sự, quân sự, quốc phòng, đối ngoại, văn hóa, văn hoá,
    giải trí, sao, phim, âm nhạc, thời trang, làm đẹp, hoa hậu, thể thao, bóng đá, tennis, giáo dục,
    tuyển sinh, du học, sức khỏe, sức khoẻ, y tế, đời sống, nhịp sống, nhịp sống trẻ, giới trẻ, gia đình,
    hôn nhân, tâm sự, cộng đồng, nhân ái, du lịch, ẩm thực, khoa học, công nghệ, số hóa, ict, xe, ô tô,
    ô tô xe máy, xe máy, giao thông, môi trường, lao động, việc làm, bạn đọc, ý kiến, góc nhìn,
    bình luận, phóng sự, ký sự, hồ sơ, điều tra, địa phương, nông nghiệp, nông thôn mới,
    biển đảo, kiều bào, tôn giáo, dân tộc, cải cách hành chính, chuyên đề, sự kiện, dòng sự kiện,
    video, ảnh, podcast, multimedia, infographic, emagazine, e-magazine, longform, megastory,
    photo, clip, truyền hình, phát thanh, media, english, tiếng việt, rao vặt, báo in, xem thêm,
    tất cả, liên hệ, giới thiệu, toà soạn, tòa soạn, cuối tuần, thư giãn, chuyện lạ"""
)
_LONGEST = max(map(len, _SMALL_BUTTONS | _SECTIONS))


def count_phrases(text: str, phrases: frozenset[tuple[str, ...]]) -> int:
    """Return how many phrases a line is made of, or 0 if it holds anything else."""
    if len(text) > 200:
        return 0
    tokens = [token for token in _TOKEN.findall(fold(text)) if not token[0].isdigit()]
    count = at = 0
    while at < len(tokens):
        for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
            if tuple(tokens[at : at + size]) in phrases:
                at += size
                count += 1
                break
        else:
            return 0
    return count


_FONT_SIZE = re.compile(
    r"[Aa]\s*[-–−+](?:\s+[Aa]){0,2}\s*[-–−+]?|[-–+]\s*[Aa](?:\s+[Aa])*\s*[-–+]?|[Aa]{2}"
)
_PLAYER = re.compile(r"(?:\d?\d:\d\d(?::\d\d)?\s*/\s*)\d?\d:\d\d(?::\d\d)?|[01]?[.,]?\d+x")
_COUNTER = re.compile(
    r"(?:\d[\d.,]*[kK]?\s*)?(?:lượt xem|lượt đọc|bình luận|chia sẻ|thích|views?|likes?|shares?|comments?|"
    r"phút đọc|phút trước|giờ trước|ngày trước|tuần trước|tháng trước|năm trước|giây trước)(?:\s*[:(]?\s*\d[\d.,]*[kK]?\)?)?",
    re.IGNORECASE,
)


def is_button(text: str) -> bool:
    """Tell whether a line holds only controls: share buttons, font sizes, counters, a player."""
    if len(text) > 120:
        return False
    if _FONT_SIZE.fullmatch(text) or _PLAYER.fullmatch(text):
        return True
    if _COUNTER.fullmatch(text) and any(c.isdigit() for c in text):
        return True
    if text.endswith((".", "?", "!")):
        return False
    return count_phrases(text, _BUTTONS) >= 1 or count_phrases(text, _SMALL_BUTTONS) >= 2


def is_menu(text: str) -> bool:
    """Tell whether a line is a row of section names."""
    return not text.endswith(".") and count_phrases(text, _SECTIONS) >= 4 and "," not in text


def is_section(text: str) -> bool:
    """Tell whether a line names one section or two, as above a headline."""
    return not text.endswith((".", ":")) and 1 <= count_phrases(text, _SECTIONS) <= 3


_CRUMB = re.compile(r"\s*(?:>|»|›|→|/|\||::)\s*")


def is_breadcrumb(text: str) -> bool:
    """Tell whether a line is a path of sections, e.g. ``Trang chủ › Thời sự``."""
    if len(text) > 150 or text.endswith((".", "?", "!", ":")):
        return False
    crumbs = [crumb for crumb in _CRUMB.split(text) if crumb]
    if len(crumbs) < 2 or any(len(crumb.split()) > 6 for crumb in crumbs):
        return False
    return count_phrases(crumbs[0], _SECTIONS) == 1 and any(sign in text for sign in ">»›→/|")


_DECORATION = r"[\s>»›•●■►▶➤☞*#=_:.\-–—\[\]()|+]*"
_LIST_HEADING = re.compile(
    _DECORATION
    + r"""(?:
    (?:các\s|những\s|một\ssố\s)?
    (?:tin\s?tức|tin\s?bài|tin|bài\s?viết|bài\s?báo|bài|video|clip|ảnh|chủ\s?đề|sự\s?kiện|nội\s?dung|chuyên\s?đề|news)
    \s(?:(?:bài\s|tức\s|viết\s)?
    (?:liên\squan(?:\s(?:khác|đến\sbài\sviết))?|cùng\s(?:chuyên\smục|chủ\sđề|loại|tác\sgiả|sự\skiện|thể\sloại|danh\smục)
    |khác(?:\scùng\schuyên\smục)?|mới|mới\snhất|mới\shơn|mới\sđăng|mới\scập\snhật|cũ\shơn|cũ|nổi\sbật|nóng|hot|hay
    |(?:được\s)?(?:đọc|xem|quan\stâm)\snhiều(?:\snhất)?|nhiều\sngười\s(?:đọc|xem)|đáng\s(?:chú\sý|đọc|quan\stâm)
    |(?:đã\s)?đăng|đã\sđưa|tiếp\stheo|trước\sđó|trước|sau|trong\sngày|hôm\snay|đề\sxuất|tài\strợ|tham\skhảo|đọc\sthêm))
    |(?:các\s)?(?:tin|bài)\s?(?:/|,)\s?(?:bài|tin)\s(?:khác|liên\squan)
    |(?:có\sthể\s)?bạn\s(?:có\sthể\s|sẽ\s)?(?:cũng\s)?(?:quan\stâm|thích|muốn\s(?:đọc|xem|biết)|chưa\s(?:đọc|biết|xem))(?:\sđến)?
    |(?:mời\s)?(?:quý\s)?(?:bạn\sđọc|độc\sgiả|bạn)\s(?:có\sthể\s)?(?:quan\stâm|đọc\sthêm|xem\sthêm)
    |có\sthể\s(?:quý\s)?(?:độc\sgiả|bạn\sđọc)\squan\stâm
    |(?:được\s)?(?:đọc|xem)\snhiều(?:\snhất)?(?:\s(?:trong\s)?(?:ngày|tuần|tháng|hôm\snay))?
    |(?:đừng|không\sthể|chớ)\sbỏ\s(?:lỡ|qua)
    |cùng\s(?:chuyên\smục|chủ\sđề|tác\sgiả|sự\skiện)
    |liên\squan|chủ\sđề\snóng|đang\s(?:hot|được\squan\stâm)
    |(?:mời\s)?(?:đọc|xem)\s(?:thêm|tiếp)(?:\s(?:tin\s)?(?:bài\s)?(?:khác|tại\sđây|về\schủ\sđề\snày))?
    |related(?:\s(?:news|articles|posts))?|most\s(?:read|viewed)|read\smore|see\salso
    |tiêu\sđiểm|nên\sđọc|gợi\sý\scho\sbạn|dành\scho\sbạn|tin\sdành\scho\sbạn
    )(?:\s?\(\d+\))?"""
    + _DECORATION,
    re.IGNORECASE | re.VERBOSE,
)
_WEAK_HEADING = re.compile(
    _DECORATION
    + r"(?:multimedia|video|videos|clip|infographics?|photos?|ảnh|podcast|e-?magazine|longform|megastory|"
    r"media|tv|mới nhất|nổi bật|sự kiện|dòng sự kiện|chuyên đề|chủ đề|xem tiếp|tin ảnh|"
    r"video clip|phóng sự ảnh)" + _DECORATION,
    re.IGNORECASE,
)


def is_list_heading(text: str) -> bool:
    """Tell whether a line is the heading of a list of other articles, e.g. ``Tin liên quan``."""
    return len(text) <= 60 and _LIST_HEADING.fullmatch(text) is not None


def is_weak_heading(text: str) -> bool:
    """Tell whether a line may head such a list, but also a part of the article: ``Video``."""
    return len(text) <= 40 and _WEAK_HEADING.fullmatch(text) is not None


_ARROWS = re.compile(r"(?:>{2,}|>>+|=+>+|-+>+|»+|›{2,}|➤+|☞+|►►+|▶▶+|⇒+|→+)\s*\S")
_POINTER = re.compile(
    r"(?:[\s>»›•●■►▶➤☞*=\-–\[(]*)(?:(?:mời\s)?(?:quý\s)?(?:bạn\sđọc|độc\sgiả|bạn)?\s?(?:đọc|xem)\s(?:thêm|tiếp)"
    r"|(?:tin|bài|tin bài|bài viết)\s(?:liên quan|đọc thêm|cùng chủ đề)|có thể bạn quan tâm|đừng bỏ lỡ|liên quan)"
    r"\s*[:：]\s*\S",
    re.IGNORECASE,
)


def is_pointer(text: str) -> bool:
    """Tell whether a line points to another article: ``>> …``, ``Xem thêm: …``."""
    if len(text) > 300 or len(text.split()) > 50:
        return False
    return bool(_ARROWS.match(text) or (_POINTER.match(text) and not has_break(text)))


_TAGS = re.compile(
    r"(?:từ khóa|từ khoá|tags?|thẻ|keywords?|hashtag)\s*(?:[:：]\s*.*)?", re.IGNORECASE
)
_HASHTAGS = re.compile(r"(?:#[^\s#]+[\s,]*)+")


def is_tags(text: str) -> bool:
    """Tell whether a line lists the article's tags, or heads such a list."""
    return len(text) <= 400 and bool(_TAGS.fullmatch(text) or _HASHTAGS.fullmatch(text))


_COMMENTS = re.compile(
    r"(?:(?:ý kiến|bình luận|phản hồi|thảo luận|comments?)\s*(?:bạn đọc|độc giả|của bạn|của bạn đọc)?\s*(?:\(\s*\d+\s*\)|:?\s*\d+)"
    r"|ý kiến (?:bạn đọc|độc giả|của bạn)(?:\s*\(\d+\))?|bình luận của (?:bạn|bạn đọc)|(?:gửi|viết|đăng|xem|thêm|tất cả|ẩn)\s(?:các\s)?(?:ý kiến|bình luận|phản hồi|comment)(?:\s(?:của bạn|khác|này))?"
    r"|(?:hãy là|hãy trở thành|bạn là) người đầu tiên (?:bình luận|gửi).{0,60}|(?:vui lòng|bạn (?:cần|phải)|hãy) (?:nhập|đăng nhập|gõ).{0,80}"
    r"|(?:đăng nhập|đăng ký).{0,12} để (?:bình luận|gửi|tham gia).{0,40}|chưa có (?:bình luận|ý kiến|phản hồi) nào.{0,30}"
    r"|(?:nội dung|họ tên|họ và tên|email|mã xác nhận|captcha|tiêu đề)\s?\*?|tối đa:? \d+ ký tự.{0,20}"
    r"|(?:mới nhất|quan tâm nhất|cũ nhất)(?:\s(?:mới nhất|quan tâm nhất|cũ nhất))+|trả lời|thích trả lời|(?:ẩn|xem) (?:bớt|trả lời).{0,20})\.?",
    re.IGNORECASE,
)


def is_comment_box(text: str) -> bool:
    """Tell whether a line belongs to the form or the list of readers' comments."""
    return len(text) <= 120 and _COMMENTS.fullmatch(text) is not None


_FOLLOW = re.compile(
    r"(?:mời|quý|kính mời|hãy|bạn đọc|độc giả|theo dõi|đăng ký|tải|like|bấm)\b.{0,120}"
    r"\b(?:theo dõi|đăng ký|fanpage|kênh|ứng dụng|app|trang|like|follow|cập nhật)\b.{0,120}"
    r"\b(?:facebook|zalo|youtube|google news|tiktok|telegram|fanpage|app store|google play|instagram|twitter)\b.{0,100}",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"©.*|\(c\)\s.*|copyright\b.*|.{0,80}\ball rights reserved.*|(?:®\s*)?(?:bản quyền|mọi bản quyền)\b.{0,20}\bthuộc\b.*"
    r"|giấy phép\s(?:số|hoạt động|xuất bản|thiết lập|báo chí|mở)\b.*|(?:phó |quyền )?tổng biên tập\s*:.*"
    r"|(?:cơ quan chủ quản|chịu trách nhiệm (?:nội dung|chính|xuất bản)|thư ký tòa soạn|trưởng ban biên tập|tổng thư ký tòa soạn)\s*:.*"
    r"|(?:ghi rõ|vui lòng ghi|phải ghi rõ|đề nghị ghi rõ) nguồn\b.{0,150}|.{0,60}\bkhi (?:phát hành lại|sử dụng lại|trích dẫn) (?:thông tin|nội dung|bài viết)\b.{0,80}"
    r"|(?:không|cấm) (?:được )?(?:sao chép|sử dụng lại|phát hành lại).{0,100}(?:văn bản|cho phép|hình thức).{0,60}",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:địa chỉ|tòa soạn|toà soạn|trụ sở|trụ sở chính|văn phòng(?: đại diện)?|điện thoại|đt|tel|fax|email|e-mail|hotline|"
    r"đường dây nóng|website|liên hệ(?: quảng cáo)?|quảng cáo|hộp thư|giấy phép|thiết kế(?: bởi)?|phát triển bởi)\s*[:：].*",
    re.IGNORECASE,
)


def is_follow_us(text: str) -> bool:
    """Tell whether a line asks to follow the newspaper somewhere."""
    return len(text) <= 260 and _FOLLOW.fullmatch(text.rstrip(" .!")) is not None


def is_footer(text: str) -> bool:
    """Tell whether a line is a newspaper's imprint or its copyright notice."""
    return len(text) <= 400 and _FOOTER.fullmatch(text) is not None


def is_contact(text: str) -> bool:
    """Tell whether a line is an address, as below an imprint; articles hold such lines, too."""
    return len(text) <= 250 and _CONTACT.fullmatch(text) is not None
