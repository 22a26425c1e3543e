"""All faults of a customer's form at once: of the tags in a Word form, of the map beside a workbook and its cells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from pipeline.documents.fault import TemplateFault
from pipeline.documents.folders import Folder, TemplateFolders
from pipeline.documents.forms.customer_forms import SUFFIXES, CustomerForm, find_form, word_context
from pipeline.documents.forms.fill_workbook import check_cells, sheets_in
from pipeline.documents.forms.form_context import form_context
from pipeline.documents.forms.form_map import look_at_map
from pipeline.documents.word_check import check_word

#: Facts of a case as an example, in the shape of ``form_context.facts``.
EXAMPLE_FACTS = {"defects": "12件", "lot_size": "2000件", "rate": "0.6%", "reporter": "质量科 方晓楠 SQE"}


def customers_of(folders: Sequence[Folder], kind: str) -> Iterator[str]:
    """The customers (file names without suffix) that have a form of their own."""
    for folder in folders:
        place = folder.joinpath(kind)
        if isinstance(place, Path) and place.is_dir():
            names = {path.stem for path in place.iterdir() if path.suffix.lower() in SUFFIXES}
            yield from sorted(names - {"template"})


def check_forms(folders: TemplateFolders, kind: str) -> Iterator[TemplateFault]:
    """The faults of every customer's form in the plant's own folders."""
    for customer in customers_of(folders.folders, kind):
        try:
            form = find_form(folders.folders, kind, customer)
        except TemplateFault as fault:
            yield fault
            continue
        if form is not None:
            yield from check_form(form, folders, kind)


def check_form(form: CustomerForm, folders: TemplateFolders, kind: str) -> list[TemplateFault]:
    """The faults of one form; [] when it can be filled."""
    if form.suffix == ".docx":
        whole = form_context(packaged_example(), EXAMPLE_FACTS)
        return check_word(str(form.path), form.content, word_context(form, whole), folders.names(kind))
    try:
        found = look_at_map(form.map_name, form.map_content)
        grids = {grid.name: grid for grid in sheets_in(form.path.name, form.content).grids}
    except TemplateFault as fault:
        return [fault]
    return [*found.faults, *check_cells(found, grids)]


def packaged_example() -> dict[str, Any]:
    """The packaged example of an 8D."""
    text = files("templates").joinpath("eight_d", "example.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
