"""The faults that spread are kept, so that a store of a million articles is not looked through for them

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OPEN = "state IN ('open', 'reopened')"
KINDS = {"text_hash": (OPEN, 3), "place": (f"{OPEN} AND place <> ''", 5)}


def upgrade() -> None:
    op.create_table(
        "recurrence",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("hash", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "rule", "kind", "hash", name="pk_recurrence"),
    )
    for kind, (condition, least) in KINDS.items():
        op.execute(
            f"INSERT INTO recurrence SELECT source_id, rule, '{kind}', {kind} FROM finding WHERE {condition} "  # noqa: S608 - ours
            f"GROUP BY source_id, rule, {kind} HAVING count(DISTINCT article_id) >= {least}"
        )


def downgrade() -> None:
    op.drop_table("recurrence")
