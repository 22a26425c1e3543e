"""The deck's few colours: the template's own theme for the drawing, fixed ones where a colour has a meaning."""

from __future__ import annotations

from schemas.deck import StepState, Tone

TEXT, HEAD, PAPER, BAND, ACCENT, LINE = "tx1", "tx2", "bg1", "bg2", "accent1", "accent6"
GOOD, WARN, BAD, QUIET = "2E7D4F", "9A5B00", "B3261E", "5B6472"

#: Text colour of a tone; all readable in print and on a projector (contrast to white at least 4.5).
TONES = {Tone.PLAIN: TEXT, Tone.GOOD: GOOD, Tone.WARN: WARN, Tone.BAD: BAD, Tone.QUIET: QUIET}
#: Fill, line and text of a step of the timeline: told apart in black and white by fill and line as well.
STEPS = {
    StepState.DONE: (HEAD, HEAD, PAPER),  # dark in every theme, unlike its accents
    StepState.NOW: (PAPER, ACCENT, HEAD),
    StepState.LATE: (PAPER, BAD, BAD),
    StepState.AHEAD: (BAND, LINE, QUIET),
}


def colour(name: str) -> str:
    """DrawingML of a colour: a name of the theme, or six hexadecimal digits."""
    if len(name) == 6 and all(digit in "0123456789ABCDEF" for digit in name):
        return f'<a:srgbClr val="{name}"/>'
    return f'<a:schemeClr val="{name}"/>'


def fill(name: str) -> str:
    """DrawingML of a solid fill; none for an empty name."""
    return f"<a:solidFill>{colour(name)}</a:solidFill>" if name else "<a:noFill/>"
