"""Prismic: https://prismic.io/docs/webhooks. It names documents; their pages are fetched. Its secret stands in the JSON."""

import json
from typing import Any

from service.refusal import Refused
from service.webhooks.kind import Call, Door, Ignored, Kind, Told, read_object
from service.webhooks.signatures import same
from service.webhooks.story import HOLE, article_to_fetch, words

MAX_DOCUMENTS = 1_000  # of one call; a release of that size is a migration, and reconciling is what it is for


class Prismic(Kind):
    """The documents of an ``api-update``. Anything but 200 is sent again, five times."""

    name = "prismic"
    label = "Prismic"
    guide = (
        "Settings → Webhooks: the address, the secret, trigger A document is published / unpublished. The "
        "call names documents by id only; page says where the site shows one."
    )
    needs_origin = True
    options = {"page": "a page's address with {id}, such as https://www.northgate.example/by-id/{id}"}  # noqa: RUF012

    def verify(self, call: Call, door: Door) -> None:
        """The JSON is bounded in size and depth; of it, only ``secret`` is looked at before it has proven right."""
        given = read_object(call.body).get("secret")
        if not isinstance(given, str) or not given:
            raise Refused(401, "The secret is missing from the body: set one in the webhook's settings.")
        if not any([same(given, secret) for secret in door.secrets]):  # noqa: C419 - all are compared, always
            raise Refused(401, "The secret in the body is not this source's.")

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:  # noqa: ARG002
        """Every document of the update."""
        if payload.get("type") != "api-update":
            raise Ignored(f"{words(payload.get('type')) or 'this'} publishes nothing")
        documents = payload.get("documents")
        names = dict.fromkeys(filter(None, map(words, documents if isinstance(documents, list) else [])))
        if not names:
            raise Ignored("no document was published")
        if len(names) > MAX_DOCUMENTS:
            raise Refused(400, f"More than {MAX_DOCUMENTS:,} documents in one call.")
        dated = isinstance(payload.get("masterRef"), str)  # another one for every publication
        return [Told("publish", article_to_fetch({"id": name}, name, door), dated=dated) for name in names]

    def check(self, options: Any) -> None:
        """Without ``page`` nothing could be fetched; and of a document the call tells nothing but its id."""
        super().check(options)
        holes = set(HOLE.findall(options.get("page", "")))
        if others := sorted(holes - {"id"}):
            raise Refused(
                400,
                f"Prismic's call tells a document's id and not its {', '.join(others)}: in page only {{id}} can be filled. "
                "Let the site answer, or redirect, at an address with the id.",
            )
        if not holes:
            raise Refused(
                400, "Prismic names documents by id only: give the option page, such as https://…/{id}, where the site shows one."
            )

    def kept(self, call: Call) -> bytes:
        """The body without its secret."""
        return json.dumps(read_object(call.body) | {"secret": None}, ensure_ascii=False).encode()
