"""Links from a mail to the share: file addresses that open on a colleague's machine, where the plant names its path."""

from __future__ import annotations

from urllib.parse import quote


def share_link(base: str, path: str, place: str = "") -> str:
    """The ``file:`` address of ``path`` (relative to the share, ``/`` separated); "" while ``base`` is not set.

    ``base`` is the share as colleagues see it: ``\\\\server\\share``, ``Z:\\folder`` or ``/mnt/share``. ``place`` is a
    cell such as ``客诉台账!A12``, which Excel and WPS jump to.
    """
    root = base.strip().replace("\\", "/").rstrip("/")
    if not root:
        return ""
    opening = "file:" if root.startswith("//") else "file:///"
    fragment = f"#{quote(place, safe='!')}" if place else ""
    return f"{opening}{quote(root.lstrip('/') if opening.endswith('///') else root, safe='/:')}/{quote(path)}{fragment}"
