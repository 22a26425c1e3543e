"""A Word file's main part as a tree: opened within limits, put back with every other member's bytes untouched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePath

from lxml import etree

from pipeline.documents.filling import W
from pipeline.ooxml.package import Member, Package
from schemas.errors import KesuError

_MAIN = re.compile(r"word/document\d*\.xml", re.IGNORECASE)
_HEADER = re.compile(r"word/header\d*\.xml", re.IGNORECASE)
_MOST_MEMBERS, _MOST_BYTES, _HIGHEST_RATIO = 4000, 64 << 20, 400


class DocumentUnreadable(KesuError):
    """A document on the share that cannot be read as a Word file; it is left as it is."""

    def __init__(self, name: PurePath, reason: str) -> None:
        super().__init__(f"{name.name} 读不出内容（{reason}）。文件未作改动；请在 Word 或 WPS 中另存为 .docx。")


class WordFile:
    """A .docx in memory; ``tree`` is its main part. Raises ``DocumentUnreadable``."""

    def __init__(self, content: bytes, name: PurePath) -> None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            self._package = Package(Path(name), content)
            main = _main_part(self._package, name)
            self._member = main.name
            self.tree = etree.fromstring(self._package.read(main, _MOST_BYTES), parser)
        except DocumentUnreadable:
            raise
        except (KesuError, etree.XMLSyntaxError, IndexError) as error:
            raise DocumentUnreadable(name, "文件不完整、有密码或不是 .docx") from error

    def with_tree(self, headers: Mapping[str, bytes] | None = None) -> bytes:
        """The file with the tree as it stands now, and these headers; all other members byte for byte as they were."""
        part = etree.tostring(self.tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        return self._package.rewritten({self._member: part, **(headers or {})}, {})

    def headers(self) -> Mapping[str, bytes]:
        """The page headers by part name."""
        found = (member for member in self._package.members if _HEADER.fullmatch(member.name))
        return {member.name: self._package.read(member, _MOST_BYTES) for member in found}

    def headers_without(self, mark: str) -> dict[str, bytes]:
        """The headers that show ``mark`` in a run of its own, without it."""
        changed = {}
        for name, content in self.headers().items():
            tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
            marks = [text for text in tree.iter(f"{W}t") if (text.text or "").strip() == mark]
            for text in marks:
                text.text = ""
            if marks:
                changed[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        return changed


def _main_part(package: Package, name: PurePath) -> Member:
    """The main part, unless the package would exhaust the machine."""
    main = next((member for member in package.members if _MAIN.fullmatch(member.name)), None)
    if main is None:
        raise DocumentUnreadable(name, "不是 Word 文档")
    if len(package.members) > _MOST_MEMBERS:
        raise DocumentUnreadable(name, "部件过多")
    if main.size > _MOST_BYTES or main.size > _HIGHEST_RATIO * max(main.packed, 1024):
        raise DocumentUnreadable(name, "正文过大")
    return main


def without_row(row: etree._Element) -> None:
    """Take a row out of its table."""
    parent = row.getparent()
    if parent is not None:
        parent.remove(row)
