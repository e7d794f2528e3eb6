"""Every accepted delivery ends exactly once, whatever order things come in."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from reports import jobs
from reports.database import Database
from reports.deliveries import DeliveryFilter, deliveries
from reports.errors import UnknownError
from reports.intake import Incoming, accept, order_of
from reports.jobs import Claimed, claim, due_to_ring, fail, queue_due, retry
from reports.keep import keep_report
from reports.models import Article, Delivery, Finding, Job, Report, Revision, Source
from reports.retention import Retention, forget_old, set_retention
from reports.sources import create_source
from rules.core.catalogue import load
from rules.core.submission import Metadata, Submission
from tests.conftest import NOW
from tests.reports.made import CLEAN, JUNK, deliver, report_on

LEASE = timedelta(seconds=60)
RAN = {rule.name: rule.version for rule in load()}


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW)


def take(database: Database, job_id: int | None, at: timedelta = timedelta()) -> Claimed | None:
    assert job_id is not None
    with database.begin() as session:
        return claim(session, job_id, NOW + at, LEASE)


def lint_and_keep(database: Database, claimed: Claimed, html: str, at: timedelta = timedelta()) -> int | None:
    with database.begin() as session:
        return keep_report(session, claimed, report_on(html, NOW + at), RAN, NOW + at)


def send(database: Database, source: Source, number: str, html: str | None = JUNK, **more: object) -> int | None:
    with database.begin() as session:
        return deliver(session, source, number, html, now=NOW, **more).job_id  # type: ignore[arg-type]


def outcomes(database: Database) -> dict[str, str | None]:
    with database.begin() as session:
        return dict(session.execute(select(Delivery.delivery_id, Delivery.outcome)).all())


def superseded_by(database: Database) -> dict[str, tuple[str | None, int | None]]:
    """Of each superseded delivery, the delivery that it gave way to, and the revision."""
    with database.begin() as session:
        rows = deliveries(session, DeliveryFilter(outcome="superseded"), limit=9)
    return {row.delivery_id: (row.superseded_with, row.superseded_by) for row in rows}


def states(database: Database) -> dict[str, str]:
    with database.begin() as session:
        return dict(session.execute(select(Finding.rule, Finding.state)).all())


def test_fifty_copies_at_once_are_one(database: Database, source: Source) -> None:
    def copy(_: int) -> str:
        with database.begin() as session:
            return deliver(session, source, "d1", now=NOW).status

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(copy, range(50)))
    assert sorted(answers) == ["accepted"] + ["duplicate"] * 49
    with database.begin() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1
        assert session.scalar(select(Delivery.duplicates)) == 49


def test_same_number_other_body_is_a_conflict(database: Database, source: Source) -> None:
    send(database, source, "d1")
    with database.begin() as session:
        again = deliver(session, source, "d1", CLEAN, now=NOW)
    assert (again.status, again.conflict, again.job_id) == ("duplicate", True, None)


def test_a_text_that_comes_back_is_new_also_when_the_log_of_its_first_time_is_gone(database: Database, source: Source) -> None:
    """Senders without an id of their own: the body is the id, with a number where another text came between."""
    with database.begin() as session:
        set_retention(session, "daily", Retention(log_days=20))

    def publish(text: str, day: int) -> tuple[str, str]:
        metadata = Metadata(external_id="story-1")
        submission = Submission(f"<p>{text}</p>", "html", metadata=metadata)
        at = timedelta(days=day)
        with database.begin() as session:
            made = accept(session, source, Incoming(text, text, submission, metadata, dated=False), NOW + at)
        if made.job_id is not None:
            lint_and_keep(database, take(database, made.job_id, at), f"<p>{text}</p>", at)  # type: ignore[arg-type]
        return made.status, made.kept_as

    assert [publish(text, 10 * number)[1] for number, text in enumerate("ABABA")] == ["A", "B", "A~1", "B~1", "A~2"]
    assert publish("A", 41) == ("duplicate", "A~2")
    assert publish("B", 42) == ("accepted", "B~2")
    with database.begin() as session:
        assert forget_old(session, NOW + timedelta(days=51)) == 4
    assert publish("A", 52) == ("accepted", "A~3")
    with database.begin() as session:  # taken in again by hand, under an id of its own
        session.execute(update(Delivery).where(Delivery.delivery_id == "B~2").values(delivery_id="B~again-ab12cd34"))
    assert publish("B", 53) == ("accepted", "B~1")


def test_a_job_is_claimed_once_and_again_after_its_lease(database: Database, source: Source) -> None:
    job = send(database, source, "d1")
    assert take(database, job)
    assert take(database, job, LEASE / 2) is None
    again = take(database, job, 2 * LEASE)
    assert again is not None
    assert again.attempt == 2


def test_a_worker_that_comes_back_late_changes_nothing(database: Database, source: Source) -> None:
    job = send(database, source, "d1")
    late = take(database, job)
    second = take(database, job, 2 * LEASE)
    assert late is not None
    assert second is not None
    assert lint_and_keep(database, late, JUNK) is None
    assert lint_and_keep(database, second, JUNK) is not None
    assert outcomes(database) == {"d1": "reported"}


def test_three_failures_set_a_job_aside_and_a_person_can_retry(database: Database, source: Source) -> None:
    job = send(database, source, "d1")
    for attempt in (1, 2, 3):
        claimed = take(database, job)
        assert claimed is not None
        with database.begin() as session:
            assert fail(session, claimed, "boom") is (attempt < 3)
    assert outcomes(database) == {"d1": "poisoned"}
    assert take(database, job) is None
    with database.begin() as session:
        assert job is not None
        retry(session, job, NOW)
        with pytest.raises(UnknownError):
            retry(session, job, NOW)
    claimed = take(database, job)
    assert claimed is not None
    assert lint_and_keep(database, claimed, JUNK)
    assert outcomes(database) == {"d1": "reported"}


def test_a_worker_that_dies_three_times_is_set_aside(database: Database, source: Source) -> None:
    job = send(database, source, "d1")
    for attempt in range(3):
        assert take(database, job, attempt * 2 * LEASE)
    assert take(database, job, 6 * LEASE) is None
    with database.begin() as session:
        assert "died" in str(session.scalar(select(Job.error)))
    assert outcomes(database) == {"d1": "poisoned"}


def test_the_newest_revision_is_linted_whatever_comes_first(database: Database, source: Source) -> None:
    newer = send(database, source, "d2", revision="12")
    older = send(database, source, "d1", CLEAN, revision="9")
    assert take(database, older) is None
    claimed = take(database, newer)
    assert claimed is not None
    assert lint_and_keep(database, claimed, JUNK)
    assert outcomes(database) == {"d1": "superseded", "d2": "reported"}
    assert superseded_by(database) == {"d1": ("d2", claimed.revision_id)}


def test_a_report_that_was_overtaken_while_it_was_made_changes_no_state(database: Database, source: Source) -> None:
    first = take(database, send(database, source, "d1", revision="1"))
    second = send(database, source, "d2", CLEAN, revision="2")
    assert first is not None
    lint_and_keep(database, first, JUNK)
    assert states(database) == {}
    claimed = take(database, second)
    assert claimed is not None
    lint_and_keep(database, claimed, CLEAN)
    assert outcomes(database) == {"d1": "superseded", "d2": "reported"}
    assert superseded_by(database) == {"d1": ("d2", claimed.revision_id)}


def test_order_is_by_number_then_time_then_arrival() -> None:
    changed = Metadata(modified_at=NOW)
    later = Metadata(modified_at=NOW + timedelta(seconds=1))
    assert order_of(Metadata(revision="9"), NOW) < order_of(Metadata(revision="10"), NOW)
    assert order_of(changed, NOW) < order_of(later, NOW)
    assert order_of(Metadata(revision="2026-03-05T10:00:00Z"), NOW) < order_of(later, NOW)
    assert order_of(Metadata(), NOW) < order_of(Metadata(), NOW + timedelta(microseconds=1))


def test_findings_live_on_are_fixed_and_come_back(database: Database, source: Source) -> None:
    seen = []
    for number, html in enumerate((JUNK, JUNK, CLEAN, JUNK)):
        claimed = take(database, send(database, source, f"d{number}", html, revision=str(number + 1)))
        assert claimed is not None
        lint_and_keep(database, claimed, html, timedelta(minutes=number))
        seen.append(states(database)["widget-error-text"])
    assert seen == ["open", "open", "fixed", "reopened"]


def test_a_finding_that_weighs_more_now_is_counted_as_such(database: Database, source: Source) -> None:
    """Another version of a rule, or a ceiling: no finding is new, and none is gone."""
    for number, severity in (("d1", "note"), ("d2", "error")):
        claimed = take(database, send(database, source, number))
        report = report_on(JUNK, NOW)
        for row in report["findings"]:
            row["severity"] = severity
        with database.begin() as session:
            keep_report(session, claimed, report, RAN, NOW)  # type: ignore[arg-type]
    with database.begin() as session:
        (article,) = session.scalars(select(Article))
        assert (article.worst, article.open_errors, article.open_notes) == (3, article.findings, 0)


def test_what_a_person_let_stand_stands(database: Database, source: Source) -> None:
    claimed = take(database, send(database, source, "d1", revision="1"))
    assert claimed is not None
    lint_and_keep(database, claimed, JUNK)
    with database.begin() as session:
        session.execute(update(Finding).values(state="stands"))
    claimed = take(database, send(database, source, "d2", revision="2"))
    assert claimed is not None
    lint_and_keep(database, claimed, JUNK, timedelta(minutes=1))
    assert states(database)["widget-error-text"] == "stands"


def test_a_rule_that_did_not_run_fixes_nothing(database: Database, source: Source) -> None:
    claimed = take(database, send(database, source, "d1", revision="1"))
    assert claimed is not None
    lint_and_keep(database, claimed, JUNK)
    claimed = take(database, send(database, source, "d2", CLEAN, revision="2"))
    assert claimed is not None
    silent = report_on(CLEAN, NOW + timedelta(minutes=1))
    silent["not_run"].append({"rule": "widget-error-text", "reason": "crashed: ValueError"})
    with database.begin() as session:
        keep_report(session, claimed, silent, RAN, NOW)
    assert states(database)["widget-error-text"] == "open"


def test_an_incomplete_report_fixes_nothing(database: Database, source: Source) -> None:
    claimed = take(database, send(database, source, "d1", revision="1"))
    assert claimed is not None
    lint_and_keep(database, claimed, JUNK)
    deep = "<div>" * 300 + "Rain."
    claimed = take(database, send(database, source, "d2", deep, revision="2"))
    assert claimed is not None
    lint_and_keep(database, claimed, deep, timedelta(minutes=1))
    assert states(database)["widget-error-text"] == "open"


def test_a_rule_that_is_gone_retires_its_findings(database: Database, source: Source) -> None:
    claimed = take(database, send(database, source, "d1", revision="1"))
    assert claimed is not None
    lint_and_keep(database, claimed, JUNK)
    claimed = take(database, send(database, source, "d2", CLEAN, revision="2"))
    assert claimed is not None
    with database.begin() as session:
        keep_report(session, claimed, report_on(CLEAN, NOW + timedelta(minutes=1)), {}, NOW)
    assert states(database)["widget-error-text"] == "retired"


def test_withdrawn_and_published_again(database: Database, source: Source) -> None:
    claimed = take(database, send(database, source, "d1", revision="1"))
    assert claimed is not None
    lint_and_keep(database, claimed, JUNK)
    waiting = send(database, source, "d2", revision="2")
    assert send(database, source, "d3", None, revision="3", event="withdraw") is None
    assert states(database)["widget-error-text"] == "withdrawn"
    assert take(database, waiting) is None
    late = send(database, source, "d4", revision="2")
    assert take(database, late) is None, "an older revision does not bring it back"
    claimed = take(database, send(database, source, "d5", revision="4"))
    assert claimed is not None
    lint_and_keep(database, claimed, JUNK, timedelta(minutes=1))
    assert states(database)["widget-error-text"] == "reopened"
    assert outcomes(database) == {
        "d1": "reported", "d2": "withdrawn", "d3": "withdrawn", "d4": "withdrawn", "d5": "reported",
    }  # fmt: skip


def test_nothing_to_lint_ends_at_the_door(database: Database, source: Source) -> None:
    assert send(database, source, "d1", None) is None
    assert outcomes(database) == {"d1": "no-body"}


def test_what_databases_refuse_is_replaced(database: Database, source: Source) -> None:
    html = "<p>Rain \0 fell \ud800 on the town.</p>" + JUNK
    with database.begin() as session:
        accepted = deliver(session, source, "d1", html, now=NOW, external_id="a\0b")
    claimed = take(database, accepted.job_id)
    assert claimed is not None
    report = report_on("<p>x</p>", NOW)
    report["article"]["headline"] = "a\0b\ud800, written \\u0000"
    with database.begin() as session:
        keep_report(session, claimed, report, RAN, NOW)
    with database.begin() as session:
        assert session.scalar(select(Report.body))["article"]["headline"] == "a\ufffdb\ufffd, written \\u0000"  # type: ignore[index]


def test_the_relay_rings_for_what_was_forgotten(database: Database, source: Source) -> None:
    job = send(database, source, "d1")
    with database.begin() as session:
        assert due_to_ring(session, NOW, LEASE) == [], "it was rung a moment ago"
        assert due_to_ring(session, NOW + LEASE, LEASE) == [job]
        assert due_to_ring(session, NOW + LEASE, LEASE) == [], "and now it was rung again"
    assert take(database, job)
    with database.begin() as session:
        assert due_to_ring(session, NOW + LEASE, LEASE) == [job], "its worker let the lease run out"


def test_what_falls_due_is_linted_again_once(database: Database, source: Source) -> None:
    note = "<p>Rain fell on the town.</p><p>More to follow.</p>"
    with database.begin() as session:
        metadata = Metadata(external_id="s", published_at=NOW)
        job = deliver(session, source, "d1", note, now=NOW).job_id
    claimed = take(database, job)
    assert claimed is not None
    report = report_on(note, NOW)
    report["upcoming"] = [{"rule": "stale-note", "text": "More to follow.", "due_at": (NOW + LEASE).isoformat()}]
    assert metadata
    with database.begin() as session:
        keep_report(session, claimed, report, RAN, NOW)
    with database.begin() as session:
        assert queue_due(session, NOW) == []
        queued = queue_due(session, NOW + LEASE)
        assert len(queued) == 1
        assert queue_due(session, NOW + LEASE) == []
        assert session.scalar(select(Article.due_at)) is None
    again = take(database, queued[0])
    assert again is not None
    assert again.revision_id == claimed.revision_id
    with database.begin() as session:
        assert jobs.count_by_state(session) == {"done": 1, "running": 1}


def test_a_new_revision_moves_what_was_due(database: Database, source: Source) -> None:
    note = "<p>Rain fell on the town.</p><p>More to follow.</p>"
    for number, falls_due in (("1", timedelta(hours=1)), ("2", timedelta(hours=5))):
        claimed = take(database, send(database, source, number, note, revision=number))
        assert claimed is not None
        report = report_on(note, NOW)
        report["upcoming"] = [{"rule": "stale-note", "text": "More to follow.", "due_at": (NOW + falls_due).isoformat()}]
        with database.begin() as session:
            keep_report(session, claimed, report, RAN, NOW)
    with database.begin() as session:
        assert queue_due(session, NOW + timedelta(hours=4)) == []
        assert len(queue_due(session, NOW + timedelta(hours=5))) == 1


def test_what_falls_due_is_linted_as_its_newest_revision(database: Database, source: Source) -> None:
    """The newest by the sender's order, though an older one arrived after it."""
    send(database, source, "d1", JUNK, revision="2")
    with database.begin() as session:
        newest = session.scalars(select(Revision)).one()
        about = {"content": b"<p>Rain.</p>", "content_kind": "html", "content_hash": "", "meta": {}, "received_at": NOW}
        session.add(Revision(article_id=newest.article_id, order_key="", **about))
        session.execute(update(Article).values(due_at=NOW))
        (queued,) = queue_due(session, NOW)
        assert session.get_one(Job, queued).revision_id == newest.id


