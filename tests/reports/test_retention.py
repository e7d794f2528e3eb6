"""What is erased is gone, from every table and from the file; what must stay stays."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reports import gate, jobs, outbox, queries, subscriptions
from reports.accounts import create_user
from reports.database import Database, open_database
from reports.deliveries import delivery_log
from reports.errors import UnknownError
from reports.intake import Accepted
from reports.keep import keep_report
from reports.models import (
    Article,
    Attempt,
    Base,
    Callback,
    Delivery,
    Finding,
    GateCheck,
    Job,
    Message,
    Notice,
    Payload,
    Report,
    Revision,
    Source,
)
from reports.payloads import Kept, keep_payload, pack
from reports.retention import Retention, erase_article, forget_old, set_retention
from reports.settings import Settings
from reports.sources import create_source
from rules.core.catalogue import choose
from rules.core.submission import Metadata, Submission
from tests.conftest import NOW
from tests.reports.made import JUNK, deliver, report_on
from tests.service.command_line import run

PLANTED = "Maria Keane of Millford"


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW)


def read(database: Database, source: Source, number: str, now=NOW, **given) -> Accepted:
    """Delivered and reported."""
    html = f"{JUNK}<p>{PLANTED} {number}.</p>"
    with database.begin() as session:
        made = deliver(session, source, number, html, now=now, **given)
    with database.begin() as session:
        claimed = jobs.claim(session, made.job_id, now, timedelta(seconds=90))
        keep_report(session, claimed, report_on(html, now), {rule.name: rule.version for rule in choose()}, now)
    return made


def count(database: Database, model) -> int:
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_an_article_is_erased_from_every_table(database: Database, source: Source, tmp_path) -> None:
    made = read(database, source, "d1")
    other = read(database, source, "d2", external_id="story-2")
    with database.begin() as session:
        erase_article(session, made.article_id)
    for model in (Article, Revision, Report, Job):
        assert count(database, model) == 1, model
    with database.begin() as session:
        assert set(session.scalars(select(Finding.article_id))) == {other.article_id}
        again = deliver(session, source, "d1", "<p>again</p>", now=NOW)
        assert again.status == "duplicate", "the same call is still known"
    database.close()
    for file in tmp_path.glob("copydesk.sqlite3"):
        assert f"{PLANTED} d2".encode() in file.read_bytes()
        assert f"{PLANTED} d1".encode() not in file.read_bytes(), "not in free pages either"


def test_what_was_called_about_an_article_goes_with_it(database: Database, source: Source) -> None:
    """The bodies of its calls, and what the gate was asked of it; another story's stay."""
    made, other = read(database, source, "d1"), read(database, source, "d2", external_id="story-2")
    for delivery in (made, other):
        body(database, delivery.key)
    ask(database, source, "story-1")
    ask(database, source, "story-2")
    with database.begin() as session:
        erase_article(session, made.article_id)
    assert ids(database, Payload.delivery_id) == [other.key]
    assert count(database, GateCheck) == 1
    with database.begin() as session:
        logged = [row.delivery_id for row in delivery_log(session, source)]
    assert logged == ["d2", "d1"], "a question is no call, also when its story is gone"
    with database.begin() as session:
        texts = [revision.content.decode() for revision in session.scalars(select(Revision))]
    assert len(texts) == 2
    assert all("story-1" not in text for text in texts)


def test_every_table_that_names_an_article_is_covered() -> None:
    from reports.retention import _doomed

    named = {table.name for table in Base.metadata.sorted_tables if "article_id" in table.c}
    assert named <= {table.name for table, _ in _doomed(1)} | {"delivery"}


def test_one_on_its_way_ends(database: Database, source: Source) -> None:
    with database.begin() as session:
        made = deliver(session, source, "d1", now=NOW)
        erase_article(session, made.article_id)
    with database.begin() as session:
        assert session.scalars(select(Delivery)).one().outcome == "withdrawn"
        assert jobs.claim(session, made.job_id, NOW, timedelta(seconds=90)) is None


def test_what_is_not_there_cannot_be_erased(database: Database) -> None:
    with pytest.raises(UnknownError), database.begin() as session:
        erase_article(session, 7)
    with pytest.raises(UnknownError), database.begin() as session:
        set_retention(session, "nobody", Retention(days=1))


def test_each_source_has_its_own_time(database: Database, source: Source) -> None:
    with database.begin() as session:
        kept = create_source(session, "weekly", NOW)
        set_retention(session, "daily", Retention(days=30))
    read(database, source, "d1")
    read(database, kept, "w1")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=29)) == 0
        assert forget_old(session, NOW + timedelta(days=31)) == 1
    with database.begin() as session:
        assert [row.source_id for row in session.scalars(select(Article))] == [kept.id]
        assert [row.delivery_id for row in session.scalars(select(Delivery))] == ["w1"]


