"""An accusation in the paper's own voice is an error; of somebody whom a story of some length names once, a note."""

import pytest

from rules.core.engine import lint
from rules.core.submission import Submission
from tests.conftest import NOW

STORY = "".join(
    f"<p>It rained on the {day} day, and nobody in town could tell when it would stop.</p>" for day in ("first", "second")
)


def severity(*paragraphs: str, headline: str = "Rain on the town", rule: str = "unattributed-claim") -> str | None:
    html = f"<h1>{headline}</h1>{STORY}{''.join(f'<p>{text}</p>' for text in paragraphs)}<p>Then the sun came out.</p>"
    found = lint(Submission(html, "html"), now=NOW, strict=True)["findings"]
    return next((row["severity"] for row in found if row["rule"] == rule), None)


ACCUSED = "Linda Prosser lied to the council about the cost of the hall."


def test_somebody_named_once_and_never_introduced() -> None:
    assert severity("The former dictator, Idi Amin, murdered people by the thousand.") == "note"
    assert severity(ACCUSED) == "note"
    assert severity(f"King {ACCUSED}") == "note"


@pytest.mark.parametrize(
    "text",
    [
        f"Mayor {ACCUSED}",
        f"Former mayor {ACCUSED}",
        f"The developer {ACCUSED}",
        "The mayor, Linda Prosser, lied to the council about the cost of the hall.",
        "Linda Prosser, the mayor, lied to the council about the cost of the hall.",
        "Linda Prosser, 52, has lied to the council about the cost of the hall.",
    ],
)
def test_somebody_introduced(text: str) -> None:
    assert severity(text) == "error"


def test_somebody_named_again() -> None:
    assert severity(ACCUSED, "The hall stands empty, and Prosser has moved away.") == "error"
    assert severity(ACCUSED, "She was the treasurer for years.") == "error"
    assert severity(ACCUSED, headline="The lies of Linda Prosser") == "error"


def test_a_short_text_has_no_room_to_introduce_anybody() -> None:
    found = lint(Submission(f"<p>{ACCUSED}</p>", "html"), now=NOW, strict=True)["findings"]
    assert [row["severity"] for row in found if row["rule"] == "unattributed-claim"] == ["error"]


@pytest.mark.parametrize(
    "text",
    [
        f"Perhaps {ACCUSED}",
        f"In 1931 {ACCUSED}",
        "The mayor, Linda Prosser, lied to the council in the great flood of 1768.",
        "The 18th-century mayor Linda Prosser lied to the council about the cost of the hall.",
        f"Nobody knew that {ACCUSED}",
        "The council lied to the people about the cost of the hall.",
        "Gerald Fosse stole the show with a song of his own.",
        "Thieves from East London stole £2m from the club over the years.",
        "Documents prove Linda Prosser lied to the council about the cost.",
        "Governor Jane Roe diverted £2m from roads to flood defences.",
        "Joe Ellis, 98, lied about his age to join the navy.",
    ],
)
def test_nobody_is_accused(text: str) -> None:
    assert severity(text) is None


def test_a_number_of_people_is_no_year() -> None:
    assert severity("The mayor, Linda Prosser, lied to a crowd of 1768 people about the hall.") == "error"


def test_a_story_that_knows_of_proceedings_or_tells_a_story() -> None:
    told = "Former mayor Linda Prosser lied to the council about the cost of the hall."
    assert severity(told, "She was charged in May.") is None
    assert severity(told, "The film ends there, and so does the novel.") is None
    assert severity(told, "It was the first of a series of storms.") == "error"
    assert severity(told, "They met at the tennis court.") == "error"
    assert severity(told, "It will cost more, according to the plan.") == "error"
    assert severity(f"{told} It cost more, according to the plan.") is None


@pytest.mark.parametrize(
    "what",
    ["£2m", "₹4 crore", "N2.3bn", "Sh86 million", "40,000 euros", "A$40,000", "R350 000", "two million pounds", "the savings"],
)
def test_sums_of_every_country(what: str) -> None:
    assert severity(f"Gerald Fosse, 52, has stolen {what} from the club over the years.") == "error"


def test_a_state_that_does_not_answer_is_a_note() -> None:
    assert severity("Seoul accused North Korea of sending balloons.", rule="accusation-without-reply") == "note"
    assert severity("Keane accused John Hale of sending balloons.", rule="accusation-without-reply") == "warning"


@pytest.mark.parametrize(
    "text",
    [
        "The party accused supporters of Imran Khan of burning the bus.",
        "She accused police in Hong Kong of looking away.",
        "She once accused John Hale of hiding it.",
    ],
)
def test_others_are_accused(text: str) -> None:
    assert severity(text, rule="accusation-without-reply") is None


def test_who_accuses_once_again() -> None:
    assert severity("Keane once again accused John Hale of hiding it.", rule="accusation-without-reply") == "warning"
    assert (
        severity("Keane accused John Hale of it.", "The school stands by the river.", rule="accusation-without-reply")
        == "warning"
    )
