"""A process killed at every step of sending: the passes after it deliver at most once, and nothing is forgotten."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.mailbox import exchange_sender
from pipeline.mailbox.exchange_sender import ExchangeSender
from pipeline.mailbox.graph_session import GraphSession
from pipeline.mailbox.imap_session import ImapSession
from pipeline.mailbox.imap_smtp import ImapSmtpMailbox
from pipeline.mailbox.smtp_session import SmtpTransaction
from pipeline.perform import Performer
from schemas.effects import EffectState
from tests.contract.mail_site import NOW, mail_effect, mail_site, passed, plant_of, state_of
from tests.contract.mailbox_stands import ADAPTERS, Servers, Stand
from tests.functional.plant_folder import PlantFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked here")
BY_NAME = {adapter.name: adapter for adapter in ADAPTERS}
STEPS = ("intended", "started", "effected", "finished")
Fatal = tuple[object, str, int]

#: Behind which call inside an adapter the process dies, and at which one of them.
INSIDE: dict[str, tuple[str, Fatal]] = {
    "graph: draft made, key not written": ("graph", (GraphSession, "change", 1)),
    "graph: key written, not sent": ("graph", (GraphSession, "change", 2)),
    "graph: taken, answer not read": ("graph", (GraphSession, "change", 3)),
    # the process that really sends goes on when the one that ordered it is dead
    "exchange: ordered, answer not read": ("exchange", (exchange_sender, "_write", 2)),
    "exchange: sent, answer read, outcome not committed": ("exchange", (ExchangeSender, "_asked", 1)),
    "imap_smtp: draft kept": ("imap_smtp", (ImapSmtpMailbox, "_keep_draft", 1)),
    "imap_smtp: envelope offered": ("imap_smtp", (SmtpTransaction, "offer", 1)),
    "imap_smtp: starred": ("imap_smtp", (ImapSmtpMailbox, "_star", 1)),
    "imap_smtp: taken, copy not filed": ("imap_smtp", (SmtpTransaction, "hand_over", 1)),
    "imap_smtp: copy filed": ("imap_smtp", (ImapSmtpMailbox, "_file_sent", 1)),
}


def die() -> None:
    if sys.platform == "win32":
        raise RuntimeError("skipped on Windows")
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(owner: object, name: str, count: int) -> None:
    """Make the process die when ``owner.name`` has done its work for the ``count``-th time."""
    original: Callable[..., object] = getattr(owner, name)
    calls: list[str] = []

    def fatal(*arguments: object, **named: object) -> object:
        done = original(*arguments, **named)
        calls.append(name)
        if len(calls) == count:
            die()
        return done

    setattr(owner, name, fatal)


def killed(plant: PlantFolder, stand: Stand, prepare: Callable[[], None], step: str = "") -> None:
    """Send the mail in a process of its own that dies on the way."""
    if sys.platform == "win32":
        raise RuntimeError("skipped on Windows")
    child = os.fork()
    if child == 0:
        prepare()
        with mail_site(plant, stand.mailbox) as site:
            Performer(site, NOW, lambda name: die() if name == step else None).perform_all([mail_effect()])
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def _wait_for(stand: Stand) -> None:
    """Until the process that sends has handed over what it was told."""
    deadline = time.monotonic() + 20
    while not stand.sent():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def settled(plant: PlantFolder, stand: Stand, name: str) -> EffectState:
    """Where the mail stands after the passes that follow; checks what must hold whatever happened."""
    with mail_site(plant, stand.mailbox) as site:
        for minutes in (0, 1, 3, 11, 15):
            passed(site, [mail_effect()], minutes)
        state = state_of(site, mail_effect())
    delivered = len(stand.sent())
    assert delivered <= 1, name
    # never claimed without having happened; never silently left behind
    assert state is EffectState.UNCERTAIN or (state, delivered) == (EffectState.DONE, 1), name
    return state


@pytest.mark.parametrize("adapter", list(BY_NAME))
def test_killed_at_every_commit_point(adapter: str, servers: Servers, tmp_path: Path) -> None:
    for step in STEPS:
        root = tmp_path / step
        root.mkdir()
        plant, stand = plant_of(root), BY_NAME[adapter].build(servers, root)
        killed(plant, stand, lambda: None, step)
        state = settled(plant, stand, step)
        # a start without a trace in the mailbox is the one case that a person has to look at
        unknown = step == "started" and adapter != "folder"
        assert state is (EffectState.UNCERTAIN if unknown else EffectState.DONE), step


@pytest.mark.parametrize("point", list(INSIDE))
def test_killed_inside_an_adapter(point: str, servers: Servers, tmp_path: Path) -> None:
    name, fatal = INSIDE[point]
    plant, stand = plant_of(tmp_path), BY_NAME[name].build(servers, tmp_path)
    killed(plant, stand, lambda: die_after(*fatal))
    if name == "exchange":
        _wait_for(stand)
    state = settled(plant, stand, point)
    unknown = point in {"imap_smtp: starred", "imap_smtp: taken, copy not filed"}
    assert state is (EffectState.UNCERTAIN if unknown else EffectState.DONE)


def test_the_session_of_a_dead_process_does_not_matter(servers: Servers, tmp_path: Path) -> None:
    stand = BY_NAME["imap_smtp"].build(servers, tmp_path)
    plant = plant_of(tmp_path)
    killed(plant, stand, lambda: die_after(ImapSession, "_opened", 1))
    assert settled(plant, stand, "connected") is EffectState.UNCERTAIN or len(stand.sent()) == 1
