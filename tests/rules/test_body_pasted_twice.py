"""How grave it is that a part of the story stands twice."""

from rules import body_pasted_twice
from rules.core import engine
from rules.core.submission import Submission
from tests.conftest import NOW


def test_a_summary_that_comes_again_in_a_long_release_is_a_warning() -> None:
    body = body_pasted_twice.BODY
    rest = "".join(body.replace("river", f"river {number}").replace("piers", f"piers {number}") for number in range(3))
    assert [severity_of(text) for text in (body * 2, body + body + rest)] == ["error", "warning"]


def severity_of(html: str) -> str:
    made = engine.lint(Submission(html, "html"), now=NOW, rules=[body_pasted_twice.BodyPastedTwice()])
    (finding,) = made["findings"]
    return str(finding["severity"])
