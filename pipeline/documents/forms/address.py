"""How a map names what goes into a box: ``customer``, ``five_w.what``, ``containments[客户产线].quantity``, or a text
with such names in ``{{ }}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pipeline.documents.forms.form_context import KEYED, NUMBERED
from pipeline.documents.forms.lexicon import Lexicon

_ADDRESS = re.compile(r"([A-Za-z_][\w.]*)(?:\[([^\]]+)\]\.(\w+))?")
_TAG = re.compile(r"\{\{\s*(.+?)\s*\}\}")


class UnknownAddress(ValueError):
    """A name that no field bears; ``near`` is the nearest one that does, "" for none."""

    def __init__(self, name: str, near: str) -> None:
        super().__init__(name)
        self.name, self.near = name, near


@dataclass(frozen=True, slots=True)
class Address:
    """A value: a field by its dotted name, or one column of a named row of a list."""

    name: str
    row: str = ""
    column: str = ""

    @property
    def mark(self) -> str:
        """As it is written in a map."""
        return f"{self.name}[{self.row}].{self.column}" if self.row else self.name

    def value(self, context: Mapping[str, Any]) -> str:
        """Its text in a form's context, "" when the case does not know it; KeyError for a name that is not there."""
        if self.row:
            row = context["row_of"][self.name].get(self.row, {})
            return str(row.get(self.column, "") or "")
        found: Any = context
        for part in self.name.split("."):
            found = found[part]
        return "" if found is None or isinstance(found, list | tuple | dict) else str(found)


@dataclass(frozen=True, slots=True)
class BoxText:
    """What stands in a box: fixed text and addresses in turn (text first); a lone address has "" around it."""

    pieces: tuple[str | Address, ...]

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Address))

    @property
    def plain(self) -> bool:
        """Whether the box holds nothing but one value."""
        return len(self.pieces) == 1

    def text(self, context: Mapping[str, Any]) -> str:
        """The box's text; "" for a plain one whose value is not known."""
        return "".join(piece if isinstance(piece, str) else piece.value(context) for piece in self.pieces)


class Addresses:
    """The names there are, in English and as the lexicon names them in Chinese."""

    def __init__(self, lexicon: Lexicon, context_names: frozenset[str]) -> None:
        self._lexicon = lexicon
        self._fields = context_names | set(lexicon.fields)
        self._chinese = {words.name: field for field, words in lexicon.fields.items()}

    def parse(self, text: str) -> BoxText:
        """What a line of the map says; raises UnknownAddress."""
        if not _TAG.search(text):
            return BoxText((self.address(text),))
        pieces: list[str | Address] = []
        at = 0
        for tag in _TAG.finditer(text):
            pieces += [text[at : tag.start()], self.address(tag[1])]
            at = tag.end()
        return BoxText(tuple(piece for piece in (*pieces, text[at:]) if piece != ""))

    def address(self, text: str) -> Address:
        """One address; raises UnknownAddress."""
        name = self._chinese.get(text.strip(), text.strip())
        found = _ADDRESS.fullmatch(name)
        if found is None:
            raise UnknownAddress(text, self._near(name))
        if not found[2]:
            if found[1] not in self._fields:
                raise UnknownAddress(text, self._near(found[1]))
            return Address(found[1])
        table = self._lexicon.lists.get(found[1]) if found[1] in KEYED else None
        known = found[1] not in NUMBERED or found[2].strip().isdecimal()
        if table is None or found[3] not in table.columns or not known:
            raise UnknownAddress(text, self._near(found[1] if table is None else f"{found[1]}.{found[3]}"))
        return Address(found[1], found[2].strip(), found[3])

    def _near(self, name: str) -> str:
        columns = [f"{table}{'[1]' * (table in NUMBERED)}.{column}" for table in KEYED
                   for column in self._lexicon.lists[table].columns]
        return next(iter(get_close_matches(name, [*sorted(self._fields), *KEYED, *columns], n=1)), "")
