"""The gate: its policies, its patience, and a real worker behind it."""

import json
import threading
import time
import urllib.request
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import gate, sources
from reports.callbacks import add_callback
from reports.deliveries import DeliveryFilter, deliveries, delivery_log
from reports.gate import Policy
from reports.models import Article, Delivery, Finding, Job, Message
from reports.sources import create_source
from rules.core import catalogue
from tests.conftest import until
from tests.reports.made import CLEAN, JUNK
from tests.service.command_line import refused, run
from tests.service.conftest import NOW, SECRET, free_port, serve_web
from workers.linting import Linting


@pytest.fixture
def ask(web, source, token):
    """Asks the gate; gives the answer."""
    secret = token("submit", "write")

    def send(html=JUNK, *, number="a-1", status=200, **said):
        story = {"url": "https://northgate.example/ferry", "html": html, "metadata": {"external_id": number}}
        body = story | {"source": "northgate", "budget_ms": 0} | said
        answer = web.client.post("/api/v1/gate", json=body, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == status, answer.text
        return answer.json

    return send


@pytest.fixture
def at_once(web):
    """A worker that lints as soon as it is rung for."""
    linting = Linting(web.database, lambda: web.now, timedelta(seconds=90))
    web.on_ring = linting.run


def set_policy(web, **said):
    with web.database.begin() as session:
        gate.set_policy(session, "northgate", Policy(**said))


def kept(web, model):
    with web.database.begin() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def test_a_clean_story_passes(ask, at_once):
    answer = ask(CLEAN)
    assert (answer["verdict"], answer["allow"], answer["failed"], answer["reasons"]) == ("pass", True, None, [])


def test_a_question_is_no_call_of_its_source(web, ask, at_once):
    """A plug-in that asks every five seconds must not bury what the webhook brought."""
    ask(CLEAN)
    with web.database.begin() as session:
        assert delivery_log(session, sources.get_source(session, "northgate")) == []
        assert deliveries(session, DeliveryFilter(), limit=9) == []
    assert len(kept(web, Delivery)) == 1


def test_a_story_with_an_error_fails_with_its_reasons(ask, at_once):
    answer = ask()
    assert (answer["verdict"], answer["allow"], answer["failed"]) == ("fail", False, None)
    assert {reason["severity"] for reason in answer["reasons"]} == {"error"}
    assert any("Oops!" in reason["text"] and reason["line"] == 1 for reason in answer["reasons"])


def test_a_policy_says_what_fails(web, ask, at_once):
    rules = [reason["rule"] for reason in ask()["reasons"]]
    set_policy(web, fail_on="never")
    assert ask()["verdict"] == "pass"
    set_policy(web, fail_on="never", rules=tuple(rules))
    assert ask()["verdict"] == "fail"
    set_policy(web, fail_on="note", ignore=tuple(row.name for row in catalogue.load()))
    assert ask()["verdict"] == "pass"


def test_the_report_carries_the_gate(web, ask, at_once, token):
    answer = ask()
    path = answer["report_url"].partition("example")[2] or answer["report_url"]
    report = web.client.get(path, headers={"Authorization": f"Bearer {token('read')}"}).json
    assert report["gate"]["verdict"] == "fail"
    assert report["gate"]["reasons"] == answer["reasons"]


def test_a_question_changes_nothing(web, ask, at_once, publish):
    article = publish(CLEAN)
    ask()
    assert kept(web, Finding) == []
    with web.database.begin() as session:
        known = session.get_one(Article, article)
        assert known.latest_report_id == 1
        shown = [row.id for row in session.scalars(select(Article).where(Article.latest_report_id.is_not(None)))]
    assert shown == [article]


def test_the_published_state_is_no_copy_of_the_story(web, ask, at_once, publish):
    """Long enough to be found alike; a copy would be told as a story filed twice."""
    days = range(60)
    long = "".join(f"<p>The ferry ran {day} times on day {day}, past {day * 7} houses and a mill.</p>" for day in days)
    publish(long)
    set_policy(web, fail_on="note")
    assert "story-filed-twice" not in {reason["rule"] for reason in ask(long)["reasons"]}
    again = ask(long)
    assert "story-filed-twice" not in {reason["rule"] for reason in again["reasons"]}


def test_what_the_desk_let_stand_does_not_fail_it(web, ask, at_once, publish, token):
    publish(JUNK)
    assert ask()["verdict"] == "fail"
    secret = token("write")
    for finding in kept(web, Finding):
        said = {"action": "stet", "reason": "quoting"}
        web.client.post(f"/api/v1/findings/{finding.id}/verdicts", json=said, headers={"Authorization": f"Bearer {secret}"})
    assert ask()["verdict"] == "pass"
    assert ask(number="another", url="https://northgate.example/other")["verdict"] == "fail"


def test_a_phrase_that_stands_for_good(web, ask, at_once, publish, token):
    publish(JUNK)
    secret = token("write")
    for finding in kept(web, Finding):
        said = {"action": "stet", "reason": "house-style", "scope": "phrase"}
        web.client.post(f"/api/v1/findings/{finding.id}/verdicts", json=said, headers={"Authorization": f"Bearer {secret}"})
    assert ask(number="another", url="https://northgate.example/other")["verdict"] == "pass"


@pytest.mark.parametrize(("when_late", "allow"), [("open", True), ("closed", False)])
def test_past_its_time_it_does_as_the_source_says(web, ask, when_late, allow):
    set_policy(web, when_late=when_late)
    answer = ask()
    assert (answer["verdict"], answer["allow"], answer["failed"]) == ("pending", allow, when_late)
    assert f"fails {when_late}" in answer["detail"]


def test_a_late_verdict_is_told(web, ask, read_all):
    with web.database.begin() as session:
        add_callback(session, "northgate", "https://cms.example/hook", NOW)
    check = ask()["check"]
    read_all()
    (message,) = kept(web, Message)
    assert (message.kind, message.data["check"]) == ("gate.decided", check)
    assert (message.data["verdict"], message.data["allow"]) == ("fail", False)


def test_a_verdict_in_time_is_not_told_again(web, ask, at_once):
    with web.database.begin() as session:
        add_callback(session, "northgate", "https://cms.example/hook", NOW)
    ask()
    assert kept(web, Message) == []


def test_a_verdict_is_looked_up(web, ask, read_all, token):
    check = ask()["check"]
    headers = {"Authorization": f"Bearer {token('submit')}"}
    assert web.client.get(f"/api/v1/gate/{check}", headers=headers).json["verdict"] == "pending"
    read_all()
    assert web.client.get(f"/api/v1/gate/{check}", headers=headers).json["verdict"] == "fail"
    assert web.client.get("/api/v1/gate/999", headers=headers).status_code == 404


@pytest.mark.parametrize(("when_late", "allow"), [("open", True), ("closed", False)])
def test_a_story_that_cannot_be_read(web, ask, when_late, allow):
    set_policy(web, when_late=when_late)
    with web.database.begin() as session:
        add_callback(session, "northgate", "https://cms.example/hook", NOW)
    ask()
    with web.database.begin() as session:
        session.scalars(select(Job)).one().state = "poisoned"
        assert gate.tell_failed(session, NOW) == 1
        assert gate.tell_failed(session, NOW) == 0
    (message,) = kept(web, Message)
    assert (message.data["verdict"], message.data["allow"]) == ("unread", allow)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"source": "nobody"}, 404),
        ({"html": None}, 422),
        ({"html": ""}, 422),
        ({"html": "<p>x</p>", "text": "x"}, 400),
        ({"budget_ms": -1}, 400),
        ({"budget_ms": 10_001}, 400),
        ({"budget_ms": "fast"}, 400),
        ({"source": "No Name"}, 400),
        ({"colour": "red"}, 400),
    ],
)
def test_a_question_that_is_none(ask, said, status):
    assert ask(status=status, **said)["status"] == status


