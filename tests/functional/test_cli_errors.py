"""What goes wrong at a plant: one Chinese sentence with place and remedy, an exit code, no traceback, no damage."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.functional.plant_folder import (
    COMPLAINTS,
    SOURCES,
    PlantFolder,
    Said,
    complaint,
    digest,
    empty_plant,
    kesu,
)

OLE2 = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    return empty_plant(tmp_path / "plant")


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def one_sentence(said: Said, *fragments: object) -> None:
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1, said.err
    assert said.err.rstrip().endswith("。"), said.err
    for fragment in fragments:
        assert str(fragment) in said.err


CONFIGS = [
    # 改动                                                        句子中必须出现
    (replaced("share: share", "share: [share"), ["第", "行", "YAML"]),
    (replaced("  - file: 客诉台账.xlsx", "  - file: 客诉台账.xlsx\n   kind: x"), ["行不是有效的 YAML"]),
    (lambda _text: "只是一句话\n", ["YAML", "键"]),
    (replaced("poll_seconds:", "pol_seconds:"), ["pol_seconds", "不认识此项"]),
    (replaced("site: 示例工厂", "#"), ["site", "缺少此项"]),
    (replaced("settling_minutes: 10", "settling_minutes: 十分钟"), ["settling_minutes", "应为整数", "十分钟"]),
    (replaced("poll_seconds: 5", "poll_seconds: 0"), ["poll_seconds", "应大于 0", "现为 0"]),
    (replaced('digest_at: "08:30"', "digest_at: 早上"), ["mail.digest_at", "应为时刻"]),
    (replaced("saturdays_work: false", "saturdays_work: 有时"), ["calendar.saturdays_work", "true 或 false"]),
    (replaced("kind: shared", "kind: 公用"), ["有 1 处", "ledgers.0.kind", "不在可选值之内"]),
    (replaced("ledgers:", "ledgers: 客诉台账.xlsx\nx:"), ["ledgers", "应为列表"]),
    (replaced("digits: 3", "digits: 99"), ["numbering.digits", "不能大于 8", "现为 99"]),
    (replaced("{serial}", "号"), ["numbering.pattern", "{serial}"]),
    (replaced("KS-{year}{month}", "KS-{yaer}{month}"), ["numbering.pattern", "{year}"]),
    (replaced("KS-{year}{month}", "KS-{year{month}"), ["numbering.pattern", "{year}"]),
    (replaced("version: 1 ", "version: 7 "), ["version", "7"]),
    (replaced("version: 1 ", "#"), ["version", "缺少此项"]),
    (replaced("sender: 客诉助手 <kesu@example.com>", "sender: 客诉助手"), ["mail.sender", "应写邮箱地址"]),
    (replaced('redirect_all_to: ""', "redirect_all_to: 测试邮箱"), ["redirect_all_to", "应为一个邮箱地址"]),
    (replaced("backend: folder", "backend: graph"), ["填写 mail.graph 一节"]),
    (replaced("timezone: Asia/Shanghai", "timezone: 北京时间"), ["timezone", "北京时间", "Asia/Shanghai"]),
]


@pytest.mark.parametrize(("change", "fragments"), CONFIGS)
def test_a_wrong_configuration(plant: PlantFolder, change: Callable[[str], str], fragments: list[str]) -> None:
    plant.config.write_text(change(plant.config.read_text(encoding="utf-8")), encoding="utf-8")
    before = plant.snapshot()
    for command in ("once", "run", "status", "check"):
        said = kesu(command, "-c", plant.config)
        one_sentence(said, plant.config, *fragments)
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", said.err), "a sentence of some library"
        assert "': " not in said.err, "a whole section as Python shows it"
    assert plant.snapshot() == before


def test_a_configuration_that_is_not_there_or_in_another_encoding(plant: PlantFolder) -> None:
    one_sentence(kesu("once", "-c", plant.root / "配置.yaml"), "配置.yaml", "kesu init")
    one_sentence(kesu("once", "-c", plant.root), plant.root, "kesu init")
    plant.config.write_bytes("site: 示例工厂\n".encode("gbk"))
    one_sentence(kesu("once", "-c", plant.config), "UTF-8")


def test_a_share_that_is_not_connected(plant: PlantFolder) -> None:
    plant.share.rename(plant.root / "断开")
    before = plant.snapshot()
    for command in ("once", "run", "status"):
        one_sentence(kesu(command, "-c", plant.config), plant.share, "连接公共盘")
    assert plant.snapshot() == before


def test_an_empty_mount_point_is_not_taken_for_the_share(plant: PlantFolder) -> None:
    plant.share.rename(plant.root / "断开")
    plant.share.mkdir()
    for command in ("once", "run"):
        one_sentence(kesu(command, "-c", plant.config), plant.share, "连接公共盘", "kesu adopt")
    assert list(plant.share.iterdir()) == []


def truncated(plant: PlantFolder) -> None:
    plant.ledger.write_bytes(plant.ledger.read_bytes()[:5000])


UNREADABLE: list[tuple[Callable[[PlantFolder], object], str, str]] = [
    (lambda plant: plant.ledger.unlink(), "找不到台账", "公共盘是否已连接"),
    (lambda plant: plant.ledger.write_bytes(OLE2 + "Workbook".encode("utf-16-le") + bytes(600)),
     ".xls", "另存为 .xlsx"),
    (lambda plant: plant.ledger.write_bytes(OLE2 + "EncryptedPackage".encode("utf-16-le") + bytes(600)),
     "打开密码", "取消打开密码"),
    (truncated, "不是完整的 Excel 工作簿", "恢复备份"),
    (lambda plant: plant.ledger.write_bytes(b""), "文件为空", "恢复备份"),
]


@pytest.mark.parametrize(
    ("harm", "what", "remedy"), UNREADABLE, ids=["missing", "xls", "password", "truncated", "empty"]
)
def test_a_ledger_that_cannot_be_read(
    plant: PlantFolder, harm: Callable[[PlantFolder], object], what: str, remedy: str
) -> None:
    plant.type(COMPLAINTS, complaint())
    plant.settled()
    harm(plant)
    harmed = plant.ledger.read_bytes() if plant.ledger.exists() else None
    one_sentence(kesu("check", plant.ledger, "--json"), "客诉台账.xlsx", what, remedy)
    one_sentence(kesu("check", "-c", plant.config), "客诉台账.xlsx", what)
    said = plant.once("08:40")
    assert (said.code, said.err) == (1, "")
    assert what in said.out
    assert remedy in said.out
    board = plant.board()
    assert what in board
    assert "接头泄漏" in board  # the case of the last good snapshot goes on being shown
    assert "不见了" not in board
    assert (plant.ledger.read_bytes() if plant.ledger.exists() else None) == harmed
    status = kesu("status", "-c", plant.config, "--now", "2026-11-26T08:41+08:00")
    assert (status.code, what in status.out) == (0, True)


def test_a_ledger_that_could_never_be_read(plant: PlantFolder) -> None:
    text = plant.config.read_text(encoding="utf-8")
    plant.config.write_text(text.replace("file: 客诉台账.xlsx", "file: 没有.xlsx"), encoding="utf-8")
    said = plant.once("08:40")
    assert (said.code, "没有.xlsx" in said.out) == (1, True)
    assert plant.once("08:41").code == 1


def spoil_word(template: Path) -> None:
    """Misspell the first placeholder of a Word template, as a person's slip of the hand would."""
    with zipfile.ZipFile(template) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    text = parts["word/document.xml"].decode("utf-8")
    spoiled = re.sub(r"\{\{\s*\w+", "{{ nubmer", text, count=1)
    assert spoiled != text
    with zipfile.ZipFile(template, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**parts, "word/document.xml": spoiled.encode("utf-8")}.items():
            package.writestr(name, content)


