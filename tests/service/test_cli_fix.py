"""``copydesk fix`` as a person runs it: to the byte, in any encoding, and done after one run."""

import pytest

from tests.service.command_line import run

JUNK = '<form class="newsletter"><p>Oops! Something went wrong.</p></form>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_only_the_junk_goes(tmp_path, encoding):
    source = f"<p>Café “Ada”</p>\r\n\r\n{JUNK}<p>It   stopped.</p>"
    meta = '<meta charset="windows-1252">' if encoding == "cp1252" else ""
    story = tmp_path / "story.html"
    story.write_bytes((meta + source).encode(encoding))
    assert run("fix", story).status == 0
    assert story.read_bytes() == (meta + source.replace(JUNK, "")).encode(encoding)
    changed = story.stat().st_mtime_ns
    again = run("fix", story)
    assert (again.status, again.err, story.stat().st_mtime_ns) == (0, "", changed)


def test_diff_shows_and_changes_nothing(tmp_path):
    story = tmp_path / "story.html"
    story.write_text(f"<p>Rain.</p>\n{JUNK}\n<p>Sun.</p>\n")
    shown = run("fix", story, "--diff")
    assert shown.status == 1
    assert f"-{JUNK}" in shown.out
    assert JUNK in story.read_text()
    story.write_text("<p>Rain.</p>")
    assert run("fix", story, "--diff").status == 0


def test_unsafe_fixes_are_asked_for(tmp_path):
    story = tmp_path / "story.html"
    story.write_text("<p>Rain fell on the the town.</p>")
    run("fix", story)
    assert "the the" in story.read_text()
    run("fix", story, "--unsafe")
    assert story.read_text() == "<p>Rain fell on the town.</p>"


def test_markup_and_references_around_a_fix_stay(tmp_path):
    story = tmp_path / "story.html"
    story.write_text("<p>Q&amp;amp;A &amp; rain, isnâ€™t it <b>so</b></p>")
    run("fix", story)
    assert story.read_text() == "<p>Q&amp;A &amp; rain, isn’t it <b>so</b></p>"


def test_standard_input_goes_to_standard_output():
    done = run("fix", "-", given=f"<p>Rain.</p>{JUNK}".encode())
    assert (done.status, done.out) == (0, "<p>Rain.</p>")


def test_what_cannot_be_written_back_is_refused(tmp_path):
    story = tmp_path / "story.html"
    story.write_bytes(b'\xef\xbb\xbf<meta charset="utf-8"><p>Rain \xff fell.</p>' + JUNK.encode())
    before = story.read_bytes()
    done = run("fix", story)
    assert done.status == 2
    assert "Nothing was done" in done.err
    assert story.read_bytes() == before


def test_a_suppressed_finding_is_not_fixed(tmp_path):
    story = tmp_path / "story.html"
    story.write_text(f"<p>Rain.</p><!-- copydesk: ignore widget-error-text -- quoted -->{JUNK}")
    run("fix", story)
    assert JUNK in story.read_text()