def test_a_story_that_is_worked_on_is_not_old(database: Database, source: Source) -> None:
    with database.begin() as session:
        set_retention(session, "daily", Retention(days=30))
    read(database, source, "d1", revision="1")
    read(database, source, "d2", NOW + timedelta(days=20), revision="2")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=40)) == 0


def test_the_html_of_older_revisions_goes_first(database: Database, source: Source) -> None:
    with database.begin() as session:
        set_retention(session, "daily", Retention(html_days=7))
    read(database, source, "d1", revision="1")
    read(database, source, "d2", NOW + timedelta(days=1), revision="2")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=9)) == 1
        assert forget_old(session, NOW + timedelta(days=9)) == 0
        first, second = session.scalars(select(Revision).order_by(Revision.id))
        assert (first.content, first.meta["metadata"]) == (b"", {})
        assert PLANTED.encode() in second.content
        assert session.scalar(select(func.count()).select_from(Report)) == 2


def ask(database: Database, source: Source, story: str, now=NOW) -> None:
    """A question to the gate, answered."""
    html = f"{JUNK}<p>{PLANTED}, asked of {story}.</p>"
    metadata = Metadata(external_id=story)
    with database.begin() as session:
        question = gate.ask(session, source, Submission(html, "html", metadata=metadata), metadata, "0" * 64, now)
    with database.begin() as session:
        claimed = jobs.claim(session, question.job_id, now, timedelta(seconds=90))
        keep_report(session, claimed, report_on(html, now), {rule.name: rule.version for rule in choose()}, now)


def ids(database: Database, column) -> list:
    with database.begin() as session:
        return list(session.scalars(select(column).order_by(column)))


def body(database: Database, delivery_id: int) -> None:
    with database.begin() as session:
        keep_payload(session, delivery_id, pack(Kept(b"{}")), NOW)


def test_the_bodies_of_calls_have_a_time_of_their_own(database: Database, source: Source) -> None:
    """30 days unless the source says otherwise; what was made of them stays."""
    with database.begin() as session:
        weekly = create_source(session, "weekly", NOW)
        set_retention(session, "weekly", Retention(payload_days=3))
    first, second = read(database, source, "d1"), read(database, weekly, "w1")
    body(database, first.key)
    body(database, second.key)
    for days, left in ((2, 2), (4, 1), (31, 0)):
        with database.begin() as session:
            forget_old(session, NOW + timedelta(days=days))
        assert count(database, Payload) == left, days
    assert count(database, Report) == count(database, Revision) == 2


def test_reports_have_a_time_of_their_own(database: Database, source: Source) -> None:
    """What an older report said is gone; the newest, and that there was an older one, stays."""
    with database.begin() as session:
        set_retention(session, "daily", Retention(report_days=7))
    read(database, source, "d1", revision="1")
    made = read(database, source, "d2", NOW + timedelta(days=1), revision="2")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=6)) == 0
        assert forget_old(session, NOW + timedelta(days=9)) == 1
        assert forget_old(session, NOW + timedelta(days=9)) == 0
    with database.begin() as session:
        first, second = session.scalars(select(Report).order_by(Report.id))
        assert (first.body, bool(second.body["findings"])) == ({}, True)
        assert queries.report(session, first.id) is None
        assert queries.latest_report(session, made.article_id) is not None
        assert session.scalar(select(func.count()).select_from(Finding)) == 1


def test_a_report_that_is_still_to_be_sent_is_not_forgotten(database: Database, source: Source) -> None:
    with database.begin() as session:
        set_retention(session, "daily", Retention(report_days=7))
        session.add(Callback(source_id=source.id, url="https://cms.example/", secret="s" * 32, created_at=NOW))
    read(database, source, "d1", revision="1")
    read(database, source, "d2", NOW + timedelta(days=1), revision="2")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=9)) == 0


def test_deliveries_that_have_ended_are_forgotten_with_their_jobs(database: Database, source: Source) -> None:
    with database.begin() as session:
        set_retention(session, "daily", Retention(log_days=20))
    made = read(database, source, "d1")
    body(database, made.key)
    with database.begin() as session:
        deliver(session, source, "on its way", now=NOW, external_id="story-2")
        aside = deliver(session, source, "set aside", now=NOW, external_id="story-3")
        session.add(Job(article_id=made.article_id, revision_id=1, cause="due", state="done", queued_at=NOW))
    with database.begin() as session:
        claimed = jobs.claim(session, aside.job_id, NOW, timedelta(seconds=90))
        jobs.fail(session, claimed, "no", permanent=True)
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=19)) == 0
        assert forget_old(session, NOW + timedelta(days=21)) == 1
    assert ids(database, Delivery.delivery_id) == ["on its way", "set aside"]
    assert ids(database, Job.state) == ["poisoned", "queued"]
    assert (count(database, Payload), count(database, Report)) == (0, 1)


