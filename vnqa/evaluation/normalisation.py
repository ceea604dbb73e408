"""Answers compared as SQuAD does (Rajpurkar et al. 2016), by the rules of Vietnamese spelling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from vnqa.language.dates import Date, dates
from vnqa.language.numbers import Number, numbers
from vnqa.language.vietnamese import nfc, syllables

_AMBIGUOUS = {"năm", "không"}  # alone far oftener "year" and "not" than 5 and 0
_ANNOUNCING = re.compile(r"(?<!\w)(?<!tháng )(?:ngày|mùng|mồng|năm)\s+$", re.IGNORECASE)
_PERCENT = re.compile(r"\s+phần\s+trăm\b", re.IGNORECASE)
_OLD_YEAR = re.compile(r"\d{3}")  # dates are told from 1000 on
_SERIES = re.compile(r"\d+(?:[.,]\d+){2,}")  # 192.168.1.1: no number, unless its groups are of 3
_GROUPED = re.compile(r"\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)")
_LARGEST = 10**60  # beyond it stays as written


def normalised(text: str) -> str:
    """Return a text as syllables parted by single spaces, so that equal answers are equal strings.

    Lower case, NFC, punctuation off; spellings of one syllable meet (``hòa``, ``hoà``), see
    `vnqa.language.vietnamese.syllable_key`. Numbers become their value: ``3,5 triệu``,
    ``3.500.000`` and ``ba triệu rưỡi`` are one; ``1,200`` is read with a decimal comma; ``năm`` and
    ``không`` alone stay words. Dates become their parts, in the order day, month, year:
    ``23/5/1950`` is ``ngày 23 tháng 5 năm 1950`` and holds ``tháng 5/1950``. ``5%`` and ``5 phần
    trăm`` are ``5``, as SQuAD drops signs. Nothing else is left out: Vietnamese has no articles,
    and classifiers carry meaning.
    """
    text = nfc(text)
    found = [number for number in numbers(text) if _counts(text, number)]
    values = [
        (_start(text, date.start), date.end, _date_parts(date))
        for date in dates(text)
        if not any(n.start == date.start and n.end > date.end for n in found)  # 2000 tỷ: no year
    ]
    for number in found:
        if not any(start < number.end and number.start < end for start, end, _ in values):
            is_year = _OLD_YEAR.fullmatch(text, number.start, number.end)
            start = _start(text, number.start) if is_year else number.start
            values.append((start, number.end, [str(min(number.readings))]))
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
    """Tell whether a number is one of its own: not of ``U21``, no address, no word like năm."""
    written = text[number.start : number.end]
    if not number.certain and written.lower() in _AMBIGUOUS:
        return False
    if text[: number.start][-1:].isalnum() or max(number.readings) > _LARGEST:
        return False
    return not _SERIES.fullmatch(written) or _GROUPED.fullmatch(written) is not None


def _start(text: str, start: int) -> int:
    """Return where the words "ngày", "năm" begin that only announce the date that starts here."""
    announced = _ANNOUNCING.search(text, 0, start)
    return start if announced is None else announced.start()


def _date_parts(date: Date) -> list[str]:
    day = [] if date.day is None else [f"d{date.day}"]
    month = [] if date.month is None else [f"m{date.month}"]
    year = [] if date.year is None else [str(date.year)]
    return day + month + year
