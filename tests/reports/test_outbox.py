"""What is told: once, in the transaction of what it tells, and until it is taken."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import callbacks, jobs, outbox, verdicts
from reports.database import Database
from reports.errors import BadCallbackError, UnknownError
from reports.keep import keep_report
from reports.models import Callback, Finding, Message, Source
from reports.outbox import BACK_OFF, Tried
from reports.sources import create_source
from rules.core import catalogue
from tests.conftest import NOW
from tests.reports.made import CLEAN, JUNK, deliver, report_on

LEASE = timedelta(seconds=90)
TAKEN, DOWN = Tried(204, "", 5), Tried(None, "ConnectError", 5)


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        made = create_source(session, "daily", NOW)
        create_source(session, "weekly", NOW)
        callbacks.add_callback(session, "daily", "https://cms.example/hook", NOW)
        callbacks.add_callback(session, "weekly", "https://weekly.example/hook", NOW)
    return made


def publish(database: Database, source: Source, number: int, html: str = JUNK, story: str = "story-1") -> int | None:
    now = NOW + timedelta(minutes=number)
    with database.begin() as session:
        job = deliver(session, source, f"d{number}", html, now=now, external_id=story).job_id
    assert job is not None
    with database.begin() as session:
        claimed = jobs.claim(session, job, now, LEASE)
        assert claimed is not None
        ran = {rule.name: rule.version for rule in catalogue.choose()}
        return keep_report(session, claimed, report_on(html, now), ran, now)


def messages(database: Database) -> list[Message]:
    with database.begin() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def findings(database: Database) -> list[Finding]:
    with database.begin() as session:
        return list(session.scalars(select(Finding).order_by(Finding.id)))


def test_a_report_is_told_whole_to_its_source(database: Database, source: Source) -> None:
    number = publish(database, source, 1)
    (message,) = messages(database)
    assert (message.kind, message.report_id) == ("report.made", number)
    with database.begin() as session:
        (due,) = outbox.take_due(session, NOW + timedelta(hours=1), 10)
    assert due.url == "https://cms.example/hook"
    data = due.body["data"]
    assert data["article"]["external_id"] == "story-1"
    assert data["report"]["schema"] == "copydesk.report/1"
    assert {row["fingerprint"] for row in data["states"]} == {row["fingerprint"] for row in data["report"]["findings"]}


def test_what_is_rolled_back_is_told_to_nobody(database: Database, source: Source) -> None:
    publish(database, source, 1)
    finding = findings(database)[0]
    with database.begin() as session:
        verdicts.judge(session, [verdicts.Seen(finding.id, finding.serial)], verdicts.Decision("false-alarm"), "ada", NOW)
        session.flush()
        session.rollback()
    assert [message.kind for message in messages(database)] == ["report.made"]


def test_a_verdict_is_told_once_for_each_article(database: Database, source: Source) -> None:
    publish(database, source, 1)
    publish(database, source, 2, story="story-2")
    seen = [verdicts.Seen(finding.id, finding.serial) for finding in findings(database)]
    with database.begin() as session:
        verdicts.judge(session, seen, verdicts.Decision("stet", reason="quoting"), "ada", NOW)
    told = [message for message in messages(database) if message.kind == "findings.changed"]
    assert len(told) == 2
    assert sum(len(message.data["changes"]) for message in told) == len(seen)
    change = told[0].data["changes"][0]
    assert (change["from"], change["to"], change["reason"], change["by"]) == ("open", "stands", "quoting", "ada")


def test_what_a_report_changes_is_told_by_the_report_alone(database: Database, source: Source) -> None:
    publish(database, source, 1)
    publish(database, source, 2, CLEAN)
    assert [message.kind for message in messages(database)] == ["report.made", "report.made"]
    assert {row["state"] for row in messages(database)[1].data["states"]} == {"fixed"}


def test_a_withdrawal_is_told(database: Database, source: Source) -> None:
    publish(database, source, 1)
    with database.begin() as session:
        deliver(session, source, "d2", None, now=NOW + timedelta(minutes=2), event="withdraw")
    assert {row["to"] for row in messages(database)[-1].data["changes"]} == {"withdrawn"}


def test_a_source_without_a_callback(database: Database, source: Source) -> None:
    with database.begin() as session:
        quiet = create_source(session, "quiet", NOW)
    publish(database, quiet, 1)
    assert messages(database) == []


def test_a_message_is_one_sender_s_at_a_time(database: Database, source: Source) -> None:
    publish(database, source, 1)
    later = NOW + timedelta(hours=1)
    with database.begin() as session:
        assert len(outbox.take_due(session, later, 10)) == 1
    with database.begin() as session:
        assert outbox.take_due(session, later, 10) == []
        assert len(outbox.take_due(session, later + outbox.HELD, 10)) == 1


def test_ten_tries_over_three_days(database: Database, source: Source) -> None:
    publish(database, source, 1)
    now, waits = NOW + timedelta(hours=1), []
    for _ in range(len(BACK_OFF) + 1):
        with database.begin() as session:
            (due,) = outbox.take_due(session, now, 10)
        with database.begin() as session:
            outbox.keep_attempt(session, due.message_id, DOWN, now)
        (message,) = messages(database)
        waits.append(message.next_at - now)
        now = message.next_at
    assert (message.state, message.attempts) == ("given-up", 10)
    assert tuple(waits[:-1]) == BACK_OFF
    assert timedelta(hours=75) < sum(BACK_OFF, timedelta()) < timedelta(hours=76)
    with database.begin() as session:
        assert outbox.take_due(session, now + timedelta(days=9), 10) == []
        callbacks.redeliver(session, message.id, now)
        assert len(outbox.take_due(session, now, 10)) == 1
        outbox.keep_attempt(session, message.id, TAKEN, now)
    assert messages(database)[0].state == "sent"
    with database.begin() as session:
        assert len(callbacks.log_of(session, 1, 10)) == 11


def test_410_ends_a_callback(database: Database, source: Source) -> None:
    publish(database, source, 1)
    with database.begin() as session:
        outbox.keep_attempt(session, 1, Tried(410, "gone", 5), NOW)
    assert messages(database)[0].state == "given-up"
    with database.begin() as session:
        assert session.get_one(Callback, 1).ended_at == NOW
        with pytest.raises(UnknownError):
            callbacks.redeliver(session, 1, NOW)
    publish(database, source, 2)
    assert len(messages(database)) == 1


@pytest.mark.parametrize(
    "url",
    [
        "", "cms.example", "ftp://cms.example/", "javascript:alert(1)", "https://", "https://user:secret@cms.example/", "http://[::1",
        "https://cms.example/#a", "https://cms.example:99999/", "https://cms.example/a b", "https://cms.example/\r\nX: 1",
        "https://cms.example/ä", "https://cms.example/" + "a" * 2_000,
    ],
)  # fmt: skip
def test_an_address_that_is_none(database: Database, source: Source, url: str) -> None:
    with database.begin() as session, pytest.raises(BadCallbackError):
        callbacks.add_callback(session, "daily", url, NOW)
