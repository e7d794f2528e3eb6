"""Rules, numbers, sources and people in a real browser: each flow as a person does it; every page under axe-core at every width.

Screenshots are kept in ``artefacts/``.
"""

import hashlib
import hmac
import json
import re

import pytest
from playwright.sync_api import expect

from reports.accounts import create_user
from tests.service.conftest import NOW, PASSWORD
from tests.service.identity_provider import Provider, running
from tests.service.test_rules_and_numbers import HOUSE, JUNK
from tests.service.test_triage_browser import WIDTHS, browser, look  # noqa: F401 - the browser is a fixture

UNIQUE = "<p>It is a very unique bridge, the guide says.</p>"
PAGES = (
    "/rules", "/rules/widget-error-text", "/numbers", "/house-rules/new", "/people", "/people/1", "/people/tokens",
    "/people/routes", "/people/audit", "/you", "/login", "/sources", "/sources/northgate", "/sources/northgate/calls/1",
    "/sources/northgate/hook", "/sources/northgate/test", "/sources/northgate/callbacks", "/sources/northgate/callbacks/1",
    "/sources/northgate/settings", "/sources/_new", "/sources/_new?kind=contentful",
)  # fmt: skip
INLINE = "[...document.querySelectorAll('[style], style, script:not([src])')].map((e) => e.outerHTML.slice(0, 200))"


@pytest.fixture
def visit(browser, served, database):  # noqa: F811 - the fixture, not the name
    """Signs somebody in, in a window of their own; ruth is an admin."""
    with database.begin() as session:
        create_user(session, "ruth", PASSWORD, NOW, role="admin")
    opened = []
    expect.set_options(timeout=20_000)  # of a machine that does other things too

    def open_desk(name="ruth", path="/", width=1280, *, scripts=True):
        window = {"width": width, "height": 900}
        address = f"http://127.0.0.1:{served[0]}"
        context = browser.new_context(base_url=address, viewport=window, java_script_enabled=scripts)
        context.set_default_timeout(30_000)
        opened.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"/login?next={path}")
        if name:
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"**{path}")
        return page

    yield open_desk
    for context in opened:
        context.close()


def write_house_rule(page):
    page.get_by_role("link", name="Write a house rule").click()
    page.get_by_label("What is wrong").fill(HOUSE["title"])
    page.get_by_label("Why it matters").fill(HOUSE["why"])
    page.get_by_label("Phrases").fill("very unique\nmost uniq*")
    page.get_by_label("It must flag").fill("A fine bridge.")
    page.get_by_label("It must leave alone").fill("Unique it is.")
    page.get_by_label("Why this version").fill(HOUSE["reason"])
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("It does not flag “A fine bridge.”")).to_be_visible()
    expect(page.get_by_label("Phrases")).to_have_value("very unique\nmost uniq*")
    page.get_by_label("It must flag").fill("A very unique bridge.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Version 1 is kept.")).to_be_visible()


def test_a_house_rule_is_written_tried_by_a_real_worker_watched_and_published(visit, publish, redis_server, start):
    for number in range(3):
        publish(UNIQUE, external_id=str(number))
    page = visit(path="/rules")
    write_house_rule(page)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("0 of 3 stories read")).to_be_visible()
    start("worker")
    start("schedule")
    expect(page.get_by_text("3 findings in 3 of 3 stories")).to_be_visible(timeout=60_000)  # by itself, without a reload
    expect(page.locator("mark", has_text="very unique").first).to_be_visible()
    page.get_by_role("link", name=re.compile("house-very")).click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("Version 1 is live:")).to_be_visible()
    publish(UNIQUE, external_id="9")
    page.goto("/rules")
    expect(page.get_by_role("row", name=re.compile("house-very-unique"))).to_be_visible()
    assert [said for said in page.complaints if "400" not in said] == []  # Chromium names the form that was not kept


def test_a_house_rule_without_scripts(visit):
    page = visit(path="/rules", scripts=False)
    write_house_rule(page)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("There are no stories of that time here.")).to_be_visible()


def test_a_rule_is_set_on_a_source_and_the_page_says_by_whom_and_why(visit, publish):
    publish(JUNK, external_id="1")
    page = visit(path="/rules/widget-error-text")
    page.get_by_label("On", exact=True).select_option("northgate")
    page.get_by_label("Its findings are").select_option("note")
    page.get_by_label("Why", exact=True).fill("Their CMS does this.")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("1 open finding followed at once.")).to_be_visible()
    expect(page.get_by_text("northgate: as on all sources, at most note. Their CMS does this.")).to_be_visible()
    assert page.complaints == []


def test_the_numbers_are_narrowed_and_downloaded(visit, publish):
    for number in range(3):
        publish(JUNK, external_id=str(number), section="Sport")
    page = visit(path="/numbers")
    page.get_by_label("Section", exact=True).select_option("Sport")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("the last 12 weeks, Sport")).to_be_visible()
    page.get_by_text("The figures").click()
    expect(page.get_by_role("region", name="Findings by week").get_by_role("row")).to_have_count(13)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of sections").click()
    assert "Sport" in download.value.path().read_text("utf-8-sig")
    assert page.complaints == []


