"""Incoming mails in the database; every function works inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from pipeline.journal.row_forms import time_from, time_text
from pipeline.journal.tables import ignored_mails, mails
from schemas.intake import IgnoredMail, KnownMail, Verdict

_COLUMNS = list(mails.c)


def _row(mail: KnownMail) -> dict[str, Any]:
    return {
        "digest": mail.digest, "mail_id": mail.mail_id, "message_id": mail.message_id,
        "sender_digest": mail.sender_digest, "taken_at": time_text(mail.taken), "sent_at": time_text(mail.sent),
        "verdict": mail.verdict.value, "reason": mail.reason, "subject": mail.subject,
        "rows": json.dumps([dict(row) for row in mail.rows], ensure_ascii=False),
        "evidence": json.dumps(mail.evidence, ensure_ascii=False),
        "numbers": json.dumps(mail.numbers, ensure_ascii=False), "belongs_to": mail.belongs_to,
    }


def _mail(row: Any) -> KnownMail:
    return KnownMail(
        row.digest, row.mail_id, row.message_id, row.sender_digest, time_from(row.taken_at), time_from(row.sent_at),
        Verdict(row.verdict), row.reason, row.subject, tuple(json.loads(row.rows)), tuple(json.loads(row.evidence)),
        tuple(json.loads(row.numbers)), row.belongs_to,
    )


def all_mails(connection: Connection) -> dict[str, KnownMail]:
    """Every mail taken in, by digest, in the order of taking."""
    found = connection.execute(select(*_COLUMNS).order_by(mails.c.taken_at, mails.c.digest))
    return {row.digest: _mail(row) for row in found}


def all_ignored(connection: Connection) -> dict[str, IgnoredMail]:
    """Every mail left in the mailbox, by its id there."""
    return {
        row.mail_id: IgnoredMail(row.mail_id, row.judged_by, row.subject, row.reason)
        for row in connection.execute(select(ignored_mails))
    }


def record(connection: Connection, taken: Sequence[KnownMail], ignored: Sequence[IgnoredMail], now: datetime) -> bool:
    """Insert or update; rows that are already so are not touched. False when nothing changed."""
    changed = False
    for mail in taken:
        standing = connection.execute(select(*_COLUMNS).where(mails.c.digest == mail.digest)).first()
        if standing is None:
            connection.execute(insert(mails).values(_row(mail)))
        elif _mail(standing) != mail:
            connection.execute(update(mails).where(mails.c.digest == mail.digest).values(_row(mail)))
        else:
            continue
        changed = True
    known = all_ignored(connection) if ignored else {}
    for left in ignored:
        if known.get(left.mail_id) == left:
            continue
        values = {"judged_by": left.judged_by, "subject": left.subject, "reason": left.reason,
                  "seen_at": time_text(now)}
        if left.mail_id in known:
            connection.execute(update(ignored_mails).where(ignored_mails.c.mail_id == left.mail_id).values(values))
        else:
            connection.execute(insert(ignored_mails).values(mail_id=left.mail_id, **values))
        changed = True
    return changed
