from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.errors import ArticleError
from vnqa.loading.decoding import decode, decode_as_it_is, normalise

TEXT = "Chiều thứ bảy, chợ nổi họp muộn: 1.200 ghe, giá 3,5 triệu đồng.\nNgười bán nói “vẫn đông”."


def windows_1258(text: str) -> bytes:
    """Encode as old editors did: base letters composed, tones as combining marks behind them."""
    encoded = bytearray()
    for character in text:
        try:
            encoded += character.encode("cp1258")
        except UnicodeEncodeError:
            decomposed = unicodedata.normalize("NFD", character)
            tone = next(c for c in decomposed if c in "\u0300\u0301\u0303\u0309\u0323")
            rest = unicodedata.normalize("NFC", decomposed.replace(tone, ""))
            encoded += rest.encode("cp1258") + tone.encode("cp1258")
    return bytes(encoded)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        windows_1258(TEXT),
        unicodedata.normalize("NFD", TEXT).encode(),
        TEXT.replace("\n", "\r\n").encode(),
    ],
    ids=[
        "utf8",
        "utf8-bom",
        "utf16",
        "le-bom",
        "be-bom",
        "le",
        "be",
        "utf32",
        "1258",
        "nfd",
        "crlf",
    ],
)
def test_every_encoding_gives_the_same_text(data: bytes) -> None:
    assert decode(data) == TEXT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7 \x93\x8c", "expected text, got a PDF"),
        (b"PK\x03\x04....", "expected text, got a ZIP"),
        (b"abc\x00\x01\x02\xffdef", "a zero byte at position 3"),
        ("Tin vắn: ".encode() + b"\xff\xfe\xfd", "byte 11 (0xff) is not UTF-8"),
        (b"\xff\xfe" + "đò".encode("utf-16-le") + b"\x00", "byte 6 is not UTF-16-LE"),
        ("Đường".encode()[:-4] + b"\x80\x81\x8f", "is not UTF-8"),
    ],
)
def test_what_is_not_text_is_rejected_with_its_position(data: bytes, reason: str) -> None:
    with pytest.raises(ArticleError) as caught:
        decode_as_it_is(data, path="a.txt")
    assert reason in caught.value.reason
    assert caught.value.path == "a.txt"


def test_utf8_with_one_damaged_byte_is_not_taken_for_windows_1258() -> None:
    data = bytearray(TEXT.encode())
    data[4] = 0x20  # the last byte of a letter of three
    with pytest.raises(ArticleError, match="is not UTF-8"):
        decode(bytes(data))


def test_hidden_characters_go_and_spaces_are_spaces() -> None:
    hidden = "Giá\u00a0vé\u200b là\u202e 50\u00ad.000\u2009đồng\ufeff\x07\u2028hết\U000e0041\ud800"
    assert normalise(hidden) == "Giá vé là 50.000 đồng\nhết"


@given(st.text())
def test_normalise_gives_nfc_and_is_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in once.replace("\n", ""))


@given(st.text())
def test_composed_and_decomposed_text_are_one(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)


@given(st.binary())
def test_any_bytes_give_text_or_an_article_error(data: bytes) -> None:
    try:
        text = decode(data)
    except ArticleError:
        return
    assert normalise(text) == text


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậ ờợữỹ.,\n", min_size=20))
def test_utf16_without_a_mark_is_recognised(text: str) -> None:
    text = "Bài " + text + " \n"
    assert decode(text.encode("utf-16-be")) == text
