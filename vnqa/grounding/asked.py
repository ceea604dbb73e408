"""A stretch of a text, widened by what the question asks of it: when, with whom, a kind, a list."""

from __future__ import annotations

import re

from vnqa.grounding.denials import MARKER, VERB, is_behind_denial
from vnqa.grounding.terms import parts_of
from vnqa.grounding.widening import REACH, begin_with, widen
from vnqa.language.dates import dates
from vnqa.language.names import has_family, holds_name, name_keys
from vnqa.language.questions import (
    WHO,
    asking_words,
    asks_for_several,
    asks_when,
    asks_who_did,
    kind_asked,
)
from vnqa.language.sentences import Span
from vnqa.language.vietnamese import nfc, syllable_key, syllables

# "Vợ ông Nam" is not ông Nam, "luật sư của ông Trump" not Trump; "luật sư Nam" is Nam.
_ADDRESS = r"(?:ông|bà|anh|chị|em|cô|chú|bác|cậu|cháu)"
_OFFICER = r"(?:(?:phó )?(?:thủ tướng|chủ tịch|giám đốc|bộ trưởng|tổng thống))"
_KIN = (
    r"(?:vợ chồng|(?:bố|cha|mẹ|anh|chị|em)(?= và )|(?:vợ|chồng)(?: cũ)?|cháu ruột"
    r"|con (?:trai|gái|rể|dâu|nuôi|riêng)|(?:anh|em|chị) (?:trai|gái|rể|dâu|họ|ruột|vợ|chồng)"
    r"|(?:bố|cha|mẹ) (?:vợ|chồng|đẻ|ruột|nuôi)|(?:cháu|bạn) (?:trai|gái)"
    r"|(?:ông|bà|cháu) (?:nội|ngoại)|người (?:thân|nhà|yêu)|thân nhân|gia đình)"
)
_AGENT = (
    r"(?:con|cháu|bạn|cha|bố|mẹ|luật sư|trợ lý|(?:người )?đại diện|(?:người )?phát ngôn(?: viên)?"
    r"|tài xế|lái xe|thư ký|vệ sĩ|cố vấn|quản lý|học trò|cấp dưới|đồng nghiệp|hàng xóm|thanh tra)"
)
_BODY = re.compile(r"(?:bộ|sở|cục|tổng cục|ubnd|ủy ban|chính phủ)\b", re.IGNORECASE)
_RELATION_BEFORE = re.compile(
    rf"\b(?:(?:{_KIN} (?:và|cùng) )?{_KIN}(?: (?:cả|út|lớn|nhỏ|duy nhất))?(?: của)?(?: {_ADDRESS})?"
    rf"|{_AGENT}(?: của(?: {_ADDRESS})?| {_ADDRESS})) $",
    re.IGNORECASE,
)
_AGENT_BEFORE = re.compile(rf"\b{_AGENT} $", re.IGNORECASE)
_IS_ADDRESS = re.compile(rf"(?:{_ADDRESS}|{_OFFICER}) ", re.IGNORECASE)
_WHO = re.compile(rf"{WHO}|\b[Nn]gười nào\b")
_RELATED = re.compile(  # not "lái xe gây tai nạn", "bắt con cá", "lấy tiền"
    rf"\b(?i:{_KIN}|{_AGENT})(?= (?:của|là|cho|ai|{_ADDRESS})\b| [A-ZĐ])"
    r"|\b(?i:kết hôn|cưới|ly hôn)\b|\b(?i:lấy) (?:ai|vợ|chồng|[A-ZĐ])"
)
_APPOSITION = re.compile(r"(?:\s\([^()]*\)){0,2}(?:, [^,.;:!?()]+){0,2}")
_WHO_WORDS = re.compile(r"\b(?:[Nn]gười nào|ai)\b")
_APPOSED = re.compile(r"[,)]|\s*[.]?$")
_WHEN_CLAUSE = re.compile(
    r"(?<!trong )(?<!đôi )(?<!có )(?<!trừ )(?<!nhiều )(?<!mỗi )"
    r"\b(?:(?:ngay |cho )?(?:sau|trước|từ|đến|tới) )?(?:khi|lúc)\s+$",
    re.IGNORECASE,
)
_JOIN = re.compile(  # also "A (40 tuổi), B (58 tuổi)", "ông A và bà B"
    rf"(?: \([^()]{{1,40}}\))?(?:[,;] | (?:và|cùng) (?:cả |với )?)(?:{_ADDRESS} (?=[A-ZĐ]))?"
)
_LAST_JOIN = re.compile(r"\b(?:và|cùng)\b")
_JOINED = re.compile(r"(?:^|, | và )((?:[^\W\d_]+ ){0,2}?)$")
_ENDS_LIST = re.compile(r"[,.;:)]|\s+(?:và|cùng)\s|\s\(|\s*$")
_PREDICATE = re.compile(rf"\s(?:{MARKER}|{VERB}|cũng|đều|cùng|không|chưa|là|có)\b")
# "Ông A cùng bà B ký biên bản", "Ông A đến Huế, cùng bà B ký": who signed are both.
_COMPANION = re.compile(
    r",? cùng (?:với )?(?:(?:ông|bà|anh|chị|em|cô|chú|bác|cậu|vợ|chồng|bạn|đồng nghiệp|nhạc sĩ"
    r"|ca sĩ|nghệ sĩ|diễn viên|đạo diễn|tiến sĩ|bác sĩ|giáo sư|luật sư|đại sứ|thứ trưởng"
    rf"|{_OFFICER}) ){{0,2}}$",
    re.IGNORECASE,
)
_BEFORE_COMPANION = re.compile(r"(?: (?!không\b|chưa\b|chẳng\b|và\b)[^\W\d_]+){0,5}")
_PLACE_BEFORE = re.compile(r"\b(?:thành phố|tỉnh|quận|huyện|phường|xã|phố|đường|giải) $", re.I)
_GOES_ON = re.compile(r" [^\W\d_A-ZĐ]")
_TWO_WORDS = re.compile(r"(?:\b([^\W\d_]+) )?\b([^\W\d_]+) $")


