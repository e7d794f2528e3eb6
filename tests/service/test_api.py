import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports.accounts import create_token
from reports.models import Audit, Delivery, Job, Token
from reports.replies import reserve
from service.exports.forms import FORMS
from tests.reports.made import JUNK
from tests.service.conftest import NOW, SECRET
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
    assert [delivery.delivery_id.rpartition(":")[0] for delivery in kept(web, Delivery)] == ["1:k-1", "1:k-2"]


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
    web.now += timedelta(days=1, seconds=1)
    other = ARTICLE | {"html": "<p>Rain fell.</p>"}
    assert post(web, secret, other, Idempotency_Key="k-1").json["status"] == "accepted"


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


def test_when_a_token_was_used_is_known_to_the_minute(web, token):
    secret, used = token("read"), []
    for seconds in (0, 59, 61):
        web.now = NOW + timedelta(seconds=seconds)
        assert get(web, secret, "articles").status_code == 200
        (row,) = kept(web, Token)
        used.append((row.last_used_at - NOW).total_seconds())
    assert used == [0, 0, 61]


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


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_has_no_utc(web, token, when):
    answer = post(web, token("submit"), ARTICLE | {"metadata": {"published_at": when}})
    assert (answer.status_code, "outside the years" in answer.json["detail"]) == (400, True)


@pytest.fixture
def findings(web, publish):
    publish(JUNK, external_id="b-1", url="https://northgate.example/b")
    publish(JUNK.replace("town", "village"), external_id="b-2", url="https://northgate.example/c")
    return get(web, token_of(web, "read"), "findings").json["findings"]


def token_of(web, *scopes):
    with web.database.begin() as session:
        return create_token(session, "cms", list(scopes), NOW)[1]


def judge(web, secret, number, **said):
    headers = {"Authorization": f"Bearer {secret}"}
    return web.client.post(f"/api/v1/findings/{number}/verdicts", json=said, headers=headers)


def test_findings_are_filtered(web, findings, token):
    secret = token("read")
    assert len(findings) >= 2
    first = findings[-1]
    for query, fits in (
        ("state=open&state=fixed", lambda _: True),
        ("state=fixed", lambda _: False),
        (f"severity={first['severity']}", lambda row: row["severity"] == first["severity"]),
        (f"rule={first['rule']}", lambda row: row["rule"] == first["rule"]),
        (f"article={first['article']}", lambda row: row["article"] == first["article"]),
        ("source=northgate", lambda _: True),
        ("source=elsewhere", lambda _: False),
        ("since=2026-11-24T21:04:00Z", lambda _: True),
        ("since=2026-11-24T21:04:01Z", lambda _: False),
    ):
        assert get(web, secret, f"findings?{query}").json["findings"] == [row for row in findings if fits(row)], query


def test_pages_follow_one_another(web, findings, token):
    secret, seen, cursor = token("read"), [], ""
    while True:
        page = get(web, secret, f"findings?limit=1{cursor}").json
        seen += page["findings"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == findings


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "state=gone", "cursor=x", "since=yesterday", "colour=red"]
)
def test_a_question_that_is_none(web, token, query):
    answer = get(web, token("read"), f"findings?{query}")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["detail"].startswith((query.partition("=")[0], "Unknown in the query"))


def test_articles_are_found_by_what_their_cms_calls_them(web, findings, token):
    found = get(web, token("read"), "articles?source=northgate&external_id=b-2").json["articles"]
    assert [row["url"] for row in found] == ["https://northgate.example/c"]
    assert get(web, token("read"), found[0]["report_url"].partition("/api/v1/")[2]).status_code == 200


def test_a_finding_is_let_stand_and_reopened(web, findings):
    secret, number = token_of(web, "write", "read"), findings[0]["id"]
    stands = judge(web, secret, number, action="stet", reason="quoting", note="a quotation", serial=findings[0]["serial"])
    assert stands.status_code == 200
    assert stands.json["finding"] | {"changed_at": ""} == findings[0] | {
        "state": "stands",
        "reason": "quoting",
        "note": "a quotation",
        "judged_by": stands.json["finding"]["judged_by"],
        "serial": findings[0]["serial"] + 1,
        "changed_at": "",
    }
    assert stands.json["finding"]["judged_by"].startswith("cms (cdk_")
    again = judge(web, secret, number, action="reopen")
    assert again.json["finding"]["state"] == "open"


def test_a_verdict_on_what_has_changed_since(web, findings):
    secret, number = token_of(web, "write"), findings[0]["id"]
    assert judge(web, secret, number, action="false-alarm", serial=findings[0]["serial"]).status_code == 200
    late = judge(web, secret, number, action="stet", reason="quoting", serial=findings[0]["serial"])
    assert late.status_code == 409
    assert "false-alarm since" in late.json["detail"]


def test_a_phrase_stands_in_every_article(web, findings):
    number = findings[0]["id"]
    answer = judge(web, token_of(web, "write"), number, action="stet", reason="house-style", scope="phrase")
    assert answer.json["changed"] == sum(row["rule"] == findings[0]["rule"] for row in findings)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"action": "stet"}, 400),
        ({"action": "stet", "reason": "because"}, 400),
        ({"action": "stet", "reason": "quoting", "scope": "until"}, 422),
        ({"action": "stet", "reason": "quoting", "scope": "until", "until": "2020-01-01T00:00:00Z"}, 422),
        ({"action": "false-alarm", "reason": "quoting"}, 400),
        ({"action": "note"}, 400),
        ({"action": "note", "note": "x" * 2_001}, 400),
        ({"action": "fixed"}, 400),
        ({}, 400),
    ],
)
def test_a_verdict_that_is_none(web, findings, said, status):
    assert judge(web, token_of(web, "write"), findings[0]["id"], **said).status_code == status


