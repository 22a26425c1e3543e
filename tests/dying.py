"""Kills a process before its n-th operation that anything outside could notice: files, commits, exchanges with servers.

`install` counts from where it is called: files opened for writing, half written, synced, renamed, linked or removed,
folders made, transactions committed, octets sent to a server or received from it. Dying before an operation is dying
after the one before it, so that every state between two operations is met. What SQLite does within a commit is left to
SQLite.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import socket
import ssl
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, event

T = TypeVar("T")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_ON_FILES = {"os.rename": "rename", "os.link": "link", "os.remove": "remove", "os.mkdir": "make folder",
             "os.rmdir": "remove folder", "os.truncate": "truncate", "os.chmod": "change mode"}


def die() -> None:
    """End at once, as by ``kill -9``: no handler, no ``finally``, no flush."""
    if sys.platform == "win32":
        os._exit(9)
    os.kill(os.getpid(), signal.SIGKILL)


def die_with_children() -> None:
    """As by a power cut: a process that sends through Exchange goes as well; for one `in_a_process`."""
    if sys.platform == "win32":
        os._exit(9)
    os.killpg(0, signal.SIGKILL)


@dataclass
class Countdown:
    """Names the operations as they come and dies before number ``point``, counted from 1; 0 only counts."""

    point: int
    die: Callable[[], None] = die
    names: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> bool:
        """Whether this operation is the one: dies unless the operation wants to do it half first."""
        self.names.append(name)
        return len(self.names) == self.point

    def before(self, name: str) -> None:
        """An operation is about to happen."""
        if self(name):
            self.die()


def install(point: int, die_now: Callable[[], None] = die) -> Countdown:
    """Count in this process from now on; for a process that ends afterwards, since audit hooks stay."""
    countdown = Countdown(point, die_now)
    _watch_files(countdown)
    _watch_contents(countdown)
    event.listen(Engine, "commit", lambda _connection: countdown.before("commit"))
    for owner in (socket.socket, ssl.SSLSocket):
        for name in ("send", "sendall", "recv", "recv_into"):
            if name in vars(owner):
                _wrap(owner, name, countdown)
    # inherited from C, and the way that files of a socket read
    for name in ("send", "sendall", "recv", "recv_into"):
        if name not in vars(socket.socket):
            _wrap(socket.socket, name, countdown)
    return countdown


def _wrap(owner: type, name: str, countdown: Countdown) -> None:
    original: Callable[..., Any] = getattr(owner, name)
    said = "send" if name.startswith("send") else "receive"

    def counted(*arguments: Any, **named: Any) -> Any:
        countdown.before(said)
        return original(*arguments, **named)

    setattr(owner, name, counted)


def _watch_files(countdown: Countdown) -> None:
    def seen(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open":
            path, mode, flags = arguments
            if isinstance(path, str | bytes | Path) and _is_file(path) and (flags or 0) & _WRITES:
                countdown.before(f"open {mode or 'fd'} {_short(path)}")
        elif name in _ON_FILES:
            countdown.before(f"{_ON_FILES[name]} {_short(arguments[0])}")

    synced = os.fsync

    def sync(handle: int) -> None:
        countdown.before("sync")
        synced(handle)

    os.fsync = sync  # type: ignore[assignment]  # handles are numbers here
    sys.addaudithook(seen)


def _is_file(path: str | bytes | Path) -> bool:
    return not os.fsdecode(path).startswith("/dev/")


def _short(path: object) -> str:
    return Path(os.fsdecode(path)).name if isinstance(path, str | bytes | os.PathLike) else ""


def _watch_contents(countdown: Countdown) -> None:
    """Files opened with "wb" may be left half written."""
    opened = io.open

    class HalfWritten(io.BufferedWriter):
        def write(self, content: Any) -> int:
            if countdown("write"):
                super().write(bytes(content)[: len(content) // 2])
                self.flush()
                countdown.die()
            return super().write(content)

    def replacement(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if mode == "wb":
            return HalfWritten(io.FileIO(file, "wb"))
        return opened(file, mode, *arguments, **named)

    io.open = replacement


def in_a_process(work: Callable[[], T]) -> Callable[[], T | None]:
    """Start ``work`` in a process of its own, whose group is its own; the result waits: None when it was killed."""
    if sys.platform == "win32":
        message = "processes are not forked there"
        raise RuntimeError(message)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            os.close(reading)
            with os.fdopen(writing, "wb") as answers:
                pickle.dump(work(), answers)
            status = 0
        except BaseException:
            traceback.print_exc()  # nobody above may see it: that is the parent's code
            raise
        finally:
            os._exit(status)
    os.close(writing)

    def result() -> T | None:
        with os.fdopen(reading, "rb") as answers:
            told = answers.read()
        status = os.waitpid(child, 0)[1]
        if status == signal.SIGKILL:
            return None
        assert status == 0, f"the process ended with {status}"
        answer: T = pickle.loads(told)  # noqa: S301 - written by the child above
        return answer

    return result


def sender_dies(point: int) -> None:
    """Have the process that sends through Exchange count, and take the one that ordered it along."""
    original = subprocess.Popen

    def started(command: list[str], **named: Any) -> Any:
        if command[-1] == "pipeline.mailbox.exchange_child":
            command = [sys.executable, "-m", "tests.dying_sender", str(point)]
        return original(command, **named)

    subprocess.Popen = started  # type: ignore[misc,assignment]  # the point of this process
