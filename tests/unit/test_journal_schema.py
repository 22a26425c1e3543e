"""The tables in code are what all migrations together make, also in an installed copy of the package."""

from __future__ import annotations

import shutil
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from pipeline.journal.connection import connect
from pipeline.journal.migrate import Schema, migrate
from pipeline.journal.tables import HEAD, metadata


def test_tables_equal_all_migrations(tmp_path: Path) -> None:
    migrated, declared = connect(tmp_path / "a.db"), connect(tmp_path / "b.db")
    migrate(migrated, Schema())
    metadata.create_all(declared)
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    # what Alembic does not compare: primary keys, checks, names of constraints
    left, right = inspect(migrated), inspect(declared)
    for table in metadata.tables:
        for facts in ("get_columns", "get_pk_constraint", "get_check_constraints", "get_unique_constraints",
                      "get_foreign_keys", "get_indexes"):
            # column types are equal in text only
            assert repr(getattr(left, facts)(table)) == repr(getattr(right, facts)(table)), (table, facts)
    assert set(left.get_table_names()) == {*metadata.tables, "alembic_version"}
    migrated.dispose()
    declared.dispose()


def test_head_is_the_newest_revision() -> None:
    assert max(Schema().known_revisions()) == HEAD


def test_migrations_run_from_a_folder_with_a_difficult_name(tmp_path: Path) -> None:
    folder = tmp_path / "流水 100%" / "migrations"
    shutil.copytree(Path(__file__).parents[2] / "pipeline/journal/migrations", folder)
    engine = connect(tmp_path / "a.db")
    migrate(engine, Schema(str(folder), HEAD))
    migrate(engine, Schema(str(folder), HEAD))
    assert "effects" in inspect(engine).get_table_names()
    engine.dispose()
