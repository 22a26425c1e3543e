"""Every mail at the width of a phone and of a desk: nothing sticks out, nothing needs sideways scrolling."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

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


def rendered() -> dict[str, str]:
    documents = TemplateDocuments()
    found = {}
    for folder in sorted(MAILS.iterdir()):
        if (folder / "example.json").is_file():
            context = json.loads((folder / "example.json").read_text(encoding="utf-8"))
            found[folder.name] = documents.render_mail(folder.name, context)[2]
    return found


@pytest.mark.parametrize("width", [360, 900])
def test_no_mail_is_wider_than_the_screen(width: int, browser: Browser, tmp_path: Path) -> None:
    mails = rendered()
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
