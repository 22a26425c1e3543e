"""The figures as people read them: the table on the terminal, and RESULTS.md with the last run of every row.

`results.json` beside RESULTS.md keeps the rows of the last quick and the last full run of each name, so that a full run
may be made in parts; RESULTS.md is drawn from it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench.row import Goal, Row, Scale, Way

STORE, PAGE = "results.json", "RESULTS.md"


@dataclass(frozen=True)
class Measured:
    """A row, the name it was asked for by, and the seconds that measuring it took, preparation included."""

    name: str
    row: Row
    seconds: float


@dataclass(frozen=True)
class Kept(Measured):
    """A row with what was true of its run."""

    day: str
    machine: str


def lines_of(row: Row) -> Iterator[str]:
    """One row of the table as plain monospaced text."""
    yield f"{row.work}, {row.size}" if row.size else row.work
    yield _way("ours", row.ours, None)
    for peer in row.peers:
        yield _way(peer.name, peer, row.ours)
    if row.limit is not None:
        yield _way(f"limit: {row.limit.name}", row.limit, row.ours)
    yield from (f"  {fact}" for fact in row.facts)
    for goal in row.goals:
        yield f"  goal: {goal.text:<56} {goal.value:>8.2f}   {_verdict(row, goal)}{_by_processor(goal)}"
    if row.compared:
        yield f"  compared: {row.compared}"
    yield from (f"  DIFFERS: {difference}" for difference in row.differences)


def closing(rows: Sequence[Row]) -> str:
    """The last line of a run; before it, how many goals its sizes are too small for."""
    judged = sum(row.judged for row in rows)
    left = sum(len(row.goals) for row in rows) - judged
    too_small = f"{left} more goals need full sizes and are not counted\n" if left else ""
    return f"{too_small}{sum(row.reached for row in rows)} of {judged} goals reached"


def succeeded(rows: Sequence[Row]) -> bool:
    """Whether every goal of every row is reached and every output agreed with the peer's."""
    return all(row.reached == row.judged and not row.differences for row in rows)


def taken(measured: Iterable[Measured]) -> str:
    """What measuring took: every name, then all of it."""
    spent: dict[str, float] = defaultdict(float)
    for one in measured:
        spent[one.name] += one.seconds
    each = ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items())
    return f"measured in {sum(spent.values()):.1f} s: {each}"


def keep(folder: Path, measured: Iterable[Measured], scale: Scale, day: date, machine: str) -> None:
    """Replace these names' rows in the store and draw RESULTS.md anew. Same rows again: same files."""
    fresh = [Kept(one.name, one.row, one.seconds, day.isoformat(), machine) for one in measured]
    runs = _stored(folder / STORE)
    mode = "quick" if scale.quick else "full"
    names = {kept.name for kept in fresh}
    runs[mode] = [kept for kept in runs.get(mode, []) if kept.name not in names] + fresh
    content = {mode: [asdict(kept) for kept in kept_rows] for mode, kept_rows in sorted(runs.items())}
    (folder / STORE).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / PAGE).write_text(page(runs), encoding="utf-8")


def page(runs: dict[str, list[Kept]]) -> str:
    """RESULTS.md: the last full and the last quick run, and why a goal is missed."""
    parts = ["# Speed, beside what people would use instead", "",
             "Written by `python -m bench`; not edited by hand. All ways of a row take turns in one run; medians of",
             "their times. A load above the number of cores means that others worked beside: seconds do not hold then,",
             "and ratios less than those of the processor's time (cpu), which goals show beside."]
    for mode in ("full", "quick"):
        kept = runs.get(mode, [])
        if not kept:
            continue
        parts += ["", f"## {mode.capitalize()} sizes", ""]
        for day, machine in dict.fromkeys((one.day, one.machine) for one in kept):
            parts.append(f"{day}, {machine}; "
                         f"{taken(one for one in kept if (one.day, one.machine) == (day, machine))}.")
        parts += ["", "```", "\n\n".join("\n".join(lines_of(one.row)) for one in kept), "",
                  closing([one.row for one in kept]), "```"]
        parts += [_explained(one.row) for one in kept if one.row.reached < one.row.judged]
    return "\n".join(parts) + "\n"


def _verdict(row: Row, goal: Goal) -> str:
    if row.differences:
        return "wrong output"
    if not goal.judged:
        return "too small to judge"
    return "reached" if goal.reached else "MISSED"


def _by_processor(goal: Goal) -> str:
    return "" if goal.processor is None else f" (processor {goal.processor:.2f})"


def _explained(row: Row) -> str:
    """Why a goal is missed: where the time went in this run, then what is known of it."""
    return "\n".join(filter(None, (f"\n**{row.work}, {row.size}.**", row.profile and f"Profile: {row.profile}.",
                                   row.remarks)))


def _way(name: str, way: Way, ours: Way | None) -> str:
    memory = "" if way.megabytes is None else f"{way.megabytes:,.0f} MB"
    ratio = "" if ours is None else f"{way.seconds / ours.seconds:>8.2f} x ours"
    processor = "" if way.processor is None else f"cpu {_seconds(way.processor)}"
    return f"  {name:<48} {_seconds(way.seconds):>10} {processor:>12} {memory:>9} {ratio}".rstrip()


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _stored(path: Path) -> dict[str, list[Kept]]:
    if not path.exists():
        return {}
    content = json.loads(path.read_text(encoding="utf-8"))
    return {mode: [_kept(one) for one in rows] for mode, rows in content.items()}


def _kept(stored: dict[str, Any]) -> Kept:
    row = stored["row"]
    limit = None if row["limit"] is None else Way(**row["limit"])
    lists = {name: tuple(row[name]) for name in ("differences", "facts")}
    built = Row(**{**row, **lists, "ours": Way(**row["ours"]), "peers": tuple(Way(**peer) for peer in row["peers"]),
                   "limit": limit, "goals": tuple(Goal(**goal) for goal in row["goals"])})
    return Kept(stored["name"], built, stored["seconds"], stored["day"], stored["machine"])
