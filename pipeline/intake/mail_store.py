"""The port ``MailStore``: mails taken in, one file each on the local disk, as they came."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.files.atomic import write_if_changed
from schemas.errors import MailNotKept

_DIGEST = re.compile(r"[0-9a-f]{16,64}")


class FolderMailStore:
    """Mails below a folder of the state directory; names are digests of our own making."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, digest: str, raw: bytes) -> None:
        """Keep a mail; on the disk before it returns. Idempotent."""
        write_if_changed(self._path(digest), raw)

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