def spoil_text(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert "{{ number }}" in text
    template.write_text(text.replace("{{ number }}", "{{ nubmer }}", 1), encoding="utf-8")


def test_a_slip_in_a_mail_is_told_and_the_packaged_text_goes_out(plant: PlantFolder) -> None:
    template = plant.root / "templates" / "mails" / "release" / "subject.txt"
    whole = template.read_bytes()
    spoil_text(template)
    plant.type(COMPLAINTS, complaint(状态="调查"))
    said = plant.settled()
    assert (said.code, said.err) == (0, "")
    assert any(line.startswith("✓") and "通知注塑车间" in line for line in said.out.splitlines())
    assert "nubmer" in plant.board()
    template.write_bytes(whole)
    plant.once("08:21")
    assert "nubmer" not in plant.board()


def test_a_slip_in_a_template_stops_that_document_only(plant: PlantFolder) -> None:
    name, stopped, goes_on = "slip/template.docx", "客诉处理单.docx", "通知注塑车间"
    template = plant.root / "templates" / name
    whole = template.read_bytes()
    spoil_word(template)
    plant.type(COMPLAINTS, complaint(状态="调查"))
    said = plant.settled()
    assert (said.code, said.err) == (1, "")
    (fault,) = [line for line in said.out.splitlines() if line.startswith("✗")]
    assert stopped in fault
    assert "nubmer" in fault
    assert Path(name).name in fault or name.split("/")[-2] in fault
    assert any(line.startswith("✓") and goes_on in line for line in said.out.splitlines())
    assert plant.rows()[0]["客诉编号"] == "KS-202611-001"
    assert "nubmer" in plant.board()
    assert "nubmer" in kesu("status", "-c", plant.config, "--now", "2026-11-26T08:17+08:00").out
    again = plant.once("08:20")
    assert again.code == 1  # still not there
    template.write_bytes(whole)
    mended = plant.once("08:21")
    assert (mended.code, stopped in mended.out) == (0, True)
    assert "nubmer" not in plant.board()


WITHOUT_PRIVILEGE = """
import ctypes, os, sys
if os.geteuid() == 0:
    # the superuser may write anywhere: give that up, as the people who run kesu never had it
    for capability in (1, 2):
        assert ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) == 0
os.execv(sys.executable, [sys.executable, "-m", "pipeline.cli", *sys.argv[1:]])
"""


def as_ordinary_person(*arguments: object) -> Said:
    command = [sys.executable, "-c", WITHOUT_PRIVILEGE, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=SOURCES, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


def test_a_share_that_may_only_be_read(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(状态="调查"))
    plant.once("08:05")
    ledger = digest(plant.ledger)
    folders = [plant.share, plant.share / "客诉资料"]
    for folder in folders:
        folder.chmod(0o555)
    try:
        said = as_ordinary_person("once", "-c", plant.config, "--now", "2026-11-26T08:16+08:00")
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert (said.code, said.err) == (1, "")
    assert "权限" in said.out
    assert "Errno" not in said.out
    assert (digest(plant.ledger), plant.files()) == (ledger, [])
    assert plant.once("08:20").code == 0
    assert plant.rows()[0]["客诉编号"] == "KS-202611-001"
    assert len(plant.files("*.docx")) == 1


def test_a_ledger_open_in_excel_waits_without_being_an_error(plant: PlantFolder) -> None:
    owner = plant.share / "~$客诉台账.xlsx"
    name = "罗文斌".encode("gbk")
    owner.write_bytes(bytes([len(name)]) + name.ljust(53, b" ") + bytes(111))
    plant.type(COMPLAINTS, complaint())
    said = plant.settled()
    assert (said.code, said.err) == (0, "")
    assert "正被 罗文斌 打开" in said.out
    assert plant.rows()[0]["客诉编号"] is None
    assert "罗文斌" in plant.board()
    assert len(plant.files("*.docx")) == 1  # documents do not wait
    before = plant.snapshot()
    assert plant.once("08:16").code == 0
    assert {name for name, value in plant.snapshot().items() if before.get(name) != value} <= {"state/journal.db"}
    owner.unlink()
    assert "写入" in plant.once("08:30").out
    assert plant.rows()[0]["客诉编号"] == "KS-202611-001"
    assert "罗文斌 打开" not in plant.board()


def test_a_command_that_does_not_exist() -> None:
    said = kesu("fly")
    assert said.code == 2
    assert "Traceback" not in said.err


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "templates", "fields"], cwd=SOURCES,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        complained = listing.stderr.read()
    assert (listing.returncode, complained) == (141, b"")


LINES = [
    # 输入                                                句子
    ([], "kesu：缺少 命令。用法见 kesu --help。"),
    (["explain"], "kesu explain：缺少 客诉编号、-c/--config。用法见 kesu explain --help。"),
    (["outbox"], "kesu outbox：缺少 list|retry|drop。用法见 kesu outbox --help。"),
    (["month-end", "--bogus"], "kesu：不认识 --bogus。用法见 kesu --help。"),
    (["health", "--within", "半天"], "kesu health：--within 应为整数，现为“半天”。用法见 kesu health --help。"),
    (["health", "-c"], "kesu health：-c/--config 后面缺少内容。用法见 kesu health --help。"),
    (["health", "--json=1"], "kesu health：--json 后面不能有“1”。用法见 kesu health --help。"),
]


@pytest.mark.parametrize(("line", "sentence"), LINES, ids=[" ".join(line) for line, _ in LINES])
def test_a_wrong_line_is_told_in_one_chinese_sentence(
    line: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(line)
    told = capsys.readouterr()
    assert (left.value.code, told.out, told.err) == (2, "", f"{sentence}\n")


def test_an_unknown_command_is_told_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["weeky"])
    told = capsys.readouterr().err
    assert told.startswith("kesu：“weeky”不是命令，可选 demo、try、init")
    assert told.endswith("templates。用法见 kesu --help。\n")


def test_help_has_chinese_headings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["explain", "--help"])
    told = capsys.readouterr().out
    assert left.value.code == 0
    assert told.startswith("用法：kesu explain")
    assert "内容:" in told
    assert "选项:" in told
    assert not [word for word in ("usage", "options", "positional", "show this") if word in told]