def test_many_due_at_once_are_queued_once_each_by_two_schedulers(database: Database, source: Source) -> None:
    many = 10_000
    with database.begin() as session:
        about = {"source_id": source.id, "created_at": NOW, "due_at": NOW}
        session.execute(insert(Article), [{"identity": f"id:{number}", **about} for number in range(many)])
        about = {"content": b"<p>Rain.</p>", "content_kind": "html", "content_hash": "", "meta": {}, "received_at": NOW}
        numbers = session.scalars(select(Article.id)).all()
        session.execute(insert(Revision), [{"article_id": number, "order_key": "1", **about} for number in numbers])

    def drain(_: int) -> list[int]:
        queued: list[int] = []
        while found := _queue(database):
            queued += found
        return queued

    with ThreadPoolExecutor(2) as pool:
        drained = list(pool.map(drain, range(2)))
    with database.begin() as session:
        assert session.scalar(select(func.count(Job.article_id.distinct())).where(Job.cause == "due")) == many
        assert session.scalar(select(func.count()).select_from(Job)) == many == sum(map(len, drained))


def _queue(database: Database) -> list[int]:
    with database.begin() as session:
        return queue_due(session, NOW)


def test_a_revision_that_comes_while_a_report_waits_for_its_article_is_seen(database: Database, source: Source) -> None:
    claimed = take(database, send(database, source, "d1", JUNK, revision="1"))
    assert claimed is not None
    keeping = threading.Thread(target=lint_and_keep, args=(database, claimed, JUNK))
    with database.begin() as session:
        deliver(session, source, "d2", CLEAN, now=NOW, revision="2")
        keeping.start()
        keeping.join(0.5)  # it waits for the article, or on SQLite for the store
        assert keeping.is_alive()
    keeping.join(20)
    assert outcomes(database) == {"d1": "superseded", "d2": None}
