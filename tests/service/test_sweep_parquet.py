"""A sweep into Parquet: what JSON lines say, in parts that are whole whenever they are there, whatever is killed."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from rules.core.report import SCHEMA
from service.errors import SweepChangedError
from service.sweeping import parquet
from service.sweeping.checkpoint import Checkpoint, Totals, checkpoint_of, read_checkpoint
from service.sweeping.columns import ARTICLES, FINDINGS
from service.sweeping.parquet import ParquetOutput, write_tables
from tests.service.command_line import ROOT, Ended, environ, refused, run
from tests.service.test_sweep import NOW, STORY, lines_of, write_lines

Row = dict[str, Any]

RICH = """<h1>Rain fell</h1><p>“It rained all day,” said Maria Keane of the weather office.</p><p>{{ article.title }}</p>
<p>Café 🌧 <a href="http://daily.example/?utm_source=feed">more</a>.</p><p>{{ article.title }}</p>
<!-- copydesk: ignore related-links -- they come with the feed --><h2>Related</h2>
<p>This story will be updated.</p><p>More to follow.</p>"""

DEEP = "<div>" * 300 + "deep" + "</div>" * 300

SMALL_PARTS = """
import os, signal, sys
from service.sweeping import parquet
parquet.PART_RECORDS = int(os.environ["PART_RECORDS"])
left = int(os.environ.get("KILLED_AT", 0))
def hook(event, given):
    global left
    if event in ("os.rename", "os.remove") and ".parquet" in str(given[0]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
from service.cli.main import main
main()
"""
WITHOUT_PYARROW = "import sys\nsys.modules['pyarrow'] = None\nfrom service.cli.main import main\nmain()"


def run_code(code: str, *arguments: object, **variables: str) -> Ended:
    command = [sys.executable, "-P", "-c", code, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, timeout=120, check=False, env=environ(**variables))
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def parts(output: Path, table: str) -> list[Path]:
    """As DuckDB's ``*.parquet`` finds them."""
    return sorted((output / table).glob("*.parquet"))


def rows(output: Path, table: str) -> list[Row]:
    return [row for part in parts(output, table) for row in pq.read_table(part).to_pylist()]


def reports_of(output: Path) -> list[dict]:
    """The reports, made of the rows again."""
    found: dict[int, list[Row]] = {}
    for row in rows(output, "findings"):
        found.setdefault(row.pop("record"), []).append(row)
    return [_report(row, found.get(row["record"], [])) for row in rows(output, "articles")]


def _report(row: Row, findings: list[Row]) -> dict:
    assert all((finding["path"], finding["url"]) == (row["path"], row["url"]) for finding in findings)
    article = ("url", "headline", "byline", "published_at", "modified_at", "language", "kind", "words", "zone_assumed")
    named = {name: row[name] for name in ("path", "engine", "ruleset", "complete", "positions_in")}
    lists = {name: row[name] for name in ("attributions", "not_run", "suppressions")}
    return {
        "schema": SCHEMA,
        **named,
        "checked_at": _time(row["checked_at"]),
        "error": row["error_reason"] and {"reason": row["error_reason"]},
        "article": {name: row[name] for name in article} | {name: _time(row[name]) for name in article if name.endswith("_at")},
        "summary": _inner(row, "summary"),
        "gate": None,
        "findings": [_finding(finding) for finding in findings],
        "upcoming": [item | {"due_at": _time(item["due_at"])} for item in row["upcoming"]],
        **lists,
    }


def _finding(row: Row) -> dict:
    objects = {name: _inner(row, name) for name in ("block", "span", "suppressed", "fix")}
    flat = {name: value for name, value in row.items() if name.partition("_")[0] not in objects and name not in ("path", "url")}
    first = {"block": "index", "span": "start", "suppressed": "by", "fix": "title"}
    return flat | {name: value if value[first[name]] is not None else None for name, value in objects.items()}


def _inner(row: Row, name: str) -> dict:
    return {key.removeprefix(f"{name}_"): value for key, value in row.items() if key.startswith(f"{name}_")}


def _time(value: Any) -> str | None:
    return value and value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def test_the_reports_are_those_of_json_lines(tmp_path):
    archive = tmp_path / "stories.jsonl"
    write_lines(archive, 30, broken=(7,))
    fresh, old = "2026-11-24T10:00:00-06:00", "2026-11-01T10:00:00-06:00"
    with archive.open("a") as file:
        for html, published_at in ((RICH, fresh), (RICH, old), (STORY, old), ("<p>\ud83c</p>", old), (DEEP, old)):
            told = {"byline": "Maria Keane", "published_at": published_at, "language": "en", "kind": "news"}
            file.write(json.dumps({"html": html} | told) + "\n")
    said = [run("sweep", archive, "--output", tmp_path / name, NOW, "--jobs", 2) for name in ("out.jsonl", "out.parquet")]
    assert said[0].status == said[1].status == 2, said
    assert said[1].out == said[0].out.replace("out.jsonl", "out.parquet")
    written = lines_of(tmp_path / "out.jsonl")
    assert reports_of(tmp_path / "out.parquet") == written
    assert [row["record"] for row in rows(tmp_path / "out.parquet", "articles")] == list(range(1, 36))
    for name in ("attributions", "suppressions", "upcoming", "not_run", "error"):
        assert any(report[name] for report in written), "what is compared is there"
    findings = [finding for report in written for finding in report["findings"]]
    for name in ("also", "suppressed", "fix", "evidence", "position_note"):
        assert any(finding[name] for finding in findings), name
    assert "holds it already" in run("sweep", archive, "--output", tmp_path / "out.parquet", NOW).out


def test_every_file_says_the_same_columns_and_words_are_dictionaries(tmp_path):
    archive, output = write_lines(tmp_path / "a.jsonl", 25), tmp_path / "out.parquet"
    assert run_code(SMALL_PARTS, "sweep", archive, "--output", output, PART_RECORDS="10").status == 0
    assert [part.name for part in parts(output, "articles")] == [f"part-{first:09}.parquet" for first in (1, 11, 21)]
    for table, schema in (("articles", ARTICLES), ("findings", FINDINGS)):
        assert all(pq.read_schema(part).equals(schema, check_metadata=False) for part in parts(output, table))
        assert pq.read_schema(parts(output, table)[0]).metadata[b"copydesk.schema"] == SCHEMA.encode()
    whole = pq.read_table(output / "findings")
    assert pa.types.is_dictionary(whole.schema.field("severity").type)
    assert whole.num_rows == 25, "a folder is read as one table, whatever is hidden in it"


def test_an_archive_without_records_leaves_the_columns(tmp_path):
    archive, output = write_lines(tmp_path / "a.jsonl", 0), tmp_path / "out.parquet"
    assert run("sweep", archive, "--output", output).status == 0
    assert [pq.read_table(output / table).num_rows for table in ("articles", "findings")] == [0, 0]


def test_a_sweep_that_is_killed_goes_on_and_does_nothing_twice(tmp_path):
    archive, output = write_lines(tmp_path / "stories.jsonl", 3_000), tmp_path / "out.parquet"
    command = [sys.executable, "-P", "-c", SMALL_PARTS, "sweep", str(archive), "--output", str(output), "--jobs", "2"]
    before: dict[Path, bytes] = {}
    for kill_at in (30, 250):  # within the first part, and within the third or later
        process = subprocess.Popen(command, env=environ(PART_RECORDS="100"), stderr=subprocess.DEVNULL)
        wait_for(output, kill_at)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        now = {part: part.read_bytes() for table in ("articles", "findings") for part in parts(output, table)}
        assert before == {part: now[part] for part in before}, "a part is never written anew"
        before = now
        waiting = max(output.glob(".waiting-*"))
        with waiting.open("ab") as file:
            file.write(b'{"schema": "copydesk.rep')  # as a machine that loses its power may leave it
    done = written(output)
    assert kill_at <= done < 2_900, "it was killed in the middle"
    clean = json.dumps({"html": STORY}) + "\n"
    lines = archive.read_text().splitlines(keepends=True)
    archive.write_text(clean * done + "".join(lines[done : done + 100]))  # a record that were linted again would have no finding
    ended = run_code(SMALL_PARTS, *command[4:], PART_RECORDS="100")
    assert ended.status == 0, ended.err
    assert {part: part.read_bytes() for part in before} == before
    articles = rows(output, "articles")
    assert [row["record"] for row in articles] == list(range(1, done + 101))
    assert [row["path"] for row in articles] == [f"stories.jsonl:{number}" for number in range(1, done + 101)]
    assert [row["record"] for row in rows(output, "findings")] == list(range(1, done + 101))
    assert len({row["checked_at"] for row in articles}) == 1, "one sweep reckons with one time"


def written(output: Path) -> int:
    """Records that stand whole, in parts or waiting. Only the newest lines count: older ones are packed."""
    waiting = max(output.glob(".waiting-*"), default=None)
    if waiting is None:
        return 0
    try:
        return int(waiting.stem.rpartition("-")[2]) - 1 + waiting.read_bytes().count(b"\n")
    except FileNotFoundError:  # packed between the two looks
        return written(output)


def wait_for(output: Path, count: int) -> None:
    deadline = time.monotonic() + 120
    while written(output) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory) -> tuple[Path, list[dict]]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    archive = write_lines(folder / "a.jsonl", 15, broken=(4,))
    assert run("sweep", archive, "--output", folder / "out.parquet", "--jobs", 1, NOW).status == 2
    return archive, reports_of(folder / "out.parquet")


