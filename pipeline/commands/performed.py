"""How a pass is told: a line for each effect, and its JSON form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from schemas.effects import Effect, EffectState

if TYPE_CHECKING:
    from pipeline.perform import Performed
    from pipeline.tick import PassReport

_QUIET = ("round.", "refused")


def effect_json(effect: Effect, state: str, text: str) -> dict[str, object]:
    """One effect for ``--json``: its key in parts, what it is, and what became of it."""
    return {
        "kind": effect.key.kind, "subject": effect.key.subject, "occasion": effect.key.occasion,
        "revision": effect.key.revision, "title": effect.title, "state": state, "text": text,
    }


def line_of(done: Performed) -> str:
    """One performed effect as a line."""
    if done.state is EffectState.DONE:
        return f"✓ {done.effect.title}" + (f" → {done.path}" if done.path and not done.path.startswith("mail:") else "")
    if done.state is EffectState.UNCERTAIN:
        return f"? {done.effect.title}:{done.text}"
    return f"{'…' if done.deferred else '✗'} {done.effect.title}：{done.text}"


def lines_of(report: PassReport) -> Iterator[str]:
    """A pass in lines; bookkeeping effects are left out."""
    for done in report.performed:
        if not done.effect.key.kind.startswith(_QUIET):
            yield line_of(done)
    if report.board_written:
        yield "✓ 看板已更新"
    if report.board_error:
        yield f"✗ 看板未更新：{report.board_error}"
