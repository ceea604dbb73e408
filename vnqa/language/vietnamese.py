"""Vietnamese spelling: one form for what is written in several ways.

Vietnamese is written in syllables. The same syllable can be typed composed or decomposed
(NFC/NFD), with the tone mark on either vowel of a rime (``hoà``/``hòa``), with i or y
(``kĩ``/``kỹ``), or with no diacritics at all. Functions here map these onto one another.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

# Letters with diacritics, and capital letters, for a character class.
ACCENTED = "àáâãèéêìíòóôõùúýăđĩũơư" + "".join(chr(c) for c in range(0x1EA1, 0x1EFA, 2))
UPPER = "A-Z" + ACCENTED.upper()

_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}  # Telex keys
_SYLLABLE = re.compile(r"[^\W_]+(?:[.,]\d+)*", re.UNICODE)
_FINAL_Y = re.compile(r"^(h|k|l|m|s|t|v|qu)y$")


def nfc(text: str) -> str:
    """Return the text in Unicode normalisation form C."""
    return unicodedata.normalize("NFC", text)


def _fold_character(character: str) -> str:
    lowered = character.lower()
    base = unicodedata.normalize("NFD", lowered)[:1]
    base = "d" if base == "đ" else base
    return base if len(base) == 1 else character


class _FoldTable(dict[int, str]):
    def __missing__(self, codepoint: int) -> str:
        folded = self[codepoint] = _fold_character(chr(codepoint))
        return folded


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """Lower-case NFC text and strip its diacritics (đ becomes d).

    The result has as many code points as the input, so that offsets carry over.
    """
    return text.translate(_FOLD)


def has_diacritics(text: str) -> bool:
    """Tell whether any letter of the text carries a Vietnamese diacritic, đ included."""
    return any(_FOLD[ord(c)] != c.lower() for c in text if ord(c) > 127 and c.isalpha())


@functools.lru_cache(maxsize=1 << 16)
def syllable_key(syllable: str) -> str:
    """Return the form under which spellings of one syllable meet.

    Lower case; the tone is moved to the end as its Telex key, so that its place no longer
    matters (``hoà`` and ``hòa`` both give ``hoaf``); a final y after h, k, l, m, s, t, v, qu
    becomes i (``kỹ``, ``kĩ``). Other diacritics stay: ``bố`` and ``bơ`` differ.
    """
    tone = ""
    letters = []
    for character in unicodedata.normalize("NFD", syllable.lower()):
        if character in _TONES:
            tone = _TONES[character]
        else:
            letters.append(character)
    base = unicodedata.normalize("NFC", "".join(letters))
    base = _FINAL_Y.sub(r"\1i", base)
    return base + tone


def folded_key(syllable: str) -> str:
    """Return the same without diacritics, so that unaccented spellings meet too."""
    return _FINAL_Y.sub(r"\1i", fold(syllable))


def iter_syllables(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield ``(syllable, start, end)`` for each run of letters and digits, in order.

    A number keeps its separators: ``3,5`` and ``1.200`` are one token each.
    """
    for match in _SYLLABLE.finditer(text):
        yield match.group(), match.start(), match.end()


def syllables(text: str) -> list[str]:
    """Return the syllables of the text, in order, as keys: case and spelling variants aside."""
    return [syllable_key(match.group()) for match in _SYLLABLE.finditer(text)]


def folded_syllables(text: str) -> list[str]:
    """Return the syllables of the text, in order, lower case and without diacritics."""
    return [folded_key(match.group()) for match in _SYLLABLE.finditer(text)]
