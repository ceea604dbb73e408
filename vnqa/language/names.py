"""Proper names in Vietnamese text: runs of capitalised syllables, compared up to spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from vnqa.language.vietnamese import syllable_key

_WORD = re.compile(r"[^\W_]+")
_JOINT = re.compile(r"[ \t\u00a0]*+[-–.&/'’]?+[ \t\u00a0]*+")
_OPENING = re.compile(r"(?:^|[.!?…:\n]|[.!?…:][\"”’)]*\s)[\s\"“'‘(\[*•–-]*$")

_ABBREVIATIONS = {
    "tp": "thành phố", "tphcm": "thành phố hồ chí minh", "hcm": "hồ chí minh", "lb": "liên bang",
    "lhq": "liên hợp quốc", "ttxvn": "thông tấn xã việt nam", "vn": "việt nam",
    "ubnd": "ủy ban nhân dân", "hđnd": "hội đồng nhân dân", "csgt": "cảnh sát giao thông",
    "thpt": "trung học phổ thông", "thcs": "trung học cơ sở", "đh": "đại học",
    "đhqg": "đại học quốc gia", "bv": "bệnh viện", "gs": "giáo sư", "pgs": "phó giáo sư",
    "ts": "tiến sĩ", "ths": "thạc sĩ", "bs": "bác sĩ", "tw": "trung ương",
    "đbscl": "đồng bằng sông cửu long", "bhxh": "bảo hiểm xã hội", "bhyt": "bảo hiểm y tế",
    "gd": "giáo dục", "đt": "đào tạo", "gtvt": "giao thông vận tải", "đbqh": "đại biểu quốc hội",
    "tand": "tòa án nhân dân", "vksnd": "viện kiểm sát nhân dân", "mttq": "mặt trận tổ quốc",
}  # fmt: skip
_EXPANSIONS = {
    syllable_key(short): tuple(syllable_key(word) for word in full.split())
    for short, full in _ABBREVIATIONS.items()
}
_UNITED = tuple(syllable_key(word) for word in "liên hiệp quốc".split())
_NATIONS = _EXPANSIONS[syllable_key("lhq")]

# Words that begin a sentence without being part of a name, and forms of address before one.
_OPENERS = frozenset(
    syllable_key(word)
    for word in (
        "ngày tháng năm sáng trưa chiều tối đêm hôm trong ngoài trên dưới tại ở từ đến "
        "khi lúc sau trước theo với và hoặc hay nhưng mà vì do bởi nên nếu tuy dù để cho "
        "của là có không chưa đã đang sẽ được bị các những một hai ba bốn mỗi mọi cả hơn "
        "gần khoảng chỉ cũng đó này đây kia ông bà anh chị em cô chú bác cậu cháu họ nó "
        "tôi chúng ta mình người vào ra lên xuống qua về hiện nay bên cạnh ngay như thì "
        "thế vậy số thứ lần việc điều còn cùng đối giữa bằng đặc biệt gồm bao tính"
    ).split()
)


# The commonest family names: what follows one is of the same name.
_FAMILIES = frozenset(
    syllable_key(word)
    for word in (
        "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đoàn trịnh đinh"
    ).split()
)
_MARK = re.compile(r"(?<!\s)\s*+[-–.&/'’]")


class Name(NamedTuple):
    """A proper name in a text.

    Attributes:
        start: First code point.
        end: One past the last.
        keys: Its syllables as keys, abbreviations written out.
        opens_sentence: True if its first capital may be due to its place alone.
    """

    start: int
    end: int
    keys: tuple[str, ...]
    opens_sentence: bool

    def run_end(self, text: str) -> int:
        """Return where its first run of syllables without marks between them ends."""
        mark = _MARK.search(text, self.start, self.end)
        return self.end if mark is None else mark.start()


def written_out(key: str) -> tuple[str, ...]:
    """Return a syllable's key, or the keys of what it is a well-known abbreviation of."""
    return _EXPANSIONS.get(key, (key,))


def name_keys(text: str) -> tuple[str, ...]:
    """Return all syllables of a text as keys, with well-known abbreviations written out."""
    return _expand([syllable_key(match.group()) for match in _WORD.finditer(text)])


def names(text: str) -> list[Name]:
    """Return the proper names of a text, in order.

    A name is a run of capitalised syllables, hyphens and full stops inside it allowed
    (``Việt-Nga``, ``TP.HCM``). A common word that opens a sentence is none.
    """
    found: list[Name] = []
    run: list[re.Match[str]] = []

    def close() -> None:
        if not run:
            return
        keys = [syllable_key(match.group()) for match in run]
        opens = _OPENING.search(text, max(0, run[0].start() - 8), run[0].start()) is not None
        if not (opens and len(run) == 1 and keys[0] in _OPENERS):
            found.append(Name(run[0].start(), run[-1].end(), _expand(keys), opens))
        run.clear()

    for match in _WORD.finditer(text):
        capital = any(c.isupper() for c in match.group())
        if run and not (capital and _JOINT.fullmatch(text, run[-1].end(), match.start())):
            close()
        if capital:
            run.append(match)
    close()
    return found


def has_family(text: str) -> bool:
    """Tell whether one of the commonest Vietnamese family names stands in a text."""
    return any(syllable_key(match.group()) in _FAMILIES for match in _WORD.finditer(text))


def holds_name(keys: Sequence[str], name: Name) -> bool:
    """Tell whether a text, given by `name_keys`, holds a name as a run of syllables."""
    if _contains(keys, name.keys):
        return True
    if not name.opens_sentence or len(name.keys) < 2 or name.keys[0] not in _OPENERS:
        return False
    return _contains(keys, name.keys[1:])


def _contains(keys: Sequence[str], run: Sequence[str]) -> bool:
    first, length = run[0], len(run)
    return any(
        key == first and tuple(keys[i : i + length]) == tuple(run) for i, key in enumerate(keys)
    )


def _expand(keys: Sequence[str]) -> tuple[str, ...]:
    expanded: list[str] = []
    for key in keys:
        expanded.extend(written_out(key))
    for i in range(len(expanded) - 2):
        if tuple(expanded[i : i + 3]) == _UNITED:
            expanded[i : i + 3] = _NATIONS
    return tuple(expanded)
