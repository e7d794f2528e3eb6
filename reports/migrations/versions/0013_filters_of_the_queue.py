"""The queue of a million articles: since a time, and what arrived last

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = ("arrived_at", "last_activity")


def upgrade() -> None:
    for column in COLUMNS:
        op.create_index(f"ix_article_{column}", "article", [column])


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_index(f"ix_article_{column}", "article")
