"""The comparison itself: a missed goal or a wrong output ends with 1, and what is printed is what was measured."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.row import Row, Scale, Way, at_full_size, faster, memory_within, within
from bench.shares import explained
from bench.table import ROWS, NoSuchRow, measured
from bench.turns import CommandFailed, command, in_turns
from bench.watch import Spent, Watch

DAY = date(2026, 11, 26)
OURS, PEER, LIMIT = Way("ours", 2.0, 100), Way("openpyxl", 9.0, 300), Way("inflate", 1.6, 50)


def row(*goals: float, differences: tuple[str, ...] = ()) -> Row:
    return Row("read", "20 rows", OURS, (PEER,), LIMIT, tuple(faster(OURS, PEER, times) for times in goals),
               "values", differences)


def run(folder: Path, *rows: Row, name: str = "read", quick: bool = False) -> int:
    """The command on rows that are given instead of measured; its exit code."""
    def measure(_names: Iterable[str], _scale: Scale) -> Iterator[tuple[str, Row]]:
        return ((name, one) for one in rows)

    ticks = count(0, 2)
    arguments = ["--into", str(folder), *["--quick"][: int(quick)]]
    return main(arguments, DAY, measure, ["openpyxl"], lambda: float(next(ticks)))


@pytest.mark.parametrize(("measured_row", "code", "last", "word"), [
    (row(4, 4.5), 0, "2 of 2 goals reached", "reached"),
    (row(4, 5), 1, "1 of 2 goals reached", "MISSED"),
    (row(4, differences=("B2: 1 / 2",)), 1, "0 of 1 goals reached", "DIFFERS: B2: 1 / 2"),
    (row(differences=("B2: 1 / 2",)), 1, "0 of 0 goals reached", "DIFFERS: B2: 1 / 2"),
])
def test_the_exit_code_and_the_last_line_tell_what_was_reached(
    measured_row: Row, code: int, last: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(tmp_path, measured_row) == code
    printed = capsys.readouterr().out
    assert printed.rstrip().endswith(last)
    assert word in printed
    page = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert last in page
    assert "2026-11-26" in page
    assert str(Path.home()) not in page


def test_what_measuring_took_is_told_by_name_and_in_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    run(tmp_path, row(4), row(4.5))
    said = "measured in 4.0 s: read 4.0"
    assert capsys.readouterr().out.splitlines()[-2:] == [said, "2 of 2 goals reached"]
    assert f"; {said}." in (tmp_path / "RESULTS.md").read_text("utf-8")


def test_a_bound_counts_in_its_direction() -> None:
    assert within(OURS, LIMIT, 1.25).reached
    assert not within(OURS, LIMIT, 1.2).reached
    assert memory_within(OURS, LIMIT, 2).reached
    assert not memory_within(OURS, LIMIT, 1.9).reached
    with pytest.raises(ValueError, match="not measured"):
        memory_within(OURS, Way("bare", 1.0), 2)


def test_what_a_quick_run_cannot_judge_is_printed_and_counts_neither_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    quick, full = (
        Row("read", "20 rows", OURS, goals=(within(OURS, LIMIT, 2), *at_full_size(scale, faster(OURS, PEER, 9))))
        for scale in (Scale(quick=True), Scale(quick=False))
    )
    assert run(tmp_path, quick, quick=True) == 0
    said = capsys.readouterr().out
    assert "too small to judge" in said
    assert said.splitlines()[-2:] == ["1 more goals need full sizes and are not counted", "1 of 1 goals reached"]
    assert run(tmp_path, full) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 of 2 goals reached"


def test_a_missed_goal_is_told_with_where_the_time_goes_and_a_reached_one_without(tmp_path: Path) -> None:
    work = lambda: [row(4) for _ in range(500)]  # noqa: E731 - what is profiled
    assert explained(row(4), work).profile == ""
    missed = explained(replace(row(5), remarks="why it is so"), work)
    assert "bench.row " in missed.profile
    assert missed.profile.split(",")[0].endswith(" %")
    run(tmp_path, missed)
    page = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert f"Profile: {missed.profile}.\nwhy it is so" in page
    run(tmp_path, replace(row(4), remarks="why it is so"))
    assert "why it is so" not in (tmp_path / "RESULTS.md").read_text("utf-8")


def test_parts_of_a_run_are_kept_beside_each_other_and_never_mixed_with_quick_ones(tmp_path: Path) -> None:
    reading, other = row(4), replace(row(5), work="write", size="1 cell", remarks="why it is so")
    run(tmp_path, reading)
    run(tmp_path, other, name="write")
    run(tmp_path, row(5), quick=True)
    full, quick = (tmp_path / "RESULTS.md").read_text("utf-8").split("## Quick")
    assert "read, 20 rows" in full
    assert "write, 1 cell" in full
    assert "why it is so" in full
    assert "1 of 2 goals reached" in full
    assert "0 of 1 goals reached" in quick
    before = (tmp_path / "RESULTS.md").read_bytes()
    run(tmp_path, row(5), quick=True)
    assert (tmp_path / "RESULTS.md").read_bytes() == before


def test_ways_take_turns_and_medians_are_taken() -> None:
    turns, times = [], iter([Spent(1, 5), Spent(9, 7), Spent(2)])

    def first() -> Spent:
        turns.append("first")
        return next(times)

    cost = in_turns({"first": first, "second": lambda: turns.append("second")}, 3)
    assert cost["first"] == Way("first", 2, 7)
    assert turns == ["first", "second", "second", "first", "first", "second"]
    assert cost["second"].seconds < 1


def test_processor_time_counts_our_children_and_not_our_waiting(tmp_path: Path) -> None:
    watch = Watch()
    command(("-c", "sum(range(4_000_000))"))
    busy = watch.spent().processor or 0
    child = command(("-c", "sum(range(4_000_000))")).processor or 0
    watch = Watch()
    time.sleep(0.2)
    idle = watch.spent()
    assert 0 < child <= busy + 0.05
    assert (idle.processor or 0) < 0.1 < idle.seconds
    slow, quick = Way("ours", 9, processor=2), Way("openpyxl", 9, processor=8)
    run(tmp_path, Row("read", "", slow, (quick,), goals=(faster(slow, quick, 4), faster(slow, LIMIT, 0.1))))
    page = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert "1.00   MISSED (processor 4.00)" in page
    assert "0.18   reached\n" in page
    assert "cpu 2.00 s" in page


def test_memory_is_that_of_the_way_and_not_of_who_measures() -> None:
    grown = in_turns({"grows": lambda: len(bytearray(80 << 20)), "stays": lambda: None}, 1)
    ballast = bytearray(200 << 20)
    small = command(("-c", "pass"))
    assert len(ballast) > 0
    assert 79 < (grown["grows"].megabytes or 80) < 120
    assert (grown["stays"].megabytes or 0) < 40
    assert (small.megabytes or 0) < 60
    assert 0 < small.seconds < 10


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(CommandFailed, match="exit code 3"):
        command(("-c", "raise SystemExit(3)"))
    command(("-c", "raise SystemExit(3)"), allowed=(3,))


def test_every_name_of_the_table_has_rows_and_others_are_refused() -> None:
    with pytest.raises(NoSuchRow, match="startup"):
        list(measured(["nothing"], Scale(quick=True)))
    folder = Path(sys.modules["bench"].__path__[0])
    modules = [place.partition(":")[0].removeprefix("bench.") for place in ROWS.values()]
    assert [module for module in modules if not (folder / f"{module}.py").exists()] == []
