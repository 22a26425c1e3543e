"""The fields of documents as we last wrote them, as digests; every function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert, select, update

from pipeline.journal.tables import document_fields


def of_document(connection: Connection, path: str) -> dict[str, str]:
    """Digest of each field's text by digest of its name."""
    rows = connection.execute(
        select(document_fields.c.field, document_fields.c.digest).where(document_fields.c.path == path)
    )
    return {row.field: row.digest for row in rows}


def record(connection: Connection, path: str, written: Mapping[str, str]) -> None:
    """Insert or update; what is already so is not written."""
    known = of_document(connection, path)
    new = [{"path": path, "field": f, "digest": d} for f, d in written.items() if f not in known]
    if new:
        connection.execute(insert(document_fields), new)
    for field, digest in written.items():
        if field in known and known[field] != digest:
            place = (document_fields.c.path == path) & (document_fields.c.field == field)
            connection.execute(update(document_fields).where(place).values(digest=digest))
