"""What should stand in our cells of each row: 客诉编号, 系统校验, 资料链接."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pipeline.rules.history import History
from schemas.case import Case, Standing
from schemas.effects import Effect, digest_of
from schemas.payloads import CellEdit, WriteCells
from schemas.remarks import Remark, Shown
from schemas.workbook import WorkbookReading

_FEEDBACK_LIMIT = 500  # characters; a cell is a note, the board has the rest


def feedback_text(case: Case, remarks: Iterable[Remark], note: str) -> str:
    """The text of 系统校验: what to correct on this row; no day counts, so that it changes only when the row does."""
    lines = [f"{issue.cell}“{issue.value}”：{issue.message}" if issue.value else f"{issue.cell}:{issue.message}"
             for issue in case.issues]
    if note:
        lines.insert(0, note)
    if case.standing is Standing.HALF_TYPED:
        lines.append("填写中：接诉时间、客户、产品、不良现象齐全后自动编号")
    lines.extend(remark.sentence for remark in remarks if Shown.CELL in remark.shown)
    text = "\n".join(lines)
    return text if len(text) <= _FEEDBACK_LIMIT else text[: _FEEDBACK_LIMIT - 8] + "…其余见看板"


def row_edits(
    case: Case, columns: Mapping[str, int], feedback: str | None, folder_link: str, refused: Collection[str]
) -> Iterator[CellEdit]:
    """The cells of one row whose present text differs; ``feedback`` None leaves 系统校验 as it is.

    ``columns`` are the 0-based columns of the fields of its sheet.
    """
    typed = case.rows.complaint.typed
    wanted = {"feedback": feedback}
    if case.number and not typed.get("number"):
        wanted["number"] = case.number
    if folder_link:
        wanted["folder_link"] = f"打开 {case.number}"
    for field, text in wanted.items():
        column = columns.get(field)
        present = typed.get(field, "")
        if text is None or column is None or " ".join(present.split()) == " ".join(text.split()):
            continue
        link = folder_link if field == "folder_link" else None
        edit = CellEdit(case.place.sheet, case.place.row, column, field, present, text, link)
        if refusal_inputs(edit) not in refused:
            yield edit


def refusal_inputs(edit: CellEdit) -> str:
    """What a refused cell is remembered by: place and text; a changed text is tried again."""
    return digest_of([edit.sheet, edit.row, edit.column, edit.text])


def wanted_cells(reading: WorkbookReading, edits: Sequence[CellEdit], history: History) -> Effect | None:
    """One effect for all our cells of one ledger: one patch, one swap."""
    if not edits:
        return None
    inputs = digest_of([[edit.sheet, edit.row, edit.field, edit.text] for edit in edits])
    latest = history.latest("cells", reading.ledger)
    key = history.revised("cells", reading.ledger, "", inputs)
    if key is None and latest is not None:
        # the same cells again: somebody put the old text back, and the row still needs ours
        key = latest.key.__class__(latest.key.site, "cells", reading.ledger, "", latest.key.revision + 1)
    if key is None:
        return None
    payload = WriteCells("", reading.ledger, reading.sha256, tuple(edits))
    return Effect(key, f"台账 {reading.ledger} 写入 {len(edits)} 格", inputs, payload)
