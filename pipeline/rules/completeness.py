"""Which answers are still missing, as polite questions (process step 3)."""

from __future__ import annotations

from collections.abc import Collection

from schemas.decisions import Question
from schemas.rows import Complaint
from schemas.values import Status

#: While the survey runs; later the answers no longer steer anything.
_ASKING = frozenset({None, Status.UNCONFIRMED, Status.INVESTIGATING, Status.RESTARTED})

_QUESTIONS: tuple[tuple[str, str], ...] = (
    ("reporter", "请问反馈人的姓名是?"),
    ("reporter_contact", "请留一个方便联系的电话或邮箱。"),
    ("reporter_position", "请问反馈人的职务或负责的工作是?"),
    ("customer_site", "请问问题发生在哪个基地(厂区)?"),
    ("part_number", "请提供产品编号(零件号)。"),
    ("lot", "请提供不良品的批次号(标签照片即可)。"),
    ("defects", "请问目前发现不良多少件?"),
    ("lot_size", "请问该批共检查或使用了多少件?"),
    ("daily_usage", "请问该产品每天用量是多少?"),
    ("good_stock", "请问现场良品库存还能用多久(多少件)?"),
    ("customer_request", "请问需要我司配合做哪些工作?"),
)
_HEADINGS = {field.name: field.column.heading for field in Complaint.fields()}


def missing_answers(complaint: Complaint, kept: Collection[str]) -> tuple[Question, ...]:
    """Questions whose answer is blank, among the columns (``kept``) that this plant's ledger keeps at all."""
    if complaint.status not in _ASKING:
        return ()
    return tuple(
        Question(_HEADINGS[field], question)
        for field, question in _QUESTIONS
        if field in kept and getattr(complaint, field) is None
    )