def test_questions_to_the_gate_are_forgotten_with_their_text(database: Database, source: Source) -> None:
    with database.begin() as session:
        set_retention(session, "daily", Retention(log_days=20))
    read(database, source, "d1")
    ask(database, source, "story-1")
    ask(database, source, "story-9", NOW + timedelta(days=10))
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=19)) == 0
        assert forget_old(session, NOW + timedelta(days=21)) == 2, "the question, and the delivery"
    assert (count(database, GateCheck), count(database, Article), count(database, Revision)) == (1, 2, 2)
    with database.begin() as session:
        forget_old(session, NOW + timedelta(days=31))
    assert (count(database, GateCheck), count(database, Article), count(database, Delivery)) == (0, 1, 0)


def test_a_story_is_forgotten_that_the_gate_was_asked_about(database: Database, source: Source) -> None:
    """The question's text is as old, and goes with the story's."""
    with database.begin() as session:
        set_retention(session, "daily", Retention(days=7))
    read(database, source, "d1")
    ask(database, source, "story-1")
    read(database, source, "d2", external_id="story-2")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=8)) == 2
    assert (count(database, Article), count(database, GateCheck), count(database, Delivery)) == (0, 0, 0)


def test_a_question_that_nobody_came_back_for_is_forgotten_too(database: Database, source: Source) -> None:
    with database.begin() as session:
        set_retention(session, "daily", Retention(log_days=20))
        metadata = Metadata(external_id="story-1")
        question = gate.ask(session, source, Submission(JUNK, "html", metadata=metadata), metadata, "0" * 64, NOW)
        session.get_one(Job, question.job_id).state = "poisoned"
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=21)) == 1
    assert (count(database, GateCheck), count(database, Revision)) == (0, 0)


def test_an_article_is_forgotten_before_the_bodies_of_its_calls(database: Database, source: Source) -> None:
    with database.begin() as session:
        set_retention(session, "daily", Retention(days=7))
    body(database, read(database, source, "d1").key)
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=8)) == 1
    assert (count(database, Payload), count(database, Delivery), count(database, Article)) == (0, 0, 0)


def test_what_was_sent_out_is_forgotten_a_month_later(database: Database, source: Source) -> None:
    """Messages to callbacks with their tries, and notices to people; what still waits stays."""
    with database.begin() as session:
        session.add(Callback(source_id=source.id, url="https://cms.example/", secret="s" * 32, created_at=NOW))
        user = create_user(session, "ada", "a proof read twice", NOW)
        subscriptions.subscribe(session, user.id, subscriptions.Wish("mail", "ada@example.com"), NOW)
    read(database, source, "d1")
    read(database, source, "d2", external_id="story-2")
    with database.begin() as session:
        sent, _ = outbox.take_due(session, NOW, 10)
        outbox.keep_attempt(session, sent.message_id, outbox.Tried(200, "", 5), NOW)
        subscriptions.sent(session, subscriptions.take_due(session, NOW), NOW)
    for days, left in ((29, 2), (31, 1)):
        with database.begin() as session:
            outbox.forget(session, NOW + timedelta(days=days))
            subscriptions.forget(session, NOW + timedelta(days=days))
        assert count(database, Message) == left, days
    assert (count(database, Attempt), count(database, Notice)) == (0, 0)
    with database.begin() as session:
        assert len(outbox.take_due(session, NOW + timedelta(days=31), 10)) == 1, "what waits is still sent"
        session.scalars(select(Callback)).one().ended_at = NOW
    with database.begin() as session:
        assert outbox.forget(session, NOW + timedelta(days=99)) == 1, "nobody will ask for it any more"


def test_the_command_line_sets_each_time(tmp_path) -> None:
    data = {"COPYDESK_DATA": str(tmp_path)}
    assert run("source", "add", "daily", **data).status == 0
    said = run("keep", "daily", "--days", "400", "--report-days", "90", "--log-days", "60", **data)
    assert said.status == 0, said
    for line in ("last revision: 400 days", "newest: for ever", "calls: 30 days", "article: 90 days", "ended: 60 days"):
        assert line in said.out
    with open_database(Settings.from_environ(data)).begin() as session:
        kept = session.scalars(select(Source)).one()
        assert (kept.keep_days, kept.keep_html_days, kept.keep_payload_days) == (400, None, None)
        assert (kept.keep_report_days, kept.keep_log_days) == (90, 60)
    assert run("keep", "nobody", **data).status != 0
