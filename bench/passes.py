"""Passes inside ``kesu run``: nothing changed, one row changed, ledgers and journals that grow."""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.row import Row, Scale, Way, within
from bench.turns import in_turns

if TYPE_CHECKING:
    from bench.big_plant import BigPlant

SIZES = ((20_000, 60, 100), (100_000, 40, 100))
QUICK = ((2_000, 60, 20),)
GROWTH = (1_000, 10_000, 100_000)
QUICK_GROWTH = (250, 1_000)
JOURNALS = (1_000, 1_000_000)
QUICK_JOURNALS = (1_000, 30_000)
_UNCHANGED = """\
The hash of a small ledger takes less than one transaction of the journal. Processor time of a pass over 2,000 x
60: 4.5 ms, the hash 0.3 ms; profile: asking the journal whether anything changed 43 % (six times a pass, each a
transaction of its own), leaving the time of the pass there 15 %, the templates' time stamps 9 %, the lock 9 %,
what lies around the ledger 8 %, mails and folders 6 %. Nothing is opened, listed or parsed twice. The bound
would be kept by ledgers of some 10 MB; below that the next step is to ask the journal once a pass instead of
six times, which every caller that writes in between would have to be shown to bear, and to keep the time of the
last pass elsewhere than in the journal."""
_ONE_ROW = """\
The changed rows alone are read (a pass makes a third of the calls it made before), and one case is planned, but
every case is still walked over. Profile of the processor time, 2,000 x 60: plan 45 % (who is who 23, putting
the plans together 15), reading 35 % (contradictions 11, telling rows from notes 8, looking at columns as a
whole 6, the changed row through the child 5), board 15 %. Each share but the board's grows with the rows. The
next step is a plan that is handed the changed rows instead of all of them: identity, numbers and contradictions
would have to keep indexes of what the last pass knew (numbers, contents, names) and be held to the whole plan
by the same walk as today; about as much code again as `pipeline/plan/sightings.py` and `rules/identity.py`
have. A text added in the middle of a ledger by a program that numbers its texts anew with every save makes a
full reading necessary, where rows are taken over only once read."""
#: The effects of a complaint that was worked on and closed.
_KINDS = (
    "number", "folder", "doc.eight_d", "doc.inquiry", "mail.release", "mail.containment", "calendar.case",
    "mail.minutes",
)


def rows(scale: Scale) -> Iterator[Row]:
    """Two rows a size, then growth with the ledger and with the journal."""
    for number, columns, managed in scale.choose(quick=QUICK, full=SIZES):
        with _plant(number, columns, managed) as big:
            yield _unchanged(big, scale)
            yield _one_row(big, scale)
    yield _growth(scale)
    yield _journals(scale)


@contextmanager
def _plant(number: int, columns: int, managed: int) -> Iterator[BigPlant]:
    from bench.big_plant import Size, big_plant

    size = Size(number, columns, managed)
    with tempfile.TemporaryDirectory(prefix="kesu-passes-") as folder, big_plant(Path(folder) / "plant", size) as big:
        yield big


def _size(big: BigPlant) -> str:
    return f"{big.size.rows:,} x {big.size.columns}, {big.size.managed} in hand"


def _bare(path: Path) -> Callable[[], object]:
    """Reading every sheet with calamine alone."""
    def read() -> object:
        from python_calamine import CalamineWorkbook

        with CalamineWorkbook.from_path(str(path)) as workbook:
            return [workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names]

    return read


