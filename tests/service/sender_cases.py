"""One story as each sender tells it: published, changed, taken away.

Shapes are the vendors' (their documentation, source or test fixtures); words are ours. Where no vector was at hand (Drupal,
Storyblok, Arc XP) the signature is made by the documented algorithm in another language (``tests/senders/sign.cjs``).
"""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

TEXT = "a secret that is long enough, in words"
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOKEN = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
SIXTY_FOUR = "0123456789abcdef" * 4
ORIGIN = "https://northgate.example"
URL = f"{ORIGIN}/news/ferry"
HTML = "<p>The ferry runs on Sundays from May.</p>"
TITLE = "Ferry adds a Sunday crossing"
EARLIER, LATER, LAST = "2026-11-24T20:00:00.000Z", "2026-11-24T20:30:00.000Z", "2026-11-24T20:45:00.000Z"


@dataclass(frozen=True)
class Case:
    kind: str
    sender: str  # who signs, in sign.cjs
    secret: str
    publish: str
    change: str
    withdraw: str
    headers: dict[str, str] = field(default_factory=dict)
    withdraw_headers: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    ignored: str | None = None  # an event of no concern
    fetched: bool = False
    in_url: bool = False  # the secret stands in the hook's address
    rendered: bool = False
    timed: bool = True  # the signature holds a time
    signed: bool = True  # there is a signature at all
    stamp: str | None = None  # the header with the time

    def headers_for(self, body: str) -> dict[str, str]:
        return self.withdraw_headers if body == self.withdraw and self.withdraw_headers else self.headers


