"""A customer's own 8D form in the plant's templates folder: found by the customer's name, rendered from a case."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.documents.fault import TemplateFault
from pipeline.documents.folders import Folder, TemplateFolders
from pipeline.documents.forms.faults import FormGone, MapMissing, TwoForms
from pipeline.documents.forms.form_map import MAP_SUFFIX
from pipeline.documents.last_good import LastGood
from pipeline.files.names import safe_name
from pipeline.ooxml.cells import reference

if TYPE_CHECKING:
    from pipeline.documents.engine import WordEngine
    from pipeline.documents.forms.form_map import CheckedMap
    from pipeline.documents.photos import ReadPhoto
    from schemas.case import Case

_WHYS = ("occurrence_whys", "escape_whys")
SUFFIXES = (".docx", ".xlsx", ".xlsm")
_ROW_OF = re.compile(r"row_of\.(\w+)\[[’'\"]([^’'\"]+)[’'\"]\]")


@dataclass(frozen=True, slots=True)
class CustomerForm:
    """A customer's form: where it lies, its content, and (for a workbook) its map."""

    path: Path
    content: bytes
    map_name: str = ""
    map_content: bytes = b""

    @property
    def suffix(self) -> str:
        """.docx, .xlsx or .xlsm, which the filled report keeps."""
        return self.path.suffix.lower()

    @property
    def digest(self) -> str:
        """Changes with the form and with its map."""
        return hashlib.blake2b(self.content + b"\0" + self.map_content, digest_size=8).hexdigest()


def form_stem(customer: str) -> str:
    """The file name (without suffix) of a customer's form."""
    return safe_name(customer.strip(), 60)


def find_form(folders: Sequence[Folder], kind: str, customer: str) -> CustomerForm | None:
    """The customer's own form in the first folder that has one; names compare without case and width.

    Raises TwoForms, MapMissing, and TemplateFault for a file that cannot be read.
    """
    if not customer.strip():
        return None
    wanted = _folded(form_stem(customer))
    for folder in folders:
        place = folder.joinpath(kind)
        if not isinstance(place, Path) or not place.is_dir():
            continue
        found = [
            path for path in sorted(place.iterdir())
            if path.suffix.lower() in SUFFIXES and _folded(path.stem) == wanted and path.stem != "template"
        ]
        if len(found) > 1:
            raise TwoForms(customer, [path.name for path in found])
        if found:
            return _read(found[0])
    return None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _read(path: Path) -> CustomerForm:
    try:
        content = path.read_bytes()
        if path.suffix.lower() == ".docx":
            return CustomerForm(path, content)
        beside = path.with_name(f"{path.stem}{MAP_SUFFIX}")
        if not beside.is_file():
            raise MapMissing(str(path), beside.name)
        return CustomerForm(path, content, str(beside), beside.read_bytes())
    except OSError as error:
        remedy = "若正在 Word、Excel 或 WPS 中编辑，请保存并关闭后再试"
        raise TemplateFault(str(path), "", "", f"无法读取（{error.strerror}）", remedy) from error


