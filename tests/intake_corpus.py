"""The corpus of complaint mails: written by every program, read, extracted, and compared with the truth beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.intake.mail_reader import MimeMailReader
from pipeline.rules.intake_rows import proposed_rows
from schemas.cell_value import value_of
from schemas.incoming import IncomingMail
from schemas.intake import Acquaintance, Correspondent, KnownPart, ProposedRow
from schemas.rows import Complaint
from tests.mail_clients import PROGRAMS, Written

CORPUS = Path(__file__).with_name("corpus")
SENT = datetime.fromisoformat("2026-11-26T08:10:00+08:00")
#: Filled for every mail by who sent it and when; the truth names it only where the mail says otherwise.
ALWAYS = {"received", "source"}

PEOPLE: dict[str, tuple[str, str, Correspondent]] = {
    "lu": ("卢静宜", "lujingyi@yuanrong.example.com", Correspondent("卢静宜", "远嵘新能源")),
    "jian": ("简明", "jianming@suihe.example.com", Correspondent("简明", "穗禾汽车")),
    "song": ("宋立群", "songliqun@qiyue.example.com", Correspondent("宋立群", "启岳汽车")),
    "tan": ("谭丽", "tanli@mail.lantu.example.com", Correspondent("谭丽", "澜途汽车")),
    "tian": ("田野", "tianye@example.com", Correspondent("田野", "", True, "驻线", "启岳汽车 临江基地")),
    "peng": ("彭浩然", "penghaoran@example.com", Correspondent("彭浩然", "", True, "驻线", "远嵘新能源 宁州基地")),
    "ye": ("叶知秋", "yezhiqiu@example.com", Correspondent("叶知秋", "", True, "营销部", "全部客户")),
}
_PRODUCTS = {
    "冷却水管": ("CW-2217", "CW-2110", "CW-2112", "CW-2104"), "卡扣": ("KC-318", "KC-306", "KC-330"),
    "真空管": ("VH-440",), "导管护套": ("SL-090",), "快插接头": ("QC-0816",), "储液罐盖": ("RG-550",),
    "通气阀": ("VT-212", "VT-210"), "燃油管": ("FL-0906",), "制动软管": ("BH-701",),
}
KNOWN = Acquaintance(
    {number.casefold(): KnownPart(number, product) for product, numbers in _PRODUCTS.items() for number in numbers},
    ("远嵘新能源", "穗禾汽车", "启岳汽车", "澜途汽车", "北岭商用车", "海拓客车"), {},
)


@cache
def entries(name: str) -> list[dict[str, Any]]:
    """The mails of one corpus file, as they stand there."""
    loaded: list[dict[str, Any]] = YAML(typ="safe").load((CORPUS / name).read_text(encoding="utf-8"))
    return loaded


def written(entry: dict[str, Any]) -> Written:
    """What the person of an entry writes."""
    name, address, _ = PEOPLE[entry["by"]]
    lines: list[str | tuple[tuple[str, ...], ...]] = [*str(entry.get("text", "")).split("\n")]
    if "table" in entry:
        lines.append(tuple(tuple(str(cell) for cell in row) for row in entry["table"]))
    answered = None
    if "answered" in entry:
        answered = ("客诉助手", SENT, [str(line) for line in entry["answered"]])
    number = f"{entry['id']}@corpus.example"
    return Written(str(entry["subject"]), lines, name, address, SENT, number, answered=answered)


def read(entry: dict[str, Any]) -> IncomingMail:
    """The mail of an entry, written by its program and read."""
    return MimeMailReader().read(str(entry["id"]), PROGRAMS[entry["program"]](written(entry)))


def rows_of(entry: dict[str, Any], mail: IncomingMail) -> tuple[ProposedRow, ...]:
    """The rows proposed for an entry."""
    return proposed_rows(mail, PEOPLE[entry["by"]][2], KNOWN, SENT, author_of(mail))


def author_of(mail: IncomingMail) -> Correspondent | None:
    """Whom the address book of the corpus knows as the author of the mail passed on."""
    known = {address: who for _, address, who in PEOPLE.values()}
    return known.get(mail.passed_on.address) if mail.passed_on else None


@dataclass
class Score:
    """Counts by field: truths, found values that are right, found values, and those wrong though called certain."""

    truths: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    certain: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    confidently_wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, entry: dict[str, Any], rows: tuple[ProposedRow, ...]) -> None:
        """Compare the rows of one mail with its truth, row by row."""
        truths = entry["truth"]
        if len(rows) != len(truths):
            self.confidently_wrong.append(f"{entry['id']}: {len(rows)} rows, truth {len(truths)}")
        for truth, row in zip(truths, rows, strict=False):
            self._row(entry, {name: same(name, str(text)) for name, text in truth.items()}, row)

    def _row(self, entry: dict[str, Any], truth: dict[str, object], row: ProposedRow) -> None:
        self.truths.update(truth.keys())
        for item in row.found:
            quoted = item.field in {"phenomenon", "reporter_contact", "reporter_department"} and not item.certain
            if item.field not in truth and (item.field in ALWAYS or quoted):
                continue  # the subject as it stands is nobody's claim
            self.found[item.field] += 1
            self.certain[item.field] += item.certain
            value = same(item.field, item.text)
            if item.field in truth and value == truth[item.field]:
                self.right[item.field] += 1
                continue
            line = f"{entry['id']} {item.field}: {value!r}, truth {truth.get(item.field)!r} ({item.source})"
            (self.confidently_wrong if item.certain else self.wrong).append(line)
        held = {item.field for item in row.found}
        self.missed += [f"{entry['id']} {name}: {value!r}" for name, value in truth.items() if name not in held]

    def table(self) -> Iterator[str]:
        """One line a field: truths, found, right, precision, recall."""
        for name in sorted(self.truths, key=lambda name: -self.truths[name]):
            found, right = self.found[name], self.right[name]
            precision = f"{right / found:6.1%}" if found else "     -"
            yield (f"{name:20} truths {self.truths[name]:3}  found {found:3} (certain {self.certain[name]:3})  "
                   f"precision {precision}  recall {right / self.truths[name]:6.1%}")
        total, found, right = self.truths.total(), self.found.total(), self.right.total()
        rates = f"precision {right / found:6.1%}  recall {right / total:6.1%}"
        yield f"{'all':20} truths {total:3}  found {found:3}  {rates}"


def same(name: str, text: str) -> object:
    """A value as the ledger reads it on the day of the corpus, or the text where it does not."""
    value = value_of(Complaint, name, text, date(2026, 11, 26))
    return text if value is None else value


def score(name: str) -> Score:
    """The score of a corpus file."""
    result = Score()
    for entry in entries(name):
        result.add(entry, rows_of(entry, read(entry)))
    return result
