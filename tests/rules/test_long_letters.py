"""A letter whose small form is two characters ("İ") moves no mark, and silences no rule."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.core import engine
from rules.core.catalogue import choose
from rules.core.submission import Metadata, Submission

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
CITIES = "In İzmir, İstanbul, İzmit, İskenderun, İnegöl, İpsala, İnebolu and İncirliova, İncesu and İdil "


@pytest.mark.parametrize(
    ("slug", "html", "found"),
    [
        ("vague-attribution", "the bridge is widely seen as a failure.", ["is widely seen as"]),
        ("relative-day", "the council closed the bridge yesterday after the storm.", ["yesterday"]),
        (  # the cue inside the quotation stays inside
            "unattributed-quote",
            "nothing moved. “It is over and the old bridge will never be safe again, as everybody says.”",
            ["“It is over and the old bridge will never be safe again, as everybody says.”"],
        ),
    ],
)
def test_marks_stay_where_they_are(slug: str, html: str, found: list[str]) -> None:
    submission = Submission(
        f"<p>{CITIES}{html}</p>".encode(),
        metadata=Metadata(published_at=NOW - timedelta(days=9), modified_at=NOW - timedelta(days=7)),
    )
    report = engine.lint(submission, now=NOW, rules=choose((slug,)))
    assert [finding["text"] for finding in report["findings"]] == found
