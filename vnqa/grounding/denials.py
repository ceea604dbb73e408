"""What denies a stretch of a text: "không", "chưa có kế hoạch", "suýt", "là bịa đặt"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from vnqa.language.negation import NO_AVIATION, NO_CONTRABAND
from vnqa.language.questions import asking_words
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import iter_syllables, nfc, syllable_key, syllables

_WITH_NO = (
    r"không (?:quân|khí|gian|lưu|phận|chỉ|những|kích|chiến|tặc|dây|trung|vận|lực|giật"
    r"|người lái|ảnh(?! hưởng)|đối (?:đất|không|hải|hạm))\b"
)
# "Tay không bắt cướp", "chân không", "trên không"; but "tay không còn", "cấp trên không cho".
_NO_AIR = (
    r"(?:(?<!\btay )(?<!\bchân )(?<!\btrên )"
    r"|(?=không (?:có|còn|thể|được|bị|phải|hề|cần|muốn|cho|đồng|đủ)\b))"
)
NO_DENIAL = (  # "không" as a part of other words
    rf"(?:(?:hàng|phòng) (?!{NO_AVIATION})không|{_WITH_NO})"
)
_NO = (
    rf"(?:{NO_AVIATION}(?<!con số )(?<!hay )(?!{_WITH_NO}){_NO_AIR}không|chưa|chẳng"
    r"|(?<!bún )(?<!giò )(?<!nem )chả|đừng)"
)
_INTENT = (  # to do what follows; "không có Neymar giành" denies no "giành"
    r"(?:phương án|kế hoạch|ý định|dự định|chủ trương|quyết định|chính sách|đề xuất|(?:thẩm )?quyền"
    r"|điều kiện|khả năng|nhu cầu|lý do|cơ sở|căn cứ|bằng chứng|chứng cứ|dấu hiệu)"
)
_DENIAL = re.compile(
    rf"\b(?:{_NO}|(?<!lệnh )(?<!chất )(?<!tử )(?<!vòng )(?<!vùng ){NO_CONTRABAND}cấm"
    r"|(?:bác bỏ|phủ nhận)(?: (?:thông )?tin(?: đồn)?)?)\s+"
    r"(?:(?:phải|hề|từng|bị|được|có|thể|là|muốn|nào|phép|cần|nên|dám|còn|bao giờ|hoàn toàn"
    r"|kịp|vào|để|gì|chắc|cho|ai|người nào|ghi nhận|phát hiện|xảy ra|ca|trường hợp|chuyện|việc"
    r"|thông tin|cáo buộc"
    rf"|{_INTENT})\s+){{0,4}}$",
    re.IGNORECASE,
)
# What begins a predicate, and the verbs of news; not those that are prepositions too ("ở", "lên").
MARKER = r"(?:bị|được|đã|đang|sẽ|phải)"
VERB = (
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
_BEGINS_WITH_VERB = re.compile(VERB, re.IGNORECASE)
_BEGINS_WITH_PREDICATE = re.compile(rf"{MARKER}\b|{VERB}", re.IGNORECASE)
_IS_CLAUSE = re.compile(  # of three syllables or more, no adjunct: "do thiếu vốn", "ngay sau khi"
    r"(?!(?:ngay|sau|trước|do|vì|bởi|nhờ|khi|lúc|để|nếu|tại|ở|trong|vào|từ|đến|theo|với|bằng)\b)"
    rf"(?=(?:\S+ ){{2}})\S+ (?:\S+ )*?(?:{MARKER}\b|{VERB})",
    re.IGNORECASE,
)
_CLAUSE_MARK = re.compile(r"[;:!?()“”\"]|[,.](?!\d)")
_WORD = (  # behind which another clause begins if it is one of these
    r"(?!(?:nhưng|mà|nên|khi|lúc|nếu|vì|do|bởi|để|thì|còn|sau|trước|rồi|như)\b)[^\s,;:.()]+ "
)
_OF_PREDICATE = re.compile(  # and of clauses
    rf"\b(?:{_NO} (?:{_WORD}){{0,2}}?(?:tiếp tục|đồng ý|chấp nhận|chịu|cho phép|quyết định|định"
    r"|muốn|kịp|đề nghị|yêu cầu|bắt buộc|ép buộc|ép|buộc|ủng hộ|tán thành|sẵn sàng|cam kết"
    r"|xem xét|có ý định) "
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
_OF_VERB = re.compile(
    # "chưa có phương án tăng", "không đủ tiền mua", "không uống rượu hay hút"
    rf"\b(?:{_NO} (?:hề |còn )?(?:(?:có|thấy|tìm thấy|đưa ra) {_INTENT} (?:{_WORD}){{0,4}}"
    rf"|đủ (?:{_WORD}){{1,5}})"
    rf"|{_NO} (?={VERB})(?:{_WORD}){{1,6}}(?:hay|hoặc|lẫn) )$",
    re.IGNORECASE,
)
_UNCERTAIN = re.compile(  # "chưa rõ liệu ông vì bệnh hay do tai nạn"
    r"\b(?:chưa|không|chẳng) (?:rõ|biết|chắc|(?:thể )?(?:xác định|khẳng định)(?: được)?)"
    r" (?:liệu|có phải)\b(?:(?!\b(?:nhưng|song|tuy nhiên|nên)\b)[^.;:!?])*$",
    re.IGNORECASE,
)
_EXCEPTED = re.compile(r"(?:\bngoại trừ|(?<![^\W\d_] )\btrừ) $", re.IGNORECASE)
_HEDGE = re.compile(  # "bị nghi giết người": who is said to, did not for all that is known
    r"\b(?:bị (?:(?:tình )?nghi(?: ngờ| vấn)?|cáo buộc|tố(?: cáo)?|buộc tội|vu)(?: là)?"
    r"|được cho là|nghi là|đáng (?:lẽ|lý|ra)|lẽ ra)(?: (?:đã|có|ra|sẽ|đang)){0,2} $",
    re.IGNORECASE,
)
_ASKED_OF_HEDGED = re.compile(
    r"\b(?:nghi|cáo buộc|tố|buộc tội|cho là|(?:đáng )?lẽ)\b", re.IGNORECASE
)
_BEFORE = 96  # code points before a span that are looked at

# Where a text denies what a question asks about.
_OF_STATEMENT = re.compile(  # all that follows in the clause; not "không thể phủ nhận"
    r"(?<!không )(?<!thể )(?<!hề )\b(?:phủ nhận|bác bỏ|bác(?= (?:thông tin|tin|cáo buộc)\b))\s.*$",
    re.IGNORECASE,
)
_RUMOUR = re.compile(  # not of who "đăng tin giả", and is fined for it
    r"(?<!tung )(?<!đăng )(?<!tán )\b"
    r"(?:tin (?:đồn|giả)|lời đồn|đồn (?:đoán|thổi|rằng)|bị đồn)\b",
    re.IGNORECASE,
)
_FALSE = re.compile(  # behind what is: "là bịa đặt", ", gia đình phủ nhận"
    r"\b(?:là|đều|hoàn toàn) (?:(?:hoàn toàn|chỉ|thông tin) ){0,3}"
    r"(?:(?:bịa đặt|sai sự thật|vô căn cứ|thất thiệt|không (?:đúng sự|có) thật"
    r"|tin (?:đồn|giả|vịt))\b|không (?:đúng|chính xác|có cơ sở)(?=\W*$|[,;]))"
    r"|(?:[,;]|\bnhưng) (?:[^\s,;]+ ){1,6}(?<!không )(?<!thể )(?:phủ nhận|bác bỏ)"
    r"(?: (?:(?:thông )?tin(?: đồn)?|cáo buộc|điều|tất cả))?(?: này| đó| trên)?(?=\W*$|[,;])",
    re.IGNORECASE,
)
_DENIES = re.compile(
    rf"\b(?:{_NO}|ko|cấm|phủ nhận|bác bỏ|từ chối|khước từ|suýt|dừng|ngừng|ngưng|chấm dứt"
    r"|(?:hủy|huỷ)(?: bỏ)?|hoãn|bỏ(?! phiếu)|phản đối|bịa|sai sự thật|tin giả"
    r"|đồn(?! (?:công an|biên phòng|điền)))\b",
    re.IGNORECASE,
)
_CLAIMS = re.compile(  # what somebody says is asked for then, be it so or not
    r"\b(?:cáo buộc|bị tố|tố cáo|đề (?:xuất|nghị))\b", re.IGNORECASE
)
_LEFT_OUT = re.compile(rf"\b(?:{_NO}|{NO_CONTRABAND}cấm|trừ|phủ nhận|bác bỏ)\b", re.IGNORECASE)
_NEAR = 16  # code points before a denial that may hold another one
_IF = re.compile(r"\b(?:nếu|trừ khi|chưa từng (?:có|thấy))\b", re.IGNORECASE)
_COMPOUND = re.compile(_WITH_NO, re.IGNORECASE)
_HELPING = frozenset(syllables("thể hề từng muốn cần nên dám còn"))
_ADVERBS = re.compile(r"\b(?:(?:đã|vẫn|cũng|sẽ|hiện|lại|đang|đều) ){0,2}$", re.IGNORECASE)
_ELSE = re.compile(  # another predicate, or a bound: "không quá 5 tỷ", "không ai ngoài ông Nam"
    r"\b(?:đã|đang|sẽ|vẫn|cũng|là|bị|khi|nếu|để|khiến|nên|mà|nhưng|song|rồi|thì|chứ|còn|quá|vượt"
    rf"|hơn|ngoài|trừ|dưới|(?:và|hoặc|hay) (?=có\b|{VERB}|{_NO}))\b|{_CLAUSE_MARK.pattern}",
    re.IGNORECASE,
)
_NEGATES = re.compile(rf"\b(?:{_NO}|ko)\b", re.IGNORECASE)
_STOP = re.compile("[:;]")
_TWO_WORDS = re.compile(r"[^\W\d_]+ [^\W\d_]+")
_SAYS_OF_SELF = re.compile(  # "ông Nam, giám đốc sở, khẳng định mình không nhận tiền"
    r"(?:, [^,;:.!?()]{1,60},)?\s(?:(?:[^\W\d_]+ ){0,3}(?:khẳng định|cho biết|cho hay|nói|tuyên bố"
    r"|thừa nhận|trả lời|chia sẻ) (?:(?:rằng|là) )?(?:ông|bà|anh|chị|cô|mình|họ|bản thân) )?",
)


def with_denial(text: str, start: int, end: int) -> int:
    """Return where a stretch begins if it takes in what denies it, of the same clause.

    Any stretch is denied from right before it; one that begins with a verb or is a clause also from
    farther: "tăng giá" by "chưa có phương án", "ông Nam nhận hối lộ" by "không có bằng chứng cho
    thấy".
    """
    first = _clause_start(text, start)
    begin = start
    if _BEGINS_WITH_PREDICATE.match(text, start, end) or _IS_CLAUSE.match(text, start, end):
        begin = _found(_OF_PREDICATE, text, first, begin)
    if _BEGINS_WITH_VERB.match(text, start, end):
        begin = min(begin, _found(_OF_VERB, text, first, start))
    begin = _found(_UNCERTAIN, text, max(0, begin - 2 * _BEFORE), begin)
    return _found(_DENIAL, text, max(0, begin - _BEFORE), begin)  # "không ngừng tăng"


def with_denial_of_asked(question: str, text: str, start: int, end: int) -> Span:
    """Take in what denies, of a stretch, the very thing that a question takes for a fact.

    "Huế" of "bão không đổ bộ vào Huế" is not where a storm made landfall, which "Bão đổ bộ vào
    đâu?" supposes; "không đổ bộ vào Huế" says so. Of a rumour, and of what is denied from behind,
    that is the whole sentence; who is only said to have done it is told of so, too ("ông Nam bị
    nghi nhận hối lộ"). Nothing is taken in where the question denies something itself.
    """
    question = nfc(question).rstrip(" ?.").removesuffix(" không")  # "Bạn có biết … không?"
    if _NEGATES.search(question):
        return start, end
    start = _found(_EXCEPTED, text, max(0, start - _BEFORE), start)
    asked = list(_asked(question, text, start, end))
    is_negative = _DENIES.search(question) is not None  # "Nước nào cấm …?": only "chưa cấm" denies
    if not is_negative and _is_untrue(question, text, start, end, asked):
        return 0, len(text.rstrip(" ."))
    is_hedged = _ASKED_OF_HEDGED.search(question) is not None
    is_in_front = (  # "Ngày 5/3, cầu chưa thể khánh thành"
        text.startswith(",", end)
        and _CLAUSE_MARK.search(text, 0, start) is None
        and all(first > end for first, _ in asked)
    )
    begin, finish = start, end
    for word in asked:
        outer = None if is_negative else _denied_with_word(text, start, end, word)
        if outer is not None:
            begin, finish = min(begin, outer), _clause_end(text, word[1])
            continue
        denied = _word_denied_from(text, start, word, is_hedged=is_hedged)
        if denied is None or (is_negative and not _NEGATES.match(text, denied)):
            continue
        if denied < start:
            if word[0] < end and not _ELSE.search(text, word[1], start):
                begin = min(begin, denied)
            continue
        before = _found(_ADVERBS, text, end, denied)
        if is_in_front and not _ELSE.search(text, end + 1, before):
            begin, finish = 0, _clause_end(text, word[1])
        elif _SAYS_OF_SELF.fullmatch(text, end, before):
            finish = _clause_end(text, word[1])
    return begin, finish


def _is_untrue(question: str, text: str, start: int, end: int, asked: Sequence[Span]) -> bool:
    """Tell whether a text calls what is asked a rumour, or false from behind."""
    stop = _STOP.search(text, end)
    behind = len(text) if stop is None else stop.start()
    false = None if _CLAIMS.search(question) else _FALSE.search(text, end, behind)
    rumour = _RUMOUR.search(text, _clause_start(text, start), start)
    spans = [*asked]
    if (false or rumour) and _BEGINS_WITH_PREDICATE.match(text, start, end):
        spans.append((start, start))
    return any(
        (false is not None and last <= false.start())
        or (rumour is not None and first > rumour.end() and text[last + 1 : last + 2].islower())
        for first, last in spans
    )


def _denied_with_word(text: str, start: int, end: int, word: Span) -> int | None:
    """Return where begins what denies a stretch and a word behind it, of the same clause.

    "Không có bằng chứng cho thấy" of "ông Nam nhận hối lộ".
    """
    first, last = word
    if first <= end or _CLAUSE_MARK.search(text, end, first) is not None:
        return None
    outer = _found(_OF_STATEMENT, text, _clause_start(text, start), start)
    outer = min(outer, with_denial(text, start, last))
    return outer if outer < start else None


def _word_denied_from(text: str, start: int, word: Span, *, is_hedged: bool) -> int | None:
    """Return where begins what denies a word near a stretch, or only suspects it.

    Args:
        text: The sentence.
        start: Of the stretch.
        word: The word's place.
        is_hedged: Whether the question asks for suspicions.
    """
    first, last = word
    two = _TWO_WORDS.match(text, first)
    denied = _denied_from(text, first, max(start, last if two is None else two.end()))
    if denied is None and not is_hedged:
        hedged = _found(_HEDGE, text, _clause_start(text, first), first)
        denied = hedged if hedged < first else None
    return denied


def _asked(question: str, text: str, start: int, end: int) -> Iterator[Span]:
    """Yield where words of a question that may say what happened stand near a stretch.

    One that may begin a compound must begin the same one there: "bầu cử" is not asked in "bầu
    chọn".
    """
    keys = syllables(question)
    pairs = set(itertools.pairwise(keys))
    asking = asking_words(folded=False) | _HELPING
    shift = max(0, start - _BEFORE)
    tokens = [*iter_syllables(text[shift : end + _BEFORE]), ("", 0, 0)]
    for (word, first, last), (after, at, _) in itertools.pairwise(tokens):
        key, key_after = syllable_key(word), syllable_key(after)
        if not word.islower() or key not in keys or key in asking:
            continue
        is_whole = not after.islower() or shift + at == start
        if is_whole or key_after in asking or (key, key_after) in pairs:
            yield shift + first, shift + last


def _denied_from(text: str, start: int, end: int) -> int | None:
    """Return where begins what denies a word, or ``None`` if nothing does, or something else."""
    first = _clause_start(text, start)
    begin = min(with_denial(text, start, end), _found(_OF_STATEMENT, text, first, start))
    is_twice = len(_DENIES.findall(text, max(first, begin - _NEAR), start)) > 1
    if begin == start or is_twice or _COMPOUND.match(text, begin) or _IF.search(text, first, start):
        return None
    return begin


def is_behind_denial(text: str, start: int) -> bool:
    """Tell whether what denies or leaves out stands before a place, in the same clause."""
    return _LEFT_OUT.search(text, _clause_start(text, start), start) is not None


def _clause_start(text: str, start: int) -> int:
    first = max(0, start - _BEFORE)
    return max([first, *(mark.end() for mark in _CLAUSE_MARK.finditer(text, first, start))])


def _clause_end(text: str, start: int) -> int:
    mark = _CLAUSE_MARK.search(text, start)
    return len(text[: mark.start() if mark else None].rstrip(" ."))


def _found(before: re.Pattern[str], text: str, first: int, start: int) -> int:
    found = before.search(text, first, start)
    return start if found is None else found.start()
