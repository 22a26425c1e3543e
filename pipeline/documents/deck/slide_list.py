"""The order of slides in a deck by page name: found wherever people moved them, replaced without losing their place."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pipeline.documents.deck.page import page_name

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck
    from pptx.slide import Slide

_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class SlideList:
    """The slides of a deck; the first one under a name is ours, a copy that people made of it is theirs."""

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self._slides: list[tuple[str, Slide]] = []
        seen: set[str] = set()
        for slide in deck.slides:
            name = page_name(slide)
            self._slides.append(("" if name in seen else name, slide))
            seen.add(name)

    def __len__(self) -> int:
        return len(self._slides)

    def __contains__(self, page: object) -> bool:
        return any(name == page for name, _ in self._slides if name)

    @property
    def names(self) -> list[str]:
        """The pages of ours that are there, in the deck's order."""
        return [name for name, _ in self._slides if name]

    def all(self) -> Iterator[tuple[str, Slide]]:
        """Every slide with its name, "" for those that people made."""
        yield from self._slides

    def slide(self, page: str) -> Slide:
        """The slide of a page that is there."""
        return self._slides[self._at(page)][1]

    def _at(self, page: str) -> int:
        return next(position for position, (name, _) in enumerate(self._slides) if name == page)

    @property
    def _entries(self) -> Any:
        return self._deck.slides._sldIdLst  # the library offers no call to order, replace or remove slides

    @property
    def _root(self) -> Any:
        return self._deck.part._element

    def _entry_of(self, slide: Slide) -> Any:
        return next(entry for entry in self._entries if self._deck.part.related_part(entry.rId) is slide.part)

    def place_after(self, new: Slide, page: str, anchor: str) -> None:
        """Put a slide that was just appended behind the page ``anchor``, or first when there is none."""
        position = self._at(anchor) + 1 if anchor in self else 0
        entry = self._entry_of(new)
        self._entries.remove(entry)
        self._entries.insert(position, entry)
        if position:
            self._into_section(entry, self._entries[position - 1])
        self._slides.insert(position, (page, new))

    def _into_section(self, entry: Any, before: Any) -> None:
        """List a new slide in the section of the one before it, where people have made sections."""
        for listed in list(self._root.iter()):
            if listed.tag != entry.tag and listed.get("id") == str(before.id) and listed.tag.endswith("}sldId"):
                beside = deepcopy(listed)
                beside.set("id", str(entry.id))
                listed.addnext(beside)

    def replace(self, page: str, new: Slide) -> None:
        """Let a slide that was just appended take the place of a page: same position, slide id, section, shows."""
        position = self._at(page)
        fresh, entry = self._entry_of(new), self._entry_of(self._slides[position][1])
        old, root = entry.rId, self._root
        self._entries.remove(fresh)
        for reference in root.iter():
            if reference.get(_ID) == old:
                reference.set(_ID, fresh.rId)
        self._deck.part.drop_rel(old)
        self._slides[position] = (page, new)

    def discard(self, new: Slide) -> None:
        """Take out a slide that was just appended and is not needed."""
        entry = self._entry_of(new)
        self._entries.remove(entry)
        self._deck.part.drop_rel(entry.rId)

    def remove(self, page: str) -> None:
        """Take a page out, from its section as well."""
        position = self._at(page)
        entry = self._entry_of(self._slides[position][1])
        for listed in list(self._root.iter()):
            in_section = listed.tag != entry.tag and listed.get("id") == str(entry.id)
            in_show = listed is not entry and listed.get(_ID) == entry.rId
            if in_section or in_show:
                listed.getparent().remove(listed)
        self._entries.remove(entry)
        self._deck.part.drop_rel(entry.rId)
        del self._slides[position]
