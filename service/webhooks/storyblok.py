"""Storyblok: https://www.storyblok.com/docs/concepts/webhooks. It names the story; its page is fetched.

Two edits of a story send the same bytes, and nothing is ever sent again: a call counts as a duplicate only while the
page has not been fetched since the one before.
"""

from typing import Any

from reports.intake import Event
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.signatures import check_hmac, header
from service.webhooks.story import article_to_fetch, defaulting, words

SIGNATURE = "webhook-signature"
EVENTS: dict[str, Event] = {
    "published": "publish", "moved": "publish", "unpublished": "withdraw", "deleted": "withdraw",
}  # fmt: skip


class Storyblok(Kind):
    """A story's number and path."""

    name = "storyblok"
    label = "Storyblok"
    guide = (
        "Settings → Webhooks: the address, triggers Story published, unpublished, deleted, moved, and the "
        "secret. The call has no body: the page is fetched from the origin and full_slug."
    )
    needs_origin = True
    options = {  # noqa: RUF012 - a mapping that nobody changes
        "page": "the story's address with paths in braces; without it, the origin and {full_slug}",
    }

    def verify(self, call: Call, door: Door) -> None:
        """Hex HMAC-SHA1 of the body, without a time."""
        check_hmac(door, header(call, SIGNATURE), call.body, SIGNATURE, algorithm="sha1")

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """One story."""
        action = words(payload.get("action")) or ""
        known_as = words(payload.get("story_id"))
        if action not in EVENTS or known_as is None:
            raise Ignored(f"{action or 'this'} publishes no story")
        return [Told(EVENTS[action], article_to_fetch(payload, known_as, defaulting(door, page="/{full_slug}")))]
