"""When mail may leave and to whom: quiet hours, back-off, rate, domains, test mode."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.rules.sending_policy import addressed, hold, quiet_until, retry_at, sent_within_the_hour
from schemas.effects import EffectKey, EffectRecord, EffectState
from schemas.mail_settings import MailSetting, SendingSetting

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = SendingSetting(quiet_from=time(21), quiet_to=time(7))
NOON = SendingSetting(quiet_from=time(12), quiet_to=time(13, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-26 {text}").replace(tzinfo=ZONE)


def record(kind: str = "mail.digest", *, attempts: int = 0, finished: datetime | None = None,
           state: EffectState = EffectState.INTENDED, error: str = "") -> EffectRecord:
    key = EffectKey("甲厂", kind, "周启航")
    return EffectRecord(key, state, "", "", "", at("08:00"), finished, attempts, None, error)


@pytest.mark.parametrize(("setting", "kind", "now", "until"), [
    (NIGHT, "mail.digest", "20:59:59", None),
    (NIGHT, "mail.digest", "21:00", "2026-11-27 07:00"),
    (NIGHT, "mail.digest", "23:59", "2026-11-27 07:00"),
    (NIGHT, "mail.digest", "00:00", "2026-11-26 07:00"),
    (NIGHT, "mail.digest", "06:59", "2026-11-26 07:00"),
    (NIGHT, "mail.digest", "07:00", None),
    (NIGHT, "mail.line_stop", "23:00", None),
    (NIGHT, "mail.containment", "23:00", None),
    (NIGHT, "mail.escalation", "23:00", None),
    (NIGHT, "mail.alarm", "23:00", None),
    (NIGHT, "mail.release", "23:00", "2026-11-27 07:00"),
    (NOON, "mail.release", "11:59", None),
    (NOON, "mail.release", "12:00", "2026-11-26 13:30"),
    (NOON, "mail.release", "13:30", None),
    (SendingSetting(quiet_from=time(0), quiet_to=time(0)), "mail.release", "00:00", None),
])
def test_quiet_hours(setting: SendingSetting, kind: str, now: str, until: str | None) -> None:
    found = quiet_until(kind, at(now), setting)
    assert (found and f"{found:%Y-%m-%d %H:%M}") == until


def test_what_a_mail_says_of_itself_counts_at_night_and_over_the_rate() -> None:
    night, few = at("23:00"), SendingSetting(per_hour=1)
    assert "静默时段" in hold(record("mail.release"), 0, night, NIGHT)
    assert hold(record("mail.release"), 0, night, NIGHT, urgent=True) == ""
    assert hold(record("mail.release"), 1, at("09:15"), few, urgent=True) == ""


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (9, 60)])
def test_waiting_grows_with_every_failure(attempts: int, minutes: int) -> None:
    failed = record(attempts=attempts, finished=at("09:00"), error="忙")
    assert retry_at(failed, SendingSetting()) == at("09:00") + timedelta(minutes=minutes)
    just_before = at("09:00") + timedelta(minutes=minutes, seconds=-1)
    assert f"第 {attempts} 次" in hold(failed, 0, just_before, SendingSetting())
    assert hold(failed, 0, at("09:00") + timedelta(minutes=minutes), SendingSetting()) == ""


def test_what_never_was_tried_waits_for_nothing() -> None:
    assert retry_at(record(), SendingSetting()) is None
    assert hold(record(finished=at("09:00")), 0, at("09:00"), SendingSetting()) == ""


def test_the_rate_counts_mails_of_the_last_hour_and_lets_alerts_pass() -> None:
    records = [
        record(state=EffectState.DONE, finished=at("08:00")),        # more than an hour ago
        record(state=EffectState.DONE, finished=at("08:31")),
        record(state=EffectState.UNCERTAIN, finished=at("08:40")),   # nobody knows
        record("doc.notice", state=EffectState.DONE, finished=at("08:50")),
    ]
    assert sent_within_the_hour(records, at("09:15")) == 1
    few = SendingSetting(per_hour=1)
    assert "上限" in hold(record(), 1, at("09:15"), few)
    assert hold(record(), 0, at("09:15"), few) == ""
    assert hold(record("mail.line_stop"), 1, at("09:15"), few) == ""


def mail(**sending: object) -> MailSetting:
    return MailSetting(sender="客诉助手 <kesu@plant.example.com>", sending=SendingSetting.model_validate(sending))


INSIDE, BRANCH, OUTSIDE = "周 <zhou@plant.example.com>", "li@b.PLANT.example.com", "客户 <c@carmaker.example.org>"
LOOKS_INSIDE = "x@evil-plant.example.com"


def test_internal_material_stays_inside() -> None:
    found = addressed((INSIDE, OUTSIDE), (BRANCH, LOOKS_INSIDE), mail())
    assert (found.to, found.cc) == ((INSIDE,), (BRANCH,))
    assert dict(found.left_out).keys() == {OUTSIDE, LOOKS_INSIDE}
    assert addressed((OUTSIDE,), (), mail()).nobody
    named = mail(internal_domains=["carmaker.example.org"])
    assert addressed((INSIDE, OUTSIDE), (), named).to == (OUTSIDE,)


def test_the_allow_list_narrows_further() -> None:
    found = addressed((INSIDE, BRANCH), (), mail(allowed_domains=["b.plant.example.com"]))
    assert found.to == (BRANCH,)
    assert found.left_out == ((INSIDE, "不在允许的收件域名内（mail.sending.allowed_domains）"),)


def test_test_mode_sends_everything_to_one_address() -> None:
    found = addressed((INSIDE, OUTSIDE), (BRANCH,), mail(redirect_all_to="test@plant.example.com"))
    assert (found.to, found.cc) == (("test@plant.example.com",), ())
    assert found.meant == (INSIDE, BRANCH)
    assert addressed((OUTSIDE,), (), mail(redirect_all_to="test@plant.example.com")).nobody


def test_only_mails_without_anything_internal_go_to_the_outside_that_the_plant_allows() -> None:
    supplier = "供应商 <s@carmaker.example.org>"
    setting = mail(external_domains=["carmaker.example.org"])
    assert addressed((INSIDE, supplier), (), setting, external=True).to == (INSIDE, supplier)
    kept_in = addressed((INSIDE, supplier), (), setting)
    assert (kept_in.to, "内部材料不发" in dict(kept_in.left_out)[supplier]) == ((INSIDE,), True)
    assert addressed((supplier, "x@elsewhere.example"), (), setting, external=True).to == (supplier,)
    assert addressed((supplier,), (), mail(), external=True).nobody
