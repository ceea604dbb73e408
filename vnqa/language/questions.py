"""What a question asks for: when, who, how many, several, of which kind, whether it is so."""

from __future__ import annotations

import re

from vnqa.language.negation import NO_AVIATION
from vnqa.language.vietnamese import folded_syllables, nfc, syllable_key, syllables

_LATELY = r"(?! (?:ngày|hôm|tuần|tháng|năm) (?:qua|nay|gần đây)\b)"  # "mấy năm nay"
_HOW_MANY = re.compile(
    r"(?<!tháng )(?<!mùng )(?<!mồng )(?<!thứ )\b(?:bao nhiêu\b|mấy\b" + _LATELY + ")", re.IGNORECASE
)
_WHEN = re.compile(
    r"\b(?:khi|lúc|thời gian|thời điểm) nào\b(?! (?:cũng|đó))"
    r"|(?<!chưa )(?<!không )(?<!chẳng )(?<!từng )(?<!hơn )(?<!có )(?<!đã )\bbao giờ\b"
    r"(?! (?:cũng|hết))",
    re.IGNORECASE,
)
_KIND = re.compile(r"(?:\b([^\W\d_]+) )?\b([^\W\d_]+) nào\b")
_NO_KIND = frozenset("thế cách khi lúc lần người ai phần".split())
_NOUNS = frozenset(  # that seldom end a compound which would mean something else
    syllables("loại nhóm tội món nước miền giống kiểu dạng vùng màng màu ngành nghề huyện tỉnh")
)
_SEVERAL = re.compile(
    r"\b(?:những|các)(?: \w+){0,3} (?:nào|gì)\b|\bnhững (?:ai|đâu|gì)\b"
    r"|\bgồm\b.*\b(?:nào|gì|ai|đâu)\b|\blần lượt\b",
    re.IGNORECASE,
)
_AT_END = r"(?: ạ| nhỉ| vậy| thế| nhé)*[\s?.!]*$"
_WHETHER = re.compile(  # not "hàng không", "còn Đức thì không"
    rf"\b(?:chưa|à|hả|chứ|(?<!\bthì ){NO_AVIATION}(?:không|ko)){_AT_END}", re.IGNORECASE
)
# "Giá trị của số không?"; but "Có phản đối không?", which a mark of such questions tells.
_MAYBE_COMPOUND = re.compile(
    rf"\b(?:trên|đường|số|đối|tay|chân|bỏ|bằng|hư) (?:không|ko){_AT_END}", re.IGNORECASE
)
_NO_LIEU = "".join(  # "tài liệu có"
    f"(?<!{word} )" for word in "tài vật dữ nguyên nhiên tư chất phế số trị dược".split()
)
_IS_IT = re.compile(
    r"\b(?:có (?:phải|đúng)|phải chăng|đúng hay sai)\b|(?:^|, )liệu\b(?! pháp)"
    rf"|{_NO_LIEU}\bliệu (?:có|đã|sẽ)\b",
    re.IGNORECASE,
)
# "Có ai bị thương không" asks whether; "Ai có lỗi mà không …" does not.
_WH = re.compile(r"\b(?:ai|gì|nào|đâu)\b|^\W*tên\b", re.IGNORECASE)
_WH_ANYWHERE = re.compile(
    r"\b(?:bao (?:nhiêu|lâu|xa)|(?<!có )(?<!đã )bao giờ|(?:vì|tại) sao|khi nào|thế nào|ra sao"
    rf"|mấy\b{_LATELY}(?! [^\W\d_]+ (?:này|kia|ấy)\b)"  # "mấy con này": those
    r"|(?:ai|gì|nào|đâu) về (?:việc|chuyện|khả năng) .*có)\b",  # it is there that "có" belongs
    re.IGNORECASE,
)
_MARKS_WHETHER = re.compile(r"\b(?:có|đã|liệu|còn|từng)\b", re.IGNORECASE)
_POLITELY = re.compile(
    r"^\W*(?:bạn|anh|chị|em|ad|mọi người|có ai|ai)\b.{0,20}\bbiết\b", re.IGNORECASE
)
_ASKS_WHY = re.compile(  # not "Sao Hỏa có bao nhiêu vệ tinh?"
    r"^\W*(?:(?:[Vv]ì|[Tt]ại) sao\b|[Ss]ao (?!băng|chổi|hỏa|kim|mộc|th[ổủ])(?=[^\W\d_A-ZĐ]))"
)
WHO = r"\b[Aa]i\b(?! [Cc]ập\b|-)"  # not AI, Ai Cập, Ai-len
_WHO_DID = re.compile(  # not with whom
    rf"\W*(?:[Nn]hững |[Cc]ác )?(?:{WHO}|(?:[Nn]gười|[Nn]hân vật) nào\b)"
    r"(?! là\b|.*\b(?:cùng|với)\b)"
)


