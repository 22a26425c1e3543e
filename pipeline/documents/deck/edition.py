"""Makes a deck, or brings one that people have worked on up to date without touching what they changed.

A page is found by its name, wherever people moved it. Untouched pages are replaced in place; a page that people changed
stays, and what is new for it comes on a marked page behind it; what they removed stays away; what they added stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.documents.deck.fingerprint import digest_of_slide
from pipeline.documents.deck.measure import readable
from pipeline.documents.deck.package import packed
from pipeline.documents.deck.page import Sheet, add_mark, put_slide, rename_page
from pipeline.documents.deck.slide_list import SlideList
from pipeline.documents.deck.slides import sheets_of
from pipeline.documents.deck.template import Pages, empty_deck, open_deck, pages_of
from pipeline.documents.photos import ReadPhoto
from schemas.deck import DeckEdition, DeckView, PageMark, Slide
from schemas.effects import digest_of

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck
    from pptx.slide import Slide as NativeSlide

_VERSIONS = 20  # of one page: more than a weekly day has passes that change it
_TITLE_KEPT = 255  # characters that file properties hold
_AGAIN = "+"    # behind the name of a page that carries what is new for a page people changed


def group_of(page: str) -> str:
    """The slide (as data) that a page belongs to."""
    return page.rpartition("/")[0]


def inputs_of(slide: Slide, footer: str) -> str:
    """Digest of all that a slide's pages are drawn from."""
    return digest_of([type(slide).__name__, asdict(slide), footer])


@dataclass(slots=True)
class _Edition:
    """One run over a deck: the slides in it, what is remembered of them, and what has been done."""

    deck: Deck
    pages: Pages
    view: DeckView
    read: ReadPhoto
    now: datetime
    marks: dict[str, PageMark]
    fresh: bool
    list_of: SlideList = field(init=False)
    added: int = 0
    refreshed: int = 0

    def __post_init__(self) -> None:
        self.list_of = SlideList(self.deck)

    def run(self) -> None:
        """Bring every slide of the view up to date, then take out what is no longer wanted."""
        wanted = {slide.key for slide in self.view.slides}
        anchor = ""
        for slide in self.view.slides:
            anchor = self._bring(slide, anchor)
        for page in [page for page in self.list_of.names if group_of(page) not in wanted]:
            self._remove(page)

    def _bring(self, slide: Slide, anchor: str) -> str:
        """One slide of the view; returns the page behind which the next one goes."""
        inputs = inputs_of(slide, self.view.footer)
        known = [mark for page, mark in self.marks.items() if group_of(page) == slide.key and mark.present]
        there = [page for page in self.list_of.names if group_of(page) == slide.key]
        if not known or any(mark.inputs != inputs for mark in known):
            gone = bool(known) and not there  # people took the whole complaint out
            if not gone:
                anchor = self._pages(slide, inputs, anchor)
            for page in [page for page in self.marks if group_of(page) == slide.key]:
                self.marks[page] = replace(self.marks[page], inputs=inputs)
        last = [page for page in self.list_of.names if group_of(page) == slide.key]
        return last[-1] if last else anchor

    def _pages(self, slide: Slide, inputs: str, anchor: str) -> str:
        drawn = set()
        for sheet in sheets_of(slide, self.pages, self.read):
            drawn.add(sheet.name)
            anchor = self._page(sheet, inputs, anchor) or anchor
        for page in list(self.list_of.names):
            if group_of(page) == slide.key and page.rstrip(_AGAIN) not in drawn:
                self._remove(page)
        return anchor

    def _page(self, sheet: Sheet, inputs: str, anchor: str) -> str:
        """One page; returns its name, "" when it is not in the deck."""
        new = put_slide(self.deck, sheet, self.view.footer)
        material = digest_of_slide(new)
        while True:
            page, mark = sheet.name, self.marks.get(sheet.name)
            if page not in self.list_of:
                removed = mark is not None and mark.present
                if removed and (not page.endswith(_AGAIN) or mark is None or mark.material == material):
                    self.list_of.discard(new)
                    return ""
                return self._insert(new, sheet, material, inputs, anchor)
            current = digest_of_slide(self.list_of.slide(page))
            if current == material or (mark is not None and current in mark.digests):
                return self._replace(new, sheet, material, inputs, current)
            if mark is not None and mark.material == material:
                self.list_of.discard(new)
                return page
            anchor, sheet = page, replace(sheet, name=page + _AGAIN)
            rename_page(new, sheet.name)

    def _insert(self, new: NativeSlide, sheet: Sheet, material: str, inputs: str, anchor: str) -> str:
        flag = ""
        if not self.fresh and not self._goes_on(sheet.name):
            flag = f"{'更新' if sheet.name.endswith(_AGAIN) else '新增'} {self.now:%m-%d %H:%M}"
            add_mark(new, sheet, flag)
        self.list_of.place_after(new, sheet.name, anchor)
        self._remember(sheet.name, digest_of_slide(new) if flag else material, material, inputs, flag)
        self.added += 1
        return sheet.name

    def _goes_on(self, page: str) -> bool:
        """Whether it is one more page of a slide that nobody changed: a longer text, nothing to point at."""
        others = [name for name in self.list_of.names if group_of(name) == group_of(page)]
        ours = all(self._is_ours(name, self.list_of.slide(name)) for name in others)
        return bool(others) and ours and not page.endswith(_AGAIN)

    def _replace(self, new: NativeSlide, sheet: Sheet, material: str, inputs: str, current: str) -> str:
        mark = self.marks.get(sheet.name)
        if current == material or (mark is not None and mark.material == material):
            self.list_of.discard(new)
            self._remember(sheet.name, current, material, inputs, mark.mark if mark else "")
            return sheet.name
        flag = mark.mark if mark else ""
        if flag:
            add_mark(new, sheet, flag)
        self.list_of.replace(sheet.name, new)
        self._remember(sheet.name, digest_of_slide(new) if flag else material, material, inputs, flag)
        self.refreshed += 1
        return sheet.name

    def _remember(self, page: str, digest: str, material: str, inputs: str, flag: str) -> None:
        before = self.marks[page].digests if page in self.marks else ()
        digests = (*(entry for entry in before if entry != digest), digest)[-_VERSIONS:]
        self.marks[page] = PageMark(page, digests, material, inputs, flag)

    def _remove(self, page: str) -> None:
        """Take a page out that is no longer wanted, unless people changed it."""
        mark = self.marks.get(page)
        if mark is None or digest_of_slide(self.list_of.slide(page)) not in mark.digests:
            return
        self.list_of.remove(page)
        self.marks[page] = replace(mark, present=False)
        self.refreshed += 1

    def kept(self) -> int:
        """Slides of the deck as it is now that people made or changed."""
        return sum(1 for page, slide in self.list_of.all() if not self._is_ours(page, slide))

    def _is_ours(self, page: str, slide: NativeSlide) -> bool:
        mark = self.marks.get(page)
        return mark is not None and digest_of_slide(slide) in mark.digests


