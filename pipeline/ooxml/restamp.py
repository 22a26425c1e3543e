"""Give every member of an Office package one time stamp, so that equal content gives equal bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime


def restamped(package: bytes, now: datetime) -> bytes:
    """The same members, deflated, all stamped ``now``; in the order in which they stand."""
    final = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(final, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, (max(now.year, 1980), *now.timetuple()[1:6]))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0  # else Windows and Linux would write different bytes
            target.writestr(member, source.read(name))
    return final.getvalue()
