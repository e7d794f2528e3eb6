"""Drupal's Webhooks module: https://www.drupal.org/project/webhooks.

It signs PHP's ``json_encode`` of the payload and sends what Drupal's serializer makes of it, which writes ``< > & '`` and
quotation marks by their numbers. So a body is tried as it came, and with these five written as ``json_encode`` has them.
"""

import re
from datetime import UTC, datetime
from typing import Any

from service.refusal import Refused
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.signatures import decode, delivery_id, header, is_signed
from service.webhooks.story import STORY_OPTIONS, story, words

SIGNATURE, EVENT = "X-Hub-Signature", "X-Drupal-Webhooks-Event"
HELD = ("processed", "value", "alias", "uri", "url")  # where a field keeps what it says, the best first
PATHS = {
    "headline": ("title",), "byline": ("field_byline", "field_author"), "body": ("body", "field_body"),
    "url": ("url", "path"), "section": ("field_section",), "external_id": ("uuid", "nid"), "revision": ("vid",),
    "language": ("langcode",), "published_at": ("created",), "modified_at": ("changed",),
}  # fmt: skip
_ESCAPE = re.compile(rb"\\(?:u00(?:3[cCeE]|2[267])|.)", re.DOTALL)
_PLAIN = {b"3c": b"<", b"3e": b">", b"26": b"&", b"27": b"'", b"22": b'\\"'}
_SECONDS = re.compile(r"\d{1,11}", re.ASCII)


class Drupal(Kind):
    """One node, as Drupal's fields have it: ``{"title": [{"value": …}], …}``."""

    name = "drupal"
    label = "Drupal"
    guide = (
        "Module Webhooks: outgoing webhook to the address, content type JSON, the secret, events "
        "entity:node:create, update, delete. It never tries again, so let what it lost be looked for."
    )
    options = STORY_OPTIONS
    kept_headers = ("x-drupal-webhooks-event",)

    def verify(self, call: Call, door: Door) -> None:
        """``sha1=<hex>``."""
        value = header(call, SIGNATURE)
        if not value.startswith("sha1="):
            raise Refused(401, f"{SIGNATURE} must be sha1=<hex>.")
        given = decode(value.removeprefix("sha1="), SIGNATURE, "hex")
        fits = [is_signed(door.secrets, given, signed, "sha1") for signed in (call.body, as_json_encode(call.body))]
        if not any(fits):
            raise Refused(401, f"The signature in {SIGNATURE} does not fit this body and the source's secret.")

    def identify(self, call: Call, payload: dict[str, Any], door: Door) -> str | None:  # noqa: ARG002
        """``X-Drupal-Webhooks-Delivery``, new at every send."""
        return delivery_id(call, "X-Drupal-Webhooks-Delivery")

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:
        """One node."""
        event = words(payload.get("event")) or call.headers.get(EVENT.lower(), "entity:node:update")
        if not event.startswith("entity:node:"):
            raise Ignored(f"{event} is about no node")
        inner = next((payload[key] for key in ("entity", "node") if isinstance(payload.get(key), dict)), payload)
        node = {name: _value(value) for name, value in inner.items()}
        node |= {name: _time(node.get(name)) for name in ("created", "changed")}
        gone = event.endswith(":delete") or str(node.get("status")).lower() in ("0", "false")
        return [Told("withdraw" if gone else "publish", story(node, PATHS, door))]


def as_json_encode(body: bytes) -> bytes:
    """The body with these five written plainly; nothing is parsed."""
    return _ESCAPE.sub(lambda found: _PLAIN.get(found[0][4:].lower(), found[0]) if found[0][1:2] == b"u" else found[0], body)


def _value(field: Any) -> Any:
    item = field[0] if isinstance(field, list) and len(field) == 1 else field
    if not isinstance(item, dict):
        return item
    return next((item[key] for key in HELD if item.get(key) not in (None, "")), None)


def _time(value: Any) -> Any:
    """Drupal counts seconds in some set-ups and writes RFC 3339 in others."""
    text = words(value) or ""
    return datetime.fromtimestamp(int(text), UTC).isoformat() if _SECONDS.fullmatch(text) else value
