"""What a store of a million articles is asked by: an article's address and external id, and when a finding changed

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("url", "external_id"):
        op.create_index(f"ix_article_{column}", "article", [column], postgresql_using="hash")
    op.create_index("ix_finding_changed_at", "finding", ["changed_at"])


def downgrade() -> None:
    op.drop_index("ix_finding_changed_at", "finding")
    for column in ("external_id", "url"):
        op.drop_index(f"ix_article_{column}", "article")
