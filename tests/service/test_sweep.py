"""Archives of every kind through ``copydesk sweep``: nothing lost, nothing twice, whatever is damaged or killed."""

import gzip
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from service.errors import BadArchiveError, SweepChangedError
from service.sweeping import archive as archives
from service.sweeping.archive import FolderArchive, LineArchive
from service.sweeping.checkpoint import Checkpoint, Totals, rest_of
from service.sweeping.record import LineRecord, PageRecord
from service.sweeping.sitemap import Pace, SitemapArchive, read_sitemap
from service.sweeping.warc import WarcArchive
from tests.service.command_line import COPYDESK, environ, refused, run
from tests.site import THIS_MACHINE, Answer, serve
from workers.fetching import Fetcher

STORY = "<h1>Rain fell</h1><p>Rain fell on Monday, the weather office said.</p>"
FAULTY = STORY + "<p>{{ article.title }}</p><p>By night it stopped.</p>"
KEPT = (("text/html; charset=latin-1", "200 OK"), ("image/png", "200 OK"), ("text/html", "404 Not Found"))
NOW = "--now=2026-11-24T21:04:00Z"


def write_lines(path: Path, count: int, broken: tuple[int, ...] = ()) -> Path:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt") as file:
        for number in range(1, count + 1):
            line = json.dumps({"url": f"https://daily.example/{number}", "html": FAULTY, "title": f"Rain {number}"})
            file.write("{half a li\n" if number in broken else line + "\n")
    return path


def write_warc(path: Path, count: int) -> Path:
    """As a crawler writes it: each record a member of the gzip file; two in three hold no page."""
    with path.open("wb") as file:
        for number in range(count):
            for kind, status in KEPT:
                body = f"<p>Café {number}. {os.urandom(40).hex()}</p>".encode("latin-1")
                answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
                head = (
                    f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://daily.example/{number}\r\n"
                    "WARC-Date: 2026-03-01T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
                    f"Content-Length: {len(answer)}\r\n\r\n"
                )
                record = head.encode() + answer + b"\r\n\r\n"
                file.write(gzip.compress(record) if path.suffix == ".gz" else record)
    return path


def lines_of(output: Path) -> list[dict]:
    return [json.loads(line) for line in output.read_text().splitlines()]


@pytest.mark.parametrize("name", ["stories.jsonl", "stories.jsonl.gz"])
def test_lines_are_swept_in_order_and_a_broken_one_is_named(tmp_path, name):
    archive = write_lines(tmp_path / name, 40, broken=(7,))
    output = tmp_path / "out.jsonl"
    ended = run("sweep", archive, "--output", output, "--jobs", 2, NOW)
    assert ended.status == 2
    assert ended.out == f"40 records swept: 39 errors. 1 could not be read. ({output})\n"
    assert f"{name}:7: The line is no JSON" in ended.err
    reports = lines_of(output)
    assert [report["path"] for report in reports] == [f"{name}:{number}" for number in range(1, 41)]
    assert reports[6]["error"]
    assert reports[7]["article"]["url"] == "https://daily.example/8"
    again = run("sweep", archive, "--output", output, NOW)
    assert "holds it already" in again.out
    assert len(lines_of(output)) == 40


