"""Every form, held against its published schema or its rules, over stories that try to break it."""

import csv
import io
import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker

from rules.core import catalogue, engine
from rules.core.report import empty_report
from rules.core.submission import Submission
from rules.core.suppression import Policy
from service.exports.forms import FORMS
from service.exports.github import annotations
from service.exports.rdjson import rdjson
from service.exports.sarif import sarif, uri_of
from service.exports.sheet import Sheet
from service.exports.table import harmless, table
from tests.service.command_line import CLEAN, FAULTY, ROOT, refused, run

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
SARIF = Draft4Validator(json.loads((HERE / "sarif-schema-2.1.0.json").read_text()), format_checker=FormatChecker())
RDJSON = Draft202012Validator(json.loads((HERE / "rdjson.schema.json").read_text()))
SAMPLES = sorted((ROOT / "service" / "samples").glob("*.html"))
# A character outside the basic plane, CRLF and a lone CR before the fault; a template's gap over two lines; markup in the text.
HARD = (
    "<h1>=Rain, 𐐀 &lt;b&gt;</h1>\r\n<p>Rain fell on Monday.</p>\r"
    "<p>𐐀é {{ article\n.title }}</p>\r\n<p>By night, {{ x }} stopped.</p>"
)


def sheet(html: str, path: str | None = "a.html", *, policy: Policy | None = None, kept: bool = True) -> Sheet:
    report = engine.lint(Submission(html, "html", path=path), now=NOW, **({"policy": policy} if policy else {}))
    return Sheet(report, html if kept else None)


def unread() -> Sheet:
    report = empty_report("b,c:d%.html", catalogue.ruleset_hash([]), NOW)
    return Sheet(report | {"error": {"reason": "Broken:\nby, far 100%."}, "complete": False})


@pytest.fixture(scope="module")
def sheets() -> list[Sheet]:
    read = [sheet(path.read_text(), str(path)) for path in SAMPLES]
    return [
        *read,
        sheet(HARD),
        sheet(HARD, "b c.html", kept=False),
        sheet(HARD, None),
        unread(),
        sheet(CLEAN.decode(), "clean.html"),
    ]


def offset_of(text: str, line: int, column: int) -> int:
    """The offset that a line and a column mean, counted another way than the exports do."""
    lines = text.replace("\r\n", "\x01\n").replace("\r", "\n").replace("\x01\n", "\r\n").split("\n")
    return sum(len(row) + 1 for row in lines[: line - 1]) + column - 1


def test_sarif_is_as_its_schema_says(sheets: list[Sheet]) -> None:
    made = sarif(sheets)
    SARIF.validate(made)
    found = [finding for given in sheets for finding in given.report["findings"]]
    results = made["runs"][0]["results"]
    assert [row["partialFingerprints"]["copydesk/v1"] for row in results] == [finding["fingerprint"] for finding in found]
    assert len(found) > 20


def test_sarif_regions_mean_the_same_by_lines_and_by_offsets(sheets: list[Sheet]) -> None:
    seen = 0
    for row in sarif(sheets)["runs"][0]["results"]:
        place = row["locations"][0]["physicalLocation"]
        text, region = sheets[place["artifactLocation"]["index"]].source, place.get("region")
        if text is None or region is None:
            continue
        start, end = (offset_of(text, region[f"{which}Line"], region[f"{which}Column"]) for which in ("start", "end"))
        assert (start, end - start) == (region["charOffset"], region["charLength"])
        assert region["snippet"]["text"] == text[start:end]
        seen += 1
    assert seen > 20


def test_sarif_has_the_rules_with_their_help(sheets: list[Sheet]) -> None:
    run_ = sarif(sheets)["runs"][0]
    rules = run_["tool"]["driver"]["rules"]
    assert all("## Why it matters" in rule["help"]["text"] for rule in rules)
    assert all(rules[row["ruleIndex"]]["id"] == row["ruleId"] for row in run_["results"])


def test_sarif_keeps_what_was_left_alone_and_says_so() -> None:
    html = "<!-- copydesk: ignore-file leftover-template -- a demonstration --><p>Rain fell.</p><p>{{ x }}</p><p>Rain.</p>"
    rule = next(f["rule"] for f in sheet(html).report["findings"] if "{{ x }}" in f["text"])
    html = html.replace("leftover-template", rule)
    fingerprint = next(f["fingerprint"] for f in sheet(html).report["findings"] if f["rule"] == rule)
    by_comment = [row for row in sarif([sheet(html)])["runs"][0]["results"] if row["ruleId"] == rule]
    bare = html.partition("-->")[2]
    by_baseline = sarif([sheet(bare, policy=Policy(baseline=frozenset({fingerprint})))])
    SARIF.validate(by_baseline)
    assert by_comment[0]["suppressions"] == [
        {"kind": "inSource", "properties": {"by": "comment"}, "justification": "a demonstration"}
    ]
    found = [row["suppressions"] for row in by_baseline["runs"][0]["results"] if row["ruleId"] == rule]
    assert found == [[{"kind": "external", "properties": {"by": "baseline"}}]]


