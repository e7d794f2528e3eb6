"""Comments in the source, a policy, a baseline: what they leave alone stays in the report, marked."""

from datetime import UTC, datetime

from rules.core.engine import lint
from rules.core.submission import Submission
from rules.core.suppression import Policy
from tests.schema import validate

NOW = datetime(2026, 1, 15, tzinfo=UTC)
OOPS = "<p>Oops! Something went wrong.</p>"


def made(html, **given):
    report = lint(Submission(html, kind="html"), now=NOW, strict=True, **given)
    return validate(report)


def marks(report):
    return [finding["suppressed"] for finding in report["findings"] if finding["rule"] == "widget-error-text"]


def test_a_comment_leaves_the_next_block_alone():
    report = made(f"<p>Rain fell.</p>\n<!-- copydesk: ignore widget-error-text -- a quotation -->{OOPS}<p>It stopped.</p>")
    assert marks(report) == [{"by": "comment", "reason": "a quotation"}]
    assert report["summary"] == {"error": 0, "warning": 0, "note": 0}
    expected = {"rule": "widget-error-text", "line": 2, "reason": "a quotation", "known": True, "used": True}
    assert report["suppressions"] == [expected]


def test_it_reaches_no_further():
    report = made(f"<!-- copydesk: ignore widget-error-text --><p>Rain fell.</p><p>It stopped.</p>{OOPS}")
    assert marks(report) == [None]
    assert report["suppressions"][0]["used"] is False


def test_a_repeat_elsewhere_is_not_hidden_with_it():
    assert marks(made(f"<!-- copydesk: ignore widget-error-text -->{OOPS}<p>Rain fell on.</p>{OOPS}")) == [None]


def test_a_comment_before_every_repeat_leaves_them_all_alone():
    report = made("<p>Rain.</p>\n" + f"<!-- copydesk: ignore widget-error-text -->\n{OOPS}\n<p>It fell.</p>\n" * 2)
    assert [row["line"] for row in report["suppressions"]] == [2, 5]
    assert [row["used"] for row in report["suppressions"]] == [True, True]
    assert [finding["suppressed"]["by"] for finding in report["findings"]] == ["comment"]


def test_of_several_comments_the_first_takes_it():
    report = made(
        "<p>Rain.</p><!-- copydesk: ignore-file widget-error-text -- all -->"
        f"<!-- copydesk: ignore widget-error-text -- near -->{OOPS}"
        "<!-- copydesk: ignore widget-error-text -- after --><p>It fell.</p>"
    )
    assert [row["reason"] for row in report["suppressions"] if row["used"]] == ["all"]


def test_the_whole_file_and_several_rules():
    report = made(f'<p>Rain.</p>{OOPS}<img src="/a.jpg"><!-- copydesk: ignore-file widget-error-text, alt-missing -->')
    assert all(finding["suppressed"] for finding in report["findings"])
    assert [row["rule"] for row in report["suppressions"]] == ["widget-error-text", "alt-missing"]


def test_a_comment_before_a_picture():
    report = made('<p>Rain.</p><!-- copydesk: ignore alt-missing --><p>It <img src="/a.jpg"> fell.</p>')
    assert [finding["suppressed"] for finding in report["findings"]] == [{"by": "comment", "reason": None}]


def test_an_unknown_rule_is_named():
    row = made("<!-- copydesk: ignore no-such-rule --><p>Rain fell.</p>")["suppressions"][0]
    assert (row["rule"], row["known"], row["used"]) == ("no-such-rule", False, False)


def test_other_comments_say_nothing():
    assert made("<!-- copydesk: ignore --><!-- copydesk is fine --><!-- ignore stale-note --><p>Rain.</p>")["suppressions"] == []


def test_a_policy_and_a_baseline():
    plain = made(f"<p>Rain.</p>{OOPS}")
    by_rule = made(f"<p>Rain.</p>{OOPS}", policy=Policy({"widget-error-text": "known"}))
    assert marks(by_rule) == [{"by": "configuration", "reason": "known"}]
    known = frozenset(finding["fingerprint"] for finding in plain["findings"])
    moved = made(f"<p>Rain.</p><p>More rain fell than ever.</p>{OOPS}", policy=Policy({}, known))
    assert marks(moved) == [{"by": "baseline", "reason": None}]
