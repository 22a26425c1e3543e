"""What is proposed for a form: which box takes which field, how sure that is, and by which label."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

#: From here on a proposal is taken without asking.
CONFIDENT = 0.8


@dataclass(frozen=True, slots=True)
class CellProposal:
    """One box. When the label stands in it, ``inside`` is the box's text, ``span`` the part of it (a line to write
    on) that the answer replaces, and ``lead`` what goes between label and answer.
    """

    sheet: str
    area: str
    address: str
    label: str
    confidence: float
    inside: str = ""
    span: tuple[int, int] = (0, 0)
    lead: str = ""
    sample: str = ""

    @property
    def sure(self) -> bool:
        """Whether it is taken without asking."""
        return self.confidence >= CONFIDENT

    def rated(self, factor: float) -> CellProposal:
        """The same, less (or more) sure; never above 0.99, since only a person is certain."""
        return replace(self, confidence=min(0.99, self.confidence * factor))


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """One column of a table: its area (``B12:D17``), what it takes, and by which heading."""

    area: str
    column: str
    label: str
    confidence: float

    @property
    def sure(self) -> bool:
        """Whether it is taken without asking."""
        return self.confidence >= CONFIDENT


@dataclass(frozen=True, slots=True)
class TableProposal:
    """Rows to be filled with a list; ``rows`` are the first rows (from 1) of each line of the table."""

    sheet: str
    table: str
    rows: tuple[int, ...]
    columns: tuple[ColumnProposal, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class TickProposal:
    """A box with tick marks; ``options`` are the words beside a mark, and what has to be there for it to be ticked."""

    sheet: str
    area: str
    text: str
    options: tuple[tuple[str, str], ...]
    confidence: float

    @property
    def sure(self) -> bool:
        """Whether it is taken without asking."""
        return self.confidence >= CONFIDENT


@dataclass(slots=True)
class FormProposal:
    """Everything that was understood of a form.

    ``open`` are boxes whose label asks for something the ledger does not hold, ``unread`` those whose label is in
    words that nobody told us: a person says what they ask for.
    """

    cells: list[CellProposal] = field(default_factory=list)
    tables: list[TableProposal] = field(default_factory=list)
    ticks: list[TickProposal] = field(default_factory=list)
    open: list[CellProposal] = field(default_factory=list)
    unread: list[CellProposal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
