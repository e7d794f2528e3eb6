"""Why a finding appeared"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("finding", sa.Column("cause", sa.String(length=16), nullable=False, server_default="delivery"))


def downgrade() -> None:
    op.drop_column("finding", "cause")
