"""The weekly deck (周报) as data: which slides with which content; built by rules, drawn by documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Tone(StrEnum):
    """How a word or figure is to be taken; documents choose the colour."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with what it counts, e.g. 逾期 5."""

    label: str
    value: str
    tone: Tone = Tone.PLAIN


class ChartKind(StrEnum):
    """The native charts there are."""

    TREND = "trend"      # columns per week, the last series as a line
    COLUMNS = "columns"
    RATES = "rates"      # bars from 0 to 100 %
    PARETO = "pareto"    # columns with the cumulative share as a line


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers; ``None`` leaves a gap."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart with the one message it carries; ``note`` says what is counted."""

    kind: ChartKind
    message: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A heading and its share of the width; ``centred`` for short words and numbers."""

    heading: str
    share: float
    centred: bool = False


@dataclass(frozen=True, slots=True)
class TableCell:
    """Text of a cell; line feeds begin new paragraphs."""

    text: str
    tone: Tone = Tone.PLAIN
    bold: bool = False


TableRow = tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A heading with paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A heading with a table; ``empty`` stands where there are no rows."""

    heading: str
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    empty: str = ""


Block = TextBlock | TableBlock


class StepState(StrEnum):
    """Where a step of the process stands."""

    DONE = "done"
    NOW = "now"
    LATE = "late"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One box of the process timeline: its name, and the day it was reached or is due."""

    name: str
    when: str
    state: StepState


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture on the share (relative path, ``/`` separated) with its caption."""

    path: str
    caption: str


@dataclass(frozen=True, slots=True)
class CoverSlide:
    """Title page: lines below the title, and the week's figures."""

    key: str
    title: str
    lines: tuple[str, ...]
    figures: tuple[Figure, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartsSlide:
    """Figures above one or two charts."""

    key: str
    title: str
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BlocksSlide:
    """Blocks one below the other: item list, unchanged items, overdue page, decisions."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemSlide:
    """One complaint: facts in a strip, the process timeline, the problem, photos, the rest on following pages.

    ``news`` (what changed, what comes next) stands beside the problem where there are no photos, else below it.
    """

    key: str
    title: str
    facts: tuple[Figure, ...]
    flow: tuple[FlowStep, ...]
    problem: TextBlock
    news: tuple[TextBlock, ...]
    blocks: tuple[Block, ...]
    photos: tuple[Photo, ...]
    photo_note: str = ""
    sources: tuple[str, ...] = ()


Slide = CoverSlide | ChartsSlide | BlocksSlide | ItemSlide


@dataclass(frozen=True, slots=True)
class DeckView:
    """All of a deck; ``footer`` stands on every page. Each slide's ``key`` is unique and stable through the week."""

    title: str
    footer: str
    slides: tuple[Slide, ...]


@dataclass(frozen=True, slots=True)
class PageMark:
    """What the journal remembers of one page that we wrote into a deck.

    ``page`` is its name; ``digests`` the content of every version we ever wrote, newest last; ``material`` that of
    the newest without its mark; ``inputs`` digests the slide as data; ``mark`` the words that flag it as added later;
    ``present`` is False once we took it out ourselves.
    """

    page: str
    digests: tuple[str, ...]
    material: str
    inputs: str
    mark: str = ""
    present: bool = True


@dataclass(frozen=True, slots=True)
class ShownItem:
    """How a complaint stood at a weekly meeting: ``times`` meetings it has been shown at by then, this one included.

    ``facts`` maps a group of facts (状态, 原因, 措施 …) to its digest, or to its words where these tell what changed.
    """

    case_id: str
    number: str
    times: int
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeckEdition:
    """A deck made or brought up to date: its bytes, what to remember of each page, and how many pages were what.

    ``kept`` counts pages that people changed or made, which were not touched; ``content`` is that of the file as it
    stood when nothing had to change.
    """

    content: bytes
    marks: tuple[PageMark, ...]
    pages: int
    added: int
    refreshed: int
    kept: int