@pytest.mark.parametrize("step", range(1, 13))
def test_killed_before_any_step_of_a_part_it_goes_on(tmp_path, uninterrupted, step):
    """Each rename and each removal in turn: the checkpoint's (1, 11), twice a part's findings, its articles, the checkpoint that
    says so and the lines that are packed (2 to 5, 6 to 9), the file for further lines (10), the list of a sitemap (12)."""
    made, expected = uninterrupted
    archive, output = tmp_path / "a.jsonl", tmp_path / "out.parquet"
    archive.write_bytes(made.read_bytes())
    asked = ("sweep", archive, "--output", output, "--jobs", 1, NOW)
    killed = run_code(SMALL_PARTS, *asked, PART_RECORDS="10", KILLED_AT=str(step))
    assert killed.status == -signal.SIGKILL, killed
    named = [len(parts(output, table)) for table in ("findings", "articles")]
    assert named == [(step > 2) + (step > 6), (step > 3) + (step > 7)], "a part has its name only once it is whole"
    so_far = reports_of(output)
    assert so_far == expected[: len(so_far)], "findings and all"
    done = 10 * (step > 1) + 5 * (step > 5)
    archive.write_text((json.dumps({"html": STORY}) + "\n") * done + "".join(made.read_text().splitlines(keepends=True)[done:]))
    assert run_code(SMALL_PARTS, *asked, PART_RECORDS="10").status == 2
    assert reports_of(output) == expected, "what was done is not done again: it would be clean now"
    assert [part.name for part in parts(output, "findings")] == ["part-000000001.parquet", "part-000000011.parquet"]
    assert {path.name for path in output.iterdir()} == {"articles", "findings", ".lock"}


