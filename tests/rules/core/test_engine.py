"""The engine: every key always, contained crashes, budgets, one fault one finding, the same report every time."""

import json
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from lxml.html import document_fromstring

from rules.core import tree
from rules.core.article import Article
from rules.core.catalogue import load, ruleset_hash
from rules.core.engine import lint, marks, story
from rules.core.findings import Finding, Place
from rules.core.rule import Context, NotRunError, Rule
from rules.core.submission import Metadata, Submission
from tests.schema import validate

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
SEED = Path(__file__).parents[3] / "service" / "samples" / "xi-putin-meeting.html"
JUNK = '<p>Rain fell on the town.</p><div class="error">Something went wrong. Please try again.</div><p>It stopped.</p>'


def check(html: str | bytes, rules: list[Rule] | None = None, **more: Any) -> dict[str, Any]:
    return validate(lint(Submission(html, "html", **more), now=NOW, rules=rules))


def test_a_report_names_the_version_that_is_packaged() -> None:
    packaged = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    assert check("<p>Rain fell.</p>")["engine"] == packaged["project"]["version"]


def test_a_path_leads_to_the_element_and_numbers_siblings_of_one_name() -> None:
    html = "<html><body><p>TK</p><!-- a --><div><ul><li>Rain</li><li>CQ [CHECK]</li></ul></div><p>[TK] fell.</p></body></html>"
    root = document_fromstring(html)
    found = check(html)["findings"]
    assert {"/html/body/p[2]", "/html/body/div/ul/li[2]"} <= {row["xpath"] for row in found}
    paths = [row["xpath"] for row in found if row["xpath"]]
    assert [root.getroottree().getpath(root.xpath(path)[0]) for path in paths] == paths


@dataclass(frozen=True)
class Broken(Rule):
    category: ClassVar = "junk"
    severity: ClassVar = load()[0].severity
    since: ClassVar = "0.1.0"
    mode: str = "crash"

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        yield Finding("found before", (Place(article.blocks[0], 0, 1),))
        if self.mode == "crash":
            raise ZeroDivisionError
        if self.mode == "no date":
            raise NotRunError("the article carries no date")
        while True:
            context.spend(1000)


@pytest.mark.parametrize(
    ("mode", "reason"),
    [("crash", "crashed: ZeroDivisionError"), ("no date", "the article carries no date"), ("hang", "over its work budget")],
)
def test_a_rule_that_fails_costs_itself_alone(mode: str, reason: str) -> None:
    report = check(JUNK, [Broken(mode), *load()])
    assert report["not_run"][0] == {"rule": "test-engine", "reason": reason}
    assert [finding["rule"] for finding in report["findings"]] == ["widget-error-text"]


def test_strict_lets_a_crash_through() -> None:
    with pytest.raises(ZeroDivisionError):
        lint(Submission(JUNK, "html"), now=NOW, rules=[Broken()], strict=True)


@pytest.mark.parametrize("content", [b"", b"   ", b"\x89PNG\0\0", b"a" * 20_000_001], ids=["empty", "blank", "binary", "huge"])
def test_unreadable_input_has_every_key(content: bytes) -> None:
    report = validate(lint(Submission(content, path="x.html"), now=NOW))
    assert report["error"]["reason"]
    assert report["complete"] is False
    assert report["findings"] == []


def test_same_input_same_report() -> None:
    one, two = (json.dumps(check(SEED.read_bytes())) for _ in range(2))
    assert one == two


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 300 + "Rain.",
        "<div>" * 200_000 + "Rain.",
        "<p>Rain fell.</p><p>" + "x" * 12_000_000 + "</p><p>After.</p>",
        f"<p {'a ' * 2000}>Rain.</p>",
        f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>Rain.</p>",
    ],
    ids=["300 levels", "1 MB of levels", "12 MB of text", "2,000 attributes", "100,000 attributes"],
)
def test_what_was_not_read_is_never_clean(html: str) -> None:
    began = time.process_time()
    report = check(html)
    assert [finding["rule"] for finding in report["findings"]] == ["not-read-whole"]
    assert report["complete"] is False
    assert time.process_time() - began < 10 * max(1.0, len(html) / 1_000_000)