def raw(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _standard(event: str, changed: str, html: str | None = HTML) -> str:
    metadata = {"headline": TITLE, "external_id": "7", "modified_at": changed}
    return raw({"type": f"article.{event}", "data": {"url": URL, "html": html, "metadata": metadata}})


def _ghost(current: dict[str, Any], previous: dict[str, Any]) -> str:
    return raw({"post": {"current": current, "previous": previous}})


def _ghost_post(changed: str, html: str = HTML, status: str = "published") -> dict[str, Any]:
    return {
        "id": "7", "uuid": "u-7", "title": TITLE, "html": html, "status": status, "url": URL, "visibility": "public",
        "published_at": EARLIER, "updated_at": changed, "authors": [{"name": "Ada Lund"}, {"name": "Ben Roe"}],
        "primary_tag": {"name": "Transport"},
    }  # fmt: skip


def _wordpress(changed: str, html: str = HTML, status: str = "publish", kind: str = "post") -> str:
    return raw({
        "id": 7, "date_gmt": "2026-11-24T20:00:00", "modified": "2026-11-24T22:30:00", "modified_gmt": changed[:19],
        "status": status, "type": kind, "link": URL, "title": {"rendered": "Ferry adds a Sunday&nbsp;crossing"},
        "content": {"rendered": html, "protected": False}, "author": 3,
    })  # fmt: skip


def _wordpress_com(changed: str, html: str, status: str = "publish") -> str:
    return urlencode({
        "hook": "publish_post", "ID": 7, "post_title": TITLE, "post_content": html, "post_status": status, "post_url": URL,
        "post_modified_gmt": changed[:19].replace("T", " "),
    })  # fmt: skip


def _contentful(revision: int, words: str) -> str:
    text = {"nodeType": "text", "value": words, "marks": [], "data": {}}
    document = {"nodeType": "document", "data": {}, "content": [{"nodeType": "paragraph", "data": {}, "content": [text]}]}
    fields = {"title": {"en-GB": TITLE, "de": "Fähre"}, "body": {"en-GB": document}, "slug": {"en-GB": "ferry"}}
    sys = {"type": "Entry", "id": "7", "revision": revision, "updatedAt": LATER, "contentType": {"sys": {"id": "story"}}}
    return raw({"metadata": {"tags": []}, "sys": sys, "fields": fields})


def _sanity(changed: str, words: str, operation: str = "update", name: str = "7") -> str:
    block = {"_type": "block", "_key": "a", "style": "normal", "markDefs": [], "children": [{"_type": "span", "text": words}]}
    slug = {"current": "ferry"}
    said = {"_id": name, "_type": "story", "_updatedAt": changed, "title": TITLE, "slug": slug, "body": [block]}
    return raw(said | {"operation": operation})


def _strapi(event: str, changed: str, body: str = HTML, published: str | None = EARLIER) -> str:
    entry = {"id": 7, "title": TITLE, "body": body, "slug": "ferry", "updatedAt": changed, "publishedAt": published}
    return raw({"event": event, "createdAt": LATER, "model": "story", "uid": "api::story.story", "entry": entry})


def _drupal(changed: int, html: str = HTML, vid: int = 11) -> str:
    entity = {
        "nid": [{"value": 7}], "vid": [{"value": vid}], "title": [{"value": TITLE}], "status": [{"value": True}],
        "body": [{"value": html, "format": "full_html", "summary": ""}], "changed": [{"value": str(changed)}],
        "path": [{"alias": "/news/ferry", "pid": 3, "langcode": "en"}], "langcode": [{"value": "en"}],
    }  # fmt: skip
    return raw({"entity": entity})


def _superdesk(version: str, html: str = HTML, status: str = "usable", kind: str = "text") -> str:
    return raw({
        "guid": "7", "version": version, "type": kind, "pubstatus": status, "headline": TITLE, "byline": "Ada Lund",
        "body_html": html, "language": "en", "versioncreated": "2026-11-24T20:30:00+0000", "service": [{"name": "News"}],
    })  # fmt: skip


def _arc(changed: str, words: str, key: str = "story:republish", kind: str = "story") -> str:
    story = {
        "_id": "7", "type": kind, "version": "0.10.12", "headlines": {"basic": TITLE}, "canonical_url": "/news/ferry",
        "last_updated_date": changed, "credits": {"by": [{"name": "Ada Lund", "type": "author"}]}, "language": "en",
        "content_elements": [{"type": "text", "content": words}],
    }  # fmt: skip
    return raw({"key": key, "body": story})


def _storyblok(action: str) -> str:
    return raw({"action": action, "text": "somebody did it", "story_id": 7, "space_id": 1, "full_slug": "news/ferry"})


def _prismic(ref: str, **changed: Any) -> str:
    said = {"type": "api-update", "domain": "northgate", "secret": TEXT, "masterRef": ref, "documents": ["7"]}
    return raw(said | changed)


def _dato(event: str, changed: str, html: str = HTML) -> str:
    attributes = {"title": {"en": TITLE, "de": "Fähre"}, "body": {"en": html}, "slug": "ferry"}
    entity = {"type": "item", "id": "7", "attributes": attributes, "meta": {"updated_at": changed, "status": "published"}}
    return raw({"environment": "main", "entity_type": "item", "event_type": event, "entity": entity})


def _generic(changed: str, html: str = HTML, event: str = "published") -> str:
    return raw({"event": event, "story": {"id": 7, "name": TITLE, "link": URL, "text": {"html": html}, "at": changed}})


PATHS = {
    "body": "story.text.html", "headline": "story.name", "url": "story.link", "external_id": "story.id",
    "modified_at": "story.at", "event": "event",
}  # fmt: skip
CHANGED = "<p>The ferry runs on Sundays from June.</p>"
CONTENTFUL = {"x-contentful-topic": "ContentManagement.Entry.publish"}
GONE = {"sys": {"type": "DeletedEntry", "id": "7", "revision": 5, "updatedAt": LAST, "deletedAt": LAST}}
DRUPAL = {"x-drupal-webhooks-event": "entity:node:update"}

CASES: dict[str, Case] = {
    "standard": Case(
        "standard", "standardwebhooks", WHSEC, _standard("published", EARLIER), _standard("updated", LATER, CHANGED),
        _standard("withdrawn", LAST, None), stamp="webhook-timestamp",
    ),
    "standard-svix": Case(
        "standard", "svix", WHSEC, _standard("published", EARLIER), _standard("updated", LATER, CHANGED),
        _standard("withdrawn", LAST, None), stamp="webhook-timestamp",
    ),
    "ghost": Case(
        "ghost", "ghost", TEXT, _ghost(_ghost_post(EARLIER), {"status": "draft"}),
        _ghost(_ghost_post(LATER, CHANGED), {"html": HTML, "updated_at": EARLIER}), _ghost({}, _ghost_post(LATER, CHANGED)),
        ignored=_ghost(_ghost_post(LATER, status="draft"), {"title": "Ferry"}),
    ),
    "ghost-old": Case(
        "ghost", "ghost-old", TEXT, _ghost(_ghost_post(EARLIER), {"status": "draft"}),
        _ghost(_ghost_post(LATER, CHANGED), {"html": HTML}),
        _ghost(_ghost_post(LAST, CHANGED, "draft"), {"status": "published"}), ignored=raw({"member": {"current": {}}}),
    ),
    "wordpress-signed": Case(
        "wordpress", "sow", TOKEN, _wordpress(EARLIER), _wordpress(LATER, CHANGED), _wordpress(LAST, CHANGED, "trash"),
        ignored=_wordpress(LATER, kind="revision"), stamp="x-sow-timestamp",
    ),
    "wordpress-bearer": Case(
        "wordpress", "bearer", TOKEN, _wordpress(EARLIER), _wordpress(LATER, CHANGED), _wordpress(LAST, CHANGED, "draft"),
        signed=False, timed=False,
    ),
    "wordpress-com": Case(
        "wordpress-com", "form", TOKEN, _wordpress_com(EARLIER, "The ferry runs\non Sundays.\n\nFrom May."),
        _wordpress_com(LATER, CHANGED), _wordpress_com(LAST, CHANGED, "trash"), ignored="hook=test", in_url=True,
        rendered=True, signed=False, timed=False,
    ),
    "contentful": Case(
        "contentful", "contentful", SIXTY_FOUR, _contentful(4, "From May."), _contentful(5, "From June."), raw(GONE),
        headers=CONTENTFUL, withdraw_headers={"x-contentful-topic": "ContentManagement.Entry.unpublish"},
        options={"page": f"{ORIGIN}/news/{{fields.slug}}", "locale": "en-GB"}, rendered=True,
        ignored=raw({"sys": {"type": "Asset", "id": "9"}}), stamp="x-contentful-timestamp",
    ),
    "sanity": Case(
        "sanity", "sanity", TEXT, _sanity(EARLIER, "From May."), _sanity(LATER, "From June."), _sanity(LAST, "", "delete"),
        options={"page": f"{ORIGIN}/news/{{slug.current}}"}, rendered=True, ignored=_sanity(LATER, "x", name="drafts.7"),
    ),
    "strapi": Case(
        "strapi", "bearer", TOKEN, _strapi("entry.publish", EARLIER), _strapi("entry.update", LATER, CHANGED),
        _strapi("entry.unpublish", LAST), options={"page": f"{ORIGIN}/news/{{entry.slug}}"}, rendered=True,
        ignored=_strapi("entry.update", LATER, CHANGED, None), signed=False, timed=False,
    ),
    "drupal": Case(
        "drupal", "drupal", TEXT, _drupal(1_795_000_000), _drupal(1_795_000_100, CHANGED, 12), _drupal(1_795_000_200, HTML, 13),
        headers=DRUPAL, withdraw_headers={"x-drupal-webhooks-event": "entity:node:delete"}, timed=False,
        ignored=raw({"event": "entity:user:update", "entity": {"uid": [{"value": 1}]}}),
    ),
    "superdesk": Case(
        "superdesk", "superdesk", TEXT, _superdesk("1"), _superdesk("2", CHANGED), _superdesk("3", CHANGED, "canceled"),
        ignored=_superdesk("1", kind="picture"), timed=False, options={"page": f"{ORIGIN}/news/{{headline}}"},
    ),
    "arcxp": Case(
        "arcxp", "standardwebhooks", WHSEC, _arc(EARLIER, "From May."), _arc(LATER, "From June."),
        _arc(LAST, "", "story:unpublish"), rendered=True, ignored=_arc(LATER, "x", "story:update"), stamp="webhook-timestamp",
    ),
    "arcxp-websked": Case(
        "arcxp", "websked", WHSEC, _arc(EARLIER, "From May."), _arc(LATER, "From June."), _arc(LAST, "", "story:delete"),
        rendered=True, timed=False,
    ),
    "storyblok": Case(
        "storyblok", "storyblok", TEXT, _storyblok("published"), _storyblok("moved"), _storyblok("unpublished"),
        fetched=True, ignored=_storyblok("workflow.stage.changed"), timed=False,
    ),
    "prismic": Case(
        "prismic", "prismic", TEXT, _prismic("ref-1"), _prismic("ref-2"), "", fetched=True, signed=False, timed=False,
        ignored=_prismic("ref-3", type="test-trigger"), options={"page": f"{ORIGIN}/news/{{id}}"},
    ),
    "datocms": Case(
        "datocms", "basic", TOKEN, _dato("publish", EARLIER), _dato("publish", LATER, CHANGED), _dato("unpublish", LAST),
        options={"page": f"{ORIGIN}/news/{{entity.attributes.slug}}", "locale": "en"}, signed=False, timed=False,
        ignored=raw({"entity_type": "upload", "event_type": "publish", "entity": {"id": "1"}}),
    ),
    "generic-github": Case(
        "generic", "github", TEXT, _generic(EARLIER), _generic(LATER, CHANGED), _generic(LAST, "", "deleted"), options=PATHS,
        timed=False,
    ),
    "generic-stripe": Case(
        "generic", "stripe", TEXT, _generic(EARLIER), _generic(LATER, CHANGED), _generic(LAST, "", "deleted"),
        options=PATHS | {"scheme": "stamped", "signature_header": "Stripe-Signature"},
    ),
    "generic-token": Case(
        "generic", "bearer", TOKEN, _generic(EARLIER), _generic(LATER, CHANGED), _generic(LAST, "", "deleted"),
        options=PATHS | {"scheme": "token"}, signed=False, timed=False,
    ),
}  # fmt: skip