def test_without_pyarrow_it_is_said_what_to_install_and_lines_are_written(tmp_path):
    archive = write_lines(tmp_path / "a.jsonl", 2)
    ended = run_code(WITHOUT_PYARROW, "sweep", archive, "--output", tmp_path / "out.parquet")
    assert ended.status == 2
    assert "pip install pyarrow" in ended.err
    assert ended.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    assert run_code(WITHOUT_PYARROW, "sweep", archive, "--output", tmp_path / "out.jsonl").status == 0


def test_what_is_somebody_elses_is_not_written_into(tmp_path):
    archive, output = write_lines(tmp_path / "a.jsonl", 2), tmp_path / "out.parquet"
    output.write_bytes(b"mine")
    assert "belongs to no sweep" in refused("sweep", archive, "--output", output)
    assert output.read_bytes() == b"mine"
    output.unlink()
    output.mkdir()
    (output / "mine.parquet").write_bytes(b"mine")
    assert "belongs to no sweep" in refused("sweep", archive, "--output", output)
    assert "belongs to no sweep" in refused("sweep", archive, "--output", tmp_path)


def test_two_sweeps_do_not_write_into_one_folder(tmp_path):
    output = ParquetOutput(tmp_path / "out.parquet")
    with output.opened(), pytest.raises(SweepChangedError, match="Another sweep"), output.opened():
        pass


