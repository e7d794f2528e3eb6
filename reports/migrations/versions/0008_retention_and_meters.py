"""How long a source's articles are kept, and counts for the metrics

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("keep_days", sa.Integer(), nullable=True))
    op.add_column("source", sa.Column("keep_html_days", sa.Integer(), nullable=True))
    op.create_table(
        "meter",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", "label", name=op.f("pk_meter")),
    )


def downgrade() -> None:
    op.drop_table("meter")
    op.drop_column("source", "keep_html_days")
    op.drop_column("source", "keep_days")
