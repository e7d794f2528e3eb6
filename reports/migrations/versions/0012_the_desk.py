"""The desk: texts are looked up on PostgreSQL; people see some desks only, in their own time zone;
rules in the shadow; incidents by place

Revision ID: 0012
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# The three-letter pieces of a text. PostgreSQL's own pg_trgm knows letters and digits only, and what editors look for is often
# neither (â€™); it is an extension besides, which not every installation has. The cost keeps the planner from calling it row by row.
TRIGRAMS = """
CREATE FUNCTION trigrams(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
  SELECT coalesce(array_agg(DISTINCT substr(lower(said), place, 3)), '{}') FROM generate_series(1, length(said) - 2) AS place
$$"""
SEARCHED = (("finding", "text"), ("finding", "message"), ("article", "headline"))


def upgrade() -> None:
    op.add_column("account", sa.Column("sees", sa.JSON))
    op.add_column("account", sa.Column("zone", sa.String(64)))
    op.add_column("finding", sa.Column("place", sa.String(32), nullable=False, server_default=""))
    is_open = sa.text("state IN ('open', 'reopened') AND place <> ''")
    columns = ["source_id", "rule", "place", "article_id"]
    op.create_index("ix_finding_open_place", "finding", columns, sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(
        "shadow_finding",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("article_id", sa.Integer, nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("suffix", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_shadow_finding_article_id_article"),
        sa.PrimaryKeyConstraint("id", name="pk_shadow_finding"),
    )
    op.create_index("ix_shadow_finding_article_id", "shadow_finding", ["article_id"])
    op.create_index("ix_shadow_finding_rule_at", "shadow_finding", ["rule", "at"])
    if op.get_context().dialect.name == "postgresql":
        op.execute(TRIGRAMS)
        for table, column in SEARCHED:
            op.execute(f"CREATE INDEX ix_{table}_{column}_trigrams ON {table} USING gin (trigrams({column}))")


def downgrade() -> None:
    op.drop_table("shadow_finding")
    op.drop_index("ix_finding_open_place", "finding")
    op.drop_column("finding", "place")
    if op.get_context().dialect.name == "postgresql":
        for table, column in SEARCHED:
            op.execute(f"DROP INDEX ix_{table}_{column}_trigrams")
        op.execute("DROP FUNCTION trigrams(text)")
    for column in ("zone", "sees"):
        op.drop_column("account", column)
