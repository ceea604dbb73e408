"""The controls of a news page: buttons, counters, font sizes, menus, paths of sections.

Each test takes a whole line. The same words inside a sentence mean nothing.
"""

from __future__ import annotations

import re

from vnqa.language.vietnamese import fold, syllable_key
from vnqa.loading.dates import find_moment

_TOKEN = re.compile(r"[^\W_]+(?:[+&.][^\W_]+)*")


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(syllable_key(token) for token in _TOKEN.findall(text))


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    """Return phrases in their own spelling and without diacritics, but "nam" is not "năm"."""
    phrases = text.split(",")
    return frozenset(_tokens(spelt) for phrase in phrases for spelt in (phrase, fold(phrase)))


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
_NETWORKS = _phrases(
    """facebook, fb, twitter, tw, zalo, zl, youtube, yt, tiktok, instagram, ig, telegram, tg,
    linkedin, viber, messenger, google, whatsapp"""
)
_ACTIONS = (
    _phrases(
        """rss, email, mail, copy, link, in, lưu, thích, like, bình luận, lượt xem, phút đọc, giây,
    bản, hotline, menu, đóng, mở, tắt, bật, gửi, print, pdf, audio, nghe, tin, share, home,
    trả lời"""
    )
    | _BUTTONS
)
_SIZES = _phrases("x, nhỏ, vừa, lớn, to, bình thường, trung bình, mặc định, a, aa")
_VOICES = _phrases("nam, nữ, miền bắc, miền nam")
_COUNTED = _NETWORKS | _ACTIONS  # beside a number the others are of the article: "Nam 45, nữ 55"
_SMALL_BUTTONS = _COUNTED | _SIZES | _VOICES
_REACTIONS = _phrases("thích, trả lời, chia sẻ, báo cáo, like, reply, share")
_SECTIONS = _phrases(
    """trang chủ, trang nhất, home, mới nhất, tin mới, tin mới nhất, tin nóng, tin tức, thời sự,
    chính trị, xã hội, thế giới, quốc tế, trong nước, kinh tế, kinh doanh, tài chính, chứng
    khoán, ngân hàng, doanh nghiệp, doanh nhân, thị trường, tiêu dùng, bất động sản, nhà đất,
    pháp luật, pháp đình, hình sự, an ninh, an ninh hình sự, quân sự, quốc phòng, đối ngoại,
    văn hóa, văn hoá, giải trí, sao, phim, âm nhạc, thời trang, làm đẹp, hoa hậu, thể thao,
    bóng đá, tennis, giáo dục, tuyển sinh, du học, sức khỏe, sức khoẻ, y tế, đời sống, nhịp
    sống, nhịp sống trẻ, giới trẻ, gia đình, hôn nhân, tâm sự, cộng đồng, nhân ái, du lịch, ẩm
    thực, khoa học, công nghệ, số hóa, ict, xe, ô tô, ô tô xe máy, xe máy, giao thông, môi
    trường, lao động, việc làm, bạn đọc, ý kiến, góc nhìn, bình luận, phóng sự, ký sự, hồ sơ,
    điều tra, địa phương, nông nghiệp, nông thôn mới, biển đảo, kiều bào, tôn giáo, dân tộc,
    cải cách hành chính, chuyên đề, sự kiện, dòng sự kiện, video, ảnh, podcast, multimedia,
    infographic, emagazine, e-magazine, longform, megastory, photo, clip, truyền hình, phát
    thanh, media, english, tiếng việt, rao vặt, báo in, xem thêm, tất cả, liên hệ, giới thiệu,
    toà soạn, tòa soạn, cuối tuần, thư giãn, chuyện lạ"""
)
_LONGEST = max(map(len, _SMALL_BUTTONS | _SECTIONS))


def count_phrases(text: str, phrases: frozenset[tuple[str, ...]]) -> int:
    """Return how many phrases a line is made of, numbers aside, or 0 if it holds anything else."""
    if len(text) > 200:
        return 0
    tokens = tuple(token for token in _tokens(text) if not token[0].isdigit())
    count = at = 0
    while at < len(tokens):
        for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
            if tokens[at : at + size] in phrases:
                at += size
                count += 1
                break
        else:
            return 0
    return count


