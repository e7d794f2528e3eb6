"""What the store holds after the chaos, judged against the plan. A trigger, not the product, notes every ending."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from chaos_plan import Plan, Planned
from sqlalchemy import func, select, text

from reports.database import Database
from reports.models import Article, Delivery, Finding, Job, Report, Revision

SQLITE = (
    "CREATE TABLE ending (delivery INTEGER, outcome TEXT)",
    """CREATE TRIGGER note_ending AFTER UPDATE OF outcome ON delivery WHEN NEW.outcome IS NOT NULL
       BEGIN INSERT INTO ending VALUES (NEW.id, NEW.outcome); END""",
)
POSTGRESQL = (
    "CREATE TABLE ending (delivery INTEGER, outcome TEXT)",
    """CREATE FUNCTION note_ending() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO ending VALUES (NEW.id, NEW.outcome); RETURN NULL; END $$""",
    """CREATE TRIGGER note_ending AFTER UPDATE OF outcome ON delivery FOR EACH ROW WHEN (NEW.outcome IS NOT NULL)
       EXECUTE FUNCTION note_ending()""",
)


@dataclass(frozen=True)
class Verdict:
    """What must be: ``lost``, ``double`` and ``stale`` empty. Each holds what is wrong, in words."""

    ended: dict[str, int]
    lost: tuple[str, ...]
    double: tuple[str, ...]
    stale: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not (self.lost or self.double or self.stale)


def watch(database: Database) -> None:
    """From now on every ending of a delivery is noted beside the product's own tables."""
    with database.engine.begin() as connection:
        for statement in SQLITE if database.engine.dialect.name == "sqlite" else POSTGRESQL:
            connection.exec_driver_sql(statement)


def unended(database: Database) -> int:
    """How many deliveries are still on their way."""
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Delivery).where(Delivery.outcome.is_(None))) or 0


def judge(database: Database, plan: Plan, accepted: set[str]) -> Verdict:
    """Reads the store once, when everything has ended."""
    with database.begin() as session:
        deliveries = {row.delivery_id: row for row in session.scalars(select(Delivery))}
        jobs = list(session.scalars(select(Job)))
        endings = session.execute(text("SELECT delivery, outcome FROM ending")).all()
        reports = session.execute(select(Report.revision_id, Report.as_of)).all()
        newest = dict(
            session.execute(
                select(Article.external_id, Revision.meta)
                .join(Report, Report.id == Article.latest_report_id)
                .join(Revision, Revision.id == Report.revision_id)
            ).all()
        )
        articles = {row.external_id: row for row in session.scalars(select(Article))}
        live = session.execute(
            select(Article.external_id, Finding.message, Finding.last_report_id, Article.latest_report_id)
            .join(Article, Article.id == Finding.article_id)
            .where(Finding.state.in_(("open", "reopened")))
        ).all()
    ended = Counter(row.outcome or "on its way" for row in deliveries.values())
    ended["duplicate"] = sum(row.duplicates for row in deliveries.values())
    return Verdict(
        ended=dict(sorted(ended.items())),
        lost=tuple(_lost(deliveries, jobs, {row[0] for row in reports}, accepted)),
        double=tuple(_double(endings, jobs, [row[0] for row in reports])),
        stale=tuple(_stale(plan, articles, newest, live)),
    )


def _lost(deliveries: dict[str, Delivery], jobs: list[Job], reported: set[int], accepted: set[str]) -> Iterable[str]:
    revisions = {job.delivery_id: job.revision_id for job in jobs}
    for name in sorted(accepted):
        row = deliveries.get(name)
        if row is None:
            yield f"{name}: answered 200 and not stored"
        elif row.outcome is None:
            yield f"{name}: has no ending"
        elif row.outcome == "reported" and revisions.get(row.id) not in reported:
            yield f"{name}: called reported and has no report"


def _double(endings: Iterable[tuple[int, str]], jobs: list[Job], reported: list[int]) -> Iterable[str]:
    for delivery, count in Counter(row[0] for row in endings).items():
        if count > 1:
            yield f"delivery {delivery}: ended {count} times"
    for delivery, count in Counter(job.delivery_id for job in jobs).items():
        if count > 1:
            yield f"delivery {delivery}: has {count} jobs"
    for revision, count in Counter(reported).items():
        if count > 1:
            yield f"revision {revision}: has {count} reports"


def _stale(
    plan: Plan,
    articles: dict[str, Article],
    newest: dict[str, dict[str, dict[str, str]]],
    live: Iterable[tuple[str, str, int, int]],
) -> Iterable[str]:
    for story, planned in plan.expected().items():
        name = f"story-{story}"
        yield from _stale_story(name, planned, articles[name], newest.get(name))
    for name, message, last, latest in live:
        if last != latest:
            yield f"{name}: open and not in its newest report: {message}"


def _stale_story(name: str, planned: Planned, article: Article, meta: dict[str, dict[str, str]] | None) -> Iterable[str]:
    if (article.withdrawn_at is not None) is not (planned.kind == "withdraw"):
        yield f"{name}: withdrawn is {article.withdrawn_at is not None}, the newest event is {planned.kind}"
    elif planned.kind == "publish" and (meta is None or meta["metadata"]["revision"] != str(planned.revision)):
        shown = meta["metadata"]["revision"] if meta else "none"
        yield f"{name}: shows state {shown}, the newest is {planned.revision}"
