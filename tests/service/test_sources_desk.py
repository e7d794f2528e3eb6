"""Sources at the desk: made, changed, rotated and removed; their calls read, tried and taken in again; their callbacks."""

import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from reports import callbacks, gate, outbox
from reports.accounts import create_user
from reports.deliveries import delivery_log, place_after, read_place
from reports.jobs import SWEPT
from reports.models import Audit, Delivery, Job, Message
from reports.outbox import Tried
from reports.sources import create_source, find_source, get_source
from service.webhooks.kinds import KINDS
from tests.service.conftest import NOW, PASSWORD, SECRET
from tests.service.sender import payload, raw, sign
from tests.service.test_desk import form_token, sign_in

GHOST = {"kind": "ghost", "fail_on": "warning", "when_late": "closed", "name": "evening", "origin": "https://evening.example"}
SHOWN = re.compile(r'<code class="address">([^<]+)</code>')


@pytest.fixture
def desk(web):
    """Signs somebody in; gives what posts a form as they would."""

    def open_desk(name="ruth", role="admin"):
        with web.database.begin() as session:
            create_user(session, name, PASSWORD, NOW, role=role)
        client = web.app.test_client()
        sign_in(client, name)

        def post(path, **form):
            return client.post(path, data={"csrf_token": form_token(client.get("/you"))} | form)

        client.send = post
        return client

    return open_desk


def call(web, body, name="northgate", secret=SECRET, delivery="m1"):
    return web.client.post(f"/webhooks/{name}", data=body, headers=sign(body, delivery=delivery, secret=secret, at=web.now))


def audited(web):
    with web.database.begin() as session:
        return [
            (row.action, row.detail)
            for row in session.scalars(select(Audit).where(Audit.action != "signed-in").order_by(Audit.id))
        ]


def test_a_source_is_made_and_its_secrets_are_shown_once(web, desk):
    client = desk()
    options = {"option-headline": "post.current.title", "ignore": "stale-note\n", "gate_rules": "widget-error-text"}
    made = client.send("/sources", **GHOST, **options, callback="https://cms.example/hook", desk="night", language="en")
    assert made.status_code == 200, made.text
    assert "http://localhost/webhooks/evening" in made.text
    assert "Custom integration" in made.text
    with web.database.begin() as session:
        source = get_source(session, "evening")
        secrets = [source.secret_current, callbacks.list_callbacks(session, source)[0][0].secret]
        assert (source.kind, source.desk, source.language, source.origin) == ("ghost", "night", "en", "https://evening.example")
        assert (source.options, source.rules) == ({"headline": "post.current.title"}, {"ignore": ["stale-note"]})
        assert gate.policy_of(session, source.id) == gate.Policy("warning", ("widget-error-text",), (), "closed")
    assert SHOWN.findall(made.text) == secrets
    for path in ("", "/hook", "/test", "/callbacks", "/callbacks/1", "/settings"):
        later = client.get(f"/sources/evening{path}")
        assert later.status_code == 200, path
        assert not [secret for secret in secrets if secret in later.text], path
    assert audited(web)[-1] == ("source-added", {"name": "evening", "kind": "ghost", "callback": "https://cms.example/hook"})
    assert not [secret for secret in secrets if secret in json.dumps(audited(web))]


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"name": "Evening Post"}, "no source name"),
        ({"origin": "evening.example"}, "no origin"),
        ({"ignore": "no-such-rule"}, "no-such-rule"),
        ({"gate_rules": "no-such-rule"}, "no-such-rule"),
        ({"fail_on": "all"}, "fails on one of"),
        ({"kind": "storyblok", "origin": ""}, "name an origin"),
        ({"kind": "prismic"}, "the option page"),
        ({"kind": "carrier-pigeon"}, "has no webhook"),
        ({"secret": "short"}, "it needs 16"),
        ({"reconcile": "feed", "reconcile_minutes": "1"}, "every 5 to 10,080"),
        ({"callback": "ftp://cms.example"}, "https://cms.example/hooks/copydesk"),
    ],
)
def test_a_source_that_could_not_work_is_not_made_and_the_form_stays(web, desk, changed, word):
    answer = desk().send("/sources", **(GHOST | {"desk": "night"} | changed))
    assert answer.status_code == 400
    assert word in answer.text
    if (GHOST | changed)["kind"] in KINDS:
        assert 'value="night"' in answer.text
    with web.database.begin() as session:
        assert find_source(session, "evening") is None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_form_and_its_guide(desk, kind):
    page = desk().get(f"/sources/_new?kind={kind}").text
    for name in KINDS[kind].options:
        assert f'name="option-{name}"' in page
    assert 80 < len(KINDS[kind].guide) < 320


