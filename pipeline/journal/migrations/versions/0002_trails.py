"""Trails: the values of the few ledger fields whose changes count, in the order in which passes saw them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table; what stood in the ledger before is not known and not invented."""
    op.create_table(
        "trails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trails"),
    )
    op.create_index("ix_trails_case_id", "trails", ["case_id"])
