"""Every line of "Bad inputs" that concerns the webhook of our own senders."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports.deliveries import DeliveryFilter, deliveries
from reports.models import Article, Delivery, Job, Refusal, Revision
from reports.sources import create_source
from tests.service.conftest import NOW, SECRET
from tests.service.sender import payload, raw, sign

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

pytestmark = pytest.mark.usefixtures("source")


def post(web, body, *, name="northgate", headers=None, delivery="msg_1", secret=SECRET, at=NOW):
    sent = sign(raw(body), delivery=delivery, secret=secret, at=at) | (headers or {})
    return web.client.post(f"/webhooks/{name}", data=raw(body), headers={k: v for k, v in sent.items() if v is not None})


def kept(web, model):
    with web.database.begin() as session:
        found = list(session.scalars(select(model)))
        session.expunge_all()
    return found


def counts(web):
    return len(kept(web, Delivery)), len(kept(web, Job)), len(kept(web, Refusal))


def assert_refused(web, answer, status, word):
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert word in answer.json["detail"]
    assert counts(web) == (0, 0, 1)
    assert kept(web, Refusal)[0].reason == answer.json["detail"]


def test_a_published_article_is_taken_in_and_rung_for(web):
    answer = post(web, payload())
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    article, job = kept(web, Article)[0], kept(web, Job)[0]
    assert answer.json == {
        "delivery": "msg_1",
        "status": "accepted",
        "article": article.id,
        "report_url": f"http://localhost/api/v1/articles/{article.id}/report",
    }
    assert web.rung == [job.id]
    assert counts(web) == (1, 1, 0)


def test_the_job_is_stored_before_it_is_rung_for(web):
    seen = []
    web.on_ring = lambda _: seen.append(len(kept(web, Job)))
    post(web, payload())
    assert seen == [1]


def test_a_bell_that_is_broken_harms_nothing(web):
    def break_down(_):
        raise ConnectionError("no Redis")

    web.on_ring = break_down
    assert post(web, payload()).status_code == 200
    assert counts(web) == (1, 1, 0)


def test_an_update_and_a_withdrawal(web):
    post(web, payload())
    assert post(web, payload(event="article.updated", html="<p>Later.</p>"), delivery="msg_2").json["status"] == "accepted"
    gone = payload(event="article.withdrawn", html=None)
    assert post(web, gone, delivery="msg_3").json["status"] == "accepted"
    assert kept(web, Article)[0].withdrawn_at == NOW


# who sent it


@pytest.mark.parametrize("header", ["webhook-signature", "webhook-id", "webhook-timestamp"])
def test_no_signature(web, header):
    answer = post(web, payload(), headers={header: None})
    assert_refused(web, answer, 401, header)
    assert "WWW-Authenticate" in answer.headers
    names = {name.lower() for name in kept(web, Refusal)[0].headers}
    assert "content-type" in names
    assert header not in names


@pytest.mark.parametrize("garbage", ["v1", "v1,a,b", "v1,%%%", "v1,é", "", " ", "v1,AAAA"])
def test_garbage_for_a_signature(web, garbage):
    assert_refused(web, post(web, payload(), headers={"webhook-signature": garbage}), 401, "webhook-signature")


def test_a_body_that_was_written_anew(web):
    body = raw(payload())
    sent = sign(body, delivery="msg_1", secret=SECRET, at=NOW)
    again = json.dumps(json.loads(body), separators=(",", ":")).encode()
    assert_refused(web, web.client.post("/webhooks/northgate", data=again, headers=sent), 401, "No signature")


def test_another_sources_secret(web):
    with web.database.begin() as session:
        create_source(session, "southgate", NOW, secret=OTHER)
    assert_refused(web, post(web, payload(), secret=OTHER), 401, "No signature")


@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (-300, 200), (301, 401), (-301, 401)])
def test_five_minutes_either_way(web, seconds, status):
    assert post(web, payload(), at=NOW + timedelta(seconds=seconds)).status_code == status


@pytest.mark.parametrize("identity", ["msg.1", "m" * 257, "m" * 10_240])
def test_an_id_that_is_none(web, identity):
    assert_refused(web, post(web, payload(), delivery=identity), 400, "webhook-id")


@pytest.mark.parametrize("stamp", ["1614265330.5", "16142_65330", "0001614265330", "1e9"])
def test_a_time_that_is_none(web, stamp):
    assert_refused(web, post(web, payload(), headers={"webhook-timestamp": stamp}), 400, "webhook-timestamp")


def test_an_unknown_source(web):
    answer = post(web, payload(), name="nobody")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert counts(web) == (0, 0, 0)


def test_only_the_last_hundred_refusals_are_kept(make_web):
    web = make_web(refused_per_minute=0)
    for _ in range(105):
        post(web, payload(), secret=OTHER)
    assert counts(web) == (0, 0, 100)


# the same again


def test_a_replay_is_a_duplicate(web):
    first, second = post(web, payload()), post(web, payload())
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json["status"] == "duplicate"
    assert second.json["article"] == first.json["article"]
    assert counts(web) == (1, 1, 0)
    assert len(web.rung) == 1


def test_the_same_id_with_another_body_is_a_conflict(web):
    post(web, payload())
    answer = post(web, payload(html="<p>Something else.</p>"))
    assert (answer.status_code, answer.json["status"]) == (200, "duplicate")
    assert counts(web) == (1, 1, 0)
    assert kept(web, Delivery)[0].conflicts == 1


def test_fifty_copies_at_once(web):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: post(web, payload()), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json["status"] for answer in answers) == ["accepted"] + ["duplicate"] * 49
    assert counts(web) == (1, 1, 0)


# what was sent


def test_more_than_ten_megabytes(web):
    assert_refused(web, post(web, b" " * 10_000_001), 413, "10,000,000")


def test_more_than_ten_megabytes_in_chunks_are_not_read_to_their_end(web):
    class Endless:
        given = 0

        def read(self, size=-1):
            self.given += size
            return b" " * size

        def readline(self, *_):
            raise AssertionError("nobody reads lines here")

    body = Endless()
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = web.client.post("/webhooks/northgate", environ_overrides=environ, content_type="application/json")
    assert_refused(web, answer, 413, "10,000,000")
    assert body.given < 11_000_000


def test_a_compressed_body_is_not_inflated(web):
    answer = post(web, gzip.compress(raw(payload())), headers={"content-encoding": "gzip"})
    assert_refused(web, answer, 415, "gzip")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", None])
def test_what_is_not_sent_as_json(web, kind):
    assert_refused(web, post(web, payload(), headers={"content-type": kind}), 415, "JSON")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"[" * 100_000, "deeper"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "deeper"),
        (b'{"type": NaN}', "NaN"),
        (b'{"type": "article.published", "type": "article.withdrawn"}', "twice"),
        (b'{"n": ' + b"9" * 5_000 + b"}", "5000 digits"),
        (b"", "not JSON"),
        (b"[]", "JSON object"),
        (b"{}", "type"),
        (b'{"type": "contact.created", "data": {}}', "type"),
        (b'{"type": ["article.published"], "data": {}}', "type"),
        (b'{"type": "article.published"}', "JSON object"),
        (b'{"type": "article.published", "data": {"html": 7}}', "html"),
        (b'{"type": "article.published", "data": {"body": "x"}}', "body"),
        (b'{"type": "article.published", "data": {"html": "x", "text": "x"}}', "either"),
        (b'{"type": "article.published", "data": {"html": "x", "metadata": []}}', "metadata"),
        (b'{"type": "article.published", "data": {"html": "x", "metadata": {"published_at": "soon"}}}', "published_at"),
        ('{"type": "é"}'.encode("latin-1"), "UTF-8"),
        (json.dumps(payload()).encode("utf-16"), "UTF-8"),
        (json.dumps(payload()).encode("utf-16-le"), "not JSON"),
    ],
)
def test_a_body_that_cannot_be_read(web, body, word):
    assert_refused(web, post(web, body), 400, word)


def test_a_byte_order_mark_is_read_past(web):
    assert post(web, b"\xef\xbb\xbf" + raw(payload())).status_code == 200


def test_what_no_store_keeps_is_replaced(web):
    body = raw(payload(html="<p>A\x00B\ud800C</p>", metadata={"headline": "A\x00B\ud800C", "external_id": "a-1"}))
    assert post(web, body).status_code == 200
    assert kept(web, Revision)[0].content.decode() == "<p>A\ufffdB\ufffdC</p>"
    assert kept(web, Revision)[0].meta["metadata"]["headline"] == "A\ufffdB\ufffdC"


@pytest.mark.parametrize("html", [None, ""])
def test_no_body(web, html):
    answer = post(web, payload(html=html))
    assert (answer.status_code, answer.json["status"]) == (200, "accepted")
    assert [delivery.outcome for delivery in kept(web, Delivery)] == ["no-body"]
    assert web.rung == []
    with web.database.read() as session:
        (row,) = deliveries(session, DeliveryFilter(), limit=9)
    assert "once its source has an origin" in row.reason


def test_the_store_is_down(web_without_store):
    answer = post(web_without_store, payload())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.content_type == "application/problem+json"
    assert web_without_store.rung == []


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_another_method(web, method):
    answer = getattr(web.client, method)("/webhooks/northgate")
    assert answer.status_code == 405
    assert answer.content_type == "application/problem+json"
