"""What is read of a wording, and what it weighs beside how a block is built. The weights are made up, so that sums are known."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rules.core.engine import lint
from rules.core.linear import Linear
from rules.core.submission import Metadata, Submission
from rules.core.wording import MAX_TOKENS, features
from rules.leftover_block import VOICED, LeftoverBlock
from rules.stale_note import StaleNote

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PLAIN = Linear("plain", -3.0, {})  # how every block is built here: alone it is none
STORY = "<p>The river rose by two metres on Tuesday and took the old bridge with it, the council said in the evening.</p>"
TAP = "Tap the bell for harbour news"


def speaking(weight: float) -> Linear:
    """A model to which one word says all."""
    return Linear(f"tap {weight}", 0.0, {"tap": weight})


def flagged(html: str, *, built: Linear = PLAIN, voice: float = 5.5, **about: Any) -> list[dict[str, Any]]:
    rule = LeftoverBlock(model=built, voices=speaking(voice))
    page = f"<html><body><article>{STORY}{html}{STORY}</article></body></html>"
    submission = Submission(page, "html", metadata=Metadata(**about))
    return list(lint(submission, now=NOW, rules=[rule], strict=True)["findings"])


def test_what_is_read_of_a_text() -> None:
    found = set(features("call 0123 at the-desk", "Call 0123 at The-Desk"))
    words = {"call", "0", "at", "the", "-", "desk"}
    pairs = {"^ call", "call 0", "0 at", "at the", "the -", "- desk", "desk $"}
    threes = {"^ call 0", "call 0 at", "0 at the", "at the -", "the - desk", "- desk $"}
    assert found == words | pairs | threes | {"length=3", "capitals=3"}
    assert "shouted" in set(features("tap here", "TAP HERE"))
    assert "address" in set(features("write to desk@millford.example", ""))
    assert "late" not in set(features("word " * MAX_TOKENS + "late", ""))


def test_build_and_wording_together() -> None:
    found = flagged(f"<p>{TAP}</p>")
    assert [(row["text"], row["severity"], tuple(row["evidence"])) for row in found] == [(TAP, "note", VOICED)]
    assert found[0]["confidence"] == 0.79
    assert flagged(f"<p>{TAP}</p>", voice=2.3) == []
    assert flagged(f"<p>{TAP}</p>", voice=2.5) != []
    assert flagged(f"<p>{TAP}</p>", built=Linear("near", 1.2, {}), voice=0.9) == []
    assert flagged(f"<p>{TAP}</p>", built=Linear("far", -7.4, {}), voice=50) == []


def test_a_heading_must_be_more_outspoken() -> None:
    assert flagged(f"<h3>{TAP}</h3>", voice=4.3) == []
    assert flagged(f"<h3>{TAP}</h3>", voice=4.5) != []


@pytest.mark.parametrize(
    ("text", "is_flagged"),
    [
        (f"The river rose again today. {TAP}", False),
        (f"River watch. {TAP}", True),
        (f'<a href="/bell">The river rose again today. {TAP}</a>', True),
        (f"{TAP}. The river rose again today.", True),
        (f"The river rose again today, {TAP}", True),
    ],
    ids=["a story's sentence first", "two words first", "all a link", "last", "the same sentence"],
)
def test_what_begins_as_a_story_is_the_writers(text: str, *, is_flagged: bool) -> None:
    rule = LeftoverBlock(model=PLAIN, voices=Linear("river", 0.0, {"tap": 6.0, "river": -1.1}))
    found = lint(Submission(f"{STORY}<p>{text}</p>{STORY}", "html"), now=NOW, rules=[rule], strict=True)["findings"]
    assert bool(found) == is_flagged


@pytest.mark.parametrize(
    "html",
    [
        "<p>Tap</p>",
        f"<figure><img src='b.jpg' alt='A bell'><figcaption>{TAP}</figcaption></figure>",
        f"<table><tr><td>{TAP}</td><td>A bell</td></tr></table>",
        f"<ol><li>{TAP}</li><li>Wait for it to ring</li></ol>",
        f"<p>{TAP}:</p>",
        f"<p>Editor’s note: {TAP}</p>",
        f"<p>Correction: {TAP}</p>",
        f"<p>{TAP}, for which we earn a commission</p>",
        f"<p>“{TAP}”</p>",
        "<p>Chart: Tap desk</p>",
        "<p>Analysis by Tap Quinn, harbour editor Thursday 19 February 2026, 7am</p>",
    ],
    ids=[
        "one word",
        "a caption",
        "a cell",
        "a step",
        "what comes next",
        "an editor’s note",
        "a correction",
        "a disclosure",
        "a quotation",
        "a credit",
        "a signature with its date",
    ],
)
def test_what_may_sound_so(html: str) -> None:
    assert flagged(html, voice=9.0) == []


def test_what_a_list_is_sure_of_is_its_rules_to_say() -> None:
    rule = LeftoverBlock(model=PLAIN, voices=Linear("oops", 0.0, {"oops": 9.0}))
    for text, count in (("Oops! Something went wrong.", 0), ("Oops, said nobody here", 1)):
        page = Submission(f"{STORY}<p>{text}</p>{STORY}", "html")
        assert len(lint(page, now=NOW, rules=[rule], strict=True)["findings"]) == count


def test_other_languages_and_shopping_guides_are_left_alone() -> None:
    assert flagged(f"<p>{TAP}</p>", language="de") == []
    assert flagged(f"<p>{TAP}</p>", headline="The best bells to buy") == []
    assert flagged(f"<p>{TAP}</p>", headline="The bells of Millford") != []


def test_a_story_that_says_you_must_be_out_spoken() -> None:
    advice = "<p>You need your ticket, and you need your meter’s number.</p>" * 2
    assert flagged(f"{advice}<p>{TAP}</p>") == []
    assert flagged(f"{advice}<p>{TAP}</p>", voice=6.8) == []
    assert flagged(f"{advice}<p>{TAP}</p>", voice=7.0) != []


def test_a_pitch_that_says_you_is_not_the_storys_voice() -> None:
    pitch = "<p>Your town, your stories, your news, every day, in our app.</p>"
    assert flagged(f"{pitch}<p>{TAP}</p>") != []


def test_a_lone_address_credits_a_source_and_a_piece_of_a_sentence_is_the_storys() -> None:
    box = Linear("box", 5.0, {"end=stop": -9.0})
    assert flagged("<p>harbour.example</p>", built=box) == []
    assert flagged("<p>where nobody had rung the</p>", built=box) == []
    assert flagged("<p>ring the bell</p>", built=box) != []


@pytest.mark.parametrize(
    ("html", "rules"),
    [
        (f"<p>{TAP}. This story will be updated as the river falls.</p>", ["stale-note"]),
        (f"<p>{TAP}.</p>", ["leftover-block"]),
    ],
)
def test_a_guess_gives_way_to_what_is_known(html: str, rules: list[str]) -> None:
    chosen = [LeftoverBlock(model=PLAIN, voices=speaking(5.5)), StaleNote()]
    published = Metadata(published_at=datetime(2026, 11, 1, 9, tzinfo=UTC))
    report = lint(Submission(STORY + html + STORY, "html", metadata=published), now=NOW, rules=chosen, strict=True)
    assert [row["rule"] for row in report["findings"]] == rules
