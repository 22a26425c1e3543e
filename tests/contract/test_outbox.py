"""The outbox over every mailbox: lost answers, busy servers, back-off, and what a person is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.effects import EffectState
from tests.contract.mail_site import NOW, mail_effect, mail_site, passed, plant_of, state_of
from tests.contract.mailbox_stands import (
    ADAPTERS,
    BUSY,
    DROPPED,
    TAKEN_THEN_503,
    Adapter,
    Servers,
    self_copy_stand,
)

ASKED = {adapter.name: adapter for adapter in ADAPTERS if adapter.faults}


@pytest.fixture(params=list(ASKED))
def adapter(request: pytest.FixtureRequest) -> Adapter:
    return ASKED[request.param]


@pytest.mark.parametrize("fault", [TAKEN_THEN_503, DROPPED])
def test_an_answer_lost_after_acceptance_is_one_delivery_and_never_forgotten(
    adapter: Adapter, fault: str, servers: Servers, tmp_path: Path
) -> None:
    stand, effect = adapter.build(servers, tmp_path), mail_effect()
    stand.misbehave(fault)
    with mail_site(plant_of(tmp_path), stand.mailbox) as site:
        for minutes in (0, 0.1, 1, 5, 11, 12):
            passed(site, [effect], minutes)
        assert len(stand.sent()) == 1
        # SMTP keeps no record that could be asked: a person has to look
        wanted = EffectState.UNCERTAIN if adapter.name == "imap_smtp" else EffectState.DONE
        assert state_of(site, effect) is wanted


@pytest.mark.parametrize("fault", [TAKEN_THEN_503, DROPPED])
def test_a_copy_to_ourselves_spares_the_person(fault: str, servers: Servers, tmp_path: Path) -> None:
    stand, effect = self_copy_stand(servers, tmp_path), mail_effect()
    stand.misbehave(fault)
    with mail_site(plant_of(tmp_path), stand.mailbox) as site:
        for minutes in (0, 1, 12):
            passed(site, [effect], minutes)
        assert state_of(site, effect) is EffectState.DONE
    assert len(stand.sent()) == 1


def test_a_busy_server_is_left_alone_for_a_while(adapter: Adapter, servers: Servers, tmp_path: Path) -> None:
    stand, effect = adapter.build(servers, tmp_path), mail_effect()
    stand.misbehave(BUSY)
    with mail_site(plant_of(tmp_path), stand.mailbox) as site:
        (first,) = passed(site, [effect])
        assert "稍后" in first.text or "秒后" in first.text
        stand.misbehave("well")
        (second,) = passed(site, [effect], 0.5)
        assert (second.deferred, stand.sent()) == (True, [])
        assert "09:01 后重试" in second.text
        (third,) = passed(site, [effect], 1)
        assert third.state is EffectState.DONE
        assert len(stand.sent()) == 1


def test_a_mail_in_doubt_that_no_rule_wants_any_longer_is_settled_all_the_same(
    adapter: Adapter, servers: Servers, tmp_path: Path
) -> None:
    stand, effect = adapter.build(servers, tmp_path), mail_effect()
    with mail_site(plant_of(tmp_path), stand.mailbox) as site:
        site.journal.intend(effect, NOW)
        site.journal.start(effect.key, NOW)  # as a process that died right after
        passed(site, [], 0)
        assert state_of(site, effect) is EffectState.RUNNING
        passed(site, [], 9)
        assert state_of(site, effect) is EffectState.RUNNING
        passed(site, [], 11)
        assert state_of(site, effect) is EffectState.UNCERTAIN
        assert stand.sent() == []

