"""The files that our patches replaced: kept for days, hashed again, and reported when somebody saved into one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from pipeline.files.atomic import sha256_of, write_if_changed

FOLDER = ".kesu-备份"  # beside each ledger, on the same file system, as the swap demands
_DIGEST_CHARACTERS = 8


def backup_for(target: Path, sha256: str) -> Path:
    """Where the content with that hash goes when it is replaced: the name says what must stand in it."""
    return target.parent / FOLDER / f"{target.stem}.{sha256[:_DIGEST_CHARACTERS]}{target.suffix}"


@dataclass
class Backups:
    """The backups of one ledger; ``known`` is a local file with the day on which each was first seen.

    Keep one for as long as the process runs: a backup whose size and time stamp stand still is hashed once.
    """

    target: Path
    known: Path
    _checked: dict[str, tuple[int, int]] = field(default_factory=dict)

    def review(self, today: date, keep_days: int) -> tuple[Path, ...]:
        """Remove backups older than ``keep_days`` and give those that somebody saved into after they were replaced.

        A backup that was saved into stays until a person takes it away. Idempotent; raises OSError.
        """
        seen = self._first_seen()
        present = self._present()
        days = {name: seen.get(name, today) for name in present}
        late = []
        for name, digest in present.items():
            backup = self.target.parent / FOLDER / name
            if not self._is_whole(backup, digest):
                late.append(backup)
            elif today - days[name] >= timedelta(days=keep_days):
                backup.unlink(missing_ok=True)
                del days[name]
        if days != seen:
            text = json.dumps({name: day.isoformat() for name, day in sorted(days.items())}, ensure_ascii=False)
            write_if_changed(self.known, text.encode())
        return tuple(sorted(late))

    def _present(self) -> dict[str, str]:
        """Name and expected beginning of the hash ("" for one set aside because it differed) of each backup."""
        stem, suffix = re.escape(self.target.stem), re.escape(self.target.suffix)
        pattern = re.compile(rf"{stem}\.([0-9a-f]{{{_DIGEST_CHARACTERS}}})(-另存\d+)?{suffix}")
        folder = self.target.parent / FOLDER
        names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
        matches = {name: match for name in names if (match := pattern.fullmatch(name))}
        return {name: "" if match[2] else match[1] for name, match in matches.items()}

    def _is_whole(self, backup: Path, digest: str) -> bool:
        if not digest:
            return False
        status = backup.stat()
        signature = status.st_size, status.st_mtime_ns
        if self._checked.get(backup.name) == signature:
            return True
        if not sha256_of(backup).startswith(digest):
            return False
        self._checked[backup.name] = signature
        return True

    def _first_seen(self) -> dict[str, date]:
        try:
            content = json.loads(self.known.read_text(encoding="utf-8"))
            return {name: date.fromisoformat(day) for name, day in content.items()}
        except FileNotFoundError:
            return {}
        except ValueError:
            return {}  # cut short by a crash: the days are counted from today again
