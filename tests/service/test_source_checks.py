"""A source's life at the command line and behind it: made, changed, checked in words, delivered again, looked at."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports.deliveries import delivery_log
from reports.errors import BadSourceError, ReportsError, UnknownError, WeakSecretError
from reports.models import Delivery, Report
from reports.sources import create_source, find_source
from service.redelivery import redeliver
from service.sources import Wanted, add_source, change_source, new_secret
from service.webhooks.diagnosis import diagnose
from service.webhooks.kind import Call, Door
from service.webhooks.kinds import KINDS, find_kind
from tests.service.command_line import refused, run
from tests.service.conftest import NOW, SECRET
from tests.service.sender import payload, raw, sign

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = raw(payload())


def told(body=BODY, *, signed=None, secret=SECRET, at=NOW, others=None, door=None, **changed):
    headers = sign(signed or body, delivery="msg_1", secret=secret, at=at) | changed
    call = Call(body, headers, NOW)
    return diagnose(find_kind("standard"), call, door or Door((SECRET,)), others)


def test_a_call_that_fits():
    found = told()
    assert found.fits
    assert found.words[0] == "The call is genuine."
    assert "article a-1 “Ferry adds a Sunday crossing”" in found.words[1]


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (lambda: told(at=NOW - timedelta(seconds=400)), "signed 400 s before"),
        (lambda: told(at=NOW + timedelta(hours=1)), "signed 3600 s after"),
        (lambda: told(json.dumps(json.loads(BODY), indent=2).encode(), signed=BODY), "spaces after commas, as Python writes it"),
        (
            lambda: told(BODY, signed=json.dumps(json.loads(BODY), separators=(",", ":")).encode()),
            "without spaces, as JavaScript",
        ),
        (lambda: told(BODY + b"\n", signed=BODY), "without the line feed at its end"),
        (lambda: told(secret=OTHER), "signs with another secret"),
        (lambda: told(secret="whsec_" + base64.b64encode(SECRET.encode()).decode()), "as text, where what follows whsec_"),
        (lambda: told(secret=OTHER, others={"southgate": Door((OTHER,))}), "the secret of the source 'southgate'"),
        (lambda: told(**{"webhook-signature": "v1"}), "v1,<base64>"),
    ],
)
def test_what_is_wrong_is_said_in_words(found, word):
    diagnosis = found()
    assert not diagnosis.fits
    assert word in " ".join(diagnosis.words), diagnosis.words


def test_a_genuine_call_that_cannot_be_read():
    found = told(raw({"type": "contact.created"}))
    assert not found.fits
    assert found.words[0].startswith("The call is genuine, but")


def test_a_large_body_is_not_written_in_every_way():
    body = raw(payload(html="<p>" + "x" * 1_100_000 + "</p>"))
    assert "another secret" in " ".join(told(body, signed=BODY).words)


# making one


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gets_a_secret_of_its_form(database, kind):
    options = {"page": "https://northgate.example/{id}"} if kind == "prismic" else {}
    with database.begin() as session:
        made = add_source(session, "northgate", kind, Wanted(origin="https://northgate.example", options=options), NOW)
        assert len(made.secret_current) >= 32
        assert made.secret_current != new_secret(find_kind(kind))


@pytest.mark.parametrize(
    ("kind", "wanted", "secret", "error"),
    [
        ("ghost", Wanted(), "", WeakSecretError),
        ("ghost", Wanted(), "short", WeakSecretError),
        ("ghost", Wanted(), "a secret with an é in it", WeakSecretError),
        ("ghost", Wanted(), " a secret with spaces around ", WeakSecretError),
        ("strapi", Wanted(), "only twenty letters.", WeakSecretError),
        ("generic", Wanted(options={"scheme": "token"}), "only twenty letters.", WeakSecretError),
        ("contentful", Wanted(), "a" * 63, WeakSecretError),
        ("standard", Wanted(), "not base64!", WeakSecretError),
        ("storyblok", Wanted(), None, BadSourceError),
        ("prismic", Wanted(origin="https://x.example"), None, BadSourceError),
        ("generic", Wanted(options={"scheme": "magic"}), None, BadSourceError),
        ("ghost", Wanted(options={"flavour": "x"}), None, BadSourceError),
        ("ghost", Wanted(origin="northgate.example"), None, BadSourceError),
        ("ghost", Wanted(origin="https://northgate.example/news"), None, BadSourceError),
        ("ghost", Wanted(reconcile={"reconcile": "ghost"}), None, BadSourceError),
        ("carrier-pigeon", Wanted(), None, BadSourceError),
    ],
)
def test_a_source_that_could_not_work_is_not_made(database, kind, wanted, secret, error):
    with database.begin() as session, pytest.raises(error) as caught:
        add_source(session, "northgate", kind, wanted, NOW, secret)
    assert isinstance(caught.value, ReportsError)
    with database.begin() as session:
        assert find_source(session, "northgate") is None


def test_what_is_not_named_stays(database):
    with database.begin() as session:
        wanted = Wanted("de", "city", "https://x.example", {"locale": "de"}, {"ignore": ["stale-note"]}, {"reconcile": "feed"})
        made = add_source(session, "northgate", "contentful", wanted, NOW)
        change_source(made, Wanted(options={"content_types": "story"}, rules={"select": ["widget-error-text"]}), NOW)
        assert made.options == {"locale": "de", "content_types": "story", "reconcile": "feed"}
        assert made.rules == {"ignore": ["stale-note"], "select": ["widget-error-text"]}
        assert (made.language, made.desk, made.origin) == ("de", "city", "https://x.example")


def test_the_rules_of_a_source_are_those_that_run(web, publish, read_all):
    with web.database.begin() as session:
        find_source(session, "northgate").rules = {"ignore": ["template-placeholder"]}
    publish("<p>Rain fell.</p><p>{{ article.title }}</p>")
    with web.database.begin() as session:
        body = session.scalars(select(Report.body)).one()
    assert "template-placeholder" not in [finding["rule"] for finding in body["findings"]]


def test_a_source_gives_its_language_and_desk(web, read_all):
    with web.database.begin() as session:
        create_source(session, "northgate", NOW, secret=SECRET, language="de", desk="city")
    for number, html in enumerate(("<p>Regen fiel.</p>", '<html lang="en"><body><p>Rain fell.</p></body></html>')):
        body = raw(payload(html=html, metadata={"external_id": f"a-{number}"}))
        web.client.post("/webhooks/northgate", data=body, headers=sign(body, delivery=f"m{number}", secret=SECRET, at=NOW))
    read_all()
    with web.database.begin() as session:
        languages = [body["article"]["language"] for body in session.scalars(select(Report.body).order_by(Report.id))]
    assert languages == ["de", "en"]


# the log, and again


def test_the_log_and_a_delivery_taken_in_again(web, publish, read_all):
    publish("<p>Rain fell.</p>")
    web.client.post("/webhooks/northgate", data=b"{}", headers={"content-type": "application/json"})
    with web.database.begin() as session:
        rows = delivery_log(session, find_source(session, "northgate"))
    assert [(row.kind, row.outcome) for row in rows] == [("refused", "401"), ("delivery", "reported")] or rows[0].at == rows[1].at
    row = next(row for row in rows if row.kind == "delivery")
    assert row.has_payload
    (accepted,) = redeliver(web.database, web.ring, "northgate", str(row.number), NOW + timedelta(days=1), "x1")
    assert (accepted.status, accepted.kept_as) == ("accepted", f"{row.delivery_id}~again-x1")
    read_all()
    with web.database.begin() as session:
        assert list(session.scalars(select(Delivery.outcome))) == ["reported", "reported"]
    with pytest.raises(UnknownError):
        redeliver(web.database, web.ring, "northgate", "999", NOW, "x2")


def test_an_old_delivery_taken_in_again_keeps_its_place(web, publish, read_all):
    publish("<p>Rain fell.</p>", modified_at="2026-11-24T20:00:00Z")
    publish("<p>Snow fell.</p>", modified_at="2026-11-24T20:30:00Z")
    redeliver(web.database, web.ring, "northgate", "msg_1", NOW + timedelta(days=1), "x1")
    read_all()
    with web.database.begin() as session:
        assert list(session.scalars(select(Delivery.outcome).order_by(Delivery.id))) == ["reported", "reported", "superseded"]


# the command line


def test_a_source_at_the_command_line(tmp_path):
    data = {"COPYDESK_DATA": str(tmp_path)}
    made = run(
        "source",
        "add",
        "north",
        "--kind",
        "strapi",
        "--option",
        "page=https://n.example/{entry.slug}",
        "--ignore",
        "stale-note",
        **data,
    )
    assert made.status == 0, made
    secret = made.out.strip()
    assert "Authorization: Bearer" in made.err
    assert "Nothing has called yet" in run("source", "check", "north", **data).out
    shown = run("source", "show", "north", **data).out
    assert "entry.slug" in shown
    assert secret not in shown
    body = tmp_path / "body.json"
    body.write_text(
        '{"event": "entry.publish", "model": "story", "entry": {"id": 7, "title": "Ferry", "body": "It *ran*.", "slug": "f"}}'
    )
    genuine = run("source", "check", "north", "--body", body, "--header", f"Authorization: Bearer {secret}", **data)
    assert (genuine.status, "article story:7 “Ferry”" in genuine.out) == (0, True), genuine
    assert run("source", "check", "north", "--body", body, "--address", f"/webhooks/north/{secret}", **data).status == 0
    assert run("source", "check", "north", "--body", body, "--header", "Authorization: Bearer x", **data).status == 1
    new = run("source", "rotate", "north", **data)
    assert new.out.strip() not in ("", secret)
    assert (
        run("source", "check", "north", "--body", body, "--header", f"Authorization: Bearer {new.out.strip()}", **data).status
        == 0
    )
    assert run("source", "rotate", "north", "--finish", **data).status == 0
    assert run("source", "check", "north", "--body", body, "--header", f"Authorization: Bearer {secret}", **data).status == 1
    assert run("source", "remove", "north", "--yes", **data).status == 0
    assert "no source" in refused("source", "show", "north", **data)
    assert "already" in refused("source", "add", "north", **data)
    assert run("source", "add", "plain", **data).status == 0
    assert "neither how nor where" in refused("source", "reconcile", "plain", **data)
