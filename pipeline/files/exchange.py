"""A person's document exchanged for a refreshed one through the safe swap, finished after a crash."""

from __future__ import annotations

from pathlib import Path

from pipeline.files.atomic import make_folder, write_if_changed, write_synced
from pipeline.files.faults import FileInUse
from pipeline.files.swap import repair, swap
from schemas.errors import LedgerInUse

#: Beside the document, like the ledger's: the files that our refreshes replaced.
BACKUPS = ".kesu-备份"


def _marker(target: Path) -> Path:
    """Names the backup of a swap under way, so that a crash between its renames can be finished."""
    return target.parent / BACKUPS / f"{target.name}.swap"


def exchange(target: Path, content: bytes, expected_sha256: str) -> None:
    """Put ``content`` at ``target``, which must still hash to ``expected_sha256``; its former bytes stay as backup.

    Raises FileInUse (somebody has it open), LedgerChanged (saved meanwhile), CellRefused (no safe way); in each case
    the person's document stands at ``target`` as before.
    """
    finish_exchange(target)
    folder = target.parent / BACKUPS
    make_folder(folder, parents=False)
    backup = folder / f"{target.stem}.{expected_sha256[:8]}{target.suffix}"
    prepared, marker = folder / f"{target.name}.new", _marker(target)
    write_synced(prepared, content)
    write_if_changed(marker, backup.name.encode())
    try:
        swap(target, prepared, expected_sha256, backup)
    except LedgerInUse as error:
        raise FileInUse(target, error.by) from error
    finally:
        # after a failure too: the person's document is in place then, and a missing one would be their own save
        prepared.unlink(missing_ok=True)
        marker.unlink(missing_ok=True)


def finish_exchange(target: Path) -> bool:
    """Put the person's document back where a crash left its name empty; True when it was. Idempotent."""
    marker = _marker(target)
    if not marker.is_file():
        return False
    back = repair(target, marker.with_name(marker.read_text(encoding="utf-8")))
    marker.unlink()
    return back
