"""How loudly a crowd without a face is flagged."""

from datetime import UTC, datetime

import pytest

from rules.core import engine
from rules.core.catalogue import choose
from rules.core.submission import Submission

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Critics say the bridge is too narrow for lorries.", "warning"),
        ("Critics say the bridge is too narrow. The council has no plans for Lower Millford.", "note"),
        ("Economists generally regard a toll of four pounds as too high.", "note"),
        ("Analysts expect the toll to rise in spring.", "note"),
        ("Some criticised the bridge as too narrow.", "warning"),
        ("The bridge is thought to be safe by the end of May.", "note"),
        ("Insiders told me that the bridge is too narrow for lorries.", "note"),
        ("Insiders told us that the bridge is too narrow for lorries.", "note"),
        ("Experts tell us that the bridge is too narrow for lorries.", "warning"),
        ("A source tells me that the bridge is too narrow for lorries.", "note"),
        ("Critics warn us that the bridge is too narrow for lorries.", "warning"),
        ("Research shows that wide bridges last.</p><p>The findings were published in the journal “Bridges”.", "note"),
        ("Studies show that wide bridges last.</p><p>The study was published in Marine Bridges.", "note"),
        ("Studies show that wide bridges last.</p><p>The study was published in full.", "warning"),
        ("Studies show that wide bridges last.</p><p>Election results were published in Lower Millford.", "warning"),
        ("Earlier studies show that wide bridges last.</p><p>The paper was published on Monday in Bridges Today.", "note"),
        ("Earlier studies show that wide bridges last.</p><p>The paper was published in May.", "warning"),
        ("Critics say that wide bridges last.</p><p>The paper was published on Monday in Bridges Today.", "warning"),
    ],
)
def test_severity(text: str, severity: str) -> None:
    report = engine.lint(Submission(f"<p>{text}</p>".encode()), now=NOW, rules=choose(("vague-attribution",)))
    assert [finding["severity"] for finding in report["findings"]] == [severity]


@pytest.mark.parametrize(
    "text",
    [
        "Many called for help from the bridge. Some see it daily from the bus.",
        "Supporters put the petition on the mayor’s desk.",
        "Dozens of officials accused of fraud were cleared. Hundreds of people feared dead were found.",
        "Several people saw the van. Some residents described hearing a crack.",
        "It was reported to the harbour office that night. It is accepted practice.",
        "She was seen as an outpatient. The cup was regarded as treasure under the Act.",
        "The bridge has been hailed as a model by the trust’s chairman, Tom Brandt.",
        "The bridge was widely seen as a failure by the council’s own engineers.",
        "It was felt by the family that the bridge was too narrow.",
        "Meetings are often held there. Speculation is not allowed on the old land.",
    ],
)
def test_what_is_no_crowds_word(text: str) -> None:
    report = engine.lint(Submission(f"<p>{text}</p>".encode()), now=NOW, rules=choose(("vague-attribution",)))
    assert [finding["text"] for finding in report["findings"]] == []
