"""Dependencies that a planner could forget, each forgotten on purpose: the walk of ``plan_walk`` must notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pipeline.plan import pass_time, planner
from pipeline.plan.outside import Outside, Question
from pipeline.plan.pass_time import Validity
from pipeline.rules.recurrence import EarlierCases
from schemas.case import CaseFiles
from schemas.report import DocumentReading
from schemas.workbook import Row
from tests.plan_walk import EditedTemplates

Break = Callable[[pytest.MonkeyPatch], None]


def _always_equal(kind: type) -> Break:
    return lambda patch: patch.setattr(kind, "__eq__", lambda _self, _other: True)


def _without_register(name: str) -> Break:
    real = Outside.says_still

    def forgetful(outside: Outside, questions: tuple[Question, ...]) -> bool:
        return real(outside, [question for question in questions if question[0] != name])

    return lambda patch: patch.setattr(Outside, "says_still", forgetful)


def _without_contacts(patch: pytest.MonkeyPatch) -> None:
    def same(one: planner.Basis, other: object) -> bool:
        return isinstance(other, planner.Basis) and one.templates == other.templates

    patch.setattr(planner.Basis, "__eq__", same)


BREAKS: dict[str, Break] = {
    "when it is due next": lambda patch: patch.setattr(Validity, "ends", lambda _self, _instant: None),
    "that a day ends": lambda patch: patch.setattr(pass_time, "_DAY", timedelta(days=400)),
    "the contacts": _without_contacts,
    "the files in its folder": _always_equal(CaseFiles),
    "what became of its effects": _without_register("effect"),
    "what stands in its rows": lambda patch: patch.setattr(Row, "__eq__", lambda one, other: one.place == other.place),
    "complaints that are alike": lambda patch: patch.setattr(EarlierCases, "token", lambda _self, _case: 0),
    "the templates": lambda patch: patch.setattr(EditedTemplates, "edition", lambda _self: 0),
    "what people typed into its documents": _always_equal(DocumentReading),
    "what its fields said before": _without_register("trail"),
}
#: Those that the walk notices within seconds; ``bench.plan_walk`` tries all.
QUICK = tuple(BREAKS)[:5]
