"""Signatures that the vendors' documentation and tests publish; each kind verifies its own, and none that must fail."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from service.refusal import Refused
from service.webhooks.kind import Call, Door
from service.webhooks.kinds import find_kind

# contentful/node-apps-toolkit@42bf35ea, src/requests/sign-request.ts: computed from it; its own tests hold no fixed vector.
CONTENTFUL = {
    "x-contentful-topic": "ContentManagement.Entry.publish",
    "x-contentful-signed-headers": "x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic",
    "x-contentful-timestamp": "1603379941037",
}
HUB = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"  # docs.github.com, validating deliveries
STRIPE = "t=1614265330,v1=3c5817089d739023dd6190f70a3757e04f7a2fd8b5dab12c2e000f51970dccff"  # computed from the scheme
STRIPE_OPTIONS = {"scheme": "stamped", "signature_header": "Stripe-Signature"}
SANITY = [  # sanity-io/webhook-toolkit@649f5adc, test/signature.test.ts
    ("test", b'{"_id":"resume"}', 1633519811129, "tLa470fx7qkLLEcMOcEUFuBbRSkGujyskxrNXcoh0N0"),
    ("try-me", b'{"title":"GROQ-Hooks are neat"}', 1633518820676, "e7C9h2sfbFfc4V7TEz7PSOp4IoNzl0UdVsBV-1wgdeA"),
]


def verify(kind, secret, body, headers, ms, options=None):
    call = Call(body, headers, datetime.fromtimestamp(ms / 1_000, UTC), target="/hooks/contentful/site-1")
    find_kind(kind).verify(call, Door((secret,), options or {}))


def refused(*arguments, **more):
    with pytest.raises(Refused) as caught:
        verify(*arguments, **more)
    return caught.value.status


@pytest.mark.parametrize(("secret", "body", "ms", "signature"), SANITY)
def test_sanity(secret, body, ms, signature):
    header = "sanity-webhook-signature"
    verify("sanity", secret, body, {header: f"t={ms},v1={signature}"}, ms)
    must_fail = (
        f"t={ms - 1},v1={signature}",
        f"t={ms},v1={signature[:-1]}1",
        f"t={ms},v5={signature}",
        f"t={ms // 1_000},v1={signature}",
        f"v1={signature}",
        f"t={ms}",
        signature,
    )
    for value in must_fail:
        assert refused("sanity", secret, body, {header: value}, ms) in (400, 401)
    assert refused("sanity", secret, body + b" ", {header: f"t={ms},v1={signature}"}, ms) == 401
    assert refused("sanity", secret, body, {header: f"t={ms},v1={signature}"}, ms + 301_000) == 401


def test_github():
    secret, body = "It's a Secret to Everybody", b"Hello, World!"
    verify("generic", secret, body, {"x-hub-signature-256": f"sha256={HUB}"}, 0)
    assert refused("generic", secret, body, {"x-hub-signature-256": f"sha1={HUB}"}, 0) == 401
    assert refused("generic", secret, b"Hello, World?", {"x-hub-signature-256": f"sha256={HUB}"}, 0) == 401


def test_stripe():
    """Several ``v1`` may stand in the header; the secret is used as text, with its ``whsec_``."""
    body, ms = b'{"id":"evt_test_webhook","object":"event"}', 1614265330_000
    for header in (STRIPE, STRIPE.replace(",v1=", ",v1=" + "0" * 64 + ",v1=") + ",v0=" + "1" * 64):
        verify("generic", "whsec_test_secret", body, {"stripe-signature": header}, ms, STRIPE_OPTIONS)
    assert (
        refused("generic", "whsec_test_secret", body, {"stripe-signature": STRIPE}, ms + 301_000, options=STRIPE_OPTIONS) == 401
    )
    assert refused("generic", "test_secret", body, {"stripe-signature": STRIPE}, ms, options=STRIPE_OPTIONS) == 401


def test_contentful():
    body = json.dumps({"sys": {"type": "Entry", "id": "1"}}, separators=(",", ":")).encode()
    secret = "a" * 64
    listed = ";".join(f"{name}:{CONTENTFUL[name]}" for name in sorted(CONTENTFUL))
    canonical = f"POST\n/hooks/contentful/site-1\n{listed}\n".encode() + body
    signature = hmac.new(secret.encode(), canonical, hashlib.sha256).hexdigest()
    ms = int(CONTENTFUL["x-contentful-timestamp"])
    good = CONTENTFUL | {"x-contentful-signature": signature}
    verify("contentful", secret, body, good, ms)
    assert refused("contentful", secret, body, good | {"x-contentful-topic": "ContentManagement.Entry.unpublish"}, ms) == 401
    for names in ("x-contentful-topic", "", ",", "x-contentful-timestamp"):
        assert refused("contentful", secret, body, good | {"x-contentful-signed-headers": names}, ms) == 401
    for late in (31_000, -31_000):
        assert refused("contentful", secret, body, good, ms + late) == 401
