"""How long a source's articles are kept

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("source") as table:
        table.add_column(sa.Column("keep_days", sa.Integer(), nullable=True))
        table.add_column(sa.Column("keep_html_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("source") as table:
        table.drop_column("keep_html_days")
        table.drop_column("keep_days")
