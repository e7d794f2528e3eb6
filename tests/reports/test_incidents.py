"""Incidents by text and by place in the template: how many it takes, one row for one fault, and when it closes."""

import shutil
from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import delete, event, select, update

from reports import incidents, queue, recurrences, tallies, verdicts
from reports.database import MIGRATIONS, open_database
from reports.errors import StoreDownError
from reports.models import Article, Delivery, Finding, Recurrence, Report
from reports.queue import Filter
from reports.settings import Settings
from reports.sight import Sight
from reports.sources import create_source
from reports.verdicts import Decision, Seen
from tests.conftest import NOW
from tests.reports.made import CLEAN, deliver
from workers import schedule
from workers.linting import Linting
from workers.schedule import Schedule

WIDGET = "widget-error-text"
SPREADING = Filter(tab="spreading")


@pytest.fixture
def publish(database):
    with database.begin() as session:
        source = create_source(session, "daily", NOW)

    def send(story, box="", *, revision="1", **told):
        with database.begin() as session:
            told |= {"external_id": story, "revision": revision}
            made = deliver(session, source, f"{story}-{revision}", f"{CLEAN}{box}", now=NOW, **told)
        Linting(database, lambda: NOW, timedelta(seconds=60)).run(made.job_id)

    return send


def box(text, name="video error"):
    return f'<div class="{name}">{text}</div>'


def counting(number, name="video error"):
    return box(f"Oops! Something went wrong. Please try again in {number} minutes.", name)


SAME = box("Oops! Something went wrong. Please try again later.")


@pytest.fixture
def standing(database):
    def read(chosen=SPREADING):
        with database.begin() as session:
            found, total = incidents.incidents(session, chosen, limit=50)
            assert total == len(found) == incidents.count(session, chosen)
        return [(row.articles, row.texts, bool(row.fault.place)) for row in found]

    return read


def test_texts_that_differ_at_one_place_are_one_incident_from_five_stories_on(publish, standing):
    for number in range(4):
        publish(f"s-{number}", counting(number + 2))
    assert standing() == []
    publish("s-4", counting(9))
    assert standing() == [(5, 5, True)]


def test_a_text_that_stands_there_alone_is_part_of_it(publish, standing):
    for number in range(3):
        publish(f"a-{number}", SAME)
    assert standing() == [(3, 1, False)]
    for number in range(3):
        publish(f"s-{number}", counting(number + 2))
    assert standing() == [(6, 4, True)], "one row"
    publish("elsewhere", box("Oops! Something went wrong. Please try again later.", "audio error"))
    assert sorted(standing()) == [(4, 1, False), (6, 4, True)], "the text stands elsewhere too"


def test_one_text_at_one_place_is_the_incident_of_its_text(publish, standing):
    for number in range(6):
        publish(f"s-{number}", SAME)
    assert standing() == [(6, 1, False)]


def test_other_places_are_other_incidents(publish, standing):
    for number in range(3):
        publish(f"s-{number}", counting(number + 2, "video error"))
        publish(f"t-{number}", counting(number + 20, "audio error"))
    assert standing() == []


def test_it_is_judged_at_once_and_closes_when_it_stops(database, publish, standing):
    for number in range(6):
        publish(f"s-{number}", counting(number + 2))
    publish("s-0", revision="2")
    assert standing() == [(5, 5, True)]
    with database.begin() as session:
        found, _ = incidents.incidents(session, SPREADING, limit=1)
        here = Filter(tab="all", fault=found[0].fault)
        seen = [Seen(row.id, row.serial) for row in queue.open_findings(session, here)]
        outcome = verdicts.judge(session, seen, Decision("stet", reason="wont-fix"), "ada", NOW)
    assert len(outcome.applied) == 5
    assert standing() == []
    with database.begin() as session:
        verdicts.undo(session, outcome.batch_id, "ada", NOW)
    assert standing(here) == [(5, 5, True)]
    publish("s-1", revision="2")
    assert standing() == [], "four are left"
    with database.begin() as session:
        states = list(session.scalars(select(Finding.state).where(Finding.rule == WIDGET).order_by(Finding.id)))
    assert states == ["fixed", "fixed", "open", "open", "open", "open"]


def test_a_filter_shows_it_whole(publish, standing):
    for number in range(5):
        publish(f"s-{number}", counting(number + 2))
    assert standing(Filter(tab="spreading", words=("again in 3 minutes",))) == [(5, 5, True)]
    assert standing(Filter(tab="spreading", words=("again in 99 minutes",))) == []
    assert standing(Filter(tab="spreading", severity="note")) == []


