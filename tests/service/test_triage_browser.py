"""The desk as editors work on it: real browsers on the production server, with keys, two editors at once, and axe-core.

Screenshots are kept in ``artefacts/``.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select

from reports.accounts import create_user
from reports.models import Finding
from tests.service.conftest import NOW, PASSWORD
from tests.service.test_desk import CLEAN, SEED
from tests.service.test_desk_browser import ARTEFACTS, CHROMIUM, FLAGS, OVERLAPS

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
SPORT = (
    CLEAN.replace("Ferry", "Trophy").replace("ferry", "trophy") + '<div class="error"><p>This video is not available.</p></div>'
)
WIDGET = "widget-error-text"
AXE_CALLS = "Failed to execute 'postMessage'"  # axe calls into every frame; the sandboxed preview does not answer


@pytest.fixture(scope="module")
def browser():
    assert CHROMIUM, "there is no chromium on PATH; apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def evening(publish, database):
    """The seed, a clear story, a fault on four sport pages, and a second editor."""
    with database.begin() as session:
        create_user(session, "grace", PASSWORD, NOW, desk="sport")
    publish(SEED, external_id="xi", url="https://northgate.example/world/xi-putin", section="World", byline="Staff")
    publish(CLEAN, external_id="ferry", url="https://northgate.example/ferry")
    for number in range(4):
        publish(SPORT, external_id=f"s-{number}", url=f"https://northgate.example/sport/{number}", section="Sport", desk="sport")


@pytest.fixture
def visit(browser, served, evening):
    """Signs somebody in, in a window of their own."""
    opened = []

    def open_desk(name="ada", path="/", width=1280, *, scripts=True):
        address = f"http://127.0.0.1:{served[0]}"
        window = {"width": width, "height": 900}
        context = browser.new_context(base_url=address, viewport=window, java_script_enabled=scripts)
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text) if AXE_CALLS not in message.text else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"/login?next={path}")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**{path}")
        return page

    yield open_desk
    for context in opened:
        context.close()


@pytest.fixture
def state(database):
    def read(rule=WIDGET, article=1):
        with database.begin() as session:
            return session.scalars(select(Finding.state).where(Finding.article_id == article, Finding.rule == rule)).one()

    return read


def number_of(page, rule=WIDGET):
    card = page.locator(".finding", has=page.locator(f".rule:text-is('{rule}')"))
    return card.get_attribute("id")


def go_to(page, rule=WIDGET):
    """Down to a finding with the j key."""
    wanted = number_of(page, rule)
    for _ in range(9):
        page.keyboard.press("j")
        if page.evaluate("document.activeElement.id") == wanted:
            return page.locator(f"#{wanted}")
    pytest.fail(f"j never came to {wanted}")


# with the keyboard alone


def test_a_stet_by_keys_and_the_way_back(visit, state):
    page = visit(path="/articles/1")
    card = go_to(page)
    expect(card).to_be_focused()
    page.keyboard.press("s")
    expect(card.get_by_role("button", name="Correct as is")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("#toast")).to_contain_text("Let stand (house style)")
    expect(card).to_contain_text("Stands, house style")
    assert state() == "stands"
    expect(page.locator(".finding:focus .acts")).to_be_visible()  # the next one is under the hand
    page.keyboard.press("u")
    expect(page.locator("#toast")).to_contain_text("Taken back.")
    assert state() == "open"
    assert page.complaints == []


def test_an_undo_goes_back_to_the_finding(visit, state):
    page = visit(path="/articles/1")
    card = go_to(page)
    page.keyboard.press("f")
    expect(page.locator("#toast")).to_contain_text("False alarm")
    page.keyboard.press("u")
    expect(page.locator("#toast")).to_contain_text("Taken back.")
    expect(card).to_be_focused()
    page.keyboard.press("f")
    expect(page.locator("#toast")).to_contain_text("False alarm")
    assert state() == "false-alarm"


def test_the_way_back_leads_to_the_view_one_came_from(visit):
    page = visit()
    page.goto("/?section=Sport&q=is:error")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.get_by_role("link", name="Fixes").click()
    page.get_by_role("link", name="← The desk").click()
    expect(page.locator("#search")).to_have_value("is:error")
    expect(page.locator(".item")).to_have_count(4)


def test_a_false_alarm_by_one_key(visit, state):
    page = visit(path="/articles/1")
    go_to(page)
    page.keyboard.press("f")
    expect(page.locator("#toast")).to_contain_text("False alarm")
    assert state() == "false-alarm"
    expect(page.locator("mark.judged")).to_have_count(3)
    expect(page.locator("#sum")).not_to_contain_text("error")


def test_assigning_and_noting_by_keys(visit, database):
    page = visit(path="/articles/1")
    card = go_to(page)
    page.keyboard.press("a")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Assigned to ada")
    expect(card).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.type("Ask the agency. j k u")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Ask the agency. j k u")
    page.goto("/?q=is:mine")
    expect(page.locator(".item")).to_have_count(1)


def test_the_queue_by_keys(visit):
    page = visit()
    page.keyboard.press("j")
    expect(page.locator(".item").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator(".picked")).to_contain_text("1 selected")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("xi")
    page.keyboard.press("Enter")
    expect(page.locator(".item")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator(".galley")).to_be_visible()


def test_the_sheet_of_keys(visit):
    page = visit()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()


def test_a_selection_of_stories_by_keys(visit, state):
    page = visit(path="/?section=Sport")
    for key in ("j", "x", "j", "x", "f"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_contain_text("in 2 stories")
    page.keyboard.press("f")  # it is open already, and stays so
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("in 2 stories")
    expect(page.locator(".item")).to_have_count(2)
    page.keyboard.press("u")
    expect(page.locator("#toast")).to_contain_text("Taken back.")
    expect(page.locator(".item")).to_have_count(4)
    for key in ("j", "x", "s"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_contain_text("in 1 story")
    page.keyboard.press("3")
    expect(page.locator("#toast")).to_contain_text("(quoting)")


def test_several_findings_of_a_story_at_once(visit, state):
    page = visit(path="/articles/1")
    before = page.locator(".finding").count()
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator(".picked")).to_contain_text("2 selected")
    page.keyboard.press("n")
    page.keyboard.type("Ask Moss.")
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("Noted")
    expect(page.locator("#toast")).to_contain_text("2 findings in 1 story")
    expect(page.locator(".noted")).to_have_count(2)
    for key, said in (("f", "False alarm"), ("2", "house style")):
        for _ in range(2):
            page.keyboard.press("j")
            page.keyboard.press("x")
        page.keyboard.press(key)
        expect(page.locator("#toast")).to_contain_text(said)
        expect(page.locator("#toast")).to_contain_text("2 findings in 1 story")
        before -= 2
        expect(page.locator(".finding")).to_have_count(before)


# the rest of the flows


def test_an_incident_is_assigned_and_let_stand_at_once(visit, state):
    page = visit(path="/?tab=spreading")
    expect(page.locator(".incident")).to_contain_text("4 stories")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("4 open findings in 4 stories")
    page.get_by_role("combobox").select_option("person:grace")
    page.get_by_role("button", name="Assign").click()
    expect(page.locator(".incident")).to_contain_text("assigned to grace")
    page.get_by_role("link", name="Stet all").click()
    page.get_by_label(re.compile("these phrases")).check()
    page.get_by_role("button", name="House style").click()
    expect(page.locator(".incident")).to_have_count(0)
    assert state(article=3) == "stands"


def test_how_many_faults_spread_is_told_when_the_page_is_there(visit):
    page = visit()
    tab = page.get_by_role("navigation", name="Queue").get_by_role("link", name="Spreading")
    expect(tab).to_have_text(re.compile(r"Spreading 1$"))
    page.get_by_role("link", name="1 fault is spreading: see it as one").click()
    expect(page.locator(".incident")).to_have_count(1)
    expect(tab).to_have_text(re.compile(r"Spreading 1$"))


def test_two_editors_at_once(visit, state):
    ada, grace = visit("ada", "/articles/1"), visit("grace", "/articles/1")
    go_to(ada)
    ada.keyboard.press("s")
    ada.keyboard.press("1")
    expect(ada.locator("#toast")).to_contain_text("Let stand")
    expect(grace.locator("#news")).to_contain_text("ada changed something here")  # by itself
    go_to(grace)
    grace.keyboard.press("f")
    conflict = grace.locator(".conflict")
    expect(conflict).to_contain_text("ada let it stand")
    expect(conflict).to_contain_text("is kept in the timeline")
    assert state() == "stands"
    conflict.get_by_role("button", name="Use mine instead").click()
    expect(grace.locator("#toast")).to_contain_text("False alarm")
    assert state() == "false-alarm"


def test_what_arrives_is_announced_and_the_list_stays(visit, publish, web):
    page = visit()
    expect(page.locator(".item")).to_have_count(5)
    web.now = web.now.replace(second=30)
    publish(SEED, external_id="later", url="https://northgate.example/later")
    expect(page.locator("#arrivals")).to_contain_text("1 new: show")
    expect(page.locator(".item")).to_have_count(5)
    page.get_by_role("link", name="1 new: show").click()
    expect(page.locator(".item")).to_have_count(6)


XI = {"external_id": "xi", "url": "https://northgate.example/world/xi-putin"}
MENDED = SEED.replace("<p>", "<p>A paragraph that came in front.</p><p>", 1)  # numbers and places of the findings move


def test_a_new_report_comes_into_the_open_story_by_itself(visit, publish):
    page = visit(path="/articles/1")
    card = go_to(page)
    known = card.get_attribute("data-finding")
    page.keyboard.press("o")
    expect(card.locator("details.why")).to_have_attribute("open", "")
    stood = card.bounding_box()["y"]
    publish(MENDED.replace("came in front", "came in front of the cafÃ©"), **XI)
    expect(page.locator("#news")).to_contain_text("A newer report came in: 1 came")
    expect(page.locator(".galley")).to_contain_text("A paragraph that came in front")
    again = page.locator(f"[data-finding='{known}']")
    expect(again).to_be_focused()
    expect(again.locator("details.why")).to_have_attribute("open", "")
    assert abs(again.bounding_box()["y"] - stood) < 2
    expect(page.locator(".finding.fresh")).to_have_count(1)
    publish(CLEAN, **XI)  # and the next one too, with the card under the hand gone
    expect(page.locator("#news")).to_contain_text("fixed")
    expect(page.locator(".finding")).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()
    assert page.complaints == []


def test_no_report_comes_in_under_a_note_that_is_being_written(visit, publish):
    page = visit(path="/articles/1")
    card = go_to(page)
    page.keyboard.press("n")
    page.keyboard.type("Half a thought")
    publish(CLEAN, **XI)
    expect(page.locator("#news")).to_contain_text("A newer report is in: show")
    page.keyboard.type(" and its end")
    page.keyboard.press("Escape")  # folded up, and still not kept
    with page.expect_response(re.compile("/news")):
        pass
    expect(card.locator("textarea")).to_have_value("Half a thought and its end")
    page.locator("#news a").click()
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("fixed")


def test_no_report_comes_in_under_a_selection(visit, publish):
    page = visit(path="/articles/1")
    go_to(page)
    page.keyboard.press("x")
    publish(MENDED, **XI)
    expect(page.locator("#news")).to_contain_text("A newer report is in: show")
    expect(page.locator("input[data-key=x]:checked")).to_have_count(1)
    page.keyboard.press("x")
    expect(page.locator(".galley")).to_contain_text("A paragraph that came in front.")


def test_a_view_is_saved_and_found_again(visit):
    page = visit(path="/?section=Sport")
    page.get_by_text("Save this view").click()
    page.get_by_label("Name", exact=True).fill("Sport tonight")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/")
    page.get_by_role("link", name="Sport tonight", exact=True).click()
    expect(page.locator(".item")).to_have_count(4)


def test_the_cleaned_html_is_copied(visit):
    page = visit(path="/articles/1/fix")
    page.get_by_role("button", name="Copy cleaned HTML").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.complaints == []


def test_the_preview_is_a_frame_that_may_do_nothing(visit):
    page = visit(path="/articles/1")
    page.get_by_text("Preview of the page").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Following his surprise visit")).to_be_visible()
    assert page.locator("iframe").get_attribute("sandbox") == ""


def test_all_of_it_without_scripts(visit, state):
    page = visit(path="/articles/1", scripts=False)
    card = page.locator(f"#{number_of(page)}")
    card.locator("summary", has_text="Stet").click()
    card.get_by_label("here", exact=True).check()
    card.get_by_role("button", name="Quoting").click()
    expect(page.locator("#toast")).to_contain_text("Let stand (quoting)")
    assert state() == "stands"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toast")).to_contain_text("Taken back.")
    page.goto("/")
    page.get_by_label(re.compile("Select Xi")).check()
    page.get_by_role("button", name="Judge the selected").click()
    page.locator("summary", has_text="False alarm").click()
    page.get_by_role("button", name="False alarm").click()
    expect(page.locator("#toast")).to_contain_text("False alarm")
    assert state() == "false-alarm"


# what everybody can use


PAGES = {
    "queue": "/",
    "incidents": "/?tab=spreading",
    "filtered": "/?section=Sport&q=is:error",
    "article": "/articles/1",
    "source": "/articles/1/source",
    "fix": "/articles/1/fix",
    "bulk": "/bulk?section=Sport",
    "undo": "/undo",
    "keys": "/keys",
}


WIDTHS = [(1440, 1024), (390, 320)]  # a window, and a narrower one in which nothing may stand out of it either
SCHEMES = {1440: ("light", "dark"), 390: ("light",)}  # the dark one changes colours alone, and they do not know of widths


def look(page, name, narrower):
    """Keeps a picture in each scheme; nothing stands beyond the window, and axe finds nothing."""
    window = page.viewport_size
    page.set_viewport_size(window | {"width": narrower})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, narrower)
    page.set_viewport_size(window)
    ARTEFACTS.mkdir(exist_ok=True)
    for scheme in SCHEMES[window["width"]]:
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=ARTEFACTS / f"{name}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        found = Axe().run(page, options=WCAG)
        assert found.response["violations"] == [], f"{name}, {scheme}: {found.generate_report()}"


@pytest.mark.parametrize(("width", "narrower"), WIDTHS)
def test_no_page_breaks_wcag_or_its_window(visit, width, narrower):
    page = visit(width=width)
    for name, path in PAGES.items():
        page.goto(path)
        assert page.locator("[style], style, script:not([src])").count() == 0, name
        if name == "article":
            for summary in page.locator("summary").all():
                summary.click()
            page.keyboard.press("j")
            assert page.evaluate(OVERLAPS) == 0
        look(page, f"triage-{name}-{width}", narrower)
    assert page.complaints == []


def test_focus_is_always_seen(visit):
    page = visit(path="/articles/1")
    for _ in range(40):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const e = document.activeElement; if (e === document.body) return true;
            const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 }"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
