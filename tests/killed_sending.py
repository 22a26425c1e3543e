"""One mail going out over any mailbox, killed before any one operation: delivered at most once, never forgotten."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.perform import Performer
from schemas.effects import EffectState
from tests import dying
from tests.contract.mail_site import NOW, mail_effect, mail_site, passed, plant_of, state_of
from tests.contract.mailbox_stands import Adapter, Servers, Stand
from tests.functional.plant_folder import PlantFolder

#: Which process dies: the pass with all that it started, the pass alone, or first the one that sends through Exchange.
WHOLE, ALONE, SENDER = "all at once", "the pass alone", "from the process that sends"
_LATER = (0, 1, 3, 11, 15)


@dataclass(frozen=True)
class Ended:
    """What became of the mail: how often it arrived, and what the journal says."""

    delivered: int
    state: EffectState

    @property
    def lost(self) -> bool:
        """It did not arrive, and nobody is told."""
        return self.delivered == 0 and self.state is not EffectState.UNCERTAIN


def ways(adapter: Adapter) -> tuple[str, ...]:
    """The processes whose death differs for a mailbox."""
    return (WHOLE, ALONE, SENDER) if adapter.name == "exchange" else (WHOLE,)


def _sent(plant: PlantFolder, stand: Stand, way: str, point: int) -> int:
    """Send the mail, dying before an operation; returns how many operations there were."""
    if way == SENDER:
        dying.sender_dies(point)
    else:
        countdown = dying.install(point, dying.die if way == ALONE else dying.die_with_children)
    with mail_site(plant, stand.mailbox) as site:
        Performer(site, NOW).perform_all([mail_effect()])
    return 0 if way == SENDER else len(countdown.names)


def _settled(plant: PlantFolder, stand: Stand) -> EffectState:
    with mail_site(plant, stand.mailbox) as site:
        for minutes in _LATER:
            passed(site, [mail_effect()], minutes)
        return state_of(site, mail_effect())


def ended(root: Path, adapter: Adapter, servers: Servers, way: str, point: int) -> Callable[[], Ended | None]:
    """Start a sending that dies before operation ``point``; the result waits: None when it lived on, there was no
    such operation."""
    root.mkdir()
    plant, stand = plant_of(root), adapter.build(servers, root)

    def run() -> EffectState | None:
        if dying.in_a_process(partial(_sent, plant, stand, way, point))() is not None:
            return None
        return _settled(plant, stand)

    running = dying.in_a_process(run)

    def result() -> Ended | None:
        state = running()
        delivered = len(stand.sent())
        shutil.rmtree(root)
        return Ended(delivered, state) if state is not None else None

    return result