def _unchanged(big: BigPlant, scale: Scale) -> Row:
    """A pass that finds everything as it was; it may hash the file, and must parse nothing."""
    from pipeline.ledger.workbook_process import ReadingProcess

    ledger, parsed, read = big.plant.ledger, [], ReadingProcess.read
    ReadingProcess.read = lambda *arguments: parsed.append(arguments) or read(*arguments)  # type: ignore[func-returns-value,method-assign]  # counted on the way
    big.tick()
    cost = in_turns({
        "ours": big.tick, "bare calamine": _bare(ledger),
        "hash of the file": lambda: hashlib.sha256(ledger.read_bytes()).digest(),
    }, scale.rounds)
    ReadingProcess.read = read  # type: ignore[method-assign]  # as it was
    return Row(
        "pass over an unchanged ledger, inside run", _size(big), cost["ours"], (cost["bare calamine"],),
        cost["hash of the file"], (within(cost["ours"], cost["hash of the file"], 3),),
        "nothing parsed, nothing performed", (f"parsed {len(parsed)} times",) if parsed else (),
        facts=(f"file of {ledger.stat().st_size / 1e6:.1f} MB",), remarks=_UNCHANGED,
    )


def _one_row(big: BigPlant, scale: Scale) -> Row:
    """Somebody changes the quantity of a running complaint and saves; its 8D is brought up to date, too."""
    from pipeline.plan import Planner
    from tests.plan_walk import difference

    counts, differences = iter(range(61, 10_000)), []
    planned: list[int] = []

    def ours() -> object:
        report = big.tick()
        planned.append(big.planned)
        whole = Planner().plan(*big.arguments)
        found = difference(report.planned, whole)
        if found:
            differences.append(found[:200])
        return big.spent

    def save_and_pass() -> object:
        big.save({big.size.rows - 1: {"不良数量": next(counts)}})
        return ours()

    save_and_pass()  # a ledger is read by its changed rows from the second change on
    cost = in_turns({"ours": save_and_pass, "bare calamine": _bare(big.plant.ledger)}, scale.rounds)
    return Row(
        "pass with one changed row, inside run", _size(big), cost["ours"], (), cost["bare calamine"],
        (within(cost["ours"], cost["bare calamine"], 1.6),),
        "the plan with one made of everything, in every part", tuple(differences),
        facts=(f"{max(planned)} of {big.size.rows:,} cases planned",), remarks=_ONE_ROW,
    )


def _growth(scale: Scale) -> Row:
    """Ten changed rows in ledgers of growing size; how the time grows with the rows that did not change."""
    found: list[tuple[int, Way]] = []
    for number in scale.choose(quick=QUICK_GROWTH, full=GROWTH):
        with _plant(number, 40, 20) as big:
            counts = iter(range(61, 10_000))

            def save_and_pass(big: BigPlant = big, counts: Iterator[int] = counts) -> object:
                count = next(counts)
                big.save({big.size.rows - 1 - index: {"不良数量": count} for index in range(10)})
                big.tick()
                return big.spent

            found.append((number, in_turns({"ours": save_and_pass}, scale.rounds)["ours"]))
    (small, first), (large, last) = found[0], found[-1]
    slope = math.log(last.seconds / first.seconds) / math.log(large / small)
    return Row(
        "passes with ten changed rows", " and ".join(f"{number:,}" for number, _ in found), last,
        facts=(
            *(f"{number:,} rows: {way.seconds:.2f} s" for number, way in found),
            f"time grows as rows to the power of {slope:.2f}",
        ),
    )


def _journals(scale: Scale) -> Row:
    """The same pass with one changed row over a short and a long journal."""
    few, many = scale.choose(quick=QUICK_JOURNALS, full=JOURNALS)
    with _plant(1_000, 40, 20) as short, _plant(1_000, 40, 20) as long:
        for big, effects in ((short, few), (long, many)):
            remember(big.plant.journal, effects)
            big.rest()
        counts = iter(range(61, 10_000))

        def save_and_pass(big: BigPlant) -> Callable[[], object]:
            def work() -> object:
                big.save({big.size.rows - 1: {"不良数量": next(counts)}})
                big.tick()
                return big.spent

            return work

        names = f"{many:,} effects", f"{few:,} effects"
        cost = in_turns({names[0]: save_and_pass(long), names[1]: save_and_pass(short)}, scale.rounds)
    return Row(
        "pass with one changed row, long journal", "1,000 x 40", cost[names[0]], (), cost[names[1]],
        (within(cost[names[0]], cost[names[1]], 1.2),),
    )


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
