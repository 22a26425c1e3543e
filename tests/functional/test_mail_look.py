"""Every mail at the width of a phone and of a desk: nothing sticks out, nothing needs sideways scrolling."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.gateway import TemplateDocuments
from tests.functional.test_board_chromium import Browser, browser, pytestmark

__all__ = ["browser", "pytestmark"]  # the fixture and the condition of the board's tests

MAILS = Path(__file__).parents[2] / "templates" / "mails"
_MEASURE = """
<script>
addEventListener("load", () => {
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument.documentElement;
    document.body.append(`[${frame.name} ${page.scrollWidth} ${page.clientWidth}]`);
  }
});
</script>
"""


#: What people type into a cell: long sentences, and a path without a single blank.
LONG = "接头注塑飞边割伤O形圈，压装时密封面被切边。" * 20 + "/server/share/" + "KS-2026_DEFECT-PHOTOS-" * 12


def rendered(*, long: bool = False) -> dict[str, str]:
    documents = TemplateDocuments()
    found = {}
    for folder in sorted(MAILS.iterdir()):
        if (folder / "example.json").is_file():
            context = json.loads((folder / "example.json").read_text(encoding="utf-8"))
            shown = lengthened(context) if long else context
            found[folder.name] = documents.render_mail(folder.name, shown)[2]
    return found


def lengthened(told: Any) -> Any:
    """The same context with every longer text as long as people have written them, and three times the rows."""
    if isinstance(told, dict):
        return {key: lengthened(value) for key, value in told.items()}
    if isinstance(told, list):
        return [lengthened(item) for item in told] * 3
    return told + LONG if isinstance(told, str) and len(re.findall(r"[\u4e00-\u9fff]", told)) > 5 else told


@pytest.mark.parametrize(("width", "long"), [(360, True), (900, False)])
def test_no_mail_is_wider_than_the_screen(width: int, *, long: bool, browser: Browser, tmp_path: Path) -> None:
    mails = rendered(long=long)
    frames = "".join(
        f'<iframe name="{name}" srcdoc="{escape(html)}" style="width:{width}px;height:600px;border:0"></iframe>'
        for name, html in mails.items()
    )
    page = tmp_path / "mails.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{frames}{_MEASURE}</body>", encoding="utf-8")
    measured = re.findall(r"\[(\w+) (\d+) (\d+)\]", browser(page, "--dump-dom"))
    assert {name for name, _, _ in measured} == mails.keys()
    assert [name for name, content, room in measured if int(content) > int(room)] == []


def test_every_mail_tells_phones_its_width_and_has_a_plain_text() -> None:
    documents = TemplateDocuments()
    for name, html in rendered().items():
        assert 'name="viewport"' in html, name
        assert "<style" not in html, f"{name}: Outlook and QQ mail drop style sheets"
        context = json.loads((MAILS / name / "example.json").read_text(encoding="utf-8"))
        assert len(documents.render_mail(name, context)[1]) > 30, name
