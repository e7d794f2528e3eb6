"""Text as every database takes it: PostgreSQL refuses NUL, and UTF-8 has no lone surrogates."""

import re
from collections.abc import Mapping
from typing import Any

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with U+FFFD for each NUL and each lone surrogate."""
    return text if is_storable(text) else _UNSTORABLE.sub("\ufffd", text)


def is_storable(text: str) -> bool:
    """Whether the text can be stored as it is."""
    try:
        text.encode()  # a tenth of what a search by pattern costs, and every body goes through here
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def storable_json(value: Any) -> Any:
    """A JSON value with every text in it, keys among them, made storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable_json(key): storable_json(item) for key, item in value.items()}
    return [storable_json(item) for item in value] if isinstance(value, list | tuple) else value
