"""How passes grow: with the rows of the ledger that did not change, and with the effects that the journal remembers."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.passes import plant_of
from bench.row import Row, Scale, Way, within
from bench.shares import explained
from bench.turns import in_turns

if TYPE_CHECKING:
    from bench.big_plant import BigPlant

LEDGERS, QUICK_LEDGERS = (1_000, 10_000, 100_000), (100, 500)
JOURNALS, QUICK_JOURNALS = (1_000, 1_000_000), (1_000, 20_000)
COLUMNS, CHANGED = 40, 10
#: The effects of a complaint that was worked on and closed.
_KINDS = (
    "number", "folder", "doc.eight_d", "doc.inquiry", "mail.release", "mail.containment", "calendar.case",
    "mail.minutes",
)


def ledgers(scale: Scale) -> Iterator[Row]:
    """Ten changed rows in ledgers of growing size; how the time grows with the rows that did not change."""
    found: list[tuple[int, Way]] = []
    for number in scale.choose(quick=QUICK_LEDGERS, full=LEDGERS):
        with plant_of(number, COLUMNS, _managed(scale)) as big:
            turn = _saved_and_passed(big, CHANGED)
            turn()  # a ledger is read by its changed rows from the second change on
            found.append((number, in_turns({"ours": turn}, scale.rounds)["ours"]))
    (small, first), (large, last) = found[0], found[-1]
    slope = math.log(last.seconds / first.seconds) / math.log(large / small)
    yield Row(
        f"passes with {CHANGED} changed rows", ", ".join(f"{number:,}" for number, _ in found), last,
        facts=(
            *(f"{number:,} rows: {way.seconds:.3f} s" for number, way in found),
            f"time grows as rows to the power of {slope:.2f}",
        ),
    )


def _managed(scale: Scale) -> int:
    """How many complaints are in hand; their documents are drawn before anything is measured."""
    return scale.choose(quick=1, full=20)


def _saved_and_passed(big: BigPlant, changed: int) -> Callable[[], object]:
    """Somebody changes the last rows and saves, which does not count; then a pass."""
    counts = iter(range(61, 10_000))

    def work() -> object:
        count = next(counts)
        big.save({big.size.rows - 1 - index: {"不良数量": count} for index in range(changed)})
        big.tick()
        return big.spent

    return work


def journals(scale: Scale) -> Iterator[Row]:
    """The same pass with one changed row over a short and a long journal."""
    few, many = scale.choose(quick=QUICK_JOURNALS, full=JOURNALS)
    rows = scale.choose(quick=100, full=1_000)
    with plant_of(rows, COLUMNS, _managed(scale)) as short, plant_of(rows, COLUMNS, _managed(scale)) as long:
        turns = {}
        for big, effects in ((long, many), (short, few)):
            remember(big.plant.journal, effects)
            big.rest()
            turns[f"{effects:,} effects"] = turn = _saved_and_passed(big, 1)
            turn()
        ours, limit = in_turns(turns, scale.rounds).values()
        row = Row(
            f"pass with one changed row, journal of {many:,} effects", f"{rows:,} x {COLUMNS}", ours, (), limit,
            (within(ours, limit, 1.2),),
        )
        long.save({rows - 1: {"不良数量": 60}})
        yield explained(row, long.tick)



def remember(journal: Path, effects: int) -> None:
    """Put the effects of complaints of earlier years into a journal, all of them done."""
    count = effects // len(_KINDS)
    with closing(sqlite3.connect(journal)) as connection, connection:
        first = int(connection.execute("SELECT max(id) FROM effects").fetchone()[0] or 0) + 1
        connection.executemany(f"INSERT INTO cases VALUES ({_marks(14)})", map(_case, range(count)))  # noqa: S608 - marks only
        numbers = ((f"ALT-{case:06d}", f"c{500_000 + case:06d}", _time(case)) for case in range(count))
        connection.executemany("INSERT INTO numbers (number, case_id, seen_at) VALUES (?,?,?)", numbers)
        connection.executemany(
            f"INSERT INTO effects VALUES ({_marks(17)})",  # noqa: S608 - marks only
            (row for case in range(count) for row in _effects(first + case * len(_KINDS), case)),
        )
        connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")


def _marks(count: int) -> str:
    return ",".join("?" * count)


def _time(minutes: int) -> str:
    return (datetime(2016, 1, 4, tzinfo=UTC) + timedelta(minutes=minutes)).isoformat(timespec="microseconds")


def _case(case: int) -> tuple[object, ...]:
    seen, folder = _time(case), f"客诉资料/2016/ALT-{case:06d}"
    return (f"c{500_000 + case:06d}", "旧台账.xlsx", f"ALT-{case:06d}", "客诉台账", case + 2, "f", json.dumps([""] * 8),
            seen, seen, 1, 0, folder, seen, 1)


def _effects(first: int, case: int) -> Iterator[tuple[object, ...]]:
    number, at = f"ALT-{case:06d}", _time(case)
    for index, kind in enumerate(_KINDS):
        path = f"客诉资料/2016/{number}/{kind}.docx" if kind.startswith("doc.") else f"x/{number}"
        outcome = json.dumps({"text": "好", "path": path, "sha256": "", "beside": False}, ensure_ascii=False)
        state = "sent" if kind.startswith("mail.") else "done"
        yield (first + index, "甲厂", kind, number, "", 0, state, f"{number} {kind}", "0" * 32,
               f"c{500_000 + case:06d}", at, at, 1, outcome, "", None, None)
