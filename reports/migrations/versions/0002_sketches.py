"""Sketches of articles, to find those that are alike"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sketch",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_sketch_article_id_article")),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_sketch")),
    )
    op.create_index(op.f("ix_sketch_number"), "sketch", ["number"])


def downgrade() -> None:
    op.drop_table("sketch")