_FONT_SIZE = re.compile(
    r"[Aa]\s*[-–−+](?:\s+[Aa]){0,2}\s*[-–−+]?|[-–+]\s*[Aa](?:\s+[Aa])*\s*[-–+]?"
)
_PLAYER = re.compile(r"(?:\d?\d:\d\d(?::\d\d)?\s*/\s*)\d?\d:\d\d(?::\d\d)?|[01]?[.,]?\d+x")
_COUNTER = re.compile(
    r"(?:\d[\d.,]*k?\s*)?(?:lượt (?:xem|đọc)|bình luận|chia sẻ|thích|phút đọc|"
    r"(?:giây|phút|giờ|h|ngày|tuần|tháng|năm) trước|views?|likes?|shares?|comments?)"
    r"(?:\s*[:(]?\s*\d[\d.,]*k?\)?)?",
    re.IGNORECASE,
)
_AGO = re.compile(r"\d+\s?(?:giây|phút|giờ|h|ngày|tuần|tháng|năm) trước", re.IGNORECASE)


def is_button(text: str) -> bool:
    """Tell whether a line holds only controls: share buttons, font sizes, counters, a player."""
    if len(text) > 120:
        return False
    if _FONT_SIZE.fullmatch(text) or _PLAYER.fullmatch(text):
        return True
    if _COUNTER.fullmatch(text) and any(c.isdigit() for c in text):
        return True
    if text.endswith((".", "?", "!")) or _AMOUNT.search(text):
        return False
    small = _COUNTED if _has_digit(text) else _SMALL_BUTTONS
    return count_phrases(text, _BUTTONS) >= 1 or count_phrases(text, small) >= 2


def is_small_button(text: str) -> bool:
    """Tell whether a line is one control that counts only beside others: ``Facebook``, ``Lưu``."""
    return (
        not text.endswith((".", "?", "!", ":"))
        and not _has_digit(text)
        and count_phrases(text, _COUNTED | _SIZES) == 1
    )


def is_action(text: str) -> bool:
    """Tell whether a line is one control that does something, as no name of a network does."""
    return is_small_button(text) and count_phrases(text, _ACTIONS) == 1


def is_reaction(text: str) -> bool:
    """Tell whether a text is what stands below a reader's comment: ``Thích Trả lời``."""
    return count_phrases(_AGO.sub(" ", text), _REACTIONS) >= 2


def is_menu(text: str) -> bool:
    """Tell whether a line is a row of section names."""
    return not text.endswith(".") and _count_sections(text) >= 4 and "," not in text


def is_section(text: str) -> bool:
    """Tell whether a line names one section or two, as above a headline."""
    return not text.endswith((".", ":")) and 1 <= _count_sections(text) <= 3


def _count_sections(text: str) -> int:
    """Return how many sections a line is made of; beside a number they are of the article."""
    text = _IN_BRACKETS.sub(" ", text)
    return 0 if _has_digit(text) else count_phrases(text, _SECTIONS)


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


_AMOUNT = re.compile(r"[%‰$€₫]")
_IN_BRACKETS = re.compile(r"\(\s?\d[\d.,]*\s?\)")  # how many articles a section has
_SLASH = re.compile(r"[/|]")
_CRUMB = re.compile(r"\s*(?:>|»|›|→|(?<!\d)/|/(?!\d)|\||::)\s*")


def is_breadcrumb(text: str) -> bool:
    """Tell whether a line is a path of sections, e.g. ``Trang chủ › Thời sự``."""
    if len(text) > 150 or text.endswith((".", "?", "!", ":")):
        return False
    crumbs = [crumb for crumb in _CRUMB.split(text) if crumb]
    if len(crumbs) < 2 or any(len(crumb.split()) > 6 for crumb in crumbs):
        return False
    if not all(any(c.isalpha() for c in crumb) for crumb in crumbs) or find_moment(text):
        return False
    if not any(sign in text for sign in ">»›→") and (_has_digit(text) or not _SLASH.search(text)):
        return False
    return _count_sections(crumbs[0]) == 1
