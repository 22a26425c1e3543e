"""Times from a save on a Samba share to what people see of it: their cell, the board page, the digest mail.

Usage: python -m bench.feedback [SAVES] [--held 0 50 90]. A smbd of our own (Debian's ``samba``) on loopback serves the
plant's folder; a person saves the ledger through SMB (smbprotocol) as Excel does: owner file, handle that lets others
only read, temporary file, delete, rename; ``kesu run`` works on the folder that smbd serves, with the default poll and
quiet period. Of each 20 seconds the person has the ledger open for the given share. Each save types an amount that the
checks refuse into a numbered row; it is seen when 系统校验 and the board name it. The digest goes out once a day, at a
time set here to the next minutes: told is how long after that time it lies in the outbox, and that it names the last
save. Prints a line for each share of holding.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from bench.share_races import PORT, on_share, samba
from pipeline.commands.init import make_plant
from tests.functional.plant_folder import (
    COMPLAINTS,
    CONTACTS,
    LEDGER,
    PEOPLE,
    PlantFolder,
    complaint,
    headings,
    kesu_process,
)

CYCLE = 20.0      # seconds in which a person opens and closes the ledger once
PATIENCE = 180.0  # seconds after which a save counts as never seen
LOOK = 0.1
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Person:
    """Somebody at Excel on another machine; ``held`` is the share of time for which the ledger is open."""

    held: float
    handle: Any = None
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Owner file first, then a handle beside which others may only read."""
        import smbclient

        with smbclient.open_file(on_share(f"~${LEDGER}"), mode="wb", port=PORT) as owner:
            owner.write(b"\x06Zhou  " + bytes(158))
        self.handle = smbclient.open_file(on_share(LEDGER), mode="r+b", buffering=0, share_access="r", port=PORT)

    def close(self) -> None:
        """The other way round."""
        import smbclient

        if self.handle is not None:
            self.handle.close()
            self.handle = None
            smbclient.remove(on_share(f"~${LEDGER}"), port=PORT)

    def save(self, content: bytes) -> None:
        """Temporary file, delete, rename; the handle is let go for it and taken again, the owner file stays."""
        import smbclient

        with self.lock:
            was_open = self.handle is not None
            if was_open:
                self.handle.close()
            with smbclient.open_file(on_share("A1B2C3D4.tmp"), mode="wb", port=PORT) as file:
                file.write(content)
            smbclient.remove(on_share(LEDGER), port=PORT)
            smbclient.rename(on_share("A1B2C3D4.tmp"), on_share(LEDGER), port=PORT)
            if was_open:
                self.handle = smbclient.open_file(
                    on_share(LEDGER), mode="r+b", buffering=0, share_access="r", port=PORT
                )

    def work(self) -> None:
        """Open and close the ledger until told to stop."""
        while not self.stop.is_set():
            if self.held:
                with self.lock:
                    self._patiently(self.open)
            self.stop.wait(CYCLE * self.held)
            with self.lock:
                self.close()
                self._patiently(self._look)
            self.stop.wait(CYCLE * (1 - self.held))

    def _look(self) -> None:
        """As the file window does; a connection that rests for long is dropped."""
        import smbclient

        smbclient.listdir(on_share(""), port=PORT)

    def _patiently(self, do: Callable[[], None]) -> None:
        """Our swap takes the ledger away for a moment; a person tries again."""
        for _ in range(50):
            try:
                do()
            except OSError:
                time.sleep(LOOK)
            else:
                return
        do()


@dataclass
class Figures:
    """Seconds from each save to cell and board (``inf``: not within PATIENCE), and of the digest after its time."""

    held: float
    cell: list[float] = field(default_factory=list)
    board: list[float] = field(default_factory=list)
    digest: float = float("inf")

    def __str__(self) -> str:
        return (
            f"held open {self.held:.0%}, {len(self.cell)} saves: cell p50 {median(self.cell):.1f} s p95 "
            f"{_p95(self.cell):.1f} s, board p50 {median(self.board):.1f} s p95 {_p95(self.board):.1f} s, "
            f"digest {self.digest:.1f} s after its time"
        )


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def _typed(ledger: Path, amount: str) -> bytes:
    """The ledger as it stands with an amount typed into its first row."""
    book = load_workbook(ledger)
    columns = headings(book[COMPLAINTS])
    book[COMPLAINTS].cell(columns[""] + 1, columns["不良数量"]).value = amount
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _shown(ledger: Path) -> str:
    try:
        book = load_workbook(ledger, read_only=False)
    except (OSError, KeyError, ValueError):
        return ""  # between two renames
    columns = headings(book[COMPLAINTS])
    return str(book[COMPLAINTS].cell(columns[""] + 1, columns["系统校验"]).value or "")


