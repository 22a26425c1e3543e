"""How many fields that a ledger knows stand in its 8D drafts: in a trial's folder, or on 20 complaints of the demo.

Usage: python -m bench.prefill DEMO, a folder made by ``kesu demo``. The labels are the typed cells by column, read with
openpyxl alone. As a row of the comparison: time to value, from a foreign ledger in an empty folder to the end of
``kesu try``, and the prefill rate of the drafts it made.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import load_workbook

from bench.row import Row, Scale
from bench.turns import command, in_turns
from bench.watch import Spent
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
_CASES, _LEAST = 20, 0.95
_LEDGER, _TRIED = "贵厂台账.xlsx", "kesu-try"


@dataclass
class Prefill:
    """How the known fields of the drafts looked at are filled."""

    cases: int = 0
    filled: int = 0
    blank: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def known(self) -> int:
        """Fields whose value the ledger knows."""
        return self.filled + len(self.blank) + len(self.wrong)

    def __str__(self) -> str:
        return f"{self.cases} complaints, {self.known} known fields: {self.filled / self.known:.1%} filled, " \
               f"{len(self.wrong)} wrong"


def prefilled(ledger: Path, cases: Path, most: int = _CASES) -> Prefill:
    """Compare the ledger's cells with the fields of the drafts below ``cases``, on the first ``most`` that have one."""
    rows = list(load_workbook(ledger, data_only=True)["客诉台账"].iter_rows(values_only=True))
    head = next(index for index, row in enumerate(rows) if "客诉编号" in row)
    documents, found = TemplateDocuments(), Prefill()
    for row in rows[head + 1 :]:
        typed = {str(name): value for name, value in zip(rows[head], row, strict=True) if name and value is not None}
        drafts = sorted(cases.glob(f"*/{typed.get('客诉编号', '-')} */8D报告*.docx"))
        if not drafts or found.cases == most:
            continue
        found.cases += 1
        fields = documents.read_back("eight_d", drafts[-1].read_bytes())
        for heading, name in LABELS.items():
            if heading not in typed:
                continue
            shown = _plain(fields.get(name))
            if shown == _plain(typed[heading]):
                found.filled += 1
            else:
                (found.wrong if shown else found.blank).append(
                    f"{typed['客诉编号']} {heading}: {typed[heading]!r} / {shown!r}")
    return found


def _plain(value: object) -> str:
    return re.sub(r"\s+", "", str(value or ""))


def rows(scale: Scale) -> Iterator[Row]:
    """Time to value; there is no peer that makes drafts of a ledger, so nothing is to be reached."""
    from bench.try_ledger import NOW, write_ledger

    count = scale.choose(quick=12, full=300)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_ledger(folder / _LEDGER, count)
        cost = in_turns({"kesu try": _tried(folder, NOW)}, scale.choose(quick=1, full=3))  # nobody to compare with
        filled = prefilled(folder / _LEDGER, next(folder.glob(f"{_TRIED}/**/客诉资料")))
        made = len(list((folder / _TRIED).rglob("*.docx")))
    typed = f"kesu try {_LEDGER}"
    yield Row("time to value: an empty folder and a foreign ledger", f"{count} rows", cost["kesu try"],
              facts=(f"1 command, {len(typed)} characters typed: {typed}", f"{made} documents, a board and a deck",
                     f"prefill: {filled}"),
              compared="the ledger's cells, read with openpyxl, with the fields of the drafts",
              differences=tuple(filled.wrong[:3]))


def _tried(folder: Path, now: str) -> Callable[[], Spent]:
    def round_() -> Spent:
        shutil.rmtree(folder / _TRIED, ignore_errors=True)
        return command(("-m", "pipeline.cli", "try", _LEDGER, "--now", now), (0, 1), folder)

    return round_


def main() -> None:
    """Print the figures; exit code 1 below 95 % or with one field wrong."""
    share = Path(sys.argv[1]) / "share"
    found = prefilled(share / "客诉台账.xlsx", share / "客诉资料")
    print(found)
    print("\n".join([*found.wrong, *found.blank]))
    sys.exit(found.filled / found.known < _LEAST or bool(found.wrong) or found.cases < _CASES)


if __name__ == "__main__":
    main()
