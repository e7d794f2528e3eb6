"""Alembic's entry: runs on the connection that ``Database.upgrade`` hands over."""

from alembic import context

from reports.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