@pytest.mark.parametrize(
    "around",
    ["<script>%s</script>", "<SCRIPT async>%s</SCRIPT>", "<style>%s</style>", "<!-- <script> %s -->", "--> <script>%s</script>"],
)
def test_a_comparison_in_a_script_is_no_tag(around: str) -> None:
    code = "if(a<b" + " ".join(f"x{n}=y{n}" for n in range(1_200)) + ")"
    assert check(f"<p>Rain fell.</p>{around % code}<p>It stopped.</p>")["findings"] == []


@pytest.mark.parametrize(
    "around",
    [
        "%s", "<script>%s", "<!-- %s", "<script/>%s</script>", "<!--> %s -->", "<!---> %s -->", "<!-- --!> %s -->",
        "<textarea><script></textarea>%s<script></script>", "<title><script></title>%s<script></script>",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_script_hides_no_flood(around: str) -> None:
    """The parser sees a tag there, and would take minutes for it."""
    began = time.process_time()
    report = check(around % f"<p {' '.join(f'a{n}=1' for n in range(50_000))}>Rain.</p>")
    assert time.process_time() - began < 10
    assert "not-read-whole" in [finding["rule"] for finding in report["findings"]]


def test_a_flood_is_taken_out_even_where_it_is_thought_to_be_a_script() -> None:
    code = "if(a<b" + " ".join(f"x{n}=y{n}" for n in range(1_200)) + ")"
    text, limits = tree._without_attribute_floods(f"<script>{code}</script>")
    assert (limits, "x7=y7" in text, len(text)) == ([], False, len(f"<script>{code}</script>"))


@pytest.mark.parametrize(("language", "severity"), [("en", "warning"), ("de", "note")])
def test_a_quotation_without_a_speaker_is_a_note_where_nobody_judged_the_rule(language: str, severity: str) -> None:
    words = "<p>Rain fell.</p><p>“We had never seen so much water in our lives.”</p><p>It stopped.</p>"
    report = check(words, metadata=Metadata(language=language))
    assert [(f["rule"], f["severity"]) for f in report["findings"]] == [("unattributed-quote", severity)]


def test_repeats_are_one_finding() -> None:
    (finding,) = check(JUNK + JUNK)["findings"]
    assert (finding["count"], len(finding["also"])) == (2, 1)
    assert "2 times" in finding["message"]
    (finding,) = check((JUNK + "<p>It fell.</p>") * 4)["findings"]
    assert (finding["count"], len(finding["also"])) == (4, 3)


def test_a_box_is_one_finding() -> None:
    report = check("<p>Rain fell.</p><div class=error><p>Oops!</p><p>Something went wrong.</p></div>")
    (finding,) = report["findings"]
    assert (finding["text"], finding["count"], finding["also"]) == ("Oops!\nSomething went wrong.", 1, [])


def test_fingerprints_know_no_offsets_and_no_dates() -> None:
    before = check(JUNK)["findings"][0]
    after = check("<p>A new first paragraph, and a longer one at that.</p>\n\n" + JUNK, metadata=Metadata(published_at=NOW))
    (moved,) = after["findings"]
    assert moved["fingerprint"] == before["fingerprint"]
    assert moved["span"] != before["span"]


def test_a_language_a_rule_does_not_read_is_named() -> None:
    report = check("<p>Sade.</p>", metadata=Metadata(language="fi"))
    assert {"rule": "vague-attribution", "reason": "the article is in fi; the rule reads en"} in report["not_run"]


def test_a_language_that_nothing_says_is_not_known() -> None:
    words = "kala meri tuuli ranta vene aalto saari laituri lokki verkko "
    report = lint(Submission(f"<p>{words * 5}</p>", "html"), now=NOW)
    said = {row["reason"] for row in report["not_run"] if row["rule"] == "vague-attribution"}
    assert said == {"the article's language is not known; the rule reads en"}


def test_the_ruleset_changes_with_a_version() -> None:
    assert ruleset_hash(load()) == ruleset_hash(tuple(reversed(load())))
    assert ruleset_hash(load()) != ruleset_hash(load()[1:])


def seed(now: str) -> dict[str, Any]:
    return validate(lint(Submission(SEED.read_bytes(), "html"), now=datetime.fromisoformat(now)))


def test_the_article_that_started_it() -> None:
    report = seed("2023-06-01T00:00:00+00:00")
    found = {finding["rule"]: finding for finding in report["findings"]}
    oops = found["widget-error-text"]
    assert (oops["count"], oops["severity"], len(oops["also"])) == (3, "error", 2)
    assert oops["fix"]["title"] == "Remove the list"
    assert "repeated-block" not in found
    assert found["truncated-headline"]["text"].endswith("peace proposal for")
    assert found["stale-note"]["text"] == "This story will be updated."
    assert found["related-links"]["text"] == "Related"
    assert found["passed-date"]["text"].startswith("China says Xi will visit Russia from Monday, March 20, 2023")
    assert found["passed-date"]["block"]["kind"] == "caption"
    assert found["age-arithmetic"]["text"].startswith("over 10")
    assert report["upcoming"] == []
    named = ("Associated Press", "CNN", "Xi continued", "Reuters", "the AP", "Peskov", "BBC", "Putin said", "Blinken")
    for finding in report["findings"]:
        if finding["category"] == "sourcing" and any(name in finding["block"]["text"] for name in named):
            assert finding["severity"] == "note"


def test_the_same_article_on_its_evening() -> None:
    report = seed("2023-03-20T21:00:00-06:00")
    assert "stale-note" not in {finding["rule"] for finding in report["findings"]}
    visit, note, count = report["upcoming"]
    assert count == {"rule": "age-arithmetic", "text": "over 10 months\u00a0ago", "due_at": "2023-04-21T02:14:00Z"}
    assert note == {"rule": "stale-note", "text": "This story will be updated.", "due_at": "2023-03-21T14:14:00Z"}
    assert (visit["rule"], visit["due_at"]) == ("passed-date", "2023-03-21T06:00:00Z")


def test_marks_stand_where_the_findings_do() -> None:
    submission = Submission(SEED.read_bytes(), "html")
    report, rows = seed("2023-06-01T00:00:00+00:00"), story(submission)
    texts = {row["index"]: row["text"] for row in rows}
    places = [
        (report["findings"][mark.finding]["rule"], texts[mark.block][mark.start : mark.end]) for mark in marks(report, rows)
    ]
    assert [rule for rule, _ in places] == [
        "truncated-headline", "passed-date", "widget-error-text", "widget-error-text", "widget-error-text", "related-links",
        "age-arithmetic", "stale-note",
    ]  # fmt: skip
    assert places[2][1].startswith("Oops!")


def test_marks_of_a_box_cover_each_block() -> None:
    html = "<p>Rain fell.</p><div class=error><p>Oops!</p><p>Something went wrong.</p></div>"
    report, rows = check(html), story(Submission(html, "html"))
    assert [(mark.block, mark.start, mark.end) for mark in marks(report, rows)] == [(1, 0, 5), (2, 0, 21)]


def test_a_heading_outside_the_story_with_markup_of_its_own_breaks_nothing() -> None:
    """A rule that flags it has a text to show and no place in the source; this once ended the whole report."""
    story = "<p>The council met on Monday evening, the clerk said, and put the plan to a vote of its members.</p>" * 8
    page = f"<html><body><h1>Harbour plan <b>{{{{ article.title }}}}</b></h1><article>{story}</article></body></html>"
    report = lint(Submission(page, "html"), now=NOW, strict=True)
    found = [row for row in report["findings"] if row["rule"] == "template-placeholder"]
    assert [(row["text"], row["span"]) for row in found] == [("{{ article.title }}", None)]


def test_nothing_of_an_article_is_remembered_without_a_bound() -> None:
    html = (
        "<h1>Hall is sold after a speech by Ada Bell</h1>"
        + "<p>The hall was sold on Monday, Ada Bell said, and £45 went.</p>" * 15
    )
    check(html)
    before = {name: cached.cache_info().currsize for name, cached in unbounded_caches()}
    check(html.replace("Ada Bell", "Eve Dell").replace("hall", "barn"))
    assert {name: cached.cache_info().currsize for name, cached in unbounded_caches()} == before


def unbounded_caches() -> list[tuple[str, Any]]:
    modules = [(name, module) for name, module in sys.modules.items() if name == "rules" or name.startswith("rules.")]
    found = [
        (f"{name}.{key}", item) for name, module in modules for key, item in vars(module).items() if hasattr(item, "cache_info")
    ]
    return [(name, cached) for name, cached in found if cached.cache_parameters()["maxsize"] is None]
