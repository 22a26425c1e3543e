"""A customer's own requirement wins over the plant's, key by key, in every rule section a customer can have."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.settings import CustomerSetting, LedgerSetting, Settings

PLANT = {"version": 1, "site": "一厂", "ledgers": (LedgerSetting(file="客诉台账.xlsx"),)}


def plant(**sections: object) -> Settings:
    return Settings.model_validate({**PLANT, **sections})


SETTINGS = plant(
    clocks={"d8_workdays": 12, "d3_hours": 48}, effectiveness={"days": 45},
    customers={"星河汽车": {"clocks": {"d8_workdays": 8}, "effectiveness": {"days": 60}, "recurrence": None}},
)


def test_named_keys_are_the_customers_and_the_rest_is_the_plants() -> None:
    own = SETTINGS.for_customer("星河汽车")
    assert (own.clocks.d8_workdays, own.clocks.d3_hours) == (8, 48)
    assert (own.effectiveness.days, own.effectiveness.lots) == (60, 3)
    assert (own.recurrence, own.penalty, own.site) == (SETTINGS.recurrence, SETTINGS.penalty, "一厂")


@pytest.mark.parametrize("name", [None, "", "远山汽车", "星河"])
def test_another_customer_gets_the_plants(name: str | None) -> None:
    assert SETTINGS.for_customer(name) == SETTINGS


def test_asking_twice_gives_the_same() -> None:
    own = SETTINGS.for_customer("星河汽车")
    assert own.for_customer("星河汽车") == own


def test_width_and_case_of_the_typed_name_make_no_difference() -> None:
    own = plant(customers={"ABC汽车": {"level": {"serious_pieces": 1}}})
    assert own.for_customer("ａｂｃ汽车 ").level.serious_pieces == 1


def test_a_customers_list_replaces_the_plants() -> None:
    own = plant(customers={"星河汽车": {"dispatch": {"key_facts": ["不良批次"]}}}).for_customer("星河汽车")
    assert own.dispatch.key_facts == ("不良批次",)
    assert own.dispatch.travel_after_hours == 24


def test_every_section_of_a_customer_is_a_section_of_the_plant() -> None:
    for name in CustomerSetting.model_fields:
        own = plant(customers={"星河汽车": {name: {}}}).for_customer("星河汽车")
        assert own == plant(customers={"星河汽车": {name: {}}}), name


def test_what_is_the_plants_own_affair_is_refused() -> None:
    with pytest.raises(ValidationError, match="penalty"):
        plant(customers={"星河汽车": {"penalty": {"enabled": True}}})
