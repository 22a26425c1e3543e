"""How many fields that the demo's ledger knows stand in its 8D drafts, on 20 complaints, read with openpyxl alone.

Usage: python -m bench.prefill DEMO, a folder made by ``kesu demo``. The labels are the typed cells, by column.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from openpyxl import load_workbook

from pipeline.documents.gateway import TemplateDocuments

#: Column of 客诉台账 → field of the 8D that shows it.
LABELS = {
    "客诉编号": "number", "客户": "customer", "客户基地": "customer_site", "产品名称": "product",
    "产品编号": "part_number", "车型/项目": "project", "不良现象": "phenomenon", "不良批次": "lot",
    "质量工程师": "prepared_by",
    "班次": "shift",
    "客户诉求": "customer_request", "紧急措施": "response", "责任工序": "process", "发生原因": "occurrence_cause",
    "流出原因": "escape_cause", "模具号/穴号": "mould_cavity", "断点批次": "break_point_lot", "样件": "sample",
    "故障再现结论": "reproduction", "客户投诉单号": "customer_ref",
}
_CASES = 20


def _plain(value: object) -> str:
    return re.sub(r"\s+", "", str(value or ""))


def main() -> None:
    """Print the figures; exit code 1 below 95 % or with one field wrong."""
    share = Path(sys.argv[1]) / "share"
    sheet = load_workbook(share / "客诉台账.xlsx", data_only=True)["客诉台账"]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(index for index, row in enumerate(rows) if "客诉编号" in row)
    documents, filled, blank, wrong, cases = TemplateDocuments(), 0, [], [], 0
    for row in rows[head + 1 :]:
        typed = {str(name): value for name, value in zip(rows[head], row, strict=True) if name and value is not None}
        found = sorted((share / "客诉资料").glob(f"*/{typed.get('客诉编号', '-')} */8D报告*.docx"))
        if not found or cases == _CASES:
            continue
        cases += 1
        fields = documents.read_back("eight_d", found[-1].read_bytes())
        for heading, field in LABELS.items():
            if heading not in typed:
                continue
            shown = _plain(fields.get(field))
            if shown == _plain(typed[heading]):
                filled += 1
            else:
                (wrong if shown else blank).append(f"{typed['客诉编号']} {heading}: {typed[heading]!r} / {shown!r}")
    known = filled + len(blank) + len(wrong)
    print(f"{cases} complaints, {known} known fields: {filled / known:.1%} filled, {len(wrong)} wrong")
    print("\n".join([*wrong, *blank]))
    sys.exit(filled / known < 0.95 or bool(wrong) or cases < _CASES)


if __name__ == "__main__":
    main()
