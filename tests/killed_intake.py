"""Mail coming in and going out over any mailbox, killed before any one operation: what is lost or there twice then.

The plant has a complaint with two files, a weekly report of two, a reply, a copy of the first, a stranger's mail and an
unreadable one in its mailbox; four passes take them in, number them, file what came with them and tell the engineer.
One of these passes is killed, the ones after it and a few more go on. What stands there in the end is compared with an
undisturbed run: rows, files with their content, mails put aside, mails left, and what was sent.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.app import open_site
from pipeline.commands.outbox import overtaken_now
from pipeline.site import Site
from pipeline.tick import tick
from schemas.effects import EffectState
from tests import dying
from tests.contract.mailbox_stands import ADAPTERS, Adapter, Servers, Stand
from tests.contract.stand_states import Kept
from tests.functional.plant_folder import PlantFolder, empty_plant
from tests.functional.test_intake import CUSTOMER, PHOTO
from tests.mail_clients import foxmail, netease, outlook, qq
from tests.plant_state import digest_of

TIMES = ("08:31", "08:32", "08:43", "08:54")  # taken in; told; numbered, filed and told; quiet
AFTERWARDS = ("08:56", "09:10", "09:25")  # the later ones only while a mail is in doubt
TABLE = (("客户", "产品名称", "零件号", "问题描述", "不良数量"), ("星河汽车", "卡扣", "KC-318", "断脚", "4"),
         ("星河汽车", "真空管", "VH-440", "起皮", "6"))
BROKEN = (b"From: <x@xinghe.example.com>\r\nDate: Thu, 26 Nov 2026 08:00:00 +0800\r\n"
          b"Content-Type: text/plain; charset=gbk\r\n\r\n" + b"\xff\xff\x81" * 40)
COMPLAINT = replace(CUSTOMER, sent=datetime.fromisoformat("2026-11-26T08:28:00+08:00"))
MAILS = (
    foxmail(COMPLAINT),
    outlook(replace(COMPLAINT, subject="质量周报", lines=[TABLE], message_id="2@x", files=[])),
    BROKEN,
    qq(replace(COMPLAINT, subject="补充照片", lines=["见附件"], message_id="second@xinghe.example.com",
               in_reply_to=COMPLAINT.message_id, files=[("补充.jpg", PHOTO + b"2")])),
    foxmail(COMPLAINT),
    netease(replace(COMPLAINT, address="x@elsewhere.example", message_id="stranger@elsewhere.example")),
)
_PASSES = (*TIMES, *AFTERWARDS)
_CELLS = ("客诉编号", "产品编号", "不良数量", "备注", "状态")


@dataclass(frozen=True)
class Found:
    """What people find in the end, each thing as often as it is there; of the mails how many arrived, of how many a
    person is asked; whether the pass was killed as it should be."""

    things: Counter[tuple[str, ...]]
    sent: int = 0
    doubtful: int = 0
    killed: bool = True


@dataclass(frozen=True)
class Kill:
    """Which pass dies, before which of its operations."""

    time: str
    point: int


def ready_plant(root: Path) -> PlantFolder:
    """A plant that knows the customer, in the morning before any mail."""
    plant = empty_plant(root)
    plant.configure(address_book="{星河汽车: {senders: [xinghe.example.com], engineer: 周启航}}", digest="false")
    return plant


@contextmanager
def site_at(plant: PlantFolder, stand: Stand, time: str) -> Iterator[tuple[Site, datetime]]:
    """The plant's site on the stand's mailbox."""
    now = datetime.fromisoformat(f"2026-11-26T{time}+08:00")
    with open_site(plant.config, now, quiet_seconds=0) as opened:
        yield replace(opened.site, mailbox=stand.mailbox), opened.now


def passed(plant: PlantFolder, stand: Stand, time: str) -> None:
    """One pass."""
    with site_at(plant, stand, time) as (site, now):
        tick(site, now, rehearsal=True)


def warm_up(servers: Servers, root: Path) -> None:
    """Make a plant's passes in this process, so that what they load is there in every process forked later."""
    root.mkdir()
    plant, stand = ready_plant(root / "plant"), waiting(ADAPTERS[0], servers, root)
    for time in TIMES:
        passed(plant, stand, time)


