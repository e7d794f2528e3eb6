import pytest

from rules.core.decoding import MAX_BYTES, decode
from rules.core.errors import UnreadableInputError

TEXT = "Café “noir” – 10 €"


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (TEXT.encode(), None),
        (TEXT.encode("utf-8-sig"), None),
        (TEXT.encode("utf-16"), None),
        (b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le"), None),
        (TEXT.encode("cp1252"), "windows-1252"),
        (TEXT.encode("cp1252"), "iso-8859-1"),  # what pages call latin-1 is windows-1252
        (TEXT.encode("utf-8"), "no-such-charset"),
    ],
)
def test_reads_the_text(content: bytes, charset: str | None) -> None:
    assert decode(content, charset).text == TEXT


def test_meta_charset() -> None:
    assert decode('<meta charset="windows-1251"><p>Москва'.encode("cp1251")).text.endswith("Москва")


def test_wrong_header_does_not_make_mojibake() -> None:
    text = "The council was naïve – “so naïve”, as one member put it after the long meeting."
    assert decode(text.encode("cp1252"), "utf-8").text == text


def test_undeclared_cyrillic_is_detected() -> None:
    text = "Совет города вчера вечером проголосовал за продление аренды старого рынка на десять лет."
    assert decode(text.encode("cp1251")).text == text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "binary"),
        (b"a" * (MAX_BYTES + 1), "limit"),
        ("a" * (MAX_BYTES + 1), "limit"),
    ],
    ids=["nothing", "white space", "image", "bytes", "text"],
)
def test_refuses(content: bytes | str, said: str) -> None:
    with pytest.raises(UnreadableInputError, match=said):
        decode(content)


@pytest.mark.parametrize(
    "charset", ["punycode", "unicode_escape", "utf-7", "idna", "undefined", "hex", "zlib", "rot13", "\0", "é"]
)
def test_a_codec_that_is_no_charset_is_not_used(charset: str) -> None:
    """punycode took 3 seconds for 320 kB, and four times that for twice as much."""
    page = f'<meta charset="{charset}"><p>A\\u0041 +AGE- b-kva9</p>'.replace("\0", "")
    assert decode(page.encode(), charset).text == page


def test_half_a_character_is_replaced_one_for_one() -> None:
    """Nothing can encode it: neither the parser, nor a store, nor the report's reader."""
    assert decode("a\ud800b\udfff").text == "a\ufffdb\ufffd"
