"""What plants' workbooks carry beside cells: WPS pictures, pivots, macros, threaded comments - all of it must stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.workbooks.bases import png
from tests.workbooks.parts import (
    BOOK,
    BOOK_RELS,
    EMPTY_RELS,
    MS,
    OFFICE,
    SHEET_RELS,
    TYPES,
    Change,
    also,
    cell,
    in_utf16,
    on_sheet,
    put_last,
    renamed,
    with_part,
)
from tests.workbooks.sample import SHEET, Parts, Sample, package_of, parts_of

_PNG = png().getvalue()
_CELL_IMAGES = (
    f'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" xmlns:r="{OFFICE}" '
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" '
    'name="ID_0A1B"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic>'
    "</etc:cellImage></etc:cellImages>"
).encode()
_WPS_PICTURE = b'<c r="L3" t="str"><f>_xlfn.DISPIMG("ID_0A1B",1)</f><v>=DISPIMG("ID_0A1B",1)</v></c>'
_SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CACHE = (
    b'<pivotCacheDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" refreshOnLoad="1" recordCount="0">'
    b'<cacheSource type="worksheet"><worksheetSource ref="A2:J8" sheet="' + SHEET.encode() + b'"/></cacheSource>'
    b'<cacheFields count="0"/></pivotCacheDefinition>'
)
_EXTENSIONS = (
    b'<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    b'<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    b'<x14:cfRule type="expression" priority="9" id="{00000000-0000-0000-0000-000000000001}"><xm:f>$F3&gt;1</xm:f><x14:dxf/></x14:cfRule>'
    b"<xm:sqref>F3:F8 C3:C8</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
    b'<ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    b'<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list">'
    b"<x14:formula1><xm:f>$A$3:$A$8</xm:f></x14:formula1><xm:sqref>C3:C8</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
)
_AFTER_ROWS = (
    '<sheetCalcPr fullCalcOnLoad="1"/><sheetProtection sheet="1" objects="1" scenarios="1"/>'
    '<protectedRanges><protectedRange sqref="A3:J8" name="r1"/></protectedRanges>'
    '<scenarios><scenario name="s" count="1"><inputCells r="F3" val="9"/></scenario></scenarios>'
    '<autoFilter ref="A2:J8"><filterColumn colId="3"><filters><filter val="A&amp;B &gt;"/></filters></filterColumn></autoFilter>'
    '<sortState ref="A3:J8"><sortCondition ref="B3:B8"/></sortState><dataConsolidate/>'
    '<customSheetViews><customSheetView guid="{00000000-0000-0000-0000-000000000002}"><pane xSplit="1" topLeftCell="B1" state="frozen"/>'
    '<autoFilter ref="A2:J8"/></customSheetView></customSheetViews><mergeCells count="1"><mergeCell ref="A1:J1"/></mergeCells>'
    '<phoneticPr fontId="1" type="noConversion"/><conditionalFormatting sqref="F3:F8 H3:H8"><cfRule type="expression" priority="1">'
    "<formula>$F3&gt;&quot;&lt;/sheetData&gt;&quot;</formula></cfRule></conditionalFormatting>"
    '<dataValidations count="1"><dataValidation type="list" sqref="D3:D8"><formula1>"a,b"</formula1></dataValidation></dataValidations>'
    '<hyperlinks><hyperlink ref="I5" location="\'另一张\'!A1" display="x"/><hyperlink ref="C3:C4" location="A1"/></hyperlinks>'
    '<printOptions gridLines="1"/><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9"/><headerFooter><oddHeader>&amp;L&lt;客诉&gt;</oddHeader></headerFooter>'
    '<rowBreaks count="1" manualBreakCount="1"><brk id="5" max="16383" man="1"/></rowBreaks>'
    '<colBreaks count="1"><brk id="3"/></colBreaks><customProperties/><cellWatches><cellWatch r="F3"/></cellWatches>'
    '<ignoredErrors><ignoredError sqref="A3:A8" numberStoredAsText="1"/></ignoredErrors>'
).encode()


def _all_elements(xml: bytes) -> bytes:
    start, end = xml.index(b"</sheetData>") + 12, xml.rindex(b"</worksheet>")
    return xml[:start] + _AFTER_ROWS + _EXTENSIONS + xml[end:]


def _objects(xml: bytes) -> bytes:
    element = (
        b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14" '
        b'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><controls/></mc:Choice>'
        b"<mc:Fallback><controls/></mc:Fallback></mc:AlternateContent>"
    )
    return put_last(element)(xml)


def _empty_links(xml: bytes) -> bytes:
    return xml if b"<hyperlinks" in xml else put_last(b"<hyperlinks/>")(xml)


def _rich_strings(parts: Parts) -> Parts:
    text = (
        '<si><r><rPr><b/></rPr><t>请补充</t></r><r><t xml:space="preserve"> 不良数量</t></r><rPh sb="0" eb="1"><t>qing</t></rPh>'
        '<phoneticPr fontId="1"/></si>'
    ).encode()
    strings = parts["xl/sharedStrings.xml"]
    changed = re.sub(rb"<si><t[^>]*>" + "请补充 不良数量".encode() + rb"</t></si>", text, strings)
    return {**parts, "xl/sharedStrings.xml": changed}


def _sheet_elsewhere(parts: Parts) -> Parts:
    """The sheet's part under a Chinese name, led to by a percent-encoded target."""
    moved = {name.replace("worksheets/sheet1.xml", "worksheets/客诉 1.xml"): content for name, content in parts.items()}
    moved[BOOK_RELS] = re.sub(
        rb"(?:/xl/)?worksheets/sheet1\.xml", b"worksheets/%E5%AE%A2%E8%AF%89%201.xml", moved[BOOK_RELS]
    )
    moved[TYPES] = moved[TYPES].replace(b"/xl/worksheets/sheet1.xml", b"/xl/worksheets/%E5%AE%A2%E8%AF%89%201.xml")
    return moved


