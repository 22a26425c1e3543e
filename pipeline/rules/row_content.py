"""What a complaint row says, digested: the words it is recognised by, and the minimum that makes it one (DESIGN)."""

from __future__ import annotations

from schemas.effects import digest_of
from schemas.rows import Complaint
from schemas.workbook import Place, Row

#: Fields that tell one unnumbered row from another, in this order in ``KnownCase.content``.
IDENTIFYING = ("received", "customer", "product", "part_number", "phenomenon", "lot", "defects", "engineer")


def identifying_texts(row: Row[Complaint]) -> tuple[str, ...]:
    """Digests of the identifying fields as typed ("" when blank): the journal compares them and need not hold them."""
    texts = (" ".join(row.typed.get(name, "").split()) for name in IDENTIFYING)
    return tuple(digest_of(text)[:16] if text else "" for text in texts)


def row_name(ledger: str, row: Row[Complaint]) -> str:
    """What a row without identity goes by: when it came, customer, product and phenomenon as typed, digested.

    Its place moves with the next row that is inserted, and a name that changes would be told anew with every digest.
    """
    content = dict(zip(IDENTIFYING, identifying_texts(row), strict=True))
    said = [content[name] for name in ("received", "customer", "product", "part_number", "phenomenon")]
    return f"row:{digest_of([ledger, *said])[:20]}"


def has_minimum(complaint: Complaint) -> bool:
    """接诉时间, 客户, 不良现象 and a product: what makes a row a complaint that can be worked on."""
    product = complaint.product or complaint.part_number
    return None not in (complaint.received, complaint.customer, complaint.phenomenon, product)


def minimum_fingerprint(row: Row[Complaint]) -> str:
    """Digest of the minimum fields; the settling time runs from its last change."""
    record = row.record
    return digest_of([str(record.received), record.customer, record.product, record.part_number, record.phenomenon])


class RowDigests:
    """Identifying texts and fingerprint of rows; of a row that is still the same object they are not made again."""

    def __init__(self) -> None:
        self._known: dict[Place, tuple[Row[Complaint], tuple[str, ...], str]] = {}

    def texts(self, row: Row[Complaint]) -> tuple[str, ...]:
        """See ``identifying_texts``."""
        return self._of(row)[1]

    def fingerprint(self, row: Row[Complaint]) -> str:
        """See ``minimum_fingerprint``."""
        return self._of(row)[2]

    def _of(self, row: Row[Complaint]) -> tuple[Row[Complaint], tuple[str, ...], str]:
        known = self._known.get(row.place)
        if known is None or known[0] is not row:
            known = self._known[row.place] = (row, identifying_texts(row), minimum_fingerprint(row))
        return known
