"""Ghost: https://docs.ghost.org/webhooks. It waits two seconds, never tries again, and gives a delivery no id."""

from typing import Any

from rules.core.submission import Metadata
from service.article_json import Article
from service.refusal import Refused
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.signatures import check_milliseconds, decode, header, is_signed, only, parts_of
from service.webhooks.story import STORY_OPTIONS, at, find, story, words

SIGNATURE = "X-Ghost-Signature"
PUBLIC = ("published", "sent")  # "sent" is a newsletter alone, which readers see too
PATHS = {
    "headline": ("title",), "byline": ("authors.*.name", "primary_author.name"), "body": ("html",), "url": ("url",),
    "section": ("primary_tag.name",), "external_id": ("id", "uuid"), "published_at": ("published_at",),
    "modified_at": ("updated_at",), "language": ("locale",),
}  # fmt: skip


class Ghost(Kind):
    """Posts and pages, with their HTML. A deleted one comes with an empty ``current``."""

    name = "ghost"
    label = "Ghost"
    guide = (
        "Settings → Integrations → Custom integration → Add webhook, once for each of Post published, "
        "Published post updated, Post unpublished, Post deleted. Paste the address and the secret; Ghost "
        "never tries again, so let what it lost be looked for."
    )
    options = STORY_OPTIONS

    def verify(self, call: Call, door: Door) -> None:
        """``sha256=<hex>, t=<ms>`` over the body and the time; before the middle of 2024 over the body alone."""
        parts = parts_of(header(call, SIGNATURE), SIGNATURE)
        time, given = only(parts, "t", SIGNATURE), decode(only(parts, "sha256", SIGNATURE), SIGNATURE, "hex")
        check_milliseconds(time, f"t= in {SIGNATURE}", call.now)
        fits = [is_signed(door.secrets, given, signed) for signed in (call.body + time.encode(), call.body)]
        if not any(fits):
            raise Refused(401, f"The signature in {SIGNATURE} does not fit this body and the source's secret.")

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """What became of the post."""
        item = payload.get("post") or payload.get("page")
        if not isinstance(item, dict):
            raise Ignored("the event is about no post or page")
        current, previous = _state(item, "current"), _state(item, "previous")
        if not current and (gone := words(find(previous, "external_id", PATHS, door))):
            return [Told("withdraw", Article(None, Metadata(external_id=gone), None))]
        if not current or current.get("status", "published") in PUBLIC:
            return [Told("publish", story(current, PATHS, door))]
        if at(previous, "status") in PUBLIC or "unpublished" in str(payload.get("event")):
            return [Told("withdraw", story(current | {"html": None}, PATHS, door))]
        raise Ignored(f"the post is {words(current.get('status'))} and was not published before")


def _state(item: dict[str, Any], name: str) -> dict[str, Any]:
    state = item.get(name)
    if state is not None and not isinstance(state, dict):
        raise Refused(400, f"{name} must be a JSON object.")
    return state or {}
