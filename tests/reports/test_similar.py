"""Articles that are alike are found by their sketches, on both databases."""

import hashlib
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports.jobs import claim
from reports.models import Article, Finding
from reports.similar import keep_sketch, neighbours_of
from reports.sources import create_source
from rules.core.similarity import SEQUENCE, SIZE, sketch
from tests.conftest import NOW
from tests.reports.made import deliver
from workers.linting import Linting

STORY = " ".join(
    f"The council of town number {n} met on a cold evening and voted on plan {n * 7} for its bridge." for n in range(12)
)
OTHER = " ".join(
    f"Ferry {n} left harbour {n * 3} with {n * 11} people who had waited since the early morning." for n in range(12)
)


@pytest.fixture
def source(database):
    with database.begin() as session:
        return create_source(session, "daily", NOW)


def lint(database, source, number, text, *, article=None):
    with database.begin() as session:
        made = deliver(session, source, number, f"<p>{text}</p>", now=NOW, external_id=article or number)
        job_id = made.job_id
    Linting(database, lambda: NOW, timedelta(seconds=60)).run(job_id)


def found(database):
    with database.begin() as session:
        return session.scalars(select(Finding.message).where(Finding.rule == "near-duplicate-article")).all()


def test_a_sketch_is_a_few_numbers_that_any_database_keeps():
    numbers = sketch(STORY)
    assert len(numbers) == SIZE
    assert all(0 <= number < 1 << 63 for number in numbers)
    assert sketch("Rain fell.") == ()


def test_a_sketch_is_the_one_that_stores_keep_already():
    """Its definition, word sequence by word sequence: with other numbers, no story would be found again after an upgrade."""
    text = STORY.replace("cold", "größtenteils “kalten”")
    words = re.findall(r"\w+", text.lower())
    said = (" ".join(words[at : at + SEQUENCE]).encode() for at in range(len(words) - SEQUENCE + 1))
    numbers = {int.from_bytes(hashlib.blake2b(sequence, digest_size=8).digest()) >> 1 for sequence in said}
    assert sketch(text) == tuple(sorted(numbers)[:SIZE])


def test_the_same_story_is_a_neighbour_and_another_is_not(database, source):
    with database.begin() as session:
        for number, text in (("one", STORY), ("two", OTHER)):
            made = deliver(session, source, number, text, now=NOW, external_id=number)
            article = session.get(Article, claim(session, made.job_id, NOW, timedelta(seconds=60)).article_id)
            article.url = f"https://daily.example/{number}"
            keep_sketch(session, article.id, sketch(text))
        alike = neighbours_of(session, 0, sketch(STORY + " It rained."))
    assert [other.url for other in alike] == ["https://daily.example/one"]
    assert alike[0].share > 0.9


def test_a_story_without_an_address_cannot_be_named(database, source):
    lint(database, source, "one", STORY)
    lint(database, source, "two", STORY)
    assert found(database) == []


def test_a_new_sketch_replaces_the_old_one(database, source):
    lint(database, source, "one", STORY)
    with database.begin() as session:
        session.scalars(select(Article)).one().url = "https://daily.example/one"
    lint(database, source, "two", STORY)
    assert len(found(database)) == 1
    lint(database, source, "three", OTHER, article="one")
    with database.begin() as session:
        assert [other.url for other in neighbours_of(session, 0, sketch(OTHER))] == ["https://daily.example/one"]
        assert neighbours_of(session, 0, sketch(STORY)) == []
