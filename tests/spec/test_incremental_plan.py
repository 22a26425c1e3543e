"""What a planner takes over from earlier passes never makes a difference: every plan equals one made of everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from pipeline.plan.pass_time import PassTime, Validity
from tests.plan_breaks import BREAKS, QUICK
from tests.plan_walk import walk
from tests.spec.ledger_tables import at

STEPS = 40
NOW = at("2026-11-26T08:00")
AT_ONCE = NOW + datetime.resolution  # the answer holds for this very instant


@pytest.mark.parametrize("seed", [0, 1])
def test_a_plan_that_takes_over_equals_one_made_of_everything(seed: int) -> None:
    found, plant = walk(seed, STEPS)
    assert not found, found
    assert plant.taken_over * 2 > plant.plans, "most cases are taken over, else this shows nothing"


@pytest.mark.parametrize("forgotten", QUICK)
def test_what_a_planner_forgets_is_noticed(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BREAKS[forgotten](monkeypatch)
    assert any(walk(seed, STEPS)[0] for seed in range(6)), "the walk never shows it"


@pytest.mark.parametrize(("used", "until"), [
    (lambda now: now < at("2026-11-26T08:30"), at("2026-11-26T08:30")),
    (lambda now: at("2026-11-26T08:30") <= now, at("2026-11-26T08:30")),
    (lambda now: max(now, at("2026-11-26T08:10")), at("2026-11-26T08:10")),
    (lambda now: now > at("2026-11-25T08:30"), None),
    (lambda now: now >= NOW, AT_ONCE),
    (lambda now: now.date(), at("2026-11-27T00:00")),
    (lambda now: (now.year, now.weekday()), at("2026-11-27T00:00")),
    (lambda now: f"{now:%H:%M}", AT_ONCE),
    (lambda now: now - at("2026-11-26T07:00"), AT_ONCE),
    (lambda now: at("2026-11-26T09:00") - now, AT_ONCE),
    (lambda now: now + timedelta(hours=1), AT_ONCE),
    (lambda now: now.hour, AT_ONCE),
    (lambda now: now.astimezone(), AT_ONCE),
    (lambda now: {now: 1}, AT_ONCE),
    (lambda now: now == at("2026-11-26T09:00"), AT_ONCE),
    (lambda now: now.tzinfo, None),
])
def test_what_is_done_with_a_time_says_until_when_it_holds(used: Any, until: datetime | None) -> None:
    validity = Validity()
    now = PassTime.watched(NOW, validity)
    used(now)
    assert validity.until == (until or Validity().until)
    assert used(NOW) == used(now) or not isinstance(used(NOW), bool | str | int), "it answers as the plain time does"
