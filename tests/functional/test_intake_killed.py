"""Intake killed before single operations: nothing is lost, nothing is there twice, nobody can tell that it happened.

Here at those where a mail changes hands; ``python -m bench.killed_mail`` tries all of them, over every mailbox.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest

from tests.contract.mailbox_stands import ADAPTERS, Servers
from tests.killed_intake import TIMES, Kill, Run, lost, ready_plant, surplus, warm_up
from tests.plant_state import digest_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked here")
TAKING, _, FILING, _ = TIMES
FOLDER = ADAPTERS[0]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    root = tmp_path_factory.mktemp("killed")
    with ExitStack() as closing:
        servers = Servers(closing)
        warm_up(servers, root / "warm")
        yield Run(root / "run", FOLDER, servers)


def test_the_passes_are_worth_killing(run: Run) -> None:
    kinds = [thing[0] for thing in run.undisturbed.things.elements()]
    # a complaint and a report of two; what they brought, four .eml among it; the unreadable one; the stranger's
    assert [kinds.count(kind) for kind in ("row", "file", "mail left", "left behind")] == [3, 8, 1, 0]
    assert run.undisturbed.sent == 3
    assert {"write", "sync", "commit"} < set(run.steps[TAKING])
    assert min(len(run.steps[TAKING]), len(run.steps[FILING])) > 150


def near(names: list[str], pattern: str, *offsets: int) -> list[int]:
    """The numbers of the first operation that matches (offset 0) and of those around it."""
    at = 1 + next(index for index, one in enumerate(names) if re.fullmatch(pattern, one))
    return [at + offset for offset in offsets]


def test_killed_where_a_mail_changes_hands(run: Run) -> None:
    taking, filing = run.steps[TAKING], run.steps[FILING]
    points = {
        TAKING: [
            *near(taking, r"rename 1\.eml", -3, 0, 1, 3),  # kept, remembered, put aside, known to be done
            *near(taking, r"link .*\.part", 0, 4, 8),  # the ledger gets its row: its swap, and before that is committed
        ],
        FILING: near(filing, "make folder 附件", -4, 6, 12),  # numbered, filed by half, filed
    }
    for kill in (Kill(time, point) for time, numbers in points.items() for point in numbers):
        found = run.found(kill)
        assert found.killed, (kill, run.steps[kill.time][kill.point - 1])
        assert not lost(found, run.undisturbed), (kill, run.steps[kill.time][kill.point - 1])
        assert not surplus(found, run.undisturbed), (kill, run.steps[kill.time][kill.point - 1])
        assert found.doubtful == 0  # a folder always knows


def test_a_state_is_another_one_when_anything_in_it_changed(tmp_path: Path) -> None:
    # what passes make of a state is found out once: two that differ must not be taken for one
    plant, inbox = ready_plant(tmp_path / "plant"), {"1.eml": b"a"}
    before = digest_of(plant.root, inbox)
    assert digest_of(plant.root, inbox) == before
    assert digest_of(plant.root, {"1.eml": b"b"}) != before
    for change in (
        partial((plant.share / "客诉资料" / "x").mkdir, parents=True),
        partial(plant.ledger.write_bytes, b""),
        partial(plant.ledger.unlink),
        partial(_run_sql, plant.journal, "UPDATE meta SET value = 'real' WHERE key = 'mode'"),
    ):
        change()
        now = digest_of(plant.root, inbox)
        assert now != before
        before = now


def _run_sql(journal: Path, statement: str) -> None:
    with closing(sqlite3.connect(journal)) as connection, connection:
        assert connection.execute(statement).rowcount == 1
