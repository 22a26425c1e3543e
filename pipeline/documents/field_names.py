"""The fields of a document kind: identifiers, Chinese names, and how a repeated row is known again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.documents.fault import TemplateFault
from pipeline.documents.sandbox import clean

#: The context entry that holds a row's key while a template is filled.
ROW_KEY = "row_key"
_BETWEEN_TAG, _BETWEEN_ALIAS = "/", "·"
_KEY_LENGTH = 20  # Word takes 64 characters in a tag
_UNFIT = re.compile(r"[^\w.+-]+")
#: Key of the one empty row that a table without rows shows.
EMPTY_ROW = "空"


class RowNames(BaseModel):
    """A repeated row: its name, the fields that tell one row from another (first filled one counts), and its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    key: tuple[str, ...]
    fields: dict[str, str]

    def keys(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        """One key a row, unique within the table; the same as long as the row says what it is about."""
        seen: dict[str, int] = {}
        for row in rows:
            typed = next((str(row[name]) for name in self.key if row.get(name) not in (None, "")), "")
            key = _short(typed)
            seen[key] = seen.get(key, 0) + 1
            yield key if seen[key] == 1 else f"{key}-{seen[key]}"


class FieldNames(BaseModel):
    """fields.yaml of a kind. A field's identifier is ``number`` or ``corrective/C1/due`` (rows, key, field).

    ``extends`` names a kind whose fields are this one's as well.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    extends: str = ""
    fields: dict[str, str]
    rows: dict[str, RowNames] = Field(default_factory=dict)

    @property
    def identifiers(self) -> dict[str, str]:
        """What the fields are called, in rows too, and how a tag writes them."""
        in_rows = {name: field for row in self.rows.values() for field, name in row.fields.items()}
        return {**in_rows, **{row.name: rows for rows, row in self.rows.items()},
                **{name: path for path, name in self.fields.items()}}

    def known(self, path: str) -> bool:
        """Whether a tag's dotted name (``five_w.what``, ``corrective.due``) is a field."""
        rows, _, field = path.partition(".")
        return path in self.fields or (rows in self.rows and field in self.rows[rows].fields)

    def alias(self, identifier: str) -> str:
        """The Chinese name of a field in a document: 不良批次, 永久措施·C1·计划完成日."""
        parts = identifier.split(_BETWEEN_TAG)
        if len(parts) != 3:
            return self.fields.get(identifier, identifier)
        names = self.rows[parts[0]]
        return _BETWEEN_ALIAS.join((names.name, parts[1], names.fields[parts[2]]))

    def identifier(self, tag: str | None, alias: str | None, placeholder: str | None = None) -> str | None:
        """The field that a content control holds, by tag, else placeholder, else alias; None for somebody else's."""
        for name in (tag, placeholder):
            if name and (name in self.fields or self._is_row_field(name.split(_BETWEEN_TAG))):
                return name
        parts = (alias or "").split(_BETWEEN_ALIAS)
        if len(parts) == 3:
            return self._by_names(*parts)
        return next((field for field, name in self.fields.items() if name == alias), None)

    def _is_row_field(self, parts: list[str]) -> bool:
        return len(parts) == 3 and parts[0] in self.rows and parts[2] in self.rows[parts[0]].fields

    def _by_names(self, rows: str, key: str, field: str) -> str | None:
        for identifier, names in self.rows.items():
            if names.name == rows:
                found = next((inner for inner, name in names.fields.items() if name == field), None)
                return row_field(identifier, key, found) if found else None
        return None

    def texts(self, context: Mapping[str, Any]) -> dict[str, str]:
        """What a document filled from ``context`` shows in each field, "" for a blank."""
        found = {}
        for path in self.fields:
            value = _at(context, path)
            if not isinstance(value, list | Mapping):
                found[path] = shown(value)
        for rows, names in self.rows.items():
            listed = context.get(rows)
            if isinstance(listed, list):
                for key, row in zip(names.keys(listed), listed, strict=True):
                    found.update({row_field(rows, key, field): shown(row.get(field)) for field in names.fields})
        return found

    def joined(self, other: FieldNames) -> FieldNames:
        """The fields of both; where both name one, ``other``'s name holds."""
        return FieldNames(fields={**self.fields, **other.fields}, rows={**self.rows, **other.rows})

    def completed(self, context: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
        """The context with ``texts`` (by identifier) where it is blank; rows that it does not have stay away."""
        whole = dict(context)
        shown_there = self.texts(context)
        for identifier, text in texts.items():
            if shown_there.get(identifier, "-"):
                continue
            rows, _, rest = identifier.partition(_BETWEEN_TAG)
            if rest:
                key, _, field = rest.partition(_BETWEEN_TAG)
                listed = list(whole[rows])
                at = list(self.rows[rows].keys(context[rows])).index(key)
                listed[at] = {**listed[at], field: text}
                whole[rows] = listed
            else:
                outer, _, inner = rows.partition(".")
                whole[outer] = {**whole[outer], inner: text} if inner else text
        return whole

    def with_keys(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The context with ``row_key`` in every row, for filling the template."""
        keyed = dict(context)
        for rows, names in self.rows.items():
            listed = context.get(rows)
            if isinstance(listed, list):
                keyed[rows] = [
                    {**row, ROW_KEY: key} for key, row in zip(names.keys(listed), listed, strict=True)
                ]
        return keyed


def row_field(rows: str, key: str, field: str) -> str:
    """The identifier of a field in a repeated row."""
    return _BETWEEN_TAG.join((rows, key, field))


def shown(value: object) -> str:
    """A value as the document shows it, "" where the document shows 待填写."""
    return "" if value is None else clean(str(value))


def digest_of_text(text: str) -> str:
    """What the journal keeps of a field's text; blanks between words count as one, as programs re-flow them."""
    return hashlib.blake2b(" ".join(clean(text).split()).encode(), digest_size=8).hexdigest()


def digest_of_name(identifier: str) -> str:
    """What the journal keeps of a field's name: a row's key may be somebody's words."""
    return hashlib.blake2b(clean(identifier).encode(), digest_size=8).hexdigest()


def _at(context: Mapping[str, Any], path: str) -> object:
    value: object = context
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _short(typed: str) -> str:
    key = _UNFIT.sub("", clean(typed))
    if not key:
        return EMPTY_ROW if not typed.strip() else f"~{digest_of_text(typed)[:6]}"
    return key if len(key) <= _KEY_LENGTH else f"{key[:12]}~{digest_of_text(typed)[:6]}"


def parse_field_names(name: str, content: bytes) -> FieldNames:
    """fields.yaml as names; raises ``TemplateFault``."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    remedy = "请对照自带的 fields.yaml 修改，或删除它以使用自带的"
    try:
        return FieldNames.model_validate(YAML(typ="safe").load(content.decode("utf-8-sig")))
    except (YAMLError, UnicodeDecodeError) as error:
        raise TemplateFault(name, "", "", "不是有效的 YAML 文件", remedy) from error
    except ValidationError as error:
        raise TemplateFault(name, "", "", "内容有误", remedy) from error