def test_lines_that_waited_and_are_gone_are_not_passed_over(tmp_path):
    output = ParquetOutput(tmp_path / "out.parquet")
    with output.opened() as writer, pytest.raises(SweepChangedError, match="shorter than it was"):
        writer.catch_up(Checkpoint("a", "", "", last="a:2", size=900, totals=Totals(records=2)))


def test_the_checkpoint_counts_what_is_packed(tmp_path):
    archive, output = write_lines(tmp_path / "a.jsonl", 25), tmp_path / "out.parquet"
    assert run_code(SMALL_PARTS, "sweep", archive, "--output", output, PART_RECORDS="10").status == 0
    place = read_checkpoint(checkpoint_of(output))
    assert place is not None
    assert (place.packed, place.totals.records, place.size, place.done) == (25, 25, 0, True)


def test_a_row_group_holds_a_bounded_number_of_bytes(tmp_path):
    archive = write_lines(tmp_path / "a.jsonl", 40)
    assert run("sweep", archive, "--output", tmp_path / "out.jsonl", NOW).status == 0
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    many = tmp_path / "many.jsonl"
    many.write_bytes(b"".join(lines * 200))
    with many.open("rb") as file:
        write_tables(file, 1, tmp_path / "articles", tmp_path / "findings")
    written, at = pq.ParquetFile(tmp_path / "articles").metadata, 0
    for number in range(written.num_row_groups):
        rows_in = written.row_group(number).num_rows
        size = sum(map(len, (lines * 200)[at : at + rows_in]))
        assert size <= parquet.GROUP_BYTES + max(map(len, lines))
        at += rows_in
    assert at == 8_000
    assert pq.ParquetFile(tmp_path / "findings").metadata.num_row_groups == written.num_row_groups > 1


def test_memory_does_not_grow_with_a_part(tmp_path):
    """Eight times as many records, in as many more row groups, take less than two row groups' lines more."""
    archive = write_lines(tmp_path / "a.jsonl", 40)
    assert run("sweep", archive, "--output", tmp_path / "out.jsonl", NOW).status == 0
    lines = (tmp_path / "out.jsonl").read_bytes()

    def peak(times: int) -> int:
        (tmp_path / "many.jsonl").write_bytes(lines * times)
        code = (
            "import resource, sys\nfrom pathlib import Path\nfrom service.sweeping.parquet import write_tables\n"
            "many, articles, findings = map(Path, sys.argv[1:])\n"
            "with many.open('rb') as file: write_tables(file, 1, articles, findings)\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        return int(run_code(code, tmp_path / "many.jsonl", tmp_path / "articles", tmp_path / "findings").out) * 1024

    assert peak(400) - peak(50) < 2 * parquet.GROUP_BYTES


def test_the_page_names_every_column_with_its_type():
    page = (ROOT / "docs" / "parquet.md").read_text("utf-8")
    for table, schema in (("articles", ARTICLES), ("findings", FINDINGS)):
        told = page.partition(f"| `{table}` | type |")[2].partition("\n\n")[0]
        said = [
            (name, kind)
            for names, kind in re.findall(r"(?m)^\| (`[^|]+`) \| (\w+) \|", told)
            for name in re.findall(r"`(\w+)`", names)
        ]
        assert said == [(field.name, _kind(field.type)) for field in schema], "docs/parquet.md"


def _kind(type_: pa.DataType) -> str:
    words = {"string": "text", "timestamp[us, tz=UTC]": "time"}
    kind = str(type_).partition("<")[0]
    return {"dictionary": "word", "list": "list"}.get(kind, words.get(kind, kind))
