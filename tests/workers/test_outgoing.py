"""Sending for real, over the loopback: signed as the specification's own package checks it, bounded, nowhere inside."""

import ipaddress
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from reports.callbacks import add_callback, log_of
from reports.database import Database
from reports.outbox import Due
from reports.sources import create_source, new_secret
from tests.conftest import NOW, until
from tests.reports.made import deliver
from tests.workers.receiver import receiving
from workers import outgoing
from workers.linting import Linting
from workers.outgoing import post
from workers.redis_server import RedisServer

Start = Callable[[str], subprocess.Popen[bytes]]

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
SECRET = new_secret()
BODY = {"type": "report.made", "timestamp": "2026-03-05T10:00:00Z", "data": {"headline": "Flood “here”\ud83c"}}


def send(url: str, allowed=LOOPBACK) -> outgoing.Tried:
    return post(Due(7, url, SECRET, BODY), datetime.now(UTC), allowed)


def test_a_message_is_signed() -> None:
    with receiving() as receiver:
        assert send(receiver.url).taken
    headers, body = receiver.came[0]
    assert headers["webhook-id"] == "msg_7"
    assert Webhook(SECRET).verify(body.decode(), headers)["type"] == "report.made"
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body.decode(), headers)


@pytest.mark.parametrize("status", [301, 307, 400, 410, 429, 500, 503])
def test_what_is_not_taken(status: int) -> None:
    with receiving(status) as receiver:
        tried = send(receiver.url)
    assert (tried.status, tried.taken, tried.detail) == (status, False, "ok")
    assert len(receiver.came) == 1  # a redirect is not followed


def test_nobody_there() -> None:
    with receiving() as receiver:
        pass
    tried = send(receiver.url)
    assert tried.status is None
    assert "ConnectError" in tried.detail


@pytest.mark.parametrize(("answer", "taken"), [(0, True), (-1, False)])
def test_an_answer_that_trickles_is_left(monkeypatch: pytest.MonkeyPatch, answer: int, taken) -> None:
    """A status counts, whatever comes after it; headers that never end are no status."""
    monkeypatch.setattr(outgoing, "ANSWER_S", 0.5)
    begun = time.monotonic()
    with receiving(answer) as receiver:
        assert send(receiver.url).taken is taken
        assert time.monotonic() - begun < 5


def test_the_scheduler_sends_until_it_is_taken(database: Database, redis_server: RedisServer, start: Start) -> None:
    """A real scheduler process; the receiver is broken at first, and the second try comes five seconds later."""
    with receiving(500, 204) as receiver:
        with database.begin() as session:
            source = create_source(session, "daily", NOW)
            secret = add_callback(session, "daily", receiver.url, NOW).secret
            job = deliver(session, source, "d1", now=datetime.now(UTC)).job_id
        assert job is not None
        Linting(database, lambda: datetime.now(UTC), timedelta(seconds=90)).run(job)
        start("schedule")
        until(lambda: len(receiver.came) == 2)
    first, second = receiver.came
    assert first[1] == second[1]
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert Webhook(secret).verify(second[1].decode(), second[0])["data"]["report"]["summary"]["error"] == 1

    def kept() -> list[tuple[str, int | None]]:
        with database.begin() as session:
            return [(message.state, attempt and attempt.status) for message, attempt in log_of(session, 1, 10)]

    until(lambda: kept() == [("sent", 204), ("sent", 500)])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254"])
def test_nothing_goes_inside(host: str) -> None:
    with receiving() as receiver:
        tried = send(f"http://{host}:{receiver.port}/", allowed=[])
    assert tried.status is None
    assert "no public address" in tried.detail
    assert receiver.came == []
