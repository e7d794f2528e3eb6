"""Bytes to text: by the BOM, else the header's charset, else the meta element's, else UTF-8, else by detection; never a crash."""

import codecs
import re
from dataclasses import dataclass
from typing import TypeVar

from rules.core.errors import UnreadableInputError

MAX_BYTES = 20_000_000  # a larger input is refused
T = TypeVar("T", bytes, str)
FOREIGN = 0.15  # share of bytes above ASCII from which a text is in no Latin script (Cyrillic pages: over a third)
BINARY_WINDOW = 8_192  # a NUL among the first bytes, without the BOM of a wide encoding, is no text
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LABEL = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([^ /;'\">]*)")
_UTF_8 = {b"utf-8", b"utf8", b""}
# What pages call latin-1 is windows-1252, as the WHATWG Encoding Standard rules; likewise for its other labels.
_WHATWG = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
}
# Python's own codecs that are no charset of any page. punycode takes time with the square of the text; the others misread it.
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined"})
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Decoded:
    """Text with its newlines as they are, the encoding it was read as, and the BOM that was taken off."""

    text: str
    encoding: str
    bom: bytes = b""


def decode(content: bytes | str, charset: str | None = None) -> Decoded:
    """The text of ``content``; raises UnreadableInputError for empty, binary or oversized input."""
    if isinstance(content, str):
        if len(content) > MAX_BYTES:
            raise UnreadableInputError(_too_large(len(content)))
        return Decoded(_LONE_SURROGATE.sub("\ufffd", _nonempty(content.removeprefix("\ufeff"))), "utf-8")
    if len(content) > MAX_BYTES:
        raise UnreadableInputError(_too_large(len(content)))
    for bom, name in _BOMS:
        if content.startswith(bom):
            return Decoded(_nonempty(content[len(bom) :].decode(name, "replace")), name, bom)
    if b"\0" in content[:BINARY_WINDOW]:
        raise UnreadableInputError("This is a binary file, not HTML or text; hand in the article's page or its text.")
    return _read(_nonempty(content), charset)


def storable(text: str) -> str:
    """NUL and lone surrogates, which no database keeps and no message carries, become U+FFFD, one for one."""
    try:
        text.encode()  # a tenth of what a search costs, and every body and every report goes through here
    except UnicodeEncodeError:
        return _UNSTORABLE.sub("\ufffd", text)
    return text.replace("\0", "\ufffd")


def _read(content: bytes, charset: str | None) -> Decoded:
    for label in filter(None, (charset, _declared(content), "utf-8")):
        name = _codec(label)
        text = _as(content, name) if name else None
        if name and text is not None:
            return Decoded(text, name)
    sample = content[:200_000]
    if sum(byte >= 0x80 for byte in sample) < FOREIGN * len(sample):
        return _western(content)  # a few accents and curly quotes: a detector would only guess
    from charset_normalizer import from_bytes  # noqa: PLC0415 - it costs more than most checks, and few need it

    best = from_bytes(sample).best()
    text = _as(content, best.encoding) if best else None
    return Decoded(text, best.encoding) if best and text is not None else _western(content)


def _western(content: bytes) -> Decoded:
    return Decoded(content.decode("cp1252", "replace"), "cp1252")


def _declared(content: bytes) -> str | None:
    """The encoding that the document names itself, near its beginning; None too where it names UTF-8, which is tried anyway."""
    head = content[: max(2048, len(content) // 20)]  # as far as the detector looks
    if set(_LABEL.findall(head.lower())) <= _UTF_8:
        return None
    from bs4.dammit import EncodingDetector  # noqa: PLC0415 - importing it takes a third of the time of a short check

    found = EncodingDetector.find_declared_encoding(content, is_html=True, search_entire_document=False)
    return str(found) if found else None


def _codec(label: str) -> str | None:
    label = label.strip().lower()
    if label.startswith(("utf-16", "utf-32")):
        return "utf-8"  # the meta element itself was read as ASCII, so it cannot be what it says (WHATWG HTML)
    try:
        name = _WHATWG.get(label) or codecs.lookup(label).name
    except (LookupError, ValueError):  # ValueError: a NUL in the label
        return None
    return None if name in _NO_CHARSETS else name


def _as(content: bytes, name: str) -> str | None:
    """The text, if all of the bytes are of that encoding."""
    try:
        return content.decode(name)
    except (UnicodeError, LookupError):
        return None


def _nonempty(content: T) -> T:
    if not content or content.isspace():
        raise UnreadableInputError("The input is empty: 0 bytes of text; hand in the article's HTML or text.")
    return content


def _too_large(size: int) -> str:
    return f"The input has {size:,} bytes; the limit is {MAX_BYTES:,}. Hand in the article alone, not the whole archive."
