"""kesu templates check and fields: all faults at once, each with place and remedy; a broken template stands aside."""

from __future__ import annotations

import errno
import io
import json
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from openpyxl import Workbook, load_workbook

from pipeline.documents.folders import TemplateFolders, packaged_templates
from pipeline.documents.word_check import check_word
from tests.functional import saved_documents as saved
from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant, kesu

EXAMPLE = {"number": "K-1", "department": "注塑车间", "actions": [{"content": "修模", "due": "2026-11-27"}]}
#: Paragraph of a template → what the check has to say of it.
FAULTS = {
    "由 {{ departmnt }} 负责": ("departmnt", "是否应为 department"),
    "编号 {{ number }": ("{{", "没有成对"),
    "{% for a in actions %}{{ a.contnt }}{% endfor %}": ("contnt", "是否应为 content"),
    "{% for a in actoins %}{% endfor %}": ("actoins", "是否应为 actions"),
    "多余 {% endif %}": ("endif", "多余的 endif"),
    "多余 {%": ("{%", "没有成对"),
    "{% fro a in actions %}": ("fro", "是否应为 for"),
    "{{ number|datum }}": ("datum", "没有名为 datum 的筛选"),
    "{{ number.__class__ }}": ("__class__", "已拒绝"),
    "{{ number + }}": ("number +", "写法有误"),
    "开 {% if number %}": ("if", "没有对应的 endif"),
}
SOUND = (
    "{{ number }} {{ department|optional }}", "{% for a in actions %}{{ loop.index }}. {{ a.content }}{% endfor %}",
    "{% if number and department %}{{ extras.物流单号 }}{% else %}}}{% endif %}", "普通文字 50% {",
)


def word(*paragraphs: str) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize("paragraph", FAULTS)
def test_each_fault_is_named_at_its_place_with_a_remedy(paragraph: str) -> None:
    faults = check_word("模板.docx", word("前 {{ number }}", paragraph, "后 {{ number }}"), EXAMPLE)
    assert len(faults) == 1, [str(fault) for fault in faults]
    message = str(faults[0])
    name, words = FAULTS[paragraph]
    assert words in message
    assert name in message
    assert paragraph[:6] in message
    assert message.rstrip("。").count("。") >= 1 or "?" in message  # what to do follows


def test_all_faults_are_named_at_once() -> None:
    closed = [paragraph for paragraph in FAULTS if paragraph != "开 {% if number %}"]
    faults = check_word("模板.docx", word(*closed), EXAMPLE)
    assert len(faults) == len(closed)


def test_a_sound_template_has_no_fault() -> None:
    assert check_word("模板.docx", word(*SOUND), EXAMPLE) == []


def test_a_tag_torn_over_a_tracked_change_is_named() -> None:
    def torn(tree: saved.Tree) -> None:
        run = next(tree.iter(qn("w:r")))
        second = etree.fromstring(etree.tostring(run))
        for half, words in ((run, "编号 {{ num"), (second, "ber }}")):
            text = half.find(qn("w:t"))
            assert text is not None
            text.text = words
        inserted = etree.Element(qn("w:ins"))
        inserted.append(second)
        run.addnext(inserted)

    faults = check_word("模板.docx", saved.changed(word("编号 {{ number }}"), torn), EXAMPLE)
    assert len(faults) == 1
    assert "请接受修订" in str(faults[0])


def test_the_packaged_templates_are_sound() -> None:
    said = kesu("templates", "check")
    assert (said.code, said.out) == (0, "全部模板都没有问题。\n")


def test_fields_are_listed_with_meaning_and_example() -> None:
    said = kesu("templates", "fields", "eight_d")
    assert "{{ lot }}  不良批次  例：20261028-B" in said.out
    assert "永久措施，每行一项：上一行写 {%tr for row in corrective %}" in said.out
    assert "{{ row.due }}  计划完成日" in said.out


def test_a_broken_template_stands_aside_and_somebody_is_told(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客户要求8D="是"))
    plant.settled()
    report = next((plant.share / "客诉资料").rglob("8D报告.docx"))
    before = report.read_bytes()
    template = plant.root / "templates" / "eight_d" / "template.docx"
    sound = template.read_bytes()
    template.write_bytes(word("{{ nubmer }}", "{% if number %}"))
    plant.retype(COMPLAINTS, 0, 不良批次="L-9")
    said = plant.once("08:30")
    assert said.code == 0, said.err
    assert report.read_bytes() != before  # made from the last sound version
    board = plant.board()
    assert "暂用上一个完好的版本" in board
    assert "是否应为 number" in board
    found = json.loads(kesu("templates", "check", "-c", plant.config, "--json").out)
    assert len(found) == 2
    template.write_bytes(sound)
    plant.once("08:40")
    assert "暂用上一个完好的版本" not in plant.board()


def own(plant: PlantFolder, *parts: str) -> Path:
    return plant.root.joinpath("templates", *parts)


def faults_of(plant: PlantFolder) -> list[str]:
    found = json.loads(kesu("templates", "check", "-c", plant.config, "--json").out)
    return [entry["message"] for entry in found]


