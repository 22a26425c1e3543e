"""Photos in a customer's workbook: as many as the place for them holds at a size one can see something on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.documents.forms.box_room import SheetRoom
from pipeline.documents.photos import PhotoDesk, PhotoRefused, PreparedPhoto, ReadPhoto
from pipeline.ooxml.cells import CellRange
from pipeline.ooxml.sheet_drawing import Picture

_EMU = 12_700            # a point
_LEAST = (70.0, 52.0)    # points: below about 2.5 cm nobody sees a burr
_AIR = 3.0
_DESK = PhotoDesk(1400)
Area = tuple[str, CellRange]


@dataclass(slots=True)
class PhotoPlan:
    """Which photos (path, caption) go into which area, and how many found no room."""

    areas: list[tuple[Area, list[tuple[str, str]]]] = field(default_factory=list)
    left: int = 0


def plan_photos(areas: Sequence[Area], rooms: Mapping[str, SheetRoom], context: Mapping[str, Any]) -> PhotoPlan:
    """The photos of a case spread over the areas of a form in their order; pure."""
    photos = list(photos_of(context))
    plan = PhotoPlan()
    for sheet, area in areas:
        width, height = _size(area, rooms[sheet])
        room = int(width // _LEAST[0]) * int(height // _LEAST[1])
        plan.areas.append(((sheet, area), photos[:room]))
        photos = photos[room:]
    plan.left = len(photos) if areas else 0
    return plan


def photos_of(context: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(path on the share, caption) of the photos of an 8D's context."""
    for row in context.get("picture_rows", ()):
        for side in ("left", "right"):
            if row[side]:
                yield row[side], row[f"{side}_caption"]


def pictures_in(
    area: CellRange, photos: Sequence[tuple[str, str]], room: SheetRoom, read: ReadPhoto
) -> tuple[list[Picture], list[str]]:
    """The photos of one area side by side, and why one is missing."""
    ready: list[tuple[PreparedPhoto, str]] = []
    missing = []
    for path, caption in photos:
        try:
            ready.append((_DESK.prepared(read(path)), caption))
        except PhotoRefused as refusal:
            missing.append(f"{caption}：{refusal}")
        except OSError:
            missing.append(f"{caption}：未嵌入：照片现在读不到")
    if not ready:
        return [], missing
    size = _size(area, room)
    across = max(range(1, len(ready) + 1), key=lambda count: _shown(ready, size, count))
    down = -(-len(ready) // across)
    cell = size[0] / across, size[1] / down
    return [
        _picture(photo, caption, area, room, (index % across * cell[0], index // across * cell[1]), cell)
        for index, (photo, caption) in enumerate(ready)
    ], missing


def _size(area: CellRange, room: SheetRoom) -> tuple[float, float]:
    return (sum(map(room.width, range(area.left, area.right + 1))),
            sum(map(room.height, range(area.top, area.bottom + 1))))


def _scale(photo: PreparedPhoto, cell: tuple[float, float]) -> float:
    return min((cell[0] - 2 * _AIR) / photo.width, (cell[1] - 2 * _AIR) / photo.height)


def _shown(ready: Sequence[tuple[PreparedPhoto, str]], size: tuple[float, float], across: int) -> float:
    """How much of the area is picture with that many side by side."""
    cell = size[0] / across, size[1] / -(-len(ready) // across)
    if min(cell) <= 2 * _AIR:
        return 0.0
    return sum((scale := _scale(photo, cell)) * scale * photo.width * photo.height for photo, _ in ready)


def _picture(
    photo: PreparedPhoto, caption: str, area: CellRange, room: SheetRoom, corner: tuple[float, float],
    cell: tuple[float, float],
) -> Picture:
    scale = _scale(photo, cell)
    width, height = photo.width * scale, photo.height * scale
    column, dx = _within(area.left, corner[0] + (cell[0] - width) / 2, room.width)
    row, dy = _within(area.top, corner[1] + (cell[1] - height) / 2, room.height)
    return Picture(row, column, round(dx * _EMU), round(dy * _EMU), round(width * _EMU), round(height * _EMU),
                   photo.content, photo.kind, caption)


def _within(first: int, offset: float, extent: Callable[[int], float]) -> tuple[int, float]:
    """The row or column that a point lies in, counted from the first one's edge, and how far into it."""
    while offset >= extent(first):
        offset -= extent(first)
        first += 1
    return first, offset
