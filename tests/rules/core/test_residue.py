"""What the lists of interface words say of a block: of one that no single rule knows whole, and of its parts."""

import pytest

from rules.core.article import read
from rules.core.blocks import Block
from rules.core.engine import lint
from rules.core.residue import says
from rules.core.sourcing.genre import addresses
from rules.core.submission import Metadata, Submission
from tests.conftest import NOW

PITCH = "Sign up for our newsletter."


def block_of(html: str) -> Block:
    return read(Submission(html, "html")).blocks[0]


def severities(html: str) -> dict[str, str]:
    found = lint(Submission(f"<p>Rain fell on the town.</p>{html}<p>Then it stopped.</p>", "html"), now=NOW, strict=True)[
        "findings"
    ]
    return {row["rule"]: row["severity"] for row in found}


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        (f"We cover every flood in this valley. {PITCH}", {"newsletter-promo"}),
        (f"{PITCH} Already a subscriber? Log in.", {"newsletter-promo"}),
        (f"Oops! {PITCH}", {"newsletter-promo"}),
        (f"Rain fell on every street of the valley. {PITCH}", set()),
        (f"Your engineers were late again, as nobody had expected. {PITCH}", set()),
        (f"Then “your rivers rise again” stood on its wall. {PITCH}", set()),
        (f"We value your privacy. {PITCH} Which of your neighbours is that?", set()),
        (f"{PITCH} Whoever eats with you needs {'a very ' * 12}long spoon.", set()),
        (" ".join([*(f"These are your {word} rivers." for word in "one two three four five six".split()), PITCH]), set()),
    ],
    ids=[
        "one voice",
        "two rules",
        "a cry",
        "prose",
        "what others did",
        "a quotation",
        "a question",
        "a long sentence",
        "an essay",
    ],
)
def test_sentences_that_no_rule_knows_all_of(text: str, slugs: set[str]) -> None:
    assert set(says(block_of(f"<p>{text}</p>"))) == slugs


@pytest.mark.parametrize(
    ("html", "is_bar"),
    [
        ("<p><a href=#a>Facebook</a><a href=#b>Twitter</a><span>Print</span></p>", True),
        ("<p><a href=#a>Facebook</a>twitter<span>Print</span></p>", False),
        ("<p><span>Like</span><span>3</span><span>4</span><span>5</span></p>", False),
        ("<p>WhatsAppXLinkedInCopy link</p>", True),
        ("<p>TikTokYouTubeShare</p>", True),
        ("<p>Share this article on FacebookShare this article on RedditShare this article on Twitter</p>", True),
        ("<p>ShareSave</p>", False),
        ("<p>McPrintShare</p>", False),
        ("<p>" + "ShareSave" * 7 + "</p>", False),
        ("<p>" + "ShareSave" + "Share this on Facebook" * 8 + "</p>", False),
    ],
    ids=[
        "elements of one line",
        "a text between them",
        "numbers",
        "glued labels",
        "labels with capitals inside",
        "long labels",
        "two, which may be a name",
        "a name",
        "too many labels",
        "too many words",
    ],
)
def test_the_parts_of_a_line(html: str, is_bar: bool) -> None:  # noqa: FBT001
    assert ("share-bar" in says(block_of(html))) == is_bar


def test_what_others_may_say_too_is_a_note_without_a_sign_in_the_structure() -> None:
    assert severities("<p>Sign up for flood alerts at the library.</p>") == {}
    advice = "Sign up for flood alerts today."
    assert severities(f"<p>{advice}</p>") == {"newsletter-promo": "note"}
    assert severities(f'<p class="newsletter-box">{advice}</p>') == {"newsletter-promo": "error"}
    assert severities(f"<p>{PITCH}</p>") == {"newsletter-promo": "warning"}


