"""Who is bound to desks sees those desks' stories: every page, count and message, by HTTP."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports import sight, subscriptions
from reports.accounts import create_user
from reports.models import Batch, Job, Notice, Trial, User
from reports.subscriptions import Wish
from tests.service.conftest import NOW, PASSWORD
from tests.service.test_desk import CLEAN, SEED, form_token, sign_in
from tests.service.test_triage import WIDGET, desk, finding, judge, tabs  # noqa: F401 - fixtures too

SPORT = CLEAN.replace("Ferry", "Trophy") + '<div class="error"><p>This video is not available.</p></div>'


@pytest.fixture
def stories(publish):
    """One story of the news desk, three of sport with a fault they share, one of no desk."""
    news = publish(SEED, external_id="news", desk="news", section="World")
    sport = [publish(SPORT, external_id=f"s-{n}", desk="sport", section="Sport") for n in range(3)]
    return {"news": news, "sport": sport, "none": publish(SEED, external_id="none")}


@pytest.fixture
def grace(web):
    """An editor who sees sport only."""
    with web.database.begin() as session:
        user = create_user(session, "grace", PASSWORD, NOW)
        sight.bind(session, user.id, ["sport"])
    client = web.app.test_client()
    sign_in(client, "grace")
    return client


def shown(page):
    return set(map(int, re.findall(r'id="story-(\d+)"', page.text)))


def test_the_queue_its_counts_and_its_arrivals(desk, grace, stories, web):  # noqa: F811
    assert shown(desk.get("/")) == {stories["news"], *stories["sport"], stories["none"]}
    page = grace.get("/")
    assert shown(page) == {*stories["sport"], stories["none"]}
    assert tabs(page)["new"] == "4"
    assert shown(grace.get("/?desk=news")) == set()
    assert shown(grace.get("/?q=xi")) == {stories["none"]}
    since = (NOW - timedelta(hours=1)).isoformat().replace("+", "%2B")
    assert "4 new" in grace.get(f"/arrivals?since={since}").text
    assert "5 new" in desk.get(f"/arrivals?since={since}").text


@pytest.mark.parametrize("page", ["", "/source", "/preview", "/fix", "/news"])
def test_a_story_of_another_desk_is_not_there(grace, stories, page):
    answer = grace.get(f"/articles/{stories['news']}{page}")
    assert answer.status_code == 404
    assert "Xi" not in answer.text
    for seen in (stories["sport"][0], stories["none"]):
        assert grace.get(f"/articles/{seen}{page}").status_code in (200, 204)


def test_nothing_of_another_desk_can_be_judged(grace, stories, finding):  # noqa: F811
    assert judge(grace, finding(stories["news"]), "false-alarm").status_code == 404
    assert finding(stories["news"]).state == "open"
    page = grace.get(f"/bulk?article={stories['news']}&article={stories['none']}")
    assert "in 1 story" in page.text


def test_what_is_handed_over_brings_its_story(desk, grace, stories, finding):  # noqa: F811
    judge(desk, finding(stories["news"]), "assign", to="desk:sport")
    assert grace.get(f"/articles/{stories['news']}").status_code == 200
    assert judge(grace, finding(stories["news"]), "false-alarm").status_code == 303
    assert grace.get(f"/articles/{stories['news']}").status_code == 200  # and stays, to be undone


def test_incidents_are_of_the_stories_that_are_seen(desk, grace, publish, stories):  # noqa: F811
    for number in range(3):
        publish(SPORT, external_id=f"n-{number}", desk="news", section="World")
    assert '<span class="big">6</span>' in desk.get("/?tab=spreading").text
    page = grace.get("/?tab=spreading")
    assert '<span class="big">3</span>' in page.text
    assert "all in Sport" in page.text
    assert "World" not in re.sub(r"<select.*?</select>", "", page.text)


def test_numbers_and_their_exports(desk, grace, stories):  # noqa: F811
    assert "World" in desk.get("/numbers/sections.csv").text
    assert "World" not in grace.get("/numbers/sections.csv").text
    assert "Sport" in grace.get("/numbers/sections.csv").text


def test_what_was_done_to_other_desks_stories_is_not_told_nor_undone(web, desk, grace, stories, finding):  # noqa: F811
    judge(desk, finding(stories["news"]), "false-alarm")
    judge(desk, finding(stories["sport"][0], WIDGET), "false-alarm")
    with web.database.begin() as session:
        hidden, seen = session.scalars(select(Batch.id).order_by(Batch.id)).all()
    page = grace.get("/undo?who=all")
    assert f"/undo/{seen}" in page.text
    assert f"/undo/{hidden}" not in page.text
    assert grace.post(f"/undo/{hidden}", data={"csrf_token": form_token(page)}).status_code == 404
    assert finding(stories["news"]).state == "false-alarm"


def test_jobs_that_were_set_aside(web, desk, grace, stories):  # noqa: F811
    with web.database.begin() as session:
        job = session.scalars(select(Job).where(Job.article_id == stories["news"])).one()
        job.state, job.error = "poisoned", "It was too much."
        number = job.id
    assert "It was too much." in desk.get("/jobs/").text
    page = grace.get("/jobs/")
    assert "It was too much." not in page.text
    token = form_token(grace.get("/"))
    assert grace.post(f"/jobs/{number}/retry", data={"csrf_token": token}).status_code == 404


def test_samples_of_a_trial(web, desk, grace, stories):  # noqa: F811
    row = {"prefix": "", "text": "Oops", "suffix": "", "severity": "error", "source": "northgate"}
    rows = [row | {"article": stories[name], "headline": f"Story of {name}"} for name in ("news", "none")]
    with web.database.begin() as session:
        trial = Trial(rule=WIDGET, version=1, since=NOW, state="done", total=2, read=2, found=2, flagged=2,
                      samples={"rows": rows, "sources": []}, author="ada", started_at=NOW)  # fmt: skip
        session.add(trial)
    assert "Story of news" in desk.get("/rules/trials/1").text
    assert "Story of news" not in grace.get("/rules/trials/1").text
    assert "Story of none" in grace.get("/rules/trials/1").text


def test_messages_tell_of_what_is_seen(web, grace, publish):
    with web.database.begin() as session:
        user = session.scalars(select(User).where(User.name == "grace")).one()
        subscriptions.subscribe(session, user.id, Wish("mail", "grace@example.com", "at-once", 7, "UTC", "note", None), NOW)
    publish(SPORT, external_id="n", desk="news")
    publish(SPORT, external_id="s", desk="sport")
    with web.database.begin() as session:
        assert len(session.scalars(select(Notice)).all()) == 1


def test_an_admin_says_which_desks_somebody_sees(web, grace, stories):
    with web.database.begin() as session:
        create_user(session, "root", PASSWORD, NOW, role="admin")
        number = session.scalars(select(User.id).where(User.name == "grace")).one()
    admin = web.app.test_client()
    sign_in(admin, "root")
    page = admin.get(f"/people/{number}")
    assert 'value="sport"' in page.text
    form = {"csrf_token": form_token(page), "role": "editor", "desk": "", "email": "", "sees": "news, world"}
    assert admin.post(f"/people/{number}", data=form).status_code == 303
    assert grace.get(f"/articles/{stories['news']}").status_code == 200
    assert grace.get(f"/articles/{stories['sport'][0]}").status_code == 404
    admin.post(f"/people/{number}", data=form | {"sees": ""})
    assert grace.get(f"/articles/{stories['sport'][0]}").status_code == 200
    assert "news" in admin.get("/people/audit?action=user-changed").text