def test_a_source_is_changed_to_what_the_form_says(web, desk):
    client = desk()
    client.send("/sources", **GHOST, reconcile="ghost", reconcile_key="0a1b2c", reconcile_minutes="60")
    shown = client.get("/sources/evening/settings").text
    assert "0a1b2c" not in shown
    wanted = {"fail_on": "never", "when_late": "open", "origin": "https://evening.example", "reconcile": "ghost"}
    assert client.send("/sources/evening/settings", **wanted, desk="day").status_code == 303
    with web.database.begin() as session:
        source = get_source(session, "evening")
        assert (source.desk, source.options, source.reconcile_at) == (
            "day",
            {"reconcile": "ghost", "reconcile_key": "0a1b2c"},
            None,
        )
        assert gate.policy_of(session, source.id).fail_on == "never"
    assert audited(web)[-1] == ("source-changed", {"name": "evening", "changed": ["desk", "reconcile", "gate"]})
    wrong = client.send("/sources/evening/settings", **wanted, desk="evening", select="no-such-rule")
    assert (wrong.status_code, 'value="evening"' in wrong.text) == (400, True)
    with web.database.begin() as session:
        assert get_source(session, "evening").desk == "day"


def test_a_secret_is_changed_without_losing_a_call(web, source, desk):
    client = desk()
    begun = client.send("/sources/northgate/secret")
    (new,) = SHOWN.findall(begun.text)
    assert new not in client.get("/sources/northgate/hook").text
    for number, secret in enumerate((SECRET, new)):
        assert call(web, raw(payload()), secret=secret, delivery=f"m{number}").status_code == 200
    assert client.send("/sources/northgate/secret").status_code == 400, "one is under way"
    client.send("/sources/northgate/secret/finish")
    assert [call(web, raw(payload()), secret=secret, delivery="m9").status_code for secret in (SECRET, new)] == [401, 200]
    client.send("/sources/northgate/secret", secret=SECRET)
    client.send("/sources/northgate/secret/cancel")
    assert call(web, raw(payload()), delivery="m10").status_code == 401
    assert [action for action, _ in audited(web)] == ["source-rotated"] * 4
    assert client.send("/sources/northgate/secret/finish").status_code == 404


def test_a_source_is_removed_when_its_name_is_typed(web, source, desk):
    client = desk()
    assert client.send("/sources/northgate/remove", name="north").status_code == 400
    assert call(web, raw(payload())).status_code == 200
    assert client.send("/sources/northgate/remove", name="northgate").status_code == 303
    assert call(web, raw(payload())).status_code == 404
    assert client.get("/sources/northgate").status_code == 404


def test_the_log_by_answer_and_by_page(web, source, desk, publish, monkeypatch):
    monkeypatch.setattr("service.desk.source_calls.PER_PAGE", 2)
    first = publish("<p>Rain fell.</p>", headline="Rain")
    web.now += timedelta(minutes=1)
    web.client.post("/webhooks/northgate", data=b"{}", headers={"content-type": "application/json", "x-probe": "1"})
    web.now += timedelta(minutes=1)
    publish("<p>Snow fell.</p>", headline="Snow", external_id="a-2", read=False)
    client = desk(role="editor", name="ed")
    newest = client.get(f"/sources/{source}").text
    assert re.findall(r"(Snow|X-Probe|Rain)</?", newest)[:1] == ["Snow"]
    assert "X-Probe" in newest
    assert "Rain" not in newest
    older = re.search(r'href="(/sources/northgate\?after=[^"]+)"', newest)[1]
    assert "Rain" in client.get(older.replace("&amp;", "&")).text
    shown = {
        answer: client.get(f"/sources/northgate?answer={answer}").text
        for answer in ("refused", "taken", "reported", "on its way")
    }
    assert [("Rain" in text, "X-Probe" in text, "Snow" in text) for text in shown.values()] == [
        (False, True, False), (True, False, True), (True, False, False), (False, False, True),
    ]  # fmt: skip
    assert f"/articles/{first}" in shown["reported"]
    assert client.get("/sources/northgate?answer=nonsense&after=x-y").status_code == 200


def test_a_page_of_the_log_skips_nothing_when_all_came_at_once(web, source, publish):
    for number in range(5):
        publish("<p>Rain fell.</p>", external_id=f"a-{number}", read=False)
        web.client.post("/webhooks/northgate", data=b"{}", headers={"content-type": "application/json"})
    seen, after = [], read_place("")
    with web.database.begin() as session:
        while rows := delivery_log(session, get_source(session, "northgate"), limit=3, after=after):
            after = read_place(str(place_after(rows, after)))
            seen += [(row.kind, row.row) for row in rows]
    assert sorted(seen) == [(kind, number) for kind in ("delivery", "refused") for number in range(1, 6)]


def test_a_call_with_its_payload_is_taken_in_again(web, source, desk, publish, read_all):
    publish('<p>Rain fell.</p><script>alert("x")</script>')
    client = desk()
    page = client.get("/sources/northgate/calls/1").text
    assert "&lt;p&gt;Rain fell.&lt;/p&gt;&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert client.send("/sources/northgate/calls/1/redeliver").status_code == 303
    assert "taken in again" in client.get("/sources/northgate/calls/1").text
    read_all()
    with web.database.begin() as session:
        assert list(session.scalars(select(Delivery.outcome))) == ["reported", "reported"]
        create_source(session, "southgate", NOW, secret=SECRET)
    assert audited(web)[-1] == ("delivery-redelivered", {"name": "northgate", "delivery": 1})
    assert client.get("/sources/southgate/calls/1").status_code == 404
    client.send("/sources/northgate/calls/99/redeliver")
    assert audited(web)[-1] == ("delivery-redelivered", {"name": "northgate", "delivery": 1})