def test_the_wording_is_asked_of_english_texts_alone() -> None:
    text = "<p>Folgen Sie uns auf dem Weg zum Fluss, der durch die Stadt ging</p>"
    for language, severity in (("de", "warning"), ("en", "note")):
        found = lint(Submission(text, "html", metadata=Metadata(language=language)), now=NOW, strict=True)["findings"]
        assert [row["severity"] for row in found if row["rule"] == "share-bar"] == [severity]


def test_clean_lines_beside_each_other_vouch_for_nothing() -> None:
    lines = ("Millford Radio is listener-supported.", "Calder FM is community-owned."), ("Be truthful", "Keep it clean")
    assert severities("".join(f"<p>{line}</p>" for line in lines[0])) == {}
    assert "comment-box" not in severities("".join(f"<p>{line}</p>" for line in lines[1]))
    both = lint(Submission(f"<p>{PITCH}</p><p>{lines[0][0]}</p>", "html"), now=NOW, strict=True)["findings"]
    assert [(row["text"], row["severity"]) for row in both] == [(f"{PITCH}\n{lines[0][0]}", "warning")]
    assert severities(f"<p>These are your floods. {PITCH}</p>") == {"newsletter-promo": "note"}
    assert severities(f'<p class="newsletter-box">These are your floods. {PITCH}</p>') == {"newsletter-promo": "warning"}


def test_a_number_to_call_is_a_service_unless_it_is_ours() -> None:
    assert severities("<p>Sign up for flood alerts on 01632 960003.</p>") == {}
    assert severities("<p>Sign up for our alerts on 01632 960003.</p>") == {"newsletter-promo": "warning"}


def test_a_pitch_with_a_bold_lead_explains_nothing() -> None:
    assert severities(f"<p><b>Support local reporting.</b> These are your rivers, as wide as ever. {PITCH}</p>") == {
        "newsletter-promo": "warning"
    }
    assert severities("<p><b>Log in to continue:</b> Millford’s portal asks for it after an hour of sleep.</p>") == {}


def test_the_small_print_of_a_form_may_be_long() -> None:
    small = (
        "By signing up you agree to our terms and our privacy policy. You also agree to receive marketing messages, updates, "
        "offers of partners and other news by e-mail from the Millford Herald and the other titles of its house, and you confirm "
        "that you are old enough to do so. You may opt out at any time."
    )
    assert severities(f'<p class="form-note">{small}</p>') == {"form-residue": "error"}


@pytest.mark.parametrize(
    "lines",
    [
        "<ul>" + "<li>“We never saw them coming that night”</li>" * 2 + "</ul>",
        "<ul>" + "<li>and a third one, small</li>" * 2 + "</ul>",
        "<ul><li>Pool to stay shut over the weekend</li></ul>",
        "<p>Pool to stay shut over the weekend</p><div>Fruit flies found in three streets</div>",
        "".join(f"<p>Nobody in {town} could tell when the rain {'would ever ' * 8}stop</p>" for town in ("Millford", "Calder")),
    ],
    ids=["quotations", "a sentence goes on", "one", "two kinds", "long lines"],
)
def test_no_titles_of_other_stories(lines: str) -> None:
    assert severities(f"<p>Also read:</p>{lines}") == {}


def test_titles_of_other_stories() -> None:
    lines = "<li>Pool to stay shut over the weekend</li><li>Fruit flies found in three streets</li>"
    assert severities(f"<p>Also read:</p><ul>{lines}</ul>") == {"related-links": "warning"}


@pytest.mark.parametrize("pitch", ["Your support makes the Herald possible.", "Chip in $5 today."])
def test_a_pitch_that_says_you_makes_no_story_one_of_advice(pitch: str) -> None:
    assert "newsletter-promo" in severities(f"<p>The bridge is closed.</p><p>{pitch}</p>")
    assert "newsletter-promo" in severities(f"<p>The bridge is closed.</p><p>Get our app today.</p><p>{pitch}</p>")
    assert addresses(read(Submission(f"<p>Rain fell.</p><p>{pitch}</p>", "html"))) is False


