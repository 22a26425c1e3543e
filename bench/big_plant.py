"""A plant with a large ledger for the benches of passes: old stock, and complaints that are being worked on."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter
from PIL import Image

from bench.watch import Spent, Watch
from pipeline.app import Opened, open_site
from pipeline.plan import Plan, Planner
from pipeline.tick import Passes, PassReport
from schemas.rows import MODELS, SheetKind
from tests.functional.plant_folder import COMPLAINTS, CONTACTS, PEOPLE, PlantFolder, empty_plant

#: A Thursday evening: the day's rounds are held, nothing falls due between one pass and the next.
BEGIN = datetime.fromisoformat("2026-11-26T18:00:00+08:00")
_FIRST = datetime.fromisoformat("2025-01-06T08:00:00+08:00")
_CUSTOMERS = ("星河汽车", "东湖汽车", "长岭汽车", "北辰客车", "远航新能源")
_PRODUCTS = ("冷却水管", "卡扣", "燃油软管", "膨胀水箱")
_PARTS = 400
_DEFECTS = ("接头泄漏", "卡扣断裂", "尺寸超差难装", "表面划伤", "装配脱落", "异响")
_TEXTS = {
    "紧急措施": "中转库换批，在库隔离", "发生原因": "保压时间不足，密封面缩痕", "流出原因": "终检未覆盖该特性",
    "临时措施": "返工挑选", "长期措施": "修订工艺参数并加装防错", "客户诉求": "更换并回复报告", "班次": "白班",
    "安装方式": "手工装配", "生产工厂": "一厂", "车型/项目": "X7", "反馈人": "孙工",
}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a plant is: complaints in the ledger, how many columns it has, how many are taken in hand."""

    rows: int
    columns: int
    managed: int


def headings(columns: int) -> list[str]:
    """The first columns of the standard ledger, those that people fill while a complaint runs among them."""
    names = [field.column.heading for field in MODELS[SheetKind.COMPLAINTS].fields()]
    last = ["纳入管理", "备注", "系统校验", "资料链接"]
    return [*[name for name in names if name not in last][: columns - len(last)], *last]


def row(number: int, managed: bool, chance: random.Random) -> dict[str, object]:
    """A complaint as people type it; the running ones are those taken in hand."""
    received = _FIRST + timedelta(hours=number % 16000)
    part = chance.randrange(_PARTS)
    lot, defects = chance.randint(200, 5000), chance.randint(1, 60)
    cells: dict[str, object] = {
        **_TEXTS, "客诉编号": f"KS-{received:%Y%m}-{number:06}", "接诉时间": received.replace(tzinfo=None),
        "客户": chance.choice(_CUSTOMERS), "产品名称": f"{_PRODUCTS[part % 4]}{part // 4}", "产品编号": f"P-{part:04}",
        "不良现象": f"{chance.choice(_DEFECTS)}，第{chance.randint(1, 37)}工位",
        "不良数量": defects, "不良批次": f"{received:%Y%m%d}{chance.choice('AB')}", "质量工程师": "周启航",
        "责任部门": "注塑车间", "状态": "分析" if managed else "关闭", "客诉等级": "一般", "批量数": lot,
        "不良率": round(defects / lot, 4), "备注": f"第{number}件",
    }
    if managed:
        return {**cells, "纳入管理": "是", "紧急措施时间": received.replace(tzinfo=None)}
    return {**cells, "关闭日期": (received + timedelta(days=30)).replace(tzinfo=None)}


@cache
def _photo() -> bytes:
    """A JPEG of 1 MB that does not compress."""
    packed = io.BytesIO()
    Image.effect_noise((2000, 1500), 40).convert("RGB").save(packed, "JPEG", quality=70)
    return packed.getvalue()


def write_ledger(
    path: Path, size: Size, changed: dict[int, dict[str, object]] | None = None, photos: int = 0,
) -> None:
    """The workbook as a spreadsheet program writes it (shared strings), with so many photos lying on the sheet;
    ``changed`` gives rows other cells."""
    chance, names = random.Random(size.rows), headings(size.columns)  # noqa: S311 - repeatable data, not secrets
    book = xlsxwriter.Workbook(str(path), {"remove_timezone": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(COMPLAINTS)
    sheet.write_row(0, 0, names)
    for number in range(size.rows):
        cells = row(number, number >= size.rows - size.managed, chance) | (changed or {}).get(number, {})
        for column, name in enumerate(names):
            value = cells.get(name)
            if isinstance(value, datetime):
                sheet.write_datetime(number + 1, column, value, moment)
            elif value is not None:
                sheet.write(number + 1, column, value)
    for number in range(photos):  # no two alike, or they are stored once
        content = io.BytesIO(_photo() + number.to_bytes(4))
        sheet.insert_image(number + 1, 0, f"{number}.jpg", {"image_data": content, "x_scale": 0.1, "y_scale": 0.1})
    people = book.add_worksheet(CONTACTS)
    people.write_row(0, 0, list(PEOPLE[0]))
    for index, person in enumerate(PEOPLE):
        people.write_row(index + 1, 0, [person.get(name, "") for name in PEOPLE[0]])
    book.close()


class WatchedPlanner(Planner):
    """A planner that remembers what it was last asked."""

    arguments: tuple[Any, ...] = ()

    def plan(self, *arguments: Any) -> Plan:
        """See ``Planner``."""
        self.arguments = arguments
        return super().plan(*arguments)


class BigPlant:
    """A plant at rest, opened as ``kesu run`` holds it; each pass comes a few seconds after the last."""

    def __init__(self, plant: PlantFolder, opened: Opened, size: Size) -> None:
        self.plant, self.size, self.now = plant, size, BEGIN
        self._planner = WatchedPlanner()
        self._passes = Passes(opened.site, rehearsal=True, planner=self._planner)
        #: What the last pass took.
        self.spent = Spent(0.0)

    def tick(self) -> PassReport:
        """One more pass."""
        self.now += timedelta(seconds=5)
        watch = Watch()
        report = self._passes.tick(self.now)
        self.spent = watch.spent()
        return report

    @property
    def planned(self) -> int:
        """How many cases the last pass worked out."""
        return self._planner.planned

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the last plan was made from."""
        return self._planner.arguments

    def rest(self) -> None:
        """Passes until one performs nothing."""
        for _ in range(6):
            if not self.tick().performed:
                return
        raise AssertionError("does not come to rest")

    def save(self, changed: dict[int, dict[str, object]], photos: int = 0) -> None:
        """Somebody saves the ledger with some rows changed, or with photos pasted in."""
        write_ledger(self.plant.root / "saved.xlsx", self.size, changed, photos)
        (self.plant.root / "saved.xlsx").replace(self.plant.ledger)


@contextmanager
def big_plant(root: Path, size: Size) -> Iterator[BigPlant]:
    """A plant whose ledger was there before the software, some of it taken in hand; no mails of its own."""
    plant = empty_plant(root)
    plant.configure(quiet_from='"07:00"', digest="false")
    plant.journal.unlink()
    (plant.share / ".kesu-site.json").unlink()
    write_ledger(plant.ledger, size)
    with open_site(plant.config, BEGIN, quiet_seconds=0) as opened:
        big = BigPlant(plant, opened, size)
        big.rest()
        yield big
