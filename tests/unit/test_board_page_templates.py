"""The board page's template files: a plant's own copies, their faults, and colours that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from pipeline.documents.board_page import render_board
from pipeline.documents.fault import TemplateFault
from schemas.board import BoardView

TEMPLATES = Path(__file__).parents[2] / "templates"


def example() -> BoardView:
    return TypeAdapter(BoardView).validate_json((TEMPLATES / "board" / "example.json").read_bytes())


def test_a_template_saved_with_windows_line_ends_gives_the_same_page(tmp_path: Path) -> None:
    (tmp_path / "board").mkdir()
    for name in ("board.html", "parts.html", "board.css", "board.js"):
        content = (TEMPLATES / "board" / name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        (tmp_path / "board" / name).write_bytes(b"\xef\xbb\xbf" + content)
    assert render_board(example(), [tmp_path]) == render_board(example(), [TEMPLATES])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ink_and_ground_keep_the_contrast_of_wcag_aa(scheme: str) -> None:
    style = (TEMPLATES / "board" / "board.css").read_text("utf-8")
    blocks = re.findall(r"color-scheme: (\w+);(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", dict(blocks)[scheme]))
    inks = ("ink", "soft", "link", "urgent", "serious", "wait")
    pairs = [(ink, ground) for ink in inks for ground in ("ground", "card")]
    pairs += [(name, f"{name}-ground") for name in ("urgent", "serious", "wait")]
    pairs += [(ink, "plain-ground") for ink in ("ink", "soft")]
    pairs += [("top-ink", "top"), ("ribbon-ink", "ribbon"), ("ink", "urgent-ground"), ("good", "card")]
    assert {pair: ratio for pair in pairs if (ratio := contrast(*(colours[name] for name in pair))) < 4.5} == {}


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.1 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("board.html", "<p>\n{{ view.nosuch }}", ["第 2 行", "nosuch"]),
        ("board.html", "<p>\n\n{% if view %}", ["第 3 行", "endif"]),
        ("parts.html", "{% macro case_row(case, index) %}\n{{ case.typo }}{% endmacro %}", ["parts.html", "typo"]),
        ("board.html", "{{ view.__class__.__mro__ }}", ["board.html"]),
        ("board.html", "{% include 'board/lost.html' %}", ["lost.html"]),
        ("board.html", "{{ view.day - 1 }}", ["第 1 行"]),
        ("board.js", "document.write('</script>')", ["board.js", "</script"]),
    ],
)
def test_a_fault_in_a_plants_own_template_is_named(tmp_path: Path, name: str, content: str, said: list[str]) -> None:
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / name).write_text(content, encoding="utf-8")
    page = content
    if name == "parts.html":
        page = '{% from "board/parts.html" import case_row %}\n\n\n\n{{ case_row(view.cases[0], 1) }}'
        (tmp_path / "board" / "board.html").write_text(page, encoding="utf-8")
    with pytest.raises(TemplateFault) as caught:
        render_board(example(), [tmp_path, TEMPLATES])
    assert [part for part in said if part not in str(caught.value)] == []


def test_a_template_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "board").mkdir()
    (tmp_path / "board" / "board.html").write_bytes("看板".encode("gb18030"))
    with pytest.raises(TemplateFault, match="UTF-8"):
        render_board(example(), [tmp_path, TEMPLATES])