def test_an_app_that_a_story_tells_its_readers_to_get_is_no_pitch() -> None:
    advice = "<p>You need your meter’s number, and you need your phone.</p>"
    assert severities(f"{advice}<p>Download the Meter app from the App Store.</p>") == {}
    assert "newsletter-promo" in severities(f"{advice}<p>Download our free app from the App Store.</p>")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Skip advert", "player-residue"),
        ("Fullscreen Exit fullscreen Settings", "player-residue"),
        ("This narration was generated by AI and may mispronounce names.", "player-residue"),
        ("Question 2 of 8 Submit answer", "widget-state-text"),
        ("58% Yes 42% No 2,310 votes", "widget-state-text"),
        ("Original text Rate this translation", "widget-state-text"),
        ("No results found. Try another word.", "widget-state-text"),
        ("This poll is now closed.", "widget-state-text"),
        ("Voting is now closed", "widget-state-text"),
        ("No matches found. Try another search.", "widget-state-text"),
        ("Rewind 10 seconds Play Forward 10 seconds", "player-residue"),
        ("Please disable it to continue", "paywall-prompt"),
        ("We use cookies according to our privacy policy.", "consent-notice"),
        ("readmore", "navigation-residue"),
        ("narrow-browser-and-phone", "navigation-residue"),
        ("Purchase Licensing Rights", "share-bar"),
        ("Cite This Page:", "share-bar"),
        ("Your form was submitted to our team.", "widget-state-text"),
        ("Error 502: bad gateway", "widget-error-text"),
        ("Your payment has been declined.", "widget-error-text"),
        ("I'm not a robot", "form-residue"),
        ("Drop files here or browse files", "form-residue"),
        ("Adblocker detected, here is how to help", "paywall-prompt"),
        ("Your free trial has ended.", "paywall-prompt"),
        ("Print Email PDF", "share-bar"),
        ("Reply 3 Like 12 Report", "comment-box"),
        ("Why am I seeing this ad?", "ad-label"),
        ("Skip past newsletter sign-up", "navigation-residue"),
    ],
)
def test_what_the_machinery_of_a_page_says(text: str, slug: str) -> None:
    assert slug in says(block_of(f"<p>{text}</p>"))


@pytest.mark.parametrize(
    "text",
    [
        "You must be 18 or over to enter, and the porter looks at every card.",
        "The request was accepted by the court on Monday.",
        "The e-mail was sent to 900 tenants on a Sunday.",
        "Swipe right was how he met her.",
        "Stop. Listen.",
        "How to disable the alarm in the old lift.",
        "Disable it and start the pump by hand.",
        "Choose a voice that sounds like your own.",
        "Skip past the gift shop and turn left.",
        "Too many requests were refused, the inspector found.",
        "You don't have access to see a doctor there.",
        "No matches were found among the prints, police said.",
        "Voting has ended.",
        "Choose a payment method that leaves a trace.",
        "What's your reaction to the verdict?",
        "Hands-free-phone",
        "The poll is closed until Monday.",
        "An error occurred in the count at Marle, the clerk said.",
        "We use cookies as ballast, according to the cook.",
        "You have read three articles of the treaty, she told him.",
    ],
)
def test_what_a_story_says_in_the_machinerys_words(text: str) -> None:
    assert says(block_of(f"<p>{text}</p>")) == {}


LOOSE = "<p>Never miss a ferry again: tap here to turn on our harbour notifications and hear the news read aloud</p>"


def test_a_piece_of_a_sentence_that_was_torn_apart_at_its_links_is_the_storys() -> None:
    story = "<h1>Rain</h1><p>Rain fell on the town, and many of those who read the invitation</p>"
    assert "leftover-block" in severities(f"{story}{LOOSE}<p>Rain fell again.</p>")
    assert "leftover-block" not in severities(f"{story}{LOOSE}<p>, which the council had printed, came to the hall.</p>")
