"""A process that dies between two steps of an effect: what the journal says to the next one."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.journal.opening import open_journal
from schemas.effects import Effect, EffectKey, EffectState, Outcome
from schemas.payloads import SendMail

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
KEY = EffectKey("甲厂", "mail.notice", "c000001")
MAIL = Effect(KEY, "通知责任部门", "i1", SendMail("notice", ("a@example.com",), (), {}, told=("x",)), "c000001")
ROOT = Path(__file__).parents[2]

CHILD = """
import os, sys
from pathlib import Path
from pipeline.journal.opening import open_journal
from pipeline.journal import effect_table
from schemas.effects import Outcome
from tests.unit.test_journal_kill import KEY, MAIL, NOW
journal = open_journal(Path(sys.argv[1]), site="甲厂", create="rehearsal")
lock = journal.pass_lock()
lock.__enter__()
def step(name):
    if name == sys.argv[2]:
        os._exit(9)
step("nothing")
journal.intend(MAIL, NOW)
step("intended")
journal.start(KEY, NOW)
step("started")
with journal._write() as connection:
    effect_table.finish(connection, KEY, Outcome("x"), NOW, [("周启航", "x")])
    step("finishing")
step("finished")
"""


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("nothing", None),
        ("intended", EffectState.INTENDED),
        ("started", EffectState.RUNNING),
        ("finishing", EffectState.RUNNING),
        ("finished", EffectState.DONE),
    ],
)
def test_the_next_process_sees_the_last_commit_and_can_go_on(
    tmp_path: Path, at: str, state: EffectState | None
) -> None:
    path = tmp_path / "journal.db"
    killed = subprocess.run([sys.executable, "-c", CHILD, str(path), at], cwd=ROOT, check=False)
    assert killed.returncode == 9
    journal = open_journal(path, site="甲厂")
    record = journal.memory().effects.get(KEY)
    assert (record.state if record else None) is state
    assert bool(journal.memory().told) is (state is EffectState.DONE), "told commits with the outcome or not at all"
    with journal.pass_lock():  # freed with the dead process
        if journal.intend(MAIL, NOW).state is not EffectState.DONE:
            journal.start(KEY, NOW)
            journal.finish(KEY, Outcome("x"), NOW, [("周启航", "x")])
    assert journal.memory().effects[KEY].state is EffectState.DONE
    assert journal.memory().told == {("周启航", "x")}
    journal.close()


CREATE = """
import os, sys
from pathlib import Path
from pipeline.journal.opening import open_journal
sys.addaudithook(lambda event, arguments: os._exit(9) if event == "os.rename" else None)
open_journal(Path(sys.argv[1]), site="甲厂", create="rehearsal")
"""


def test_killed_while_creating_leaves_no_half_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    killed = subprocess.run([sys.executable, "-c", CREATE, str(path)], cwd=ROOT, check=False)
    assert killed.returncode == 9
    assert not path.exists()
    journal = open_journal(path, site="甲厂", create="rehearsal")
    assert journal.memory().effects == {}
    journal.close()
    assert not path.with_name("journal.db.new").exists()
