"""Comparing signatures: bounded, in constant time, and never with an exception that a header could cause."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from service.refusal import Refused
from service.webhooks.kind import Call, Door

Encoding = Literal["hex", "base64", "base64url"]
ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
TOLERANCE_S = 300  # five minutes either way, as Standard Webhooks advises; senders that say less have their own
MAX_HEADER = 2_048  # characters of a signature's header
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+", re.ASCII)
_SECONDS = re.compile(r"\d{10}", re.ASCII)
_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)
_DELIVERY_ID = re.compile(r"[A-Za-z0-9_.:-]{1,200}", re.ASCII)


def header(call: Call, name: str) -> str:
    """A header that must be there. Raises Refused (401)."""
    value = call.headers.get(name.lower())
    if not value:
        raise Refused(401, f"The header {name} is missing.")
    if len(value) > MAX_HEADER:
        raise Refused(401, f"The header {name} is longer than {MAX_HEADER} characters.")
    return value


def delivery_id(call: Call, name: str) -> str | None:
    """The sender's id of a delivery; None where there is none. Raises Refused (400) for one that cannot be an id."""
    value = call.headers.get(name.lower())
    if value is None:
        return None
    if not _DELIVERY_ID.fullmatch(value):
        raise Refused(400, f"{name} must be 1 to 200 letters, digits, hyphens, underscores, dots and colons.")
    return value


def check_hmac(
    door: Door, given: str, signed: bytes, name: str, *, algorithm: str = "sha256", encoding: Encoding = "hex"
) -> None:
    """Raises Refused (401) unless one of the secrets signed exactly ``signed``."""
    if not is_signed(door.secrets, decode(given, name, encoding), signed, algorithm):
        raise Refused(401, f"The signature in {name} does not fit this body and the source's secret.")


def is_signed(secrets: Iterable[str], given: bytes, signed: bytes, algorithm: str = "sha256") -> bool:
    """Whether one of ``secrets`` gives this signature; each is compared in constant time."""
    expected = [hmac.new(secret.encode(), signed, ALGORITHMS[algorithm]).digest() for secret in secrets]
    return any([hmac.compare_digest(one, given) for one in expected])  # noqa: C419 - all are compared, always


def decode(given: str, name: str, encoding: Encoding) -> bytes:
    """The bytes of a signature. Raises Refused (401) for what is none."""
    if encoding == "hex":
        if not _HEX.fullmatch(given):
            raise Refused(401, f"The signature in {name} is not hexadecimal.")
        return bytes.fromhex(given)
    if not given.isascii():
        raise Refused(401, f"The signature in {name} is not base64.")
    altchars = b"-_" if encoding == "base64url" else b"+/"
    bare = given.rstrip("=")
    try:
        found = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(401, f"The signature in {name} is not base64.") from error
    if base64.b64encode(found, altchars).decode().rstrip("=") != bare:  # a last letter may carry bits that mean nothing
        raise Refused(401, f"The signature in {name} is not base64.")
    return found


def check_seconds(text: str, name: str, now: datetime) -> None:
    """Raises Refused: 400 for what is no time in seconds, 401 for one outside the window."""
    if not _SECONDS.fullmatch(text):
        raise Refused(400, f"{name} must be seconds since 1970, in ten digits.")
    _check_window(int(text), name, now, TOLERANCE_S)


def check_milliseconds(text: str, name: str, now: datetime, tolerance: float = TOLERANCE_S) -> None:
    """Raises Refused: 400 for what is no time in milliseconds, 401 for one outside the window."""
    if not _MILLISECONDS.fullmatch(text):
        raise Refused(400, f"{name} must be milliseconds since 1970, in thirteen digits.")
    _check_window(int(text) / 1_000, name, now, tolerance)


def parts_of(value: str, name: str) -> dict[str, list[str]]:
    """``t=…,v1=…`` by names; a name may come several times. Raises Refused (401) for anything else."""
    found: dict[str, list[str]] = {}
    for part in value.split(","):
        key, equals, rest = part.strip().partition("=")
        if not equals or not key or not rest:
            raise Refused(401, f"{name} must be parts like name=value with a comma between them.")
        found.setdefault(key, []).append(rest)
    return found


def only(parts: Mapping[str, list[str]], key: str, name: str) -> str:
    """The one value of a part. Raises Refused (401) when there is none, or more."""
    values = parts.get(key, [])
    if len(values) != 1:
        raise Refused(401, f"{name} must hold {key}= once.")
    return values[0]


def check_token(call: Call, door: Door, extra: str | None = None) -> None:
    """A sender that does not sign. Raises Refused (401) unless the secret came with it.

    As a bearer, as basic authentication's password, at the end of the hook's address, or in the header ``extra``.
    """
    given = [call.token, _bearer(call), call.headers.get(extra.lower()) if extra else None]
    found = [value for value in given if value]
    if not found:
        raise Refused(
            401, "The secret is missing: send it as Authorization: Bearer …, or put it at the end of the hook's address."
        )
    fits = [same(value, secret) for value in found for secret in door.secrets]
    if not any(fits):
        raise Refused(401, "The secret is not this source's.")


def same(given: str, secret: str) -> bool:
    """Whether two texts are the same, in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode())


def _bearer(call: Call) -> str | None:
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, ValueError) as error:
        raise Refused(401, "Authorization: Basic is not base64 of name:password.") from error


def _check_window(then: float, name: str, now: datetime, tolerance: float) -> None:
    if abs(now.timestamp() - then) > tolerance:
        raise Refused(401, f"{name} is more than {tolerance:g} seconds away from this machine's clock.")
