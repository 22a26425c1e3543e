"""One row of the comparison: what it cost us, its peers and the limit, what was to be reached, and whether it is right.

How a row is written: a module of `bench` has a function ``rows(scale)`` that yields `Row`s, and its name stands in
`bench.table.ROWS`. It makes its own input in a temporary folder (``scale.choose(quick=…, full=…)`` gives the size),
hands all ways of doing the work to `bench.turns.in_turns`, compares the outputs, and states its goals::

    def rows(scale: Scale) -> Iterator[Row]:
        cost = in_turns({"ours": ours, "openpyxl": peer, "inflate": limit}, scale.rounds)
        yield Row(
            "write 3 cells", "10,000 x 40", cost["ours"], (cost["openpyxl"],), cost["inflate"],
            (faster(cost["ours"], cost["openpyxl"], 6), within(cost["ours"], cost["inflate"], 1.5)),
            "every other part's bytes equal, cells read with openpyxl", differences)

Libraries and the pipeline are imported inside functions, so that the table can be listed and parts of it run alone. A
row measures, it never asserts: what is wrong goes into ``differences``, and the row's goals then count as missed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Scale:
    """How large a run is: quick ones have smaller inputs and fewer rounds, and say so."""

    quick: bool

    @property
    def rounds(self) -> int:
        """How often every way takes its turn; medians of these are compared."""
        return 3 if self.quick else 5

    def choose(self, *, quick: T, full: T) -> T:
        """The value for this run."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Way:
    """What one way of doing the work cost: median wall seconds, the most memory of any round in MB and the median
    seconds of the processor, if measured."""

    name: str
    seconds: float
    megabytes: float | None = None
    processor: float | None = None


@dataclass(frozen=True)
class Goal:
    """A measured ratio and the bound it has to keep; not ``judged`` where the input is too small to say anything.

    ``processor`` is the same ratio of processor seconds, which others on the machine disturb less; it judges nothing.
    """

    text: str
    value: float
    bound: float
    at_least: bool
    judged: bool = True
    processor: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the measured value keeps the bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(frozen=True)
class Row:
    """One line of the issue's table with its figures.

    ``compared`` says in words which outputs were held against which; ``differences`` lists what did not agree, one
    sentence each. ``facts`` are further figures to print. RESULTS.md tells of a missed goal where the time goes
    (``profile``, from `bench.shares`, in the same run) and ``remarks``: why, and what the next step would cost.
    """

    work: str
    size: str
    ours: Way
    peers: tuple[Way, ...] = ()
    limit: Way | None = None
    goals: tuple[Goal, ...] = ()
    compared: str = ""
    differences: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    remarks: str = ""
    profile: str = ""

    @property
    def judged(self) -> int:
        """How many goals this run could judge."""
        return sum(goal.judged for goal in self.goals)

    @property
    def reached(self) -> int:
        """How many of these are reached; none where an output differs, since a fast wrong answer is no answer."""
        return 0 if self.differences else sum(goal.judged and goal.reached for goal in self.goals)


def faster(ours: Way, peer: Way, times: float) -> Goal:
    """The peer takes at least so many times as long as we do."""
    return Goal(f"at least {times:g} x as fast as {peer.name}", peer.seconds / ours.seconds, times, at_least=True,
                processor=_used(peer, ours))


def within(ours: Way, other: Way, times: float) -> Goal:
    """We take at most so many times as long as a limit or peer."""
    return Goal(f"at most {times:g} x the time of {other.name}", ours.seconds / other.seconds, times, at_least=False,
                processor=_used(ours, other))


def _used(one: Way, other: Way) -> float | None:
    return one.processor / other.processor if one.processor and other.processor else None


def at_full_size(scale: Scale, *goals: Goal) -> tuple[Goal, ...]:
    """Goals about large inputs: a quick run prints them and counts them neither as reached nor as missed."""
    return tuple(replace(goal, judged=not scale.quick) for goal in goals)


def memory_within(ours: Way, other: Way, times: float) -> Goal:
    """Our memory is at most so many times that of a limit or peer; both must have been measured."""
    if ours.megabytes is None or other.megabytes is None:
        message = f"the memory of {ours.name} or {other.name} was not measured"
        raise ValueError(message)
    value = ours.megabytes / other.megabytes
    return Goal(f"at most {times:g} x the memory of {other.name}", value, times, at_least=False)