def test_sarif_names_what_could_not_be_read() -> None:
    invocation = sarif([unread()])["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "Broken:\nby, far 100%."


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü#1.html", "a%20b/%C3%BC%231.html"),
        ("/a/b.html", "file:///a/b.html"),
        ("c:d.html", "c%3Ad.html"),
        ("https://northgate.example/ä?q=1#x", "https://northgate.example/%C3%A4?q=1#x"),
    ],
)
def test_a_path_as_a_uri(path: str, uri: str) -> None:
    assert uri_of(path) == uri


def test_rdjson_is_as_its_fields_are_published(sheets: list[Sheet]) -> None:
    made = rdjson(sheets)
    RDJSON.validate(made)
    assert sum(bool(row["suggestions"]) for row in made["diagnostics"] if "suggestions" in row) > 2
    broken = [row["message"] for row in made["diagnostics"] if row["location"]["path"] == "b,c:d%.html"]
    assert broken == ["Broken:\nby, far 100%."]


def test_rdjson_columns_count_bytes() -> None:
    given, seen = sheet(HARD), 0
    lines = HARD.encode().replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for row, finding in zip(rdjson([given])["diagnostics"], given.findings, strict=True):
        start, end = (row["location"]["range"][which] for which in ("start", "end")) if finding["span"] else (None, None)
        if start and start["line"] == end["line"]:
            flagged = HARD[finding["span"]["start"] : finding["span"]["end"]].encode()
            assert lines[start["line"] - 1][start["column"] - 1 : end["column"] - 1] == flagged
            seen += 1
    assert seen > 1


def test_rdjson_without_the_source_gives_lines_only() -> None:
    ranges = [row["location"]["range"] for row in rdjson([sheet(HARD, kept=False)])["diagnostics"] if "range" in row["location"]]
    assert ranges
    assert all(set(given) == {"start"} and set(given["start"]) == {"line"} for given in ranges)


def test_annotations_are_one_line_each_whatever_they_say(sheets: list[Sheet]) -> None:
    lines = [line for given in sheets for line in annotations(given)]
    assert len(lines) == sum(len(given.findings) + bool(given.report["error"]) for given in sheets)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) and "\n" not in line for line in lines)
    assert "::error file=b%2Cc%3Ad%25.html::Broken:%0Aby, far 100%25." in lines


def test_csv_rows(sheets: list[Sheet]) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(table(sheets)), newline="")))
    assert len(rows) == sum(len(given.findings) for given in sheets)
    assert {row["headline"] for row in rows if row["path"] == "a.html"} == {"'=Rain, 𐐀 <b>"}
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in rows for cell in row.values())


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


class Tags(HTMLParser):
    """What a browser would see of markup."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.given: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.given += [name for name, _ in attrs]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def test_the_page_runs_and_fetches_nothing() -> None:
    html = "<h1>&lt;script>alert(1)&lt;/script> {{ 7*7 }}</h1><p>Rain fell.</p><p>&lt;img src=x onerror=alert(1)> {{ x }}</p>"
    written = "".join(FORMS["html"].write([sheet(html, '"><script>.html'), unread()]))
    tags = Tags()
    tags.feed(written)
    assert not tags.seen & {"script", "img", "link", "iframe", "a", "base", "form"}
    assert not [name for name in tags.given if name.startswith("on") or name in ("src", "href")]
    assert "{{ 7*7 }}" in written
    assert "Broken:\nby, far 100%." in written


@pytest.mark.parametrize("form", FORMS)
def test_no_articles(form: str) -> None:
    written = "".join(FORMS[form].write([]))
    if form == "sarif":
        SARIF.validate(json.loads(written))
    if form == "rdjson":
        RDJSON.validate(json.loads(written))


def test_check_writes_every_form(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(FAULTY)
    (tmp_path / "b.html").write_bytes(b"")
    (tmp_path / "c.html").write_bytes(CLEAN)
    ended = {form: run("check", ".", "--format", form, "--now", "2026-03-05T10:00:00Z", cwd=tmp_path) for form in FORMS}
    assert {given.status for given in ended.values()} == {2}
    made = json.loads(ended["sarif"].out)
    SARIF.validate(made)
    assert [item["location"]["uri"] for item in made["runs"][0]["artifacts"]] == ["a.html", "b.html", "c.html"]
    assert made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    RDJSON.validate(json.loads(ended["rdjson"].out))
    assert ended["github"].out.count("::error file=b.html::") == 1
    assert "{{ article.title }}" in ended["csv"].out
    assert "<mark>{{ article.title }}</mark>" in ended["html"].out


def test_check_writes_sarif_of_standard_input() -> None:
    made = json.loads(run("check", "-", "--format", "sarif", given=FAULTY).out)
    SARIF.validate(made)
    assert made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["charLength"] == len("{{ article.title }}")


def test_who_says_what_has_no_such_form() -> None:
    assert "--sources is written as text, json or jsonl" in refused("check", "-", "--sources", "--format", "sarif", given=FAULTY)