def widen_for(question: str, text: str, start: int, end: int) -> Span:
    """Take in what a question makes a part of a span that `widen` gave.

    That is "khi" or "sau khi" where it asks when; whom somebody did it with, where it asks who; and
    where it asks "môi trường nào", these words before "mát mẻ", which alone would be no
    environment; a name needs no such word. Where it asks who, whoever is told of by a relation to
    another person is not that one: "vợ ông Nam", unless the question is of a relation.
    """
    if asks_when(question):
        return _with_when(text, start, end), end
    if asks_who_did(question):
        start = _with_companion(question, text, start, end)
    if _WHO.search(nfc(question)) and not _RELATED.search(nfc(question)):
        begin = start if _is_told_behind(question, text, end) else _with_relation(text, start, end)
        start, end = widen(text, begin, end) if begin < start else (start, end)
    if asks_for_several(question):
        start, end = _with_rest_of_list(text, start, end)
    if text[start : start + 1].islower() and (kind := kind_asked(question)):
        before = _TWO_WORDS.search(text, max(0, start - REACH), start)
        words = [] if before is None else [syllable_key(word or "") for word in before.groups()]
        if before is not None and tuple(words[-len(kind) :]) == kind:
            return widen(text, before.start(3 - len(kind)), end)
    return start, end


def _with_rest_of_list(text: str, start: int, end: int) -> Span:
    """Take in the members of a list of names behind a span that is some of them.

    A member is a name, behind the same common noun as the first one if any: "sông Thao, sông Lô và
    sông Hồng". One without it must end where a member can: "Pháp, Đức và Anh", but not "Pháp, Đức
    và Thủ tướng Anh"; behind the last one of a subject the predicate begins.
    """
    given = parts_of(text).names
    last = next((name for name in given if start <= name.start and name.end == end), None)
    before = None if last is None else _JOINED.search(text[start : last.start])
    if before is None or before.group().startswith(" và "):
        return start, end
    noun = before.group(1)
    is_subject = text[:start].rstrip()[-1:] in ("", ",", ":", ";")
    while join := _JOIN.match(text, end):
        has_noun = bool(noun) and text.startswith(noun, join.end())
        at = join.end() + (len(noun) if has_noun else 0)
        member = next((name for name in given if name.start == at), None)
        if member is None:
            break
        ends = has_noun or _ENDS_LIST.match(text, member.end)
        if not ends and not (is_subject and _PREDICATE.match(text, member.end)):
            break
        end = member.end
        if _LAST_JOIN.search(join.group()):
            break
    return start, end


def _with_companion(question: str, text: str, start: int, end: int) -> int:
    """Return where the person begins together with whom ("cùng") the person of a span did it.

    What they did follows the span. The first has a Vietnamese family name, is not of the question,
    and stands right before "cùng", or a few words before ", cùng".
    """
    together = _COMPANION.search(text, max(0, start - REACH), start)
    if together is None or not _GOES_ON.match(text, end):
        return start
    asked = name_keys(question)
    persons = [
        name
        for name in parts_of(text).names
        if name.end <= together.start() and has_family(text[name.start : name.end])
    ]
    if not persons or holds_name(asked, first := persons[-1]):
        return start
    is_near = first.end == together.start() or (
        text[together.start()] == ","
        and _BEFORE_COMPANION.fullmatch(text, first.end, together.start()) is not None
    )
    return first.start if is_near and not _PLACE_BEFORE.search(text, 0, first.start) else start


def _is_told_behind(question: str, text: str, end: int) -> bool:
    """Tell whether what is asked stands in an apposition behind a span: "vợ ông A, giám đốc sở"."""
    apposed = _APPOSITION.match(text, end)
    if apposed is None:
        return False
    asked = set(syllables(_WHO_WORDS.sub(" ", nfc(question)))) - asking_words(folded=False)
    return bool(asked) and 3 * len(asked & set(syllables(apposed.group()))) >= len(asked)


def _with_relation(text: str, start: int, end: int) -> int:
    """Return where a person begins who is told of by a relation to the one that a span begins with.

    "Vợ ông Nam" did what follows it; ", vợ ông Nam," only explains whom stands before.
    """
    is_address = _IS_ADDRESS.match(text, start) is not None
    if not (is_address or text[start : start + 1].isupper() or _BODY.match(text, start)):
        return start
    begin = begin_with(_RELATION_BEFORE, text, start)
    if begin == start and (is_address or _BODY.match(text, start)):
        begin = begin_with(_AGENT_BEFORE, text, start)
    explains = text[:begin].rstrip().endswith((",", "(")) and _APPOSED.match(text, end)
    return start if explains else begin


def _with_when(text: str, start: int, end: int) -> int:
    """Return where a clause begins with the "khi" or "sau khi" before it, unless that is denied.

    A date or a time of day says when by itself.
    """
    begin = begin_with(_WHEN_CLAUSE, text, start)
    says_when = any(character.isdecimal() for character in text[start:end])
    if begin == start or says_when or dates(text[start:end]):
        return start
    return start if is_behind_denial(text, begin) else begin
