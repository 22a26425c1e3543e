"""What the servers behind a test stand hold: taken down when they are at rest, put back, compared.

A stand put back is as it was for every client that connects from then on; numbers of items and mails go on where they
stood.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from tests.servers.dovecot import Dovecot
from tests.servers.exchange_store import Store
from tests.servers.smtp import PostOffice

_REST_LIMIT = 30.0  # seconds
_UID = re.compile(r"(\d+) [^:]*:(.+)")
Files = dict[str, bytes]


class Kept(Protocol):
    """A state that was taken down."""

    def put_back(self) -> None:
        """Let the servers hold this again."""

    def seen(self) -> object:
        """What a client can tell apart, as text: equal for states that are the same to every client."""


@dataclass(frozen=True)
class Rest:
    """Waits until no server of this process has a client any more: each has a thread for every connection."""

    threads: frozenset[threading.Thread] = field(default_factory=lambda: frozenset(threading.enumerate()))

    def wait(self, busy: Callable[[], bool] = lambda: False) -> None:
        """Until every thread since ended and nothing else is ``busy``; raises TimeoutError."""
        deadline = time.monotonic() + _REST_LIMIT
        while not self.threads.issuperset(threading.enumerate()) or busy():
            if time.monotonic() > deadline:
                raise TimeoutError("a server still has a client")
            time.sleep(0.002)


@dataclass(frozen=True)
class KeptFolders:
    """The files of mailbox folders."""

    folders: tuple[Path, ...]
    files: tuple[Files, ...]

    def put_back(self) -> None:
        """Every file, and no other."""
        for folder, files in zip(self.folders, self.files, strict=True):
            _write(folder, files)

    def seen(self) -> object:
        """Names and contents."""
        return self.files


def keep_folders(*folders: Path) -> KeptFolders:
    """The files of mailbox folders, which need no rest."""
    return KeptFolders(folders, tuple(_read(folder) for folder in folders))


@dataclass(frozen=True)
class KeptStore:
    """The items of an Exchange mailbox and what left it."""

    store: Store
    copy: Store

    def put_back(self) -> None:
        """The items, folders and numbers; connections and tokens are the server's."""
        with self.store.lock:
            _take_over(self.copy, self.store)

    def seen(self) -> object:
        """The items with their ids, and what was delivered."""
        return self.copy.items, self.copy.folders, self.copy.delivered, self.copy.created


def keep_store(store: Store, rest: Rest) -> KeptStore:
    """What the mailbox holds once nobody speaks to it."""
    rest.wait()
    copy = Store()
    _take_over(store, copy)
    return KeptStore(store, copy)


def _take_over(source: Store, target: Store) -> None:
    target.items = {key: replace(item, properties=dict(item.properties)) for key, item in source.items.items()}
    target.folders, target.delivered = dict(source.folders), list(source.delivered)
    target.next_send, target.created = deque(source.next_send), source.created


@dataclass(frozen=True)
class KeptMaildir:
    """A user's mail at the IMAP server, and what the SMTP server took."""

    imap: Dovecot
    user: str
    office: PostOffice
    files: Files
    taken: tuple[tuple[bytes, tuple[str, list[str]]], ...]

    def put_back(self) -> None:
        """The server's own files as well: numbers of mails and their validity stay."""
        _write(self.imap.maildir(self.user), self.files)
        self.imap.hand_over(self.user)
        self.office.taken[:] = [content for content, _ in self.taken]
        self.office.envelopes[:] = [envelope for _, envelope in self.taken]

    def seen(self) -> object:
        """By folder the number, flags and content of each mail, and what was taken."""
        return sorted(self._mails()), self.taken

    def _mails(self) -> Iterator[tuple[str, str, str, bytes]]:
        numbers = {name: number for path, content in self.files.items() if path.endswith("dovecot-uidlist")
                   for number, name in _UID.findall(content.decode("utf-8"))}
        for path, content in self.files.items():
            folder, _, name = path.rpartition("/")
            if name and folder.rpartition("/")[2] in {"cur", "new"}:
                bare, _, flags = name.partition(":")
                yield folder, numbers.get(bare, ""), flags, content


def keep_maildir(imap: Dovecot, user: str, office: PostOffice, others: frozenset[str], rest: Rest) -> KeptMaildir:
    """What both servers hold once nobody but the ``others``, sessions from before, speaks to them."""
    rest.wait(lambda: bool(imap.sessions() - others or office.sessions))
    taken = tuple(zip(office.taken, office.envelopes, strict=True))
    return KeptMaildir(imap, user, office, _read(imap.maildir(user)), taken)


def _read(folder: Path) -> Files:
    """Every file, and by a name that ends in a slash every folder: an IMAP server misses an empty one."""
    return {path.relative_to(folder).as_posix() + "/" * path.is_dir(): b"" if path.is_dir() else path.read_bytes()
            for path in sorted(folder.rglob("*"))}


def _write(folder: Path, files: Files) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():  # folders come before what is in them
        if name.endswith("/"):
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content)
