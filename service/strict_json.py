"""JSON as strangers send it: one meaning only, bounded, and fit to be stored."""

import json
from typing import Any, NoReturn

from reports.storable import storable
from service.errors import ServiceError

MAX_DIGITS = 400  # the longest number that a float can still hold has 309 digits before the point
MAX_DEPTH = 100  # our own payload is 3 levels deep; the richest body of a CMS that we know, Arc XP's, is about 12


class BadJsonError(ServiceError):
    """The bytes are no JSON that has exactly one meaning."""


def read_json(body: bytes) -> Any:
    """The value in ``body``: JSON in UTF-8, a byte order mark allowed.

    NUL and lone surrogates become U+FFFD, since no store can keep them. Raises BadJsonError for another encoding,
    NaN and infinities, a repeated key, a number of more than 400 digits, or nesting deeper than 100 levels.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadJsonError(f"The body is not UTF-8: byte {error.start} is 0x{body[error.start]:02x}.") from error
    try:
        return _storable(_decode(text), MAX_DEPTH)
    except RecursionError as error:
        raise BadJsonError(f"The JSON is nested deeper than {MAX_DEPTH} levels.") from error


def _decode(text: str) -> Any:
    try:
        return json.loads(
            text, parse_constant=_refuse_constant, parse_int=_whole, parse_float=_decimal, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        raise BadJsonError(f"The body is not JSON: {error.msg} at character {error.pos}.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise BadJsonError(f"{name} is no JSON number.")


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise BadJsonError(f"A number of {len(digits)} digits is more than {MAX_DIGITS}.")
    return int(digits)


def _decimal(digits: str) -> float:
    if len(digits) > MAX_DIGITS:
        raise BadJsonError(f"A number of {len(digits)} digits is more than {MAX_DIGITS}.")
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise BadJsonError(f"The number {digits} is too large.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadJsonError(f"The key {twice!a} stands twice in one object.")
    return found


def _storable(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return storable(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth == 0:
        raise RecursionError
    if isinstance(value, list):
        return [_storable(item, depth - 1) for item in value]
    return {_storable(name, 0): _storable(item, depth - 1) for name, item in value.items()}
