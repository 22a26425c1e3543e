"""The port ``MailStore``: mails taken in, one file each on the local disk, as they came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pipeline.files.at_once import at_once
from pipeline.files.atomic import sync_folder, write_if_changed
from schemas.errors import MailNotKept

_DIGEST = re.compile(r"[0-9a-f]{16,64}")


class FolderMailStore:
    """Mails below a folder of the state directory; names are digests of our own making."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, mails: Mapping[str, bytes]) -> None:
        """Keep mails by digest; all on the disk before it returns. Idempotent."""
        files = [(self._path(digest), raw) for digest, raw in mails.items()]
        if any(at_once(lambda file: write_if_changed(*file, settle=False), files)):
            sync_folder(self._folder)

    def read(self, digest: str) -> bytes:
        """A kept mail. Raises ``MailNotKept``."""
        try:
            return self._path(digest).read_bytes()
        except FileNotFoundError as error:
            raise MailNotKept(digest) from error

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise MailNotKept(digest)
        return self._folder / f"{digest}.eml"
