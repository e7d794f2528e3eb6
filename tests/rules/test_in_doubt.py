"""What a rule is sure of, and what it says as a note: the severity is part of the answer."""

from datetime import UTC, datetime

import pytest

from rules.core import engine
from rules.core.catalogue import choose
from rules.core.submission import Submission

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
STORY = "<p>The river rose by two metres on Tuesday and took the old bridge with it, the council said after a long meeting.</p>"


def said(slug: str, html: str) -> list[str]:
    report = engine.lint(Submission(html.encode()), now=NOW, rules=choose((slug,)))
    return [finding["severity"] for finding in report["findings"]]


@pytest.mark.parametrize(
    ("html", "severities"),
    [
        ("<h3>More about the data</h3>", ["note"]),
        ("<h3>Recommended</h3>", ["warning"]),
        ("<h3>Mehr zum Thema</h3>", ["warning"]),
        ("<p>Gallery: inside the flooded town hall</p>", ["note"]),
        ("<p>ICYMI: ferry workers strike for a third day</p>", ["warning"]),
        ("<p>You may also like: Ten soups. Five of them are free</p>", ["warning"]),
        ("<p>Analysis: The council paid. Nobody knows why</p>", []),
        ("<p>Editor’s note: Ann Roe is a cousin of the publisher</p>", []),
        (f"<h3>Recommended</h3>{STORY}<h3>The river</h3>", ["warning"]),
        (f"<h3>Up next</h3>{STORY}<h3>The river</h3>", []),
    ],
)
def test_links_to_other_stories(html: str, severities: list[str]) -> None:
    assert said("related-links", f"{STORY}{html}{STORY}") == severities


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Rain fell on the the town.", "warning"),
        ("“Do not feed the the ducks,” a sign says.", "note"),
        ("It was what she looked at at the time.", "note"),
        ("The council met at at noon.", "warning"),
        ("Trains to Marle have have stopped.", "warning"),
        ("What they were were friends.", "note"),
        ("It was what she looked at at the bridge.", "warning"),
    ],
)
def test_doubled_words(text: str, severity: str) -> None:
    assert said("repeated-word", f"<p>{text}</p>") == [severity]


@pytest.mark.parametrize(
    ("slug", "html", "severities"),
    [
        ("leftover-block", "<p>This article was free to read: tap here to join us and turn on our alerts.</p>", ["note"]),
        ("leftover-block", "<p>This article was first told at a fair: hear the news and turn on our alerts.</p>", []),
        ("newsletter-promo", "<p>Support for our journalism comes from members like you. Donate today.</p>", ["warning"]),
        ("newsletter-promo", "<p>Support for our journalism was provided by the Hale Foundation.</p>", []),
    ],
)
def test_what_a_story_says_of_itself_is_no_pitch(slug: str, html: str, severities: list[str]) -> None:
    assert said(slug, f"{STORY}{html}{STORY}") == severities


def test_a_teaser_is_no_correction_of_the_story() -> None:
    cards = "".join(
        f'<div class="card"><a href="/{n}">Update: the {n} ferries end their strike</a></div>' for n in ("two", "old")
    )
    assert said("leftover-block", f'{STORY}{STORY}<div class="story-cards">{cards}</div>') == ["warning"]


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        ('<body class="page"><main class="live-blog-page">', "live-blog"),
        ('<body class="category-live-blog"><main>', "news"),
        ('<body><main><article class="story">Rain.</article><article class="liveblog">', "news"),
    ],
)
def test_a_live_blog_by_its_class(made: str, kind: str) -> None:
    report = engine.lint(Submission(f"<html>{made}{STORY}</html>".encode()), now=NOW)
    assert report["article"]["kind"] == kind


@pytest.mark.parametrize(("date", "assumed"), [("2026-05-01T09:00:00", True), ("2026-05-01T09:00:00+02:00", False)])
def test_a_report_says_that_a_date_was_taken_as_utc(date: str, assumed: bool) -> None:  # noqa: FBT001 - a table's column
    page = f'<html><head><meta property="article:published_time" content="{date}"></head><body>{STORY}</body></html>'
    assert engine.lint(Submission(page.encode()), now=NOW)["article"]["zone_assumed"] is assumed
