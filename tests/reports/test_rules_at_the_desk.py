"""Settings, house rules, trials, precision and the numbers, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from reports import house_rules, numbers, precision, retention, rulebook, shadow, trials, verdicts
from reports.errors import BadHouseRuleError, UnknownError
from reports.models import Article, Audit, Event, Finding, Report, ShadowFinding
from reports.numbers import Asked
from reports.precision import Precision, wilson
from reports.sight import EVERYTHING, Sight
from reports.sources import create_source
from reports.verdicts import Decision, Seen
from rules.core.findings import Severity
from tests.conftest import NOW
from tests.reports.made import CLEAN, JUNK, deliver
from tests.rules.core.test_house import UNIQUE
from workers.linting import Linting
from workers.trying import Trying

WIDGET = "widget-error-text"
SAYS = {"author": "ada", "reason": "because", "now": NOW}


@pytest.fixture
def source(database):
    with database.begin() as session:
        create_source(session, "agency", NOW)
        return create_source(session, "daily", NOW)


@pytest.fixture
def publish(database, source):
    def send(number="1", html=JUNK, *, story=None, at=NOW):
        with database.begin() as session:
            job = deliver(session, source, number, html, now=at, external_id=story or f"story-{number}", revision=number).job_id
        return Linting(database, lambda: at, timedelta(seconds=60)).run(job)

    return send


@pytest.fixture
def house(database):
    def make(definition=UNIQUE, *, days=30):
        with database.begin() as session:
            number = house_rules.save(session, definition, **SAYS)
            trial = trials.start(session, definition.slug, number, days, author="ada", sources=definition.sources, now=NOW)
        while Trying(database, lambda: NOW).step(trial):
            pass
        with database.begin() as session:
            house_rules.publish(session, definition.slug, number, by="ruth", now=NOW)
        return number

    return make


def findings(database, rule=WIDGET):
    with database.begin() as session:
        return [
            (row.state, row.severity) for row in session.scalars(select(Finding).where(Finding.rule == rule).order_by(Finding.id))
        ]


def rulesets(database):
    with database.begin() as session:
        return list(session.scalars(select(Report.ruleset).order_by(Report.id)))


# settings


def test_a_rule_is_off_on_one_source_and_on_elsewhere(database, source):
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "daily", "off", None, **SAYS)
        there, here = (rulebook.rulebook_for(session, name) for name in ("agency", "daily"))
    assert WIDGET in {rule.name for rule in there.rules}
    assert {rule.name for rule in there.rules} - {rule.name for rule in here.rules} == {WIDGET}


def test_what_a_source_says_goes_before_what_is_said_everywhere(database, source):
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "", "off", "note", **SAYS)
        rulebook.set_rule(session, WIDGET, "daily", "on", "warning", **SAYS)
        daily = rulebook.rulebook_for(session, "daily")
        assert WIDGET in {rule.name for rule in daily.rules}
        assert daily.ceilings == {WIDGET: Severity.NOTE}, "the lower ceiling holds"
        assert WIDGET not in {rule.name for rule in rulebook.rulebook_for(session, "agency").rules}
        rulebook.set_rule(session, WIDGET, "daily", "usual", None, **SAYS)
        assert WIDGET not in {rule.name for rule in rulebook.rulebook_for(session, "daily").rules}


def test_what_the_configuration_ignores_nobody_turns_on(database, source):
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "daily", "on", None, **SAYS)
        book = rulebook.rulebook_for(session, "daily", ignore=[WIDGET])
    assert WIDGET not in {rule.name for rule in book.rules}


def shadows(database, rule=WIDGET, who=EVERYTHING):
    with database.begin() as session:
        return shadow.seen(session, rule, NOW, who)


def test_a_rule_in_the_shadow_is_seen_on_its_own_page_alone(database, publish):
    publish("1")
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "daily", "shadow", "note", **SAYS)
    assert [state for state, _ in findings(database)] == ["retired"]
    report = publish("2")
    assert len(findings(database)) == 1, "what it flags is no finding"
    with database.begin() as session:
        body = session.get_one(Report, report).body
    assert WIDGET not in str(body)
    found = shadows(database)
    assert (found.found, found.flagged) == (1, 1)
    assert (found.rows[0].text, found.rows[0].source) == ("Oops! Something went wrong. Please try again later.", "daily")
    assert found.rows[0].prefix.strip() == "Rain fell on the town."


def test_the_shadow_follows_the_story(database, publish):
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "daily", "shadow", None, **SAYS)
    publish("1", story="ferry")
    publish("2", story="ferry")
    assert shadows(database).found == 1
    publish("3", CLEAN, story="ferry")
    assert shadows(database).found == 0


def test_a_report_that_is_not_the_newest_changes_no_shadow(database, publish):
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "daily", "shadow", None, **SAYS)
    publish("1")
    row = {"rule": WIDGET, "version": 1, "severity": "note", "prefix": "", "suffix": "", "text": "Oops!", "suppressed": None}
    with database.begin() as session:
        newest = session.get_one(Article, 1).latest_report_id
        shadow.keep(session, 1, newest + 1, [], NOW)
        shadow.keep(session, 1, newest + 1, [row, row], NOW)
    assert shadows(database).found == 1
    with database.begin() as session:
        shadow.keep(session, 1, newest, [row | {"message": "Oops!"}] * 2, NOW)
    assert shadows(database).found == 2


def test_a_house_rule_in_the_shadow(database, publish, house):
    house()
    with database.begin() as session:
        rulebook.set_rule(session, UNIQUE.slug, "daily", "shadow", None, **SAYS)
    publish("1", f"<p>{UNIQUE.catches[0]}</p>")
    assert findings(database, UNIQUE.slug) == []
    assert shadows(database, UNIQUE.slug).found == 1


def test_what_is_seen_of_the_shadow_is_of_the_stories_that_are_seen(database, publish):
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "daily", "shadow", None, **SAYS)
    publish("1")
    with database.begin() as session:
        session.execute(update(Article).values(desk="news"))
    assert shadows(database, who=Sight(("sport",), "grace")).found == 0
    assert shadows(database, who=Sight(("news",), "grace")).found == 1


def test_a_story_that_is_erased_leaves_no_shadow(database, publish):
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "daily", "shadow", None, **SAYS)
    publish("1")
    with database.begin() as session:
        retention.erase_article(session, 1)
        assert session.scalars(select(ShadowFinding)).all() == []


def test_reports_follow_a_setting_and_carry_another_ruleset(database, publish):
    publish("1")
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "daily", "usual", "note", **SAYS)
    publish("2")
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "daily", "off", None, **SAYS)
    publish("3")
    assert len(set(rulesets(database))) == 3
    assert findings(database) == [("retired", "note"), ("retired", "note")]


def test_open_findings_follow_a_setting_at_once(database, publish):
    publish()
    with database.begin() as session:
        before = session.scalars(select(Article.open_errors)).one()
        assert rulebook.set_rule(session, WIDGET, "", "usual", "note", **SAYS) == 1
        session.expire_all()
        assert session.scalars(select(Article.open_errors)).one() == before - 1
    assert findings(database) == [("open", "note")]
    with database.begin() as session:
        assert rulebook.set_rule(session, WIDGET, "agency", "off", None, **SAYS) == 0
        assert rulebook.set_rule(session, WIDGET, "daily", "off", None, **SAYS) == 1
        assert session.scalars(select(Event.kind).order_by(Event.id.desc())).first() == "retired"
    assert findings(database) == [("retired", "note")]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"mode": "maybe"}, "A rule is"),
        ({"ceiling": "error"}, "at most"),
        ({"source": "nowhere"}, "no source"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_setting_that_makes_no_sense_is_said(database, source, changed, says):
    given = {"rule": WIDGET, "source": "daily", "mode": "on", "ceiling": None} | SAYS | changed
    with database.begin() as session, pytest.raises(UnknownError, match=says):
        rulebook.set_rule(session, **given)


# house rules


def test_a_house_rule_is_run_once_it_was_tried_and_published(database, publish, house):
    publish("1", "<p>It is a very unique bridge.</p>")
    assert findings(database, UNIQUE.slug) == []
    house()
    publish("2", "<p>It is a very unique bridge.</p>")
    assert findings(database, UNIQUE.slug) == [("open", "warning")]
    with database.begin() as session:
        rulebook.set_rule(session, UNIQUE.slug, "daily", "off", None, **SAYS)
        assert UNIQUE.slug not in {rule.name for rule in rulebook.rulebook_for(session, "daily").rules}


def test_a_version_that_nobody_tried_is_not_published(database):
    with database.begin() as session:
        number = house_rules.save(session, UNIQUE, **SAYS)
        with pytest.raises(BadHouseRuleError, match="Try this version"):
            house_rules.publish(session, UNIQUE.slug, number, by="ada", now=NOW)
        assert house_rules.live_rules(session) == ()


def test_a_definition_with_problems_is_not_kept(database):
    with database.begin() as session:
        with pytest.raises(BadHouseRuleError, match="does not flag"):
            house_rules.save(session, replace(UNIQUE, catches=("Fine.",)), **SAYS)
        with pytest.raises(BadHouseRuleError, match="reason"):
            house_rules.save(session, UNIQUE, author="ada", reason=" ", now=NOW)
        assert house_rules.slugs(session) == []


def test_every_version_is_kept_and_an_older_one_can_be_gone_back_to(database, publish, house):
    house()
    publish("1", "<p>A very unique bridge.</p>", story="s")
    house(replace(UNIQUE, phrases=("most unique",), exceptions=(), catches=("most unique",)))
    publish("2", "<p>A very unique bridge.</p>", story="s")
    assert findings(database, UNIQUE.slug) == [("fixed", "warning")]
    with database.begin() as session:
        assert [(v.number, v.author, v.published_by, v.is_live) for v in house_rules.versions(session, UNIQUE.slug)] == [
            (2, "ada", "ruth", True),
            (1, "ada", "ruth", False),
        ]
        house_rules.publish(session, UNIQUE.slug, 1, by="ruth", now=NOW)
        assert [rule.version for rule in house_rules.live_rules(session)] == [1]
        house_rules.stop(session, UNIQUE.slug)
        assert house_rules.live_rules(session) == ()


def test_the_scope_of_a_house_rule_is_its_sources(database, source, house):
    house(replace(UNIQUE, sources=("agency",)))
    with database.begin() as session:
        assert [rule.name for rule in house_rules.live_rules(session, "agency")] == [UNIQUE.slug]
        assert house_rules.live_rules(session, "daily") == ()


# trials


def test_a_trial_reads_every_story_of_its_days_and_changes_none(database, publish):
    for number in range(3):
        publish(str(number), "<p>It is a very unique bridge.</p><p>And a very  unique pier.</p>")
    publish("3", "<p>Rain.</p>")
    publish("old", "<p>very unique</p>", at=NOW - timedelta(days=40))
    before = findings(database, UNIQUE.slug)
    with database.begin() as session:
        number = house_rules.save(session, UNIQUE, **SAYS)
        trial = trials.start(session, UNIQUE.slug, number, 30, author="ada", sources=(), now=NOW)
        assert trials.waiting(session, NOW) == [trial]
    assert Trying(database, lambda: NOW).step(trial) is False
    with database.begin() as session:
        done = trials.get(session, trial)
        assert (done.state, done.total, done.read, done.flagged, done.found) == ("done", 4, 4, 3, 3)
        assert done.samples["rows"][0]["text"] == "very unique"
        assert trials.waiting(session, NOW) == []
    assert findings(database, UNIQUE.slug) == before == []


def test_a_trial_goes_on_where_a_worker_that_died_left_it(database, publish, monkeypatch):
    for number in range(5):
        publish(str(number), "<p>A very unique bridge.</p>")
    monkeypatch.setattr("workers.trying.AT_ONCE", 2)
    monkeypatch.setattr("workers.trying.STEP_S", 0)
    with database.begin() as session:
        house_rules.save(session, UNIQUE, **SAYS)
        trial = trials.start(session, UNIQUE.slug, 1, 30, author="ada", sources=(), now=NOW)
    assert Trying(database, lambda: NOW).step(trial) is True
    with database.begin() as session:
        assert trials.claim(session, trial, NOW) is not None, "and then the worker dies"
        assert trials.claim(session, trial, NOW) is None
        assert trials.waiting(session, NOW) == []
        assert trials.waiting(session, NOW + trials.LEASE) == [trial]
    later = Trying(database, lambda: NOW + trials.LEASE)
    while later.step(trial):
        pass
    with database.begin() as session:
        done = trials.get(session, trial)
        assert (done.state, done.read, done.found) == ("done", 5, 5)


def test_a_trial_is_one_worker_s_for_as_long_as_it_reads(database, publish):
    for number in range(3):
        publish(str(number), "<p>A very unique bridge.</p>")
    with database.begin() as session:
        house_rules.save(session, UNIQUE, **SAYS)
        trial = trials.start(session, UNIQUE.slug, 1, 30, author="ada", sources=(), now=NOW)
        trials.claim(session, trial, NOW)
        first = trials.next_stories(session, trials.get(session, trial), 2)
    with database.begin() as session:
        assert trials.advance(session, trial, first, [], NOW) is False
        assert trials.waiting(session, NOW) == []
        assert trials.claim(session, trial, NOW) is None
        assert trials.advance(session, trial, first, [], NOW) is True, "somebody who read them too, after the lease ran out"
        assert trials.get(session, trial).read == 2
        trials.release(session, trial)
        assert trials.waiting(session, NOW) == [trial]


def test_a_trial_that_cannot_go_on_says_why(database, publish):
    publish()
    with database.begin() as session:
        trial = trials.start(session, "no-such-rule", 1, 30, author="ada", sources=(), now=NOW)
    assert Trying(database, lambda: NOW).step(trial) is False
    with database.begin() as session:
        failed = trials.get(session, trial)
        assert failed.state == "failed"
        assert "no-such-rule" in failed.error
        with pytest.raises(UnknownError):
            trials.start(session, WIDGET, 1, 13, author="ada", sources=(), now=NOW)


# precision


@pytest.mark.parametrize(  # by R 4.3's binom.confint(method = "wilson")'s formula, worked by hand
    ("right", "n", "low", "high"),
    [(0, 0, 0, 1), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (7, 10, 0.3968, 0.8922), (81, 263, 0.2553, 0.3662)],
)
def test_wilsons_interval(right, n, low, high):
    assert wilson(right, n) == pytest.approx((low, high), abs=1e-4)
    assert Precision(right, n - right).n == n


def judged(database, right, wrong, rule=WIDGET, at=NOW):
    """So many findings as the desk would have left them."""
    with database.begin() as session:
        ids = list(session.scalars(select(Finding.id).where(Finding.rule == rule).order_by(Finding.id)))
        fixed, false = ids[:right], ids[right : right + wrong]
        session.execute(update(Finding).where(Finding.id.in_(fixed)).values(state="fixed", changed_at=at))
        session.execute(
            update(Finding).where(Finding.id.in_(false)).values(state="false-alarm", judged="false-alarm", changed_at=at)
        )


def test_a_rule_that_is_wrong_too_often_is_demoted_by_itself_and_says_so(database, publish):
    for number in range(11):
        publish(str(number))
    with database.begin() as session:
        precision.set_limit(session, 0.3, 10, author="ruth", now=NOW)
    judged(database, 7, 2)
    with database.begin() as session:
        assert precision.demote(session, NOW) == [], "nine verdicts are too few"
    judged(database, 7, 3)
    with database.begin() as session:
        assert precision.precisions(session)[WIDGET] == Precision(7, 3)
        assert precision.demote(session, NOW) == [], "30 % is the limit, not over it"
    judged(database, 6, 4)
    with database.begin() as session:
        assert precision.demote(session, NOW) == [WIDGET]
        assert precision.demote(session, NOW) == []
        setting = rulebook.current_settings(session)[WIDGET, ""]
        assert (setting.author, setting.ceiling) == ("Copydesk", "note")
        assert setting.reason == "4 of 10 verdicts say false alarm, more than 30%."
        assert [row.actor for row in session.scalars(select(Audit).where(Audit.action == "rule-demoted"))] == ["Copydesk"]
        assert rulebook.rulebook_for(session, "daily").ceilings == {WIDGET: Severity.NOTE}
    assert ("open", "note") in findings(database), "what is open comes down too"


def test_who_sets_it_back_gives_it_a_new_chance(database, publish):
    for number in range(10):
        publish(str(number))
    with database.begin() as session:
        precision.set_limit(session, 0.3, 5, author="ruth", now=NOW)
    judged(database, 2, 4)
    later = NOW + timedelta(hours=1)
    with database.begin() as session:
        assert precision.demote(session, NOW) == [WIDGET]
        rulebook.set_rule(session, WIDGET, "", "usual", None, author="ruth", reason="Mended.", now=later)
        assert precision.demote(session, later) == []
    judged(database, 2, 6, at=later + timedelta(hours=1))
    with database.begin() as session:
        assert precision.demote(session, later) == [WIDGET]


def test_stories_that_are_edited_bring_no_old_verdict_back(database, publish):
    for number in range(6):
        publish(str(number))
    with database.begin() as session:
        precision.set_limit(session, 0.3, 5, author="ruth", now=NOW)
        for finding in session.scalars(select(Finding).where(Finding.rule == WIDGET)).all():
            verdicts.judge(session, [Seen(finding.id, finding.serial)], Decision("false-alarm"), "ada", NOW)
        assert precision.demote(session, NOW) == [WIDGET]
    hours = [NOW + timedelta(hours=number) for number in range(4)]
    with database.begin() as session:
        rulebook.set_rule(session, WIDGET, "", "usual", None, author="ruth", reason="Mended.", now=hours[1])
    for number in range(6):
        publish(f"1{number}", CLEAN, story=f"story-{number}", at=hours[2])
    with database.begin() as session:
        assert precision.demote(session, hours[2]) == []
    for number in range(20, 26):
        publish(str(number), at=hours[2])
    with database.begin() as session:
        for finding in session.scalars(select(Finding).where(Finding.rule == WIDGET, Finding.state == "open")).all():
            verdicts.judge(session, [Seen(finding.id, finding.serial)], Decision("false-alarm"), "ada", hours[3])
        assert precision.demote(session, hours[3]) == [WIDGET]


def test_a_fix_after_a_verdict_that_was_taken_back_counts(database, publish):
    publish("1")
    with database.begin() as session:
        finding = session.scalars(select(Finding).where(Finding.rule == WIDGET)).one()
        for decision in (Decision("false-alarm"), Decision("reopen")):
            verdicts.judge(session, [Seen(finding.id, finding.serial)], decision, "ada", NOW)
    publish("2", CLEAN, story="story-1", at=NOW + timedelta(hours=2))
    with database.begin() as session:
        assert precision._since(session, WIDGET, NOW + timedelta(hours=1)) == Precision(1, 0)


def test_a_limit_that_makes_no_sense_is_refused(database):
    with database.begin() as session:
        for share, least in ((0, 20), (1.1, 20), (0.3, 4)):
            with pytest.raises(UnknownError):
                precision.set_limit(session, share, least, author="ruth", now=NOW)
        assert precision.limit(session) == precision.Limit()


# numbers


def test_the_numbers_are_those_of_the_store(database, publish):
    weeks = numbers.mondays(4, NOW)
    assert [f"{start:%a %d %b}" for start in weeks] == ["Mon 09 Feb", "Mon 16 Feb", "Mon 23 Feb", "Mon 02 Mar"]
    for number, at in enumerate(
        (weeks[1], weeks[1] + timedelta(days=6, hours=23), weeks[2], NOW, weeks[0] - timedelta(seconds=1))
    ):
        publish(str(number), at=at)
    publish("10", "<p>Rain fell on the town.</p>", story="story-0", at=weeks[1] + timedelta(hours=3))
    publish("11", "<p>Rain fell on the town.</p>", story="story-2", at=weeks[2] + timedelta(minutes=20))
    with database.begin() as session:
        found = numbers.read_numbers(session, Asked(weeks=4, rule=WIDGET), NOW)
        assert numbers.findings_per_week(session, 4, NOW)[WIDGET] == (0, 2, 1, 1)
        assert numbers.names(session)[0] == ["agency", "daily"]
        nothing = numbers.read_numbers(session, Asked(weeks=4, source="agency"), NOW)
    (rule,) = found.rules
    assert (rule.name, rule.weeks, rule.total, rule.open, rule.fixed) == (WIDGET, (0, 2, 1, 1), 4, 2, 2)
    assert rule.time_to_fix == found.time_to_fix == (timedelta(hours=3) + timedelta(minutes=20)) / 2
    assert [(item.name, item.total) for item in found.sources] == [("daily", 4)]
    assert [(item.name, item.total) for item in found.sections] == [("", 4)]
    assert dict(found.fixes)["within 1 hour"] == 1
    assert dict(found.fixes)["within 4 hours"] == 1
    assert sum(count for _, count in found.fixes) == 2
    assert nothing.rules == ()
    assert nothing.time_to_fix is None
