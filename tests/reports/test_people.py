"""Sign-ins, people from a provider, routes and the outbox, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from reports import accounts, facets, routing, signins, subscriptions
from reports.errors import BadRouteError, BadSubscriptionError, LastAdminError, UnknownError
from reports.models import Article, Finding, Notice
from reports.routing import Story
from reports.sources import create_source
from reports.subscriptions import Wish
from tests.conftest import NOW
from tests.reports.made import JUNK, deliver
from workers.linting import Linting

PASSWORD = "a proof read twice"
MAIL = Wish("mail", "ada@news.example", least="note")


@pytest.fixture
def ada(database):
    with database.begin() as session:
        return accounts.create_user(session, "ada", PASSWORD, NOW, role="admin")


@pytest.fixture
def publish(database):
    with database.begin() as session:
        source = create_source(session, "daily", NOW, desk="news")

    def send(number="1", html=JUNK, story="story-1"):
        with database.begin() as session:
            job = deliver(session, source, number, html, now=NOW, external_id=story, revision=number).job_id
        return Linting(database, lambda: NOW, timedelta(seconds=60)).run(job)

    return send


def waiting(database):
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Notice).where(Notice.state == "waiting"))


# sign-ins


def test_a_sign_in_holds_until_it_is_ended(database, ada):
    with database.begin() as session:
        secret = signins.start(session, ada, "password", NOW, address="192.0.2.1", agent="A\0B" * 200)
        assert signins.find(session, secret + "x", NOW) is None
        user, found = signins.find(session, secret, NOW)
        assert (user.name, found.address, len(found.agent)) == ("ada", "192.0.2.1", 133)
        assert secret not in found.hash
        with pytest.raises(UnknownError):
            signins.end(session, found.id, NOW, user_id=ada.id + 1)
        signins.end(session, found.id, NOW, user_id=ada.id)
        assert signins.find(session, secret, NOW) is None


@pytest.mark.parametrize(("after", "holds"), [(signins.IDLE, True), (signins.IDLE + timedelta(seconds=1), False)])
def test_a_sign_in_ends_by_itself_when_nobody_comes(database, ada, after, holds):
    with database.begin() as session:
        secret = signins.start(session, ada, "password", NOW, address=None, agent="")
        assert (signins.find(session, secret, NOW + after) is not None) is holds
        assert len(signins.open_sign_ins(session, NOW + after)) == holds


def test_what_ended_long_ago_is_forgotten(database, ada):
    with database.begin() as session:
        signins.start(session, ada, "password", NOW, address=None, agent="")
        signins.start(session, ada, "password", NOW + signins.KEPT + timedelta(days=1), address=None, agent="")
        assert len(signins.open_sign_ins(session, NOW)) == 1


# people


def test_two_who_come_from_the_provider_at_once_are_told_apart_by_their_subject(database, ada):
    with database.begin() as session:
        one = accounts.meet_from_provider(session, "https://id.example", "1", "ada", None, NOW)
        two = accounts.meet_from_provider(session, "https://id.example", "2", "ada", None, NOW)
        again = accounts.meet_from_provider(session, "https://id.example", "1", "somebody", None, NOW)
        other = accounts.meet_from_provider(session, "https://other.example", "1", " \n", None, NOW)
        assert [user.name for user in (one, two, again, other)] == ["ada-2", "ada-3", "ada-2", "somebody"]
        assert {user.role for user in (one, two, other)} == {"reader"}


def test_there_is_always_an_admin(database, ada):
    with database.begin() as session, pytest.raises(LastAdminError):
        accounts.let_go(session, ada.id, NOW)
    with database.begin() as session:
        accounts.create_user(session, "ruth", PASSWORD, NOW, role="admin")
        accounts.change_user(session, ada.id, role="editor", desk=None, email=None)
    with database.begin() as session, pytest.raises(UnknownError):
        accounts.change_user(session, ada.id, role="king", desk=None, email=None)


# routes


def test_the_first_route_that_fits_decides(database):
    with database.begin() as session:
        create_source(session, "daily", NOW, desk="news")
        create_source(session, "agency", NOW)
        routing.add_route(session, "Sport", section="sport")
        routing.add_route(session, "Wire", source="agency")
        routing.add_route(session, "Keane’s", byline="keane")
        where = {
            Story("daily", "Sport/Football"): "Sport",
            Story("daily", "sports-business"): "news",
            Story("agency", "Sport"): "Sport",
            Story("agency", None, "Maria Keane"): "Wire",
            Story("daily", None, "By MARIA KEANE"): "Keane’s",
            Story("daily"): "news",
        }
        assert {story: routing.desk_for(session, story) for story in where} == where
        assert routing.desk_for(session, Story("agency", "Sport"), own="Night") == "Night"
        routing.move_up(session, routing.list_routes(session)[1].id)
        assert routing.desk_for(session, Story("agency", "Sport")) == "Wire"
        with pytest.raises(BadRouteError):
            routing.add_route(session, "Sport")
        with pytest.raises(UnknownError):
            routing.remove_route(session, 4711)


# the outbox


def test_what_a_report_brings_is_told_once_to_those_who_want_it(database, ada, publish):
    with database.begin() as session:
        for wish in (MAIL, Wish("webhook", "https://hooks.example/x", least="error", desk="sport")):
            subscriptions.subscribe(session, ada.id, wish, NOW)
    publish()
    with database.begin() as session:
        found = session.scalar(select(func.count()).select_from(Finding))
        parcel = subscriptions.take_due(session, NOW)
        assert subscriptions.take_due(session, NOW) is None, "it is leased to the first"
        assert (parcel.channel, parcel.name, len(parcel.items)) == ("mail", "ada", found)
        assert parcel.items[0].rule
        subscriptions.sent(session, parcel, NOW)
    publish("2", JUNK + "<p>It rained again on the town.</p>")
    assert waiting(database) == 0, "what was there before is not told again"


def test_two_couriers_never_take_the_same_parcel(database, ada, publish):
    with database.begin() as session:
        subscriptions.subscribe(session, ada.id, MAIL, NOW)
    publish()

    def take(_):
        with database.begin() as session:
            return subscriptions.take_due(session, NOW)

    with ThreadPoolExecutor(4) as pool:
        taken = [parcel for parcel in pool.map(take, range(4)) if parcel]
    assert len(taken) == 1


def test_a_courier_that_comes_back_late_changes_nothing(database, ada, publish):
    with database.begin() as session:
        subscriptions.subscribe(session, ada.id, MAIL, NOW)
    publish()
    later = NOW + subscriptions.LEASE
    with database.begin() as session:
        late = subscriptions.take_due(session, NOW)
    with database.begin() as session:
        assert subscriptions.take_due(session, later).attempt == 2
    with database.begin() as session:
        subscriptions.failed(session, late, "no such address", later, permanent=True)
        subscriptions.sent(session, late, later)
    assert waiting(database) > 0


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(database, ada, publish):
    with database.begin() as session:
        subscriptions.subscribe(session, ada.id, MAIL, NOW)
    publish()
    now, tries = NOW, 0
    while waiting(database):
        with database.begin() as session:
            parcel = subscriptions.take_due(session, now)
            if parcel is None:
                now += timedelta(minutes=1)
                continue
            tries += 1
            assert subscriptions.failed(session, parcel, "busy", now, permanent=False) is (tries == subscriptions.MAX_ATTEMPTS)
    assert tries == subscriptions.MAX_ATTEMPTS
    assert now - NOW >= sum(subscriptions.PAUSES, timedelta())
    with database.begin() as session:
        assert set(session.scalars(select(Notice.error))) == {"busy"}


def test_what_will_never_be_taken_is_given_up_at_once(database, ada, publish):
    with database.begin() as session:
        subscriptions.subscribe(session, ada.id, MAIL, NOW)
    publish()
    with database.begin() as session:
        assert subscriptions.failed(session, subscriptions.take_due(session, NOW), "no such address", NOW, permanent=True)
    assert waiting(database) == 0


def test_who_left_and_who_unsubscribed_is_told_nothing(database, ada, publish):
    with database.begin() as session:
        ruth = accounts.create_user(session, "ruth", PASSWORD, NOW)
        subscriptions.subscribe(session, ruth.id, MAIL, NOW)
        made = subscriptions.subscribe(session, ada.id, MAIL, NOW)
        accounts.let_go(session, ruth.id, NOW)
    publish()
    with database.begin() as session:
        assert set(session.scalars(select(Notice.subscription_id))) == {made.id}
        with pytest.raises(UnknownError):
            subscriptions.unsubscribe(session, ruth.id, made.id)
        subscriptions.unsubscribe(session, ada.id, made.id)
    assert waiting(database) == 0


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("UTC", datetime(2026, 3, 5, 10, 0, tzinfo=UTC), datetime(2026, 3, 6, 7, 0, tzinfo=UTC)),
        ("UTC", datetime(2026, 3, 5, 6, 59, tzinfo=UTC), datetime(2026, 3, 5, 7, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 5, 10, 0, tzinfo=UTC), datetime(2026, 3, 6, 6, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 28, 10, 0, tzinfo=UTC), datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),  # clocks go forward
        ("America/New_York", datetime(2026, 3, 5, 10, 0, tzinfo=UTC), datetime(2026, 3, 5, 12, 0, tzinfo=UTC)),
    ],
)
def test_a_digest_comes_when_its_hour_strikes_where_its_person_is(zone, now, due):
    assert subscriptions.due_at("digest", 7, zone, now) == due
    assert subscriptions.due_at("at-once", 7, zone, now) == now


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"channel": "fax"}, "no channel"),
        ({"rhythm": "yearly"}, "no rhythm"),
        ({"least": "fatal"}, "no severity"),
        ({"hour": 24}, "0 to 23"),
        ({"zone": "Mars/Base"}, "no time zone"),
        ({"address": "ada"}, "no mail address"),
        ({"address": "ada@news.example\r\nBcc: all@news.example"}, "no mail address"),
        ({"address": "a@b.example, c@d.example"}, "no mail address"),
        ({"channel": "webhook", "address": "javascript:alert(1)"}, "https://"),
        ({"channel": "webhook", "address": "https://"}, "https://"),
        ({"channel": "webhook", "address": "https://name:secret@hooks.example/"}, "https://"),
        ({"channel": "webhook", "address": "https://hooks.example/a b"}, "https://"),
        ({"channel": "webhook", "address": "https://hooks.example:99999/"}, "https://"),
    ],
)
def test_a_wish_that_cannot_be_met_is_said(database, ada, changed, says):
    with database.begin() as session, pytest.raises(BadSubscriptionError, match=says):
        subscriptions.subscribe(session, ada.id, Wish(**({"channel": "mail", "address": "ada@news.example"} | changed)), NOW)


def test_the_desk_of_an_article_is_routed_when_it_is_read(database, publish):
    with database.begin() as session:
        routing.add_route(session, "Wire", source="daily")
    publish()
    with database.begin() as session:
        assert session.scalars(select(Article.desk)).one() == "Wire"


# what there is to choose from


def test_only_who_may_judge_and_has_not_left_is_offered_a_finding(database, ada):
    with database.begin() as session:
        accounts.create_user(session, "rae", PASSWORD, NOW, role="reader")
        accounts.create_user(session, "bo", PASSWORD, NOW)
        accounts.let_go(session, accounts.create_user(session, "cy", PASSWORD, NOW).id, NOW)
        assert facets.people(session) == ("ada", "bo")


def test_a_desk_is_whatever_names_one(database, publish):
    publish()
    with database.begin() as session:
        accounts.create_user(session, "bo", PASSWORD, NOW, desk="sport")
        routing.add_route(session, "night", section="late")
        session.scalars(select(Article)).one().desk = "culture"
        session.flush()
        assert facets.desks(session) == ("culture", "news", "night", "sport")
