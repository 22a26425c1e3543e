"""Passes inside ``kesu run``: over a ledger that did not change, and over one with one changed row."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.row import Row, Scale, Way, at_full_size, within
from bench.shares import explained
from bench.turns import in_turns
from bench.watch import Spent

if TYPE_CHECKING:
    from bench.big_plant import BigPlant

SIZE, QUICK, LARGE = (20_000, 60, 100), (500, 60, 2), (100_000, 40, 100)
PHOTOS = 6  # of 1 MB, as people paste them into a ledger: quick ledgers are too small for their hash to say anything
_UNCHANGED = """\
What a pass costs does not grow with the file, its hash does, and the hash of a small ledger takes less than one
transaction of the journal. Nothing is opened, listed or parsed twice, the journal is asked whether anybody wrote to it
instead of being read again, and the time of a pass that did nothing does not wait for the disk. Quick runs paste photos
into the ledger, as people do, and print the figure of the small file below. The next step is one look at the templates'
folders instead of one at each file, which would miss a file saved in place, or to take the lock of a pass once for many
passes, which would keep the other commands out while ``run`` works."""
_ONE_ROW = """\
The changed rows alone are read and one case is planned, but every case is still walked over: who is who, putting the
plans together, contradictions, telling rows from notes, columns as a whole. These grow with the rows. The next step is
a plan that is handed the changed rows instead of all of them: identity, numbers and contradictions would have to keep
indexes of what the last pass knew (numbers, contents, names) and be held to the whole plan by the same walk as today;
about as much code again as `pipeline/plan/sightings.py` and `rules/identity.py` have. A text added in the middle of a
ledger by a program that numbers its texts anew with every save makes a full reading necessary, where rows are taken
over only once read."""
_HASH = "hash of the file"


def rows(scale: Scale) -> Iterator[Row]:
    """Nothing changed, then one row changed, in a large plant's ledger."""
    with plant_of(*scale.choose(quick=QUICK, full=SIZE)) as big:
        yield _unchanged(big, scale)
        yield _one_row(big, scale)


def large_rows(scale: Scale) -> Iterator[Row]:
    """The stress test; only in full runs."""
    if not scale.quick:
        with plant_of(*LARGE) as big:
            yield _unchanged(big, scale)
            yield _one_row(big, scale)


@contextmanager
def plant_of(number: int, columns: int, managed: int) -> Iterator[BigPlant]:
    """A plant at rest with so many rows, columns and complaints in hand; gone afterwards."""
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
    photos, facts = scale.choose(quick=PHOTOS, full=0), []
    if photos:
        plain, _ = _looked_at(big, scale)
        facts.append(f"without photos, file of {_megabytes(big)}: {1000 * plain['ours'].seconds:.1f} ms, its hash "
                     f"{1000 * plain[_HASH].seconds:.2f} ms, {plain['ours'].seconds / plain[_HASH].seconds:.1f} x")
        big.save({}, photos)
        big.rest()
    cost, faults = _looked_at(big, scale)
    pasted = f", {photos} photos pasted in" if photos else ""
    return explained(Row(
        "pass over an unchanged ledger, inside run", f"{_size(big)}{pasted}", cost["ours"], (cost["bare calamine"],),
        cost[_HASH], (within(cost["ours"], cost[_HASH], 3),), "nothing parsed, nothing performed", faults,
        facts=(f"file of {_megabytes(big)}", *facts), remarks=_UNCHANGED,
    ), big.tick)


def _looked_at(big: BigPlant, scale: Scale) -> tuple[dict[str, Way], tuple[str, ...]]:
    """Passes over a plant at rest beside hashing its ledger, and what they did though nothing had changed."""
    from pipeline.ledger.workbook_process import ReadingProcess

    ledger, faults, read = big.plant.ledger, [], ReadingProcess.read
    ReadingProcess.read = lambda *arguments: faults.append("parsed") or read(*arguments)  # type: ignore[func-returns-value,method-assign]  # counted on the way

    def hashed() -> None:
        with ledger.open("rb") as file:
            hashlib.file_digest(file, "sha256")

    def passed() -> Spent:
        if big.tick().performed:
            faults.append("performed")
        return big.spent

    passed()
    cost = in_turns({"ours": passed, "bare calamine": _bare(ledger), _HASH: hashed}, scale.rounds)
    ReadingProcess.read = read  # type: ignore[method-assign]  # as it was
    return cost, tuple(faults)


def _megabytes(big: BigPlant) -> str:
    return f"{big.plant.ledger.stat().st_size / 1e6:.1f} MB"


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
    row = Row(
        "pass with one changed row, inside run", _size(big), cost["ours"], (), cost["bare calamine"],
        at_full_size(scale, within(cost["ours"], cost["bare calamine"], 1.6)),
        "the plan with one made of everything, in every part", tuple(differences),
        facts=(f"{max(planned)} of {big.size.rows:,} cases planned",), remarks=_ONE_ROW,
    )
    big.save({big.size.rows - 1: {"不良数量": next(counts)}})
    return explained(row, big.tick)
