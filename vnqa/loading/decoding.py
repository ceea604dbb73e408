"""Bytes to text: find the encoding, refuse what is not text, remove what hides or breaks it.

UTF-8, UTF-16 and windows-1258 are what Vietnamese news texts are kept in. Windows-1258 writes
most tones as combining marks behind the vowel, which NFC composes.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from vnqa.errors import ArticleError
from vnqa.language.invisible import without_invisible
from vnqa.language.vietnamese import nfc

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP, DOCX or EPUB archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3", "an SQLite database"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The rows of the Basic Multilingual Plane that Vietnamese text is written with: Latin and its
# extensions, combining marks, Vietnamese letters, punctuation.
_VIETNAMESE_ROWS = frozenset(b"\x00\x01\x03\x1e\x20")
_VIETNAMESE_LETTERS = frozenset(
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
)
_ONLY_VIETNAMESE = frozenset("ảãạăằắẳẵặầấẩẫậẻẽẹềếểễệỉĩịỏõọồốổỗộơờớởỡợủũụưừứửữựỳỷỹỵđ")
_ORDINARY_SIGNS = frozenset("–—‘’“”„…«»°·•©®§±×²³½¼¾´₫\u00a0€™‹›†‡")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_LATIN = frozenset((b"iso-8859-1", b"latin-1", b"latin1", b"windows-1252", b"cp1252"))
_HEAD_BYTES = 4096
_MOST_WRONG = 0.001
_LINE_END = re.compile(r"\r\n?|\n")
_NORMAL_ASCII = re.compile(r"[\n\x20-\x7e]*")


def _translation() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    table.update(dict.fromkeys(range(0x20)))
    table.update(dict.fromkeys(range(0x7F, 0xA0)))
    table.update({ord("\n"): "\n", ord("\t"): " "})
    table.update(dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n"))
    table.update(dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "))
    table.update(dict.fromkeys(range(0xD800, 0xE000)))  # lone surrogates, from JSON escapes
    return table


_TABLE = _translation()
_UNWANTED = re.compile("[" + "".join(f"\\U{c:08x}" for c in _TABLE if c != 0x0A) + "]")


def normalise(text: str) -> str:
    r"""Return the text as it is stored: NFC, ``\n`` line ends, nothing invisible.

    Control characters, zero-width and bidirectional marks, soft hyphens and lone surrogates are
    removed (they hide text from whoever checks a quote); every kind of space becomes a space.
    Applying it twice changes nothing.
    """
    if _NORMAL_ASCII.fullmatch(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNWANTED.search(text):
        text = text.translate(_TABLE)
    return nfc(without_invisible(text))


def decode(data: bytes) -> str:
    """Decode a file, or one line of one, to normalised text; see `decode_as_it_is`."""
    return normalise(decode_as_it_is(data))


def decode_page(data: bytes) -> str:
    """Decode a web page to normalised text, also one that writes its letters as entities.

    Where `decode` cannot, a page that declares itself Latin-1 or windows-1252 is read as that, and
    one in UTF-8 with hardly a byte wrong without that byte.

    Raises:
        ArticleError: See `decode_as_it_is`.
    """
    try:
        return decode(data)
    except ArticleError:
        declared = _CHARSET.search(data[:_HEAD_BYTES])
        if declared and declared[1].lower() in _LATIN:
            return normalise(data.decode("cp1252", errors="replace"))
        text = data.decode("utf-8", errors="replace")
        if b"\x00" in data or text.count("\ufffd") > len(data) * _MOST_WRONG:
            raise
        return normalise(text.replace("\ufffd", ""))


def decode_as_it_is(data: bytes, *, path: str = "") -> str:
    """Decode a file, or one line of one; what JSON holds is normalised once it is parsed.

    Args:
        data: The bytes.
        path: Named in errors.

    Raises:
        ArticleError: If the data are empty, not text, or in no encoding that is read; the message
            gives the position of the first byte at fault.
    """
    try:
        return _decode(data)
    except ValueError as error:
        raise ArticleError(str(error), path=path) from None


def lines_of(text: str) -> list[str]:
    r"""Return the lines that end with ``\n``, ``\r\n`` or ``\r``; others may stand within JSON."""
    return _LINE_END.split(text)


def _decode(data: bytes) -> str:
    if not data:
        raise ValueError("the file is empty")
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, skipped=len(mark))
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise ValueError(f"expected text, got {kind}; convert it to .txt or .html first")
    if b"\x00" in data:
        order = _utf16_order(data)
        if order is None:
            raise ValueError(
                f"expected text, got binary data (a zero byte at position {data.index(0)})"
            )
        return _strict(data, order)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        legacy = _windows_1258(data)
        if legacy is not None:
            return legacy
        raise ValueError(
            f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8, and the text is neither "
            "UTF-16 nor windows-1258; save it as UTF-8"
        ) from None


def _strict(data: bytes, encoding: str, *, skipped: int = 0) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"byte {error.start + skipped} is not {encoding.upper()}, which the file begins as; "
            "save it as UTF-8"
        ) from None


def _utf16_order(data: bytes) -> str | None:
    """Return the byte order if the bytes are UTF-16 without its mark."""
    units, odd = divmod(len(data), 2)
    halves = {"utf-16-le": (data[1::2], data[0::2]), "utf-16-be": (data[0::2], data[1::2])}
    for encoding, (high, low) in halves.items():
        in_rows = sum(high.count(row) for row in _VIETNAMESE_ROWS)
        if not odd and in_rows >= 0.95 * units and low.count(0) == 0:
            return encoding
    return None


def _windows_1258(data: bytes) -> str | None:
    """Return the text if the bytes make plausible Vietnamese in windows-1258."""
    try:
        text = nfc(data.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    foreign = [c for c in text.lower() if ord(c) > 127 and c not in _ORDINARY_SIGNS]
    if any(unicodedata.combining(c) for c in foreign):
        return None
    vietnamese = sum(c in _VIETNAMESE_LETTERS for c in foreign)
    distinctive = any(c in _ONLY_VIETNAMESE for c in foreign)
    return text if distinctive and vietnamese >= 0.95 * len(foreign) else None
