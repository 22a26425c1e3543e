"""Bringing a journal's tables to a revision with Alembic; the migrations are found inside the installed package."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from pipeline.journal.tables import HEAD


@dataclass(frozen=True, slots=True)
class Schema:
    """Where the migrations are (``package:folder`` or a path) and which revision is the newest."""

    location: str = "pipeline.journal:migrations"
    head: str = HEAD

    def known_revisions(self) -> frozenset[str]:
        """Every revision of the migrations."""
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", self.location.replace("%", "%%"))
        return frozenset(step.revision for step in ScriptDirectory.from_config(config).walk_revisions())


def migrate(engine: Engine, schema: Schema) -> None:
    """Run what is missing up to the newest revision, in one transaction: all of it or nothing. Idempotent."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", schema.location.replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, schema.head)
