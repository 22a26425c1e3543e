"""Tells a network path from a local one: databases and locks must not live on a share."""

from __future__ import annotations

import re
import sys
from pathlib import Path

if sys.platform == "win32":
    from pipeline.files.windows import is_remote_drive

_NETWORK = re.compile(
    r"cifs|smb\d?|smbfs|nfs\d?|ncpfs|afs|ceph|glusterfs|9p|davfs|lustre|beegfs|gfs2?|"
    r"fuse\.(?:sshfs|gvfsd-fuse|rclone|smbnetfs|glusterfs|ceph|s3fs|davfs2?|juicefs)"
)
_MOUNTS = Path("/proc/mounts")


def is_network_path(path: Path, mounts: str | None = None) -> bool:
    """Whether the path lies on a network file system, also when it does not exist yet.

    On POSIX the longest mount point in ``mounts`` (the text of /proc/mounts, read when None) decides; systems without
    that file count as local. On Windows UNC paths and mapped network drives are network paths.
    """
    resolved = path.resolve()
    if sys.platform == "win32":
        return resolved.drive.startswith("\\\\") or is_remote_drive(f"{resolved.drive}\\")
    if mounts is None:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape") if _MOUNTS.exists() else ""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[1]))
        # a later mount on the same point hides the earlier one
        if resolved.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return _NETWORK.fullmatch(kind) is not None
