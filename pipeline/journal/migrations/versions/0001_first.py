"""The first tables: ledgers, cases, numbers, effects (the outbox is among them), files, told, meta."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _knowledge() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "ledgers",
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", name="pk_ledgers"),
    )
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.Text(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("managed", sa.Integer(), nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("vanished", sa.Text()),
        sa.Column("in_file", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_cases"),
    )
    op.create_index("ix_cases_number", "cases", ["number"])
    op.create_table(
        "numbers",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text()),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_numbers"),
    )
    op.create_index("ix_numbers_case_id", "numbers", ["case_id"])


def _effects() -> None:
    op.create_table(
        "effects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("intended_at", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Integer()),
        sa.Column("recipients_digest", sa.Text()),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'done', 'sent', 'uncertain')", name=op.f("ck_effects_state")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_effects"),
        sa.UniqueConstraint(
            "site", "kind", "subject", "occasion", "revision", name="uq_effects_site_kind_subject_occasion_revision"
        ),
    )
    op.create_index("ix_effects_state", "effects", ["state"])
    op.create_table(
        "effect_cases",
        sa.Column("effect_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["effect_id"], ["effects.id"], name="fk_effect_cases_effect_id_effects"),
        sa.PrimaryKeyConstraint("effect_id", "case_id", name="pk_effect_cases"),
    )
    op.create_index("ix_effect_cases_case_id", "effect_cases", ["case_id"])


def _results() -> None:
    op.create_table(
        "files",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("effect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["effect_id"], ["effects.id"], name="fk_files_effect_id_effects"),
        sa.PrimaryKeyConstraint("path", name="pk_files"),
    )
    op.create_table(
        "told",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("effect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["effect_id"], ["effects.id"], name="fk_told_effect_id_effects"),
        sa.PrimaryKeyConstraint("person", "key", name="pk_told"),
    )


def upgrade() -> None:
    """Make the tables of a new journal."""
    _knowledge()
    _effects()
    _results()
