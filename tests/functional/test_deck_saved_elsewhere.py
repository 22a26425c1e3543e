"""Decks that people worked on and saved in PowerPoint or WPS: whatever they did survives the next refresh."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide

from schemas.deck import DeckEdition
from tests.deck_samples import made
from tests.functional.test_deck_edits import (
    LATER,
    PAGES,
    at,
    bytes_of,
    names,
    order,
    slides_of,
    take_out,
    three,
    words_of,
    write_on,
)
from tests.unit.test_deck_fingerprint import as_powerpoint_saves

EDITED = "item/c000002/1"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def powerpoint(opened: Deck) -> None:
    """Other slide ids, other part names, runs split and marked as proofread: nothing that anybody typed."""
    for slide in opened.slides:
        as_powerpoint_saves(slide)
    for number, entry in enumerate(opened.slides._sldIdLst):
        entry.set("id", str(900 - number))
    for number, slide in enumerate(opened.slides):
        slide.part.partname = PackURI(f"/ppt/slides/slide{70 - number}.xml")


def wps(opened: Deck) -> None:
    """As PowerPoint, and WPS's own tags on slides and its fonts written out on every run."""
    powerpoint(opened)
    for number, slide in enumerate(opened.slides, 1):
        root: Any = slide._element
        for properties in root.iter(f"{{{A}}}rPr"):
            if properties.find(f"{{{A}}}ea") is None:
                properties.append(parse_xml(f'<a:ea xmlns:a="{A}" typeface="宋体"/>'))
        tags = Part(PackURI(f"/ppt/tags/tag{number}.xml"),
                    "application/vnd.openxmlformats-officedocument.presentationml.tags+xml", opened.part.package,
                    f'<p:tagLst xmlns:p="{P}"><p:tag name="KSO_WM_SLIDE_ID" val="{number}"/></p:tagLst>'.encode())
        key = slide.part.relate_to(tags, RT.TAGS)
        root.cSld.append(parse_xml(
            f'<p:custDataLst xmlns:p="{P}" xmlns:r="{R}"><p:tags r:id="{key}"/></p:custDataLst>'
        ))


def move(opened: Deck) -> None:
    order(opened, 0, 1, 2, 4, 3, 5, 6)


def delete(opened: Deck) -> None:
    take_out(opened, EDITED)


def duplicate(opened: Deck) -> None:
    """The same page once more right behind, as Ctrl-D makes it: same shapes, same names."""
    source: Any = at(opened.slides, EDITED)
    copy = opened.slides.add_slide(source.slide_layout)
    for shape in list(copy.shapes):
        shape._element.getparent().remove(shape._element)
    for shape in source.shapes:
        copy.shapes._spTree.append(parse_xml(_xml(shape._element)))
    order(opened, 0, 1, 2, 3, 4, 7, 5, 6)


def _xml(element: Any) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(element))


def notes(opened: Deck) -> None:
    frame = at(opened.slides, EDITED).notes_slide.notes_text_frame
    assert frame is not None
    frame.text += "\n先讲围堵"


EDITS: dict[str, Callable[[Deck], None]] = {
    "moved": move, "deleted": delete, "duplicated": duplicate, "text": write_on(EDITED), "notes": notes,
}


def saved(edition: DeckEdition, edit: Callable[[Deck], None], program: Callable[[Deck], None]) -> bytes:
    """The deck after a person's edit, as the program writes it: parts in another order, packed anew."""
    opened = Presentation(io.BytesIO(edition.content))
    edit(opened)
    program(opened)
    first, out = io.BytesIO(), io.BytesIO()
    opened.save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name[::-1])):
            target.writestr(name, source.read(name))
    return out.getvalue()


def notes_of(slide: Slide) -> str:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return frame.text if frame is not None else ""


@pytest.mark.parametrize("edit", EDITS)
def test_saved_by_powerpoint_what_people_did_stays_and_the_rest_is_refreshed(edit: str) -> None:
    first = made(three())
    theirs = saved(first, EDITS[edit], powerpoint)
    later = made(three("整改"), theirs, first.marks, now=LATER)
    slides, before = slides_of(later.content), slides_of(theirs)
    news = "状态：调查 → 整改"
    assert all(news in words_of(at(slides, page)) for page in ("item/c000001/1", "item/c000003/1"))
    expected = {
        "moved": names(theirs), "deleted": [page for page in PAGES if page != EDITED],
        "duplicated": [*PAGES[:5], EDITED, *PAGES[5:]], "text": [*PAGES[:5], f"{EDITED}+", *PAGES[5:]],
        "notes": [*PAGES[:5], f"{EDITED}+", *PAGES[5:]],
    }
    assert names(later.content) == expected[edit]
    if edit in {"text", "notes"}:
        assert bytes_of(at(slides, EDITED)) == bytes_of(at(before, EDITED))
        assert notes_of(at(slides, EDITED)) == notes_of(at(before, EDITED))
        assert news in words_of(at(slides, f"{EDITED}+"))
    if edit == "duplicated":
        assert [news in words_of(slide) for slide in slides[4:6]] == [True, False]
        assert bytes_of(slides[5]) == bytes_of(before[5])
    ids = [entry.get("id") for entry in Presentation(io.BytesIO(later.content)).slides._sldIdLst]
    assert len(set(ids)) == len(ids)
    assert made(three("整改"), later.content, later.marks, now=LATER).content == later.content


@pytest.mark.parametrize("edit", ["deleted", "duplicated", "text"])
def test_saved_by_wps_nothing_in_it_is_touched_and_what_is_new_comes_marked(edit: str) -> None:
    first = made(three())
    theirs = saved(first, EDITS[edit], wps)
    later = made(three("整改"), theirs, first.marks, now=LATER)
    kept, before = slides_of(later.content), slides_of(theirs)
    still = [bytes_of(slide) for slide in kept]
    assert [bytes_of(slide) for slide in before if bytes_of(slide) in still] == [bytes_of(slide) for slide in before]
    assert [notes_of(slide) for slide in kept if bytes_of(slide) in [bytes_of(one) for one in before]] == \
        [notes_of(slide) for slide in before]
    added = [slide for slide in kept if bytes_of(slide) not in [bytes_of(one) for one in before]]
    assert all("更新 11-26 11:05" in words_of(slide) for slide in added)
    assert len(added) == (2 if edit == "deleted" else 3)
    assert made(three("整改"), later.content, later.marks, now=LATER).content == later.content
