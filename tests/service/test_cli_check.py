"""``copydesk check`` from outside: what it reads, what it writes, how it ends."""

import gzip
import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.schema import validate
from tests.service.command_line import CLEAN, COPYDESK, FAULTY, ROOT, environ, refused, run

SEED = ROOT / "service" / "samples" / "xi-putin-meeting.html"
LATER = "2023-06-01T00:00:00Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Stories of every kind that is read, and of every kind that is not."""
    (tmp_path / "b" / "deep").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    for name, content in {
        "z.html": CLEAN,
        "a.HTM": FAULTY,
        "b/c.xhtml": CLEAN,
        "b/deep/d.txt": b"Rain fell.\n\nBy night it stopped.",
        "b/e.html.gz": gzip.compress(FAULTY),
        "b/notes.md": FAULTY,
        ".hidden/f.html": FAULTY,
        ".g.html": FAULTY,
    }.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "link.html").symlink_to(tmp_path / "a.HTM")
    return tmp_path


def paths(out: str, folder: Path) -> list[str]:
    return [str(Path(json.loads(line)["path"]).relative_to(folder)) for line in out.splitlines()]


def test_the_seed_in_json() -> None:
    ended = run("check", SEED, "--format", "json", "--now", LATER)
    report = json.loads(ended.out)
    validate(report)
    assert ended.status == 1
    assert ended.err == ""
    assert report["path"] == str(SEED)
    assert report["checked_at"] == LATER
    assert {f["rule"] for f in report["findings"]} == {
        "truncated-headline",
        "passed-date",
        "widget-error-text",
        "related-links",
        "stale-note",
        "age-arithmetic",
    }


def test_the_seed_as_an_editor_reads_it() -> None:
    out = run("check", SEED, "--now", LATER).out
    assert "\x1b" not in out
    assert "    Please try again later.\n    ^^^^^^^^^^^^^^^^^^^^^^^\n" in out
    assert "  error  widget-error-text  line 15, column 35\n" in out
    assert "  An error message of a page widget stands in the story, 3 times.\n" in out
    assert out.endswith("1 error, 4 warnings and 1 note in 1 article.\n")


def test_what_is_not_true_yet_is_told() -> None:
    out = run("check", SEED, "--now", "2023-03-20T21:00:00-06:00").out
    assert "From 2023-03-21T" in out
    assert "stale-note, “This story will be updated.”" in out


@pytest.mark.parametrize(("fail_on", "status"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)], ids=str)
def test_the_threshold(fail_on: str, status: int) -> None:
    select = ("--select", "stale-note,related-links", "--now", LATER)
    assert run("check", SEED, *select, "--fail-on", fail_on).status == status


def test_clean_is_0_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "story.html").write_bytes(CLEAN)
    ended = run("check", tmp_path / "story.html")
    assert (ended.status, ended.out, ended.err) == (0, "No findings in 1 article.\n", "")


def test_a_folder_is_read_whole_in_order_whatever_the_jobs(folder: Path) -> None:
    one, two = (run("check", folder, "--format", "jsonl", "--now", LATER, "--jobs", jobs) for jobs in (1, 2))
    assert paths(one.out, folder) == ["a.HTM", "b/c.xhtml", "b/deep/d.txt", "b/e.html.gz", "z.html"]
    assert one == two
    assert one.status == 1


def test_one_bad_file_costs_only_itself(folder: Path) -> None:
    (folder / "b" / "empty.html").write_bytes(b"")
    (folder / "b" / "half.html.gz").write_bytes(gzip.compress(FAULTY)[:-20])
    ended = run("check", folder, "--format", "json", "--jobs", 2)
    reports = json.loads(ended.out)
    assert ended.status == 2
    assert len(reports) == 7
    assert [Path(r["path"]).name for r in reports if r["error"]] == ["empty.html", "half.html.gz"]
    assert "empty.html: The input is empty" in ended.err
    assert "half.html.gz: The gzip data is damaged" in ended.err
    for report in reports:
        validate(report)


