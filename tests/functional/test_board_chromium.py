"""The board page in a real browser: width on a phone, filters in the address, no foreign script, print."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote
from zlib import decompress, error

import pytest
from pydantic import TypeAdapter

from pipeline.documents.board_page import render_board
from schemas.board import BoardView

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium missing")

TEMPLATES = Path(__file__).parents[2] / "templates"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)
Browser = Callable[..., str]


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    def run(page: Path, *options: str, fragment: str = "") -> str:
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        command = [str(CHROMIUM), *FLAGS, profile, *options, page.as_uri() + fragment]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode("utf-8")

    return run


def example() -> BoardView:
    return TypeAdapter(BoardView).validate_json((TEMPLATES / "board" / "example.json").read_bytes())


def saved(folder: Path, view: BoardView) -> Path:
    page = folder / "客诉看板.html"
    page.write_bytes(render_board(view, [TEMPLATES]))
    return page


def visible_cases(dom: str) -> list[str]:
    rows = re.findall(r'<tr id="c\d+"([^>]*)>', dom)
    numbers = [re.search(r'data-number="([^"]*)"', row) for row in rows if not re.search(r"\shidden\b", row)]
    return [number.group(1) for number in numbers if number]


def long_words(view: BoardView) -> BoardView:
    word = "X" * 400
    cases = (
        replace(
            view.cases[0], number=word, customer=word, phenomenon=word, overdue=(word,), waiting=(word,), notes=(word,)
        ),
        replace(view.cases[1], engineer=word, department=word, documents=((word, "a"),), status=word, level=word),
        *view.cases[2:],
    )
    duty = replace(view.duties[0], label=word, what=word, person=word, department=word)
    problem = replace(view.problems[0], place=word, value=word, message=word)
    tally = replace(view.by_engineer[0], name=word)
    return replace(
        view,
        site=word,
        alerts=(word,),
        ledgers=(replace(view.ledgers[1], name=word, reason=word),),
        cases=cases,
        duties=(duty, *view.duties),
        problems=(problem, *view.problems),
        by_engineer=(tally, *view.by_engineer),
        events=(replace(view.events[0], text=word),),
    )


def measuring_copy(view: BoardView) -> str:
    """The page with all details open and without its policy, telling its parent how wide it is."""
    content = render_board(view, [TEMPLATES]).decode("utf-8").replace("<details", "<details open")
    measure = "<script>parent.postMessage(name + ': ' + document.documentElement.scrollWidth, '*')</script>"
    return re.sub(r"<meta http-equiv[^>]*>", "", content).replace("</body>", measure + "</body>")


def test_nothing_reaches_beyond_the_width(tmp_path: Path, browser: Browser) -> None:
    """In frames, because a browser window cannot be made as narrow as a phone."""
    (tmp_path / "example.html").write_text(measuring_copy(example()), encoding="utf-8")
    (tmp_path / "long-words.html").write_text(measuring_copy(long_words(example())), encoding="utf-8")
    frames = [(name, width) for name in ("example", "long-words") for width in (360, 768, 1280)]
    listen = "onmessage = (event) => document.body.append('[' + event.data + ']')"
    page = tmp_path / "frames.html"
    page.write_text(
        f"<!DOCTYPE html><body><script>{listen}</script>"
        + "".join(
            f'<iframe src="{name}.html" name="{name} {width}" style="border:0;width:{width}px;height:600px"></iframe>'
            for name, width in frames
        ),
        encoding="utf-8",
    )
    dom = browser(page, "--window-size=1500,1000", "--hide-scrollbars", "--virtual-time-budget=3000", "--dump-dom")
    found = set(re.findall(r"\[([\w -]+: \d+)\]", dom))
    assert found == {f"{name} {width}: {width}" for name, width in frames}


def test_the_filter_in_the_address_shows_only_that_engineers_cases(tmp_path: Path, browser: Browser) -> None:
    view = example()
    dom = browser(saved(tmp_path, view), "--dump-dom", fragment="#filter=engineer:" + quote("林晓舟"))
    wanted = [case.number for case in view.cases if case.engineer == "林晓舟"]
    assert 0 < len(wanted) < len(view.cases)
    assert visible_cases(dom) == wanted
    assert f"显示 {len(wanted)} / {len(view.cases)} 件" in dom
    pressed = re.findall(r'<button[^>]*data-filter="([^"]*)"[^>]*aria-pressed="true"', dom)
    assert pressed == ["engineer:" + quote("林晓舟")]


def test_filters_join_and_sort(tmp_path: Path, browser: Browser) -> None:
    view = example()
    fragment = f"#filter=show:overdue;department:{quote('软管车间')};sort:age"
    dom = browser(saved(tmp_path, view), "--dump-dom", fragment=fragment)
    wanted = [case for case in view.cases if case.overdue and case.department == "软管车间"]
    by_age = sorted(wanted, key=lambda case: -(case.age_days or 0))
    assert wanted != by_age
    assert visible_cases(dom) == [case.number for case in by_age]


def test_search_in_the_address_finds_words_in_any_order(tmp_path: Path, browser: Browser) -> None:
    dom = browser(saved(tmp_path, example()), "--dump-dom", fragment="#filter=q:" + quote("断裂 北岭"))
    assert visible_cases(dom) == ["KS-202611-038"]
    assert "当前筛选下没有数据问题" in dom


def test_script_from_a_cell_does_not_run(tmp_path: Path, browser: Browser) -> None:
    attack = "<script>document.title='跑了'</script><img src=x onerror=\"document.title='跑了'\">"
    link = "javascript:document.title='跑了'"
    case = replace(example().cases[0], customer=attack, phenomenon=attack, engineer=attack, link=link)
    view = replace(example(), cases=(case,), alerts=(attack,), day=date(2020, 1, 2))
    dom = browser(saved(tmp_path, view), "--dump-dom", fragment="#filter=engineer:%;q:%3Cimg;" + quote(attack))
    assert "<title>客诉看板" in dom
    assert "<img" not in dom
    assert re.search(r"本页是 \d+ 天前的情况", dom)  # our own script did run, and says how old the page is


def test_the_policy_stops_script_that_a_careless_template_lets_through(tmp_path: Path, browser: Browser) -> None:
    own = tmp_path / "own" / "board"
    own.mkdir(parents=True)
    page = (TEMPLATES / "board" / "board.html").read_text("utf-8")
    (own / "board.html").write_text(page.replace("{{ alert }}", "{{ alert | safe }}"), encoding="utf-8")
    attack = "<script>document.title='跑了'</script>"
    target = tmp_path / "careless.html"
    target.write_bytes(render_board(replace(example(), alerts=(attack,)), [own.parent, TEMPLATES]))
    assert attack in target.read_text("utf-8")
    dom = browser(target, "--dump-dom")
    assert "<title>客诉看板" in dom
    assert 'aria-pressed="false"' in dom


def test_it_prints_on_landscape_pages_with_everything_opened(tmp_path: Path, browser: Browser) -> None:
    page, target = saved(tmp_path, example()), tmp_path / "board.pdf"
    browser(page, f"--print-to-pdf={target}")
    content = target.read_bytes()
    pages = re.findall(rb"/Type\s*/Page\b", content)
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", content)
    assert 2 <= len(pages) <= 5
    assert {tuple(round(float(side)) for side in box.split()) for box in boxes} == {(0, 0, 842, 595)}
    page.write_text(page.read_text("utf-8").replace("<details", "<details open"), encoding="utf-8")
    opened = tmp_path / "opened.pdf"
    browser(page, f"--print-to-pdf={opened}")
    assert shown_texts(content) == shown_texts(opened.read_bytes()) > 200


def shown_texts(pdf: bytes) -> int:
    """Number of text-showing operators in all content streams."""
    count = 0
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            count += len(re.findall(rb"\bT[jJ]\b", decompress(stream)))
        except error:
            continue  # not a compressed stream
    return count
