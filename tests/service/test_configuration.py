"""The configuration file, comments and baselines, through the command line."""

import json

import pytest

from reports.configuration import read_file
from rules.core.catalogue import find
from tests.service.command_line import run

OOPS = "<p>Rain fell.</p><p>Oops! Something went wrong.</p>"


@pytest.fixture
def archive(tmp_path):
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "old.html").write_text(OOPS)
    (tmp_path / "new.html").write_text(OOPS)
    return tmp_path


def findings(*arguments):
    done = run("check", *arguments, "--format", "jsonl")
    return done, [finding for line in done.out.splitlines() for finding in json.loads(line)["findings"]]


def test_a_path_is_left_alone_with_its_reason(archive):
    (archive / "copydesk.toml").write_text('[per-path]\n"archive/*" = {widget-error-text = "kept as it was"}\n')
    done, found = findings(archive)
    assert [finding["suppressed"] for finding in found] == [{"by": "configuration", "reason": "kept as it was"}, None]
    assert done.status == 1
    assert run("check", archive / "archive").status == 0


def test_ignore_select_and_fail_on(archive):
    (archive / "pyproject.toml").write_text('[tool.copydesk]\nignore = ["widget-error-text"]\n')
    assert findings(archive)[1] == []
    (archive / "copydesk.toml").write_text('select = ["widget-error-text"]\nfail-on = "error"\n')
    done, found = findings(archive)
    assert ({finding["rule"] for finding in found}, done.status) == ({"widget-error-text"}, 0)
    assert run("check", archive, "--fail-on", "warning").status == 1


def test_options_reach_the_rules(archive):
    (archive / "copydesk.toml").write_text('[options.missing-metadata]\nrequired = ["byline", "section"]\n')
    found = findings(archive / "new.html", "--select", "missing-metadata")[1]
    assert [finding["message"] for finding in found] == ["The article has no byline.", "The article has no section."]
    assert findings(archive / "new.html", "--select", "no-story")[1] == []


def test_a_source_has_options_of_its_own(tmp_path):
    path = tmp_path / "copydesk.toml"
    path.write_text(
        '[options.missing-metadata]\nrequired = ["byline"]\n[source-options.northgate.missing-metadata]\nrequired = ["section"]\n'
    )
    configuration, rule = read_file(path), (find("missing-metadata"),)
    assert [configuration.configure(rule, source)[0].required for source in ("northgate", "southgate", None)] == [
        ("section",),
        ("byline",),
        ("byline",),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("selct = []", "unknown key 'selct'"),
        ('ignore = ["no-such-rule"]', "no-such-rule"),
        ("ignore = 3", "must be a list of rules"),
        ('fail-on = "loud"', "must be one of"),
        ("per-path = []", "per-path must be a table"),
        ("= 3", "no TOML"),
        ('baseline = "gone.json"', "cannot be read"),
        ("options = 3", "must be tables of options"),
        ("[options.stale-note]\nmax_age = true", "must be a number of hours"),
        ("[options.stale-note]\nmax_words = 4.5", "must be a whole number"),
        ("[options.stale-note]\nage = 3", "has no option 'age'; its options are max_age, max_words"),
        ("[options.no-such-rule]\nage = 3", "no-such-rule"),
        ('[options.missing-metadata]\nrequired = "byline"', "must be a list of texts"),
        ('[source-options.northgate.missing-metadata]\nrequired = ["author"]', "there is no field 'author'"),
    ],
)
def test_a_bad_configuration_is_one_clear_line(archive, text, says):
    (archive / "copydesk.toml").write_text(text)
    done = run("check", archive)
    assert (done.status, done.out) == (2, "")
    assert says in done.err
    assert done.err.count("\n") == 1


def test_a_baseline_leaves_only_what_is_new(archive):
    baseline = archive / "baseline.json"
    assert run("check", archive, "--write-baseline", baseline).status == 0
    assert run("check", archive, "--baseline", baseline).status == 0
    (archive / "new.html").write_text(OOPS + "<p>Please enter a valid email address.</p>")
    done, found = findings(archive, "--baseline", baseline)
    assert done.status == 1
    assert [finding["suppressed"] is None for finding in found].count(True) == 1
    baseline.write_text("{}")
    assert "this is no baseline" in run("check", archive, "--baseline", baseline).err


def test_comments_that_do_nothing_are_named(archive):
    (archive / "new.html").write_text("<!-- copydesk: ignore stale-note, no-such -- x -->\n<p>Rain fell.</p>")
    done = run("check", archive / "new.html")
    assert "new.html:1: the comment's stale-note leaves nothing alone; remove it." in done.err
    assert "the comment's no-such is no rule that runs here." in done.err
