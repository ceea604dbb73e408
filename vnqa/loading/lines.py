"""Lines of a text as boilerplate rules see them: markup off, each with its reason for being cut.

A rule never rewrites a line: it gives it a ``kind``, and what has a kind is cut. Kept lines are
the input's, less Markdown marks and the spaces around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from vnqa.language.sentences import ABBREVIATIONS, WORDS_TOO
from vnqa.language.vietnamese import UPPER

_IMAGE = re.compile(
    r"!\[([^\]\n]{0,500}+)\]\(\s?(data:[^\s)]*+|\S{0,2000}?)(?:\s\"[^\"\n]{0,300}\")?\)"
)
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\(\s?(\S{1,2000}?)(?:\s\"[^\"\n]{0,300}\")?\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*\n]{1,2000}?)(?<=\S)\1")
_WHOLE_BOLD = re.compile(r"(?:\*\*|__)(?=\S)((?:(?!\*\*|__)[^\n])+)(?:\*\*|__)")
_WHOLE_ITALIC = re.compile(r"([*_])(?=[^\s*_])((?:(?!\1)[^\n])+)\1")
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BULLET = re.compile(r"(?:[*•●▪■□◦‣►▶◆➢✓]|\+(?!\d)|-(?=\s))\s*(?=\S)")
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…]['\"”’»)\]]*$")
# A full stop behind an abbreviation ends no sentence: "TP. Hồ Chí Minh", "PGS. TS. Lê An".
_NOT_ABBREVIATED = "".join(
    rf"(?<!\b{word.capitalize()})" if word in WORDS_TOO else rf"(?<!\b(?i:{word}))"
    for word in sorted(ABBREVIATIONS)
)
_INNER_BREAK = re.compile(
    rf"(?<=[^\W\d_][^\W\d_]){_NOT_ABBREVIATED}[.…]['\"”’»)\]]*+\s++['\"“‘«(]*+[{UPPER}]"
    rf"|[^\W\d_{UPPER}]{{2}}['\"”’]?[.…]['\"”’»)\]]*+['\"“‘«(]*+[{UPPER}][^\W\d_{UPPER}]|\./\.?\S"
)

# Lower case, but neither "iPhone" nor "e-Go" nor "a) …" nor "thường: 2 triệu" nor an address.
_GOES_ON = re.compile(
    rf"(?![^\W\d_]-?[{UPPER}]|[^\W\d_]{{1,3}}\s?[.)/:]|[^:]{{1,40}}: |https?:|www\.)[^\W\d_{UPPER}]"
)
# A row that nothing goes on with: it has markup, ends a sentence, or credits a picture.
_CLOSED = re.compile(
    rf"^[^\w\"'“‘«(]|{_SENTENCE_END.pattern}|[:;|*_]$"
    r"|(?:ảnh|hình|nguồn|clip|video|photo)\s?[:：][^:]{1,60}$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Line:
    """One non-blank line.

    Attributes:
        raw: The line as it came, spaces around it removed.
        text: The line without its markup.
        gap: Whether a blank line stood before it.
        mark: ``"h1"`` … ``"h6"``, ``"bold"``, ``"italic"``, ``"bullet"``, ``"image"``, ``"link"``,
            ``"rule"`` or ``""``.
        alt: Alternative text of an image in the line.
        kind: Why the line is cut; ``None`` while it is kept.
        prefix: The outlet's name, taken off the front of ``text``.
    """

    raw: str
    text: str
    gap: bool
    mark: str = ""
    alt: str = ""
    kind: str | None = None
    prefix: str = ""

    @property
    def words(self) -> int:
        """Number of space-separated words."""
        return len(self.text.split())

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends as a sentence does."""
        return _SENTENCE_END.search(self.text) is not None

    @property
    def is_prose(self) -> bool:
        """Whether it can only be running text: with a full stop, or too long for a headline."""
        text = self.text.rstrip("'\"”’»)] ")
        if text.endswith(("...", "…")):
            text = text.rstrip(".… ")
            if not text:
                return False
        return text.endswith((".", ":", ";", ",")) or self.words > 35 or has_break(self.text)

    @property
    def is_headline(self) -> bool:
        """Whether it may be the title of an article: 3 to 35 words, no full stop, one sentence."""
        return not self.is_prose and self.words >= 3 and not self.goes_on

    @property
    def goes_on(self) -> bool:
        """Whether it goes on with a sentence of the line above; ``iPhone`` opens one, though."""
        return self.text[:1].islower() and not self.text[1:2].isupper()


