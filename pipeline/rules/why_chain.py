"""The why chain of one path as it was typed in the ledger, in the 8D, or partly in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.rules.cause_wording import folded, is_answer
from schemas.case import Case
from schemas.rows import Why
from schemas.values import CausePath

_LAST = 99


@dataclass(frozen=True, slots=True)
class Link:
    """One question and answer; ``typed_step`` is 第几问 as typed, ``where`` the sheet and row, or the 8D."""

    typed_step: int | None
    question: str
    answer: str
    where: str

    @property
    def is_answered(self) -> bool:
        """Whether anything was found out here."""
        return is_answer(self.answer)


@dataclass(frozen=True, slots=True)
class Chain:
    """All links of one path in order; ``differing`` the steps that ledger and 8D answer differently."""

    path: CausePath
    links: tuple[Link, ...]
    differing: tuple[int, ...] = ()

    @property
    def answered(self) -> tuple[Link, ...]:
        """The links that hold an answer."""
        return tuple(link for link in self.links if link.is_answered)

    def step(self, link: Link) -> int:
        """The number by which people speak of a link: 第几问 as typed, else its position."""
        return link.typed_step if link.typed_step is not None else self.links.index(link) + 1


def _link(why: Why, where: str) -> Link:
    return Link(why.step, why.question or "", why.answer or "", where)


def _in_ledger(case: Case, path: CausePath) -> Iterator[Link]:
    for row in case.rows.whys:
        why = row.record
        if why.path is path and (why.question or why.answer):  # pre-printed rows hold only the path and number
            yield _link(why, f"“{row.place.sheet}”第{row.place.row}行")


def chain_of(case: Case, path: CausePath, extra: Sequence[Why] = ()) -> Chain:
    """The chain of one path; the ledger's answer counts first, ``extra`` (whys of the 8D) adds what is not in it.

    A step answered in both with different words keeps the ledger's answer and is listed in ``differing``.
    """
    links = list(_in_ledger(case, path))
    differing: list[int] = []
    for why in extra:
        if why.path is not path or not (why.question or why.answer):
            continue
        added = _link(why, "8D")
        same_step = next((link for link in links if why.step is not None and link.typed_step == why.step), None)
        if same_step is None:
            if all(folded(added.answer) != folded(link.answer) or not added.answer for link in links):
                links.append(added)
        elif not same_step.is_answered:
            links[links.index(same_step)] = added
        elif added.is_answered and folded(added.answer) != folded(same_step.answer) and why.step is not None:
            differing.append(why.step)
    ordered = sorted(links, key=lambda link: link.typed_step if link.typed_step is not None else _LAST)
    return Chain(path, tuple(ordered), tuple(differing))
