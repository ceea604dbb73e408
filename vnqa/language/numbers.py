"""Numbers in Vietnamese text, by value: digits, words, and both with multipliers.

Vietnamese writes a decimal comma and groups thousands with full stops. ``3,5 triệu``,
``3.500.000`` and ``ba triệu rưỡi`` are one number; ``3,5`` and ``35`` are two.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from vnqa.language.vietnamese import syllable_key

_TOKEN = re.compile(
    r"\d{1,40}(?:[.,]\d{1,40}){0,12}|[^\W\d_]+"
)  # bounded: int() refuses thousands of digits
_GAP = re.compile(r"[ \t\u00a0]*$")  # "5tỷ" has none


def _keys(words: str) -> dict[str, int]:
    return {syllable_key(word): value for value, word in enumerate(words.split())}


_DIGITS = _keys("không một hai ba bốn năm sáu bảy tám chín")
_DIGITS[syllable_key("bẩy")] = 7
_AFTER_TENS = {syllable_key(w): v for w, v in (("mốt", 1), ("tư", 4), ("lăm", 5), ("nhăm", 5))}
_TEN, _TENS, _DOZEN = (syllable_key(word) for word in ("mười", "mươi", "chục"))
_HUNDRED, _AND, _AND_TOO, _HALF = (syllable_key(w) for w in ("trăm", "linh", "lẻ", "rưỡi"))
_SCALES = {
    syllable_key(word): value
    for word, value in (
        ("nghìn", 10**3), ("ngàn", 10**3), ("vạn", 10**4), ("triệu", 10**6), ("tỷ", 10**9),
    )
}  # fmt: skip
# Parts of other words: "6 tỷ phú", "năm 2019 tỷ lệ", "5/3 triệu tập"; but "200 triệu tập trung".
_NO_SCALE = re.compile(
    r"(?:t[ỷỉ]\s+(?:phú|lệ|số|giá|trọng|suất)|triệu\s+(?:phú|hồi|tập(?!\s+(?:trung|đoàn|thể))"
    r"|chứng(?!\s+(?:minh|chỉ|nhận|khoán|từ|cứ))))\b",
    re.IGNORECASE,
)
_MOST = 10**18  # multipliers in a row; no text says more
_FIVE = syllable_key("năm")  # also "year": a digit only before a multiplier
_MULTIPLIERS = {_TENS, _DOZEN, _HUNDRED, *_SCALES}
_NUMERALS = {*_DIGITS, *_AFTER_TENS, *_MULTIPLIERS, _TEN, _HALF}


# Where a lone number word is none: "năm nay", "một số", "Ba Lan", "tháng ba".
_NO_COUNT = re.compile(
    r"(?:không|năm(?=\s*(?:$|[^\w\s]|\d|(?:nay|ngoái|qua|sau|trước|học|tới|đó|ấy|này|kia|rồi|mới|cũ"
    r"|tài|là|thì|ông|bà)\b))|một(?=\s+(?:số|trong|cách|phần|vài|ít|loạt|chút)\b)|ba(?=\s+lan\b))",
    re.IGNORECASE,
)
_NO_COUNT_BEFORE = re.compile(r"(?:\d|\b(?:thứ|tháng))\s+$", re.IGNORECASE)
_YEAR_BEFORE = re.compile(  # "trong năm", but "trong ba năm"
    r"\b(?:mỗi|hằng|hàng|trong|nhiều|các|những|cuối|đầu|giữa|suốt|cả|từng|vài|mấy)\s+$",
    re.IGNORECASE,
)
# "Âm" before a number that it makes less than 0; not "thu âm", "ghi âm".
BELOW_ZERO = r"(?<!thu )(?<!ghi )(?<!phát )(?<!siêu )\bâm\s+"
_NUMERAL_BEFORE = re.compile(r"(?<![^\W_])([^\W\d_]+)[ \t\u00a0]+$")
_BEFORE = 12  # code points that are looked at


class Number(NamedTuple):
    """A number in a text.

    Attributes:
        start: First code point.
        end: One past the last.
        readings: The values it can stand for; ``1,200`` has two.
        certain: False for a lone number word, which may mean something else ("năm": five, year).
    """

    start: int
    end: int
    readings: frozenset[Fraction]
    certain: bool


def numbers(text: str) -> list[Number]:
    """Return the numbers of a text, in order."""
    tokens = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    found: list[Number] = []
    i = 0
    while i < len(tokens):
        number, used = _parse(text, tokens, i)
        if number is not None:
            found.append(number)
        i += max(used, 1)
    return found


def is_counted(text: str, number: Number) -> bool:
    """Tell whether what may be a number is one where it stands: "năm" before "nay" is a year."""
    if number.certain:
        return True
    before = max(0, number.start - _BEFORE)
    if _NO_COUNT.match(text, number.start) or _NO_COUNT_BEFORE.search(text, before, number.start):
        return False
    if syllable_key(text[number.start : number.end]) != _FIVE:
        return True
    if _YEAR_BEFORE.search(text, before, number.start):
        return False
    numeral = _NUMERAL_BEFORE.search(text, before, number.start)
    word = "" if numeral is None else syllable_key(numeral.group(1))
    return word not in _NUMERALS or _DIGITS.get(word) == 4  # "sáu năm tù", but "bốn năm người"


def digit_readings(literal: str) -> frozenset[Fraction]:
    """Return the values a run of digits, full stops and commas can stand for.

    ``1.200`` is 1200; ``3.5`` and ``3,5`` are 3.5; ``1,200`` is 1.2, or 1200 as written in English;
    ``1,000`` is 1000; behind a lone 0 stands a decimal, ``0.125``.
    """
    dots, commas = literal.count("."), literal.count(",")
    if not dots and not commas:
        return frozenset({Fraction(int(literal))})
    if dots and commas:
        decimal = max(literal.rfind("."), literal.rfind(","))
        whole = re.sub(r"[.,]", "", literal[:decimal])
        return frozenset({Fraction(f"{whole}.{literal[decimal + 1 :]}")})
    parts = re.split(r"[.,]", literal)
    grouped = parts[0] != "0" and len(parts[0]) <= 3 and all(len(p) == 3 for p in parts[1:])
    readings = set()
    if grouped and (dots or commas):
        readings.add(Fraction(int("".join(parts))))
    if len(parts) == 2 and (not grouped or (commas and parts[1] != "000")):
        readings.add(Fraction(f"{parts[0]}.{parts[1]}"))
    if not readings:  # 12.5.2020, 192.168.1.1: separate numbers, kept apart by the caller
        readings.update(Fraction(int(part)) for part in parts)
    return frozenset(readings)


def _parse(text: str, tokens: list[tuple[str, int, int]], first: int) -> tuple[Number | None, int]:
    """Read the longest numeral that begins at a token; return it and the tokens it took."""
    literal, start, end = tokens[first]
    if literal[0].isdecimal():
        readings, used = digit_readings(literal), 1
        scale, more = _scales(text, tokens, first + 1)
        if more:
            readings = frozenset(value * scale for value in readings)
            used += more
            end = tokens[first + more][2]
            rest, more = _remainder(text, tokens, first + used, int(scale))
            if more:
                readings = frozenset(value + rest for value in readings)
                used += more
                end = tokens[first + used - 1][2]
        return Number(start, end, readings, True), used
    value, used = _words(text, tokens, first)
    if not used:
        return None, 1
    certain = used > 1
    return Number(start, tokens[first + used - 1][2], frozenset({value}), certain), used


def _key(text: str, tokens: list[tuple[str, int, int]], i: int, *, follows: bool = True) -> str:
    """Return the key of token ``i`` if only spaces part it from the token before, else ``""``."""
    if not 0 <= i < len(tokens):
        return ""
    if follows and i and not _GAP.fullmatch(text, tokens[i - 1][2], tokens[i][1]):
        return ""
    key = syllable_key(tokens[i][0])
    return "" if key in _SCALES and _NO_SCALE.match(text, tokens[i][1]) else key


def _scales(text: str, tokens: list[tuple[str, int, int]], i: int) -> tuple[int, int]:
    """Read multipliers in a row, "nghìn tỷ"; return their product and how many."""
    product, used = 1, 0
    while product < _MOST and (scale := _SCALES.get(_key(text, tokens, i + used))) is not None:
        product *= scale
        used += 1
    return product, used


def _remainder(
    text: str, tokens: list[tuple[str, int, int]], i: int, scale: int
) -> tuple[Fraction, int]:
    """Read what follows a multiplier: "rưỡi", or a smaller number with its own multiplier."""
    if _key(text, tokens, i) == _HALF:
        return Fraction(scale, 2), 1
    if _key(text, tokens, i) and tokens[i][0][0].isdecimal():
        smaller, used = _scales(text, tokens, i + 1)
        if used and smaller < scale:
            rest, more = _remainder(text, tokens, i + 1 + used, smaller)
            return min(digit_readings(tokens[i][0])) * smaller + rest, 1 + used + more
    return Fraction(0), 0


def _words(text: str, tokens: list[tuple[str, int, int]], first: int) -> tuple[Fraction, int]:
    """Read a numeral in words; return its value and how many tokens it took (0: none)."""
    total = Fraction(0)  # closed by a scale
    added = Fraction(0)  # the part of total that the last scale closed
    group: int | None = None  # 0 to 999, being read
    unit: int | None = None  # a digit that waits for its multiplier
    scale = 1  # the last multiplier, for "rưỡi"
    i = first
    while key := _key(text, tokens, i, follows=i > first):
        after = _key(text, tokens, i + 1)
        if key in _DIGITS and unit is None and not (key == _FIVE and after not in _MULTIPLIERS):
            if group is not None and group % 10:
                break
            if total and group is None and after not in _MULTIPLIERS:
                break  # "một triệu hai": colloquial, two readings; stop at what is sure
            unit = _DIGITS[key]
        elif key in _AFTER_TENS and unit is None and group and group % 100 >= 10:
            unit = _AFTER_TENS[key]
        elif key == _TEN and unit is None and (group is None or group % 100 == 0):
            group, scale = (group or 0) + 10, 10
        elif key in (_TENS, _DOZEN) and unit is not None:
            group, unit, scale = (group or 0) + unit * 10, None, 10
        elif key == _HUNDRED and unit is not None and group is None:
            group, unit, scale = unit * 100, None, 100
        elif key in (_AND, _AND_TOO) and group and unit is None and after in {*_DIGITS, _TEN}:
            if after == _FIVE:
                group, i = group + 5, i + 1
        elif key in _SCALES and (group is not None or unit is not None):
            added = Fraction(((group or 0) + (unit or 0)) * _SCALES[key])
            total += added
            group, unit, scale = None, None, _SCALES[key]
        elif key in _SCALES and added and scale < _MOST:
            total += added * (_SCALES[key] - 1)
            added *= _SCALES[key]
            scale *= _SCALES[key]
        elif key == _HALF and scale >= 10 and unit is None:
            total += Fraction(scale, 2)
            i += 1
            break
        else:
            break
        i += 1
    if i == first and tokens[first][0] and syllable_key(tokens[first][0]) == _FIVE:
        return Fraction(5), 1
    return total + (group or 0) + (unit or 0), i - first