# Words of a question that say what is asked, not what about.
_ASKING = (
    "ai gì nào đâu sao bao nhiêu mấy là thì mà có của và các những một được bị đã đang sẽ cho với "
    "trong ở tại vào khi lúc ngày năm tháng từ đến do vì bởi theo về ra như thế này đó hãy hỏi "
    "biết không phải người cái việc điều hay hoặc cũng để"
)
_ASKING_KEYS = frozenset(syllables(_ASKING))
_ASKING_KEYS_FOLDED = frozenset(folded_syllables(_ASKING))


def asking_words(*, folded: bool) -> frozenset[str]:
    """Return syllables, as keys, that say what is asked or nothing, not what a question is about.

    Args:
        folded: Without diacritics.
    """
    return _ASKING_KEYS_FOLDED if folded else _ASKING_KEYS


def asks_how_many(question: str) -> bool:
    """Tell whether a question asks for a number, not why it is one."""
    question = nfc(question)
    return _HOW_MANY.search(question) is not None and _ASKS_WHY.search(question) is None


def asks_when(question: str) -> bool:
    """Tell whether a question asks for a time, be it a date or when something else happened."""
    return _WHEN.search(nfc(question)) is not None


def asks_who_did(question: str) -> bool:
    """Tell whether a question begins by asking who did something ("ai"), not who is ("ai là")."""
    return _WHO_DID.match(nfc(question)) is not None


def asks_for_several(question: str) -> bool:
    """Tell whether a question asks for all members of a list: "những … nào", "gồm những ai"."""
    return _SEVERAL.search(nfc(question)) is not None


def asks_whether(question: str) -> bool:
    """Tell whether a question asks if something is so: "có … không?", "đã … chưa?"."""
    question = nfc(question)
    what = _WH.search(question)
    if _WH_ANYWHERE.search(question) or _ASKS_WHY.search(question) or _POLITELY.search(question):
        return False
    if not _ends_in_whether(question):
        return what is None and _IS_IT.search(question) is not None
    return what is None or _MARKS_WHETHER.search(question, 0, what.start()) is not None


def _ends_in_whether(question: str) -> bool:
    """Tell whether a question ends in the "không" or "chưa" that asks if something is so."""
    compound = _MAYBE_COMPOUND.search(question)
    if compound is None:
        return _WHETHER.search(question) is not None
    marked = _MARKS_WHETHER.search(question, 0, compound.start())
    return marked is not None and _HOW_MANY.search(question) is None


def kind_asked(question: str) -> tuple[str, ...]:
    """Return, as keys, what "nào" asks for a kind of: "môi trường", "tội"; nothing if none.

    One syllable where it is a common noun by itself, else the two before "nào".
    """
    found = _KIND.search(nfc(question).lower())
    if found is None or found.group(2) in _NO_KIND:
        return ()
    first, last = (syllable_key(word) if word else "" for word in found.groups())
    if last in _NOUNS:
        return (last,)
    return (first, last) if first and first not in _ASKING_KEYS else ()