def kept(database):
    with database.begin() as session:
        return sorted(row.kind for row in session.scalars(select(Recurrence)))


def test_what_spread_is_kept_until_it_stands_nowhere(database, publish):
    for number in range(5):
        assert kept(database) == (["text_hash"] if number > 2 else [])
        publish(f"t-{number}", box("Oops! Something went wrong. Please try again later.", "audio error"))
        publish(f"s-{number}", counting(number + 2))
    assert kept(database) == ["place", "place", "text_hash"]
    for number in range(5):
        publish(f"t-{number}", revision="2")
        publish(f"s-{number}", "" if number else counting(2), revision="2")
    look_over(database)
    assert kept(database) == ["place"], "one story has it still"
    publish("s-0", revision="3")
    look_over(database)
    assert kept(database) == []


def spread(publish):
    for number in range(5):
        publish(f"t-{number}", box("Oops! Something went wrong. Please try again later.", "audio error"))
        publish(f"s-{number}", counting(number + 2))


def look_over(database):
    """As the scheduler does when it starts."""
    scheduler(database, [NOW]).tidy(NOW)


def scheduler(database, clock):
    return Schedule(database, id, lambda: clock[0], timedelta(seconds=1), timedelta(seconds=1))


def test_what_stands_nowhere_is_forgotten_once_a_day(database, publish, standing):
    """Not at every look: one that an undo brings back in that moment would not be shown."""
    clock = [NOW]
    schedule = scheduler(database, clock)
    schedule.tidy(clock[0])
    spread(publish)
    for number in range(5):
        publish(f"t-{number}", revision="2")
        publish(f"s-{number}", revision="2")
    for passed, left in ((timedelta(minutes=10), 3), (timedelta(hours=23), 3), (timedelta(hours=24), 0)):
        clock[0] = NOW + passed
        schedule.tidy(clock[0])
        assert len(kept(database)) == left, passed
    assert standing() == []


def test_two_that_arrived_in_one_moment_are_found_when_all_is_looked_over(database, publish, standing):
    spread(publish)
    found = standing()
    miss_all(database)  # as if neither of the last two had seen the other
    assert standing() == []
    look_over(database)
    assert standing() == found
    assert len(found) == 2


def test_a_store_of_before_knows_what_spreads_in_it(database, publish, standing):
    spread(publish)
    found = standing()
    with database.engine.begin() as connection:
        configuration = Config()
        configuration.set_main_option("script_location", str(MIGRATIONS))
        configuration.attributes["connection"] = connection
        command.downgrade(configuration, "0014")
    database.upgrade()
    assert standing() == found


def miss_all(database):
    with database.begin() as session:
        session.execute(delete(Recurrence))


def test_they_are_kept_in_one_order(database, publish, monkeypatch):
    """Or two transactions that keep the same would wait for each other."""
    monkeypatch.setattr(tallies, "AT_ONCE", 5)
    for number in range(5):
        publish(f"s-{number}", counting(number + 2))
    for number in range(5):
        publish(f"t-{number}", box("Oops! Something went wrong. Please try again later.", "audio error"))
    with database.begin() as session:
        assert recurrences.among(session, range(1, 11)) == set(), "they are kept"
    miss_all(database)
    said = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: said.append(call[2:4]))
    with database.begin() as session:
        session.flush()
        tallies.recount(session, range(1, 11), NOW)
    inserted = [given for statement, given in said if "INSERT INTO recurrence" in statement]
    assert len(inserted) == 1, "of all articles at once"
    rows = [tuple(row.values()) if isinstance(row, dict) else tuple(row) for row in inserted[0]]
    assert len(rows) == 3
    assert rows == sorted(rows)


def test_a_fault_is_looked_for_once_however_often_a_story_has_it(tmp_path, migrated_sqlite):
    """SQLite's own steps are counted: twice the findings of one fault are twice the work, and not four times."""
    shutil.copy(migrated_sqlite, tmp_path / "many.sqlite3")
    database = open_database(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'many.sqlite3'}"))
    taken = {}
    for number, many in ((1, 400), (2, 800)):
        with database.begin() as session:
            source = create_source(session, f"source-{number}", NOW)
            made = deliver(session, source, f"{number}", now=NOW, external_id="one")
            report = Report(revision_id=number, article_id=made.article_id, ruleset="r", as_of=NOW, body={})
            session.add(report)
            session.flush()
            for place in range(many):
                session.add(
                    Finding(
                        article_id=made.article_id, fingerprint=f"{place}", rule="staging-link", version=1, severity="error",
                        state="open", message="A link.", first_report_id=report.id, last_report_id=report.id, changed_at=NOW,
                        source_id=source.id, text_hash="", place="box",
                    )
                )  # fmt: skip
            session.flush()
            driver, steps = session.connection().connection.dbapi_connection, [0]
            driver.set_progress_handler(lambda steps=steps: steps.__setitem__(0, steps[0] + 1), 10)
            assert recurrences.among(session, [made.article_id]) == set()
            driver.set_progress_handler(None, 0)
            taken[many] = steps[0]
    database.close()
    assert 0 < taken[800] < 3 * taken[400], taken


