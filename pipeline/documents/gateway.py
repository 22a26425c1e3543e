"""The port ``Documents``: contexts, file names and rendering of all kinds over the template folders of one plant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from pipeline.documents import eight_d, eight_d_internal, minutes, notice, penalty, slip
from pipeline.documents.board_page import render_board
from pipeline.documents.controls import controls_of
from pipeline.documents.fault import TemplateFault
from pipeline.documents.field_names import FieldNames, digest_of_name, digest_of_text
from pipeline.documents.folders import Folder, TemplateFolders, packaged_templates
from pipeline.documents.forms.customer_forms import CustomerForms
from pipeline.documents.last_good import LastGood
from pipeline.documents.mails import MailTexts
from pipeline.documents.photos import ReadPhoto
from pipeline.documents.refresh import refreshed, written_fields
from pipeline.documents.word_file import DocumentUnreadable, WordFile
from schemas.board import BoardView
from schemas.case import Case
from schemas.decisions import Decisions
from schemas.deck import DeckEdition, DeckView, PageMark
from schemas.follow_up import PenaltyProposal
from schemas.report import DocumentReading, Refreshed

if TYPE_CHECKING:
    from pipeline.documents.engine import WordTemplate

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
TEMPLATE, WORKBOOK = "template.docx", "template.xlsx"
#: Kinds that are plain text, which opens anywhere and is pasted into a mail or a chat.
TEXT_TEMPLATE = "template.txt"
TEXT_KINDS = frozenset({"inquiry"})
#: The form to ask by on the phone; blank, for people to print or fill in.
CALL_SHEET = "call_sheet"

_CONTEXTS: dict[str, Callable[[Case, Decisions, int | None], dict[str, Any]]] = {
    eight_d.KIND: eight_d.context,
    eight_d_internal.KIND: eight_d_internal.context,
    slip.KIND: slip.context,
    notice.KIND: notice.context,
    minutes.KIND: minutes.context,
}

#: The document kinds that are filled from a case and its decisions alone.
KINDS = tuple(_CONTEXTS)


class TemplateDocuments:
    """Documents, mails and board page from templates: the plant's own copies first, the packaged ones behind them.

    ``own`` lists folders laid out like ``templates/``; a folder or file missing there is taken from the package.
    ``read_photo`` gives the bytes of a photo by its path on the share; sound templates are remembered in ``kept``
    (with ``write``), to go on with while somebody's change is broken.
    """

    def __init__(self, own: Sequence[Folder] = (), read_photo: ReadPhoto | None = None,
                 kept: Path | None = None, *, write: bool = False) -> None:
        from pipeline.documents.engine import WordEngine  # docxtpl costs a tenth of a second

        self._folders = TemplateFolders((*own, packaged_templates()))
        self._engine = WordEngine()
        self._last_good = LastGood(kept, write)
        self._mails = MailTexts(self._folders, self._last_good)
        self._read_photo = read_photo
        self._forms = CustomerForms(self._folders, self._engine, self._last_good, read_photo=read_photo)

    def context(
        self, kind: str, case: Case, decisions: Decisions, round_number: int | None, *, own_form: bool = True
    ) -> Mapping[str, Any]:
        """The declared inputs of a document; ``KeyError`` for a kind that does not exist.

        ``extras`` holds only those columns of the plant's own that the template names, so that a column nobody shows
        (a formula that changes daily, say) makes no new draft.
        """
        found = _CONTEXTS[kind](case, decisions, round_number)
        if kind == eight_d_internal.KIND:
            found = self._with_report(found, case)
        if kind == eight_d.KIND and own_form and (form := self._forms.declared(case)):
            return {**found, "form": form, "extras": {}}
        typed = case.rows.complaint.extras
        try:
            wanted = self._template(kind).columns
        except TemplateFault:
            wanted = frozenset()  # planning goes on; rendering this kind raises the same fault, for a person to read
        return {**found, "extras": {name: typed.get(name, "") for name in sorted(wanted)}}

    def _with_report(self, context: Mapping[str, Any], case: Case) -> dict[str, Any]:
        """The internal version with what people typed into the customer's, where the ledger says nothing."""
        typed = next((reading.typed_texts for reading in case.reports if reading.kind == eight_d.KIND), {})
        try:
            return self._folders.names(eight_d.KIND).completed(context, typed)
        except TemplateFault:
            return dict(context)  # rendering raises the same fault, for a person to read

    def file_name(self, kind: str, round_number: int | None, customer: str | None = None) -> str:
        """The file name that kind.yaml gives, e.g. 会议通知-第1次.docx; raises ``TemplateFault``.

        The 8D of a ``customer`` with a form of its own keeps that form's suffix.
        """
        name = self._folders.sheet(kind).name_for(round_number)
        suffix = self._forms.suffix(customer) if kind == eight_d.KIND and customer else ""
        return f"{name.rpartition('.')[0]}{suffix}" if suffix else name

    def render(self, kind: str, context: Mapping[str, Any], now: datetime) -> bytes:
        """The document's bytes, stamped ``now`` (aware); equal arguments, equal bytes. Raises ``TemplateFault``."""
        if kind in TEXT_KINDS:
            text = self._mails.text(context, kind, TEXT_TEMPLATE)
            return text.replace("\n", "\r\n").encode("utf-8-sig")  # as the editors of Windows expect it
        if kind == eight_d.KIND and "form" in context:
            return self._forms.render(context, now)
        return self._template(kind).render(context, now, self._read_photo)

    def _template(self, kind: str) -> WordTemplate:
        name, content = self._folders.read(kind, TEMPLATE)
        sound = self._last_good.choose(f"{kind}/{TEMPLATE}", content, lambda: self._checked(kind))
        return self._engine.template(name, sound, self._names(kind))

    def _checked(self, kind: str) -> Sequence[TemplateFault]:
        """The faults of a template; what nobody changed since it was packaged has been checked then."""
        from pipeline.documents.word_check import check_kind

        as_packaged = self._folders.is_as_packaged(kind, TEMPLATE, "example.json")
        return [] if as_packaged else check_kind(self._folders, kind)

    def faults(self) -> tuple[str, ...]:
        """Broken templates that their last sound version stands in for, each a sentence for people."""
        return self._last_good.faults

    def _names(self, kind: str) -> FieldNames | None:
        """The fields that stand in controls; None for a kind without: texts, and mail attachments like a penalty."""
        return self._folders.names(kind) if kind in _CONTEXTS and kind not in TEXT_KINDS else None

    def edition(self) -> object:
        """Differs from an earlier one when contexts and file names may differ for equal cases."""
        return self._folders.edition()

    def fields(self, kind: str, context: Mapping[str, Any]) -> Mapping[str, str]:
        """What a document of ``kind`` filled from ``context`` shows, by field; "" where it shows 待填写."""
        names = self._names(kind)
        return names.texts(context) if names else {}

    def field_name(self, kind: str, field: str) -> str:
        """The Chinese name of a field as the document's control shows it."""
        names = self._names(kind)
        return names.alias(field) if names else field

    def read_back(self, kind: str, content: bytes) -> Mapping[str, str]:
        """The present text of every field that is still in its control; {} when none is.

        Of a customer's workbook the text of every cell, by place (``8D!B3``).
        """
        names = self._names(kind)
        if names is None:
            return {}
        try:
            controls = controls_of(WordFile(content, PurePath(kind)).tree, names)
        except DocumentUnreadable:
            from pipeline.documents.forms.refresh_workbook import cells_of, is_workbook

            return cells_of(content, PurePath(kind)) if is_workbook(content) else {}
        return {field: control.text for field, control in controls.items()}

    def understood(self, reading: DocumentReading, context: Mapping[str, Any]) -> DocumentReading:
        """A reading of a customer's workbook by field instead of by cell; any other as it is.

        ``context`` is what the document would be filled from now.
        """
        if PurePath(reading.path).suffix.lower() not in WORKBOOKS:
            return reading
        fields, told = self._forms.cell_fields(context, reading.fields)
        texts = {fields[cell]: text for cell, text in reading.fields.items() if cell in fields}
        typed = frozenset(fields[cell] for cell in reading.typed if cell in fields)
        return replace(reading, fields={**told, **texts}, typed=typed)

    def written(self, kind: str, content: bytes) -> Mapping[str, str]:
        """Digests of the fields of a document of ours by digest of their names: what the journal keeps."""
        names = self._names(kind)
        try:
            return written_fields(content, names, PurePath(kind)) if names else {}
        except DocumentUnreadable:
            from pipeline.documents.forms.refresh_workbook import is_workbook, written_cells

            return written_cells(content, PurePath(kind)) if is_workbook(content) else {}

    def changed(self, kind: str, fields: Mapping[str, str], last: Mapping[str, str]) -> frozenset[str]:
        """The fields whose text is not what we last wrote (``last`` as of ``written``): a person's."""
        return frozenset(
            field for field, text in fields.items() if last.get(digest_of_name(field)) != digest_of_text(text)
        )

    def refreshed(self, kind: str, present: bytes, ours: bytes, last: Mapping[str, str]) -> Refreshed | None:
        """A person's document with its untouched fields brought up to date; None when it has no controls any more.

        In a customer's workbook the cells are told apart instead.
        """
        names = self._names(kind)
        if names is None:
            return None
        try:
            return refreshed(present, ours, last, names, PurePath(kind))
        except DocumentUnreadable:
            from pipeline.documents.forms.refresh_workbook import is_workbook, refreshed_workbook

            both = is_workbook(present) and is_workbook(ours)
            return refreshed_workbook(present, ours, last, PurePath(kind)) if both else None

    def remarks(self, kind: str, context: Mapping[str, Any]) -> tuple[str, ...]:
        """What a person should know of a filled document: rows that found no line of their own in a customer's form.

        Raises ``TemplateFault``.
        """
        return self._forms.remarks(context) if kind == eight_d.KIND and "form" in context else ()

    def penalty(self, case: Case, decisions: Decisions, proposal: PenaltyProposal) -> tuple[str, Mapping[str, Any]]:
        """File name and declared inputs of a 处罚建议单, for ``render``. Raises ``TemplateFault``."""
        name = self._folders.sheet(penalty.KIND).name_for(None, penalty.action_name(proposal))
        return name, penalty.context(case, decisions, proposal)

    def blank_forms(self, kind: str = CALL_SHEET) -> Mapping[str, bytes]:
        """The blank forms by file name: a document to print, a workbook to fill in. Raises ``TemplateFault``."""
        sheet = self._folders.sheet(kind)
        forms = {sheet.name_for(None): self._folders.read(kind, TEMPLATE)[1]}
        return {**forms, sheet.fill_in: self._folders.read(kind, WORKBOOK)[1]} if sheet.fill_in else forms

    def render_mail(self, kind: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
        """Subject, plain text and HTML of a mail. Raises ``TemplateFault``."""
        return self._mails.render(kind, context)

    def render_deck(
        self, view: DeckView, standing: tuple[str, bytes] | None, marks: Sequence[PageMark],
        read: Callable[[str], bytes], now: datetime,
    ) -> DeckEdition:
        """The weekly deck, see ``deck.edition.make``; the plant's own template.potx or template.pptx comes first."""
        from pipeline.documents.deck.edition import make
        from pipeline.documents.deck.template import FILES

        return make(view, self._folders.read_first(*FILES), standing, marks, read, now)

    def render_board(self, view: BoardView) -> bytes:
        """The self-contained board page; equal views give equal bytes.

        While the plant's own files of the board are broken, the packaged ones draw it, and it says so.
        """
        try:
            page = render_board(view, self._folders.folders)
        except TemplateFault as fault:
            told = f"模板有误，看板暂用软件自带的版本：{fault}"
            page = render_board(replace(view, alerts=(*view.alerts, told)), [packaged_templates()])
        return page
