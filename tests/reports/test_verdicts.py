"""The desk's word on findings, on both stores, over reports that the real engine made."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from reports import precision, verdicts
from reports.accounts import create_user
from reports.database import Database
from reports.errors import BadVerdictError, UnknownError
from reports.intake import Incoming, accept
from reports.jobs import claim
from reports.keep import keep_report
from reports.models import Article, Event, Finding, Source, Verdict
from reports.precision import Precision
from reports.sources import create_source
from reports.verdicts import Decision, Outcome, Seen
from rules.core.catalogue import load
from rules.core.engine import lint
from rules.core.submission import Metadata
from tests.conftest import NOW
from tests.reports.made import CLEAN, JUNK, deliver

RAN = {rule.name: rule.version for rule in load()}
STET = Decision("stet", reason="house-style")
WIDGET = "widget-error-text"
Publish = Callable[..., int]


@pytest.fixture
def source(database: Database) -> Source:
    with database.begin() as session:
        return create_source(session, "daily", NOW, desk="news")


@pytest.fixture
def publish(database: Database, source: Source) -> Publish:
    count = iter(range(1000))

    def send(html: str | None = JUNK, story: str = "story-1", at: datetime = NOW, sender: Source = source, **more: str) -> int:
        with database.begin() as session:
            number = f"d{next(count)}"
            if html is None:
                accepted = deliver(session, sender, number, None, now=at, external_id=story, event="withdraw")
                assert accepted.article_id
                return accepted.article_id
            accepted = deliver(session, sender, number, html, now=at, external_id=story, **more)  # type: ignore[arg-type]
            claimed = claim(session, accepted.job_id or 0, at, timedelta(seconds=60))
            assert claimed is not None
            keep_report(session, claimed, lint(claimed.submission, now=at), RAN, at)
            return claimed.article_id

    return send


def widget(database: Database, article_id: int) -> Finding:
    with database.begin() as session:
        return session.scalars(select(Finding).where(Finding.article_id == article_id, Finding.rule == WIDGET)).one()


def seen(finding: Finding) -> Seen:
    return Seen(finding.id, finding.serial)


def say(database: Database, decision: Decision, *found: Finding, by: str = "ada", at: datetime = NOW) -> Outcome:
    with database.begin() as session:
        return verdicts.judge(session, [seen(item) for item in found], decision, by, at)


def article(database: Database, article_id: int) -> Article:
    with database.begin() as session:
        return session.get_one(Article, article_id)


def kinds(database: Database, article_id: int) -> list[str]:
    with database.begin() as session:
        mine = select(Event.kind).join(Finding, Finding.id == Event.finding_id).where(Finding.rule == WIDGET)
        return list(session.scalars(mine.where(Event.article_id == article_id).order_by(Event.id)))


def test_a_stet_is_kept_with_who_when_and_why(database: Database, publish: Publish) -> None:
    number = publish()
    outcome = say(database, STET, widget(database, number))
    finding = widget(database, number)
    assert (finding.state, finding.reason, finding.judged_by) == ("stands", "house-style", "ada")
    with database.begin() as session:
        said = session.scalars(select(Verdict)).one()
    assert (said.actor, said.at, said.from_state, said.to_state, said.scope) == ("ada", NOW, "open", "stands", "finding")
    assert outcome.batch_id == said.batch_id
    assert outcome.applied == (finding.id,)


def test_the_queue_counts_what_is_open(database: Database, publish: Publish) -> None:
    number = publish()
    before = article(database, number)
    assert (before.worst, before.open_errors, before.desk) == (3, 1, "news")
    assert before.open_new == before.open_errors + before.open_warnings + before.open_notes == before.findings
    say(database, STET, widget(database, number), at=NOW + timedelta(minutes=1))
    after = article(database, number)
    assert (after.open_errors, after.findings) == (0, before.findings)
    assert after.arrived_at == before.arrived_at  # a verdict does not move a story in the queue
    assert after.last_activity == NOW + timedelta(minutes=1)


@pytest.mark.parametrize("decision", [STET, Decision("false-alarm")])
def test_what_was_judged_once_is_not_asked_again_when_it_comes_back(
    database: Database, publish: Publish, decision: Decision
) -> None:
    number = publish()
    say(database, decision, widget(database, number))
    judged = widget(database, number).state
    publish(CLEAN)
    assert widget(database, number).state == "fixed"
    publish()
    assert widget(database, number).state == judged


def test_what_nobody_judged_comes_back_as_reopened(database: Database, publish: Publish) -> None:
    number = publish()
    publish(CLEAN)
    publish()
    assert widget(database, number).state == "reopened"
    assert kinds(database, number) == ["appeared", "fixed", "came-back"]
    assert article(database, number).open_back == 1


def test_a_withdrawn_story_leaves_the_queue_and_comes_back_with_it(database: Database, publish: Publish) -> None:
    number = publish()
    publish(None, at=NOW + timedelta(minutes=1))
    assert article(database, number).worst == 0
    publish(at=NOW + timedelta(minutes=2))
    assert article(database, number).worst == 3
    assert kinds(database, number) == ["appeared", "withdrawn", "came-back"]


def test_a_stet_until_a_date_sleeps_and_wakes(database: Database, publish: Publish) -> None:
    number = publish()
    morning = NOW + timedelta(hours=12)
    say(database, Decision("stet", reason="wont-fix", scope="until", until=morning), widget(database, number))
    assert article(database, number).snoozed == 1
    with database.begin() as session:
        assert verdicts.wake(session, morning - timedelta(seconds=1)) == 0
        assert verdicts.wake(session, morning) == 1
        assert verdicts.wake(session, morning) == 0
    assert widget(database, number).state == "reopened"
    woken = article(database, number)
    assert (woken.snoozed, woken.open_back) == (0, 1)


def test_a_phrase_on_a_source_stands_everywhere_and_in_what_comes(database: Database, publish: Publish) -> None:
    with database.begin() as session:
        other = create_source(session, "weekly", NOW)
    first, second, elsewhere = publish(), publish(story="story-2"), publish(sender=other)
    outcome = say(database, Decision("stet", reason="house-style", scope="phrase"), widget(database, first))
    assert outcome.articles == 2
    assert widget(database, second).state == "stands"
    assert widget(database, elsewhere).state == "open"
    third = publish(JUNK.replace("Oops", "OOPS"), story="story-3")
    assert widget(database, third).state == "stands"
    assert widget(database, publish(story="story-4", sender=other)).state == "open"
    other_words = publish(JUNK.replace("Something went wrong", "An error occurred"), story="story-5")
    assert widget(database, other_words).state == "open"
    assert kinds(database, third) == ["appeared", "stet"]


def test_undoing_a_phrase_brings_back_what_it_let_stand_by_itself(database: Database, publish: Publish) -> None:
    first = publish()
    outcome = say(database, Decision("stet", reason="house-style", scope="phrase"), widget(database, first))
    later = publish(story="story-2")
    with database.begin() as session:
        assert outcome.batch_id
        undone = verdicts.undo(session, outcome.batch_id, "grace", NOW)
    assert len(undone.restored) == 2
    assert {widget(database, number).state for number in (first, later)} == {"open"}
    assert widget(database, publish(story="story-3")).state == "open"
    assert article(database, later).open_errors == 1


def test_a_rule_in_an_article_stands_for_its_other_texts_too(database: Database, publish: Publish) -> None:
    number = publish()
    say(database, Decision("stet", reason="quoting", scope="article"), widget(database, number))
    publish(JUNK.replace("Something went wrong", "An error occurred"))
    with database.begin() as session:
        states = set(session.scalars(select(Finding.state).where(Finding.article_id == number, Finding.rule == WIDGET)))
    assert states == {"fixed", "stands"}
    assert widget(database, publish(story="story-2")).state == "open"


def test_undo_goes_back_to_what_was_before(database: Database, publish: Publish) -> None:
    number = publish()
    with database.begin() as session:
        create_user(session, "grace", "a proof read twice", NOW)
    say(database, Decision("assign", assignee="grace", note="please look"), widget(database, number))
    outcome = say(database, Decision("false-alarm", note="no fault"), widget(database, number))
    with database.begin() as session:
        assert outcome.batch_id
        assert verdicts.undo(session, outcome.batch_id, "ada", NOW).restored == outcome.applied
        assert verdicts.undo(session, outcome.batch_id, "ada", NOW).restored == ()  # twice changes nothing
    finding = widget(database, number)
    assert (finding.state, finding.assignee, finding.note, finding.judged) == ("open", "grace", "please look", None)
    assert kinds(database, number) == ["appeared", "assign", "false-alarm", "undo"]


def test_undo_leaves_what_was_judged_anew_and_what_a_report_closed(database: Database, publish: Publish) -> None:
    number = publish()
    first = say(database, STET, widget(database, number))
    say(database, Decision("false-alarm"), widget(database, number), by="grace")
    with database.begin() as session:
        undone = verdicts.undo(session, first.batch_id or 0, "ada", NOW)
    assert undone.restored == ()
    assert [(left.by, left.state) for left in undone.left] == [("grace", "false-alarm")]
    second = publish(story="story-2")
    stet = say(database, STET, widget(database, second))
    publish(CLEAN, story="story-2")
    with database.begin() as session:
        verdicts.undo(session, stet.batch_id or 0, "ada", NOW)
    assert (widget(database, second).state, widget(database, second).judged) == ("fixed", None)
    publish(story="story-2")
    assert widget(database, second).state == "reopened"


def test_an_undo_locks_all_its_stories_at_once(database: Database, publish: Publish) -> None:
    """Those judged and those that the stet let stand by itself: in two steps two undos would wait for each other."""
    low = publish(CLEAN)
    judged = publish(story="story-2")
    outcome = say(database, Decision("stet", reason="house-style", scope="phrase"), widget(database, judged))
    assert publish() == low
    assert widget(database, low).state == "stands"
    locked: list[set[int]] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, given: Any, *___: object) -> None:
        if statement.startswith("SELECT article.id") and "ORDER BY article.id" in statement:
            locked.append(set(given.values() if isinstance(given, dict) else given))

    with database.begin() as session:
        verdicts.undo(session, outcome.batch_id or 0, "ada", NOW)
    assert locked[0] >= {low, judged}


def test_two_editors_at_once_lose_neither(database: Database, publish: Publish) -> None:
    number = publish()
    as_both_saw_it = widget(database, number)
    say(database, STET, as_both_saw_it, by="ada")
    second = say(database, Decision("false-alarm"), as_both_saw_it, by="grace", at=NOW + timedelta(seconds=3))
    assert second.applied == ()
    assert [(told.by, told.state, told.at) for told in second.conflicts] == [("ada", "stands", NOW)]
    assert widget(database, number).state == "stands"
    with database.begin() as session:
        said = session.execute(select(Verdict.actor, Verdict.to_state, Verdict.applied).order_by(Verdict.id)).all()
    assert [tuple(row) for row in said] == [("ada", "stands", True), ("grace", "false-alarm", False)]
    assert kinds(database, number) == ["appeared", "stet", "second-word"]
    with database.begin() as session:
        again = [Seen(told.finding_id, told.serial) for told in second.conflicts]
        assert verdicts.judge(session, again, Decision("false-alarm"), "grace", NOW).applied == (as_both_saw_it.id,)


def test_what_a_report_closed_meanwhile_is_told(database: Database, publish: Publish) -> None:
    number = publish()
    before = widget(database, number)
    publish(CLEAN)
    outcome = say(database, STET, before)
    assert [(told.by, told.state) for told in outcome.conflicts] == [(None, "fixed")]
    assert widget(database, number).state == "fixed"


def test_of_many_those_that_changed_are_told_and_the_rest_is_done(database: Database, publish: Publish) -> None:
    found = [widget(database, publish(story=f"story-{number}")) for number in range(5)]
    say(database, STET, found[2], by="grace")
    outcome = say(database, Decision("false-alarm"), *found)
    assert len(outcome.applied) == outcome.articles == 4
    assert [told.by for told in outcome.conflicts] == ["grace"]


def test_findings_that_are_not_there_are_named(database: Database) -> None:
    with database.begin() as session:
        assert verdicts.judge(session, [Seen(7, 1)], STET, "ada", NOW).unknown == (7,)
        with pytest.raises(UnknownError):
            verdicts.undo(session, 7, "ada", NOW)


@pytest.mark.parametrize(
    ("decision", "says"),
    [
        (Decision("praise"), "no verdict"),
        (Decision("stet"), "reason"),
        (Decision("stet", reason="because"), "reason"),
        (Decision("stet", reason="quoting", scope="world"), "no scope"),
        (Decision("stet", reason="quoting", scope="until"), "Until when"),
        (Decision("stet", reason="quoting", scope="until", until=NOW), "still to come"),
        (Decision("note", note="x" * 2001), "at most"),
    ],
)
def test_a_verdict_that_says_too_little_is_refused(database: Database, decision: Decision, says: str) -> None:
    with database.begin() as session, pytest.raises(BadVerdictError, match=says):
        verdicts.judge(session, [], decision, "ada", NOW)


def test_false_alarms_and_fixes_make_a_rules_precision(database: Database, publish: Publish) -> None:
    numbers = [publish(story=f"story-{number}") for number in range(4)]
    say(database, Decision("false-alarm"), widget(database, numbers[0]))
    say(database, Decision("stet", reason="correct-as-is"), widget(database, numbers[1]))
    say(database, Decision("stet", reason="house-style"), widget(database, numbers[2]))
    publish(CLEAN, story="story-3")
    with database.begin() as session:
        assert precision.precisions(session)[WIDGET] == Precision(2, 1)


def test_the_submission_says_section_byline_and_desk(database: Database, source: Source) -> None:
    metadata = Metadata(external_id="x", section="Sport", byline="Ann Field", desk="sport")
    from rules.core.submission import Submission

    with database.begin() as session:
        given = Submission(JUNK, "html", metadata=metadata)
        accepted = accept(session, source, Incoming("d1", "", given, metadata), NOW)
        claimed = claim(session, accepted.job_id or 0, NOW, timedelta(seconds=60))
        assert claimed is not None
        keep_report(session, claimed, lint(given, now=NOW), RAN, NOW)
        made = session.get_one(Article, claimed.article_id)
        assert (made.section, made.byline, made.desk) == ("Sport", "Ann Field", "sport")


def test_what_was_said_before_is_looked_up_at_once(database: Database, publish: Publish) -> None:
    """Thousands may be judged at once, and another may have come first in all of them."""
    for number in range(6):
        publish(story=f"story-{number}")
    with database.begin() as session:
        found = session.scalars(select(Finding).where(Finding.rule == WIDGET).order_by(Finding.id)).all()
    say(database, STET, *found, by="ruth")
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    outcome = say(database, Decision("false-alarm"), *found)
    assert [conflict.by for conflict in outcome.conflicts] == ["ruth"] * 6
    assert sum("event.actor" in statement for statement in asked) == 1
