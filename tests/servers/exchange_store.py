"""One mailbox as Exchange keeps it, shared by the Graph and the EWS test server.

It follows what was measured on real servers: a message that is sent or moved gets another id, X- header fields of a
created message are gone unless set as properties as well, a Message-ID stays, and submitting needs the draft by its id.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass, field

_X_FIELDS = re.compile(rb"(?mi)^X-[^\n]*\n(?:[ \t][^\n]*\n)*")
_MESSAGE_ID = re.compile(rb"(?mi)^Message-ID:\s*(<[^>\r\n]+>)")
_SUBJECT = re.compile(rb"(?mi)^Subject:\s*([^\r\n]*)")
DISTINGUISHED = ("inbox", "drafts", "sentitems", "outbox", "deleteditems")


class ItemMissing(KeyError):
    """No item has this id: it was never there, was deleted, moved or sent."""


@dataclass
class Item:
    """One message in a folder; ``change_key`` changes with every change of it."""

    item_id: str
    folder: str
    mime: bytes
    properties: dict[str, str] = field(default_factory=dict)
    change_key: int = 1

    @property
    def message_id(self) -> str:
        """The Message-ID of its header, with angle brackets."""
        found = _MESSAGE_ID.search(self.mime)
        return found[1].decode() if found else ""

    @property
    def subject(self) -> str:
        """The Subject as it stands in the header."""
        found = _SUBJECT.search(self.mime)
        return found[1].decode("ascii", "replace") if found else ""


@dataclass
class Store:
    """The mailbox, what really left it, and how the server treats coming requests.

    ``next_send`` holds for each coming submission one of ``busy`` (refused), ``taken_then_503``, ``dropped_reply``;
    ``orders`` what holds for every request until taken back: ``busy``, ``slow_bytes``, ``expired_token``. ``created``
    counts items and folders, whose ids are made of it.
    """

    items: dict[str, Item] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=lambda: {name: name for name in DISTINGUISHED})  # id -> name
    delivered: list[bytes] = field(default_factory=list)
    next_send: deque[str] = field(default_factory=deque)
    orders: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    created: int = 0

    def new_id(self) -> str:
        """An id nobody had before, with the characters that real ones have."""
        return f"AAMkAD/{self._next():05d}+x="

    def _next(self) -> int:
        self.created += 1
        return self.created

    def receive(self, mime: bytes, folder: str = "inbox") -> Item:
        """A mail arrives."""
        with self.lock:
            item = Item(self.new_id(), folder, mime)
            self.items[item.item_id] = item
            return item

    def create(self, mime: bytes, folder: str = "drafts") -> Item:
        """A client makes a draft from MIME."""
        return self.receive(_X_FIELDS.sub(b"", mime), folder)

    def get(self, item_id: str) -> Item:
        """The item with this id; ``ItemMissing``."""
        try:
            return self.items[item_id]
        except KeyError:
            raise ItemMissing(item_id) from None

    def move(self, item_id: str, folder: str) -> Item:
        """Move an item, which gives it another id."""
        with self.lock:
            item = self.get(item_id)
            del self.items[item_id]
            item.item_id, item.folder, item.change_key = self.new_id(), folder, item.change_key + 1
            self.items[item.item_id] = item
            return item

    def delete(self, item_id: str) -> None:
        """Delete an item for good; ``ItemMissing``."""
        with self.lock:
            self.get(item_id)
            del self.items[item_id]

    def submit(self, item_id: str) -> None:
        """Send a draft: it leaves, and its copy stands among the sent ones."""
        with self.lock:
            item = self.get(item_id)
            if item.folder != "drafts":
                raise ItemMissing(item_id)
            self.delivered.append(item.mime)
            self.move(item_id, "sentitems")

    def within(self, folder: str) -> list[Item]:
        """The items of a folder, oldest first."""
        with self.lock:
            return [item for item in self.items.values() if item.folder == folder]

    def folder_named(self, name: str) -> str | None:
        """The id of the folder with this name."""
        return next((folder_id for folder_id, known in self.folders.items() if known == name), None)

    def make_folder(self, name: str) -> str:
        """Make a folder; returns its id."""
        with self.lock:
            folder_id = f"folder/{self._next()}="
            self.folders[folder_id] = name
            return folder_id