def test_one_fault_is_of_its_source_and_rule(database, publish, standing):
    spread(publish)
    with database.begin() as session:
        fault = incidents.incidents(session, SPREADING, limit=1)[0][0].fault
    assert len(standing(Filter(fault=fault, source="daily", rule=WIDGET))) == 1
    assert standing(Filter(fault=fault, source="weekly")) == []
    assert standing(Filter(fault=fault, rule="stale-note")) == []


def test_they_are_narrowed_by_source_rule_and_section(publish, standing):
    spread(publish)
    assert len(standing()) == 2
    for narrowed, left in (
        (Filter(source="daily", rule=WIDGET), 2),
        (Filter(source="weekly"), 0),
        (Filter(rule="stale-note"), 0),
    ):
        assert len(standing(narrowed)) == left, narrowed
    publish("s-9", counting(9), section="Sport")
    assert standing(Filter(section="Sport")) == [(6, 6, True)], "whole, though one of its stories is Sport"
    assert standing(Filter(section="News")) == []


def hand(database, to):
    """Gives findings to a person or a desk: ``to`` has the story of each, and what its findings are given."""
    with database.begin() as session:
        for story, given in to.items():
            mine = select(Delivery.article_id).where(Delivery.delivery_id == f"{story}-1").scalar_subquery()
            session.execute(update(Finding).where(Finding.article_id == mine).values(given))


def test_they_are_narrowed_by_whose_they_are(database, publish, standing):
    spread(publish)
    everybody = {f"{kind}-{number}": {"assignee": "ada"} for kind in "st" for number in range(5)}
    hand(database, everybody)
    assert [len(standing(Filter(unassigned=left))) for left in (True, False)] == [0, 2]
    hand(database, {"t-1": {"assignee": None}, "s-1": {"desk": "night", "state": "reopened"}})
    assert len(standing(Filter(unassigned=True))) == 1
    assert standing(Filter(desk="night")) == standing(Filter(state="reopened")) == [(5, 5, True)]
    with database.begin() as session:
        last = max(session.scalars(select(Article.id)))
    assert len(standing(Filter(articles=(last,)))) == 1


def test_what_fits_but_is_not_seen_brings_none(database, publish, standing):
    for number in range(4):
        publish(f"s-{number}", SAME)
    publish("s-9", SAME, section="Sport")
    with database.begin() as session:
        session.execute(update(Article).where(Article.section == "Sport").values(desk="sport"))
    seen, all_seen = Sight(("news",), "ada"), Sight(("sport",), "bo")
    assert [len(standing(Filter(section="Sport", sight=sight))) for sight in (seen, all_seen)] == [0, 1]


def test_they_are_with_somebody_if_all_of_them_are(database, publish):
    for number in range(4):
        publish(f"s-{number}", SAME)
    told = []
    for names in (("ada",) * 4, ("ada", "ada", "bo", "bo"), ("ada", "ada", "ada", None)):
        hand(database, {f"s-{number}": {"assignee": name} for number, name in enumerate(names)})
        with database.begin() as session:
            told.append(incidents.incidents(session, SPREADING, limit=1)[0][0].assignee)
    assert told == ["ada", None, None]


def test_of_sections_with_as_many_stories_the_first_by_name_stands_first(database, publish):
    for number, section in enumerate((None, "Sport", "News", "Sport", "News", None)):
        publish(f"s-{number}", SAME, section=section)
    with database.begin() as session:
        assert incidents.incidents(session, SPREADING, limit=1)[0][0].sections == (("News", 2), ("Sport", 2), (None, 2))


def test_what_cannot_be_forgotten_keeps_nothing_from_being_found(database, publish, standing, monkeypatch):
    spread(publish)
    miss_all(database)

    def fail(*_):
        raise StoreDownError("The store is locked.")

    monkeypatch.setattr(schedule, "forget_old", fail)
    with pytest.raises(StoreDownError):
        look_over(database)
    assert len(standing()) == 2