def test_few_are_waited_for_so_that_deliveries_get_in(web, ask):
    begun = time.monotonic()
    threads = [threading.Thread(target=ask, kwargs={"budget_ms": 1_500, "number": f"n-{number}"}) for number in range(6)]
    ended = []
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
        ended.append(time.monotonic() - begun)
    assert max(ended) < 5  # six in a row on two places would take 4.5 s and their own time


@pytest.fixture
def behind_it(settings, redis_server, start, source):
    """A real web, a real worker, a real Redis."""
    chosen = replace(settings, port=free_port())
    start("worker")
    with serve_web(chosen):
        yield chosen.port


def test_a_real_worker_answers_in_time(behind_it, token):
    body = {"html": JUNK, "source": "northgate", "budget_ms": 10_000}

    def call():
        request = urllib.request.Request(
            f"http://127.0.0.1:{behind_it}/api/v1/gate",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    secret = token("submit")
    until(lambda: call()["verdict"] != "pending", 60)  # the worker's first lint loads the rules
    answer = call()
    assert (answer["verdict"], answer["allow"]) == ("fail", False)


def test_the_command_line_sets_policies(tmp_path):
    there = {"COPYDESK_DATA": str(tmp_path)}
    run("source", "add", "daily", **there)
    ended = run("gate", "set", "daily", "--fail-on", "warning", "--rule", "stale-note", "--when-late", "closed", **there)
    assert (ended.status, ended.out) == (0, "The gate of daily fails on warning and is closed when it is late.\n")
    assert "daily   warning   stale-note  -        closed" in run("gate", "list", **there).out
    assert "no source 'weekly'" in refused("gate", "set", "weekly", **there)
    assert "no rule 'stale'" in refused("gate", "set", "daily", "--rule", "stale", **there)


def test_the_command_line_keeps_callbacks(tmp_path):
    there = {"COPYDESK_DATA": str(tmp_path)}
    run("source", "add", "daily", **there)
    added = run("callback", "add", "daily", "https://cms.example/hook", **there)
    assert added.status == 0
    assert added.out.startswith("whsec_")
    listed = run("callback", "list", **there).out
    assert "https://cms.example/hook" in listed
    assert added.out.strip() not in listed
    given = run("callback", "add", "daily", "https://cms.example/two", "--secret-stdin", given=f"{SECRET}\n".encode(), **there)
    assert (given.status, given.out) == (0, "")
    assert run("callback", "log", "1", **there).status == 0
    assert run("callback", "remove", "1", **there).status == 0
    assert "no message 7" in refused("callback", "redeliver", "7", **there)
    assert "no callback 9" in refused("callback", "log", "9", **there)
    assert "whsec_" in refused("callback", "add", "daily", "https://cms.example/", "--secret-stdin", given=b"x\n", **there)
    assert "like https://" in refused("callback", "add", "daily", "cms.example", **there)


def test_a_source_made_by_hand(web):
    with web.database.begin() as session:
        create_source(session, "daily", NOW)
        assert gate.policy_of(session, 1) == Policy()
