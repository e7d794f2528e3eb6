"""Verdicts, their undoing, what holds for what comes, the timeline, and what the queue sorts by"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEPT = 500
OPEN_FAULT = sa.text("state IN ('open', 'reopened')")
QUEUE = {
    "new": ("open_new > 0", ["worst", "arrived_at", "id"]),
    "back": ("open_back > 0", ["worst", "arrived_at", "id"]),
    "timed": ("open_timed > 0", ["worst", "arrived_at", "id"]),
    "snoozed": ("snoozed > 0", ["last_activity", "id"]),
    "done": ("findings > 0 AND worst = 0 AND snoozed = 0", ["last_activity", "id"]),
}
COUNTS = ("worst", "open_errors", "open_warnings", "open_notes", "open_new", "open_back", "open_timed", "snoozed", "findings")


def moment(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def number(name: str, nullable: bool = False, **more: object) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable, **more)


def word(name: str, length: int, nullable: bool = True, **more: object) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable, **more)


def upgrade() -> None:
    for column in (
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("byline", sa.Text(), nullable=True),
        word("desk", 64),
        *(number(name, server_default="0") for name in COUNTS),
        moment("arrived_at"),
        moment("last_activity"),
    ):
        op.add_column("article", column)
    for column in (
        number("source_id", server_default="0"),
        sa.Column("text", sa.Text(), nullable=False, server_default=""),
        word("text_hash", 32, nullable=False, server_default=""),
        moment("appeared_at"),
        number("serial", server_default="1"),
        word("judged", 16),
        word("reason", 16),
        word("judged_by", 64),
        moment("snoozed_until"),
        number("standing_id", nullable=True),
        word("assignee", 64),
        word("desk", 64),
        sa.Column("note", sa.Text(), nullable=True),
    ):
        op.add_column("finding", column)
    op.create_table(
        "batch",
        number("id"),
        moment("at", nullable=False),
        word("actor", 64, nullable=False),
        word("action", 16, nullable=False),
        number("count"),
        number("articles"),
        moment("undone_at"),
        word("undone_by", 64),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_actor"), "batch", ["actor"])
    op.create_table(
        "verdict",
        number("id"),
        number("batch_id"),
        number("finding_id"),
        moment("at", nullable=False),
        word("actor", 64, nullable=False),
        word("action", 16, nullable=False),
        word("from_state", 16, nullable=False),
        word("to_state", 16, nullable=False),
        word("reason", 16),
        word("scope", 8),
        moment("until"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        number("serial"),
        moment("undone_at"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_verdict_batch_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_verdict_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_batch_id"), "verdict", ["batch_id"])
    op.create_index(op.f("ix_verdict_finding_id_id"), "verdict", ["finding_id", "id"])
    op.create_index(op.f("ix_verdict_to_state_at"), "verdict", ["to_state", "at"])
    op.create_table(
        "standing",
        number("id"),
        number("source_id"),
        number("article_id", nullable=True),
        word("rule", 64, nullable=False),
        word("text_hash", 32),
        sa.Column("text", sa.Text(), nullable=False),
        word("reason", 16, nullable=False),
        word("actor", 64, nullable=False),
        number("batch_id"),
        moment("at", nullable=False),
        moment("ended_at"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_standing_source_id")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_standing_article_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_standing_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
    )
    op.create_index(op.f("ix_standing_source_id_rule_ended_at"), "standing", ["source_id", "rule", "ended_at"])
    op.create_index(op.f("ix_standing_batch_id"), "standing", ["batch_id"])
    op.create_table(
        "event",
        number("id"),
        moment("at", nullable=False),
        number("article_id"),
        number("finding_id"),
        word("kind", 16, nullable=False),
        word("from_state", 16),
        word("to_state", 16, nullable=False),
        number("report_id", nullable=True),
        number("batch_id", nullable=True),
        word("actor", 64),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_event_article_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_event_finding_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_event_report_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_event_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_article_id_id"), "event", ["article_id", "id"])
    op.create_index(op.f("ix_event_finding_id"), "event", ["finding_id"])
    op.create_table(
        "saved_view",
        number("id"),
        number("user_id"),
        word("name", 64, nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        moment("created_at", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_saved_view_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_view_user_id_name")),
    )
    _fill()
    for column in ("section", "byline", "desk"):
        op.create_index(op.f(f"ix_article_{column}"), "article", [column])
    for name, (condition, columns) in QUEUE.items():
        where = sa.text(condition)
        op.create_index(f"ix_article_queue_{name}", "article", columns, sqlite_where=where, postgresql_where=where)
    for columns in (["rule", "state", "article_id"], ["assignee", "state"], ["desk", "state"], ["snoozed_until"], ["standing_id"]):
        op.create_index(op.f(f"ix_finding_{'_'.join(columns)}"), "finding", columns)
    fault = ["source_id", "rule", "text_hash", "article_id"]
    op.create_index("ix_finding_open_fault", "finding", fault, sqlite_where=OPEN_FAULT, postgresql_where=OPEN_FAULT)


def _fill() -> None:
    """What the new columns say of the findings that are kept already."""
    connection = op.get_bind()
    op.execute("UPDATE finding SET source_id = (SELECT source_id FROM article WHERE article.id = finding.article_id)")
    op.execute("UPDATE finding SET appeared_at = (SELECT as_of FROM report WHERE report.id = finding.first_report_id)")
    op.execute(
        "INSERT INTO event (at, article_id, finding_id, kind, to_state, report_id) "
        "SELECT appeared_at, article_id, id, 'appeared', 'open', first_report_id FROM finding ORDER BY id"
    )
    bodies = connection.execute(sa.text("SELECT id, body FROM report WHERE id IN (SELECT last_report_id FROM finding)"))
    for report_id, body in bodies.fetchall():
        report = json.loads(body) if isinstance(body, str) else body
        for row in report["findings"]:
            key = "\0".join((row["kind"] or "", " ".join(row["text"].lower().split())))
            connection.execute(
                sa.text("UPDATE finding SET text = :text, text_hash = :hash WHERE last_report_id = :report AND fingerprint = :print"),
                {
                    "text": row["text"][:KEPT],
                    "hash": hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32],
                    "report": report_id,
                    "print": row["fingerprint"],
                },
            )
    _describe(connection)
    _count()


def _describe(connection: sa.Connection) -> None:
    rows = connection.execute(
        sa.text(
            "SELECT article.id, report.body, revision.meta, source.desk FROM article JOIN source ON source.id = article.source_id "
            "JOIN report ON report.id = article.latest_report_id JOIN revision ON revision.id = report.revision_id"
        )
    )
    for article_id, body, meta, desk in rows.fetchall():
        about = (json.loads(body) if isinstance(body, str) else body)["article"]
        given = (json.loads(meta) if isinstance(meta, str) else meta)["metadata"]
        connection.execute(
            sa.text("UPDATE article SET section = :section, byline = :byline, desk = :desk WHERE id = :id"),
            {
                "id": article_id,
                "section": given.get("section"),
                "byline": about["byline"],
                "desk": (given.get("desk") or desk or "")[:64] or None,
            },
        )


def _count() -> None:
    open_ = "state IN ('open', 'reopened')"
    counted = {
        "open_errors": f"{open_} AND severity = 'error'",
        "open_warnings": f"{open_} AND severity = 'warning'",
        "open_notes": f"{open_} AND severity = 'note'",
        "open_new": "state = 'open' AND cause <> 'due'",
        "open_back": "state = 'reopened'",
        "open_timed": "state = 'open' AND cause = 'due'",
        "findings": "1 = 1",
    }
    for name, condition in counted.items():
        op.execute(f"UPDATE article SET {name} = (SELECT count(*) FROM finding WHERE article_id = article.id AND {condition})")
    op.execute(
        "UPDATE article SET worst = CASE WHEN open_errors > 0 THEN 3 WHEN open_warnings > 0 THEN 2 WHEN open_notes > 0 THEN 1 ELSE 0 END"
    )
    newest = "(SELECT max(changed_at) FROM finding WHERE article_id = article.id)"
    op.execute(f"UPDATE article SET last_activity = {newest}, arrived_at = {newest}")


def downgrade() -> None:
    for table in ("saved_view", "event", "standing", "verdict", "batch"):
        op.drop_table(table)
    op.drop_index("ix_finding_open_fault", "finding")
    for columns in (["rule", "state", "article_id"], ["assignee", "state"], ["desk", "state"], ["snoozed_until"], ["standing_id"]):
        op.drop_index(op.f(f"ix_finding_{'_'.join(columns)}"), "finding")
    for name in QUEUE:
        op.drop_index(f"ix_article_queue_{name}", "article")
    for column in ("section", "byline", "desk"):
        op.drop_index(op.f(f"ix_article_{column}"), "article")
    for column in ("source_id", "text", "text_hash", "appeared_at", "serial", "judged", "reason", "judged_by", "snoozed_until"):
        op.drop_column("finding", column)
    for column in ("standing_id", "assignee", "desk", "note"):
        op.drop_column("finding", column)
    for column in ("section", "byline", "desk", *COUNTS, "arrived_at", "last_activity"):
        op.drop_column("article", column)
