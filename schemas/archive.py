"""The month's archive for marketing: what goes into it, and what a complaint's folder is expected to hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Expected:
    """A paper that has to lie in a complaint's folder.

    ``patterns`` are shell patterns over the path relative to the folder, any of which is enough; ``person`` owes it.
    """

    what: str
    patterns: tuple[str, ...]
    person: str

    def is_among(self, paths: Collection[str]) -> bool:
        """Whether one of the files is such a paper; ``paths`` are relative to the folder, with ``/``."""
        return any(fnmatchcase(path, pattern) for path in paths for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Owing:
    """One line of the list of what is missing, and who owes it."""

    what: str
    person: str


@dataclass(frozen=True, slots=True)
class ArchivedCase:
    """One complaint: its folder (relative to the share, "" when there is none) and its line in the index.

    ``facts`` go from the index's heading to the text that stands under it; ``owing`` is what the ledger says is
    missing, ``expected`` what is looked for in the folder when the archive is made, ``internal`` the shell patterns of
    the names that stay within the plant.
    """

    number: str
    folder: str
    facts: Mapping[str, str]
    owing: tuple[Owing, ...] = ()
    expected: tuple[Expected, ...] = ()
    internal: tuple[str, ...] = ()