def test_an_editor_reads_and_changes_nothing(web, source, desk, publish):
    publish("<p>Rain fell.</p>")
    client = desk("ed", "editor")
    assert "Take it in again" not in client.get("/sources/northgate/calls/1").text
    for path in ("", "/northgate/secret", "/northgate/settings", "/northgate/calls/1/redeliver", "/northgate/callbacks"):
        assert client.send(f"/sources{path}").status_code == 403, path


@pytest.mark.parametrize(
    ("secret", "late", "pretty", "word"),
    [
        (SECRET, 0, False, "The call is genuine."),
        (SECRET, 400, False, "only the time is off"),
        (SECRET, 0, True, "not the bytes that were signed"),
        ("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", 0, False, "signs with another secret"),
    ],
)
def test_what_is_wrong_with_a_call_is_said_in_words(web, source, desk, secret, late, pretty, word):
    client, body = desk("ed", "editor"), json.dumps(payload(), separators=(",", ":")).encode()
    headers = sign(body, delivery="m1", secret=secret, at=NOW - timedelta(seconds=late))
    pasted = "\n".join([f"{name}: {value}" for name, value in headers.items()] + [f"Authorization: Bearer {SECRET}"])
    sent = json.dumps(payload(), indent=2).encode() if pretty else body
    as_file = client.send("/sources/northgate/test", headers=pasted, file=(io.BytesIO(sent), "call.json"), at=NOW.isoformat())
    as_text = client.send("/sources/northgate/test", headers=pasted, body=sent.decode(), at=NOW.isoformat())
    for answer in (as_file, as_text):
        assert answer.status_code == 200
        assert word in answer.text.replace("&#39;", "'")
        assert SECRET not in answer.text, "what was pasted is not shown to whoever looks on"
    assert "Nothing has called yet" in as_file.text
    assert "must be like 2026" in client.send("/sources/northgate/test", at="noon").text


def test_callbacks_their_log_and_sending_again(web, source, desk, publish):
    client = desk()
    made = client.send("/sources/northgate/callbacks", url="https://cms.example/hook")
    (secret,) = SHOWN.findall(made.text)
    assert secret not in client.get("/sources/northgate/callbacks").text
    assert client.send("/sources/northgate/callbacks", url="cms").status_code == 400
    publish("<p>Rain fell.</p>")
    with web.database.begin() as session:
        outbox.keep_attempt(session, 1, Tried(500, "<b>no</b>", 42), NOW)
        session.get(Message, 1).state = "given-up"
    page = client.get("/sources/northgate/callbacks/1").text
    assert "500, 42 ms. &lt;b&gt;no&lt;/b&gt;" in page
    assert "1 given up" in client.get("/sources").text
    assert client.send("/sources/northgate/callbacks/1/messages/1/redeliver").status_code == 303
    with web.database.begin() as session:
        assert session.get(Message, 1).state == "waiting"
        create_source(session, "southgate", NOW, secret=SECRET)
    assert client.get("/sources/southgate/callbacks/1").status_code == 404
    assert client.send("/sources/southgate/callbacks/1/remove").status_code == 404
    assert client.send("/sources/northgate/callbacks/1/messages/9/redeliver").status_code == 404
    client.send("/sources/northgate/callbacks/1/remove")
    assert "ended" in client.get("/sources/northgate/callbacks").text
    assert [action for action, _ in audited(web)] == ["callback-added", "message-redelivered", "callback-removed"]


def test_what_the_api_hands_in_has_no_webhook(web, desk, token):
    auth = {"Authorization": f"Bearer {token('submit')}"}
    web.client.post("/api/v1/articles", json={"html": "<p>Rain.</p>"}, headers=auth)
    client = desk()
    assert "there is no webhook" in client.get("/sources/api/hook").text
    assert client.send("/sources/api/secret").status_code == 400
    assert "has no webhook" in client.send("/sources/api/test", body="{}").text
    assert client.send("/sources/api/settings", fail_on="note", when_late="open", desk="wire").status_code == 303


def test_a_sweep_tells_how_far_it_is(web, desk, source):
    client = desk(role="editor")
    for number in range(3):
        story = payload(html="<p>Rain fell.</p>", metadata={"external_id": str(number)})
        assert call(web, raw(story), delivery=f"m{number}").status_code == 200
    with web.database.begin() as session:
        session.execute(update(Job).values(cause=SWEPT, state="queued"))
        session.execute(update(Job).where(Job.id == session.scalar(select(Job.id).limit(1))).values(state="done"))
    assert "1 stories read, 2 to go" in client.get(f"/sources/{source}").text
    with web.database.begin() as session:
        session.execute(update(Job).values(state="done"))
    assert "to go" not in client.get(f"/sources/{source}").text
