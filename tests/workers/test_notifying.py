"""People are told: by a mail server that speaks SMTP and a web server that takes webhooks, and never at an inside address."""

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from reports import accounts, subscriptions
from reports.models import Audit, Notice
from reports.sources import create_source
from reports.subscriptions import Item, Parcel, Wish
from tests.conftest import NOW, until
from tests.reports.made import JUNK, deliver
from workers import hooks, mail
from workers.errors import BlockedAddressError
from workers.hooks import NotTakenError
from workers.linting import Linting
from workers.notifying import Courier

DESK = "https://desk.news.example"


class Postbox:
    """Takes what comes; refuses addresses of nobody for good, and of somebody busy for now."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 No such person"
        if address.startswith("busy"):
            return "451 Later, please"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def postbox():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Postbox()
    box.controller = Controller(box, hostname="127.0.0.1", port=port)
    box.controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    yield box
    box.controller.stop()


@contextmanager
def web_server(status=200, headers=()):
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self):
            taken.append((self.path, None))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def parcel(*items, channel="mail", address="ada@news.example"):
    return Parcel(1, channel, address, "ada", "at-once", 1, NOW, items or (item(),))


def item(number=1, article=7, headline="Ferry halted", message="An error message stands in the story."):
    return Item(number, article, headline, "daily", "widget-error-text", "error", message, "Oops!")


@pytest.fixture
def told(database, settings):
    """A person with one subscription, a story with faults, and a courier."""

    def make(wish, **changed):
        with database.begin() as session:
            ada = accounts.create_user(session, "ada", "a proof read twice", NOW)
            subscriptions.subscribe(session, ada.id, wish, NOW)
            job = deliver(session, create_source(session, "daily", NOW), "1", JUNK, now=NOW).job_id
        Linting(database, lambda: NOW, timedelta(seconds=60)).run(job)
        return Courier(database, replace(settings, address=DESK, **changed), lambda: NOW)

    return make


def states(database):
    with database.begin() as session:
        return {tuple(row) for row in session.execute(select(Notice.state, Notice.error))}


# mail


def test_a_mail_arrives_with_the_story_its_findings_and_the_way_there(database, told, postbox):
    courier = told(Wish("mail", "ada@news.example", least="note"), smtp=postbox.url, mail_from="Copydesk <desk@news.example>")
    assert courier.empty() == 1
    assert courier.empty() == 0
    ((recipients, message),) = postbox.taken
    assert recipients == ["ada@news.example"]
    assert message["From"] == "Copydesk <desk@news.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_content()
    assert f"{DESK}/articles/1" in body
    assert "error:" in body
    assert "widget-error-text" in body
    assert f"{DESK}/you" in body
    assert states(database) == {("sent", None)}


def test_a_headline_writes_no_header_and_no_second_message(postbox):
    nasty = item(headline="Ferry\r\nBcc: all@news.example\r\n\r\n.\r\nMAIL FROM:<x@y>", message="a\n.\nQUIT")
    mail.send(parcel(nasty), DESK, postbox.url, "desk@news.example")
    ((recipients, message),) = postbox.taken
    assert recipients == ["ada@news.example"]
    assert message["Bcc"] is None
    assert message["Subject"].startswith("1 finding: Ferry Bcc: all@news.example")


def test_an_address_that_is_nobodys_is_given_up_at_once_and_one_that_is_busy_is_not(database, told, postbox):
    courier = told(Wish("mail", "nobody@news.example", least="note"), smtp=postbox.url)
    courier.empty()
    assert states(database) == {("given-up", "The mail server refused the address: 550.")}
    with database.begin() as session:
        assert session.scalars(select(Audit.action).order_by(Audit.id.desc())).first() == "notification-given-up"
    with pytest.raises(NotTakenError) as busy:
        mail.send(parcel(address="busy@news.example"), DESK, postbox.url, "desk@news.example")
    assert not busy.value.permanent


def test_without_a_mail_server_mail_waits(database, told):
    told(Wish("mail", "ada@news.example", least="note")).empty()
    assert states(database) == {("waiting", "No mail server is set up (COPYDESK_SMTP).")}


def test_a_mail_server_that_is_away_is_tried_again(database, told):
    told(Wish("mail", "ada@news.example", least="note"), smtp="smtp://127.0.0.1:1").empty()
    ((state, error),) = states(database)
    assert state == "waiting"
    assert "could not be handed over" in error


# webhooks


def test_a_webhook_gets_a_message_in_which_nothing_of_a_stranger_is_live():
    nasty = item(headline="<!channel> <https://evil.example|click> & more | pipes", message="*bold* <@U123>")
    with web_server() as (address, taken):
        hooks.post(parcel(nasty, channel="webhook", address=address), DESK, ["127.0.0.0/8"])
    ((path, body),) = taken
    assert path == "/hook"
    assert list(body) == ["text"]
    assert "<!channel>" not in body["text"]
    assert "<https://evil" not in body["text"]
    assert "<@U123>" not in body["text"]
    assert f"<{DESK}/articles/7|&lt;!channel&gt;" in body["text"]


def test_many_findings_are_one_message_that_says_how_many_more():
    text = hooks.text_of([item(number, article=number // 3) for number in range(50)], DESK)
    assert "… and 30 more on the desk." in text


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "[::ffff:127.0.0.1]", "2130706433", "10.0.0.1"]
)
def test_no_message_reaches_an_inside_address(host):
    with web_server() as (address, taken):
        port = address.rpartition(":")[2].partition("/")[0]
        with pytest.raises((BlockedAddressError, NotTakenError)):
            hooks.post(parcel(channel="webhook", address=f"http://{host}:{port}/hook"), DESK)
        assert taken == []


def test_an_inside_address_is_given_up_at_once_and_said(database, told):
    told(Wish("webhook", "http://10.0.0.1:9/hook", least="note")).empty()
    ((state, error),) = states(database)
    assert state == "given-up"
    assert "no public address" in error


def test_a_redirect_is_not_followed():
    with web_server() as (inside, never), web_server(302, [("Location", inside)]) as (address, taken):
        with pytest.raises(NotTakenError) as refused:
            hooks.post(parcel(channel="webhook", address=address), DESK, ["127.0.0.0/8"])
        assert refused.value.permanent
        assert len(taken) == 1
        assert never == []


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (410, True), (429, False), (500, False), (503, False)])
def test_what_a_webhook_answers_decides_whether_it_is_tried_again(status, permanent):
    with web_server(status) as (address, _):
        with pytest.raises(NotTakenError) as refused:
            hooks.post(parcel(channel="webhook", address=address), DESK, ["127.0.0.0/8"])
        assert refused.value.permanent is permanent


# all of it


def test_the_scheduler_sends_at_once_what_a_worker_found(database, settings, redis_server, start, postbox, monkeypatch):
    monkeypatch.setenv("COPYDESK_SMTP", postbox.url)
    monkeypatch.setenv("COPYDESK_ADDRESS", DESK)
    with database.begin() as session:
        ada = accounts.create_user(session, "ada", "a proof read twice", NOW)
        subscriptions.subscribe(session, ada.id, Wish("mail", "ada@news.example", least="note"), NOW)
        deliver(session, create_source(session, "daily", NOW), "1", JUNK, now=NOW)
    start("worker")
    start("schedule")
    until(lambda: postbox.taken, 60)
    assert "/articles/1" in postbox.taken[0][1].get_content()