def has_break(text: str) -> bool:
    """Tell whether one sentence ends and another begins inside the text."""
    return _INNER_BREAK.search(text) is not None


def words_of(text: str) -> list[str]:
    """Return the words of a text, lower case."""
    return _WORD.findall(text.lower())


def key(text: str) -> str:
    """Return what two lines share that say the same: their words, case and punctuation aside."""
    return " ".join(words_of(text))


def split_lines(text: str) -> list[Line]:
    """Split normalised text at line ends, put hard-wrapped paragraphs together, take markup off."""
    lines: list[Line] = []
    block: list[str] = []
    gap = False
    for raw in (*text.split("\n"), ""):
        stripped = raw.strip()
        if stripped:
            block.append(stripped)
            continue
        rows = [" ".join(block)] if _is_wrapped(block) else _with_ends(block)
        for number, row in enumerate(rows):
            lines.append(_read(row, gap=bool(lines) and gap and number == 0))
        block = []
        gap = True
    return lines


def _is_wrapped(block: list[str]) -> bool:
    """Tell whether rows without a blank line between them are one paragraph cut at a column."""
    if len(block) < 3:
        return False
    full = [len(row) for row in block[:-1]]
    if (
        min(full) < 50
        or max(full) > 130
        or max(full) - min(full) > 20
        or len(block[-1]) > max(full)
    ):
        return False
    broken = sum(not _SENTENCE_END.search(row) for row in block[:-1])
    lowered = sum(row[0].islower() for row in block[1:])
    return broken >= 0.6 * len(full) and lowered >= 0.5 * len(full)


def _with_ends(block: list[str]) -> list[str]:
    """Put a row that goes on with an unfinished long one behind it; behind a short one none."""
    rows: list[list[str]] = []
    for row in block:
        if (
            rows
            and _GOES_ON.match(row)
            and len(rows[-1][-1]) >= 50
            and not _CLOSED.search(rows[-1][-1])
        ):
            rows[-1].append(row)
        else:
            rows.append([row])
    return [" ".join(parts) for parts in rows]


def _read(raw: str, *, gap: bool) -> Line:
    line = Line(raw=raw, text=raw, gap=gap)
    text = raw
    if "|" in text and text.count("|") <= 2:
        text = text.strip("| ")
    if "](" in text:
        images = _IMAGE.findall(text)
        bare = _IMAGE.sub(" ", text).strip("| ")
        if images:
            line.alt = max((alt.strip() for alt, _ in images), key=len)
            if not bare:
                line.mark, line.text = "image", line.alt
                return line
        if _LINK.search(bare) and not _LINK.sub("", bare).strip(" *+-•|.,;>»0123456789"):
            line.mark, line.text = "link", _LINK.sub(r"\1", bare).strip()
            return line
        text = _LINK.sub(r"\1", bare)
    heading = _HEADING.match(text)
    if heading:
        line.mark, text = f"h{len(heading[1])}", heading[2].rstrip().rstrip("#").rstrip()
    if "*" in text or "_" in text:
        bold, italic = _WHOLE_BOLD.fullmatch(text), _WHOLE_ITALIC.fullmatch(text)
        if bold:
            line.mark, text = line.mark or "bold", bold[1]
        elif italic:
            line.mark, text = line.mark or "italic", italic[2]
        text = _BOLD.sub(r"\2", text)
    bullet = None if line.mark else _BULLET.match(text)
    if bullet:
        line.mark = "bullet"
        if not text.startswith("-"):  # a dash may open direct speech, and stays
            text = text[bullet.end() :]
    text = text.strip()
    if not any(c.isalnum() for c in text):
        line.mark, text = "rule", raw
    line.text = text
    return line


def join_lines(lines: Iterable[Line]) -> str:
    """Join the kept lines; one blank line stays where the input had any."""
    parts: list[str] = []
    gap = False
    for line in lines:
        gap = gap or line.gap
        if line.kind is None:
            parts.append(("\n\n" if gap else "\n") if parts else "")
            parts.append(line.text)
            gap = False
    return "".join(parts)
