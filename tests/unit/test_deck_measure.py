"""Text is measured on the safe side: lines keep the text, fit the width, and break where Chinese may be broken."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents.deck.measure import fitted, readable, width_of, wrap
from tests.pages.glyphs import text_width

TEXTS = st.text(st.sampled_from("密封圈泄漏（）。，、AWi1 .-%\n"), max_size=60)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.floats(30, 400), st.booleans())
def test_lines_are_the_text_and_none_is_wider_than_the_box(text: str, width: float, bold: bool) -> None:
    lines = wrap(text, 14, width, bold=bold)
    assert "".join(lines) == text
    for line in lines:
        alone = len(line.rstrip()) <= 3  # a character with the punctuation that may not be parted from it
        assert alone or width_of(line.rstrip(), 14, bold=bold) <= width + 14 * 3


@settings(max_examples=100, deadline=None)
@given(TEXTS.filter(str.strip), st.booleans())
def test_never_narrower_than_the_page_checker_measures(text: str, bold: bool) -> None:
    assert width_of(text.replace("\n", ""), 12, bold=bold) >= text_width(text.replace("\n", ""), 12, bold=bold) * 0.97


def test_a_line_never_begins_with_closing_punctuation_nor_ends_with_an_opening_one() -> None:
    text = "接头处渗水，装配（线边）后出现。" * 6
    for width in range(60, 200, 7):
        lines = wrap(text, 14, width)
        assert not any(line[0] in "，。）" for line in lines)
        assert not any(line[-1] == "（" for line in lines)


def test_words_stay_whole_unless_wider_than_a_line() -> None:
    assert wrap("批次 QC-20261108A 泄漏", 14, 110) == ["批次 ", "QC-20261108A ", "泄漏"]
    broken = wrap("W" * 40, 14, 100)
    assert len(broken) > 4
    assert all(width_of(line, 14) <= 100 for line in broken)


def test_one_line_is_cut_with_an_ellipsis_and_fits() -> None:
    assert fitted("短", 14, 100) == "短"
    cut = fitted("很长的标题" * 10, 22, 200, bold=True)
    assert cut.endswith("…")
    assert width_of(cut, 22, bold=True) <= 200
    assert fitted("两行\n变一行", 14, 300) == "两行 变一行"


def test_what_a_slide_cannot_hold_is_cleaned() -> None:
    assert readable("a\x07b\ud800c\td\r\ne") == "abc d\ne"
