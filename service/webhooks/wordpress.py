"""WordPress: the REST API's post object, as plug-ins send it on publish.

Plug-ins differ in how they prove themselves: Simple Outbound Webhooks signs (``X-SOW-Signature``), most send a header of
one's choice or nothing, and then the secret stands in the hook's address. Hooks can fire twice.
"""

from typing import Any

from reports.intake import Event
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.signatures import check_hmac, check_seconds, check_token, header
from service.webhooks.story import STORY_OPTIONS, Paths, at, story, words

SIGNATURE, TIMESTAMP = "X-SOW-Signature", "X-SOW-Timestamp"
NOT_STORIES = ("revision", "attachment", "nav_menu_item", "wp_template", "wp_block", "wp_navigation", "customize_changeset")
GONE = ("trash", "draft", "pending", "private", "future", "auto-draft", "deleted")
PATHS = {
    "headline": ("title.rendered", "title.raw", "title", "post_title"),
    "byline": ("author.name", "author_name", "_embedded.author.*.name"),
    "body": ("content.rendered", "content.raw", "content", "post_content"),
    "url": ("link", "url", "permalink", "post_url"),
    "external_id": ("id", "ID", "post_id"),
    "published_at": ("date_gmt", "post_date_gmt"),
    "modified_at": ("modified_gmt", "post_modified_gmt"),
    "section": ("_embedded.wp:term.0.0.name",),
}
_IN_PARTS: Paths = {"body": ("content.rendered", "content.raw", "post_content")}  # where they are empty there is no body


class WordPress(Kind):
    """One post. ``*_gmt`` is UTC; a time of the site's own zone says too little and is left out."""

    name = "wordpress"
    label = "WordPress"
    guide = (
        "With the plug-in Simple Outbound Webhooks: address and secret as they are. With any other that sends "
        "the post as the REST API has it: the header Authorization: Bearer and the secret, or the secret at "
        "the end of the address; on publish, update and trash."
    )
    proof = "token"
    options = STORY_OPTIONS | {"token_header": "a header that carries the secret, such as X-Webhook-Token"}

    def verify(self, call: Call, door: Door) -> None:
        """Signed by Simple Outbound Webhooks, or by a secret in a header or in the hook's address."""
        if SIGNATURE.lower() not in call.headers:
            check_token(call, door, door.options.get("token_header"))
            return
        time = header(call, TIMESTAMP)
        check_seconds(time, TIMESTAMP, call.now)
        check_hmac(door, header(call, SIGNATURE).removeprefix("sha256="), f"{time}.".encode() + call.body, SIGNATURE)

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """The post, under ``post`` or at the top."""
        inner = payload.get("post")
        return [tell(payload, inner if isinstance(inner, dict) else payload, door)]


def tell(payload: dict[str, Any], post: dict[str, Any], door: Door) -> Told:
    """What a post object says; ``payload`` may name the event beside it."""
    if words(at(post, "type") or at(post, "post_type")) in NOT_STORIES:
        raise Ignored(f"a {words(at(post, 'type') or at(post, 'post_type'))} is no story")
    content = post.get("content")
    is_in_parts = isinstance(content, dict) and not content.keys().isdisjoint(("rendered", "raw"))
    paths = {**PATHS, **_IN_PARTS} if is_in_parts else PATHS
    return Told(_event(payload, post), story(post, paths, door, utc=True))


def _event(payload: dict[str, Any], post: dict[str, Any]) -> Event:
    status = words(post.get("status") or post.get("post_status"))
    hook = " ".join(filter(None, (words(payload.get(name)) for name in ("hook", "event", "action")))).lower()
    return "withdraw" if status in GONE or "trash" in hook or "delete" in hook or "unpublish" in hook else "publish"
