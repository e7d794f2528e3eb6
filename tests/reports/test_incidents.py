"""Incidents by text and by place in the template: how many it takes, one row for one fault, and when it closes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import incidents, queue, verdicts
from reports.models import Finding
from reports.queue import Filter
from reports.sources import create_source
from reports.verdicts import Decision, Seen
from tests.conftest import NOW
from tests.reports.made import CLEAN, deliver
from workers.linting import Linting

WIDGET = "widget-error-text"
SPREADING = Filter(tab="spreading")


@pytest.fixture
def publish(database):
    with database.begin() as session:
        source = create_source(session, "daily", NOW)

    def send(story, box="", *, revision="1"):
        with database.begin() as session:
            made = deliver(session, source, f"{story}-{revision}", f"{CLEAN}{box}", now=NOW, external_id=story, revision=revision)
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
