"""Workbooks spoilt at random: a tag, an attribute or some bytes of one part changed; written well or refused."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tests.workbooks.sample import SHEET_PART, Sample, package_of, parts_of

_TAG = re.compile(rb"</?[^<>]+>")
_VALUE = re.compile(rb'"([^"<>]{0,40})"')
_ODD = (
    b"",
    b"0",
    b"-1",
    b"1048577",
    b"XFE1",
    b"A0",
    b"A1:A2:A3",
    b"\xff",
    b"&#0;",
    b"&amp;",
    b"18446744073709551616",
    "客".encode(),
    b"' x='",
)


def _tag_gone(xml: bytes, dice: random.Random) -> bytes:
    tag = dice.choice(list(_TAG.finditer(xml)))
    return xml[: tag.start()] + xml[tag.end() :]


def _tag_twice(xml: bytes, dice: random.Random) -> bytes:
    tag = dice.choice(list(_TAG.finditer(xml)))
    return xml[: tag.end()] + tag[0] + xml[tag.end() :]


def _tags_swapped(xml: bytes, dice: random.Random) -> bytes:
    tags = list(_TAG.finditer(xml))
    at = dice.randrange(len(tags) - 1)
    first, second = tags[at], tags[at + 1]
    return xml[: first.start()] + second[0] + xml[first.end() : second.start()] + first[0] + xml[second.end() :]


def _value_odd(xml: bytes, dice: random.Random) -> bytes:
    value = dice.choice(list(_VALUE.finditer(xml)) or [re.match(rb"()", xml)])
    assert value is not None
    return xml[: value.start(1)] + dice.choice(_ODD) + xml[value.end(1) :]


def _value_of_another(xml: bytes, dice: random.Random) -> bytes:
    values = list(_VALUE.finditer(xml))
    if not values:
        return xml
    value, other = dice.choice(values), dice.choice(values)
    return xml[: value.start(1)] + other[1] + xml[value.end(1) :]


def _byte(xml: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(xml))
    return xml[:at] + bytes([dice.randrange(256)]) + xml[at + 1 :]


def _row_copied(xml: bytes, dice: random.Random) -> bytes:
    rows = list(re.finditer(rb"<row\b[^>]*?(?:/>|>.*?</row>)", xml, re.DOTALL))
    if not rows:
        return xml
    row, place = dice.choice(rows), dice.choice(rows)
    return xml[: place.start()] + row[0] + xml[place.start() :]


def _cell_copied(xml: bytes, dice: random.Random) -> bytes:
    cells = list(re.finditer(rb"<c\b[^>]*?(?:/>|>.*?</c>)", xml, re.DOTALL))
    if not cells:
        return xml
    cell, place = dice.choice(cells), dice.choice(cells)
    return xml[: place.start()] + cell[0] + xml[place.start() :]


_WAYS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _tag_gone,
    _tag_twice,
    _tags_swapped,
    _value_odd,
    _value_of_another,
    _byte,
    _row_copied,
    _cell_copied,
)


def mutated(bases: Sequence[Sample], count: int, seed: int) -> Iterator[Sample]:
    """So many spoilt workbooks, mostly in the sheet's part; the same ``seed`` gives the same ones."""
    dice = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    for number in range(count):
        base = dice.choice(bases)
        parts = parts_of(base.data)
        markup = [name for name in parts if name.endswith((".xml", ".rels")) and parts[name]]
        name = dice.choice([SHEET_PART, SHEET_PART, dice.choice(markup)])
        way = dice.choice(_WAYS)
        parts[name] = way(parts[name], dice)
        yield replace(
            base,
            name=f"{base.name}, spoilt {seed}/{number} {way.__name__.strip('_')} in {name}",
            data=package_of(parts),
            cells="either",
            row="either",
        )
