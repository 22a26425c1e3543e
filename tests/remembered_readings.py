"""The same workbook is read by a child process once in a bench and its forks, by its content."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.ledger import repeated_reading
from pipeline.ledger.workbook_process import TIME_LIMIT, RawSheet, ReadingProcess


def remember_readings(patch: pytest.MonkeyPatch) -> None:
    """Let every pass take over what an earlier one, or one before the fork, read in a workbook of the same content."""
    read: dict[str, tuple[RawSheet, ...]] = {}

    class Remembering:
        """A process that starts when there is something new to read."""

        def close(self) -> None:
            """Nothing waits to be told what to read."""

        def read(self, local: Path, shown: Path, time_limit: float = TIME_LIMIT) -> tuple[RawSheet, ...]:
            """As `ReadingProcess.read`."""
            content = hashlib.blake2b(local.read_bytes()).hexdigest()
            if content not in read:
                read[content] = ReadingProcess().read(local, shown, time_limit)
            return read[content]

    patch.setattr(repeated_reading, "ReadingProcess", Remembering)
