"""Whom a word on a customer's form speaks of: the customer itself, or us, its supplier."""

from __future__ import annotations

import re

#: On a customer's form 我司 is the customer and 贵司 the supplier.
CUSTOMER = re.compile(
    r"客户|顾客|主机厂|整车厂|客先|得意先|我司|我方|本公司|customer|\boem\b|\bsqe\b|buyer|kunde", re.IGNORECASE
)
SUPPLIER = re.compile(
    r"供应商|供方|供货|厂商|仕入先|取引先|贵司|贵方|贵公司|御社|supplier|vendor|lieferant", re.IGNORECASE
)
