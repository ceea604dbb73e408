"""Sentence and clause boundaries of Vietnamese news text, as character offsets.

A full stop ends a sentence only where what stands before it is no abbreviation or enumerator
and what follows looks like a beginning. A line break always ends one. Rules follow Vietnamese
newspaper usage: ``TP.HCM``, ``GS.TS.``, ``3,5%``, ``1.200 tỷ``, ``23.5.1950``, ``v.v.``. The full
stops of other scripts (``。``, ``！``, ``？``, ``।``, ``؟``) need no space behind them. Scraped
text loses line breaks: a capital right behind an accented word or a bracket begins a sentence.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator

from vnqa.language.vietnamese import ACCENTED, UPPER, fold

Span = tuple[int, int]

_CLOSERS = "\"'”’»)]}」』）】"
_OPENERS = "“‘«"
_FOREIGN_STOPS = "。｡！？．।॥؟۔"
_TERMINATOR = re.compile(rf"[.!?…{_FOREIGN_STOPS}]+[{re.escape(_CLOSERS)}]*")
# "ở khu vực nàyThời tiết", "(Ảnh: TTXVN)Theo"; not "YouTube", and not "ĐắkLắk".
_LOST_BREAK = re.compile(
    rf"(?:(?<![^\W_])[a-z]*+[{ACCENTED}][a-z{ACCENTED}]*+|(?<=[\w.!?…])[)”])"
    rf"(?=[{UPPER}][a-z{ACCENTED}])"
)
# Words before a name: what was lost there is a space, "cùng vớiIran", "ôngTrump", "(BHXH)Việt Nam".
_BEFORE_NAMES = frozenset(
    "với và của là ông bà anh chị cô hãng huyện tỉnh phố xã quận phường viên sĩ rể quyền tại về "
    "báo chí tử bởi cùng ở từ đến cho do tên tướng thống tịch trưởng đội điện tế".split()
)
_ACRONYM = re.compile(r"\([A-ZĐ&-]{2,7}\)$")
_LINE = re.compile(r"[^\n\r\u2028\u2029\x0b\x0c\x85]+")
ABBREVIATIONS = frozenset(
    "tp tt tx gs pgs ts ths bs bsck bscki bsckii cki ckii ck1 ck2 ks kts ls cn nsnd nsut "
    "nsưt ngnd ngut ngưt mr mrs ms dr prof st no vs jr sr nxb q p h x f k tr vd gđ pgđ đc dc tel "
    " đt dt jan feb mar apr jun jul aug sep sept oct nov dec co ltd inc corp".split()
)
WORDS_TOO = frozenset(("no", "co"))  # abbreviations with a capital only: "No. 5", "ăn no."
_ETC = re.compile(r"v\.\s?v$", re.IGNORECASE)
_STARTERS = frozenset(
    "ong ba anh chi em co chu bac theo tuy sau truoc khi day ngay trong tai hien nhung cac do den "
    "tu vi voi ve o cung da dang se con mot hai ba bon moi nam thang sang chieu toi dem hom dai "
    "giam bo so cong luc viec neu nho qua ngoai ben dac trong nay tren duoi".split()
)
# "USD.Theo", but "SHB.Đà Nẵng".
_STARTERS_BEHIND_CAPITALS = frozenset(
    "theo tuy sau trước khi trong tại hiện nhưng những các do đến từ với về ở nếu nhờ ngoài đây đó "
    "việc ngày ông bà".split()
)
# A number of one digit that ends a sentence; "2.Kết luận" begins one.
_ENDING_DIGIT = re.compile(r"(?:\d[,/]|\b(?:thứ|tháng|ngày|hạng|vòng)\s)\d$", re.IGNORECASE)
# A capital behind one is no initial: "37 độ C", "bảng A".
_CLASSIFIED = re.compile(
    r"\b(?:độ|bảng|nhóm|máu|khối|lớp|hạng|loại|gan|cúm|vitamin|serie|khu|lô)\s[A-ZĐ]$",
    re.IGNORECASE,
)
# "cho biết."Tôi đi", he said": the straight quote opens, as the next one closes.
_OPENS_NEXT = re.compile(r"(?<=\")(?=[^\W\d_])[^\"\n]{1,1000}+(?<!\s)\"(?!\w)")
_WORD_BEFORE = re.compile(r"[^\s(\[{\"'“‘«/,;:–—]+$")
_COORDINATION = re.compile(  # "giá còn 16.060 đồng", "vẫn còn" join nothing
    r";\s+|\s(?=(?:và|nhưng|trong khi|đồng thời|song)\s)|(?<=[,;])\s(?=còn\s(?!\d))", re.IGNORECASE
)
_PART_SYLLABLES = 9
_CLAUSE_END = re.compile(r"[;:,–—](?=\s)|\s-(?=\s)|\)(?=\s)")


def _begins_sentence(text: str, position: int) -> bool:
    """Tell whether the text at a position can begin a sentence."""
    while position < len(text) and text[position] in " \t\u00a0":
        position += 1
    if position >= len(text):
        return True
    rest = text[position : position + 3].lstrip("\"'“‘«([*-–—•+ ")
    return not rest or not rest[0].islower()  # letters of some scripts have no case


def _next_word(text: str, position: int) -> str:
    match = re.compile(r"\W*(\w+)").match(text, position)
    return match.group(1) if match else ""


def _ends_sentence(text: str, line_start: int, match: re.Match[str]) -> bool:
    """Decide whether a run of terminators, or what a break may have been lost behind, ends one."""
    if match.re is _LOST_BREAK:
        return _is_lost_break(text, line_start, match)
    start, end = match.span()
    mark = match.group()
    if end >= len(text) or any(c in _FOREIGN_STOPS for c in mark):
        return True
    if not text[end].isspace():
        return _is_lost_space(text, line_start, match)
    word = _word_before(text, line_start, start)
    if not _begins_sentence(text, end):
        return False
    if mark != ".":
        return True
    if _ETC.search(text, max(line_start, start - 4), start):
        return True
    last = word.rsplit(".", 1)[-1]
    if _is_abbreviation(last) and (last[:1].isupper() or len(last) > 1):
        return False
    if len(last) == 1 and last.isupper():
        # An initial, "Donald J. Trump"; but "Nguyễn Văn A. Ông": a sentence begins.
        return (
            fold(_next_word(text, end)) in _STARTERS
            or _CLASSIFIED.search(text, max(line_start, start - 12), start) is not None
        )
    # An enumerator, "1. Mở đầu" or "a. Mở đầu", begins what follows.
    return not (len(last) <= 2 and last.isalnum() and text[line_start:start].strip() == last)


def _is_lost_space(text: str, line_start: int, match: re.Match[str]) -> bool:
    """Decide whether a space was lost behind a full stop: "tài sản.Trước đó".

    Abbreviations, numbers and addresses stay whole; "TP.HCM" ends a sentence before a word that
    is likely to begin one.
    """
    start, end = match.span()
    mark = match.group()
    opened = end + (text[end] in _OPENERS)
    following = text[opened : opened + 2]
    if not (
        mark[0] in ".!?…"
        and following[:1].isupper()
        and (
            following[1:].islower()
            or following[1:].isdigit()  # "U19"
            or (following[1:] == " " and not following[0].isascii())
        )
    ):
        return False
    while start > line_start and text[start - 1] in _CLOSERS:
        start -= 1
    word = _word_before(text, line_start, start)
    last = word.rsplit(".", 1)[-1]
    starts = _next_word(text, end).lower() in _STARTERS_BEHIND_CAPITALS
    is_closed = start < match.start()
    if "@" in word or _is_abbreviation(last) or ("." in word and not (starts or is_closed)):
        return False
    if last.isdecimal() and text[line_start:start].strip() == last:
        return False
    if len(last) < 2:
        return _ENDING_DIGIT.search(text, max(line_start, start - 12), start) is not None
    return (
        is_closed
        or mark[-1] in _CLOSERS
        or last[-1].islower()
        or last[-1].isdigit()
        or last[-1] == "%"
        or (len(last) > 2 and starts)
    )


def _word_before(text: str, line_start: int, position: int) -> str:
    match = _WORD_BEFORE.search(text, max(line_start, position - 40), position)
    return match.group() if match else ""


def _is_lost_break(text: str, line_start: int, match: re.Match[str]) -> bool:
    """Decide whether a break was lost before a capital, not a space before a name."""
    if _next_word(text, match.end()).lower() in _STARTERS_BEHIND_CAPITALS:
        return True
    mark = match.group()
    if mark == ")":
        return _ACRONYM.search(text, max(line_start, match.end() - 10), match.end()) is None
    return mark != "”" and mark not in _BEFORE_NAMES


def _is_abbreviation(word: str) -> bool:
    """Tell whether a word is one, with its diacritics: "co" is, "có" is not."""
    return word.lower() in ABBREVIATIONS and word not in WORDS_TOO


def sentence_spans(text: str) -> list[Span]:
    """Return the sentences of a text as ``(start, end)``, in order.

    Spans do not overlap, hold no leading or trailing white space, and together cover every
    character of the text that is not white space.
    """
    spans: list[Span] = []
    for line in _LINE.finditer(text):
        begin = line.start()
        for match in _breaks(text, *line.span()):
            if match.end() <= begin:
                continue
            if match.end() == line.end() or _ends_sentence(text, begin, match):
                end = match.end() - (_OPENS_NEXT.match(text, match.end(), line.end()) is not None)
                spans.append((begin, end))
                begin = end
        spans.append((begin, line.end()))
    return [trimmed for span in spans if (trimmed := _trim(text, span)) is not None]


def _breaks(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield where sentences may end in a line, in order."""
    found = (pattern.finditer(text, start, end) for pattern in (_TERMINATOR, _LOST_BREAK))
    return heapq.merge(*found, key=lambda match: match.end())