def _absolute_targets(parts: Parts) -> Parts:
    return {**parts, BOOK_RELS: re.sub(rb'Target="(?!/)', b'Target="/xl/', parts[BOOK_RELS])}


def _prefixed_relations(parts: Parts) -> Parts:
    held = parts.get(SHEET_RELS, EMPTY_RELS)
    changed = re.sub(rb"<(/?)(Relationship)", rb"<\1p:\2", held).replace(b"xmlns=", b"xmlns:p=")
    return {**parts, SHEET_RELS: changed}


def _hidden(parts: Parts) -> Parts:
    return {**parts, BOOK: re.sub(rb"<sheet (?!.*state=)", b'<sheet state="hidden" ', parts[BOOK], count=1)}


def _macros(parts: Parts) -> Parts:
    made = with_part(
        "xl/vbaProject.bin",
        b"\xd0\xcf\x11\xe0" + bytes(99),
        "application/vnd.ms-office.vbaProject",
        f"{MS}/2006/relationships/vbaProject",
    )(parts)
    return {
        **made,
        TYPES: made[TYPES].replace(
            f"{_SHEETML}.sheet.main+xml".encode(), b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
        ),
    }


WHOLE: Mapping[str, Change] = {
    "WPS cell pictures": also(
        with_part(
            "xl/cellimages.xml",
            _CELL_IMAGES,
            "application/vnd.wps-officedocument.cellimage+xml",
            "http://www.wps.cn/officeDocument/2020/cellImage",
        ),
        with_part("xl/media/image99.png", _PNG, "image/png"),
        on_sheet(cell("L3", _WPS_PICTURE)),
        lambda parts: {
            **parts,
            "xl/_rels/cellimages.xml.rels": EMPTY_RELS.replace(
                b"></", f'><Relationship Id="rId1" Type="{OFFICE}/image" Target="media/image99.png"/></'.encode()
            ),
        },
    ),
    "calculation chain": with_part(
        "xl/calcChain.xml",
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="G3" i="1"/></calcChain>',
        f"{_SHEETML}.calcChain+xml",
        f"{OFFICE}/calcChain",
    ),
    "an external book": with_part(
        "xl/externalLinks/externalLink7.xml",
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
        f"{_SHEETML}.externalLink+xml",
    ),
    "a pivot cache": with_part(
        "xl/pivotCache/pivotCacheDefinition1.xml", _CACHE, f"{_SHEETML}.pivotCacheDefinition+xml"
    ),
    "threaded comments": also(
        with_part(
            "xl/threadedComments/threadedComment1.xml",
            f'<ThreadedComments xmlns="{MS}/spreadsheetml/2018/threadedcomments"/>'.encode(),
            "application/vnd.ms-excel.threadedcomments+xml",
        ),
        with_part(
            "xl/persons/person.xml",
            f'<personList xmlns="{MS}/spreadsheetml/2018/threadedcomments"/>'.encode(),
            "application/vnd.ms-excel.person+xml",
            f"{MS}/2017/10/relationships/person",
        ),
    ),
    "macros": _macros,
    "custom XML": with_part("customXml/item1.xml", b"<a xmlns='urn:x'/>", "application/xml", f"{OFFICE}/customXml"),
    "printer settings": with_part(
        "xl/printerSettings/printerSettings1.bin", bytes(range(256)), f"{_SHEETML}.printerSettings"
    ),
    "every element of a sheet": on_sheet(_all_elements),
    "controls": on_sheet(_objects),
    "rich shared strings": _rich_strings,
    "shared strings in UTF-16": in_utf16("xl/sharedStrings.xml"),
    "workbook part in UTF-16": in_utf16(BOOK),
    "relationships in UTF-16": in_utf16(BOOK_RELS),
    "styles in UTF-16": in_utf16("xl/styles.xml"),
    "a Chinese part name": _sheet_elsewhere,
    "absolute targets": _absolute_targets,
    "prefixed relationships": _prefixed_relations,
    "no relationships of the sheet": lambda parts: {
        **parts,
        SHEET_RELS: EMPTY_RELS.replace(b"></Relationships>", b"/>"),
    },
    "a hidden ledger": _hidden,
    "links in their group, empty": on_sheet(_empty_links),
    "an ISO date": on_sheet(cell("B5", b'<c r="B5" t="d"><v>2026-11-05T00:00:00</v></c>')),
    "an error and a truth value": on_sheet(
        lambda xml: cell("F6", b'<c r="F6" t="e"><v>#N/A</v></c>')(cell("F7", b'<c r="F7" t="b"><v>1</v></c>')(xml))
    ),
    "a shared formula": on_sheet(
        lambda xml: cell("G3", b'<c r="G3"><f t="shared" ref="G3:G8" si="0">F3/100</f></c>')(
            re.sub(rb'<c r="(G[4-8])"[^>]*>.*?</c>', rb'<c r="\1"><f t="shared" si="0"/><v>0</v></c>', xml)
        )
    ),
    "an array formula": on_sheet(cell("N5", b'<c r="N5"><f t="array" ref="N5:N7">F3:F5*2</f><v>1</v></c>')),
    "a data table": on_sheet(
        cell("N3", b'<c r="N3"><f t="dataTable" ref="N3:N5" dt2D="0" dtr="0" r1="F3"/><v>1</v></c>')
    ),
    "a dynamic array elsewhere": on_sheet(cell("N3", b'<c r="N3" cm="1"><f t="array" ref="N3">F3</f><v>3</v></c>')),
    "a picture in a cell elsewhere": on_sheet(cell("N3", b'<c r="N3" t="e" vm="1"><v>#VALUE!</v></c>')),
    "blank styled rows below": on_sheet(
        lambda xml: xml.replace(
            b"</sheetData>", b'<row r="9"><c r="A9"/><c r="C9" s="0"/></row><row r="10"/></sheetData>'
        )
    ),
    "the verdict as a formula's text": on_sheet(cell("H4", '<c r="H4" t="str"><v>请补充 不良数量</v></c>'.encode())),
    "text with Excel's escapes": on_sheet(
        cell("H4", '<c r="H4" t="inlineStr"><is><t>请补充_x000A_不良数量</t></is></c>'.encode())
    ),
}


def equipped(base: Sample) -> Iterator[Sample]:
    """The base with each of the things; those it cannot carry are left out."""
    held = parts_of(base.data)
    for name, change in WHOLE.items():
        try:
            parts = change(held)
        except (KeyError, AssertionError):
            continue
        if parts != held:
            yield replace(base, name=f"{base.name}, {name}", data=package_of(parts))
    for name in ("A&amp;B &lt;1&gt; 'x' y", "😀 台账 ", "&#x5BA2;&#35785;"):
        sheet = name.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&#x5BA2;&#35785;", "客诉")
        yield replace(
            base, name=f"{base.name}, sheet {name}", sheet=sheet, data=package_of(renamed(name.encode())(held))
        )
