"""Dates of publication as Vietnamese newspapers write them: day first, in their own time zone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from vnqa.records import VIETNAM

_YEARS = range(1945, 2101)

_ISO = re.compile(
    r"(?<!\d)(?P<y>\d{4})(?P<s>[-/])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)"
    r"(?:[T ](?P<h>\d{1,2}):(?P<min>\d{2})(?::\d{2}(?:\.\d+)?)?(?:\s?(?P<half>AM|PM|SA|CH)\b)?"
    r"\s?(?P<zone>Z|UTC|GMT(?!\s?[+-])|[+-]\d{2}(?::?\d{2})?(?!\d))?|[+-]\d{2}:\d{2})?"
)
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})\d{2}(Z|[+-]\d{2}:?\d{2})?")
_ENGLISH_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ENGLISH = re.compile(
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<m>[a-z]{3})[a-z]*\.?,?\s+"
    r"(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<y>\d{4})(?!\d)",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    r"(?<![\d/.-])(?P<d>\d{1,2})\s?(?P<s>[/.-])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<y>\d{4})(?!\d)"
)
_MONTHS = "một,hai,ba,tư,năm,sáu,bảy,tám,chín,mười,mười một,mười hai".split(",")
_WORDS = re.compile(
    rf"(?:ngày\s+)?(?P<d>\d{{1,2}})\s+(?:tháng|thg\.?)\s+(?P<m>\d{{1,2}}|{'|'.join(_MONTHS[::-1])}),?"
    r"(?:\s+năm)?\s+(?P<y>\d{4})(?!\d)",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"(?<![\d/])(\d{1,2}/\d{1,2}/)(\d{2})(?![\d/])")
_DIGITS = re.compile(r"[0-9]{8,13}")
_TIME = re.compile(
    r"(?<![\d:])(?P<h>[01]?\d|2[0-3])\s?(?::|h|giờ)\s?(?P<min>[0-5]\d)(?::[0-5]\d)?(?!\d)"
    r"(?:\s?(?:phút|'))?(?:\s?(?P<half>AM|PM|SA|CH)\b)?",
    re.IGNORECASE,
)


class Moment(NamedTuple):
    """A date, the time of day where one is given, and the text around both."""

    date: datetime.date
    time: str
    rest: str


def find_moment(text: str) -> Moment | None:
    """Return the first valid date of a text, its time of day (``"HH:MM"`` or ``""``), and the rest.

    Day comes before month, always. A time with an offset from UTC is converted to Vietnam's.
    """
    iso = _ISO.search(text)
    if iso:
        return _from_iso(text, iso)
    for pattern in (_DAY_FIRST, _WORDS):
        match = pattern.search(text)
        if not match:
            continue
        month = match["m"].lower()
        month = str(_MONTHS.index(month) + 1) if month in _MONTHS else month
        date = _date(match["y"], month, match["d"])
        if date is None:
            return None
        rest = text[: match.start()] + " \x00 " + text[match.end() :]
        clock = _TIME.search(rest)
        time = ""
        if clock:
            time = _time(clock)
            rest = rest[: clock.start()] + " \x00 " + rest[clock.end() :]
        return Moment(date, time, rest.replace("\x00", " "))
    return None


def _from_iso(text: str, match: re.Match[str]) -> Moment | None:
    date = _date(match["y"], match["m"], match["d"])
    if date is None:
        return None
    rest = text[: match.start()] + " " + text[match.end() :]
    if not match["h"]:
        clock = _TIME.search(rest)
        if clock is None:
            return Moment(date, "", rest)
        return Moment(date, _time(clock), rest[: clock.start()] + " " + rest[clock.end() :])
    hour, minute, zone = _hour(match), int(match["min"]), match["zone"]
    if hour > 23 or minute > 59:
        return None
    if zone:
        offset = datetime.timedelta()
        if zone[0] in "+-":
            digits = zone[1:].replace(":", "")
            offset = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
            offset = -offset if zone[0] == "-" else offset
        written = datetime.datetime(date.year, date.month, date.day, hour, minute)
        local = written - offset + VIETNAM.utcoffset(None)
        return Moment(local.date(), f"{local:%H:%M}", rest)
    return Moment(date, f"{hour:02}:{minute:02}", rest)


def _date(year: str, month: str, day: str) -> datetime.date | None:
    try:
        date = datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return date if date.year in _YEARS else None


def _time(match: re.Match[str]) -> str:
    return f"{_hour(match):02}:{match['min']}"


def _hour(match: re.Match[str]) -> int:
    hour = int(match["h"])
    half = (match["half"] or "").upper()
    if half in ("PM", "CH") and hour < 12:
        hour += 12
    if half in ("AM", "SA") and hour == 12:
        hour = 0
    return hour


def read_published(value: object) -> tuple[datetime.date, str] | None:
    """Read a metadata field: a date, a date and time, or seconds or milliseconds since 1970.

    Texts are read as `find_moment` does; also ``29/09/21``, ``20210929``, with English months,
    as e-mail has dates, and ``{"$date": …}``, as MongoDB writes them.

    Returns:
        The date in Vietnam and the time of day (``"HH:MM"`` or ``""``), or ``None`` if the value
        is no valid date.
    """
    if isinstance(value, datetime.datetime):
        if value.utcoffset() is not None:
            try:
                value = value.astimezone(VIETNAM)
            except OverflowError:  # within hours of the first or the last day there is
                return None
        return value.date(), f"{value:%H:%M}"
    if isinstance(value, datetime.date):
        return value, ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _read_number(value)
    if isinstance(value, Mapping):
        return read_published(value["$date"]) if "$date" in value else None
    return _read_text(value.strip()) if isinstance(value, str) else None


def _read_text(text: str) -> tuple[datetime.date, str] | None:
    found = find_moment(text) or find_moment(_SHORT_YEAR.sub(_full_year, text))
    if found is not None:
        return found.date, found.time
    if _DIGITS.fullmatch(text.removesuffix(".0")):
        return _read_number(int(text.removesuffix(".0")))
    if basic := _BASIC.fullmatch(text):
        year, month, day, hour, minute, zone = basic.groups(default="")
        return _read_text(f"{year}-{month}-{day}T{hour}:{minute}{zone}")
    import email.utils

    with suppress(ValueError, TypeError, OverflowError):
        moment = email.utils.parsedate_to_datetime(text)
        return read_published(moment) if moment.year in _YEARS else None
    english = _ENGLISH.search(text)
    if english is None or english["m"].lower() not in _ENGLISH_MONTHS:
        return None
    number = _ENGLISH_MONTHS.index(english["m"].lower()) + 1
    date = _date(english["y"], str(number), english["d"] or english["d2"] or "")
    clock = _TIME.search(text)
    return None if date is None else (date, _time(clock) if clock else "")


def _full_year(match: re.Match[str]) -> str:
    return f"{match[1]}{'19' if match[2] >= '70' else '20'}{match[2]}"


def _read_number(value: float) -> tuple[datetime.date, str] | None:
    if 19_000_000 < value < 22_000_000:  # a day as 20210929; as seconds it would be of 1970
        digits = str(int(value))
        date = _date(digits[:4], digits[4:6], digits[6:])
        return None if date is None else (date, "")
    try:
        seconds = value / 1000 if abs(value) > 1e11 else value
        moment = datetime.datetime.fromtimestamp(seconds, tz=VIETNAM)
    except (OverflowError, ValueError, OSError):
        return None
    return (moment.date(), f"{moment:%H:%M}") if moment.year in range(1971, 2101) else None
