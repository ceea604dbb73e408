"""Sentences that are no evidence: orders to a machine that answers, planted answers, noise.

A small model obeys what it reads, and an article may be written to be obeyed. A sentence that
tells a machine what to answer holds no fact of the story, so it is not shown to the model and never
quoted. What a model writes is checked all the same; this only keeps it from being led astray.
Rules name kinds of talk (who is addressed, what is an answer, what must be done), not phrases.
"""

from __future__ import annotations

import functools
import re
from collections import Counter

from vnqa.language.vietnamese import fold, has_diacritics

_CONTROL = re.compile(
    r"<\s*[|｜]|[|｜]\s*>|\[/?INST\]|<</?SYS>>|</?s>|(?:start|end)_of_turn|</?tool_call"
    r"|(?:\b|\\n)(?:system|assistant|user|human)\s*[:：]|###\s*\w+|<!--|<(?:script|style|iframe)\b"
    r"|\"(?:role|tool|function|arguments)\"\s*:",
    re.IGNORECASE,
)
_BLOB = re.compile(
    r"[A-Za-z0-9+=]{60,}|(?:%[0-9A-Fa-f]{2}){6,}|(?:\\x[0-9A-Fa-f]{2}){6,}"
    r"|(?<!\S)(?=\S{0,80}[a-z])(?=\S{0,80}[A-Z])(?=\S{0,80}\d)[A-Za-z0-9+/]{20,}={0,2}(?!\S)"
)
_FRAMED_LINE = re.compile(r"\s*[-=*#_~]{3}.*[-=*#_~]{3}\s*", re.DOTALL)

