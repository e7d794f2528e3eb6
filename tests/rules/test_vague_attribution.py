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
        ("Some call the bridge the Goat.", "note"),
        ("Some criticised the bridge as too narrow.", "warning"),
    ],
)
def test_severity(text: str, severity: str) -> None:
    report = engine.lint(Submission(f"<p>{text}</p>".encode()), now=NOW, rules=choose(("vague-attribution",)))
    assert [finding["severity"] for finding in report["findings"]] == [severity]
