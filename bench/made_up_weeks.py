"""Twelve weeks of a newsroom, made up: stories with faults, most of them mended, some judged, for the pages of rules and numbers.

Everything comes in as it does in production; the same every time, for chance has a seed.
"""

import random
from datetime import datetime, timedelta

from made_up import PASSWORD, Newsroom
from sqlalchemy import select

from reports import house_rules, precision, routing, rulebook, subscriptions, trials
from reports.accounts import create_user, record
from reports.database import Database
from reports.models import User
from reports.verdicts import Decision
from rules.core.house import Definition
from workers.trying import Trying

WEEKS = 12
SECTIONS = (("News", "daily"), ("Sport", "daily"), ("Business", "agency"), ("Culture", "daily"), ("Sport/Football", "agency"))
FAULTS = (  # what stands in the story, the rule that finds it, how often that is right, and how often it happens
    ('<div class="widget-error"><p>Oops! Something went wrong. Please try again later.</p></div>', "widget-error-text", 1.0, 3),
    ("<p>The owner paid {{ amount }} for it in the spring.</p>", "template-placeholder", 1.0, 2),
    ("<p>TK: the number of seats.</p>", "editor-note-left-in", 1.0, 2),
    ("<p>The board met on on a Tuesday evening, it said.</p>", "repeated-word", 0.9, 3),
    ("<p>Donâ€™t travel unless you must, the county said.</p>", "mojibake", 1.0, 1),
    ("<p>Sign up for our newsletter</p>", "newsletter-promo", 0.95, 2),
    ('<p>For the timetable, <a href="/timetable">click here</a>.</p>', "click-here-link", 0.8, 2),
    ("<p>Experts say the pier will not last another winter.</p>", "vague-attribution", 0.55, 6),
    ('<p>The plan is <a href="">on the board’s own site</a>.</p>', "empty-link", 0.95, 1),
    ("<p>This story will be updated.</p>", "stale-note", 0.85, 2),
)
PLACES = (
    "Ardmore",
    "Coldwater",
    "Bexhill",
    "Wharton",
    "Kells",
    "the Oval Park",
    "the old rope works",
    "St Bride’s",
    "the Playhouse",
)
DOINGS = (
    "opens a year late",
    "closes for repairs",
    "finds a new owner",
    "raises its prices",
    "wins a prize",
    "keeps its Sunday hours",
)
UNIQUE = Definition(
    slug="house-very-unique",
    title="“Very unique” says it twice",
    why="A thing is unique or it is not. The stylebook has asked for the plain word since 1994.",
    phrases=("very unique", "most unique", "quite unique", "uniquely unique", "rather uniq*"),
    exceptions=("the Very Unique Club",),
    replacement="unique",
    catches=("It is a very unique bridge.", "The most unique pier on the coast was sold."),
    spares=("He spoke at the Very Unique Club.", "“It is very unique,” she said."),
)


def make_weeks(database: Database, now: datetime) -> Newsroom:
    """The weeks up to ``now``, with people, routes, a house rule that is live, and a rule that was demoted."""
    room, chance = Newsroom(database, now - timedelta(weeks=WEEKS)), random.Random(7)
    with database.begin() as session:
        people = (("ada", "admin", None), ("grace", "rule-owner", "sport"), ("nell", "editor", "news"), ("viola", "reader", None))
        for name, role, desk in people:
            create_user(session, name, PASSWORD, room.now, role=role, desk=desk)
            record(session, "ada", "user-added", {"name": name, "role": role}, room.now)
    for week in range(WEEKS):
        for _ in range(chance.randint(14, 24) - (8 if week in (4, 9) else 0)):
            _story(room, chance, now - timedelta(weeks=WEEKS - 1 - week, hours=chance.randint(3, 160)))
    room.now = now
    with database.begin() as session:
        precision.demote(session, now)
        routing.add_route(session, "Sport", section="Sport")
        routing.add_route(session, "Business", source="agency", section="Business")
    _house_rule(room)
    _settings(room)
    return room


def _story(room: Newsroom, chance: random.Random, at: datetime) -> None:
    room.now, (section, source) = at, chance.choice(SECTIONS)
    often = [fault[3] for fault in FAULTS]
    faults = list(dict.fromkeys(chance.choices(FAULTS, often, k=chance.choice((0, 1, 1, 2, 2, 3)))))
    story, place = f"story-{room.sent}", chance.choice(PLACES)
    unique = "It is a very unique building, the guide says. " if chance.random() < 0.2 else ""
    head = f"<h1>{place[0].upper()}{place[1:]} {chance.choice(DOINGS)}</h1><p class='byline'>By Nell Ashworth</p>"
    body = (
        f"<p>{place[0].upper()}{place[1:]} was in the news on day {room.sent}, the council said.</p><p>{unique}It meets soon.</p>"
    )
    about = {"section": section, "published_at": at.isoformat(), "byline": "Nell Ashworth"}
    number = room.publish(
        story, f"<article>{head}{body}{''.join(fault[0] for fault in faults)}</article>", source=source, **about
    )
    kept = [fault for fault in faults if not _mend(room, chance, number, fault[1], fault[2])]
    if len(kept) < len(faults):
        room.now += timedelta(minutes=chance.choice((4, 9, 25, 50, 130, 200, 900, 2_000, 9_000)))
        html = f"<article>{head}{body}{''.join(fault[0] for fault in kept)}</article>"
        room.publish(story, html, source=source, revision="2", **about)


def _mend(room: Newsroom, chance: random.Random, article: int, rule: str, right: float) -> bool:
    """What the desk does about a fault: whether it is mended; else it is a false alarm, stands, or waits."""
    if chance.random() > right:
        room.judge(article, rule, Decision("false-alarm"), chance.choice(("grace", "nell")))
        return False
    if chance.random() < 0.08:
        room.judge(article, rule, Decision("stet", reason="wont-fix"), chance.choice(("grace", "nell")))
        return False
    return chance.random() < 0.85


def _house_rule(room: Newsroom) -> None:
    with room.database.begin() as session:
        number = house_rules.save(session, UNIQUE, author="nell", reason="It came up three times in October.", now=room.now)
        trial = trials.start(session, UNIQUE.slug, number, 90, author="nell", sources=(), now=room.now)
    while Trying(room.database, lambda: room.now).step(trial):
        pass
    with room.database.begin() as session:
        house_rules.publish(session, UNIQUE.slug, number, by="grace", now=room.now)


def _settings(room: Newsroom) -> None:
    with room.database.begin() as session:
        given = {"author": "grace", "now": room.now}
        rulebook.set_rule(session, "newsletter-promo", "agency", "off", None, reason="The agency’s box is wanted.", **given)
        rulebook.set_rule(session, "repeated-word", "", "usual", "note", reason="Poems on Sundays.", **given)
        ada = session.scalars(select(User).where(User.name == "ada")).one()
        wish = subscriptions.Wish("mail", "ada@daily.example", rhythm="digest", hour=7, zone="Europe/London", least="error")
        subscriptions.subscribe(session, ada.id, wish, room.now)
