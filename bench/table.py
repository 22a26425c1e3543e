"""Which rows the comparison has, and the running of them; a row's module is imported when its turn comes."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator

from bench.row import Row, Scale

#: Name on the command line → module with ``rows(scale)`` (or another function behind a colon), in table order.
ROWS = {
    "reading": "bench.reading",
    "reading-large": "bench.reading:large_rows",
    "passes": "bench.passes",
    "passes-large": "bench.passes:large_rows",
    "growth": "bench.growth:ledgers",
    "journal": "bench.growth:journals",
    "patch": "bench.patch",
    "documents": "bench.documents",
    "deck": "bench.deck",
    "archive": "bench.archive",
    "mails": "bench.mails",
    "startup": "bench.startup",
    "first-use": "bench.prefill",
}

Rows = Callable[[Scale], Iterable[Row]]


class NoSuchRow(Exception):
    """A name on the command line stands for no row."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no row {name!r}; there are {', '.join(ROWS)}")


def rows_of(name: str) -> Rows:
    """The function that measures the rows of this name; raises `NoSuchRow`."""
    if name not in ROWS:
        raise NoSuchRow(name)
    module, _, function = ROWS[name].partition(":")
    rows: Rows = getattr(importlib.import_module(module), function or "rows")
    return rows


def measured(names: Iterable[str], scale: Scale) -> Iterator[tuple[str, Row]]:
    """Measure what was asked for, row by row, each with the name it belongs to."""
    for name in names:
        for row in rows_of(name)(scale):
            yield name, row
