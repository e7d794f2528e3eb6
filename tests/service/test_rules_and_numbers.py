"""Rules, house rules, trials and numbers through Flask's client, with reports that the real engine made."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from reports.accounts import create_user
from reports.models import Audit, Finding, HouseVersion, RuleSetting, Trial
from reports.verdicts import Decision, Seen, judge
from tests.service.conftest import NOW, PASSWORD
from tests.service.test_desk import form_token, sign_in
from workers.trying import Trying

WIDGET = "widget-error-text"
JUNK = '<p>Rain fell on the town.</p><div class="error">Oops! Something went wrong. Please try again later.</div>'
HOUSE = {
    "title": "“Very unique” says it twice",
    "why": "A thing is unique or it is not.",
    "phrases": "very unique\r\nmost uniq*\r\n",
    "exceptions": "the Very Unique Club",
    "replacement": "unique",
    "severity": "warning",
    "catches": "It is a very unique bridge.",
    "spares": "He joined the Very Unique Club.",
    "reason": "The stylebook says so.",
    "is_new": "yes",
}
SLUG = "house-very-unique-says-it-twice"


@pytest.fixture
def desk(web):
    with web.database.begin() as session:
        create_user(session, "ruth", PASSWORD, NOW, role="rule-owner")
    client = web.app.test_client()
    assert sign_in(client, "ruth").status_code == 303
    return client


@pytest.fixture
def work(web):
    """Works off every trial, as a worker does."""

    def run():
        with web.database.begin() as session:
            numbers = list(session.scalars(select(Trial.id).where(Trial.state == "running")))
        for number in numbers:
            while Trying(web.database, lambda: web.now).step(number):
                pass

    return run


def post(client, path, **fields):
    return client.post(path, data=fields | {"csrf_token": form_token(client.get("/you"))})


def rows(web, model):
    with web.database.begin() as session:
        return session.scalars(select(model).order_by(model.id)).all()


def judge_all(web, decision, count):
    with web.database.begin() as session:
        found = session.execute(select(Finding.id, Finding.serial).where(Finding.rule == WIDGET).limit(count)).all()
        judge(session, [Seen(*row) for row in found], decision, "ada", web.now)


# the catalogue


def test_the_catalogue_shows_every_rule_and_how_right_it_is(web, desk, publish):
    for number in range(4):
        publish(JUNK, external_id=str(number))
    judge_all(web, Decision("false-alarm"), 1)
    with web.database.begin() as session:
        found = session.execute(select(Finding.id, Finding.serial).where(Finding.rule == WIDGET, Finding.state == "open")).all()
        judge(session, [Seen(*row) for row in found[:2]], Decision("stet", reason="wont-fix"), "ada", web.now)
    page = desk.get("/rules").text
    row = re.search(rf">{WIDGET}</a>.*?</tr>", page, re.DOTALL)[0]
    assert "67 %" in row
    assert "Between 20 and 93 per cent right" in row  # Wilson, 2 of 3
    assert 'class="figure">4<' in row
    assert "not judged yet" in re.search(r">stale-note</a>.*?</tr>", page, re.DOTALL)[0]


def test_a_rules_page_has_its_help_and_its_examples_with_their_marks(desk):
    page = desk.get("/rules/stale-note").text
    for words in ("Why it matters", "What is checked", "Known limits", "<mark"):
        assert words in page
    assert "⟦" not in page
    assert desk.get("/rules/no-such-rule").status_code == 404
    assert desk.get("/rules/house-nothing").status_code == 404


def test_a_rule_is_turned_off_on_a_source_and_the_next_story_is_read_so(web, desk, publish):
    publish(JUNK, external_id="1")
    answer = post(desk, f"/rules/{WIDGET}/settings", source="northgate", mode="off", ceiling="", reason="Their CMS does this.")
    assert answer.status_code == 303
    assert "1 open finding followed at once." in desk.get(f"/rules/{WIDGET}").text
    publish(JUNK, external_id="2")
    with web.database.begin() as session:
        assert session.scalars(select(Finding.state).where(Finding.rule == WIDGET)).all() == ["retired"]
    assert "set apart on 1 source" in desk.get("/rules").text
    assert [row.reason for row in rows(web, RuleSetting)] == ["Their CMS does this."]
    assert [row.detail["rule"] for row in rows(web, Audit) if row.action == "rule-set"] == [WIDGET]


def test_what_a_rule_in_the_shadow_would_flag_is_on_its_page_and_not_in_the_queue(desk, publish):
    post(desk, f"/rules/{WIDGET}/settings", source="northgate", mode="shadow", ceiling="", reason="To see first.")
    article = publish('<h1>Rain</h1><p>Rain fell on the town.</p><div class="error">Oops! Something went wrong.</div>')
    page = desk.get(f"/rules/{WIDGET}").text
    assert "1 finding in 1 story" in page
    assert '<mark class="error">Oops! Something went wrong.</mark>' in page
    assert f'href="/articles/{article}"' in page
    assert WIDGET not in desk.get(f"/articles/{article}").text
    assert "No story in this tab fits" in desk.get(f"/?tab=all&rule={WIDGET}").text


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"reason": ""}, "Give a reason"),
        ({"source": "nowhere"}, "no source"),
        ({"mode": "x"}, "A rule is"),
        ({"ceiling": "error"}, "at most"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_words(web, desk, changed, says):
    answer = post(desk, f"/rules/{WIDGET}/settings", **({"source": "northgate", "mode": "off", "reason": "x"} | changed))
    assert answer.status_code == 400
    assert says in answer.text
    assert rows(web, RuleSetting) == []


def test_the_limit_is_set_and_said(desk):
    assert post(desk, "/rules/limit", share="40", least="25").status_code == 303
    assert "more than 40 % of at least 25" in desk.get("/rules").text
    assert post(desk, "/rules/limit", share="0", least="x").status_code == 400


# trials


def test_a_rule_is_previewed_over_the_stories_of_the_last_days(web, desk, publish, work):
    publish(JUNK, external_id="1")
    started = post(desk, f"/rules/{WIDGET}/trials", version="1", days="7")
    assert "0</strong> of 1 stories read" in desk.get(started.location).text
    progress = desk.get(f"{started.location}/progress").text
    assert 'hx-trigger="every 1s"' in progress
    assert "<html" not in progress
    work()
    page = desk.get(started.location).text
    assert "<strong>1</strong> finding in <strong>1</strong> of 1 stories" in page
    assert "hx-trigger" not in page
    assert "Oops!" in page
    assert desk.get("/rules/trials/4711").status_code == 404
    assert post(desk, f"/rules/{WIDGET}/trials", days="13").status_code == 404


# house rules


def test_a_house_rule_from_writing_to_its_first_finding(web, desk, publish, work):
    publish("<p>It is a very unique bridge.</p>", external_id="1")
    assert post(desk, "/house-rules/save", **HOUSE).location == f"/house-rules/{SLUG}"
    page = desk.get(f"/house-rules/{SLUG}").text
    assert "After a trial." in page
    assert post(desk, f"/house-rules/{SLUG}/1/publish").status_code == 400
    started = post(desk, f"/rules/{SLUG}/trials", version="1", days="30")
    work()
    assert '<mark class="warning">very unique</mark>' in desk.get(started.location).text
    assert post(desk, f"/house-rules/{SLUG}/1/publish").status_code == 303
    article = publish("<p>It is a very unique pier.</p>", external_id="2")
    page = desk.get(f"/articles/{article}").text
    assert SLUG in page
    assert "A thing is unique or it is not." in page
    assert SLUG in desk.get("/rules").text
    assert desk.get(f"/rules/{SLUG}").status_code == 200
    post(desk, f"/house-rules/{SLUG}/stop")
    assert f'Written and not run: <a href="/house-rules/{SLUG}"' in desk.get("/rules").text
    actions = [row.action for row in rows(web, Audit)]
    assert [name for name in actions if name.startswith(("house", "trial"))] == [
        "house-rule-saved", "trial-started", "house-rule-published", "house-rule-stopped",
    ]  # fmt: skip


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(web, desk):
    given = HOUSE | {"catches": "A fine bridge.", "spares": "A very unique one.", "reason": ""}
    answer = post(desk, "/house-rules/save", **given)
    assert answer.status_code == 400
    for said in ("It does not flag “A fine bridge.”", "It flags “A very unique one.”", "Say why", "3 things are to be mended"):
        assert said in answer.text
    assert ">very unique\nmost uniq*</textarea>" in answer.text
    assert rows(web, HouseVersion) == []


def test_a_name_is_used_once_and_a_new_version_keeps_it(web, desk):
    post(desk, "/house-rules/save", **HOUSE)
    assert "There is a house rule of that name" in post(desk, "/house-rules/save", **HOUSE).text
    assert f'value="{SLUG}"' in desk.get(f"/house-rules/{SLUG}/edit").text
    changed = HOUSE | {"slug": SLUG, "is_new": "", "title": "Nothing is very unique", "reason": "Shorter."}
    assert post(desk, "/house-rules/save", **changed).status_code == 303
    assert [(row.number, row.reason) for row in rows(web, HouseVersion)] == [(1, "The stylebook says so."), (2, "Shorter.")]


def test_an_editor_writes_and_tries_and_a_rule_owner_publishes(web, desk, editor, work):
    ada = web.app.test_client()
    sign_in(ada)
    assert post(ada, "/house-rules/save", **HOUSE).status_code == 303
    post(ada, f"/rules/{SLUG}/trials", version="1", days="7")
    work()
    assert "It takes a rule owner." in ada.get(f"/house-rules/{SLUG}").text
    assert post(ada, f"/house-rules/{SLUG}/1/publish").status_code == 403
    assert post(desk, f"/house-rules/{SLUG}/1/publish").status_code == 303


def test_what_an_author_writes_is_text_wherever_it_is_shown(desk):
    nasty = "<script>alert(1)</script>"
    given = HOUSE | {"title": f"A {nasty} title", "why": nasty, "phrases": f"very unique\n{nasty}", "reason": nasty}
    location = post(desk, "/house-rules/save", **given).location
    for path in (location, f"{location}/edit", "/rules"):
        assert "<script>alert" not in desk.get(path).text


def test_house_rules_that_are_not_there(desk):
    for path in ("/house-rules/house-nothing", "/house-rules/house-nothing/edit", "/house-rules/house-nothing/1"):
        assert desk.get(path).status_code == 404
    assert post(desk, "/house-rules/house-nothing/1/publish").status_code == 404
    assert post(desk, "/rules/house-nothing/trials", version="1", days="7").status_code == 404


# numbers


def test_the_numbers_page_counts_what_the_store_has(web, desk, publish):
    for number in range(3):
        publish(JUNK, external_id=str(number), section="Sport")
    web.now += timedelta(hours=3)
    sign_in(desk, "ruth")
    publish("<p>Rain fell on the town.</p>", external_id="0", section="Sport", revision="2")
    page = desk.get(f"/numbers?weeks=4&rule={WIDGET}").text
    sums = dict(re.findall(r"<dt>([a-z ]+)</dt><dd>([^<]+)</dd>", page))
    assert (sums["appeared"], sums["open"], sums["fixed"], sums["median time to fix"]) == ("3", "2", "1", "3.0 h")
    assert page.count("<svg") >= 5
    assert desk.get("/numbers?weeks=999&source=%00nowhere&section=x").status_code == 200
    assert "Nothing was found in this time" in desk.get("/numbers?source=nowhere").text


def test_every_table_is_there_as_csv_in_which_nothing_is_a_formula(web, desk, publish):
    publish(JUNK, external_id="1", section='=HYPERLINK("https://evil.example","click")')
    publish(JUNK, external_id="2", section="@SUM(A1)")
    for table in ("weeks", "sources", "sections", "rules", "fixes", "precision"):
        answer = desk.get(f"/numbers/{table}.csv")
        assert answer.status_code == 200
        assert answer.content_type == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["Content-Disposition"]
        for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    names = [row[0] for row in csv.reader(io.StringIO(desk.get("/numbers/sections.csv").data.decode("utf-8-sig")))]
    assert sorted(names[1:]) == ['\'=HYPERLINK("https://evil.example","click")', "'@SUM(A1)"]
    assert desk.get("/numbers/passwords.csv").status_code == 404


# notifications


def test_a_person_sets_up_and_ends_what_they_are_told_of(web, desk):
    assert "Nothing is set up" in desk.get("/you").text
    wish = {
        "channel": "mail",
        "address": "ruth@news.example",
        "rhythm": "digest",
        "hour": "7",
        "zone": "Europe/Berlin",
        "least": "error",
    }
    assert post(desk, "/you/notifications", **wish).status_code == 303
    page = desk.get("/you").text
    assert "once a day at 07:00, Europe/Berlin" in page
    assert post(desk, "/you/notifications", **(wish | {"address": "ruth"})).status_code == 400
    assert post(desk, "/you/notifications", **(wish | {"hour": "x", "zone": "Mars"})).status_code == 400
    removing = re.search(r"/you/notifications/\d+/remove", page)[0]
    assert post(desk, removing).status_code == 303
    assert post(desk, removing).status_code == 404
    assert "Nothing is set up" in desk.get("/you").text
