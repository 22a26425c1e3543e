"""Incoming mail end to end over real protocols: rows, files, threads, quarantine; put aside only after the commit."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.app import open_site
from pipeline.journal.store import SqlJournal
from pipeline.site import Site
from pipeline.tick import tick
from schemas.intake import IgnoredMail, KnownMail
from schemas.mail_ports import Mailbox
from tests.contract.mail_site import plant_of
from tests.contract.mailbox_stands import ADAPTERS, Servers, Stand
from tests.functional.plant_folder import PlantFolder
from tests.functional.test_intake import CUSTOMER, PHOTO
from tests.killed_intake import BROKEN
from tests.mail_clients import foxmail, netease, qq

BY_NAME = {adapter.name: adapter for adapter in ADAPTERS if adapter.name != "folder"}
REPLY = replace(CUSTOMER, subject="补充照片", lines=["见附件"], message_id="second@xinghe.example.com",
                in_reply_to=CUSTOMER.message_id, files=[("补充.jpg", PHOTO + b"2")])
STRANGER = replace(CUSTOMER, address="x@elsewhere.example", message_id="stranger@elsewhere.example")


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-26T{time}+08:00")


def plant_with_customers(root: Path) -> PlantFolder:
    plant = plant_of(root)
    plant.configure(address_book="{星河汽车: {senders: [xinghe.example.com], engineer: 周启航}}", digest="false")
    return plant


@contextmanager
def site_on(plant: PlantFolder, mailbox: Mailbox, time: str) -> Iterator[Site]:
    """The plant's site on another mailbox."""
    with open_site(plant.config, at(time), quiet_seconds=0) as opened:
        yield replace(opened.site, mailbox=mailbox)


def passed(plant: PlantFolder, stand: Stand, *times: str, step: Callable[[str], None] = lambda _name: None) -> None:
    for time in times:
        with site_on(plant, stand.mailbox, time) as site:
            tick(site, at(time), rehearsal=True, step=step)


def inbox(stand: Stand) -> list[bytes]:
    return sorted(raw for _, raw in stand.mailbox.fetch())


@pytest.mark.parametrize("adapter", list(BY_NAME))
def test_from_the_server_to_row_folder_and_thread(adapter: str, servers: Servers, tmp_path: Path) -> None:
    plant, stand = plant_with_customers(tmp_path), BY_NAME[adapter].build(servers, tmp_path)
    for name, raw in (("1", foxmail(CUSTOMER)), ("2", BROKEN), ("3", netease(STRANGER))):
        stand.deliver(name, raw)
    seen: list[int] = []
    passed(plant, stand, "08:05", step=lambda name: seen.append(len(inbox(stand))) if name == "recorded" else None)
    assert seen == [3]  # what was planned is recorded, and no mail has been moved yet
    assert inbox(stand) == [netease(STRANGER)]
    (row,) = plant.rows()
    assert (row["产品编号"], row["不良数量"], row["状态"]) == ("CW-2217", 3, "待确认")
    (aside,) = (plant.share / "待归属" / "无法识读").iterdir()
    assert aside.read_bytes() == BROKEN
    stand.deliver("4", qq(REPLY))
    stand.deliver("5", foxmail(CUSTOMER))  # once more
    passed(plant, stand, "08:06", "08:20", "08:21")
    assert inbox(stand) == [netease(STRANGER)]
    assert len(plant.rows()) == 1
    photos = {name.rpartition(" ")[2] for name in plant.files("*.jpg")}
    assert photos == {"不良照片.jpg", "补充.jpg"}
    letters = sorted(path.read_bytes() for path in plant.share.rglob("*来信*.eml"))
    assert letters == sorted([foxmail(CUSTOMER), qq(REPLY)])


def die(_name: str = "") -> None:
    if sys.platform == "win32":
        raise RuntimeError("processes are not forked there")
    os.kill(os.getpid(), signal.SIGKILL)


def die_after_remembering() -> None:
    """Make the process die when a taken mail is remembered, before the mailbox hears of it."""
    original = SqlJournal.record_mails

    def fatal(
        self: SqlJournal, taken: Sequence[KnownMail], ignored: Sequence[IgnoredMail], now: datetime
    ) -> None:
        original(self, taken, ignored, now)
        if taken:
            die()

    SqlJournal.record_mails = fatal  # type: ignore[method-assign]  # the point of this process


def killed(plant: PlantFolder, stand: Stand, time: str, prepare: Callable[[], None], last: str) -> None:
    """A pass in a process of its own that dies on the way."""
    if sys.platform == "win32":
        raise RuntimeError("processes are not forked there")
    child = os.fork()
    if child == 0:
        prepare()
        passed(plant, stand, time, step=lambda name: die() if name == last else None)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def waiting(stand: Stand) -> int:
    """How many mails the mailbox shows, asked in a process of its own: TLS connections must not outlive a fork."""
    if sys.platform == "win32":
        raise RuntimeError("processes are not forked there")
    child = os.fork()
    if child == 0:
        os._exit(len(inbox(stand)))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked here")
@pytest.mark.parametrize("adapter", list(BY_NAME))
def test_killed_between_commit_and_putting_aside(adapter: str, servers: Servers, tmp_path: Path) -> None:
    plant, stand = plant_with_customers(tmp_path), BY_NAME[adapter].build(servers, tmp_path)
    stand.deliver("1", foxmail(CUSTOMER))
    killed(plant, stand, "08:05", die_after_remembering, "")
    assert waiting(stand) == 1
    assert plant.rows() == []
    killed(plant, stand, "08:06", lambda: None, "effected")  # put aside, and the outcome not committed
    assert waiting(stand) == 0
    stand.deliver("2", foxmail(CUSTOMER))
    passed(plant, stand, "08:07", "08:08", "08:20", "08:21")
    assert inbox(stand) == []
    assert len(plant.rows()) == 1
    assert len(plant.files("*.eml")) == 1