def test_a_sweep_that_is_killed_goes_on_and_does_nothing_twice(tmp_path):
    archive, output = write_lines(tmp_path / "stories.jsonl", 3_000), tmp_path / "out.jsonl"
    command = [*COPYDESK, "sweep", str(archive), "--output", str(output), "--jobs", "2"]
    before: list[bytes] = []
    for kill_at in (30, 200):
        process = subprocess.Popen(command, env=environ(), stderr=subprocess.DEVNULL)
        wait_for(output, kill_at)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        before = [line for line in output.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
        with output.open("ab") as file:
            file.write(b'{"schema": "copydesk.rep')  # as a machine that loses its power may leave it
    assert kill_at <= len(before) < 3_000, "it was killed in the middle"
    rest = tmp_path / "stories.jsonl"
    keep = rest.read_bytes().splitlines(keepends=True)[: len(before) + 100]
    rest.write_bytes(b"".join(keep))  # the tail adds nothing to what is shown
    ended = run("sweep", archive, "--output", output, "--jobs", 2)
    assert ended.status == 0, ended.err
    after = output.read_bytes().splitlines(keepends=True)
    assert after[: len(before)] == before, "what was written is not written anew"
    assert [json.loads(line)["path"] for line in after] == [f"stories.jsonl:{n}" for n in range(1, len(keep) + 1)]
    assert len({json.loads(line)["checked_at"] for line in after}) == 1, "one sweep reckons with one time"


def wait_for(output: Path, count: int) -> None:
    deadline = time.monotonic() + 120
    while not output.exists() or output.read_bytes().count(b"\n") < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_folder(tmp_path):
    inner = tmp_path / "archive" / "2026"
    inner.mkdir(parents=True)
    (inner / "b.html").write_text(STORY)
    (inner / "a.txt").write_text("Rain fell.")
    (inner / ".hidden.html").write_text(STORY)
    (inner / "c.html").write_bytes(b"")
    (tmp_path / "archive" / "z.html.gz").write_bytes(gzip.compress(STORY.encode())[:-9])
    ended = run("sweep", tmp_path / "archive", "--output", tmp_path / "out.jsonl", "--jobs", 1)
    assert ended.status == 2
    reports = lines_of(tmp_path / "out.jsonl")
    assert [report["path"] for report in reports] == ["2026/a.txt", "2026/b.html", "2026/c.html", "z.html.gz"]
    assert [bool(report["error"]) for report in reports] == [False, False, True, True]


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
def test_a_web_archive(tmp_path, name):
    archive = WarcArchive(str(write_warc(tmp_path / name, 5)))
    records = list(archive.records())
    assert [record.url for record in records] == [f"https://daily.example/{number}" for number in range(5)]
    assert records[0].read().charset == "latin-1"
    assert "Café 3".encode("latin-1") in records[3].content
    assert records[0].seen_at() is not None
    assert records[-1].end <= archive.size()


def test_behind_a_damaged_record_a_web_archive_is_read_on(tmp_path):
    path = write_warc(tmp_path / "pages.warc.gz", 30)
    content = bytearray(path.read_bytes())
    middle = content.find(b"\x1f\x8b\x08", len(content) // 2)
    content[middle + 12 : middle + 60] = bytes(48)
    path.write_bytes(content)
    records = list(WarcArchive(str(path)).records())
    pages = [record for record in records if isinstance(record, PageRecord)]
    broken = [record for record in records if not isinstance(record, PageRecord)]
    assert len(broken) == 1
    assert broken[0].name == f"pages.warc.gz#{middle}"
    assert len(pages) >= 29
    assert pages[-1].url == "https://daily.example/29"


def test_a_web_archive_that_is_cut_off(tmp_path):
    path = write_warc(tmp_path / "pages.warc.gz", 10)
    path.write_bytes(path.read_bytes()[:-400])
    records = list(WarcArchive(str(path)).records())
    assert type(records[-1]).__name__ == "BrokenRecord"
    assert "cut off" in records[-1].reason or "damaged" in records[-1].reason


def test_a_gzip_file_that_is_cut_off_ends_in_a_broken_record(tmp_path):
    path = write_lines(tmp_path / "stories.jsonl.gz", 50)
    path.write_bytes(path.read_bytes()[:-20])
    *whole, last = LineArchive(str(path)).records()
    assert type(last).__name__ == "BrokenRecord"
    assert all(isinstance(record, LineRecord) for record in whole)


def test_a_line_without_end_is_passed_by(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_LINE", 1_000)
    path = tmp_path / "stories.jsonl"
    path.write_text('{"html": "<p>Rain.</p>"}\n' + "x" * 50_000 + '\n{"html": "<p>Snow.</p>"}\n')
    first, second, third = LineArchive(str(path)).records()
    assert "longer than" in second.reason
    assert third.read().content == "<p>Snow.</p>"
    assert first.read().content == "<p>Rain.</p>"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "must be a JSON object"),
        ("{}", "html"),
        ('{"html": "<p>a</p>", "text": "a"}', "not both"),
        ('{"html": 7}', "must be a string"),
        ('{"html": "<p>a</p>", "published_at": "soon"}', "published_at"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_a_line_that_is_no_story(line, reason):
    with pytest.raises(Exception, match=reason):
        LineRecord("a.jsonl:1", 0, line.encode()).read()


def test_a_sitemap_is_fetched_within_its_pace_and_robots_txt(tmp_path):
    with serve() as site:
        index = f"<sitemapindex><sitemap><loc>{site.origin}/one.xml.gz</loc></sitemap></sitemapindex>"
        pages = "".join(f"<url><loc>{site.origin}{path}</loc></url>" for path in ("/ferry", "/gone", "/private/a", "/bridge"))
        xml, packed = {"Content-Type": "application/xml"}, {"Content-Type": "application/gzip"}
        site.pages = {
            "/sitemap.xml": Answer(index.encode(), headers=xml),
            "/one.xml.gz": Answer(gzip.compress(f"<urlset>{pages}</urlset>".encode()), headers=packed),
            "/robots.txt": Answer(b"User-agent: *\nDisallow: /private/\n", headers={"Content-Type": "text/plain"}),
            "/ferry": Answer(),
            "/bridge": Answer(),
            "/gone": Answer(b"", 410),
        }
        fetcher = Fetcher(THIS_MACHINE)
        kept = tmp_path / "addresses"
        archive = SitemapArchive(f"{site.origin}/sitemap.xml", kept, [site.origin], Pace(20), fetcher)
        assert archive.size() == 4
        started = time.monotonic()
        records = [record.fetched() for record in archive.records()]
        assert time.monotonic() - started >= 3 / 20
        assert [type(record).__name__ for record in records] == ["PageRecord", "BrokenRecord", "BrokenRecord", "PageRecord"]
        assert "robots.txt" in records[2].reason
        asked = len(site.asked)
        place = Checkpoint("", "", "", last=f"{site.origin}/private/a", totals=Totals(records=3))
        rest = [record.fetched() for record in rest_of(archive, place)]
        assert [record.url for record in rest] == [f"{site.origin}/bridge"]
        assert len(site.asked) == asked + 1, "what was passed by is not fetched again, and the list is kept"


def test_a_sitemap_inside_is_swept_where_the_environment_opens_its_network(tmp_path):
    with serve() as site:
        listed = f"<urlset><url><loc>{site.origin}/ferry</loc></url></urlset>"
        site.pages = {"/sitemap.xml": Answer(listed.encode(), headers={"Content-Type": "application/xml"}), "/ferry": Answer()}
        asked = ("sweep", f"{site.origin}/sitemap.xml", "--output", tmp_path / "out.jsonl", "--rate", 100)
        assert "COPYDESK_INSIDE_ALLOWED opens" in refused(*asked)
        assert run(*asked, COPYDESK_INSIDE_ALLOWED="127.0.0.0/8").status == 0
    assert json.loads((tmp_path / "out.jsonl").read_text())["path"] == f"{site.origin}/ferry"


@pytest.mark.parametrize("content", [b"", b"<", b"<urlset/>", b"<p>none", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_sitemap_that_is_none(content):
    with pytest.raises(BadArchiveError):
        read_sitemap(content, "https://daily.example/sitemap.xml")


def test_an_archive_that_changed_is_not_gone_on_with(tmp_path):
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text(STORY)
    archive = FolderArchive(str(tmp_path))
    with pytest.raises(SweepChangedError, match=r"record 1 was z\.html"):
        rest_of(archive, Checkpoint("folder", "", "", last="z.html", totals=Totals(records=1)))
    with pytest.raises(SweepChangedError, match="ends before"):
        rest_of(archive, Checkpoint("folder", "", "", last="z.html", totals=Totals(records=9)))


def test_what_cannot_be_swept_is_said(tmp_path):
    archive = write_lines(tmp_path / "a.jsonl", 2)
    output = tmp_path / "out.jsonl"
    output.write_text("mine\n")
    assert "belongs to no sweep" in refused("sweep", archive, "--output", output)
    assert "There is no" in refused("sweep", tmp_path / "none.jsonl", "--output", tmp_path / "o")
    (tmp_path / "a.pdf").write_text("x")
    assert "is no archive" in refused("sweep", tmp_path / "a.pdf", "--output", tmp_path / "o")
    assert "--output FILE, or --source NAME" in refused("sweep", archive)
    assert output.read_text() == "mine\n"


def test_memory_does_not_grow_with_the_archive(tmp_path):
    """Ten times as many records are read with the same memory, to a megabyte."""

    def peak(count: int) -> int:
        path = write_lines(tmp_path / f"{count}.jsonl.gz", count)
        code = (
            "import resource, sys\nfrom service.sweeping.archive import LineArchive\n"
            "for record in LineArchive(sys.argv[1]).records(): record.read()\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        done = subprocess.run([COPYDESK[0], "-c", code, path], env=environ(), capture_output=True, check=True)
        return int(done.stdout)

    assert abs(peak(20_000) - peak(2_000)) < 1_000  # kilobytes
