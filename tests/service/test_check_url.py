"""``copydesk check URL``, against a real server on this machine: an inside address, which the environment must open."""

from datetime import UTC, datetime

import pytest

from rules.core.errors import UnreadableInputError
from service.cli.inputs import Input, read_input
from tests.service.command_line import refused, run
from tests.site import Answer, serve

PAGE = "<html><body><h1>Fähre</h1><p>{{ article.title }}</p></body></html>".encode("latin-1")


@pytest.fixture
def site():
    with serve() as running:
        running.pages["/story"] = Answer(PAGE, headers={"Content-Type": "text/html; charset=iso-8859-1"})
        yield running


@pytest.fixture
def opened(monkeypatch):
    monkeypatch.setenv("COPYDESK_INSIDE_ALLOWED", "127.0.0.0/8")


@pytest.mark.usefixtures("opened")
def test_a_page_is_read_with_the_charset_of_its_server(site):
    from rules.core.engine import lint

    read = read_input(Input(f"{site.origin}/story"), "auto")
    report = lint(read, now=datetime(2026, 3, 1, tzinfo=UTC))
    assert report["path"] == f"{site.origin}/story"
    assert report["article"]["headline"] == "Fähre"
    assert "template-placeholder" in [finding["rule"] for finding in report["findings"]]


@pytest.mark.usefixtures("opened")
def test_robots_txt_and_a_redirect_elsewhere(site):
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private\n", headers={"Content-Type": "text/plain"})
    site.pages["/moved"] = Answer(b"", 302, {"Location": "https://elsewhere.example/"})
    for path, word in (("/private", "robots.txt"), ("/moved", "elsewhere.example")):
        with pytest.raises(UnreadableInputError, match=word):
            read_input(Input(site.origin + path), "auto")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254"])
def test_the_command_reaches_no_inside_address(site, host):
    ended = run("check", f"http://{host}:{site.port}/story")
    assert ended.status == 2
    assert "no public address" in ended.err
    assert site.asked == []


def test_fix_changes_files_only(site):
    assert "file" in refused("fix", f"{site.origin}/story")
