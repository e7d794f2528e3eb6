import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports.models import Audit, Delivery, Job, Token
from reports.replies import reserve
from tests.service.conftest import NOW
from tests.service.sender import HTML

ARTICLE = {"url": "https://northgate.example/ferry", "html": HTML, "metadata": {"headline": "Ferry", "external_id": "a-1"}}


def post(web, token, body=ARTICLE, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return web.client.post("/api/v1/articles", data=raw, headers=given)


def get(web, token, path):
    return web.client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})


def kept(web, model):
    with web.database.begin() as session:
        return list(session.scalars(select(model)))


def test_an_article_goes_in_and_its_report_comes_out(web, token, read_all):
    secret = token("submit", "read")
    answer = post(web, secret)
    assert (answer.status_code, answer.json["status"]) == (200, "accepted")
    article = answer.json["article"]
    assert get(web, secret, f"articles/{article}/report").status_code == 404
    read_all()
    report = get(web, secret, f"articles/{article}/report")
    assert report.status_code == 200
    assert report.json["schema"] == "copydesk.report/1"
    assert get(web, secret, "reports/1").json == report.json


def test_text_goes_in_too(web, token):
    assert post(web, token("submit"), {"text": "One.\n\nTwo."}).json["status"] == "accepted"


def test_the_same_body_is_taken_in_once(web, token):
    secret = token("submit")
    assert [post(web, secret).json["status"] for _ in range(3)] == ["accepted", "duplicate", "duplicate"]
    assert len(kept(web, Job)) == 1


def test_an_idempotency_key_says_what_is_the_same(web, token):
    secret = token("submit")
    first, again, other = (post(web, secret, Idempotency_Key=key) for key in ("k-1", "k-1", "k-2"))
    assert [answer.json["status"] for answer in (first, again, other)] == ["accepted"] * 3
    assert again.data == first.data
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [delivery.delivery_id for delivery in kept(web, Delivery)] == ["1:k-1", "1:k-2"]


def test_a_key_that_came_with_another_body(web, token):
    secret = token("submit")
    assert post(web, secret, Idempotency_Key="k-1").status_code == 200
    assert post(web, secret, ARTICLE | {"url": "https://northgate.example/other"}, Idempotency_Key="k-1").status_code == 422
    assert len(kept(web, Delivery)) == 1


def test_the_key_of_another_token_is_another_key(web, token):
    assert [post(web, token("submit"), Idempotency_Key="k-1").json["status"] for _ in range(2)] == ["accepted"] * 2
    assert len(kept(web, Delivery)) == 2


def test_a_key_whose_call_failed_can_be_used_again(web, token):
    secret = token("submit")
    assert post(web, secret, {"html": 1}, Idempotency_Key="k-1").status_code == 400
    assert post(web, secret, {"html": "<p>Rain.</p>", "text": "Rain."}, Idempotency_Key="k-1").status_code == 400
    assert post(web, secret, Idempotency_Key="k-1").status_code == 200


def test_a_key_is_forgotten_after_a_day(web, token):
    secret = token("submit")
    first = post(web, secret, Idempotency_Key="k-1")
    web.now += timedelta(days=1, seconds=1)
    assert post(web, secret, Idempotency_Key="k-1").json == first.json | {"status": "duplicate"}


def test_the_same_key_at_the_same_time(web, token):
    """Twenty at once: one is taken in, the others get its answer or are told to wait for it."""
    secret = token("submit")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(web, secret, Idempotency_Key="k-1"), range(20)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert sum(answer.status_code == 200 and "Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert len(kept(web, Job)) == 1


def test_a_call_that_died_holds_its_key_for_a_minute_only(web, token):
    secret = token("submit")
    with web.database.begin() as session:
        reserve(session, 1, "k-1", "what was asked", web.now)
    assert post(web, secret, Idempotency_Key="k-1").status_code == 422
    web.now += timedelta(seconds=61)
    assert post(web, secret, Idempotency_Key="k-1").status_code == 200


@pytest.mark.parametrize("key", ["", " ", "k" * 257, "é", "a b"])
def test_a_key_that_is_none(web, token, key):
    assert post(web, token("submit"), Idempotency_Key=key).status_code == 400


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer cdk_1", "Bearer é", "cdk_"])
def test_no_token(web, given):
    for answer in (
        web.client.post("/api/v1/articles", json=ARTICLE, headers={"Authorization": given}),
        web.client.get("/api/v1/reports/1", headers={"Authorization": given}),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.content_type == "application/problem+json"


def test_a_token_with_one_letter_changed(web, token):
    secret = token("submit")
    assert post(web, secret[:-1] + ("0" if secret[-1] != "0" else "1")).status_code == 401


def test_a_token_that_was_revoked(web, token):
    secret = token("submit")
    with web.database.begin() as session:
        session.scalars(select(Token)).one().revoked_at = NOW
    assert post(web, secret).status_code == 401


def test_a_token_for_something_else_is_refused_and_that_is_kept(web, token):
    answer = post(web, token("read"))
    assert answer.status_code == 403
    assert "may not submit" in answer.json["detail"]
    audit = kept(web, Audit)[0]
    assert audit.action == "refused"
    assert audit.detail == {"scope": "submit", "method": "POST", "path": "/api/v1/articles"}
    assert get(web, token("submit"), "reports/1").status_code == 403


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b'{"html": NaN}', {}, 400),
        (b'{"html": 1}', {}, 400),
        (b'{"html": "x", "who": 1}', {}, 400),
        (b'{"html": "x", "metadata": {"colour": "red"}}', {}, 400),
        (b"{}", {"Content_Type": "text/plain"}, 415),
        (b"{}", {"Content_Encoding": "gzip"}, 415),
        (b" " * 10_000_001, {}, 413),
    ],
)
def test_what_is_not_taken_in(web, token, body, headers, status):
    answer = post(web, token("submit"), body, **headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert kept(web, Delivery) == []


@pytest.mark.parametrize("path", ["reports/7", "articles/7/report", "reports/99999999999999999999", "reports/x", "nothing"])
def test_what_is_not_there(web, token, path):
    answer = get(web, token("read"), path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
