"""Races savers against our write-back on one file and looks for every edit afterwards.

Usage: python -m bench.share_races [RACES] [--samba]. Two savers: as Excel (temporary file, delete, rename) and in
place (open, write over, close). Without ``--samba`` they work on the disk; with it they come in through SMB
(smbprotocol) to a smbd on loopback that serves the folder, while our write-back works on the folder itself, as on the
file server. After each race the saver's edit must stand in the ledger, or in a backup that the review reports. Exit
code 1 otherwise.
"""

from __future__ import annotations

import argparse
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path

from pipeline.files.atomic import sha256_of
from pipeline.files.backups import FOLDER, Backups, backup_for
from pipeline.files.swap import repair, swap
from schemas.errors import KesuError

NAME = "台账.xlsx"
PADDING = b"x" * 60_000


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


PORT = _free_port()  # two runs on one machine would meet at a fixed one
Saver = Callable[[Path, bytes, float], bool]


def excel_on_disk(target: Path, content: bytes, pause: float) -> bool:
    """Save as Excel does; True when the save came through."""
    temporary = target.with_name("A1B2C3D4.tmp")
    temporary.write_bytes(content)
    time.sleep(pause)
    target.unlink(missing_ok=True)
    time.sleep(pause)
    temporary.replace(target)
    return True


def in_place_on_disk(target: Path, content: bytes, pause: float) -> bool:
    """Write over the file through a handle opened before; True when the save came through."""
    try:
        with target.open("r+b", buffering=0) as file:
            time.sleep(pause)
            file.write(content)
            file.truncate()
    except FileNotFoundError:
        return False  # gone for the moment: the program tells its person, who saves again
    return True


def on_share(name: str) -> str:
    """The path of a file of the folder that smbd serves."""
    return rf"\\127.0.0.1\share\{name}"


def excel_over_smb(target: Path, content: bytes, pause: float) -> bool:
    """The same through SMB; a refusal is the program's to tell its person."""
    import smbclient
    from smbprotocol.exceptions import SMBException

    with smbclient.open_file(on_share("A1B2C3D4.tmp"), mode="wb", port=PORT) as file:
        file.write(content)
    time.sleep(pause)
    try:
        smbclient.remove(on_share(target.name), port=PORT)
    except FileNotFoundError:
        time.sleep(pause)  # taken away already: the name is free
    except (OSError, SMBException):
        return False
    try:
        smbclient.rename(on_share("A1B2C3D4.tmp"), on_share(target.name), port=PORT)
    except (OSError, SMBException):
        return False
    return True


def in_place_over_smb(target: Path, content: bytes, pause: float) -> bool:
    """The same through SMB, others may read and delete meanwhile."""
    import smbclient
    from smbprotocol.exceptions import SMBException

    try:
        with smbclient.open_file(on_share(target.name), mode="r+b", buffering=0, share_access="rd", port=PORT) as file:
            time.sleep(pause)
            file.write(content)
            file.truncate(len(content))
    except (OSError, SMBException):
        return False
    return True


def race(folder: Path, saver: Saver, number: int, dice: random.Random) -> tuple[str, str]:
    """One race: what became of our write-back, and what is wrong ("" when nothing)."""
    target, ours = folder / NAME, folder.parent / "ours.xlsx"
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    for path in folder.iterdir():
        path.unlink()
    old, edit = b"PK old %d " % number + PADDING, b"PK edit %d " % number + PADDING
    target.write_bytes(old)
    ours.write_bytes(b"PK ours %d " % number + PADDING)
    digest = sha256_of(target)
    backup = backup_for(target, digest)
    saved: list[bool] = []
    pause, lead = dice.uniform(0, 0.004), dice.uniform(-0.004, 0.006)

    def save() -> None:
        time.sleep(max(0.0, lead))
        saved.append(saver(target, edit, pause))

    thread = threading.Thread(target=save)
    thread.start()
    time.sleep(max(0.0, -lead))
    try:
        swap(target, ours, digest, backup)
        outcome = "written"
    except KesuError as deferred:
        outcome = type(deferred).__name__
    thread.join()
    repair(target, backup)
    late = Backups(target, folder.parent / "known.json").review(date.max, 10**6)
    reported = any(path.read_bytes() == edit for path in late)
    if not target.exists():
        return outcome, "no ledger"
    if not saved:
        return outcome, "the saver broke down"
    held = target.read_bytes()
    if saved == [True] and held != edit and not reported:
        return outcome, "edit lost"
    if held not in {old, edit, ours.read_bytes()}:
        return outcome, "ledger mixed"
    came = "edit in a reported backup" if reported and held != edit else "edit in the ledger"
    return f"{outcome}, {came if saved == [True] else 'save refused'}", ""


@contextmanager
def samba(folder: Path) -> Iterator[None]:
    """A smbd of our own on a high port of loopback, serving the folder to anybody."""
    import smbclient

    # a guest has no key to sign with, and smbd lets anybody in
    smbclient.ClientConfig(username="guest", password="guest", require_secure_negotiate=False)  # noqa: S106 - the guest of a server of our own
    state = folder.parent / "smbd"
    for name in ("private", "lock", "state", "cache", "rpc"):
        (state / name).mkdir(parents=True)
    settings = state / "smb.conf"
    settings.write_text(
        f"[global]\nserver role = standalone server\nsmb ports = {PORT}\ninterfaces = lo\nbind interfaces only = yes\n"
        f"private dir = {state}/private\nlock directory = {state}/lock\nstate directory = {state}/state\n"
        f"cache directory = {state}/cache\npid directory = {state}\nncalrpc dir = {state}/rpc\nlog file = {state}/log\n"
        "map to guest = Bad User\nguest account = root\nload printers = no\ndisable spoolss = yes\n"
        f"[share]\npath = {folder}\nguest ok = yes\nread only = no\n", encoding="utf-8",
    )
    command = ["smbd", "--foreground", "--no-process-group", "-s", str(settings)]
    # a session of its own: a smbd that ends takes its whole process group along, and whoever started this run with it
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for attempt in range(50):
            try:
                smbclient.register_session(
                    "127.0.0.1", username="guest", password="guest", port=PORT, require_signing=False  # noqa: S106 - anybody
                )
                break
            except (OSError, ValueError):
                time.sleep(0.2)
                if attempt == 49:
                    raise
        yield
    finally:
        smbclient.reset_connection_cache()
        process.terminate()
        process.wait()


def run(races: int, *, through_smb: bool) -> int:
    """All races; 0 when no edit was lost."""
    dice, wrong = random.Random(26), 0  # noqa: S311 - for pauses, the same in every run
    with tempfile.TemporaryDirectory(prefix="kesu-races-") as name:
        folder = Path(name).resolve() / "share"
        folder.mkdir()
        savers = (excel_over_smb, in_place_over_smb) if through_smb else (excel_on_disk, in_place_on_disk)
        with samba(folder) if through_smb else nullcontext():
            for saver in savers:
                found = Counter(race(folder, saver, number, dice) for number in range(races))
                wrong += sum(count for (_, bad), count in found.items() if bad)
                print(f"{saver.__name__}: {races} races, {dict(found)}", flush=True)
    print(f"{wrong} edits lost or ledgers spoilt")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("races", nargs="?", type=int, default=1000)
    parser.add_argument("--samba", action="store_true")
    chosen = parser.parse_args()
    sys.exit(run(chosen.races, through_smb=chosen.samba))
