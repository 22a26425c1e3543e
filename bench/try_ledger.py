"""How long ``kesu try`` and ``kesu check`` take, beside openpyxl merely reading the same workbook.

Usage: python bench/try_ledger.py [ROWS ...], 2000 and 20000 by default. ``try`` is run on the first size only.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook

SOURCES = Path(__file__).resolve().parents[1]
NOW = "2026-11-26T09:00+08:00"
_FIRST = datetime(2025, 1, 6, 8, 0)  # noqa: DTZ001 - a cell holds a time without a zone
_HEADINGS = (
    "客诉编号", "接诉时间", "客户", "产品名称", "产品编号", "不良现象", "不良数量", "不良批次", "质量工程师",
    "责任部门", "状态", "客诉等级", "信息来源", "批量数", "不良率", "紧急措施", "发生原因", "流出原因", "临时措施",
    "长期措施", "8D要求日", "关闭日期", "备注",
)
_CUSTOMERS = ("星河汽车", "东湖汽车", "长岭汽车", "北辰客车", "远航新能源")
_PRODUCTS = (("冷却水管", "CW-2217"), ("卡扣", "KC-0034"), ("燃油软管", "RY-1180"), ("膨胀水箱", "PX-0912"))
_DEFECTS = ("接头泄漏", "卡扣断裂", "尺寸超差难装", "表面划伤", "装配脱落", "异响")
_ENGINEERS, _DEPARTMENTS = ("周启航", "林若溪", "秦朗"), ("注塑车间", "装配车间", "采购部", "仓储物流部")
_RUNNING = ("待确认", "调查", "分析", "整改", "跟踪")


def _row(number: int, chance: random.Random) -> list[object]:
    received = _FIRST + timedelta(hours=number % 16000)
    product, part = chance.choice(_PRODUCTS)
    is_open = chance.random() < 0.4
    lot, defects = chance.randint(200, 5000), chance.randint(1, 60)
    shown = received if chance.random() < 0.8 else f"{received:%Y.%m.%d}"  # some people type dates as text
    return [
        f"KS-{received:%Y%m}-{number:05}", shown, chance.choice(_CUSTOMERS), product, part, chance.choice(_DEFECTS),
        defects if chance.random() < 0.9 else f"{defects}件", f"{received:%Y%m%d}{chance.choice('AB')}",
        chance.choice(_ENGINEERS), chance.choice(_DEPARTMENTS), chance.choice(_RUNNING) if is_open else "关闭",
        chance.choice(("一般", "严重", "")), chance.choice(("电话", "邮件", "客户平台")), lot, round(defects / lot, 4),
        "中转库换批,在库隔离", "" if is_open else "保压时间不足,密封面缩痕", "" if is_open else "终检未覆盖该特性",
        "返工挑选",
        "" if is_open else "修订工艺参数并加装防错", (received + timedelta(days=14)).date(),
        None if is_open else (received + timedelta(days=30)).date(), "",
    ]


def write_ledger(path: Path, rows: int) -> None:
    """A ledger as a plant keeps it, two fifths of it open; the same one every time."""
    chance = random.Random(rows)  # noqa: S311 - repeatable data, not secrets
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "客诉台账"
    sheet.append(["客户投诉台账"])
    sheet.append(list(_HEADINGS))
    for number in range(1, rows + 1):
        sheet.append(_row(number, chance))
    workbook.save(path)


def openpyxl_seconds(path: Path) -> float:
    """Loading the workbook with openpyxl and looking at every cell."""
    began = time.perf_counter()
    rows = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    filled = sum(cell is not None for row in rows for cell in row)
    assert filled > 0
    return time.perf_counter() - began


def kesu_seconds(*arguments: str) -> float:
    """A kesu command as a process of its own."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "pipeline.cli", *arguments, "--now", NOW]
    done = subprocess.run(command, cwd=SOURCES, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode in {0, 1}, done.returncode
    return time.perf_counter() - began


def main(sizes: list[int]) -> None:
    """Print a line for each measurement."""
    with tempfile.TemporaryDirectory() as folder:
        for index, rows in enumerate(sizes):
            ledger = Path(folder) / f"{rows}.xlsx"
            write_ledger(ledger, rows)
            reading, checking = openpyxl_seconds(ledger), kesu_seconds("check", str(ledger))
            read = f"{rows} rows: openpyxl reads {reading:.2f} s"
            print(f"{read}, kesu check {checking:.2f} s, ratio {checking / reading:.1f}")
            if index == 0:
                trying = kesu_seconds("try", str(ledger), "--into", str(Path(folder) / "try"))
                print(f"{read}, kesu try {trying:.2f} s, ratio {trying / reading:.1f}")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [2000, 20000])
