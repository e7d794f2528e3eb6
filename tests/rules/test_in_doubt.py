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
        (f"<h3>Don’t miss</h3>{STORY}<h3>The river</h3>", []),
        ("<h3>Don’t miss</h3>", ["note"]),
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
        ("The council plans to to sell it.", "warning"),
        ("The roof is is old.", "warning"),
        ("The trust said that it was was no danger.", "note"),
        ("Whoever finds it it is theirs.", "note"),
        ("It was what she looked at at the bridge.", "warning"),
        ("It is not not a farce.", "note"),
        ("The aunt he went to to hear of it knew.", "note"),
        ("It is a hut they kept coming back to to this day.", "note"),
        ("They went to to the hall.", "warning"),
        ("How old the bell of the chapel really was was a mystery.", "note"),
        ("How old is the bell? The roof of the old hall is is old.", "warning"),
    ],
)
def test_doubled_words(text: str, severity: str) -> None:
    assert said("repeated-word", f"<p>{text}</p>") == [severity]


@pytest.mark.parametrize(
    ("slug", "html", "severities"),
    [
        ("leftover-block", "<p>This article was free to read: tap here to join us and turn on our alerts.</p>", ["note"]),
        ("leftover-block", "<p>This article was first told at a fair: hear the news and turn on our alerts.</p>", []),
        ("commerce-box", "<p>Sold out</p>", ["note"]),
        ("commerce-box", "<p class=product-card>Sold out</p>", ["error"]),
        ("commerce-box", "<p>Out of stock signs hung on every aisle but that of the food for pets.</p>", []),
        ("form-residue", "<h2 id=unsubscribe>Unsubscribe</h2><p>Rain.</p>", ["warning"]),
        ("form-residue", "<h2 id=unsubscribe-from-the-list>Unsubscribe</h2><p>Rain.</p>", ["error"]),
        ("form-residue", "<p id=unsubscribe>Unsubscribe</p>", ["error"]),
        ("form-residue", f"<h2 id=log-in>Log in</h2>{STORY}<h2 id=unsubscribe>Unsubscribe</h2>{STORY}", []),
        ("newsletter-promo", "<p>Support for our journalism comes from members like you. Donate today.</p>", ["warning"]),
        ("newsletter-promo", "<p>Support for our journalism was provided by the Hale Foundation.</p>", []),
    ],
)
def test_what_a_story_says_of_itself_is_no_pitch(slug: str, html: str, severities: list[str]) -> None:
    assert said(slug, f"{STORY}{html}{STORY}") == severities


@pytest.mark.parametrize(
    ("slug", "html", "severities"),
    [
        ("player-residue", "<p>Captions on the museum’s screens are in Welsh first, then English.</p>", ["note"]),
        ("player-residue", "<p>Captions off</p>", ["warning"]),
        ("player-residue", '<p class="vjs-captions">Captions on the museum’s screens are in Welsh first.</p>', ["error"]),
        ("newsletter-promo", "<p>Register the trailer, fit the tracker and test the alert before the first trip.</p>", []),
        ("newsletter-promo", "<p>Contact the sheriff’s office at 555-0188 with any information.</p>", []),
        ("newsletter-promo", "<p>Send your pictures of the bridge to us at desk@millford.example.</p>", ["warning"]),
        ("newsletter-promo", "<p>Send your claims for the bridge to the council at desk@millford.example.</p>", []),
        ("newsletter-promo", "<p>Subscribe to nothing, said the gull.</p>", []),
        ("newsletter-promo", '<ol class="app-promo"><li>Open the app</li></ol>', ["error"]),
        ("newsletter-promo", "<p>Contact the sheriff’s office at the town hall.</p>", []),
        ("newsletter-promo", "<p>Contact your own lawyer at the town hall.</p>", []),
        ("newsletter-promo", "<p>Contact our sports desk at the town hall.</p>", ["warning"]),
        ("newsletter-promo", "<p>Email your questions to the desk at tips@millford.example</p>", ["note"]),
        ("newsletter-promo", "<p>Contact the author at bell@millford.example</p>", ["note"]),
        ("widget-error-text", "<p>There was an error.</p>", ["warning"]),
        ("share-bar", "<p>Follow the fire service on X</p>", ["note"]),
        ("share-bar", "<p>Follow Millford Post on X</p>", ["warning"]),
        ("navigation-residue", "<p>NewsNation</p>", []),
        ("newsletter-promo", "<p>Contact the newsroom at 555-0188 with any information.</p>", ["note"]),
        ("widget-error-text", "<p>A firm owes you a refund if it</p><ul><li>failed to send a reminder first;</li></ul>", []),
        ("widget-error-text", "<p>A firm owes you a refund if it</p><ul><li>failed to send a reminder</li></ul>", ["warning"]),
        ("widget-error-text", '<ul class="error-list"><li>failed to send a reminder first;</li></ul>', ["error"]),
        (
            "widget-error-text",
            "<p>A firm owes you a refund if it</p><ul><li>Failed to send a reminder first;</li></ul>",
            ["warning"],
        ),
        ("widget-error-text", "<p>failed to send a reminder first;</p>", ["warning"]),
        ("newsletter-promo", "<ol><li><p>Open the app</p></li></ol>", []),
        ("newsletter-promo", "<ol><li><p>The river fell.</p><p>Download the Ferry app.</p></li></ol>", ["warning"]),
        ("newsletter-promo", "<ol><li><ul><li>Download the Ferry app.</li></ul></li></ol>", ["warning"]),
    ],
)
def test_what_a_list_alone_speaks_against(slug: str, html: str, severities: list[str]) -> None:
    assert said(slug, f"{STORY}{html}{STORY}") == severities


@pytest.mark.parametrize(
    ("slug", "html", "severity"),
    [
        ("editor-note-left-in", f"<p># # #</p>{STORY}", "warning"),
        ("editor-note-left-in", "<p># # #</p>", "error"),
        ("editor-note-left-in", "<p># # #</p><p>Media contact: Ada Bell</p>", "error"),
        ("editor-note-left-in", "<p>Ms XXX said that it was dark.</p>", "note"),
        ("assistant-residue", "<p>Let me know if you want more changes!</p>", "warning"),
        ("assistant-residue", "<p>Would you like me to write a headline?</p>", "error"),
        ("placeholder-copy", "<p>Write a caption</p>", "note"),
        ("placeholder-copy", "<figure><img src='/x.jpg' alt='Mill'><figcaption>Write a caption</figcaption></figure>", "error"),
        ("placeholder-copy", "<div class='wp-caption'><p>Write a caption</p></div>", "error"),
    ],
)
def test_what_may_be_the_story_s_own_is_said_more_softly(slug: str, html: str, severity: str) -> None:
    assert said(slug, f"{STORY}{html}") == [severity]


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


@pytest.mark.parametrize(
    ("headline", "severity"),
    [
        ("Just in: Storm reaches the coast", "warning"),
        ("LATEST: Storm reaches the coast", "warning"),
        ("The latest: Storm reaches the coast", "warning"),
        ("Latest – and last? The mill by the river", "note"),
        ("Watch live: how owls are filmed", "note"),
        ("Happening now: pots of the 1920s in Norland", "note"),
        ("Live now — pay later?", "note"),
    ],
)
def test_labels_that_works_bear(headline: str, severity: str) -> None:
    page = f"<head><meta property='article:published_time' content='2026-01-10T09:00:00Z'></head><h1>{headline}</h1>{STORY}"
    assert said("stale-label", page) == [severity]
