import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks.webhooks import Webhook

from reports.errors import WeakSecretError
from service.refusal import Refused
from service.sources import check_secret
from service.webhooks.kinds import find_kind
from service.webhooks.standard import verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = b'{"test": 2432232314}'
# standard-webhooks/standard-webhooks@b2fa7b87, libraries/python/tests/test_webhooks.py::test_sign_function
ID, TIMESTAMP = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = datetime.fromtimestamp(int(TIMESTAMP), UTC)


def headers(**changed):
    given = {"webhook-id": ID, "webhook-timestamp": TIMESTAMP, "webhook-signature": SIGNATURE}
    return given | {name.replace("_", "-"): value for name, value in changed.items()}


def refusal(given=None, *, body=BODY, secrets=(SECRET,), now=NOW):
    with pytest.raises(Refused) as caught:
        verify(headers() if given is None else given, body, secrets, now)
    return caught.value.status


def test_the_vector_of_the_specification():
    assert verify(headers(), BODY, [SECRET], NOW) == ID


@pytest.mark.parametrize("form", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=="])
def test_other_ways_to_write_the_secret(form):
    assert verify(headers(), BODY, [form], NOW) == ID


@pytest.mark.parametrize("form", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwBr"])
def test_a_secret_without_padding(form):
    signature = Webhook(form).sign(ID, NOW, BODY.decode())
    assert verify(headers(webhook_signature=signature), BODY, [form], NOW) == ID


@pytest.mark.parametrize("body", [b"", b"{}", "é“😀".encode(), b"\xef\xbb\xbf{}"])
def test_what_the_senders_own_code_signs(body):
    signature = Webhook(SECRET).sign("m-1", NOW, body.decode())
    given = headers(webhook_id="m-1", webhook_signature=signature)
    assert verify(given, body, [SECRET], NOW) == "m-1"


def test_several_signatures_and_versions():
    many = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= "
    assert verify(headers(webhook_signature=many + SIGNATURE), BODY, [SECRET], NOW) == ID


def test_rotation_takes_either_secret():
    assert verify(headers(), BODY, [OTHER, SECRET], NOW) == ID
    assert verify(headers(), BODY, [SECRET, OTHER], NOW) == ID


def test_another_secret_another_body_or_no_secret():
    assert refusal(secrets=[OTHER]) == 401
    assert refusal(body=json.dumps(json.loads(BODY), separators=(",", ":")).encode()) == 401
    assert refusal(secrets=[]) == 401


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header(missing):
    assert refusal({name: value for name, value in headers().items() if name != missing}) == 401


@pytest.mark.parametrize(
    "garbage",
    ["v1", "v1,a,b", "v1,not base64!", "v1,é", "v1,A", "rubbish", ",", "v1,", "v2" + SIGNATURE[2:], SIGNATURE + ","],
)
def test_garbage_for_a_signature(garbage):
    assert refusal(headers(webhook_signature=garbage)) == 401


@pytest.mark.parametrize("identity", ["msg.1", "m" * 257, "m" * 10_240, "a b", "ä", "m\n", "../x"])
def test_an_id_that_is_none(identity):
    assert refusal(headers(webhook_id=identity)) == 400


@pytest.mark.parametrize(
    "timestamp",
    ["1614265330.0", "16142_65330", " 1614265330", "01614265330", "161426533", "+161426533", "nan", "١٦١٤٢٦٥٣٣٠"],
)
def test_a_time_that_is_none(timestamp):
    assert refusal(headers(webhook_timestamp=timestamp)) == 400


@pytest.mark.parametrize(("seconds", "fits"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_five_minutes_either_way(seconds, fits):
    now = NOW + timedelta(seconds=seconds)
    if fits:
        assert verify(headers(), BODY, [SECRET], now) == ID
    else:
        assert refusal(now=now) == 401


# RFC 8032, test 1, over the same id, time and body; the official libraries hold no vector of v1a. `cryptography` signs it below.
PUBLIC = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
PRIVATE = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
ASYMMETRIC = "v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw=="


def test_a_signature_by_the_senders_private_key():
    assert (
        "v1a," + b64encode(Ed25519PrivateKey.from_private_bytes(PRIVATE).sign(f"{ID}.{TIMESTAMP}.".encode() + BODY)).decode()
        == ASYMMETRIC
    )
    assert verify(headers(webhook_signature=ASYMMETRIC), BODY, [PUBLIC], NOW) == ID
    assert verify(headers(webhook_signature=f"{SIGNATURE} {ASYMMETRIC}"), BODY, [PUBLIC], NOW) == ID
    assert verify(headers(webhook_signature=f"{SIGNATURE} {ASYMMETRIC}"), BODY, [SECRET], NOW) == ID
    assert verify(headers(webhook_signature=ASYMMETRIC), BODY, [SECRET, PUBLIC], NOW) == ID, "while one is changed for the other"


def test_a_private_keys_signature_that_must_fail():
    other = "whpk_" + b64encode(b"\1" * 32).decode()
    assert refusal(headers(webhook_signature=ASYMMETRIC), body=BODY + b" ", secrets=(PUBLIC,)) == 401
    assert refusal(headers(webhook_signature=ASYMMETRIC), secrets=(other,)) == 401
    assert refusal(headers(webhook_signature=ASYMMETRIC), secrets=(PUBLIC,), now=NOW + timedelta(seconds=301)) == 401
    for garbage in ("v1a,", "v1a,AAAA", ASYMMETRIC[:-4], ASYMMETRIC.replace("v1a,", "v1,"), "v1a,é"):
        assert refusal(headers(webhook_signature=garbage), secrets=(PUBLIC,)) == 401
    forged = b64encode(hmac.digest(PUBLIC.encode(), f"{ID}.{TIMESTAMP}.".encode() + BODY, "sha256")).decode()
    assert refusal(headers(webhook_signature=f"v1,{forged}"), secrets=(PUBLIC,)) == 401, "a public key is no shared secret"


@pytest.mark.parametrize(
    ("signature", "secret", "word"), [(ASYMMETRIC, SECRET, "whpk_"), (SIGNATURE, PUBLIC, "has a public key")]
)
def test_a_key_of_the_other_sort_is_said(signature, secret, word):
    with pytest.raises(Refused, match=word):
        verify(headers(webhook_signature=signature), BODY, [secret], NOW)


@pytest.mark.parametrize("key", [PUBLIC[:-4], "whpk_", "whpk_%%%", PUBLIC + "AAAA"])
def test_a_source_with_what_is_no_public_key_cannot_be_made(key):
    with pytest.raises(WeakSecretError):
        check_secret(find_kind("standard"), key)