def make(
    view: DeckView, template: tuple[str, bytes], standing: tuple[str, bytes] | None, marks: Iterable[PageMark],
    read: ReadPhoto, now: datetime,
) -> DeckEdition:
    """A new deck on ``template``, or the one that stands brought up to date; both as (name to show, bytes).

    ``marks`` is what was remembered of the standing deck's pages. Pure but for ``read``; equal arguments, equal bytes.
    Raises ``DeckTemplateFault`` and ``DeckUnreadable``, in which case nothing was made.
    """
    deck = open_deck(*standing) if standing else empty_deck(*template)
    pages = pages_of((standing or template)[0], deck)
    kept_parts = frozenset(deck.part.package.iter_parts()) if standing else frozenset()
    if not standing:
        _describe(deck, view, now)
    known: Mapping[str, PageMark] = {mark.page: mark for mark in marks} if standing else {}
    edition = _Edition(deck, pages, view, read, now, dict(known), fresh=standing is None)
    edition.run()
    changed = standing is None or edition.added or edition.refreshed
    content = packed(deck, now, kept_parts) if changed or standing is None else standing[1]
    return DeckEdition(
        content, tuple(edition.marks.values()), len(edition.list_of), edition.added, edition.refreshed, edition.kept()
    )


def _describe(deck: Deck, view: DeckView, now: datetime) -> None:
    properties = deck.core_properties
    properties.title = readable(view.title)[:_TITLE_KEPT]
    properties.author = properties.last_modified_by = "kesu"
    properties.created = properties.modified = now.replace(tzinfo=None)
    properties.revision = 1
