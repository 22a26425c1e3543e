"""A finished deck: no flaw on any page, native and editable, safe against hostile text, small and quick to save."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pptx import Presentation
from pptx.slide import Slide

from pipeline.documents.deck.fault import DeckTemplateFault, DeckUnreadable
from pipeline.documents.deck.template import check_template
from pipeline.rules.pareto import pareto, pareto_chart
from schemas.deck import ChartsSlide, DeckView
from templates.build_deck import built
from tests.deck_samples import NOW, deck, item, made, nasty, read_photo, template
from tests.pages import check_file

ROOT = Path(__file__).resolve().parents[2]


def body_of(own: Any, layout: str) -> Any:
    """The placeholder 正文区 of a layout."""
    return next(shape for shape in own.slide_layouts.get_by_name(layout).placeholders if shape.name == "正文区")


def shapes_of(content: bytes) -> Iterable[tuple[Slide, Any]]:
    for slide in Presentation(io.BytesIO(content)).slides:
        for shape in slide.shapes:
            yield slide, shape


def test_the_packaged_template_is_what_its_builder_makes() -> None:
    assert (ROOT / "templates" / "deck" / "template.pptx").read_bytes() == built()


@pytest.mark.parametrize("view", [deck(), deck(item(1, 4), item(2, 1, 30), item(3, 3, 1)), nasty()],
                         ids=["empty week", "photos and long causes", "nasty text"])
def test_the_page_checker_finds_nothing(view: DeckView, tmp_path: Path) -> None:
    target = tmp_path / "周报.pptx"
    target.write_bytes(made(view).content)
    found = [str(finding) for finding in check_file(target)]
    # nasty text reads like a tag that was left over, and PowerPoint breaks a word wider than its box, as we measure it
    expected = ("{{ id", "WWWW", "HYPERLINK")
    assert [finding for finding in found if not any(word in finding for word in expected)] == []


def test_nothing_relies_on_auto_fit_and_no_text_is_small() -> None:
    with zipfile.ZipFile(io.BytesIO(made(deck(item(1, 2))).content)) as package:
        for name in package.namelist():
            if name.startswith("ppt/slides/slide"):
                text = package.read(name).decode()
                assert "normAutofit" not in text
                assert "spAutoFit" not in text
                assert min(map(int, re.findall(r'sz="(\d+)"', text))) >= 1200


def test_charts_are_native_and_their_workbooks_hold_no_formula() -> None:
    charts = [shape.chart for _, shape in shapes_of(made(deck(item(1))).content) if shape.has_chart]
    assert [len(chart.plots) for chart in charts] == [2, 2]  # columns and a line
    assert [series.name for series in charts[0].plots[1].series] == ["未关闭"]
    for chart in charts:
        blob = chart.part.chart_workbook.xlsx_part.blob
        with zipfile.ZipFile(io.BytesIO(blob)) as workbook:
            assert not any(b"<f>" in workbook.read(name) for name in workbook.namelist() if "sheet" in name)
            assert b"2026-11-26T09:00:00Z" in workbook.read("docProps/core.xml")


def test_a_pareto_chart_has_falling_bars_and_its_line_from_0_to_100_percent_on_an_axis_of_its_own() -> None:
    shares = pareto(["泄漏"] * 5 + ["脱落"] * 3 + ["异响"] * 2)
    view = replace(deck(), slides=(ChartsSlide("p", "帕累托", (), (pareto_chart(shares, "失效类别", "近一年"),)),))
    (native,) = (shape.chart for _, shape in shapes_of(made(view).content) if shape.has_chart)
    columns, line = native.plots
    assert (tuple(columns.series[0].values), tuple(line.series[0].values)) == ((5, 3, 2), (0.5, 0.8, 1))
    counts, percent = native._chartSpace.xpath(".//c:valAx")
    scales = [[axis.find(f".//{{*}}{name}").get("val") for name in ("min", "max")] for axis in (counts, percent)]
    assert [[float(value) for value in scale] for scale in scales] == [[0, 10], [0, 1]]
    assert percent.find("{*}crosses").get("val") == "max"
    assert percent.find("{*}numFmt").get("formatCode") == "0%"


def test_photos_keep_their_proportions_and_are_stored_as_they_are() -> None:
    content = made(deck(item(1, 3))).content
    for _, shape in shapes_of(content):
        if shape.shape_type == 13:
            with Image.open(io.BytesIO(shape.image.blob)) as image:
                assert shape.width / shape.height == pytest.approx(image.width / image.height, rel=0.01)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        media = [entry for entry in package.infolist() if entry.filename.startswith("ppt/media/")]
        assert len(media) == 3
        assert {entry.compress_type for entry in media} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in package.infolist()} == {NOW.timetuple()[:6]}


def test_the_timeline_is_made_of_flow_chart_shapes_joined_by_connectors() -> None:
    kinds, glued = [], 0
    for _, shape in shapes_of(made(deck(item(1))).content):
        if shape.name.startswith("流程 "):
            kinds.append(shape.auto_shape_type.name)
        glued += shape.name == "流程箭头" and shape._element.find(".//{*}stCxn") is not None
    assert kinds[0] == kinds[-1] == "FLOWCHART_TERMINATOR"
    assert set(kinds[1:-1]) == {"FLOWCHART_PROCESS"}
    assert glued == len(kinds) - 1


def test_a_photo_that_cannot_be_opened_says_so_and_the_deck_is_made() -> None:
    from pipeline.documents.deck.edition import make

    def gone(path: str) -> bytes:
        if path.endswith("0.jpg"):
            raise FileNotFoundError(path)
        return b"no picture" if path.endswith("1.jpg") else read_photo(path)

    content = make(deck(item(1, 3)), ("template.pptx", template()), None, (), gone, NOW).content
    told = [shape.text_frame.text for _, shape in shapes_of(content) if shape.has_text_frame]
    assert "照片现在读不到，请看资料夹" in told
    assert "未嵌入：不是完整的图片，请重新拍照或另存为 jpg" in told


def test_hostile_text_stays_text() -> None:
    content = made(nasty()).content
    told = "".join(shape.text_frame.text for _, shape in shapes_of(content) if shape.has_text_frame)
    assert "<b>&amp;</b> {{ id }}" in told
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not any(b"hlinkClick" in package.read(name) for name in package.namelist() if name.endswith(".xml"))


def test_a_potx_serves_as_template_and_a_smaller_page_carries_over_more_pages() -> None:
    from pipeline.documents.deck.edition import make

    own = Presentation(io.BytesIO(template()))
    body = body_of(own, "例会内页")
    body.height = int(body.height * 0.78)
    saved = io.BytesIO()
    own.save(saved)
    potx = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(potx, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"presentation.main+xml", b"template.main+xml"))
    view = deck(item(1, 0, 25))
    small = make(view, ("厂标.potx", potx.getvalue()), None, (), read_photo, NOW)
    assert small.pages > made(view).pages
    assert Presentation(io.BytesIO(small.content)).core_properties.title == view.title


def test_every_fault_of_a_template_is_told_at_once() -> None:
    own = Presentation(io.BytesIO(template()))
    cover, inner = (own.slide_layouts.get_by_name(name) for name in ("例会封面", "例会内页"))
    assert cover is not None
    assert inner is not None
    cover.name = "封面"
    body_of(own, "例会内页").height = 900_000
    saved = io.BytesIO()
    own.save(saved)
    with pytest.raises(DeckTemplateFault) as caught:
        check_template("厂标.pptx", saved.getvalue())
    assert caught.value.faults == (
        "缺少版式“例会封面”（其中要有占位符 标题、副标题、正文区；现有版式：封面）",
        "版式“例会内页”的正文区至少要 宽 19.8 × 高 10.6 厘米，现为 宽 31.3 × 高 2.5 厘米",
    )
    assert "厂标.pptx" in str(caught.value)
    with pytest.raises(DeckUnreadable):
        check_template("旧模板.ppt", b"\xd0\xcf\x11\xe0 old")
    check_template("template.pptx", template())


def test_templates_check_covers_the_deck(tmp_path: Path) -> None:
    from pipeline.documents.folders import TemplateFolders, packaged_templates
    from pipeline.documents.template_survey import survey

    own = Presentation(io.BytesIO(template()))
    own.slide_layouts[0].name = "封面"
    own.slide_layouts[1].name = "内页"
    (tmp_path / "deck").mkdir()
    own.save(str(tmp_path / "deck" / "template.pptx"))
    faults = [str(fault) for fault in survey(TemplateFolders((tmp_path, packaged_templates()))) if "deck" in str(fault)]
    assert len(faults) == 2
    assert "缺少版式“例会封面”" in faults[0]
    assert [fault for fault in survey(TemplateFolders((packaged_templates(),))) if "deck" in str(fault)] == []


def test_the_same_view_in_another_footer_is_another_deck() -> None:
    """The footer stands on every page, so a change of it is a change of every page."""
    first = made(deck(item(1)))
    other = made(replace(deck(item(1)), footer="另一个页脚"), first.content, first.marks)
    assert other.refreshed == first.pages
