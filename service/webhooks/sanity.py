"""Sanity: https://www.sanity.io/docs/webhooks. The body is what the hook's GROQ projection selects."""

from typing import Any

from reports.intake import Event
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.signatures import check_hmac, check_milliseconds, delivery_id, header, only, parts_of
from service.webhooks.story import STORY_OPTIONS, story, words

SIGNATURE = "sanity-webhook-signature"
EVENTS: dict[str, Event] = {"create": "publish", "update": "publish", "delete": "withdraw"}
PATHS = {
    "headline": ("headline", "title"), "byline": ("byline", "author.name", "authors.*.name", "author"),
    "body": ("body", "content", "text"), "url": ("url",), "section": ("section", "category.title"),
    "external_id": ("_id",), "language": ("language",), "published_at": ("publishedAt", "published_at"),
    "modified_at": ("_updatedAt",),
}  # fmt: skip


class Sanity(Kind):
    """One document. ``operation`` (``delta::operation()``) in the projection is signed; the header of that name is not."""

    name = "sanity"
    label = "Sanity"
    guide = (
        "sanity.io/manage → API → Webhooks: the address, POST, on create, update, delete, filter _type == "
        '"story", the secret, no drafts. The projection must hold _id, _type, _updatedAt, "operation": '
        "delta::operation(), and the story's fields."
    )
    options = STORY_OPTIONS
    kept_headers = ("sanity-operation", "sanity-document-id")

    def verify(self, call: Call, door: Door) -> None:
        """``t=<ms>,v1=<base64url>`` over time and body. The sender's own kit minds no age; we do."""
        parts = parts_of(header(call, SIGNATURE), SIGNATURE)
        time = only(parts, "t", SIGNATURE)
        check_milliseconds(time, f"t= in {SIGNATURE}", call.now)
        signed = f"{time}.".encode() + call.body
        check_hmac(door, only(parts, "v1", SIGNATURE), signed, SIGNATURE, encoding="base64url")

    def identify(self, call: Call, payload: dict[str, Any], door: Door) -> str | None:  # noqa: ARG002
        """``idempotency-key``, where it is sent."""
        return delivery_id(call, "idempotency-key")

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:
        """One document; a draft is nobody's to read yet."""
        document = payload | {"_id": words(payload.get("_id")) or call.headers.get("sanity-document-id")}
        if str(document["_id"]).startswith(("drafts.", "versions.")):
            raise Ignored("a draft is not published")
        operation = words(payload.get("operation")) or call.headers.get("sanity-operation", "update")
        if operation not in EVENTS:
            raise Ignored(f"{operation} publishes nothing")
        return [Told(EVENTS[operation], story(document, PATHS, door))]