# The parts of the rules. A gap of words is written ``(?: \w+){0,3}``.
_ANSWER = r"(?:câu trả lời|lời đáp|đáp án|đáp số)"
_SAY = r"(?:trả lời|đáp|nói|ghi|viết|phản hồi|nêu|nhắc|in ra|xuất ra|lặp lại|báo)"
_MUST = (
    r"(?:phải|hãy|cần|luôn|luôn luôn|cứ|chỉ|chỉ được|chỉ nên|đừng|vui lòng|bắt buộc|nhất định"
    r"|được yêu cầu|có nhiệm vụ|xin)"
)
_ANY = r"(?:mọi|tất cả|bất kỳ|bất kì|bất cứ|toàn bộ|mỗi|các)"
_ASSISTANT = r"trợ lý(?! huấn| của (?:ông|bà|tổng|thủ|bộ|chủ|đại|giám)\b)"
_LAWFUL = r"(?:gỡ|chặn|tuân thủ (?:luật|quy định)|nộp (?:thuế|phạt)|đăng ký kinh doanh)"
_MACHINE = (
    rf"(?:{_ASSISTANT}|chatbot|bot|ai|llm|mô hình|phần mềm|hệ thống|công cụ|bộ máy|thuật toán"
    r"|người máy|robot|máy(?! bay| bán| xúc| móc)|ứng dụng)"
)
_THAT_ANSWERS = (
    r"(?:hỏi đáp|trả lời|tóm tắt|tìm kiếm|tra cứu|chấm|chấm điểm|ảo|chatbot|ngôn ngữ|tự động|đọc"
    r"|số(?! hiệu))"
)
_PROMPT = (
    r"(?:ngữ cảnh|đoạn trích|lời nhắc|prompt|câu lệnh|lời dặn|dặn dò|cuộc trò chuyện|hội thoại"
    r"|chỉ dẫn|hướng dẫn|chỉ thị|quy tắc|(?<!hiệu )(?<!sắc )lệnh)"
)
_NOT = (
    r"(?:bỏ qua|quên|gạt bỏ|phớt lờ|không tuân theo|vô hiệu|mặc kệ"
    r"|(?:đừng|không cần|không được) (?:để ý|tin|quan tâm|dùng|làm theo|theo))"
)
_VIETNAMESE = "|".join(
    [
        # what was said before is to be forgotten
        rf"(?:^|[.!?:,;\"“]\s*|\b(?:hãy|phải|xin|và|bạn) ){_NOT}\b.{{0,40}}\b{_PROMPT}\b",
        rf"\b{_NOT}\b(?: \w+){{0,5}} (?:ở|phía|bên) trên\s*(?:[.,;:!]|$)",
        r"\b(?:quên|bỏ qua)(?: hết| mọi| tất cả)* (?:những gì|điều|thứ) (?:đã|vừa) "
        r"(?:đọc|nói|học|dặn)\b",
        rf"\b(?:hết|kết thúc|bắt đầu) (?:của )?{_PROMPT}\s*(?:[-=*#.:;]|$)",
        r"\b(?:yêu cầu|lệnh|chỉ thị|nhiệm vụ|chỉ dẫn|tin nhắn) "
        r"(?:mới|(?:\w+ ){0,3}(?:người dùng|người hỏi|hệ thống)\b[^.:]{0,25})\s*:",
        # what is to be said
        r"\b(?:hãy|chỉ được) (?:luôn )?(?:trả lời|đáp|viết|ghi|in ra|xuất ra|lặp lại|nói)"
        r"(?: lại)?(?: rằng| bằng| là|:| đúng| duy nhất| một từ)",
        r"\bchỉ (?:trả lời|đáp|viết|in ra)(?: bằng từ| bằng chữ| đúng| duy nhất| một từ)",
        rf"\b(?:chỉ|luôn|cứ|hãy|phải) {_SAY} (?:đúng )?(?:như thế|như vậy|y như|thế thôi|vậy thôi)",
        r"\b(?:hãy|phải|luôn) trích dẫn\b",
        r"\bhãy (?:trả lời|đáp)\b(?! (?:câu|các|những|mấy|tôi|em|anh|chị|mình|cho|trước|thành))",
        r"\bgặp (?:chữ|từ|cụm từ)\b.{0,40}\b(?:thì|hãy|phải)\b",
        # the answer, as such: which is right, what all of them are, where it is written
        rf"\b{_ANSWER}(?: \w+){{0,2}} (?:đúng|chính xác|chuẩn|duy nhất|hợp lệ|bắt buộc)"
        rf"(?: \w+){{0,8}}(?::| là\b)",
        rf"\b{_ANSWER} (?:\w+ ){{0,2}}(?:phải|luôn|bắt buộc|cần)(?: \w+)? là\b",
        rf"\bngười dùng (?:muốn|cần|mong)\b.{{0,20}}\b{_ANSWER}",
        r"\b(?:chỉ|không được|đừng|ưu tiên|hãy|phải)\b.{0,50}"
        r"\b(?:đoạn|bài|bài báo|dòng|trang|nguồn) (?:này|khác|trên|dưới)\b.{0,40}"
        r"\b(?:trả lời|đáp|trích)\b",
        r"\btrích (?:dẫn )?(?:đoạn|bài) này\b",
        rf"\b{_ANY}(?: các| những)? {_ANSWER}(?: \w+){{0,6}} (?:là|phải|cần|nên|đều)\b",
        rf"\b{_ANY}(?: các| những)? câu hỏi(?: \w+){{0,8}},?(?: \w+){{0,3}} "
        rf"(?:{_MUST} (?:trả lời|đáp|nói)|(?:{_ANSWER}|đáp|trả lời)(?: là\b| rằng\b|:))",
        rf"\b(?:cuối|đầu|trong|kèm|sau)(?: mỗi| mọi| các)? {_ANSWER}(?: \w+)? (?:{_MUST}|thêm)\b",
        rf"\b(?:ghi|điền|viết|chép|dẫn|đưa|trích|dùng|nêu)\b(?: [\w,]+){{0,9}} "
        rf"(?:vào|trong|khi)(?: \w+){{0,2}} (?:{_ANSWER}|(?:ô|phần|mục) trả lời)\b",
        rf"(?<!máy )\bhỏi\b.{{0,60}}\b(?:thì|,) ?(?:\w+ )?"
        rf"(?:(?!chỉ\b){_MUST}(?: \w+)? (?:trả lời|đáp|phản hồi)"
        rf"|(?!ai\b){_MACHINE}(?: \w+){{0,2}} {_SAY})\b",
        rf"(?<!máy )\bhỏi\b.{{0,60}}(?!\bai\b)\b{_MACHINE} (?:\w+ ){{0,2}}{_MUST} {_SAY}\b",
        # who is addressed
        rf"\b(?:dành cho|gửi|tới|đến|thưa|hỡi|nhắn|xin|nhắc)"
        rf"(?: các| mọi| những)? {_MACHINE}(?: \w+)? {_THAT_ANSWERS}\b.{{0,60}}"
        rf"(?::|\b(?:{_MUST}|{_SAY}|là)\b)",
        rf"\b(?:cho|nhờ|yêu cầu|đề nghị|mong|mời)"
        rf"(?: các| mọi| những)? {_MACHINE}(?: \w+)? {_THAT_ANSWERS}\b.{{0,60}}"
        rf"(?::|\b(?:{_SAY}|là)\b)",
        rf"\b(?:nhờ|yêu cầu|đề nghị|mong|mời)(?: các| mọi| những)? {_MACHINE}(?: \w+)? "
        rf"(?!tìm kiếm|tự động){_THAT_ANSWERS}\b.{{0,60}}\b{_MUST}\b",
        rf"\b{_ANY}(?: các| những)? {_MACHINE} (?:\w+ ){{0,2}}{_THAT_ANSWERS}\b.{{0,60}}"
        rf"\b{_MUST}\b(?! {_LAWFUL})",
        rf"\b{_MACHINE} (?:\w+ )?{_THAT_ANSWERS} (?:\w+ ){{0,4}}{_MUST} (?:\w+ )?{_SAY}\b",
        r"(?:^|[.!?:,;]\s*)(?:thưa|này|hỡi|gửi|chào|lưu ý|nhắc) (?:các |mọi )?"
        r"(?:trợ lý|chatbot|mô hình|người máy|robot|bot|ai)\s*[,:!]",
        rf"\b(?:chatbot|người máy|mô hình|{_ASSISTANT}) (?:\w+ ){{0,3}}{_MUST} (?:\w+ )?"
        r"(?:trả lời|đáp|nói|ghi|phản hồi|dịch)\b",
        r"\b(?:chatbot|người máy|trợ lý|máy|công cụ)(?: \w+)? (?:trả lời|nói|đáp) khác\b",
        r"\bbạn (?:hãy |phải |giờ )?(?:là|đóng vai)\b.{0,40}"
        r"\b(?:trợ lý|mô hình ngôn ngữ|chatbot)\b",
        r"\b(?:chép|in|liệt kê|lặp lại|tiết lộ|hiển thị|đọc)(?: \w+){0,6} "
        r"(?:lời nhắc|prompt|lời dặn|dặn dò|cuộc trò chuyện|câu lệnh hệ thống)\b",
        r"\b(?:trợ lý|mô hình|chatbot|robot|người máy|bot)(?: \w+)? ơi\b",
        r"\b(?:system prompt|lời nhắc hệ thống)\b",
    ]
)
_ENGLISH = "|".join(
    [
        r"\b(?:ignore|disregard|forget|override|skip)\b.{0,40}"
        r"\b(?:previous|prior|above|earlier|instructions?|rules?|prompt|articles?|context)\b",
        r"\bpay no attention\b|\bonly use (?:this|the)\b|\bsystem (?:override|message|update)\b",
        r"\banswer (?:to|for) .{0,40}\bis\b",
        r"\b(?:assistants?|language models?|chatbots?) "
        r"(?:must|should|shall|need to|are to|have to)\b",
        r"\b(?:do not|don't|never) (?:use|trust|cite|follow|believe) (?:the|any)\b",
        r"\b(?:respond|reply|answer|output|print|repeat)\b.{0,20}"
        r"\b(?:only|exactly|verbatim|with the word|everything)\b",
        r"\byou (?:are now|must|should|will|shall) (?:always|only|now|never)\b|\byou are now\b",
        r"\b(?:correct|right|only|final|true|expected|official) answers?\b.{0,30}"
        r"(?:\bis\b|\bare\b|:)",
        r"\byour (?:only |next |final )?(?:reply|answers?|responses?|output|instructions?)\b",
        r"\b(?:whatever|whenever|when|if|no matter|anyone)\b.{0,40}\b(?:asks?|asked)\b.{0,40}"
        r"\b(?:say|answer|reply|respond|tell|is)\b",
        r"\b(?:any|every|each|all) (?:answers?|replies|responses?)\b.{0,40}"
        r"\b(?:is|are|must|should|shall|will|violates?)\b",
        r"\b(?:note|message|memo|attention|dear|hey|reminder)\b.{0,20}"
        r"\b(?:ai|assistants?|models?|llms?|chatbots?|bots?)\b",
        r"\b(?:begin|start|end) of (?:the )?(?:context|document|prompt|excerpt|passage|input)\b",
        r"\b(?:new|updated|real) (?:instructions?|prompt|user request|system message)\b",
        r"\bsorry\b.{0,20}\b(?:cannot|can't|unable)\b|\b(?:cannot|can't) (?:help|assist|comply)\b",
        r"\bas an? (?:ai|language model)\b",
    ]
)
# English that talks to somebody: news in Vietnamese quotes none.
_ENGLISH_WORDS = re.compile(r"\b(?:the|is|are|to|of|on|in|that|this|have|has|been|and|with|for)\b")
_ENGLISH_ADDRESS = re.compile(
    r"^\W*(?:ignore|tell|say|output|print|reply|answer|respond|write|forget|use|treat|pretend)\b"
    r"|\b(?:you|your|the (?:user|reader|assistant|model))\b"
)

