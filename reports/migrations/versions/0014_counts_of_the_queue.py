"""The queue's indexes hold what its tabs are counted by, so that PostgreSQL reads no article to count some

Revision ID: 0014
Revises: 0013
"""

from collections.abc import Sequence

from alembic import op
from sqlalchemy import text

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABS = ("new", "back", "timed")
COUNTED_BY = ("section", "desk", "source_id", "open_errors", "open_warnings", "open_notes")


def upgrade() -> None:
    _make(COUNTED_BY)


def downgrade() -> None:
    _make(())


def _make(told: Sequence[str]) -> None:
    """SQLite's indexes hold their own columns only, and stay as they are."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for tab in TABS:
        name = f"ix_article_queue_{tab}"
        op.drop_index(name, "article")
        columns = ["worst", "arrived_at", "id"]
        op.create_index(name, "article", columns, postgresql_include=list(told), postgresql_where=text(f"open_{tab} > 0"))
