"""A headline's number that the story gives in another way is there."""

import pytest

from rules.core.engine import lint
from rules.core.submission import Submission
from tests.conftest import NOW

RAIN = "Rain fell on the coast and the river rose. " * 15  # a story of so many words is whole


def found(headline: str, story: str) -> list[str]:
    source = f"<h1>{headline}</h1><p>{story}</p><p>{RAIN}</p>"
    report = lint(Submission(source, "html"), now=NOW)
    return [row["text"] for row in report["findings"] if row["rule"] == "headline-number-missing"]


@pytest.mark.parametrize(
    ("headline", "story"),
    [
        ("18 people hurt as coach leaves road", "The driver and 17 passengers, people from the coast, were hurt."),
        ("Eighteen people hurt as coach leaves road", "Seventeen passengers and the driver, people said, were hurt."),
        ("Coach leaves road and 23 people are hurt", "Ada Jones and twenty-two others, all people of the coast, were hurt."),
        ("Survey: 80% want the bridge back", "Four in five want it back, the council said."),
        ("Survey: 80% want the bridge back", "Four people out of five want it back."),
        ("80% of pupils pass the test", "Of 200 pupils who sat it, 160 passed."),
        ("80% of pupils pass the test", "It was passed by 160 of the 200 pupils."),
        ("80% of pupils pass the test", "Of the school’s 200 pupils, 160 passed."),
        ("Norland council gives the bridge 100% of its votes", "All members voted for it."),
        ("Ask the harbour: twenty families on the flood", "The families came by boat."),
        ("Rents on the coast are up 100%", "Rents doubled in a year, the council said."),
        ("Ferry traffic is down 50%", "Traffic halved in a year, the council said."),
        ("Two parties take 55% of the vote", "They took 30.2 and 24.6 per cent of it."),
        ("Storm leaves 5,000 homes dark", "It cut off 2,300 homes in the port, 1,600 on the hill and 1,100 on the island."),
        ("How Year Seven pupils cope with the flood", "The pupils came by boat."),
        ("How Year 7 pupils cope with the flood", "The pupils came by boat."),
        ("Judge frees the Norland Seven protesters", "The protesters came by boat."),
        ("Queen meets Squadron Twenty soldiers", "The soldiers came by boat."),
        ("Storm hurts the worst 50 residents", "The residents came by boat."),
        ("Storm kills 12 people" + " on the wide and open coast" * 20, "It killed nine people."),
    ],
)
def test_the_story_gives_it_in_another_way(headline: str, story: str) -> None:
    assert not found(headline, story)


@pytest.mark.parametrize(
    ("headline", "story", "text"),
    [
        ("18 people hurt as coach leaves road", "The driver and 15 passengers, people from the coast, were hurt.", "18 people"),
        ("Coach leaves road and 18 people are hurt", "It hurt 15 people, 12 men and 17 women said.", "18 people"),
        ("Survey: 80% want the bridge back", "Three in five want it back, the council said.", "80%"),
        ("80% of pupils pass the test", "Of 200 pupils who sat it, 150 passed.", "80%"),
        ("Rents on the coast are up 100%", "Rents rose by half, the council said.", "100%"),
        ("Two parties take 55% of the vote", "They took 31.2 and 24.6 per cent of it.", "55%"),
        (
            "Storm leaves 5,000 homes dark",
            "It cut off 1,300 homes in the port, 1,600 on the hill and 1,100 on the island.",
            "5,000 homes",
        ),
        ("Norland: Fifty people killed in a storm", "It killed forty people.", "Fifty people"),
        ("Storm kills 12 people" + " on the wide and open coast" * 10, "It killed nine people.", "12 people"),
    ],
)
def test_the_story_gives_another(headline: str, story: str, text: str) -> None:
    assert found(headline, story) == [text]
