"""What people do to a deck survives: changed, moved, removed and added slides; the rest goes on being refreshed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide

from pipeline.documents.deck.page import page_name
from schemas.deck import DeckEdition, DeckView
from tests.deck_samples import NOW, deck, item, made

LATER = NOW + timedelta(hours=2, minutes=5)
PAGES = ["cover/1", "overview/1", "list/1", "item/c000001/1", "item/c000002/1", "item/c000003/1", "decisions/1"]


def three(status: str = "分析") -> DeckView:
    return deck(item(1, 2, 2, status), item(2, 0, 2, status), item(3, 1, 2, status))


def by_hand(edition: DeckEdition, edit: Callable[[Deck], object]) -> bytes:
    """The deck as a person saves it after ``edit``."""
    opened = Presentation(io.BytesIO(edition.content))
    edit(opened)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def slides_of(content: bytes) -> list[Slide]:
    return list(Presentation(io.BytesIO(content)).slides)


def names(content: bytes) -> list[str]:
    return [page_name(slide) for slide in slides_of(content)]


def titles(content: bytes) -> list[str]:
    return [slide.shapes.title.text if slide.shapes.title is not None else "" for slide in slides_of(content)]


def at(slides: Iterable[Slide], page: str) -> Slide:
    return next(slide for slide in slides if page_name(slide) == page)


def words_of(slide: Slide) -> str:
    shapes: Iterable[Any] = slide.shapes
    return "\n".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)


def bytes_of(slide: Slide) -> bytes:
    return etree.tostring(slide._element, method="c14n")


def write_on(page: str, words: str = "客户已同意延期") -> Callable[[Deck], None]:
    def edit(opened: Deck) -> None:
        shape: Any = next(shape for shape in at(opened.slides, page).shapes if shape.name == "正文")
        shape.text_frame.paragraphs[0].runs[0].text = words

    return edit


def order(opened: Deck, *positions: int) -> None:
    entries = opened.slides._sldIdLst
    listed = list(entries)
    for entry in listed:
        entries.remove(entry)
    for position in positions:
        entries.append(listed[position])


def take_out(opened: Deck, page: str) -> None:
    position = [page_name(slide) for slide in opened.slides].index(page)
    entry = opened.slides._sldIdLst[position]
    opened.part.drop_rel(entry.rId)
    opened.slides._sldIdLst.remove(entry)


def test_a_new_deck_has_its_pages_in_order_and_marks_for_all() -> None:
    edition = made(three())
    assert names(edition.content) == PAGES
    assert sorted(mark.page for mark in edition.marks) == sorted(PAGES)
    assert (edition.pages, edition.added, edition.refreshed, edition.kept) == (7, 7, 0, 0)


def test_equal_arguments_give_equal_bytes_and_nothing_new_gives_the_very_file() -> None:
    first, second = made(three()), made(three())
    assert first.content == second.content
    again = made(three(), first.content, first.marks, now=LATER)
    assert again.content == first.content
    assert again.marks == first.marks
    changed = [made(three("整改"), first.content, first.marks, now=LATER) for _ in range(2)]
    assert changed[0].content == changed[1].content != first.content


def test_untouched_pages_are_refreshed_in_place() -> None:
    first = made(three())
    later = made(three("整改"), first.content, first.marks, now=LATER)
    assert names(later.content) == PAGES
    assert "状态：调查 → 整改" in words_of(at(slides_of(later.content), "item/c000002/1"))
    assert (later.added, later.refreshed, later.kept) == (0, 3, 0)


def test_a_changed_page_is_never_touched_and_what_is_new_comes_behind_it_marked() -> None:
    first = made(three())
    theirs = by_hand(first, write_on("item/c000002/1"))
    before = bytes_of(at(slides_of(theirs), "item/c000002/1"))
    later = made(three("整改"), theirs, first.marks, now=LATER)
    assert names(later.content) == [*PAGES[:5], "item/c000002/1+", *PAGES[5:]]
    assert bytes_of(at(slides_of(later.content), "item/c000002/1")) == before
    news = words_of(at(slides_of(later.content), "item/c000002/1+"))
    assert "状态：调查 → 整改" in news
    assert "更新 11-26 11:05" in news
    assert later.kept == 1


def test_a_changed_page_gets_no_company_as_long_as_there_is_nothing_new() -> None:
    first = made(three())
    theirs = by_hand(first, write_on("item/c000002/1"))
    assert made(three(), theirs, first.marks, now=LATER).content == theirs


def test_the_page_behind_is_refreshed_and_when_it_is_changed_too_another_one_comes() -> None:
    first = made(three())
    second = made(three("整改"), by_hand(first, write_on("item/c000002/1")), first.marks, now=LATER)
    third = made(three("跟踪"), second.content, second.marks, now=LATER)
    assert names(third.content) == names(second.content)
    assert "状态：调查 → 跟踪" in words_of(at(slides_of(third.content), "item/c000002/1+"))
    theirs = by_hand(third, write_on("item/c000002/1+", "也改了这页"))
    fourth = made(three("暂停"), theirs, third.marks, now=LATER)
    assert names(fourth.content)[4:7] == ["item/c000002/1", "item/c000002/1+", "item/c000002/1++"]
    assert "也改了这页" in words_of(at(slides_of(fourth.content), "item/c000002/1+"))


def test_slides_in_another_order_stay_there() -> None:
    first = made(three())
    theirs = by_hand(first, lambda opened: order(opened, 0, 5, 4, 3, 2, 1, 6))
    later = made(three("整改"), theirs, first.marks, now=LATER)
    assert names(later.content) == [PAGES[at] for at in (0, 5, 4, 3, 2, 1, 6)]
    assert "状态：调查 → 整改" in words_of(at(slides_of(later.content), "item/c000003/1"))


def test_a_slide_taken_out_stays_out_also_when_its_complaint_changes() -> None:
    first = made(three())
    theirs = by_hand(first, lambda opened: take_out(opened, "item/c000002/1"))
    later = made(three("整改"), theirs, first.marks, now=LATER)
    assert names(later.content) == [page for page in PAGES if page != "item/c000002/1"]
    assert names(made(three("跟踪"), later.content, later.marks, now=LATER).content) == names(later.content)


def test_slides_that_people_added_stay_where_they_put_them() -> None:
    def add(opened: Deck) -> None:
        slide = opened.slides.add_slide(opened.slide_layouts[1])
        slide.shapes.title.text = "客户现场照片"
        order(opened, 0, 1, 2, 7, 3, 4, 5, 6)

    first = made(three())
    later = made(three("整改"), by_hand(first, add), first.marks, now=LATER)
    assert titles(later.content)[3] == "客户现场照片"
    assert names(later.content) == [*PAGES[:3], "", *PAGES[3:]]
    assert later.kept == 1


def test_a_copy_that_people_made_is_theirs_and_the_first_one_ours() -> None:
    def copy(opened: Deck) -> None:
        source = at(opened.slides, "item/c000001/1")
        slide = opened.slides.add_slide(opened.slide_layouts[1])
        for shape in list(slide.shapes):
            shape._element.getparent().remove(shape._element)
        for shape in source.shapes:
            if shape.name != "照片":  # pictures need their own relationship
                slide.shapes._spTree.append(parse_xml(etree.tostring(shape._element)))

    first = made(three())
    later = made(three("整改"), by_hand(first, copy), first.marks, now=LATER)
    statuses = [words_of(slide) for slide in slides_of(later.content) if page_name(slide) == "item/c000001/1"]
    assert len(statuses) == 2
    assert "整改" in statuses[0]
    assert "整改" not in statuses[1]


def test_a_new_complaint_comes_in_its_place_marked() -> None:
    first = made(deck(item(1), item(3)))
    theirs = by_hand(first, write_on("item/c000001/1"))
    later = made(deck(item(1), item(2), item(3)), theirs, first.marks, now=LATER)
    assert names(later.content) == ["cover/1", "overview/1", "list/1", *[f"item/c00000{n}/1" for n in (1, 2, 3)],
                                    "decisions/1"]
    assert "新增 11-26 11:05" in words_of(at(slides_of(later.content), "item/c000002/1"))
    again = made(deck(item(1), item(2, status="整改"), item(3)), later.content, later.marks, now=LATER)
    assert "新增 11-26 11:05" in words_of(at(slides_of(again.content), "item/c000002/1"))  # refreshed, still marked


def test_what_is_no_longer_shown_goes_unless_people_changed_it() -> None:
    first = made(three())
    theirs = by_hand(first, write_on("item/c000003/1"))
    later = made(deck(item(1)), theirs, first.marks, now=LATER)
    assert names(later.content) == ["cover/1", "overview/1", "list/1", "item/c000001/1", "item/c000003/1",
                                    "decisions/1"]
    back = made(three(), later.content, later.marks, now=LATER)
    assert "item/c000002/1" in names(back.content)  # we took it out ourselves, so it may come back


def test_a_page_more_and_a_page_less_of_one_complaint() -> None:
    short, long = deck(item(1, whys=2)), deck(item(1, whys=40))
    first = made(short)
    grown = made(long, first.content, first.marks, now=LATER)
    pages = [page for page in names(grown.content) if page.startswith("item/")]
    assert len(pages) > 2
    assert pages == [f"item/c000001/{number}" for number in range(1, len(pages) + 1)]
    assert not any("新增" in words_of(slide) for slide in slides_of(grown.content))  # the same slide, only longer
    shrunk = made(short, grown.content, grown.marks, now=LATER)
    assert names(shrunk.content) == names(first.content)


def test_sections_keep_their_slides() -> None:
    """PowerPoint lists slide ids in sections and repairs a file whose list names a slide that is not there."""
    def sections(opened: Deck) -> None:
        ids = "".join(f'<p14:sldId id="{entry.id}"/>' for entry in opened.slides._sldIdLst)
        opened.part._element.append(parse_xml(
            '<p:extLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
            '<p:ext uri="{521415D9-36F7-42E2-AB2F-B90AF26B5E84}"><p14:sectionLst '
            'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"><p14:section name="例会" '
            f'id="{{7B0F6A34-1F6F-4B52-9C2B-3C1D8E5A0B11}}"><p14:sldIdLst>{ids}</p14:sldIdLst></p14:section>'
            '</p14:sectionLst></p:ext></p:extLst>'
        ))

    first = made(three())
    later = made(deck(item(1, 2, 2, "整改"), item(4)), by_hand(first, sections), first.marks, now=LATER)
    opened: Any = Presentation(io.BytesIO(later.content)).part._element
    there = {entry.id for entry in opened.sldIdLst}
    listed = [int(entry.get("id")) for entry in opened.iter("{http://schemas.microsoft.com/office/powerpoint/2010/main}sldId")]
    assert set(listed) == there
    assert len(listed) == 6


def test_without_memory_an_untouched_deck_is_known_by_its_content() -> None:
    """The journal was lost: what equals ours is ours, nothing is doubled."""
    first = made(three())
    again = made(three(), first.content, now=LATER)
    assert names(again.content) == PAGES
    assert again.content == first.content


@pytest.mark.parametrize("content", [b"not a deck", b"PK\x03\x04 cut short"])
def test_what_is_no_deck_is_refused(content: bytes) -> None:
    from pipeline.documents.deck.fault import DeckUnreadable

    with pytest.raises(DeckUnreadable, match=r"周报.pptx 不是能打开的 PowerPoint 文件"):
        made(three(), content)
