"""Judging on the desk, through Flask's own client: every act as a plain form, so that it works where no script runs."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

import service
from reports.accounts import create_user
from reports.models import Audit, Finding
from tests.service.conftest import NOW, PASSWORD
from tests.service.test_desk import CLEAN, SEED, form_token, sign_in
from workers.relay import ring_due

WIDGET = "widget-error-text"
SPREAD = Path(service.__file__).parent / "samples"


@pytest.fixture
def desk(web, editor):
    client = web.app.test_client()
    assert sign_in(client).status_code == 303
    return client


@pytest.fixture
def grace(web):
    with web.database.begin() as session:
        create_user(session, "grace", PASSWORD, NOW)
    client = web.app.test_client()
    sign_in(client, "grace")
    return client


@pytest.fixture
def viewer(web):
    with web.database.begin() as session:
        create_user(session, "viola", PASSWORD, NOW, role="viewer")
    client = web.app.test_client()
    sign_in(client, "viola")
    return client


@pytest.fixture
def finding(web):
    def read(article, rule=WIDGET):
        with web.database.begin() as session:
            return session.scalars(select(Finding).where(Finding.article_id == article, Finding.rule == rule)).one()

    return read


def judge(client, finding, say, *, live=False, serial=None, **more):
    page = client.get("/")
    form = {"csrf_token": form_token(page), "seen": f"{finding.id}:{serial or finding.serial}", "say": say, "number": 3} | more
    headers = {"HX-Request": "true"} if live else {}
    return client.post(f"/articles/{finding.article_id}/verdict", data=form, headers=headers)


def undo(client, page):
    path = re.search(r'action="(/undo/\d+)"', page.text)[1]
    return client.post(path, data={"csrf_token": form_token(page)})


def tabs(page):
    return dict(re.findall(r'tab=(\w+)[^"]*"(?: aria-current="page")?>[\w ]+ <span class="n">(\d+)</span>', page.text))


def count_spreading(desk, page):
    """What the page asks for when it is there."""
    return desk.get(unescape(re.search(r'hx-get="(/spreading[^"]*)"', page.text)[1])).text


# one finding


def test_a_stet_leaves_the_page_and_can_be_undone(desk, publish, finding):
    article = publish(SEED)
    answer = judge(desk, finding(article), "stet:house-style")
    assert answer.status_code == 303
    page = desk.get(answer.location)
    assert "<strong>Let stand</strong> (house style)" in page.text
    assert page.text.count('class="finding ') == 5
    assert "Open again" in page.text
    again = undo(desk, page)
    assert finding(article).state == "open"
    assert "Taken back." in desk.get(again.location).text


@pytest.mark.parametrize(
    ("say", "more", "state"),
    [
        ("stet:quoting", {}, "stands"),
        ("stet:wont-fix", {"scope": "article"}, "stands"),
        ("stet:wont-fix", {"scope": "phrase"}, "stands"),
        ("stet:correct-as-is", {"scope": "until", "until": "2026-12-24"}, "stands"),
        ("false-alarm", {}, "false-alarm"),
        ("assign", {"to": "person:ada"}, "open"),
        ("assign", {"to": "desk:sport"}, "open"),
        ("note", {"note": "Ask the harbour board."}, "open"),
    ],
)
@pytest.mark.parametrize("live", [False, True])
def test_every_verdict_both_ways(desk, publish, finding, say, more, state, live):
    article = publish(SEED)
    answer = judge(desk, finding(article), say, live=live, **more)
    assert answer.status_code in (200, 204, 303)
    judged = finding(article)
    assert judged.state == state
    if say == "note":
        assert judged.note == "Ask the harbour board."
    if "to" in more:
        assert (judged.assignee or judged.desk) == more["to"].partition(":")[2]
    if more.get("scope") == "until":
        assert f"{judged.snoozed_until:%Y-%m-%d}" == "2026-12-24"
    if answer.status_code == 200:
        assert 'id="finding-3"' in answer.text
        assert 'id="toast" role="status" hx-swap-oob="true"' in answer.text


@pytest.mark.parametrize(
    ("say", "more", "says"),
    [
        ("stet", {}, "takes a reason"),
        ("stet:because", {}, "takes a reason"),
        ("", {}, "no verdict"),
        ("stet:quoting", {"scope": "until"}, "Until when?"),
        ("stet:quoting", {"scope": "until", "until": "2020-01-01"}, "still to come"),
        ("stet:quoting", {"scope": "until", "until": "soon"}, "is no date"),
        ("note", {"note": "x" * 3000}, "at most"),
        ("assign", {"to": "person:nobody"}, "nobody called"),
    ],
)
def test_what_says_too_little_is_told_and_nothing_is_done(desk, publish, finding, say, more, says):
    article = publish(SEED)
    answer = judge(desk, finding(article), say, **more)
    assert answer.status_code == 400
    assert says in answer.text
    live = judge(desk, finding(article), say, live=True, **more)
    assert live.headers["HX-Retarget"] == "#toast"
    assert finding(article).state == "open"


@pytest.mark.parametrize("seen", ["", "1", "x:y", "1:99999999999", "777:1"])
def test_a_form_about_no_finding(desk, publish, seen):
    article = publish(SEED)
    form = {"csrf_token": form_token(desk.get("/")), "seen": seen, "say": "false-alarm"}
    assert desk.post(f"/articles/{article}/verdict", data=form).status_code in (400, 404)


def test_a_finding_of_another_story_is_not_judged_by_this_ones_address(desk, publish, finding):
    here, there = publish(SEED, external_id="a"), publish(SEED, external_id="b")
    form = {"csrf_token": form_token(desk.get("/")), "seen": f"{finding(there).id}:1", "say": "false-alarm"}
    assert desk.post(f"/articles/{here}/verdict", data=form).status_code == 404
    assert finding(there).state == "open"


def test_the_way_back_stays_on_this_desk(desk, publish):
    publish(SEED)
    for back in ("//evil.example", "/\\evil.example", "https://evil.example"):
        assert "evil" not in re.findall(r'class="back"><a href="([^"]*)"', desk.get("/bulk", query_string={"back": back}).text)[0]


def test_two_editors_at_once(desk, grace, publish, finding):
    article = publish(SEED)
    seen = finding(article)
    judge(desk, seen, "stet:house-style")
    answer = judge(grace, seen, "false-alarm")
    assert answer.status_code == 409
    assert "ada let it stand" in answer.text
    assert finding(article).state == "stands"
    live = judge(grace, seen, "false-alarm", live=True)
    assert live.status_code == 200
    assert "before you" in live.text
    assert "is kept in the timeline" in live.text
    serial = re.search(rf'name="seen" value="{seen.id}:(\d+)"', answer.text)[1]
    judge(grace, seen, "false-alarm", serial=serial)
    assert finding(article).state == "false-alarm"
    timeline = desk.get(f"/articles/{article}").text
    assert "judged second, not applied" in timeline
    assert "called a false alarm" in timeline


def test_who_looks_on_judges_nothing_and_that_is_written_down(web, viewer, publish, finding):
    article = publish(SEED)
    page = viewer.get(f"/articles/{article}")
    assert "False alarm" not in page.text
    assert judge(viewer, finding(article), "false-alarm").status_code == 403
    assert viewer.get("/bulk").status_code == 403
    with web.database.begin() as session:
        assert session.scalars(select(Audit.action)).all().count("refused") == 2
    assert finding(article).state == "open"


def test_a_verdict_is_no_get_and_needs_its_token(desk, publish, finding):
    article = publish(SEED)
    assert desk.get(f"/articles/{article}/verdict").status_code == 405
    form = {"seen": f"{finding(article).id}:1", "say": "false-alarm"}
    assert desk.post(f"/articles/{article}/verdict", data=form).status_code == 400
    assert desk.post("/undo/1").status_code == 400
    assert finding(article).state == "open"


def test_undoing_what_is_not_there(desk):
    answer = desk.post("/undo/7", data={"csrf_token": form_token(desk.get("/"))})
    assert answer.status_code == 404


def test_a_note_is_text(desk, publish, finding):
    article = publish(SEED)
    judge(desk, finding(article), "note", note="<script>alert(1)</script>{{7*7}}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in desk.get(f"/articles/{article}").text


# the queue


def test_the_tabs_count_what_is_in_them(web, desk, publish, finding, read_all):
    back = publish(SEED, external_id="back", revision="1")
    publish(CLEAN, external_id="back", revision="2")
    publish(SEED, external_id="back", revision="3")
    snoozed = publish(CLEAN + "<p>More to follow.</p>", external_id="time", published_at=NOW.isoformat())
    web.now += timedelta(days=1)
    ring_due(web.database, web.ring, web.now)
    read_all()
    sign_in(desk)
    counts = tabs(desk.get("/"))
    assert {name: counts[name] for name in ("back", "timed", "snoozed", "done")} == {
        "back": "1", "timed": "1", "snoozed": "0", "done": "0"
    }  # fmt: skip
    assert "Xi and Putin" in desk.get("/?tab=back").text
    assert "Ferry adds" in desk.get("/?tab=timed").text
    judge(desk, finding(snoozed, "stale-note"), "stet:wont-fix", scope="until", until="2026-12-24")
    counts = tabs(desk.get("/"))
    assert (counts["timed"], counts["snoozed"]) == ("0", "1")
    assert "until 24 Dec" in desk.get("/?tab=snoozed").text
    assert finding(back).state == "reopened"


def test_what_is_judged_whole_is_done(desk, publish):
    publish(CLEAN + "<p>Sign up for our newsletter</p>", external_id="x")
    assert tabs(desk.get("/"))["done"] == "0"
    page = desk.get("/bulk")
    desk.post("/bulk", data={"csrf_token": form_token(page), "say": "false-alarm", "stamp": stamp(page)})
    assert tabs(desk.get("/"))["done"] == "1"
    assert "Ferry adds" in desk.get("/?tab=done").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?section=Sport", ["Ferry"]),
        ("?section=News", ["Xi"]),
        ("?desk=sport", ["Ferry"]),
        ("?byline=Ann+Field", ["Ferry"]),
        ("?source=northgate", ["Xi", "Ferry"]),
        ("?source=elsewhere", []),
        ("?rule=widget-error-text", ["Xi"]),
        ("?severity=error", ["Xi"]),
        ("?time=hour", ["Xi", "Ferry"]),
        ("?q=ferry", ["Ferry"]),
        ("?q=FERRY+adds", ["Ferry"]),
        ("?q=rule:newsletter-promo", ["Ferry"]),
        ("?q=is:error", ["Xi"]),
        ("?q=text:%22went+wrong%22", ["Xi"]),
        ("?q=text:100%25", []),
        ("?q=is:mine", []),
        ("?q=is:unassigned", ["Xi", "Ferry"]),
        ("?q=source:northgate+is:warning+sunday", ["Ferry"]),
        ("?q=is:false-alarm", []),
        ("?tab=nonsense", ["Xi", "Ferry"]),
    ],
)
def test_filters_and_search(desk, publish, query, found):
    publish(SEED, external_id="xi", section="News")
    publish(CLEAN + "<p>Sign up for our newsletter</p>", external_id="ferry", section="Sport", desk="sport", byline="Ann Field")
    page = desk.get(f"/{query}")
    assert page.status_code == 200
    titles = re.findall(r'data-key="o">(\w+)', page.text)
    assert sorted(titles) == sorted(found)
    if not found:
        assert "Nothing here fits" in page.text


@pytest.mark.parametrize(("query", "says"), [("is:brilliant", "is:brilliant is not known"), ("colour:red", "colour: is no key")])
def test_a_search_that_cannot_be_understood_says_so(desk, publish, query, says):
    publish(SEED)
    page = desk.get(f"/?q={query}")
    assert page.status_code == 200
    assert says in page.text


@pytest.mark.parametrize(
    "query", ["?q=%00", "?q='", '?q="', "?q=%25", "?article=x", "?fault=1.2.3", "?severity=loud", "?byline=" + "x" * 900]
)
def test_whatever_the_address_says_there_is_a_page(desk, publish, query):
    publish(SEED)
    assert desk.get(f"/{query}").status_code == 200
    assert desk.get(f"/bulk{query}").status_code == 200


def test_new_arrivals_are_announced(web, desk, publish):
    publish(SEED, external_id="a")
    page = desk.get("/").text
    poll = re.search(r'hx-get="(/arrivals[^"]+)"', page)[1].replace("&amp;", "&")
    assert desk.get(poll).text.strip() == ""
    web.now += timedelta(seconds=2)
    publish(SEED, external_id="b")
    assert "1 new: show" in desk.get(poll).text


def test_saved_views(desk, publish, grace):
    publish(SEED, section="News")
    page = desk.get("/?section=News")
    form = {"csrf_token": form_token(page), "name": "News tonight", "query": "section=News"}
    assert desk.post("/views", data=form).location == "/?section=News"
    page = desk.get("/")
    assert '<a href="/?section=News">News tonight</a>' in page.text
    assert "News tonight" not in grace.get("/").text
    number = re.search(r"/views/(\d+)/drop", page.text)[1]
    grace.post(f"/views/{number}/drop", data={"csrf_token": form_token(grace.get("/"))})
    assert "News tonight" in desk.get("/").text
    desk.post(f"/views/{number}/drop", data={"csrf_token": form_token(page)})
    assert "News tonight" not in desk.get("/").text
    assert desk.post("/views", data=form | {"name": " "}).status_code == 400


# many at once


def stamp(page):
    return re.search(r'name="stamp" value="(\w+)"', page.text)[1]


def test_a_filter_is_counted_judged_and_taken_back_at_once(desk, publish, finding):
    articles = [publish(SEED, external_id=f"a-{number}") for number in range(4)]
    page = desk.get("/bulk?rule=widget-error-text")
    assert "4 open findings in 4 stories" in page.text
    assert "4 errors</span></p>" in page.text
    assert '4 <span class="rule">widget-error-text</span>.' in page.text
    assert '4 <span class="rule">widget-error-text</span>, 4 <span class="rule">' in desk.get("/bulk").text
    form = {"csrf_token": form_token(page), "say": "stet:house-style", "stamp": stamp(page), "back": "/"}
    answer = desk.post("/bulk?rule=widget-error-text", data=form)
    assert {finding(article).state for article in articles} == {"stands"}
    assert finding(articles[0], "related-links").state == "open"
    after = desk.get(answer.location)
    assert "4 findings in 4 stories" in after.text
    undo(desk, after)
    assert {finding(article).state for article in articles} == {"open"}


def test_a_selection(desk, publish, finding):
    first, second = publish(SEED, external_id="a"), publish(SEED, external_id="b")
    page = desk.get(f"/bulk?article={second}&action=false-alarm")
    assert "6 open findings in 1 story" in page.text
    form = {"csrf_token": form_token(page), "say": "false-alarm", "stamp": stamp(page)}
    desk.post(f"/bulk?article={second}", data=form)
    assert (finding(first).state, finding(second).state) == ("open", "false-alarm")


def test_what_was_counted_is_what_is_judged(desk, publish, finding):
    first = publish(SEED, external_id="a")
    page = desk.get("/bulk?rule=widget-error-text")
    publish(SEED, external_id="b")
    form = {"csrf_token": form_token(page), "say": "false-alarm", "stamp": stamp(page)}
    answer = desk.post("/bulk?rule=widget-error-text", data=form)
    assert answer.status_code == 409
    assert "Something changed since you looked" in answer.text
    assert "2 open findings in 2 stories" in answer.text
    assert finding(first).state == "open"


def test_other_texts_at_one_place_of_the_page_are_one_row_too(desk, publish):
    for number in range(5):
        text = f"Oops! Something went wrong. Please try again in {number + 2} minutes."
        publish(f'{CLEAN}<div class="video error">{text}</div>', external_id=f"p-{number}")
    page = desk.get("/?tab=spreading").text
    assert page.count('class="item incident') == 1
    assert "and 4 other texts at the same place of the page" in page
    bulk = desk.get(unescape(re.search(r'data-key="s" href="([^"]+)"', page)[1]))
    assert "5 open findings in 5 stories" in bulk.text
    assert "at the same place of the page, whatever the text" in bulk.text
    stories = desk.get(unescape(re.search(r'<h2><a href="([^"]+)" data-key="o"', page)[1])).text
    assert stories.count('id="story-') == 5


def test_an_incident_is_one_row_and_closes_when_it_stops(desk, publish, finding):
    articles = [publish(SEED, external_id=f"a-{number}", section="Sport") for number in range(3)]
    page = desk.get("/?tab=spreading")
    assert tabs(page)["spreading"] == "6"
    assert '<span class="big">3</span>' in page.text
    assert "all in Sport" in page.text
    link = next(text for text in re.findall(r'href="(/bulk\?[^"]+)"', page.text) if WIDGET in text).replace("&amp;", "&")
    sheet = desk.get(link)
    assert "3 open findings in 3 stories" in sheet.text
    form = {"csrf_token": form_token(sheet), "say": "stet:house-style", "scope": "phrase", "stamp": stamp(sheet)}
    desk.post(re.search(r'action="(/bulk[^"]+)"', sheet.text)[1].replace("&amp;", "&"), data=form)
    assert {finding(article).state for article in articles} == {"stands"}
    assert tabs(desk.get("/?tab=spreading"))["spreading"] == "5"
    assert finding(publish(SEED, external_id="later")).state == "stands"


def test_two_of_a_kind_are_no_incident(desk, publish):
    for number in range(2):
        publish(SEED, external_id=f"a-{number}")
    page = desk.get("/?tab=spreading")
    assert tabs(page)["spreading"] == "0"
    assert "Nothing is spreading" in page.text
    assert count_spreading(desk, desk.get("/")) == "0"


def test_a_page_of_stories_asks_how_many_faults_spread_when_it_is_there(desk, publish):
    for number in range(3):
        publish(SEED, external_id=f"a-{number}", section="Sport")
    page = desk.get("/?severity=error")
    assert "spreading" not in tabs(page)
    told = count_spreading(desk, page)
    spreading = unescape(re.search(r'<a href="([^"]+)">1 fault is spreading: see it as one</a>', told)[1])
    assert told.partition("<")[0] == tabs(desk.get(spreading))["spreading"] == "1"
    assert "6 faults are spreading: see each as one" in count_spreading(desk, desk.get("/"))
    assert count_spreading(desk, desk.get("/?section=Culture")) == "0"
    assert count_spreading(desk, desk.get("/?tab=done")) == "6"  # the caption says it on the first tab alone


# other ways to look at a story


def test_the_source_shows_the_same_marks(desk, publish):
    page = desk.get(f"/articles/{publish(SEED)}/source").text
    assert page.count('class="finding ') == 6
    assert "&lt;h1" in page
    assert re.search(r"<mark[^>]*>[^<]*Something went wrong", page)


def test_the_preview_can_do_nothing(desk, publish):
    hostile = (
        '<script>alert(1)</script><img src="https://evil.example/x.gif"><p style="x" onclick="alert(1)">Fine</p><style>p</style>'
    )
    answer = desk.get(f"/articles/{publish(SEED + hostile)}/preview")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox;")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<p>Fine</p>" in answer.text
    for word in ("script", "<img", "style", "onclick", "evil"):
        assert word not in answer.text


def test_a_story_that_was_not_read_whole_has_no_preview(desk, publish):
    article = publish("<div>" * 300 + "deep" + SEED)
    assert "no preview" in desk.get(f"/articles/{article}/preview").text
    assert desk.get(f"/articles/{article}/source").status_code == 200


def test_the_fixes_as_a_difference_and_the_whole_to_copy(desk, publish):
    article = publish(SEED)
    page = desk.get(f"/articles/{article}/fix").text
    assert "Copy cleaned HTML" in page
    assert 'class="minus"' in page
    whole = desk.get(f"/articles/{article}/fix?as=html")
    assert whole.content_type == "text/plain; charset=utf-8"
    assert "Something went wrong" in SEED
    assert "Something went wrong" not in whole.text
    assert "Xi Jinping" in whole.text


def test_what_was_let_stand_is_not_fixed(desk, publish, finding):
    article = publish(SEED)
    judge(desk, finding(article), "stet:house-style")
    assert "Something went wrong" in desk.get(f"/articles/{article}/fix?as=html").text


def test_the_timeline_tells_what_came_and_went(web, desk, publish):
    article = publish(SEED, revision="1")
    web.now += timedelta(hours=1)
    publish(CLEAN, revision="2")
    web.now += timedelta(hours=1)
    publish(SEED, revision="3")
    page = desk.get(f"/articles/{article}").text
    words = re.findall(r'<li class="([\w-]+)"><b>[\w ]+</b> An error message', page)
    assert words == ["came-back", "fixed", "appeared"]


def test_news_of_a_story_are_announced(web, desk, grace, publish, finding):
    article = publish(SEED, revision="1")
    poll = unescape(re.search(r'hx-get="(/articles/\d+/news[^"]+)"', desk.get(f"/articles/{article}").text)[1])
    assert desk.get(poll).text.strip() == ""
    judge(desk, finding(article, "stale-note"), "false-alarm")
    assert desk.get(poll).text.strip() == ""  # one's own doing is no news
    judge(grace, finding(article), "false-alarm")
    assert "grace changed something here: show" in desk.get(poll).text
    assert "data-takes-in" not in desk.get(poll).text
    web.now += timedelta(hours=1)
    publish(CLEAN, revision="2")
    assert "data-takes-in" in desk.get(poll).text


@pytest.mark.parametrize("path", ["source", "preview", "fix", "news"])
def test_pages_of_a_story_that_is_not_there(desk, path):
    assert desk.get(f"/articles/99/{path}").status_code == (204 if path == "news" else 404)


def test_the_undo_page_lists_what_was_done(desk, grace, publish, finding):
    article = publish(SEED)
    judge(desk, finding(article), "stet:house-style")
    assert "An error message of a page widget" in desk.get("/undo").text
    assert "Nothing yet" in grace.get("/undo").text
    page = grace.get("/undo?who=all")
    assert "ada" in page.text
    undo(grace, page)
    assert "taken back by grace" in desk.get("/undo").text
    assert finding(article).state == "open"


def test_undo_tells_what_it_leaves(desk, grace, publish, finding):
    article = publish(SEED)
    judge(desk, finding(article), "stet:house-style")
    judge(grace, finding(article), "false-alarm")
    answer = undo(desk, desk.get("/undo"))
    assert "0 taken back, 1 left" in answer.text
    assert finding(article).state == "false-alarm"


def test_a_sign_in_that_is_over_is_told_to_a_live_page(web):
    answer = web.client.get("/arrivals", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")