class Run:
    """The mails over one mailbox: an undisturbed run, then any number of runs with a killed pass.

    Every pass is a process, as by `kesu once`. A run with a killed pass starts there, from what stood before it. What
    the passes after it make of a state is found out once: a state is all that they can meet, in files, journal and
    mailbox.
    """

    def __init__(self, root: Path, adapter: Adapter, servers: Servers) -> None:
        root.mkdir()
        self._root, self._plant, self._stand = root, ready_plant(root / "plant"), waiting(adapter, servers, root)
        self._before: dict[str, Kept] = {}
        self._ends: dict[tuple[int, str], Found] = {}
        #: By pass the operations of the undisturbed run.
        self.steps: dict[str, list[str]] = {}
        for time in TIMES:
            self._before[time] = self._stand.keep()
            shutil.copytree(self._plant.root, self._saved(time))
            self.steps[time] = dying.in_a_process(partial(counted, self._plant, self._stand, Kill(time, 0)))() or []
        self.undisturbed = self._end(len(TIMES))

    @property
    def states(self) -> int:
        """How many different states there were between passes."""
        return len(self._ends)

    def found(self, kill: Kill) -> Found:
        """What is there in the end when a pass is killed; not ``killed`` when it had fewer operations."""
        shutil.rmtree(self._plant.root)
        shutil.copytree(self._saved(kill.time), self._plant.root)
        self._before[kill.time].put_back()
        died = dying.in_a_process(partial(counted, self._plant, self._stand, kill))() is None
        return replace(self._end(TIMES.index(kill.time) + 1), killed=died)

    def _saved(self, time: str) -> Path:
        return self._root / f"before-{time[3:]}"

    def _end(self, index: int) -> Found:
        """What is there after the passes from number ``index`` on."""
        state = index, digest_of(self._plant.root, self._stand.keep().seen())
        if state not in self._ends:
            if index < len(_PASSES):
                doubt = dying.in_a_process(partial(_left_in_doubt, self._plant, self._stand, _PASSES[index]))()
                assert doubt is not None, f"the pass at {_PASSES[index]} died"
                self._ends[state] = self._end(index + 1 if doubt or index < len(TIMES) else len(_PASSES))
            else:
                found = dying.in_a_process(partial(_looked, self._plant, self._stand))()
                assert found is not None, "who looks died"
                self._ends[state] = found
        return self._ends[state]


def counted(plant: PlantFolder, stand: Stand, kill: Kill) -> list[str]:
    """The operations of a pass; it dies before one of them if ``kill`` says so."""
    countdown = dying.install(kill.point, dying.die_with_children)
    passed(plant, stand, kill.time)
    return list(countdown.names)


def waiting(adapter: Adapter, servers: Servers, root: Path) -> Stand:
    """A stand with the mails in its mailbox."""
    stand = adapter.build(servers, root)
    for number, raw in enumerate(MAILS, 1):
        stand.deliver(str(number), raw)
    return stand


def _left_in_doubt(plant: PlantFolder, stand: Stand, time: str) -> bool:
    """Whether it is not known of some mail after a pass that it was sent."""
    with site_at(plant, stand, time) as (site, now):
        tick(site, now, rehearsal=True)
        return any(record.state is EffectState.RUNNING for record in site.journal.memory().effects.to_look_at()
                   if record.key.kind.startswith("mail."))


def _looked(plant: PlantFolder, stand: Stand) -> Found:
    now = datetime.fromisoformat(f"2026-11-26T{AFTERWARDS[-1]}+08:00")
    with open_site(plant.config, now, quiet_seconds=0) as opened:
        past = overtaken_now(opened)  # a reminder whose hour passed while it was in doubt: nobody waits for it
        claimed = {record.key.digest: record.state for record in opened.journal.memory().effects.values()
                   if record.key.kind.startswith("mail.") and record.key not in past}
    sent = Counter(map(_key_of, stand.sent()))
    mails = Counter[tuple[str, ...]]({("mail twice", key): times - 1 for key, times in sent.items() if times > 1})
    for key, state in claimed.items():
        if state is EffectState.DONE and key not in sent:
            mails[("mail lost", key)] = 1
        if state not in {EffectState.DONE, EffectState.UNCERTAIN}:
            mails[("mail forgotten", key)] = 1
    doubtful = sum(state is EffectState.UNCERTAIN for state in claimed.values())
    return Found(Counter([*_standing(plant), *_left(stand)]) + mails, len(sent), doubtful)


def _standing(plant: PlantFolder) -> Iterator[tuple[str, ...]]:
    for row in plant.rows():
        yield ("row", *(str(row[name]) for name in _CELLS))
    for folder in (plant.share / "客诉资料", plant.share / "待归属"):
        for path in folder.rglob("*"):
            if path.is_file() and ("附件" in path.parts or folder.name == "待归属"):
                name = path.relative_to(plant.share).as_posix() if folder.name == "客诉资料" else folder.name
                yield ("file", name, hashlib.sha256(path.read_bytes()).hexdigest())
    for path in plant.root.rglob("*"):
        if path.name.endswith((".tmp", ".part", ".new")):
            yield ("left behind", path.name)


def _left(stand: Stand) -> Iterator[tuple[str, ...]]:
    for _, raw in stand.mailbox.fetch():
        yield ("mail left", hashlib.sha256(raw).hexdigest())


def _key_of(raw: bytes) -> str:
    """The key in the Message-ID that we gave a mail; another one has none."""
    match = re.search(rb"^Message-ID:\s*<kesu\.([0-9a-f]+)@", raw, re.MULTILINE | re.IGNORECASE)
    return match[1].decode() if match else ""


def lost(found: Found, undisturbed: Found) -> Counter[tuple[str, ...]]:
    """What an undisturbed run has and this one has not."""
    return undisturbed.things - found.things


def surplus(found: Found, undisturbed: Found) -> Counter[tuple[str, ...]]:
    """What this run has more than an undisturbed one: something twice, or left behind."""
    return found.things - undisturbed.things
