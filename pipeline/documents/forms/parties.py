"""Whom a word on a customer's form speaks of: the customer itself, or us, its supplier."""

from __future__ import annotations

import re

#: On a customer's form 我司 and us are the customer, 贵司 and you the supplier.
CUSTOMER = re.compile(
    r"客户|顾客|主机厂|整车厂|客先|得意先|需方|我司|我方|本公司|customer|\boem\b|\bsqe\b|buyer|kunde|\bby us\b|\bour\b",
    re.IGNORECASE,
)
SUPPLIER = re.compile(
    r"供应商|供方|供货|厂商|仕入先|取引先|贵司|贵方|贵公司|御社|supplier|vendor|lieferant|\bby you\b|\byour\b",
    re.IGNORECASE,
)


def party(text: str) -> re.Pattern[str] | None:
    """The one party that a text names; None for neither and for both."""
    named = [party for party in (CUSTOMER, SUPPLIER) if party.search(text)]
    return named[0] if len(named) == 1 else None
