"""Arc XP: ANS documents, forwarded by an IFX handler that signs with Standard Webhooks, or by WebSked itself."""

from typing import Any

from reports.intake import Event
from service.webhooks import standard
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.signatures import check_hmac, header
from service.webhooks.story import STORY_OPTIONS, at, story, words

WEBSKED = "x-websked-signature"
GONE = ("unpublish", "delete", "deleted", "kill")
PUBLISHED = ("first-publish", "publish", "republish", "update-publish", "published")
PATHS = {
    "headline": ("headlines.basic",), "byline": ("credits.by.*.byline", "credits.by.*.name"),
    "body": ("content_elements",), "url": ("website_url", "canonical_url"),
    "section": ("taxonomy.primary_section.name", "taxonomy.primary_site.name"), "external_id": ("_id",),
    "language": ("language",), "published_at": ("display_date", "publish_date", "first_publish_date"),
    "modified_at": ("last_updated_date",),
}  # fmt: skip


class ArcXP(Kind):
    """One story: the ANS document itself, or an event with it under ``body`` or ``data``. It comes at least once."""

    name = "arcxp"
    label = "Arc XP"
    guide = (
        "In an IFX handler for story:first-publish, story:republish, story:unpublish, story:delete send "
        '{"key": event.key, "body": event.body}, signed with any Standard Webhooks library. From WebSked '
        "directly: the same secret, sent as x-websked-signature."
    )
    proof = "whsec"
    options = STORY_OPTIONS

    def verify(self, call: Call, door: Door) -> None:
        """Standard Webhooks, or WebSked's hex of the body with the secret as text."""
        if "webhook-signature" in call.headers:
            standard.verify(call.headers, call.body, door.secrets, call.now)
        else:
            check_hmac(door, header(call, WEBSKED).removeprefix("sha256="), call.body, WEBSKED)

    def identify(self, call: Call, payload: dict[str, Any], door: Door) -> str | None:  # noqa: ARG002
        """``webhook-id``, where the handler signs with it."""
        return call.headers.get("webhook-id") if "webhook-signature" in call.headers else None

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """One story."""
        event = _event(words(payload.get("key")) or words(payload.get("type")) or "")
        inner = next((payload[key] for key in ("body", "data") if isinstance(payload.get(key), dict)), payload)
        if event != "withdraw" and inner.get("type", "story") != "story":
            raise Ignored(f"{words(inner.get('type'))} is no story")
        if event == "publish" and at(inner, "revision.published") is False:
            raise Ignored("a draft is not published")
        return [Told(event, story(inner, PATHS, door))]


def _event(key: str) -> Event:
    """``story:first-publish`` and the like; the bare document says ``story`` and counts as published."""
    action = key.rpartition(":")[2].rpartition(".")[2]
    if action in GONE or action == "withdrawn":
        return "withdraw"
    if ":" in key and action not in PUBLISHED:
        raise Ignored(f"{key} publishes nothing")
    return "publish"
