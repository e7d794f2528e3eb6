"""WordPress.com's own webhooks: a form with the ticked fields, unsigned (https://wordpress.com/support/webhooks/)."""

import re
from typing import Any
from urllib.parse import parse_qsl

from reports.storable import storable
from service.refusal import Refused
from service.rendering.bodies import Body
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.signatures import check_token
from service.webhooks.story import STORY_OPTIONS, about, article, words
from service.webhooks.wordpress import PATHS, tell

MAX_FIELDS = 200  # it has 26
_BLOCKS = re.compile(r"<(?:!--\s*wp:|p|div|h[1-6]|ul|ol|blockquote|figure|table|section)\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


class WordPressCom(Kind):
    """A published post, at every edit. The classic editor's text has no paragraphs until it is shown: they are made here."""

    name = "wordpress-com"
    label = "WordPress.com"
    proof = "token"
    form_encoded = True
    options = STORY_OPTIONS

    def verify(self, call: Call, door: Door) -> None:
        """By the secret in the hook's address: it can send no header."""
        check_token(call, door)

    def parse(self, call: Call) -> dict[str, Any]:
        """The form's fields. Raises Refused (400)."""
        try:
            text = call.body.decode("utf-8")
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, encoding="utf-8", errors="strict")
        except ValueError as error:
            raise Refused(400, f"The body is no form in UTF-8 of at most {MAX_FIELDS} fields.") from error
        return {name: storable(value) for name, value in pairs}

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """The post."""
        if not any(name.startswith("post_") or name == "ID" for name in payload):
            raise Ignored("the form holds nothing of a post; tick at least ID, post_content and post_title")
        told = tell(payload, payload, door)
        content = words(payload.get("post_content"))
        if told.article.submission is None or content is None or _BLOCKS.search(content):
            return [told]
        made = Body(_paragraphs(content), rendered=True)
        return [Told(told.event, article(made, about(payload, PATHS, door, utc=True), told.article.url))]


def _paragraphs(content: str) -> str:
    """As WordPress shows it: a blank line ends a paragraph, a line feed is a line break; inline tags stay."""
    parts = (part.strip() for part in _BLANK_LINE.split(content.replace("\r\n", "\n")))
    return "\n".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part)