def test_inquiry_mails_board_and_customers_maps_are_checked_at_once(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    for parts in (("inquiry", "template.txt"), ("mails", "release", "text.txt"), ("board", "parts.html")):
        path = own(plant, *parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{{ nichts.davon }}{% if x %}", encoding="utf-8")
    workbook = Workbook()
    workbook.worksheets[0].title = "8D"
    workbook.worksheets[0]["A1"] = "客户"
    workbook.save(own(plant, "eight_d", "甲.xlsx"))
    own(plant, "eight_d", "甲.对照表.yaml").write_text(
        "版本: 1\n单元格:\n  8D!A1: customer\n  8D!B2: custmer\n  8D!99: lot\n  别处!B3: lot\n", encoding="utf-8"
    )
    said = faults_of(plant)
    assert sum("inquiry/template.txt" in line for line in said) == 3  # two names, and an if without end
    assert sum("release/text.txt" in line for line in said) >= 2
    assert any("parts.html" in line for line in said)
    assert [part for part in ("custmer", "不是单元格地址", "没有可见的工作表", "已有文字")
            if not any("甲.对照表" in line and part in line for line in said)] == []


def test_a_broken_mail_text_is_stood_in_for_and_somebody_is_told(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    subject = own(plant, "mails", "release", "subject.txt")
    subject.write_text("自家主题 {{ number }}", encoding="utf-8")
    plant.type(COMPLAINTS, complaint(状态="调查"))
    plant.settled()
    subject.write_text("坏主题 {{ numbr }}", encoding="utf-8")
    plant.type(COMPLAINTS, complaint(状态="调查", 产品名称="卡扣"))
    plant.once("08:30")
    plant.once("08:45")
    subjects = [str(mail["Subject"]) for mail in plant.mails() if "自家主题" in str(mail["Subject"])]
    assert len(subjects) == 2
    assert "模板有误，暂用上一个完好的版本" in plant.board()


def test_a_mail_text_broken_from_the_start_goes_out_in_the_packaged_words(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    own(plant, "mails", "release", "subject.txt").write_text("坏主题 {{ numbr }}", encoding="utf-8")
    plant.type(COMPLAINTS, complaint(状态="调查"))
    plant.settled()
    assert not any("坏主题" in str(mail["Subject"]) for mail in plant.mails())
    assert any("KS-202611-001" in str(mail["Subject"]) for mail in plant.mails())
    assert "模板有误，暂用软件自带的版本" in plant.board()


def test_a_broken_board_is_drawn_by_the_packaged_files_and_says_so(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    own(plant, "board").mkdir(exist_ok=True)
    own(plant, "board", "board.html").write_text("{% for %}", encoding="utf-8")
    plant.once("08:05")
    assert "看板暂用软件自带的版本" in plant.board()
    before = plant.snapshot()
    plant.once("08:05")
    assert plant.snapshot() == before


def test_a_customers_broken_map_is_stood_in_for(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    workbook = Workbook()
    workbook.worksheets[0].title = "8D"
    workbook.worksheets[0]["A1"] = "客户"
    workbook.save(own(plant, "eight_d", "星河汽车.xlsx"))
    beside = own(plant, "eight_d", "星河汽车.对照表.yaml")
    beside.write_text("版本: 1\n单元格:\n  8D!B1: customer\n  8D!B2: lot\n", encoding="utf-8")
    plant.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3, 不良批次="L-1"))
    plant.settled()
    report = next((plant.share / "客诉资料").rglob("8D报告.xlsx"))
    assert load_workbook(report).worksheets[0]["B2"].value == "L-1"
    beside.write_text("版本: 1\n单元格:\n  8D!B1: custmer\n  8D!B2: lot\n", encoding="utf-8")
    plant.retype(COMPLAINTS, 0, 不良批次="L-2")
    plant.once("08:30")
    assert load_workbook(report).worksheets[0]["B2"].value == "L-2"
    assert "模板有误，暂用上一个完好的版本" in plant.board()


def test_a_template_is_checked_anew_when_what_it_is_checked_by_differs_from_the_packaged(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    folders = TemplateFolders((plant.root / "templates", packaged_templates()))
    checked = ("template.docx", "example.json")
    assert folders.is_as_packaged("eight_d_internal", *checked)
    for changed in (own(plant, "eight_d", "fields.yaml"), own(plant, "eight_d_internal", "example.json"),
                    own(plant, "eight_d_internal", "template.docx")):
        before = changed.read_bytes()
        changed.write_bytes(before + b"\n")
        assert not TemplateFolders(folders.folders).is_as_packaged("eight_d_internal", *checked), changed.name
        changed.write_bytes(before)


def test_an_example_that_somebody_has_open_keeps_no_document_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant = empty_plant(tmp_path / "plant")
    read = Path.read_bytes

    def locked(path: Path) -> bytes:
        if path.name == "example.json" and path.is_relative_to(plant.root):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    plant.type(COMPLAINTS, complaint(客户要求8D="是"))
    plant.settled()
    assert [path.name for path in (plant.share / "客诉资料").rglob("8D报告.docx")] == ["8D报告.docx"]
