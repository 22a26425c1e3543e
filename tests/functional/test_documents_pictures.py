"""What the 8D shows beyond text: photos upright and without origin, the fishbone as shapes, draft mark, versions."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from PIL import Image

from pipeline.documents.gateway import TemplateDocuments
from schemas.case import Case, CaseFiles
from tests.functional import documents_cases as cases
from tests.functional import saved_documents as saved
from tests.functional.plant_folder import COMPLAINTS, complaint, empty_plant

_ORIENTATION, _MAKER, _GPS = 0x0112, 0x010F, 0x8825


def jpeg(width: int = 400, height: int = 300, orientation: int = 1) -> bytes:
    """A photo with a red corner at the top left of its stored pixels, with maker and place in its EXIF data."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((200, 0, 0), (0, 0, width // 4, height // 4))
    exif = image.getexif()
    exif[_ORIENTATION], exif[_MAKER] = orientation, "KESU-CAM"
    exif.get_ifd(_GPS)[1] = "N"
    packed = io.BytesIO()
    image.save(packed, "JPEG", exif=exif)
    return packed.getvalue()


def with_photos(names: tuple[str, ...], folder: str = "客诉资料/2026/KS-1") -> Case:
    return replace(cases.full()[0], folder=folder, files=CaseFiles((), names, ()))


def rendered(case: Case, files: dict[str, bytes]) -> bytes:
    documents = TemplateDocuments([], lambda path: files[path.rsplit("/", 1)[-1]])
    return documents.render("eight_d", documents.context("eight_d", case, cases.full()[1], None), cases.NOW)


def media(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [package.read(name) for name in package.namelist() if name.startswith("word/media/")]


@pytest.mark.parametrize("count", [0, 1, 12, 15])
def test_photos_of_the_case_folder_stand_in_the_report(count: int) -> None:
    names = tuple(f"现场{number:02}.jpg" for number in range(count))
    content = rendered(with_photos((*names, "报告.pdf")), dict.fromkeys(names, jpeg()))
    document = Document(io.BytesIO(content))
    assert len(media(content)) == len(document.inline_shapes) == min(count, 12)
    assert len(set(media(content))) == min(count, 1)
    words = "".join(cases.words_of(content))
    assert ("另有 3 张照片" in words) == (count == 15)
    assert ("现场00" in words) == (count > 0)
    identifiers = [shape.get("id") for shape in document.element.body.iter(qn("wp:docPr"))]
    assert len(identifiers) == len(set(identifiers))


def test_a_photo_that_cannot_be_shown_is_named_in_its_place() -> None:
    content = rendered(with_photos(("好.jpg", "坏.png")), {"好.jpg": jpeg(), "坏.png": b"no picture"})
    assert len(media(content)) == 1
    assert "未嵌入：不是完整的图片" in "".join(cases.words_of(content))


def test_the_fishbone_comes_with_the_first_assessed_change_point() -> None:
    def shapes(case: Case) -> list[str]:
        with zipfile.ZipFile(io.BytesIO(rendered(case, {}))) as package:
            tree = etree.fromstring(package.read("word/document.xml"))
        boxes = tree.iter("{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}txbx")
        return ["".join(text.text or "" for text in box.iter(qn("w:t"))) for box in boxes]

    case = cases.full()[0]
    found = shapes(case)
    assert [words for words in found if words in "人机料法环测"] == list("人机料法环测")
    assert "接头模具M12保养后复产[确认]" in found
    open_points = tuple(
        replace(row, record=row.record.model_copy(update={"verdict": None})) for row in case.rows.change_points
    )
    assert shapes(replace(case, rows=replace(case.rows, change_points=open_points))) == []


def test_nasty_text_in_the_fishbone_stays_text() -> None:
    documents = TemplateDocuments()
    content = documents.render("eight_d", documents.context("eight_d", *cases.nasty(), None), cases.NOW)
    assert "<b>&amp;</b> {{" in "".join(cases.words_of(content))


def test_the_draft_mark_goes_once_somebody_approved(tmp_path: Path) -> None:
    def headers(content: bytes) -> str:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "".join(package.read(name).decode() for name in package.namelist() if "header" in name)

    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3))
    plant.settled()
    report = next((plant.share / "客诉资料").rglob("8D报告.docx"))
    assert "草稿 DRAFT" in headers(report.read_bytes())
    report.write_bytes(saved.like_word(saved.type_over(report.read_bytes(), approved_by="韩立川")))
    plant.once("08:30")
    assert "草稿 DRAFT" not in headers(report.read_bytes())
    assert TemplateDocuments().read_back("eight_d", report.read_bytes())["approved_by"] == "韩立川"


def test_a_restart_begins_a_second_version_and_keeps_the_first(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3))
    plant.type("措施跟踪", {"客诉编号": "KS-202611-001", "措施编号": "C1", "措施类别": "长期", "措施内容": "修模",
                            "审核结论": "通过"})
    plant.settled()
    first = next((plant.share / "客诉资料").rglob("8D报告.docx"))
    content = first.read_bytes()
    plant.retype(COMPLAINTS, 0, 状态="重新启动", 重开次数=1)
    plant.once("08:30")
    second = first.with_name("8D报告-第2版.docx")
    assert first.read_bytes() == content
    found = TemplateDocuments().read_back("eight_d", second.read_bytes())
    assert found["version"] == "2"
    assert "修模" in "".join(cases.words_of(second.read_bytes()))