def test_a_folder_without_stories(tmp_path: Path) -> None:
    ended = run("check", tmp_path, "--format", "json")
    assert (ended.status, ended.out) == (2, "[]\n")
    assert "There is no .html" in ended.err
    assert run("check", tmp_path, "--due").status == run("check", tmp_path, "--sources").status == 2


def test_standard_input() -> None:
    ended = run("check", "-", "--format", "json", given=FAULTY)
    assert json.loads(ended.out)["path"] == "-"
    assert ended.status == 1


def test_several_files_are_an_array(folder: Path) -> None:
    ended = run("check", folder / "z.html", folder / "a.HTM", "--format", "json")
    assert [Path(report["path"]).name for report in json.loads(ended.out)] == ["z.html", "a.HTM"]


def test_text_is_read_as_text_when_told() -> None:
    html, text = (
        json.loads(run("check", "-", "--format", "json", "--input", kind, given=CLEAN).out) for kind in ("html", "text")
    )
    assert html["article"]["headline"] == "Rain fell"
    assert text["article"]["headline"].startswith("<h1>")


def test_select_and_ignore_take_commas_and_repeats() -> None:
    chosen = ["--select", "stale-note,no-story", "--select", "related-links", "--ignore", "no-story", "--format", "json"]
    found = json.loads(run("check", SEED, "--now", LATER, *chosen).out)["findings"]
    assert [finding["rule"] for finding in found] == ["related-links", "stale-note"]


def test_what_cannot_be_read_ends_in_one_line(tmp_path: Path) -> None:
    binary, empty, large = (tmp_path / name for name in ("binary.html", "empty.html", "large.html"))
    binary.write_bytes(b"\x89PNG\0\0" * 100)
    empty.write_bytes(b"")
    large.write_bytes(b"<p>Rain fell.</p>\n" * 1_400_000)  # 25 MB
    assert "no such file" in refused("check", tmp_path / "missing.html")
    assert "binary" in refused("check", binary)
    assert "empty" in refused("check", empty)
    assert "larger than 20,000,000 bytes" in refused("check", large)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--now", "2023-06-01"], "offset"),
        (["--now", "yesterday"], "--now"),
        (["--format", "yaml"], "yaml"),
        (["--jobs", "0"], "--jobs"),
        (["--fail-on", "always"], "always"),
        (["--select", "widget-error"], "widget-error-text"),
        (["--select", "no-story", "--ignore", "no-story"], "none of the rules"),
        (["--frob"], "--frob"),
    ],
    ids=" ".join,
)
def test_bad_usage_ends_in_one_line(arguments: list[str], said: str) -> None:
    assert said in refused("check", SEED, *arguments)


def test_no_argument_and_no_command() -> None:
    assert "PATH" in refused("check")
    assert "chek" in refused("chek")
    assert run().status == 2


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    for number in range(300):
        (folder / f"many-{number}.html").write_bytes(FAULTY)
    command = [*COPYDESK, "check", str(folder), "--format", "jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ())
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 141


def test_a_hostile_story_cannot_steer_the_terminal() -> None:
    story = "<h1>Rain\x1b]0;owned\x07</h1><p>Rain fell.</p><p>{{ a.\u202eb }} {{ article.title }} \x1b[2J</p><p>It stopped.</p>"
    out = run("check", "-", given=story.encode()).out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "\u202e" not in out


def test_colour_only_on_a_terminal_that_wants_it() -> None:
    assert "\x1b[31m" in on_a_terminal("check", str(SEED))
    plain = on_a_terminal("check", str(SEED), NO_COLOR="1")
    assert "\x1b" not in plain
    assert "widget-error-text" in plain


def on_a_terminal(*arguments: str, **variables: str) -> str:
    """What a person sees: the output of a process whose standard output is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*COPYDESK, *arguments], stdout=theirs, env=environ(**variables))
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    process.wait(60)
    return seen.decode()
