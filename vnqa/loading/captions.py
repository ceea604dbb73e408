"""Captions: lines that say what a picture shows, and the headline repeated beside pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from vnqa.language.vietnamese import UPPER
from vnqa.loading.labels import read_label
from vnqa.loading.lines import Line, has_break, key, words_of

_NAME = rf"(?:[{UPPER}0-9“\"'][^\s,;:]*+|và|của|[-–/&+,|])"
_SORT = r"minh\ h[oọ][ạa]|tư\ liệu|chụp\ màn\ hình|cắt\ từ\ (?:clip|video)"
_SHOWS = rf"\ (?:{_SORT}|chỉ\ mang\ tính\ (?:chất\ )?minh\ h[oọ][ạa])\.?[)\]]?"
_CREDIT = re.compile(
    rf"""(?:
      (?:^|[\s(\[.,;|–—-])
        (?:Ảnh(?:\ {_SORT}|\ và\ clip)?|ẢNH|Hình|Nguồn\ (?:ảnh|hình)|Minh\ h[oọ][ạa]|Photo|PHOTO
          |Đồ\ h[oọ][ạa]|Clip|Video|Biểu\ đồ|Infographic)
        \s?[:：]\s?[^:\n]{{1,60}}
    | [(\[]\s?(?:(?:ảnh|hình)(?:\ minh\ h[oọ][ạa])?|[Nn]guồn\ ảnh|clip)
        \s?[:：]\s?[^()\n]{{1,60}}[)\]]
    | [(\[]\s?[Nn]guồn\s?[:：]\s?[^()\n]{{1,60}}[)\]](?!\s*\.)  # else a sentence's own source
    | (?:^|[\s(\[.,;|–—-])[(\[]?(?:Ảnh|Hình(?:\ ảnh)?){_SHOWS}
    | (?:[(\[]|[.!?”"–—-]\s?)(?:ảnh|hình(?:\ ảnh)?){_SHOWS}
    | (?:[.!?”"]\s|\s[-–—(]|[.!?]\()(?:Ảnh|ẢNH)\s(?:{_NAME}\s?){{1,6}}
    )\s*[.)\]|]*$""",
    re.VERBOSE,
)
_OPENING = re.compile(r"(?:Trong ảnh|Chú thích ảnh|Ảnh trên|Ảnh dưới)\s?[:：]\s?\S")
_NEAR = 60  # lines; a caption repeats what stands in the same article
_NUMBER = re.compile(r"\d+")
_CREDIT_ALONE = re.compile(
    r"[(\[]?(?:Ảnh|ảnh|Hình ảnh)\s(?:minh h[oọ][ạa]|tư liệu|internet|Internet|sưu tầm)[)\]]?\.?"
)


def mark_captions(lines: Sequence[Line], title: str = "") -> None:
    """Give captions and repeated headlines their kind.

    A caption is a short line that ends in a picture credit, that repeats the alternative text of
    an image, that follows an image without being a sentence, or that only repeats what a sentence
    of the article says. A sentence that ends in a full stop is never cut for being repeated,
    unless it stands right beside an image or a repeated headline.
    """
    headline = key(title) if title else ""
    alts = {key(line.alt) for line in lines if line.alt}
    begun = False  # the article has begun
    pictured = False  # an image, or the headline in its place, stands right above
    for number, line in enumerate(lines):
        if line.kind is not None:
            pictured = line.kind == "image" or (pictured and line.kind == "rule")
        elif headline and key(line.text) == headline:
            line.kind = "repeated title"
            pictured = begun
        else:
            near = lines[max(0, number - _NEAR) : number + _NEAR]
            if _is_caption(line, near, alts, begun=begun, pictured=pictured):
                line.kind = "caption"
            else:
                begun = begun or line.is_prose
            pictured = False


def _is_caption(
    line: Line, near: Sequence[Line], alts: set[str], *, begun: bool, pictured: bool
) -> bool:
    label = read_label(line.text)
    if line.goes_on or (label is not None and label[0] == "author"):
        return False
    if has_credit(line.text) or (alts and line.words >= 3 and key(line.text) in alts):
        return True
    if pictured and line.mark in ("", "italic") and not has_break(line.text):
        if not line.ends_sentence and line.text[-1] not in ":;,":
            return 5 <= line.words <= 40
        return 5 <= line.words <= 30 and _is_repeated(line, near, share=0.7)
    if line.ends_sentence or line.text[-1] in ":;," or not 10 <= line.words <= 60:
        return False
    return begun and _is_repeated(line, near, share=0.8, whole=True)


def has_credit(text: str) -> bool:
    """Tell whether a line is a caption by its own words: it is short and ends in a credit."""
    if len(text) > 420:
        return False
    credit = _CREDIT.search(text)
    if credit:
        shown = text[: credit.start()].strip()
        words = len(shown.split())
        return _is_name(credit[0]) and words <= 55 and (words <= 25 or not has_break(shown))
    if _CREDIT_ALONE.fullmatch(text):
        return True
    return _OPENING.match(text) is not None and len(text.split()) <= 45 and not has_break(text)


def _is_name(credit: str) -> bool:
    """Tell whether a credit names somebody, and does not go on to say what is to be seen."""
    named = credit.replace("：", ":").rpartition(":")[2].split()
    return len(named) <= 4 or sum(not word[0].islower() for word in named) >= 0.5 * len(named)


def _is_repeated(line: Line, near: Sequence[Line], *, share: float, whole: bool = False) -> bool:
    """Tell whether a longer line holds nearly all pairs of words and all numbers of this one.

    Args:
        line: This one.
        near: The lines around it.
        share: Of its pairs.
        whole: All its words, too: items of a list differ in few.
    """
    pairs = _pairs(line.text)
    if len(pairs) < 4:
        return False
    numbers = set(_NUMBER.findall(line.text))
    for other in near:
        if other is line or other.kind not in (None, "title") or other.words < line.words:
            continue
        if len(pairs & _pairs(other.text)) >= share * len(pairs):
            if whole and not set(words_of(line.text)) <= set(words_of(other.text)):
                continue
            return numbers <= set(_NUMBER.findall(other.text))
    return False


def _pairs(text: str) -> set[tuple[str, str]]:
    found = words_of(text)
    return set(pairwise(found))