def test_an_admin_adds_somebody_who_signs_in_and_is_shown_the_door(visit):
    page = visit(path="/people")
    page.get_by_label("Name").fill("keane")
    page.get_by_label("Role").select_option("reader")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_text("keane can sign in as reader.")).to_be_visible()
    keane = visit_as(visit, "keane")
    expect(keane.get_by_role("link", name="People")).to_have_count(0)
    page.get_by_role("link", name="keane").click()
    page.get_by_role("button", name="End it").click()
    keane.goto("/rules")
    expect(keane.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    page.goto("/people/audit")
    expect(page.get_by_role("row", name=re.compile("sign in ended"))).to_be_visible()


def visit_as(visit, name):
    """A second person, in a window of their own."""
    page = visit(None, "/rules")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/rules")
    return page


def test_a_token_is_shown_once(visit):
    page = visit(path="/people/tokens")
    page.get_by_label("Who or what uses it").fill("the CMS")
    page.get_by_label("hand stories in").check()
    page.get_by_role("button", name="Make it").click()
    secret = page.locator("#secret").text_content()
    assert secret.startswith("cdk_")
    page.goto("/people/tokens")
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke the CMS").click()
    expect(page.get_by_role("cell", name="revoked")).to_be_visible()


def test_a_route_is_added_and_a_notification_set_up(visit):
    page = visit(path="/people/routes")
    page.get_by_label("Section").fill("Sport")
    page.get_by_label("Goes to the desk").fill("Sport")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("rowheader", name="Sport")).to_be_visible()
    page.goto("/you")
    page.get_by_label("Mail address, or").fill("ruth@news.example")
    page.get_by_label("When").select_option("digest")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_text("once a day at 08:00, UTC")).to_be_visible()
    assert page.complaints == []


@pytest.fixture
def provider(monkeypatch):
    with running(Provider()) as made:
        monkeypatch.setenv("COPYDESK_OIDC_ISSUER", made.issuer)
        monkeypatch.setenv("COPYDESK_OIDC_CLIENT", made.client)
        monkeypatch.setenv("COPYDESK_OIDC_SECRET", made.secret)
        yield made


def test_somebody_signs_in_with_the_identity_provider(provider, visit):
    page = visit(None, "/rules")
    page.get_by_role("link", name="Sign in with 127.0.0.1").click()
    page.wait_for_url("**/rules")
    expect(page.get_by_role("link", name="maria")).to_be_visible()
    assert page.complaints == []


def test_a_source_is_made_called_tried_and_taken_in_again_without_scripts(visit, served, tmp_path):
    page = visit(path="/sources", scripts=False)
    page.get_by_role("link", name="Add a source").click()
    page.get_by_label("It sends as").select_option("superdesk")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name", exact=False).first.fill("evening")
    page.get_by_label("It fails on").select_option("note")
    page.get_by_role("button", name="Add it").click()
    secret = page.locator(".secret code").inner_text()
    address = page.locator(".paste").inner_text()
    assert address == f"http://127.0.0.1:{served[0]}/webhooks/evening"
    body = json.dumps({"guid": "urn:1", "headline": "Ferry", "body_html": "<p>It sails.</p>", "pubstatus": "usable"}).encode()
    signature = {"x-superdesk-signature": "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}
    json_type = {"content-type": "application/json"}
    assert page.request.post(address, data=body, headers=json_type | signature).status == 200
    assert page.request.post(address, data=body + b" ", headers=json_type | signature).status == 401
    page.get_by_role("link", name="what became of it").click()
    expect(page.get_by_text("was refused (401)")).to_be_visible()
    (tmp_path / "call.json").write_bytes(body + b"\n")
    page.get_by_label("The body, as a file").set_input_files(tmp_path / "call.json")
    page.get_by_label("Headers").fill("\n".join(": ".join(pair) for pair in signature.items()))
    page.get_by_role("button", name="What is wrong with it?").click()
    expect(page.get_by_text("the body without the line feed at its end")).to_be_visible()
    page.get_by_role("link", name="Calls").click()
    page.get_by_label("Show").select_option("taken")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.get_by_label("Payload")).to_contain_text('"guid": "urn:1"')
    page.get_by_role("button", name="Take it in again").click()
    expect(page.get_by_text("It is taken in again")).to_be_visible()
    page.get_by_role("link", name="← evening").click()
    expect(page.get_by_role("row")).to_have_count(4)


@pytest.mark.parametrize(("width", "narrower"), WIDTHS)
def test_no_page_breaks_wcag_or_its_window(visit, publish, width, narrower):
    for number in range(3):
        publish(JUNK + UNIQUE, external_id=str(number), section="Sport")
    page = visit(path="/sources/northgate/callbacks", width=width)
    page.get_by_label("Address").fill("https://cms.example/hooks/copydesk")
    page.get_by_role("button", name="Add it").click()
    publish(JUNK, external_id="4")
    page.goto("/people/routes")
    page.get_by_label("Section").fill("Sport")
    page.get_by_label("Goes to the desk").fill("Sport")
    page.get_by_role("button", name="Add it").click()
    page.goto("/people/tokens")
    page.get_by_label("Who or what uses it").fill("the CMS")
    page.get_by_role("button", name="Make it").click()
    page.goto("/rules")
    write_house_rule(page)
    house = page.url
    page.get_by_role("button", name="Try it").click()
    for path in (*PAGES, house, f"{house}/edit", page.url):
        page.goto(path)
        assert page.evaluate(INLINE) == [], path
        name = re.sub(r"^https?://[^/]+", "", path).strip("/").replace("/", "-")
        look(page, f"ledger-{name}-{width}", narrower)
    assert [said for said in page.complaints if "400" not in said] == []
