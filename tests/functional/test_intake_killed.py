"""Intake killed before single operations: nothing is lost, nothing is there twice, nobody can tell that it happened.

Here at those where a mail changes hands; ``python -m bench.killed_mail`` tries all of them, over every mailbox.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.contract.mailbox_stands import ADAPTERS, Servers
from tests.killed_intake import TIMES, Found, Kill, lost, operations, outcome, surplus

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked here")
TAKING, _, FILING, _ = TIMES
FOLDER = ADAPTERS[0]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with ExitStack() as closing:
        yield Servers(closing)


@pytest.fixture(scope="module")
def undisturbed(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Found:
    return outcome(tmp_path_factory.mktemp("undisturbed") / "plant", FOLDER, servers, None)()


@pytest.fixture(scope="module")
def steps(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return operations(tmp_path_factory.mktemp("counted") / "plant", FOLDER, servers)


def test_the_passes_are_worth_killing(undisturbed: Found, steps: dict[str, list[str]]) -> None:
    kinds = [thing[0] for thing in undisturbed.things.elements()]
    # a complaint and a report of two; what they brought, four .eml among it; the unreadable one; the stranger's
    assert [kinds.count(kind) for kind in ("row", "file", "mail left", "left behind")] == [3, 8, 1, 0]
    assert undisturbed.sent == 3
    assert {"write", "sync", "commit"} < set(steps[TAKING])
    assert min(len(steps[TAKING]), len(steps[FILING])) > 150


def near(names: list[str], pattern: str, *offsets: int) -> list[int]:
    """The numbers of the first operation that matches (offset 0) and of those around it."""
    at = 1 + next(index for index, one in enumerate(names) if re.fullmatch(pattern, one))
    return [at + offset for offset in offsets]


def test_killed_where_a_mail_changes_hands(
    undisturbed: Found, steps: dict[str, list[str]], servers: Servers, tmp_path: Path
) -> None:
    taking, filing = steps[TAKING], steps[FILING]
    points = {
        TAKING: [
            *near(taking, r"rename 1\.eml", -3, 0, 1, 3),  # kept, remembered, put aside, known to be done
            *near(taking, r"link .*\.part", 0, 4, 8),  # the ledger gets its row: its swap, and before that is committed
        ],
        FILING: near(filing, "make folder 附件", -4, 6, 12),  # numbered, filed by half, filed
    }
    kills = [Kill(time, point) for time, numbers in points.items() for point in numbers]
    for pair in (kills[first : first + 2] for first in range(0, len(kills), 2)):  # two cores
        running = [(kill, outcome(tmp_path / f"{kill.time[3:]}-{kill.point}", FOLDER, servers, kill)) for kill in pair]
        for kill, result in running:
            found = result()
            assert found.killed, (kill, steps[kill.time][kill.point - 1])
            assert not lost(found, undisturbed), (kill, steps[kill.time][kill.point - 1])
            assert not surplus(found, undisturbed), (kill, steps[kill.time][kill.point - 1])
            assert found.doubtful == 0  # a folder always knows
