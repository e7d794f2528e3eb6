"""Superdesk's HTTP push of ninjs: https://superdesk.readthedocs.io. It sends ten times, but any 4xx loses the item for good."""

from typing import Any

from reports.intake import Event
from service.refusal import Refused
from service.rendering import ninjs
from service.rendering.bodies import Body
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.signatures import check_hmac, header
from service.webhooks.story import STORY_OPTIONS, about, article, find, where, words

SIGNATURE = "x-superdesk-signature"
GONE = ("canceled", "cancelled", "withheld")
PATHS = {
    "headline": ("headline",), "byline": ("byline", "authors.*.name"), "body": ("body_html",), "url": ("url", "uri"),
    "section": ("service.0.name", "slugline"), "external_id": ("guid", "uri"), "revision": ("version",),
    "language": ("language",), "published_at": ("firstpublished", "firstcreated"), "modified_at": ("versioncreated",),
}  # fmt: skip


class Superdesk(Kind):
    """One item. Pictures and more that hang beside it are rendered around the body."""

    name = "superdesk"
    label = "Superdesk"
    guide = (
        "Subscribers → Destination → HTTP Push: resource URL = the address, secret token = the secret, assets "
        "URL empty, format ninjs. Give page where a story's address is not in the item."
    )
    options = STORY_OPTIONS

    def verify(self, call: Call, door: Door) -> None:
        """``sha1=<hex>`` of the body."""
        value = header(call, SIGNATURE)
        if not value.startswith("sha1="):
            raise Refused(401, f"{SIGNATURE} must be sha1=<hex>.")
        check_hmac(door, value.removeprefix("sha1="), call.body, SIGNATURE, algorithm="sha1")

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """One item; a picture or a package is no story."""
        kind = words(payload.get("type")) or "text"
        if kind != "text":
            raise Ignored(f"an item of type {kind} is no story")
        html = find(payload, "body", PATHS, door)
        if html is not None and not isinstance(html, str):
            raise Refused(400, f"The body of the story cannot be read: a {type(html).__name__} is no HTML.")
        content, rendered = ninjs.render(html, payload.get("associations"))
        made = Body(content, rendered=rendered) if content.strip() else None
        event: Event = "withdraw" if payload.get("pubstatus") in GONE else "publish"
        return [Told(event, article(made, about(payload, PATHS, door), where(payload, PATHS, door)))]
