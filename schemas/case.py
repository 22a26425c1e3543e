"""A complaint with everything that belongs to it: the subject of rules, documents and mails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from schemas.report import Disagreement, DocumentReading
from schemas.rows import Action, CallBack, ChangePoint, Complaint, Contact, Containment, Meeting, SheetKind, Why
from schemas.values import CausePath
from schemas.workbook import Issue, Place, Row

#: The fixed subfolders of a case folder: what came in and what others read, and the standardising documents.
ATTACHMENTS = "附件"
STANDARDS = "固化文件"


class Standing(Enum):
    """Where a row stands between first sight and a managed case."""

    HALF_TYPED = "填写中"      # the minimum fields are not there yet
    SETTLING = "待稳定"        # complete enough, changed within the settling time
    MANAGED = "已纳入"         # numbered; documents and clocks run
    BASELINE = "上线前存量"     # stood in the ledger before the software came; listed only
    AMBIGUOUS = "无法对应"      # cannot be told from another row; waits for a person
    REGISTERED = "已登公共台账"  # a personal row whose number stands on the shared ledger: that row is the truth


@dataclass(frozen=True, slots=True)
class CaseRows:
    """The rows that name one complaint, over all sheets; each list in sheet order.

    ``sheets`` are the sheets the ledger has beside the complaints': nothing is demanded in a sheet nobody keeps;
    ``reviewed`` says that measures have a column 审核结论.
    """

    complaint: Row[Complaint]
    containments: tuple[Row[Containment], ...] = ()
    change_points: tuple[Row[ChangePoint], ...] = ()
    whys: tuple[Row[Why], ...] = ()
    actions: tuple[Row[Action], ...] = ()
    meetings: tuple[Row[Meeting], ...] = ()
    callbacks: tuple[Row[CallBack], ...] = ()
    sheets: frozenset[SheetKind] = frozenset()
    reviewed: bool = False

    def chain(self, path: CausePath) -> tuple[Why, ...]:
        """The whys of one path in order of their step (rows without a step keep sheet order, last)."""
        chosen = [row.record for row in self.whys if row.record.path is path]
        return tuple(sorted(chosen, key=lambda why: why.step if why.step is not None else 99))


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """The file names in a case folder, sorted: beside the reports, in 附件 and in 固化文件; not Office's lock files."""

    own: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseTrail:
    """What earlier passes saw: the day of the (last) restart, and the values 计划完成日 had by ``action_key``."""

    restarted: date | None = None
    due_days: Mapping[str, tuple[date, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One complaint as a pass sees it.

    ``case_id`` is the journal's identity (stable before and after the number stands in the file); ``number`` the
    客诉编号, typed or reserved; ``ledger`` the ledger's name; ``first_seen`` aware, when a pass first saw the row;
    ``changed`` aware, when its minimum fields last changed; ``files`` None when the folder was not looked into;
    ``origin`` names the row under which the complaint was first seen, which may be one on a personal ledger;
    ``was_stock`` says that it stood in the ledger before the software came and was taken in later (纳入管理);
    ``reports`` what stands in its documents that people edit, ``disagreements`` where these differ from the ledger.
    """

    case_id: str
    number: str
    ledger: str
    rows: CaseRows
    standing: Standing
    first_seen: datetime
    changed: datetime
    folder: str = ""
    files: CaseFiles | None = None
    trail: CaseTrail = CaseTrail()
    origin: str = ""
    was_stock: bool = False
    reports: tuple[DocumentReading, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def complaint(self) -> Complaint:
        """The row of 客诉台账."""
        return self.rows.complaint.record

    @property
    def place(self) -> Place:
        """Where the row stands in the ledger."""
        return self.rows.complaint.place

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Problems on the complaint's own row."""
        return self.rows.complaint.issues

    @property
    def handle(self) -> str:
        """The key under which a pass keeps what it says of the case; a row without identity goes by its place."""
        return self.case_id or f"{self.ledger}!{self.place.sheet}!{self.place.row}"

    @property
    def name(self) -> str:
        """The number, or where the row stands while it has none."""
        return self.number or f"{self.place.sheet}第{self.place.row}行"

    @property
    def label(self) -> str:
        """Name, customer and product, for lists and subjects."""
        words = (self.complaint.customer, self.complaint.product or self.complaint.part_number)
        return " ".join([self.name, *(word for word in words if word)])


@dataclass(frozen=True, slots=True)
class Directory:
    """通讯录 by name and by role; the first entry of a name counts."""

    contacts: Mapping[str, Contact]

    def mail_of(self, name: str | None) -> str | None:
        """Mail address of a colleague, None when unknown."""
        contact = self.contacts.get(name or "")
        return contact.mail if contact else None

    def superior_of(self, name: str | None) -> Contact | None:
        """The direct superior (直属上级) when 通讯录 knows both."""
        contact = self.contacts.get(name or "")
        return self.contacts.get(contact.superior or "") if contact else None

    def heads_of(self, department: str | None) -> tuple[Contact, ...]:
        """Heads of a department: 角色 or 岗位 says 部门负责人, 部长, 经理, 主任 or 科长."""
        words = ("负责人", "部长", "经理", "主任", "科长", "厂长")
        return tuple(
            contact
            for contact in self.contacts.values()
            if department and contact.department == department
            and any(word in f"{contact.role or ''}{contact.position or ''}" for word in words)
        )
