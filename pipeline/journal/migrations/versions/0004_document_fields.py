"""The fields of documents as we last wrote them, as digests.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "document_fields",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("path", "field", name=op.f("pk_document_fields")),
    )


def downgrade() -> None:
    """Drop it: untouched fields of changed documents are then no longer refreshed."""
    op.drop_table("document_fields")
