"""Incidents by text and by place in the template: how many it takes, one row for one fault, and when it closes."""

from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import delete, select

from reports import incidents, queue, verdicts
from reports.database import MIGRATIONS
from reports.models import Finding, Recurrence
from reports.queue import Filter
from reports.sources import create_source
from reports.verdicts import Decision, Seen
from tests.conftest import NOW
from tests.reports.made import CLEAN, deliver
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
    """As the scheduler does every ten minutes."""
    Schedule(database, id, lambda: NOW, timedelta(seconds=1), timedelta(seconds=1)).tidy()


def test_two_that_arrived_in_one_moment_are_found_when_all_is_looked_over(database, publish, standing):
    spread(publish)
    found = standing()
    with database.begin() as session:
        session.execute(delete(Recurrence))  # as if neither of the last two had seen the other
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
