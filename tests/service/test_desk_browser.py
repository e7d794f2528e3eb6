"""The desk as an editor sees it: a real browser on the production server, with the story that started all this.

Screenshots are kept in ``artefacts/``.
"""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

import service
from tests.service.conftest import PASSWORD

SEED = (Path(service.__file__).parent / "samples" / "xi-putin-meeting.html").read_text("utf-8")
ARTEFACTS = Path(service.__file__).resolve().parent.parent / "artefacts"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
OVERLAPS = """() => {
  const box = (e) => e.getBoundingClientRect();
  const texts = [...document.querySelectorAll('.block')].map(box), notes = [...document.querySelectorAll('.finding')].map(box);
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return notes.filter((n, i) => texts.some((t) => meet(n, t)) || notes.some((m, j) => i < j && meet(n, m))).length;
}"""


@pytest.fixture(scope="module")
def browser():
    assert CHROMIUM, "there is no chromium on PATH; apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, served, publish):
    """A page of the given width on a desk that has read the story."""
    publish(SEED, url="https://northgate.example/world/xi-putin")
    opened = []

    def open_desk(width=1280):
        context = browser.new_context(base_url=f"http://127.0.0.1:{served[0]}", viewport={"width": width, "height": 900})
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield open_desk
    for context in opened:
        context.close()


def sign_in(page):
    page.goto("/")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()


def keep(page, name, *, whole=True):
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=whole)


def test_an_editor_sees_the_six_faults_in_their_eight_places(visit):
    page = visit()
    sign_in(page)
    expect(page.get_by_text("1 error")).to_be_visible()
    keep(page, "desk-list")
    page.get_by_role("link", name=re.compile("Xi and Putin")).click()
    expect(page.locator("mark")).to_have_count(8)
    expect(page.locator("mark", has_text="Oops!")).to_have_count(3)
    for text in ("peace proposal for", "Related", "This story will be updated."):
        expect(page.locator("mark", has_text=text)).to_have_count(1)
    expect(page.locator(".finding")).to_have_count(6)
    for rule in ("truncated-headline", "widget-error-text", "related-links", "stale-note"):
        expect(page.locator(".finding", has_text=rule)).to_be_visible()
    keep(page, "desk-article")
    page.get_by_text("Why, and where").nth(1).click()
    expect(page.get_by_role("heading", name="Why it matters").first).to_be_visible()
    keep(page, "desk-article-explained")
    assert page.complaints == []


@pytest.mark.parametrize("width", [1280, 800, 420])
def test_the_notes_stand_beside_the_text_and_never_over_it(visit, width):
    page = visit(width)
    sign_in(page)
    page.goto("/articles/1")
    for summary in page.get_by_text("Why, and where").all():
        summary.click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(OVERLAPS) == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        keep(page, f"desk-article-{width}-{scheme}")
    assert page.complaints == []


def test_a_mark_leads_to_its_note(visit):
    page = visit()
    sign_in(page)
    page.goto("/articles/1")
    page.get_by_role("link", name="finding 4").click()
    assert page.url.endswith("#finding-4")
    expect(page.locator("#finding-4")).to_be_in_viewport()


def test_signing_out_ends_it(visit):
    page = visit()
    sign_in(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    page.goto("/articles/1")
    expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
