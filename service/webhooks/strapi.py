"""Strapi: https://docs.strapi.io/cms/backend-customization/webhooks. Unsigned, ten seconds, no second try."""

from typing import Any

from reports.intake import Event
from service.refusal import Refused
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.signatures import check_token
from service.webhooks.story import STORY_OPTIONS, defaulting, story, words

EVENTS: dict[str, Event] = {
    "entry.publish": "publish", "entry.create": "publish", "entry.update": "publish",
    "entry.unpublish": "withdraw", "entry.delete": "withdraw",
}  # fmt: skip
PATHS = {
    "headline": ("entry.headline", "entry.title", "entry.name"),
    "byline": ("entry.byline", "entry.author.name", "entry.authors.*.name"),
    "body": ("entry.body", "entry.content", "entry.text"),
    "url": ("entry.url",),
    "section": ("entry.section.name", "entry.category.name", "entry.section"),
    "external_id": ("known_as",),
    "language": ("entry.locale",),
    "published_at": ("entry.publishedAt",),
    "modified_at": ("entry.updatedAt",),
}


class Strapi(Kind):
    """One entry. A string is Markdown, as its rich-text field has it, unless ``body_form`` says otherwise."""

    name = "strapi"
    label = "Strapi"
    guide = (
        "Settings → Webhooks: the address, the header Authorization = Bearer and the secret, events Entry "
        "create, update, delete, publish, unpublish. Strapi does not sign and never tries again."
    )
    proof = "token"
    options = STORY_OPTIONS | {
        "token_header": "a header that carries the secret, if it is not Authorization",
        "models": "only these models, with commas between",
    }

    def verify(self, call: Call, door: Door) -> None:
        """By a header that its administrator sets, or by the secret in the hook's address."""
        check_token(call, door, door.options.get("token_header"))

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """One entry; a saved draft (``publishedAt: null``) is nobody's to read yet."""
        event, model = words(payload.get("event")), words(payload.get("model"))
        if event not in EVENTS:
            raise Ignored(f"{event} is about no entry")
        only = [name.strip() for name in str(door.options.get("models", "")).split(",") if name.strip()]
        if only and model not in only:
            raise Ignored(f"the model {model} is not one of {', '.join(only)}")
        entry = payload.get("entry")
        if not isinstance(entry, dict):
            raise Refused(400, "entry must be a JSON object.")
        if EVENTS[event] == "publish" and "publishedAt" in entry and entry["publishedAt"] is None:
            raise Ignored("a draft is not published")
        read = payload | {"known_as": _identity(model, entry)}
        return [Told(EVENTS[event], story(read, PATHS, defaulting(door, body_form="markdown")))]


def _identity(model: str | None, entry: dict[str, Any]) -> str | None:
    """Ids are counted per model, and a document has one id in all its locales."""
    own = words(entry.get("documentId")) or words(entry.get("id"))
    return ":".join(filter(None, (model, own, words(entry.get("locale"))))) if own else None
