"""How often the API may be called, and how often a webhook may be guessed at."""

import http.client
import json
import socket
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from reports.accounts import create_token
from reports.models import Delivery, Refusal
from reports.sources import create_source
from tests.service.conftest import NOW, SECRET, free_port, serve_web
from tests.service.sender import payload, raw, sign

WRONG = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ARTICLE = {"text": "One.\n\nTwo."}

pytestmark = pytest.mark.usefixtures("source")


@pytest.fixture
def silent_server():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield server.getsockname()[1]


def ask(web, secret, path="findings"):
    return web.app.test_client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})


def publish(web, number, *, secret=SECRET, name="northgate", address="127.0.0.1", body=None):
    sent = raw(body or payload(html=f"<p>Ferry {number} sails.</p>"))
    headers = sign(sent, delivery=f"msg_{number}", secret=secret, at=NOW)
    client = web.app.test_client()
    return client.post(f"/webhooks/{name}", data=sent, headers=headers, environ_overrides={"REMOTE_ADDR": address})


def count(web, model):
    with web.database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def assert_told_to_wait(answer, word):
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert answer.json["status"] == 429
    assert word in answer.json["detail"]
    assert 0 < int(answer.headers["Retry-After"]) <= 61


# the API


def test_a_token_has_so_many_calls_a_minute_whatever_it_asks_for(make_web, token):
    web, secret = make_web(api_per_minute=4), token("read", "submit")
    answers = [ask(web, secret, path) for path in ("findings", "articles", "incidents", "findings/4711", "findings", "articles")]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 429, 429]
    assert_told_to_wait(answers[-1], "This token calls too often")
    assert "Retry-After" not in answers[0].headers
    assert answers[0].headers["X-RateLimit-Remaining"] == "3"


def test_one_token_does_not_use_up_anothers_calls(make_web, token):
    web, busy, other = make_web(api_per_minute=2), token("read"), token("read")
    assert [ask(web, busy).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(web, other).status_code == 200
    assert ask(web, "cdk_unknown").status_code == 401


def test_what_is_past_the_limit_is_not_done_and_may_be_sent_again(make_web, token):
    web, secret = make_web(api_per_minute=1), token("submit")
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "k-1", "Content-Type": "application/json"}
    ask(web, secret, "rules")
    answers = [web.client.post("/api/v1/articles", data=json.dumps(ARTICLE), headers=headers) for _ in range(2)]
    assert_told_to_wait(answers[1], "send the call again")
    freed = make_web()  # the next minute: nothing of the call was kept under its key
    assert freed.client.post("/api/v1/articles", data=json.dumps(ARTICLE), headers=headers).json["status"] == "accepted"
    assert count(web, Delivery) == 1


def test_nought_is_no_limit(make_web, token):
    web, secret = make_web(api_per_minute=0), token("read")
    answers = [ask(web, secret) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "X-RateLimit-Limit" not in answers[0].headers


def test_an_editors_plug_in_is_far_below_the_limit_as_it_is_set(web, token):
    secret = token("read")
    assert {ask(web, secret, "rules").status_code for _ in range(200)} == {200}


def test_with_redis_the_processes_count_together_and_without_it_each_for_itself(redis_server, make_web, token):
    secret = token("read")
    webs = [make_web(api_per_minute=4) for _ in range(2)]
    assert [ask(web, secret).status_code for web in webs * 3] == [200] * 4 + [429] * 2
    redis_server.stop()
    codes = [[ask(web, secret).status_code for _ in range(5)] for web in webs]
    assert codes == [[200] * 4 + [429]] * 2


# webhooks


def test_guesses_from_one_address_are_told_to_wait_and_leave_nothing(make_web):
    web = make_web(refused_per_minute=3)
    answers = [publish(web, number, secret=WRONG) for number in range(8)]
    assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 5
    assert_told_to_wait(answers[-1], "from this address")
    assert count(web, Refusal) == 3


def test_a_genuine_call_is_taken_in_from_the_very_address_of_the_guesses(make_web):
    web = make_web(refused_per_minute=1)
    for number in range(3):
        publish(web, number, secret=WRONG)
    assert [publish(web, number).status_code for number in range(10, 40)] == [200] * 30
    assert count(web, Delivery) == 30


def test_another_address_and_another_source_are_not_meant(make_web, database):
    with database.begin() as session:
        create_source(session, "southgate", NOW, secret=SECRET)
    web = make_web(refused_per_minute=1)
    assert [publish(web, number, secret=WRONG).status_code for number in range(2)] == [401, 429]
    assert publish(web, 3, secret=WRONG, address="192.0.2.7").status_code == 401
    assert publish(web, 4, secret=WRONG, name="southgate").status_code == 401


def test_a_genuine_call_that_says_nothing_is_told_so_each_time(make_web):
    web = make_web(refused_per_minute=1)
    answers = [publish(web, number, body={"type": "article.published"}) for number in range(4)]
    assert [answer.status_code for answer in answers] == [400] * 4


def test_guesses_are_counted_by_all_processes_and_by_each_while_redis_is_away(redis_server, make_web):
    webs = [make_web(refused_per_minute=2) for _ in range(2)]
    assert [publish(web, number, secret=WRONG).status_code for number, web in enumerate(webs * 2)] == [401] * 2 + [429] * 2
    redis_server.stop()
    codes = [[publish(web, number, secret=WRONG).status_code for number in range(3)] for web in webs]
    assert codes == [[401] * 2 + [429]] * 2
    assert [publish(web, number).status_code for number, web in enumerate(webs * 2, 10)] == [200] * 4


def test_a_redis_that_does_not_answer_holds_nobody_up(silent_server, make_web, token):
    web, secret = make_web(api_per_minute=2, redis_url=f"redis://127.0.0.1:{silent_server}"), token("read")
    assert [ask(web, secret).status_code for _ in range(3)] == [200, 200, 429]


def test_over_a_real_connection_the_limit_is_the_tokens(settings, database):
    with database.begin() as session:
        secret = create_token(session, "plug-in", ["read"], NOW)[1]
    chosen = replace(settings, port=free_port(), api_per_minute=3)
    with serve_web(chosen) as (_, log):
        codes = [_get(chosen.port, secret, forged) for forged in range(12)]
    assert codes.count(200) <= 2 * 3, "3 a minute in each of two processes, without Redis between them"
    assert codes.count(200) + codes.count(429) == 12
    assert "fault" not in log.read_text()


def _get(port, secret, forged):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {secret}", "X-Forwarded-For": f"10.0.0.{forged}"}
    line.request("GET", "/api/v1/rules", headers=headers)
    status = line.getresponse().status
    line.close()
    return status
