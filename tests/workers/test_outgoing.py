"""Sending for real, over the loopback: signed as the specification's own package checks it, bounded, nowhere inside."""

import ipaddress
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from reports.outbox import Due
from reports.sources import new_secret
from tests.workers.receiver import receiving
from workers import outgoing
from workers.outgoing import post

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


def test_an_answer_that_trickles_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "ANSWER_S", 0.3)
    begun = time.monotonic()
    with receiving(0) as receiver:
        tried = send(receiver.url)
        assert tried.taken
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254", "0.0.0.0"])
def test_nothing_goes_inside(host: str) -> None:
    with receiving() as receiver:
        tried = send(f"http://{host}:{receiver.port}/", allowed=[])
    assert tried.status is None
    assert "inside address" in tried.detail
    assert receiver.came == []
