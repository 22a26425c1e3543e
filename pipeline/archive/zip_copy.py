"""The archive as one .zip beside its folder: stored, not compressed, since photos and videos do not shrink."""

from __future__ import annotations

import os
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

from pipeline.archive.copying import CHUNK
from pipeline.files.atomic import sync_folder, temporary_for

_ZIP64_FROM = 1 << 31


def zip_beside(bag: Path, now: datetime) -> Path:
    """Write ``<bag>.zip`` with the bag as its one top folder (RFC 8493, 4), stamped ``now``; idempotent, crash-safe.

    One that stands already is left alone: it was renamed into place only when it was whole.
    """
    target = bag.with_name(f"{bag.name}.zip")
    if target.exists():
        return target
    temporary = temporary_for(target)
    stamp = (max(now.year, 1980), now.month, now.day, now.hour, now.minute, now.second // 2 * 2)
    with temporary.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
            for path in sorted(path for path in bag.rglob("*") if path.is_file()):
                member = zipfile.ZipInfo(f"{bag.name}/{path.relative_to(bag).as_posix()}", stamp)
                member.create_system = 0  # else Windows and Linux would write different bytes
                size = path.stat().st_size
                with path.open("rb") as source, package.open(member, "w", force_zip64=size >= _ZIP64_FROM) as sink:
                    shutil.copyfileobj(source, sink, CHUNK)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    sync_folder(target.parent)
    return target