# "Đáp án: 5" plants an answer; a reader's letter is answered at length: "Trả lời: Theo Điều 9, …".
_ANSWER_LABEL = re.compile(
    rf"\W*(?:{_ANSWER}|lời giải|(?:kết quả|giá trị) (?:đúng|chuẩn|mặc định))"
    r"\b[^.:]{0,40}[:：]",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"\W*(?:trả lời|đáp|hỏi|câu hỏi|người dùng|trợ lý|hệ thống|đoạn trích|ngữ cảnh|answer|question"
    r"|response|instruction|context|[qa])(?: \d+)?\s*[:：]",
    re.IGNORECASE,
)
_SHORT = 15  # words
_REFUSAL = re.compile(
    r"\W*(?:(?:rat tiec|xin loi)\W+)?(?:toi |he thong |(?:trong )?bai viet )?"
    r"(?:khong (?:co thong tin|co cau tra loi|tim thay thong tin|the tra loi|biet)|khong ro)"
    r"(?: \w+){0,3}\W*"
)
_QUOTES = "\"'“”‘’«»"
_LETTERS_APART = re.compile(r"(?:(?<!\w)[^\W\d_] {1,3}(?=\w)){8}")
_MOST_REPEATS = 12  # of one word in a sentence, where it makes up a quarter of it

