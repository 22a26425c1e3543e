"""Alembic's entry point: migrates over the connection that ``pipeline.journal.migrate`` hands in; no alembic.ini."""

from __future__ import annotations

from alembic import context

from pipeline.journal.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
    transactional_ddl=True,  # SQLite can, once BEGIN is sent by us: a killed migration leaves the old schema
)
with context.begin_transaction():
    context.run_migrations()
