"""``copydesk check --due``: what will be found later, and when."""

from tests.service.command_line import run

STORY = (
    '<html lang="en"><head><meta property="article:published_time" content="2026-01-10T09:00:00Z"></head><body>'
    "<article><h1>Flood</h1><p>Rain fell on the town.</p><p>This story will be updated.</p></article></body></html>"
)


def test_what_will_be_found_and_when(tmp_path):
    story = tmp_path / "story.html"
    story.write_text(STORY)
    done = run("check", story, "--due", "--now", "2026-01-10T10:00:00Z")
    assert done.status == 0
    assert done.out == f"2026-01-10T21:00:00Z  {story}  stale-note  “This story will be updated.”\n"


def test_nothing_is_due_once_it_is_found(tmp_path):
    story = tmp_path / "story.html"
    story.write_text(STORY)
    assert run("check", story, "--due", "--now", "2026-01-11T10:00:00Z").out == ""
