"""A CMS that speaks Standard Webhooks: the specification's own Python package signs."""

import base64
import hashlib
import hmac
import json
from datetime import datetime

from standardwebhooks.webhooks import Webhook

HTML = "<h1>Ferry adds a Sunday crossing</h1><p>The ferry runs on Sundays from May, the operator said on Friday.</p>"


def payload(*, event="article.published", **changed):
    data = {
        "url": "https://northgate.example/ferry",
        "html": HTML,
        "metadata": {"headline": "Ferry adds a Sunday crossing", "external_id": "a-1"},
    }
    return {"type": event, "data": data | changed}


def raw(body):
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def sign(body: bytes, *, delivery: str, secret: str, at: datetime) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": _signature(body, delivery, secret, at),
    }


def _signature(body, delivery, secret, at):
    try:
        return Webhook(secret).sign(delivery, at, body.decode())
    except UnicodeDecodeError:  # the package signs text only
        signed = f"{delivery}.{int(at.timestamp())}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
