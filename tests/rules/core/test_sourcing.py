"""The attribution map: who says what, in which words, and whose voice it is."""

import pytest

from rules.core.article import read
from rules.core.engine import lint, sources_of
from rules.core.sourcing.tokens import tokenise
from rules.core.submission import Submission
from tests.rules.core.test_engine import NOW

STORY = """Bridge to close in May, council says

The old bridge at Millford will close in May, Maria Keane, the council leader, said on Monday.

“We looked at every option,” Keane told the Millford Herald. “Nobody wants this.”

She added that the ferry would run until October. According to a 2023 report by the county, the bridge carries 9,000 cars a day.

The union wants the council to wait. “It is a mistake,” said its secretary, John Hale.

Critics say the plan came too late.

The bridge was built in 1931."""


def attributions(text):
    return read(Submission(text.encode(), kind="text")).attributions


def told(text):
    """Source, cue and contents of each attribution, as texts."""
    return [
        (found.source and found.source.text, found.cue and found.cue.text, *(content.text for content in found.contents))
        for found in attributions("Bridge\n\n" + text)
    ]


def voices(text):
    return [found.voice and found.voice.name for found in attributions(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Keane said the bridge would close in May.", ("Keane", "said", "the bridge would close in May")),
        ("The bridge will close in May, Keane said.", ("Keane", "said", "The bridge will close in May")),
        ("“It will close in May,” said Maria Keane.", ("Maria Keane", "said", "“It will close in May,”")),
        ("The bridge, Keane said, will close in May.", ("Keane", "said", "The bridge", "will close in May")),
        (
            "According to the report, the bridge carries too many cars.",
            ("the report", "According to", "the bridge carries too many cars"),
        ),
        (
            "The bridge carries too many cars, according to the report.",
            ("the report", "according to", "The bridge carries too many cars"),
        ),
        ('"It will close in May," she said.', ("she", "said", '"It will close in May,"')),
    ],
)
def test_source_cue_and_content(text, wanted):
    assert told(text) == [wanted]


def test_a_quotation_that_goes_on_keeps_its_voice():
    first, second = attributions("Bridge\n\n“It will close in May,” Maria Keane said. “We have no choice in this matter.”")
    assert (second.source, second.cue) == (None, None)
    assert second.voice is first.voice
    assert second.type == "direct"


def test_direct_indirect_and_mixed():
    text = "“It will close,” Keane said.\n\nKeane said it would close.\n\nKeane said it would close “in May at the latest.”"
    assert [found.type for found in attributions("Bridge\n\n" + text)] == ["direct", "indirect", "mixed"]


def test_only_statements_answer():
    text = "Bridge\n\nKeane said it would close.\n\nKeane believes that it will close.\n\nKeane wants to close it."
    assert [found.kind for found in attributions(text)] == ["statement", "belief", "intention"]


def test_names_pronouns_and_the_company_go_back_to_their_voice():
    text = (
        "Bridge\n\nMaria Keane said it would close.\n\nShe said it was old.\n\nKeane added that it was narrow.\n\n"
        "Northgate Holdings Group said it would buy the bridge.\n\nThe company said it was cheap."
    )
    assert voices(text) == ["Maria Keane"] * 3 + ["Northgate Holdings Group"] * 2


def test_who_is_a_crowd_and_who_is_anonymous():
    text = "Bridge\n\nCritics said it was old.\n\nA senior official said it would close.\n\nMaria Keane said it was narrow."
    found = [(one.voice.crowd, one.voice.anonymous, one.voice.named) for one in attributions(text)]
    assert found == [(True, False, False), (False, True, False), (False, False, True)]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_other_languages_are_not_read(language):
    html = f'<html lang="{language}"><body><article><p>Keane said the bridge would close in May.</p></article></body></html>'
    assert read(Submission(html.encode(), kind="html")).attributions == ()


def test_a_text_that_is_not_english_is_not_taken_for_it():
    zulu = "Abaphathi besikole bathi abantwana abadli kahle futhi abazali bakhala ngokuthi ukudla akwanele nsuku zonke. " * 5
    assert read(Submission(zulu.encode(), kind="text")).language == "und"


def test_the_report_points_at_the_file():
    html = "<html lang=en><body><article><p>Keane &amp; Sons <b>said</b> the bridge&nbsp;would close.</p></article></body></html>"
    report = lint(Submission(html.encode(), kind="html"), now=NOW, strict=True)
    (found,) = report["attributions"]
    assert html[found["source"]["start"] : found["source"]["end"]] == "Keane &amp; Sons"
    assert html[found["cue"]["start"] : found["cue"]["end"]] == "said"
    assert html[found["content"]["start"] : found["content"]["end"]] == "the bridge&nbsp;would close"


def test_who_a_story_rests_on():
    made = sources_of(Submission(STORY.encode(), kind="text"))
    rows = {row["name"]: row for row in made["sources"]}
    assert rows["Maria Keane"]["statements"] >= 3
    assert rows["Maria Keane"]["direct"] >= 1
    assert rows["Critics"]["crowd"]
    assert not rows["Maria Keane"]["crowd"]
    assert made["unanswered"][-1]["text"] == "The bridge was built in 1931."
    assert not any("Keane" in item["text"] or "Critics" in item["text"] for item in made["unanswered"])
    assert 0 < rows["Maria Keane"]["share"] < 1


def test_a_story_that_cannot_be_read_says_why():
    assert sources_of(Submission(b"", kind="html"))["error"]["reason"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “one two” and “three”.", ["“one two”", "“three”"]),
        ('He said "one two" and "three".', ['"one two"', '"three"']),
        ("It was one of” suffering and delight,” he said.", ["” suffering and delight,”"]),
        ("“One two. Three.", ["“One two. Three."]),
        ('A 6" pipe and "a word".', ['"a word"']),
        ("“One two “three” four", ["“One two", "“three”"]),
    ],
)
def test_quotation_marks_straight_curly_and_broken(text, quoted):
    t = tokenise(text)
    assert [text[slice(*t.span(*span))] for span in t.quotes] == quoted


@pytest.mark.parametrize(
    "text", ["", ".", "“", "”“”“", "said", "said said said", "— : — :", "“said” “said”", "\u2028said\x01", "said “" * 50]
)
def test_odd_input_is_survived(text):
    attributions(f"Bridge\n\n{text}\n\n{text}")
