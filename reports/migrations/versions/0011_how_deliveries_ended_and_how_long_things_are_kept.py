"""By which revision a delivery was superseded, and how long payloads, reports and the delivery log of a source are kept

Revision ID: 0011
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

KEPT = ("keep_payload_days", "keep_report_days", "keep_log_days")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("superseded_by", sa.Integer(), nullable=True))
    op.create_index("ix_job_delivery_id", "job", ["delivery_id"])
    for name in KEPT:
        op.add_column("source", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("report", sa.Column("forgotten", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("report", "forgotten")
    for name in reversed(KEPT):
        op.drop_column("source", name)
    op.drop_index("ix_job_delivery_id", "job")
    op.drop_column("delivery", "superseded_by")