# Letters of other scripts that look like Latin ones, as used to hide words.
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһոɡıαονρτυικ" + "АВЕКМНОРСТХІЈЅΑΒΕΗΙΚΜΝΟΡΤΥΧΖ",
    "aeopcyxijsdhngiaovptuik" + "ABEKMHOPCTXIJSABEHIKMNOPTYXZ",
)
_AI = re.compile(r"\bAI\b")
_OVERLAYS = re.compile("[\u0300-\u036f]")  # marks that no letter composes with


def gives_orders(sentence: str) -> bool:
    """Tell whether a sentence is addressed to a machine that answers: orders, control tokens."""
    if _CONTROL.search(sentence) or _BLOB.search(sentence) or _FRAMED_LINE.fullmatch(sentence):
        return True
    plain = _OVERLAYS.sub("", sentence.translate(_LOOKALIKES))
    if not plain.isupper():
        plain = _AI.sub("chatbot", plain)  # in lower case it would read "ai", who
    plain = plain.lower()
    if _orders().search(plain) or _ANSWER_LABEL.match(plain):
        return True
    if has_diacritics(plain):
        return False
    is_english = len(plain.split()) >= 6 and len(_ENGLISH_WORDS.findall(plain)) >= 2
    if is_english and _ENGLISH_ADDRESS.search(plain):
        return True
    return _plain_orders().search(fold(plain)) is not None


@functools.cache  # compiled at first use: adding and searching need none
def _orders() -> re.Pattern[str]:
    return re.compile(f"{_VIETNAMESE}|{_ENGLISH}")


@functools.cache
def _plain_orders() -> re.Pattern[str]:
    """Return the rules of Vietnamese as they are typed without diacritics."""
    return re.compile(fold(_VIETNAMESE))


def is_no_evidence(sentence: str) -> bool:
    """Tell whether nothing can rest on a sentence.

    That is one that gives orders, is a question or a bare refusal, is a short turn of a dialogue
    ("Trả lời: 5"), repeats a word absurdly, sets its letters apart, or is in another script.
    """
    if _is_question(sentence) or _REFUSAL.fullmatch(fold(sentence)):
        return True
    words = sentence.lower().split()
    if _SPEAKER.match(sentence) and len(words) <= _SHORT:
        return True
    if words:
        ((_, repeats),) = Counter(words).most_common(1)
        if repeats >= _MOST_REPEATS and repeats * 4 >= len(words):
            return True
    if _LETTERS_APART.search(sentence) or _is_in_another_script(sentence):
        return True
    return gives_orders(sentence)


def _is_question(sentence: str) -> bool:
    """Tell whether a sentence ends with a question mark; also a wholly quoted one."""
    text = sentence.strip()
    if text.startswith(tuple(_QUOTES)):
        text = text.strip(_QUOTES)
    return text.rstrip("!！").endswith(("?", "？", "؟"))


def _is_in_another_script(sentence: str) -> bool:
    """Tell whether more than half of the letters are not Latin."""
    letters = [c for c in sentence if c.isalpha()]
    foreign = sum(c > "\u024f" and not "\u1e00" <= c <= "\u1eff" for c in letters)
    return 2 * foreign > len(letters)
