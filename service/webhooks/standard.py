"""Standard Webhooks: our own senders, and any modern one. https://www.standardwebhooks.com, version 1.0.0.

The ``standardwebhooks`` package is the sender in the tests. It does not verify here: it decodes the body before it has
checked it, so that a body in another encoding ends in an exception; it takes its own clock; and it accepts ids with
dots and times with fractions, which make ``id.time.body`` ambiguous.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from reports.intake import Event
from reports.sources import PUBLIC_KEY
from service.article_json import read_article
from service.refusal import Refused
from service.webhooks.kind import Call, Door, Kind, Told

EVENTS: dict[object, Event] = {
    "article.published": "publish",
    "article.updated": "publish",
    "article.withdrawn": "withdraw",
}
ID = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
TIMESTAMP = re.compile(r"\d{10}", re.ASCII)
TOLERANCE_S = 300  # the specification's advice: five minutes either way
SYMMETRIC, ASYMMETRIC = "v1", "v1a"  # HMAC-SHA256 by a shared secret; ed25519, checked by the sender's public key
MAX_SIGNATURES = 16  # two secrets in a rotation make two; the rest is room


class Standard(Kind):
    """Our own JSON: ``{"type": …, "data": {"url"?, "html"?, "metadata"?}}``."""

    name = "standard"
    label = "Standard Webhooks"
    guide = (
        "Sign with any library of standardwebhooks.com and POST the story as JSON: type article.published, "
        "article.updated or article.withdrawn, data with url, html or text, and metadata."
    )
    proof = "whsec"

    def verify(self, call: Call, door: Door) -> None:
        """By its three headers."""
        verify(call.headers, call.body, door.secrets, call.now)

    def identify(self, call: Call, payload: dict[str, Any], door: Door) -> str | None:  # noqa: ARG002
        """``webhook-id``."""
        return call.headers.get("webhook-id")

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """One article."""
        kind = payload.get("type")
        if not isinstance(kind, str) or kind not in EVENTS:
            raise Refused(400, f"type must be one of {', '.join(map(str, EVENTS))}.")
        return [Told(EVENTS[kind], read_article(payload.get("data")))]


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str:
    """The delivery's id, once one of ``secrets`` is seen to have signed exactly these bytes, within five minutes.

    A secret is ``whsec_…``, shared, or ``whpk_…``, the public half of the sender's own key.

    ``headers`` are by their names in lower case. Raises Refused: 401 for a signature that is missing, malformed or
    wrong or a time outside the window, 400 for an id or a time that is none.
    """
    delivery_id, timestamp = _identity(headers)
    given = _signatures(_present(headers, "webhook-signature"))
    _check_time(timestamp, now)
    signed = f"{delivery_id}.{timestamp}.".encode("ascii") + body
    if not any(_signs(secret, signed, given) for secret in secrets):
        raise Refused(401, _why_not(tuple(secrets), given))
    return delivery_id


def key_of(secret: str) -> bytes:
    """The key in ``whsec_<base64>``; prefix and padding may be missing. Raises ValueError for any other text."""
    key = base64.b64decode(secret.removeprefix("whsec_").rstrip("=") + "==", validate=False)
    if not key:
        raise ValueError("an empty secret signs nothing")
    return key


def _identity(headers: Mapping[str, str]) -> tuple[str, str]:
    delivery_id = _present(headers, "webhook-id")
    if not ID.fullmatch(delivery_id):
        raise Refused(400, "webhook-id must be 1 to 256 letters, digits, hyphens and underscores.")
    timestamp = _present(headers, "webhook-timestamp")
    if not TIMESTAMP.fullmatch(timestamp):
        raise Refused(400, "webhook-timestamp must be seconds since 1970, in ten digits.")
    return delivery_id, timestamp


def _present(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise Refused(401, f"The header {name} is missing.")
    return value


def _check_time(timestamp: str, now: datetime) -> None:
    late = now.timestamp() - int(timestamp)
    if abs(late) > TOLERANCE_S:
        raise Refused(401, f"webhook-timestamp is more than {TOLERANCE_S} seconds away from this machine's clock.")


def _signatures(header: str) -> list[tuple[str, bytes]]:
    """The signatures with their versions; those that are not known here are left out. Malformed is refused, not skipped."""
    found = []
    for part in header.split(" ")[:MAX_SIGNATURES]:
        version, comma, encoded = part.partition(",")
        if not comma or "," in encoded:
            raise Refused(401, "webhook-signature must be like v1,<base64>, several separated by spaces.")
        if version in (SYMMETRIC, ASYMMETRIC):
            found.append((version, _decode(encoded)))
    return found


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(401, "A signature in webhook-signature is not base64.") from error


def _signs(secret: str, signed: bytes, given: list[tuple[str, bytes]]) -> bool:
    """A secret vouches by v1 and a public key by v1a; neither by the other's."""
    if secret.startswith(PUBLIC_KEY):
        return any(_is_by(secret, signature, signed) for version, signature in given if version == ASYMMETRIC)
    expected = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return any(hmac.compare_digest(expected, signature) for version, signature in given if version == SYMMETRIC)


def _is_by(public_key: str, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix(PUBLIC_KEY))).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _why_not(secrets: tuple[str, ...], given: list[tuple[str, bytes]]) -> str:
    versions, keys = {version for version, _ in given}, {secret.startswith(PUBLIC_KEY) for secret in secrets}
    if versions == {ASYMMETRIC} and keys == {False}:
        return (
            "webhook-signature has only v1a, by a private key: give this source the sender's public key (whpk_…) as its secret."
        )
    if versions == {SYMMETRIC} and keys == {True}:
        return "webhook-signature has only v1, by a shared secret: this source has a public key, for v1a."
    return "No signature in webhook-signature fits this body and the source's secret."
