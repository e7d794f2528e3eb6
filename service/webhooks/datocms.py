"""DatoCMS: https://www.datocms.com/docs/general-concepts/webhooks. Unsigned: basic authentication or headers."""

import re
from typing import Any

from reports.intake import Event
from service.refusal import Refused
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.locales import in_locale
from service.webhooks.signatures import check_token
from service.webhooks.story import STORY_OPTIONS, at, story, words

EVENTS: dict[str, Event] = {
    "publish": "publish", "create": "publish", "update": "publish", "unpublish": "withdraw", "delete": "withdraw",
}  # fmt: skip
PATHS = {
    "headline": ("entity.attributes.headline", "entity.attributes.title", "entity.attributes.name"),
    "byline": ("entity.attributes.byline", "entity.attributes.author"),
    "body": ("entity.attributes.body", "entity.attributes.content", "entity.attributes.text"),
    "url": ("entity.attributes.url",),
    "section": ("entity.attributes.section",),
    "external_id": ("entity.id",),
    "published_at": ("entity.meta.first_published_at", "entity.meta.published_at"),
    "modified_at": ("entity.meta.updated_at", "entity.attributes.updated_at"),
}
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)


class DatoCMS(Kind):
    """One record. A string is Markdown or HTML; ``body_form`` says which, HTML without it."""

    name = "datocms"
    label = "DatoCMS"
    guide = (
        "Project settings → Webhooks: the address, HTTP basic auth with any name and the secret as password, "
        "triggers Record publish, unpublish, delete. Leave the payload as it is."
    )
    proof = "token"
    options = STORY_OPTIONS | {
        "token_header": "a header that carries the secret, if it is not Authorization",
        "locale": "the locale whose fields are read, such as en",
    }

    def verify(self, call: Call, door: Door) -> None:
        """By basic authentication's password, a header, or the secret in the hook's address."""
        check_token(call, door, door.options.get("token_header"))

    def identify(self, call: Call, payload: dict[str, Any], door: Door) -> str | None:  # noqa: ARG002
        """``webhook_call_id``, the same at a retry."""
        found = words(payload.get("webhook_call_id"))
        if found is not None and not _ID.fullmatch(found):
            raise Refused(400, "webhook_call_id must be 1 to 200 letters, digits, hyphens and underscores.")
        return found

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """One record; one that is a draft, or has changes nobody published, is left for its publication."""
        event, entity = words(payload.get("event_type")), payload.get("entity")
        if payload.get("entity_type") != "item" or event not in EVENTS:
            raise Ignored(f"{words(payload.get('entity_type'))} {event} publishes nothing")
        if not isinstance(entity, dict):
            raise Refused(400, "entity must be a JSON object.")
        if event in ("create", "update") and at(payload, "entity.meta.status") in ("draft", "updated"):
            raise Ignored("the change is not published")
        given = entity.get("attributes")
        attributes = given if isinstance(given, dict) else {}
        locale = door.options.get("locale")
        read = {name: in_locale(value, locale) for name, value in attributes.items()}
        flat = {"entity": entity | {"attributes": read}}
        return [Told(EVENTS[event], story(flat, PATHS, door))]
