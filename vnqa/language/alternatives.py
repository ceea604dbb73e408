"""What a question offers to choose from: "A hay B?", "giữa A và B, bên nào …?"."""

from __future__ import annotations

import itertools
import re

from vnqa.language.vietnamese import nfc, syllables

# Asked to choose: "giữa A và B, bên nào …", "A - B, ai …", or "đội nào thắng … trận A gặp B?"
_WITH = r"(?:và|với|gặp|[-–])"
_SIDES = (
    rf"((?:(?!\bgiữa\b)[^?]){{1,120}}? {_WITH} [^,?]{{1,60}}?)"
    r"(?:, (?:[^\W\d_]+ ){0,2}?(?:nào|ai)\b| (?:thì )?(?:ai|(?:bên|đội|nước|người|phe) nào)\b)"
)
_BETWEEN = re.compile(rf"\bgiữa {_SIDES}", re.IGNORECASE)
_NAMED = re.compile(  # not "ngoài A và B, ai"
    r"^\W*+(?!(?:sau|trước|ngoài|bên|trừ|cùng|so|như|giống|khi|lúc|tại|ở|từ|đến|theo|do|nhờ|vì|bởi"
    rf"|với|về|đối|để|nếu|năm|ngày|tháng)\b){_SIDES}",
    re.IGNORECASE,
)
_LAST_SIDES = re.compile(
    rf"^(?>.*?\b(?:nào|ai)\b).*\b(?:giữa|trận) ([^?]{{1,120}} {_WITH} [^,?]{{1,60}}?)\s*\?*$",
    re.IGNORECASE,
)
_JOINED = re.compile(rf", | {_WITH} ", re.IGNORECASE)
_OR = re.compile(  # not "hay nhất", "hay không"
    r",? (?:hay|hoặc)(?: là)?+ (?!(?:nhất|hơn|không|ko|chưa|sao)\b)", re.IGNORECASE
)
_NO_CHOICE = re.compile(
    r"\b(?:gì|đâu|sao|mấy|bao (?:nhiêu|giờ|lâu|xa)|(?:thế|khi|lúc) nào)\b", re.IGNORECASE
)
_FAR, _NEAR = 8, 4  # syllables of a side that another one may repeat: "tăng giá hay giảm giá"
_MEMBER = 4  # words, the most that a member of a list has
_CONTEST = re.compile(r"\b(?:thắng|thua|hơn|nhất|vô địch|ưu tiên)\b", re.IGNORECASE)


def sides_offered(question: str) -> list[str]:
    """Return, for each of those that a question asks to choose from, the key that tells it.

    Where one begins or ends is not known for sure, so it is told by the syllable nearest to where
    they are joined that the others have not: "Hương" and "Hàn" of "sông Hương hay sông Hàn?".
    """
    question = nfc(question)
    sides = [keys for side in _sides(question) if (keys := syllables(side))]
    if len(sides) < 2:
        return []
    *firsts, last = sides
    told = []
    for at, side in enumerate(firsts):
        before = [key for other in firsts[:at] for key in other[-_FAR:]]
        after = [
            key for other in sides[at + 1 :] for key in (*other[:_NEAR], *_common_tail(side, other))
        ]
        told.append(next((key for key in reversed(side) if key not in before + after), side[-1]))
    others = {key for other in firsts for key in other[-_FAR:]}
    return [*told, next((key for key in last if key not in others), last[0])]


def _common_tail(one: list[str], other: list[str]) -> list[str]:
    """Return the syllables that both sides end in, if they are several: "A đông hơn hay B …"."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    tail = [key for key, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)]
    return tail if len(tail) > 1 else []


def _sides(question: str) -> list[str]:
    """Return what a question offers; at the outer ends with what stands beside it, if anything."""
    found = _BETWEEN.search(question) or (
        _CONTEST.search(question) and _LAST_SIDES.search(question)
    )
    if found:
        return _JOINED.split(found.group(1))
    named = _NAMED.search(question)
    if named and all(map(_ends_in_capital, sides := _JOINED.split(named.group(1)))):
        return sides
    first, *others = _OR.split(question)
    if not others:
        return []
    *listed, first = first.split(", ")
    rest = others.pop()
    if _NO_CHOICE.search(f"{first} {rest}"):
        return []
    if len(first.split()) > _MEMBER:
        listed = []
    is_name = _ends_in_capital(first)
    members = [side for side in listed if _ends_in_capital(side) == is_name]
    return [*members, first, *others, rest]


def _ends_in_capital(words: str) -> bool:
    return words.split()[-1:] != [] and words.split()[-1][0].isupper()