def test_a_verdict_on_nothing(web, findings):
    assert judge(web, token_of(web, "write"), 999, action="reopen").status_code == 404


def test_a_reader_judges_nothing(web, findings):
    assert judge(web, token_of(web, "read"), findings[0]["id"], action="reopen").status_code == 403


def test_a_report_in_every_form(web, findings, token):
    secret, path = token("read"), f"articles/{findings[0]['article']}/report"
    for form, written in FORMS.items():
        by_name = get(web, secret, f"{path}?format={form}")
        assert (by_name.status_code, by_name.content_type) == (200, written.media_type)
        headers = {"Authorization": f"Bearer {secret}", "Accept": written.media_type.partition(";")[0]}
        by_accept = web.client.get(f"/api/v1/{path}", headers=headers)
        assert by_accept.data == by_name.data
    refused = web.client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}", "Accept": "image/png"})
    assert refused.status_code == 406


def test_a_report_that_is_known_already(web, findings, token):
    headers = {"Authorization": f"Bearer {token('read')}"}
    first = web.client.get("/api/v1/reports/1", headers=headers)
    again = web.client.get("/api/v1/reports/1", headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = web.client.get("/api/v1/reports/1?format=csv", headers=headers | {"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_the_rules(web, token):
    secret = token("read")
    names = [rule["name"] for rule in get(web, secret, "rules").json["rules"]]
    assert "stale-note" in names
    assert "## Why it matters" in get(web, secret, "rules/stale-note").json["help"]
    assert get(web, secret, "rules/nothing").status_code == 404


def test_no_secret_is_told(web, source, token):
    secret = token("read")
    for path in ("sources", "sources/northgate"):
        answer = get(web, secret, path)
        assert answer.status_code == 200
        assert SECRET.removeprefix("whsec_") not in answer.text
    assert get(web, secret, "sources/nobody").status_code == 404


def test_the_same_fault_in_many_articles_is_one_incident(web, publish, token):
    for number in range(4):
        publish(JUNK, external_id=f"i-{number}", url=f"https://northgate.example/{number}")
    secret = token("read")
    answer = get(web, secret, "incidents?source=northgate")
    assert answer.status_code == 200, answer.text
    rows = answer.json["incidents"]
    assert rows
    assert {row["articles"] for row in rows} == {4}
    first = get(web, secret, "incidents?limit=1").json
    assert first["incidents"] == rows[:1]
    pages = [first["incidents"]]
    while first["next_cursor"]:
        first = get(web, secret, f"incidents?limit=1&cursor={first['next_cursor']}").json
        pages.append(first["incidents"])
    assert [row for page in pages for row in page] == rows
    assert get(web, secret, "incidents?source=elsewhere").json["incidents"] == []


def test_a_story_goes_in_for_a_source_and_is_its_webhooks_story_too(web, publish, token, read_all):
    secret = token("submit", "read")
    article = publish(HTML)
    web.now += timedelta(minutes=1)
    newer = ARTICLE | {
        "html": "<p>It sails again, the harbour board said.</p>",
        "metadata": {"external_id": "a-1", "headline": "Ferry, again"},
        "source": "northgate",
    }
    assert post(web, secret, newer).json["article"] == article
    other = post(web, secret).json["article"]
    assert other != article, "without a source it is the API's"
    read_all()
    found = {row["source"]: row["headline"] for row in get(web, secret, "articles").json["articles"]}
    assert found == {"northgate": "Ferry, again", "api": "Ferry adds a Sunday crossing"}
    unknown = post(web, secret, ARTICLE | {"source": "southgate"})
    assert (unknown.status_code, unknown.json["detail"]) == (404, "There is no such source.")
    assert post(web, secret, ARTICLE | {"source": "No Name"}).status_code == 400


def undo(web, secret, batch):
    return web.client.post(f"/api/v1/batches/{batch}/undo", headers={"Authorization": f"Bearer {secret}"})


def test_a_verdict_is_taken_back(web, findings):
    secret = token_of(web, "read", "write")
    judged = judge(web, secret, 1, action="stet", reason="house-style").json
    assert judged["finding"]["state"] == "stands"
    undone = undo(web, secret, judged["batch"])
    assert undone.json == {"batch": judged["batch"], "findings": [1], "left": []}
    assert get(web, secret, "findings/1").json["state"] == "open"
    assert undo(web, secret, judged["batch"]).json["findings"] == [], "twice changes nothing"
    assert undo(web, secret, 999).status_code == 404
    assert undo(web, token_of(web, "read"), judged["batch"]).status_code == 403


def test_what_was_judged_anew_is_left(web, findings):
    secret = token_of(web, "read", "write")
    first = judge(web, secret, 1, action="stet", reason="house-style").json["batch"]
    judge(web, secret, 1, action="reopen")
    judge(web, secret, 1, action="false-alarm")
    (left,) = undo(web, secret, first).json["left"]
    assert (left["finding"], left["state"]) == (1, "false-alarm")
    assert left["by"].startswith("cms (cdk_")
