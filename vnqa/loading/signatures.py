"""Signatures: the lines below an article that say who wrote it and where it was taken from."""

from __future__ import annotations

import re
from typing import NamedTuple

from vnqa.language.vietnamese import UPPER

_NAME_WORD = re.compile(rf"(?:[{UPPER}][^\W\d_]*\.?|[{UPPER}]\.)(?:[-–][^\W\d_]+)?")
_NAMES = re.compile(r"\s*(?:[,;&/+–—]|\s-\s|\bvà\b)\s*")
_FROM = re.compile(
    r"[(\[]?\s*(?:Theo|THEO|Nguồn|NGUỒN|Nguồn tin|Theo nguồn)\s*[:：]?\s+(?P<source>\S.{1,60})"
)
_ROLE = (
    r"(?:(?:tổng hợp và )?lược dịch|tổng hợp|biên dịch|dịch|ghi|lược ghi|thực hiện|t/h|biên soạn|"
    r"sưu tầm)"
)
_WITH_ROLE = re.compile(
    rf"(?P<author>[^()]{{2,40}}?)\s*(?:\(\s*{_ROLE}(?:\s*(?:theo|từ)\s+"
    rf"(?P<source>[^()]{{2,40}}))?\s*\)|[-–]\s*{_ROLE})",
    re.IGNORECASE,
)
_WITH_SOURCE = re.compile(
    r"(?P<author>[^()]{0,40}?)\s*\(\s*(?:[Tt]heo\s+)?(?P<source>[^()]{2,40})\)"
)
_SLASH = re.compile(r"(?P<author>[^/]{3,40})/\s?(?P<source>[^/\s][^/]{1,30})")
_AUTHOR_THEN_FROM = re.compile(
    r"(?P<author>.{2,40}?)\s*[-–,.]?\s+(?:Theo|theo)\s+(?P<source>.{2,40})"
)
_INITIALS = re.compile(
    rf"(?:[{UPPER}]\.){{1,3}}[{UPPER}]?\.?(?:\s?[{UPPER}][^\W\d_]*)?|P\.?V\.?|PV|BTV|CTV"
)
_ACRONYM = re.compile(rf"[{UPPER}]{{2,8}}(?:[.+&][{UPPER}]{{2,5}}|\+)?")
_WITH_PHOTOS = re.compile(r"(?P<author>.{2,40}?)\s*[-–;.(]\s*(?:Ảnh|ảnh|Clip)\s*[:：].{1,40}")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+(?:vn|com|net|org|info|tv)(?:\.vn)?", re.IGNORECASE)
# Words that open a sentence or a heading more often than a name.
_OPENERS = """
    Theo Nguồn Ảnh Tin Bài Trong Ngoài Tuy Nhưng Và Khi Sau Trước Hiện Ông Bà Anh Chị Việt Hà Ngày
    Tại Năm Phần Chương Điều
"""
_NOT_NAMES = frozenset(_OPENERS.split())


class Signature(NamedTuple):
    """What a signature line names."""

    author: str | None = None
    source: str | None = None


def read_signature(text: str) -> Signature | None:
    """Read a line such as ``Theo VOV``, ``Mai Lan/Vietnam+`` or ``NGỌC MAI``."""
    text = text.strip().rstrip("|").strip()
    if len(text) > 90 or len(text.split()) > 12:
        return None
    match = _FROM.fullmatch(text)
    if match:
        source = match["source"].rstrip(" .")
        if text[0] in "([":
            source = source.rstrip(" )]")
        return _read_pair(source) or (Signature(source=source) if is_outlet(source) else None)
    pair = _read_pair(text)
    if pair is not None:
        return pair
    if _INITIALS.fullmatch(text):
        return Signature(author=text)
    if _DOMAIN.fullmatch(text) or (" " not in text and _ACRONYM.fullmatch(text)):
        return Signature(source=text)
    if is_names(text) and len(text.split()) >= 2:
        return Signature(author=text)
    return None


def _read_pair(text: str) -> Signature | None:
    """Read an author with an outlet, a role or a photographer beside the name."""
    for pattern in (_WITH_ROLE, _WITH_SOURCE, _WITH_PHOTOS, _SLASH, _AUTHOR_THEN_FROM):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        found = match.groupdict()
        author, source = found["author"].strip(" -–,."), found.get("source")
        if (
            (not author or is_names(author))
            and (source is None or is_outlet(source))
            and (author or text[0] == "(")
        ):
            return Signature(author=author or None, source=source.strip() if source else None)
    return None


def is_signature(text: str) -> bool:
    """Tell whether a line is a signature."""
    return read_signature(text) is not None


def is_names(text: str) -> bool:
    """Tell whether a text is one to four names of people, each of up to five capitalised words."""
    if len(text) > 200:
        return False
    if _INITIALS.fullmatch(text):
        return True
    names = _NAMES.split(text)
    if not 1 <= len(names) <= 4:
        return False
    for name in names:
        words = name.split()
        if words and words[0] in ("PV", "Phóng", "Nhóm", "BTV", "CTV") and len(words) <= 5:
            continue
        if not 1 <= len(words) <= 5 or (words[0] in _NOT_NAMES and len(words) < 3):
            return False
        if not all(_NAME_WORD.fullmatch(word) for word in words):
            return False
    return True


def is_outlet(text: str) -> bool:
    """Tell whether a text names outlets: capitalised or a domain, and no sentence."""
    words = text.strip().split()
    if not words or len(words) > 8 or text.rstrip().endswith(("?", "!", ":", ",")):
        return False
    if words[0] == "báo":
        words = words[1:] or words
    if _DOMAIN.fullmatch(words[0]):
        return True
    capitals = sum(word[0].isupper() or not word[0].isalpha() for word in words)
    return words[0][0].isupper() and words[0] not in ("Ông", "Bà") and 2 * capitals >= len(words)
