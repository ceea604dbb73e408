"""The same question, written otherwise: no diacritics, the other tone placement, a typo."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from vnqa.language.vietnamese import fold, nfc

# The tone mark of an open rime oa, oe, uy stands on its first vowel (old) or its second (new).
_OLD = "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split()
_NEW = "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split()
_TO_NEW = dict(zip(_OLD, _NEW, strict=True))
_TO_OLD = dict(zip(_NEW, _OLD, strict=True))

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def without_diacritics(question: str) -> str:
    """Return the question as typed without a Vietnamese keyboard: lower case, no diacritics."""
    return fold(nfc(question))


def old_tone_placement(question: str) -> str:
    """Return the question with the old placement of tone marks: ``hòa``, ``khỏe``, ``thủy``."""
    return _place_tones(question, _TO_OLD)


def new_tone_placement(question: str) -> str:
    """Return the question with the new placement of tone marks: ``hoà``, ``khoẻ``, ``thuỷ``."""
    return _place_tones(question, _TO_NEW)


def _place_tones(question: str, spelling: dict[str, str]) -> str:
    # Open: no letter follows. In "quý" the u belongs to the onset, so the tone has one place only.
    open_rime = rf"(?<![qQ])(?:{'|'.join(spelling)})(?![^\W\d_])"

    def respelt(match: re.Match[str]) -> str:
        written = match.group()
        other = spelling[written.lower()]
        return "".join(
            letter.upper() if model.isupper() else letter
            for letter, model in zip(other, written, strict=True)
        )

    return re.sub(open_rime, respelt, nfc(question), flags=re.IGNORECASE)


def with_typo(question: str, seed: int = 0) -> str:
    """Return the question with one typo in a word of four letters or more.

    A letter is left out, or the key beside it on a QWERTY keyboard is hit instead (which costs a
    letter its diacritics). A question without such a word is returned as it is.

    Args:
        question: Any text; digits stay.
        seed: With the question's text, decides where and what.
    """
    question = nfc(question)
    draw = random.Random(f"{seed} {question}")
    words = list(_LONG_WORD.finditer(question))
    if not words:
        return question
    place = draw.randrange(*draw.choice(words).span())
    typed = question[place]
    beside = _keys_beside(fold(typed))
    hit = draw.choice(beside) if beside and draw.random() < 0.5 else ""
    return question[:place] + (hit.upper() if typed.isupper() else hit) + question[place + 1 :]


def _keys_beside(key: str) -> list[str]:
    """Return the letters left and right of a key, in its row; none for what is no such key."""
    row = next((row for row in _ROWS if key in row), "")
    at = row.find(key)
    return [row[i] for i in (at - 1, at + 1) if row and 0 <= i < len(row)]


PERTURBATIONS: dict[str, Callable[[str], str]] = {
    "without diacritics": without_diacritics,
    "old tone placement": old_tone_placement,
    "new tone placement": new_tone_placement,
    "one typo": with_typo,
}