def clause_spans(text: str, start: int, end: int) -> list[Span]:
    """Return the clauses of ``text[start:end]``: pieces that end at ``;``, ``:``, ``,`` or a dash.

    Same guarantees as `sentence_spans`, within the slice.
    """
    spans: list[Span] = []
    begin = start
    for match in _CLAUSE_END.finditer(text, start, end):
        spans.append((begin, match.end()))
        begin = match.end()
    spans.append((begin, end))
    return [trimmed for span in spans if (trimmed := _trim(text, span)) is not None]


def coordinate_spans(text: str) -> list[Span]:
    """Return the coordinate parts of a sentence, each long enough to say something of its own.

    ``Đoàn A do bà B dẫn đầu và đoàn C do ông D dẫn đầu`` has two. Parts are cut before ``và``,
    ``còn``, ``nhưng`` and the like, and after a semicolon, where at least nine syllables stand
    on either side. Same guarantees as `sentence_spans`.
    """
    spans: list[Span] = []
    begin = 0
    for match in _COORDINATION.finditer(text):
        cut = match.end()
        if min(len(text[begin:cut].split()), len(text[cut:].split())) >= _PART_SYLLABLES:
            spans.append((begin, cut))
            begin = cut
    spans.append((begin, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, span)) is not None]


def word_spans(text: str, start: int, end: int) -> list[Span]:
    """Return the runs of characters of ``text[start:end]`` that are not white space."""
    return [match.span() for match in re.compile(r"\S+").finditer(text, start, end)]


def _trim(text: str, span: Span) -> Span | None:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
