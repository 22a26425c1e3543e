"""Fills areas with pieces, one page after the other: nothing shrinks, what does not fit continues on a next page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.documents.deck.drawing import Area
from pipeline.documents.deck.pieces import Heading, Line, Paragraph, Piece, head_of, pieces_of
from schemas.deck import Block

#: Where the n-th page (from 0) has room for blocks.
Areas = Callable[[int], Area]
_LEAST = 60.0  # points; a page with less room than this is not begun
_ORPHAN = 0.3  # of a page's height: a last page with less on it takes over from the pages before
_LOWERED = tuple(share / 100 for share in range(96, 48, -4))


@dataclass(slots=True)
class Filled:
    """The pieces of one page, in order."""

    area: Area
    pieces: list[Piece] = field(default_factory=list)

    @property
    def used(self) -> float:
        """Points taken so far."""
        return sum(piece.height for piece in self.pieces)

    @property
    def room(self) -> float:
        """Points left."""
        return self.area.height - self.used


def _wanted_room(pieces: Sequence[Piece], at: int, page: Filled) -> float:
    """A heading needs room for itself, a table's heading row and the beginning of what follows."""
    room = pieces[at].height
    while at + 1 < len(pieces) and (isinstance(pieces[at], Heading) or _is_head(pieces[at])):
        at += 1
        following = pieces[at]
        whole = isinstance(following, Heading) or _is_head(following) or _moves_whole(following, page)
        room += following.height if whole else min(following.height, _LEAST)
    return room


def _moves_whole(piece: Piece, page: Filled) -> bool:
    """Whether a paragraph or row is short enough to go to the next page rather than be cut in two."""
    return piece.height <= page.area.height * 0.5


def _is_head(piece: Piece) -> bool:
    return isinstance(piece, Line) and piece.head


def _add(page: Filled, piece: Piece) -> None:
    page.pieces.append(replace(piece, first=True) if isinstance(piece, Heading) and not page.pieces else piece)


def _continue_table(page: Filled, piece: Piece) -> None:
    """Repeat the heading row where a table goes on; never one that would leave no room for the rows."""
    if isinstance(piece, Line) and not piece.head and not page.pieces:
        head = head_of(piece.table, page.area.width)
        if head.height <= page.area.height / 3:
            page.pieces.append(head)


def fill(blocks: Sequence[Block], areas: Areas) -> list[Filled]:
    """The pages that ``blocks`` take, at least one; an area lower than ``_LEAST`` points is left empty.

    A last page with next to nothing on it gets its share of the pages before. A plant's template whose pages are all
    too low is refused before it comes to this (``DeckTemplateFault``).
    """
    pieces = list(pieces_of(blocks, areas(0).width))
    pages = _filled(pieces, areas)
    for share in _LOWERED if len(pages) > 1 else ():
        if pages[-1].used >= _ORPHAN * areas(len(pages) - 1).height:
            break
        tried = _filled(pieces, _lowered(areas, share))
        if len(tried) > len(pages):
            break
        pages = tried
    return pages


def _lowered(areas: Areas, share: float) -> Areas:
    def area(number: int) -> Area:
        return replace(areas(number), height=areas(number).height * share)

    return area


def _filled(pieces: Sequence[Piece], areas: Areas) -> list[Filled]:
    """The pages as full as they become."""
    pages = [Filled(areas(0))]
    pending = list(pieces)
    at = 0
    while at < len(pending):
        page, piece = pages[-1], pending[at]
        _continue_table(page, piece)
        if _wanted_room(pending, at, page) <= page.room:
            _add(page, piece)
            at += 1
            continue
        rest = _split(page, piece)
        if rest is not None:
            pending[at] = rest
        elif not page.pieces and page.area.height >= _LEAST:
            _add(page, piece)  # higher than a page although it cannot be split: a heading row of many lines
            at += 1
            continue
        pages.append(Filled(areas(len(pages))))
        if pages[-1].area.width != page.area.width:
            pending[at:] = [_measured(entry, pages[-1].area.width) for entry in pending[at:]]
    return pages


def _measured(piece: Piece, width: float) -> Piece:
    return piece if isinstance(piece, Heading) else piece.measured(width)


def _split(page: Filled, piece: Piece) -> Piece | None:
    """Put the beginning of a long paragraph or row on the page; the rest, or None when it should move as a whole."""
    if not isinstance(piece, Paragraph | Line) or page.area.height < _LEAST:
        return None
    if _moves_whole(piece, page) and page.pieces:
        return None
    parts = piece.split(page.room)
    if parts is None:
        return None
    _add(page, parts[0])
    return parts[1]
