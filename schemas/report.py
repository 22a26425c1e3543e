"""What is read back from a document that people edit: its fields, what they changed, where the ledger differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A person's document brought up to date: ``content`` is the same bytes when nothing had to change.

    ``written`` holds the digests of the fields that read as the ledger has them now, by digest of the field's name;
    ``updated`` and ``kept`` name the fields that were refreshed, and those that are a person's, in Chinese.
    """

    content: bytes
    written: Mapping[str, str]
    updated: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """One document as it stands on the share: text by field; ``typed`` are the fields that a person changed.

    ``path`` is relative to the share. Identifiers are those of the kind's fields.yaml, ``corrective/C1/due`` in rows.
    """

    path: str
    kind: str
    fields: Mapping[str, str] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()

    @property
    def typed_texts(self) -> Mapping[str, str]:
        """What people typed, blanks left out."""
        return {name: self.fields[name] for name in self.typed if self.fields.get(name)}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field that a person changed in a document and that the ledger says otherwise; neither is overwritten."""

    document: str
    field: str
    in_ledger: str
    in_document: str

    @property
    def sentence(self) -> str:
        """Both, for people."""
        return (
            f"{self.document}“{self.field}”与台账不一致：台账为“{_short(self.in_ledger)}”，"
            f"文件中为“{_short(self.in_document) or '（空）'}”；请核实后改成一致"
        )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:40]}…"