def _seen(plant: PlantFolder, amount: str) -> tuple[float, float]:
    """Seconds from now until cell and board name the amount."""
    saved, page = time.monotonic(), plant.share / "客诉看板.html"
    times: dict[str, float] = {}
    known: dict[str, int] = {}
    looks: dict[str, tuple[Path, Callable[[], bool]]] = {
        "cell": (plant.ledger, lambda: amount in _shown(plant.ledger)),
        "board": (page, lambda: amount in plant.board()),
    }
    while len(times) < 2 and time.monotonic() - saved < PATIENCE:
        for name, (path, is_there) in looks.items():
            stamp = path.stat().st_mtime_ns if path.exists() else 0
            if name not in times and stamp != known.get(name):
                known[name] = stamp
                if is_there():
                    times[name] = time.monotonic() - saved
        time.sleep(LOOK)
    return times.get("cell", float("inf")), times.get("board", float("inf"))


@contextmanager
def _served(root: Path, digest_at: str = "") -> Iterator[PlantFolder]:
    """A plant with numbered rows, kesu run at work on the folder that smbd serves; digests at a time of day or none."""
    plant = PlantFolder(root)
    make_plant(plant.root, None)
    plant.configure(settling_minutes=0, digest="true" if digest_at else "false", quiet_from='"07:00"')
    if digest_at:
        plant.configure(digest_at=f'"{digest_at}"')
    plant.type(CONTACTS, *PEOPLE)
    with samba(plant.share):
        process = kesu_process("run", "-c", plant.config)
        try:
            _wait((plant.share / "客诉看板.html").exists)
            row = complaint(接诉时间="2026-03-05 08:00", 状态="调查")
            plant.type(COMPLAINTS, {**row, "产品名称": "水管"}, {**row, "产品名称": "卡扣"})
            _wait(lambda: all(row["客诉编号"] for row in plant.rows()))
            yield plant
        finally:
            process.kill()
            process.wait()


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > until:
            raise SystemExit("kesu run did not get going")
        time.sleep(LOOK)


@contextmanager
def _at_work(held: float) -> Iterator[Person]:
    person = Person(held)
    working = threading.Thread(target=person.work)
    working.start()
    try:
        yield person
    finally:
        person.stop.set()
        working.join()


def _saved(person: Person, plant: PlantFolder, amount: str) -> None:
    """People save what they have open."""
    while person.held and person.handle is None:
        time.sleep(LOOK)
    person.save(_typed(plant.ledger, amount))


def digest_delay(held: float) -> float:
    """Seconds from the digest's time until a mail with the save of the minute before lies in the outbox."""
    now = datetime.now(ZONE)  # noqa: TID251 - kesu run has a digest of this day by the wall clock
    at = (now + timedelta(seconds=100)).replace(second=0, microsecond=0) + timedelta(minutes=1)
    with tempfile.TemporaryDirectory(prefix="kesu-feedback-") as name:
        root = Path(name).resolve() / "plant"
        with _served(root, f"{at:%H:%M}") as plant, _at_work(held) as person:
            left = (at - datetime.now(ZONE)).total_seconds()  # noqa: TID251 - the same clock
            time.sleep(max(0.0, left - 40))
            amount = "约7788多"
            _saved(person, plant, amount)
            until = time.monotonic() + left + PATIENCE
            while time.monotonic() < until:
                bodies = [mail.get_body(("plain",)) for mail in plant.mails()]
                if any(amount in body.get_content() for body in bodies if body is not None):
                    return (datetime.now(ZONE) - at).total_seconds()  # noqa: TID251 - the same clock
                time.sleep(LOOK)
    return float("inf")


def measure(held: float, saves: int) -> Figures:
    """So many saves by a person who has the ledger open for that share of the time."""
    figures, dice = Figures(held), random.Random(26)  # noqa: S311 - for pauses, the same in every run
    with (
        tempfile.TemporaryDirectory(prefix="kesu-feedback-") as name,
        _served(Path(name).resolve() / "plant") as plant, _at_work(held) as person,
    ):
        for number in range(saves):
            time.sleep(dice.uniform(0.2, CYCLE / 2))
            amount = f"约{number}{number + 7}多"
            _saved(person, plant, amount)
            cell, board = _seen(plant, amount)
            figures.cell.append(cell)
            figures.board.append(board)
    figures.digest = digest_delay(held)
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("saves", nargs="?", type=int, default=20)
    parser.add_argument("--held", nargs="*", type=int, default=[0, 50, 90])
    chosen = parser.parse_args()
    for percent in chosen.held:
        print(measure(percent / 100, chosen.saves), flush=True)
    sys.exit(0)
