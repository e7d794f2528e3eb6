"""What the CMSs need of a source, and the payloads of its deliveries"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("source", sa.Column("rules", sa.JSON(), nullable=False, server_default="{}"))
    for name in ("reconcile_at", "reconciled_at", "removed_at"):
        op.add_column("source", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("refusal", sa.Column("status", sa.Integer(), nullable=False, server_default="401"))
    op.create_index("ix_delivery_article_id", "delivery", ["article_id"], unique=False)
    op.create_table(
        "payload",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.String(length=128), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_payload_delivery_id")),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_payload")),
    )
    op.create_index("ix_payload_kept_at", "payload", ["kept_at"], unique=False)


def downgrade() -> None:
    op.drop_table("payload")
    op.drop_index("ix_delivery_article_id", "delivery")
    op.drop_column("refusal", "status")
    for name in ("removed_at", "reconciled_at", "reconcile_at", "rules", "options"):
        op.drop_column("source", name)
