"""Cases and their numbers in the database; every function works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from pipeline.journal.errors import CaseAlreadyNumbered
from pipeline.journal.row_forms import CASE_COLUMNS, case_from, case_row, time_text
from pipeline.journal.tables import cases, numbers
from schemas.errors import NumberTaken
from schemas.memory import KnownCase

_COLUMNS = [cases.c[name] for name in CASE_COLUMNS]
_CHUNK = 500  # parameters of one IN list, below every database's limit


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def all_cases(connection: Connection) -> dict[str, KnownCase]:
    """Every case by id."""
    return {row[0]: case_from(row) for row in connection.execute(select(*_COLUMNS))}


def some_cases(connection: Connection, case_ids: Iterable[str]) -> dict[str, KnownCase]:
    """Some cases by id, in the order of ``case_ids``."""
    found: dict[str, KnownCase] = {}
    for chunk in _chunks(case_ids):
        rows = connection.execute(select(*_COLUMNS).where(cases.c.case_id.in_(chunk)))
        there = {row[0]: case_from(row) for row in rows}
        found.update((case_id, there[case_id]) for case_id in chunk if case_id in there)
    return found


def all_numbers(connection: Connection) -> frozenset[str]:
    """Every number ever seen or reserved."""
    return frozenset(connection.scalars(select(numbers.c.number)))


def holders(connection: Connection, number: str) -> set[str]:
    """The cases that carry a number (a personal and a shared row may carry the same)."""
    carrying = select(cases.c.case_id).where(cases.c.number == number)
    owning = select(numbers.c.case_id).where(numbers.c.number == number, numbers.c.case_id.is_not(None))
    return {*connection.scalars(carrying), *(case_id for case_id in connection.scalars(owning) if case_id)}


def record(connection: Connection, seen: Sequence[KnownCase], also: Iterable[str], now: datetime) -> bool:
    """Insert or update cases and numbers; rows that are already so are not touched. False when nothing changed."""
    known: dict[str, tuple[Any, ...]] = {}
    owned: dict[str, str] = {}
    for chunk in _chunks(case.case_id for case in seen):
        stored = select(*_COLUMNS).where(cases.c.case_id.in_(chunk))
        known.update({row[0]: tuple(row) for row in connection.execute(stored)})
        reserved = select(numbers.c.case_id, numbers.c.number).where(numbers.c.case_id.in_(chunk))
        owned.update({row[0]: row[1] for row in connection.execute(reserved)})
    place = CASE_COLUMNS.index("number")
    new, changed, owners = [], [], dict.fromkeys(also, "")
    for case in seen:
        before = known.get(case.case_id)
        kept = case.number or (before[place] if before else "") or owned.get(case.case_id, "")
        row = case_row(replace(case, number=kept) if kept != case.number else case)
        if kept:
            owners[kept] = case.case_id
        if before is None:
            new.append(dict(zip(CASE_COLUMNS, row, strict=True)))
        elif before != row:
            changed.append({f"new_{name}": value for name, value in zip(CASE_COLUMNS, row, strict=True)})
    if new:
        connection.execute(insert(cases), new)
    if changed:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in CASE_COLUMNS}
        connection.execute(update(cases).where(cases.c.case_id == bindparam("new_case_id")).values(values), changed)
    return _remember(connection, owners, now) or bool(new or changed)


def _remember(connection: Connection, owners: dict[str, str], now: datetime) -> bool:
    owners.pop("", None)
    known: dict[str, str | None] = {}
    for chunk in _chunks(owners):
        stored = select(numbers.c.number, numbers.c.case_id).where(numbers.c.number.in_(chunk))
        known.update({row[0]: row[1] for row in connection.execute(stored)})
    new = [
        {"number": number, "case_id": case_id or None, "seen_at": time_text(now)}
        for number, case_id in owners.items()
        if number not in known
    ]
    claimed = [
        {"claimed": number, "holder": case_id}
        for number, case_id in owners.items()
        if case_id and number in known and known[number] is None
    ]
    if new:
        connection.execute(insert(numbers), new)
    if claimed:
        giving = update(numbers).where(numbers.c.number == bindparam("claimed"))
        connection.execute(giving.values(case_id=bindparam("holder")), claimed)
    return bool(new or claimed)


def reserve(connection: Connection, case_id: str, number: str, now: datetime) -> None:
    """Give a number to a case, for good; raises ``NumberTaken``, ``CaseAlreadyNumbered``."""
    taken = connection.execute(select(numbers.c.case_id).where(numbers.c.number == number)).one_or_none()
    current = connection.scalar(select(cases.c.number).where(cases.c.case_id == case_id)) or connection.scalar(
        select(numbers.c.number).where(numbers.c.case_id == case_id).limit(1)
    )
    if current == number or (taken is not None and taken[0] == case_id):
        return
    if current:
        raise CaseAlreadyNumbered(case_id, current, number)
    if taken is None:
        connection.execute(insert(numbers).values(number=number, case_id=case_id, seen_at=time_text(now)))
    elif taken[0] is None:  # seen, and nobody's: choosing numbers above all seen ones is the rule's business
        connection.execute(update(numbers).where(numbers.c.number == number).values(case_id=case_id))
    else:
        raise NumberTaken(number, taken[0])
    connection.execute(update(cases).where(cases.c.case_id == case_id).values(number=number))


def unnumbered_to_stock(connection: Connection) -> None:
    """Make every case without number stock that a person has to take in (纳入管理) before anything happens to it."""
    connection.execute(update(cases).where(cases.c.number == "").values(managed=0, baseline=1))
