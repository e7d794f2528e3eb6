"""The gate's questions and the kept answers, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import gate, jobs, replies
from reports.accounts import create_token
from reports.callbacks import add_callback
from reports.database import Database
from reports.gate import Policy
from reports.keep import keep_report
from reports.models import Finding, Job, Message, Reply, Source
from reports.sources import create_source
from rules.core import catalogue
from rules.core.submission import Metadata, Submission
from tests.conftest import NOW
from tests.reports.made import JUNK, report_on

LEASE = timedelta(seconds=90)


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        made = create_source(session, "daily", NOW)
        add_callback(session, "daily", "https://cms.example/hook", NOW)
        gate.set_policy(session, "daily", Policy(when_late="closed"))
    return made


def ask(database: Database, source: Source) -> gate.Question:
    with database.begin() as session:
        return gate.ask(session, source, Submission(JUNK, "html"), Metadata(external_id="story-1"), "0" * 64, NOW)


def read(database: Database, job: int) -> int | None:
    with database.begin() as session:
        claimed = jobs.claim(session, job, NOW, LEASE)
        assert claimed is not None
        ran = {rule.name: rule.version for rule in catalogue.choose()}
        return keep_report(session, claimed, report_on(JUNK, NOW), ran, NOW)


def messages(database: Database) -> list[dict]:
    with database.begin() as session:
        return [message.data for message in session.scalars(select(Message))]


def test_a_question_in_time(database: Database, source: Source) -> None:
    question = ask(database, source)
    number = read(database, question.job_id)
    with database.begin() as session:
        answer = gate.give_up_waiting(session, question.check_id)
        assert list(session.scalars(select(Finding))) == []
    assert (answer.verdict, answer.report_id, answer.pending) == ("fail", number, False)
    assert messages(database) == []


def test_a_question_whose_answer_is_told(database: Database, source: Source) -> None:
    question = ask(database, source)
    with database.begin() as session:
        assert gate.give_up_waiting(session, question.check_id).pending
    read(database, question.job_id)
    (told,) = messages(database)
    assert (told["check"], told["verdict"], told["allow"]) == (question.check_id, "fail", False)


def test_a_question_that_nobody_could_read(database: Database, source: Source) -> None:
    question = ask(database, source)
    with database.begin() as session:
        gate.give_up_waiting(session, question.check_id)
        session.get_one(Job, question.job_id).state = "poisoned"
    with database.begin() as session:
        assert gate.tell_failed(session, NOW) == 1
    with database.begin() as session:
        assert gate.tell_failed(session, NOW) == 0
    assert [(told["verdict"], told["allow"]) for told in messages(database)] == [("unread", False)]


def test_a_key_is_one_call_s(database: Database) -> None:
    """Ten at once: one gets to answer."""
    with database.begin() as session:
        token = create_token(session, "cms", ["read"], NOW)[0].id

    def reserve(_: int) -> replies.Known | None:
        with database.begin() as session:
            return replies.reserve(session, token, "k-1", "asked", NOW)

    with ThreadPoolExecutor(10) as pool:
        known = list(pool.map(reserve, range(10)))
    assert known.count(None) == 1
    with database.begin() as session:
        replies.keep(session, token, "k-1", 200, "application/json", b"{}")
    assert reserve(0) == replies.Known("asked", 200, "application/json", b"{}")
    with database.begin() as session:
        replies.forget(session, NOW + replies.KEPT_FOR + timedelta(seconds=1))
        assert list(session.scalars(select(Reply))) == []
