"""Contentful: https://www.contentful.com/developers/docs/webhooks/request-verification/. Rich text, a value per locale."""

from typing import Any
from urllib.parse import quote

from reports.intake import Event
from service.refusal import Refused
from service.webhooks.kind import Call, Door, Ignored, Kind, Told
from service.webhooks.locales import in_locale
from service.webhooks.signatures import check_hmac, check_milliseconds, delivery_id, header
from service.webhooks.story import STORY_OPTIONS, defaulting, story, words

SIGNATURE, SIGNED, TIMESTAMP = "x-contentful-signature", "x-contentful-signed-headers", "x-contentful-timestamp"
UNRESERVED, RESERVED = "-._~!'()*", ";/?:@&=+$,#"  # what JavaScript's querystring.escape and encodeURI leave as they are
TOLERANCE_S = 30  # as long as Contentful's own toolkit lets a signature live
EVENTS: dict[str, Event] = {"publish": "publish", "unpublish": "withdraw", "delete": "withdraw", "archive": "withdraw"}
PATHS = {
    "headline": ("fields.headline", "fields.title", "fields.name"),
    "byline": ("fields.byline", "fields.author"),
    "body": ("fields.body", "fields.content", "fields.text"),
    "url": ("fields.url",),
    "section": ("fields.section",),
    "external_id": ("sys.id",),
    "revision": ("sys.revision",),
    "published_at": ("fields.publishedAt", "fields.publishDate", "sys.firstPublishedAt"),
    "modified_at": ("sys.deletedAt", "sys.updatedAt"),
}


class Contentful(Kind):
    """One entry. Fields are read in the source's ``locale``, else in the first that an entry has."""

    name = "contentful"
    label = "Contentful"
    guide = (
        "Settings → Webhooks → Add: the address; triggers Entry: publish, unpublish, delete, archive. Under "
        "Settings → Webhooks → Settings enable request verification with this secret of 64 characters."
    )
    proof = "64 characters"
    options = STORY_OPTIONS | {
        "locale": "the locale whose fields are read, such as en-US",
        "content_types": "only these content types, with commas between",
    }
    kept_headers = ("x-contentful-topic",)

    def verify(self, call: Call, door: Door) -> None:
        """Hex over method, path, the headers that it names, and the body."""
        names = [name.strip().lower() for name in header(call, SIGNED).split(",")]
        if TIMESTAMP not in names:
            raise Refused(401, f"{SIGNED} does not name {TIMESTAMP}.")
        check_milliseconds(header(call, TIMESTAMP), TIMESTAMP, call.now, TOLERANCE_S)
        listed = ";".join(f"{name}:{call.headers[name].strip()}" for name in sorted(names) if name in call.headers)
        start = "\n".join((call.method, path_of(call.target), listed, ""))
        check_hmac(door, header(call, SIGNATURE), start.encode("utf-8", "surrogatepass") + call.body, SIGNATURE)

    def identify(self, call: Call, payload: dict[str, Any], door: Door) -> str | None:  # noqa: ARG002
        """The idempotency key, the same for a call that fired twice."""
        return delivery_id(call, "X-Contentful-Idempotency-Key")

    def read(self, call: Call, payload: dict[str, Any], door: Door) -> list[Told]:
        """One entry."""
        sys = _object(payload, "sys")
        if not str(sys.get("type")).endswith("Entry"):
            raise Ignored(f"{words(sys.get('type')) or 'this'} is no entry")
        _check_type(sys, door)
        action = call.headers.get("x-contentful-topic", "").rpartition(".")[2]
        event = "withdraw" if sys.get("type") == "DeletedEntry" else EVENTS.get(action or "publish")
        if event is None:
            raise Ignored(f"{action} publishes nothing")
        fields = _object(payload, "fields")
        locale = door.options.get("locale")
        flat = {"sys": sys, "fields": {name: in_locale(value, locale) for name, value in fields.items()}}
        return [Told(event, story(flat, PATHS, defaulting(door, body_form="markdown")))]


def _object(payload: dict[str, Any], name: str) -> dict[str, Any]:
    found = payload.get(name)
    return found if isinstance(found, dict) else {}


def path_of(target: str) -> str:
    """The path as Contentful signs it: its query is escaped as a whole, and then again with the path (its toolkit's 4.x)."""
    path, _, query = target.partition("?")
    escaped = quote(query.partition("?")[0], safe=UNRESERVED, errors="surrogatepass")
    return quote(f"{path}?{escaped}" if escaped else path, safe=UNRESERVED + RESERVED, errors="surrogatepass")


def _check_type(sys: dict[str, Any], door: Door) -> None:
    only = [name.strip() for name in str(door.options.get("content_types", "")).split(",") if name.strip()]
    inner = sys.get("contentType")
    name = inner.get("sys", {}).get("id") if isinstance(inner, dict) and isinstance(inner.get("sys"), dict) else None
    if only and name not in only:
        raise Ignored(f"the content type {words(name)} is not one of {', '.join(only)}")
