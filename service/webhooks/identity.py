"""What a delivery is known by."""

import hashlib

from service.webhooks.kind import Call, Told


def number_of(call: Call, told: Told, given: str | None, *, several: bool) -> str:
    """The sender's id where it gave one, else a digest of article, revision and body. ``several``: one call, many articles."""
    metadata = told.article.metadata
    article = metadata.external_id or told.article.url or ""
    if given is not None:
        return f"{given}:{_digest(article)[:16]}" if several else given
    changed = metadata.modified_at.isoformat() if metadata.modified_at else ""
    known_by = (article, metadata.revision or changed, hashlib.sha256(call.body).hexdigest())
    return "sha-" + _digest("\0".join(known_by))[:40]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
