"""A row appended through a pass's performer: once, whatever fails between writing it and remembering it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from pipeline.app import open_site
from pipeline.perform import Performer
from schemas.effects import Effect, EffectKey, EffectState
from schemas.payloads import AppendRow
from schemas.rows import SheetKind
from tests.functional.plant_folder import LEDGER, PlantFolder, complaint, empty_plant

NOW = datetime.fromisoformat("2026-11-26T09:00+08:00")
ROW = AppendRow(
    "", LEDGER, SheetKind.COMPLAINTS, {"number": "KS-202611-050", "customer": "星河汽车", "phenomenon": "异响"}
)
EFFECT = Effect(EffectKey("kesu", "row.test", "KS-202611-050"), "登记 KS-202611-050", "", ROW)


class PowerCut(Exception):
    """The process ends here."""


def cut_at(point: str, name: str) -> None:
    if name == point:
        raise PowerCut


def perform(plant: PlantFolder, point: str = "") -> tuple[EffectState, str, bool]:
    with open_site(plant.config, NOW) as opened:
        opened.site.ledgers.read(opened.site.settings.ledgers[0], NOW.date())
        result = Performer(opened.site, NOW, lambda name: cut_at(point, name)).perform_all([EFFECT])[0]
        return result.state, result.text, result.deferred


@pytest.mark.parametrize("point", ["intended", "effected", "finished"])
def test_a_row_is_there_once_after_a_crash_at_any_point(tmp_path: Path, point: str) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type("客诉台账", complaint())
    with pytest.raises(PowerCut):
        perform(plant, point)
    assert perform(plant)[0] is EffectState.DONE
    assert [row["不良现象"] for row in plant.rows()] == ["接头泄漏", "异响"]


def test_it_waits_for_whoever_has_the_ledger_open(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    lock = plant.share / f".~lock.{LEDGER}#"
    lock.write_text("韩立川,han,pc,26.11.2026 09:00,file:///x;", encoding="utf-8")
    why = f"{LEDGER} 正被 韩立川 打开，编号、校验结果和新行待其关闭后写入。"
    assert perform(plant) == (EffectState.INTENDED, why, True)
    lock.unlink()
    state, text, deferred = perform(plant)
    assert (state, deferred) == (EffectState.DONE, False)
    assert text.startswith(f"已追加到台账 {LEDGER}：客诉台账 第 ")
