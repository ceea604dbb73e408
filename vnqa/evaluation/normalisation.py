"""Answers compared as SQuAD does (Rajpurkar et al. 2016), by the rules of Vietnamese spelling."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from vnqa.language.dates import Date, dates
from vnqa.language.numbers import BELOW_ZERO, Number, is_counted, numbers
from vnqa.language.vietnamese import nfc, syllables

_LOOKS_LIKE = str.maketrans({"\u00d0": "Đ", "\u00f0": "đ", "\u0189": "Đ"})
_RAISED = re.compile(r"(?<=[^\W\d_])[²³]")  # "m²", but 10² is not 102
_HOURS = re.compile(r"(?<=\d)\s?(?:h|giờ)(?:\s?(\d{1,2})\b(?:\s?phút\b)?|\b)", re.IGNORECASE)
_MINUS = re.compile(  # no range, no hyphen, no bullet
    rf"(?:(?<![\w%)\n])(?<!\d )[-\u2212]|{BELOW_ZERO})$", re.IGNORECASE
)
_NTH = re.compile(r"\b(?:thứ|tháng)\s+$", re.IGNORECASE)  # "thứ hai" is "thứ 2"
_ANNOUNCING = re.compile(r"(?<!\w)(?<!tháng )(?:ngày|mùng|mồng|năm)\s+$", re.IGNORECASE)
_PERCENT = re.compile(r"\s+phần\s+trăm\b", re.IGNORECASE)
_OLD_YEAR = re.compile(r"\d{3}")  # dates are told from 1000 on
_SERIES = re.compile(r"\d+(?:[.,]\d+){2,}")  # 192.168.1.1: no number, unless its groups are of 3
_GROUPED = re.compile(r"\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)")
_BEFORE = 12  # code points that are looked at


def normalised(text: str) -> str:
    """Return a text as syllables parted by single spaces, so that equal answers are equal strings.

    Lower case, NFC, punctuation off; spellings of one syllable meet (``hòa``, ``hoà``), see
    `vnqa.language.vietnamese.syllable_key`, as do ``m²`` and ``m2``, ``7h30`` and ``7 giờ 30
    phút``. Numbers become their value: ``3,5 triệu``, ``3.500.000`` and ``ba triệu rưỡi`` are one,
    ``-5`` and ``âm 5`` are another than ``5``; ``1,200`` is read with a decimal comma; a word that
    counts nothing where it stands (``năm nay``, ``một số``) stays one, see
    `vnqa.language.numbers.is_counted`. Dates become their parts, in the order day, month, year:
    ``23/5/1950`` is ``ngày 23 tháng 5 năm 1950`` and holds ``tháng 5/1950``. ``5%`` and ``5 phần
    trăm`` are ``5``, as SQuAD drops signs. Nothing else is left out: Vietnamese has no articles,
    and classifiers carry meaning.
    """
    text = _HOURS.sub(r" giờ \1", nfc(text).translate(_LOOKS_LIKE))
    text = _RAISED.sub(lambda raised: unicodedata.normalize("NFKC", raised.group()), text)
    found = [number for number in numbers(text) if _counts(text, number)]
    values = [
        (_start(text, date.start), date.end, _date_parts(date))
        for date in dates(text)
        if not any(n.start == date.start and n.end > date.end for n in found)  # 2000 tỷ: no year
    ]
    for number in found:
        if not any(start < number.end and number.start < end for start, end, _ in values):
            values.append(_value(text, number))
    words: list[str] = []
    done = 0
    for start, end, parts in sorted(values):
        words += syllables(text[done:start]) + parts
        percent = _PERCENT.match(text, end)
        done = end if percent is None else percent.end()
    return " ".join(words + syllables(text[done:]))


def exact_match(answer: str, golds: Iterable[str]) -> bool:
    """Tell whether an answer is one of the gold answers, both normalised (EM of SQuAD).

    A gold answer without letters and digits is no answer: nothing matches it, here and below.
    """
    found = normalised(answer)
    return bool(found) and found in {normalised(gold) for gold in golds}


def f1(answer: str, golds: Iterable[str]) -> float:
    """Return the best F1 of an answer against the gold answers, over normalised syllables.

    F1 of SQuAD: harmonic mean of the shares of shared syllables in answer and gold answer, a
    syllable that stands twice counted twice. 0 where there are no gold answers.
    """
    found = normalised(answer).split()
    return max((_overlap_f1(found, normalised(gold).split()) for gold in golds), default=0.0)


def holds(text: str, golds: Iterable[str]) -> bool:
    """Tell whether a gold answer stands in a text, as a run of normalised syllables."""
    padded = f" {normalised(text)} "
    wanted = (normalised(gold) for gold in golds)
    return any(gold and f" {gold} " in padded for gold in wanted)


def _overlap_f1(found: Sequence[str], gold: Sequence[str]) -> float:
    shared = (Counter(found) & Counter(gold)).total()
    return 2.0 * shared / (len(found) + len(gold)) if shared else 0.0


def _counts(text: str, number: Number) -> bool:
    """Tell whether a number is one of its own: not of ``U21``, no address, no word like năm.

    Months are no matter here: dates are looked for apart, and "mỗi tháng ba lần" holds none.
    """
    start, end = number.start, number.end
    if not is_counted(text, number) and not (
        _NTH.search(text, max(0, start - _BEFORE), start) or _is_all(text, number)
    ):
        return False
    if text[:start][-1:].isalnum():
        return False
    return not _SERIES.fullmatch(text, start, end) or bool(_GROUPED.fullmatch(text, start, end))


def _is_all(text: str, number: Number) -> bool:
    """Tell whether a text is a number and nothing else: "năm", but not "không"."""
    rest = text[: number.start] + text[number.end :]
    return number.readings != {0} and not any(map(str.isalnum, rest))


def _value(text: str, number: Number) -> tuple[int, int, list[str]]:
    """Return a number's value and the stretch that says it, a minus or the "năm" of 938 too."""
    start, value = number.start, str(min(number.readings))
    if minus := _MINUS.search(text, max(0, start - _BEFORE), start):
        return minus.start(), number.end, [f"-{value}"]
    if _OLD_YEAR.fullmatch(text, start, number.end):
        start = _start(text, start)
    return start, number.end, [value]


def _start(text: str, start: int) -> int:
    """Return where the words "ngày", "năm" begin that only announce the date that starts here."""
    announced = _ANNOUNCING.search(text, 0, start)
    return start if announced is None else announced.start()


def _date_parts(date: Date) -> list[str]:
    day = [] if date.day is None else [f"d{date.day}"]
    month = [] if date.month is None else [f"m{date.month}"]
    year = [] if date.year is None else [str(date.year)]
    return day + month + year