class CustomerForms:
    """The forms of a plant's customers: which one a case takes, and its filled bytes; maps are read once."""

    def __init__(
        self, folders: TemplateFolders, engine: WordEngine, last_good: LastGood | None = None, kind: str = "eight_d",
        read_photo: ReadPhoto | None = None,
    ) -> None:
        self._read_photo = read_photo
        self._folders, self._engine, self._kind = folders, engine, kind
        self._last_good = last_good or LastGood()
        self._maps: dict[str, tuple[bytes, CheckedMap]] = {}

    def declared(self, case: Case) -> dict[str, Any] | None:
        """What a case's context tells of the form: its name, its content's digest, the facts it may ask for.

        None without a form. A form that cannot be used is told in ``fault``; ``render`` raises it. The digest stands
        there while a case is open: a corrected map makes new drafts, but none of what was closed long ago.
        """
        from pipeline.documents.forms.form_context import facts

        try:
            form = find_form(self._folders.folders, self._kind, case.complaint.customer or "")
        except TemplateFault as fault:
            return {"fault": str(self._folders.noted(fault))}
        if form is None:
            return None
        digest = form.digest if case.complaint.closed is None else ""
        return {"file": form.path.name, "digest": digest, "facts": facts(case)}

    def suffix(self, customer: str) -> str:
        """.docx, .xlsx or .xlsm of the customer's form, "" without one."""
        try:
            form = find_form(self._folders.folders, self._kind, customer)
        except TemplateFault as fault:
            self._folders.noted(fault)
            return ""  # said by render, which is asked next
        return form.suffix if form else ""

    def cell_fields(
        self, context: Mapping[str, Any], texts: Mapping[str, str]
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The fields of the customer's workbook by cell (``8D!B3``), and what tells rows that the form does not show.

        ``texts``: the present text of every filled cell. Empty without a workbook, and while its map cannot be read.
        """
        from pipeline.documents.forms.form_context import form_context
        from pipeline.documents.forms.read_lines import cells_by_field

        try:
            form = find_form(self._folders.folders, self._kind, str(context["customer"]))
            form_map = self._map(self._sound(form)) if form is not None and form.suffix != ".docx" else None
            names = self._folders.names(self._kind)
        except TemplateFault:
            return {}, {}
        if form_map is None:
            return {}, {}
        whole = form_context(context, context.get("form", {}).get("facts", {}))
        found, told = cells_by_field(form_map, whole, texts, names)
        for (sheet, row, column), box in form_map.cells.items():
            address = box.addresses[0] if box.plain and box.addresses else None
            if address is not None and (not address.row or address.name in _WHYS):
                parts = (address.name, address.row, address.column) if address.row else (address.name,)
                found[f"{sheet}!{reference(row, column)}"] = "/".join(parts)
        return found, told

    def render(self, context: Mapping[str, Any], now: datetime) -> bytes:
        """The form of the context's customer, filled in; equal arguments give equal bytes. Raises TemplateFault."""
        return self.fill(self._form(context), context, context["form"]["facts"], now)

    def remarks(self, context: Mapping[str, Any]) -> tuple[str, ...]:
        """What found no line of its own in the form, in words for the board; raises TemplateFault."""
        from pipeline.documents.forms.form_context import form_context

        form = self._form(context)
        if form.suffix == ".docx":
            return ()  # its tables grow
        from pipeline.documents.forms.fill_workbook import photos_left, plan_filling, sheets_in
        from pipeline.documents.forms.rows_grown import cut_off

        sheets = sheets_in(form.path.name, form.content)
        whole = form_context(context, context["form"]["facts"])
        filling = plan_filling(self._map(form), whole, {grid.name: grid for grid in sheets.grids})
        cut = cut_off(filling.texts, sheets)
        left = photos_left(self._map(form), sheets, whole)
        return (*filling.notes, *(note for note in (cut, left) if note))

    def fill(self, form: CustomerForm, context: Mapping[str, Any], known: Mapping[str, str], now: datetime) -> bytes:
        """A form with an 8D's ``context`` and the ``facts`` filled in; raises TemplateFault."""
        from pipeline.documents.forms.form_context import form_context

        whole = form_context(context, known)
        if form.suffix == ".docx":
            # known fields stand in content controls, as in our own 8D: what people write into them counts
            template = self._engine.template(str(form.path), form.content, self._folders.names(self._kind))
            return template.render(word_context(form, whole), now, self._read_photo)
        from pipeline.documents.forms.fill_workbook import fill_workbook

        return fill_workbook(str(form.path), form.content, self._map(form), whole, self._read_photo)

    def _form(self, context: Mapping[str, Any]) -> CustomerForm:
        form = find_form(self._folders.folders, self._kind, str(context["customer"]))
        if form is None:
            raise FormGone(str(context["customer"]), str(context["form"].get("file", "")))
        return self._sound(form)

    def _sound(self, form: CustomerForm) -> CustomerForm:
        """The form, or its last sound version while somebody's change of it or of its map is broken."""
        from pipeline.documents.forms.form_check import check_form

        def check() -> list[TemplateFault]:
            return check_form(form, self._folders, self._kind)

        place = f"{self._kind}/{form.path.name}"
        content = self._last_good.choose(place, form.content, check, beside=form.map_content)
        if form.suffix == ".docx":
            return replace(form, content=content)
        beside = f"{self._kind}/{Path(form.map_name).name}"
        return replace(form, content=content, map_content=self._last_good.choose(
            beside, form.map_content, check, beside=form.content
        ))

    def _map(self, form: CustomerForm) -> CheckedMap:
        from pipeline.documents.forms.form_map import read_map

        known = self._maps.get(form.map_name)
        if known is None or known[0] != form.map_content:
            known = (form.map_content, read_map(form.map_name, form.map_content))
            self._maps[form.map_name] = known
        return known[1]


def word_context(form: CustomerForm, whole: Mapping[str, Any]) -> dict[str, Any]:
    """The context with what only a Word form's tags ask for: rows not printed under their name, and tick boxes."""
    from pipeline.documents.forms.form_context import CONTINUED, KEYED, holds, line_of, named_rows

    named: dict[str, set[str]] = {}
    for table, row in _ROW_OF.findall(_text_of(form.content)):
        named.setdefault(table, set()).add(row)
    unnamed = {
        table: [row for name, row in named_rows(table, whole.get(table, ()))
                if name not in named.get(table, set()) and line_of(table, row)] for table in KEYED
    }
    over = {
        table: "\n".join(("【续】表样未列出：", *(line_of(table, row) for row in rows)))
        if rows and table in CONTINUED else ""
        for table, rows in unnamed.items()
    }
    ticked = {
        table: {name: "☑" if holds(table, row) else "□" for name, row in whole["row_of"][table].items()}
        for table in KEYED
    }
    return {**whole, "unnamed": unnamed, "over": over, "ticked": ticked}


def _text_of(content: bytes) -> str:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = [name for name in package.namelist() if name.startswith("word/") and name.endswith(".xml")]
        text = "".join(package.read(name).decode("utf-8", "replace") for name in parts)
    return re.sub(r"<[^>]+>", "", text).replace("&apos;", "'").replace("&#39;", "'")
