"""Performs the effect ``WriteDeck``: the deck that stands is read, brought up to date, and swapped in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from pipeline.site import Site
from schemas.effects import Outcome
from schemas.payloads import WriteDeck


def write_deck(payload: WriteDeck, site: Site, intended: datetime, step: Callable[[str], None]) -> Outcome:
    """Idempotent: what is written on each page is remembered first, so a page of ours is known after a crash.

    Stamped with the time of the intent, as documents are. A deck that is open, or saved meanwhile, waits:
    ``FileInUse``, ``FileChanged``.
    """
    path = f"{payload.folder}/{payload.file_name}"
    standing = site.share.standing(path)
    made = site.documents.render_deck(
        payload.view, (payload.file_name, standing) if standing is not None else None, site.journal.deck_marks(path),
        site.share.read, intended,
    )
    site.journal.record_deck(path, made.marks)
    step("deck recorded")
    outcome = site.share.put_in_place(path, made.content, standing)
    site.journal.record_meeting(payload.period, payload.shown)
    kept = f"，人改过的 {made.kept} 页保持不动" if made.kept else ""
    return replace(outcome, text=f"{payload.file_name} 共 {made.pages} 页{kept}")
