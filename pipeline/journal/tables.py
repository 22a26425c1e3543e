"""The journal's tables in SQLAlchemy Core: portable types only (UTC ISO text, JSON as text, integers for yes/no)."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

#: The revision that these tables correspond to; a test holds it equal to the head of migrations/.
HEAD = "0005"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# the first pass over a ledger that is not in here is its baseline
ledgers = Table(
    "ledgers",
    metadata,
    Column("ledger", Text, primary_key=True),
    Column("seen_at", Text, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("ledger", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("changed", Text, nullable=False),
    Column("managed", Integer, nullable=False),
    Column("baseline", Integer, nullable=False),
    Column("folder", Text, nullable=False),
    Column("vanished", Text),
    Column("in_file", Integer, nullable=False),
    Index(None, "number"),
)

# a number outlives its case and may be seen before there is one, so case_id is no foreign key
numbers = Table(
    "numbers",
    metadata,
    Column("number", Text, nullable=False),
    Column("case_id", Text),
    Column("seen_at", Text, nullable=False),
    PrimaryKeyConstraint("number"),
    Index(None, "case_id"),
)

# this table is the outbox as well: a mail is an effect whose kind begins with "mail." and whose end reads "sent".
# Of its recipients only their count and a digest are kept; bodies, attachments and phone numbers never.
effects = Table(
    "effects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("intended_at", Text, nullable=False),
    Column("finished_at", Text),
    Column("attempts", Integer, nullable=False),
    Column("outcome", Text),
    Column("error", Text, nullable=False),
    Column("recipients", Integer),
    Column("recipients_digest", Text),
    UniqueConstraint("site", "kind", "subject", "occasion", "revision"),
    CheckConstraint("state IN ('pending', 'sending', 'done', 'sent', 'uncertain')", name="state"),
    Index(None, "state"),
)

# which cases an effect speaks of: one digest mail belongs to the history of many
effect_cases = Table(
    "effect_cases",
    metadata,
    Column("effect_id", Integer, ForeignKey("effects.id"), nullable=False),
    Column("case_id", Text, nullable=False),
    PrimaryKeyConstraint("effect_id", "case_id"),
    Index(None, "case_id"),
)

files = Table(
    "files",
    metadata,
    Column("path", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("effect_id", Integer, ForeignKey("effects.id"), nullable=False),
)

# the fields of documents that people edit, as we last wrote them; names and texts as digests only
document_fields = Table(
    "document_fields",
    metadata,
    Column("path", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("digest", Text, nullable=False),
    PrimaryKeyConstraint("path", "field"),
)

told = Table(
    "told",
    metadata,
    Column("person", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("effect_id", Integer, ForeignKey("effects.id"), nullable=False),
    PrimaryKeyConstraint("person", "key"),
)

# the values that a few ledger fields had (状态, 计划完成日): postponements and restarts are told from them
trails = Table(
    "trails",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Index(None, "case_id"),
)

# of a mail neither body nor address is kept: subject, verdict, and the proposed rows with the words they were read from
mails = Table(
    "mails",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("mail_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("sender_digest", Text, nullable=False),
    Column("taken_at", Text, nullable=False),
    Column("sent_at", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("rows", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("numbers", Text, nullable=False),
    Column("belongs_to", Text, nullable=False),
)

# mails that are none of ours: they stay in the mailbox and are not read again until the settings change
ignored_mails = Table(
    "ignored_mails",
    metadata,
    Column("mail_id", Text, primary_key=True),
    Column("judged_by", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
)

# one row a page of a deck that we ever wrote; digests (a JSON list, newest last) tell whether people changed it since
deck_pages = Table(
    "deck_pages",
    metadata,
    Column("deck", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("digests", Text, nullable=False),
    Column("material", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("present", Integer, nullable=False),
    PrimaryKeyConstraint("deck", "page"),
)

# how each complaint stood when a weekly meeting was shown it: digests and counts, no texts but states and levels
meeting_items = Table(
    "meeting_items",
    metadata,
    Column("period", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("facts", Text, nullable=False),
    PrimaryKeyConstraint("period", "case_id"),
)
