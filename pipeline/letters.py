"""Effects on incoming mail, several mails at once: they wait for the disk together, and one commit remembers them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice

from pipeline.filing import file_dropped, file_mails, set_aside, take_mails
from pipeline.site import Site
from schemas.effects import Effect, Outcome
from schemas.errors import KesuError
from schemas.payloads import FileDropped, FileMail, SetAside, TakeMail

_AT_ONCE = 25  # mails; more would hold more in memory and repeat more when one of them fails


class IntakeOff(KesuError):
    """Work on incoming mail is left from before, and intake is not set up any more."""

    def __init__(self) -> None:
        super().__init__("来信登记已关闭，尚有来信没有处理完。请在 config.yaml 的 intake 中重新启用。")


def grouped(effects: Sequence[Effect]) -> Iterator[list[Effect]]:
    """In order: mails that are taken in, or filed, one after the other in groups; everything else alone."""
    for kind, run in groupby(effects, lambda effect: type(effect.payload)):
        size = _AT_ONCE if kind in {TakeMail, FileMail} else 1
        while group := list(islice(run, size)):
            yield group


def letter_done(payload: TakeMail | SetAside | FileMail | FileDropped, site: Site, now: datetime) -> Outcome:
    """One mail or dropped file."""
    if isinstance(payload, FileDropped):
        return file_dropped(payload, site.share)
    if isinstance(payload, SetAside):
        return set_aside(payload, site.mailbox)
    return letters_done([payload], site, now)[0]


def letters_done(payloads: Sequence[object], site: Site, now: datetime) -> list[Outcome]:
    """Mails of one kind, all to take in or all to file; idempotent by their digests, ``filing`` says how.

    Raises ``IntakeOff``, and what keeping or placing any of them raises: some are done then, which does no harm.
    """
    box = site.letterbox
    if box is None:
        raise IntakeOff
    to_file = [payload for payload in payloads if isinstance(payload, FileMail)]
    if to_file:
        return file_mails(to_file, now, store=box.store, reader=box.reader, share=site.share)
    to_take = [payload for payload in payloads if isinstance(payload, TakeMail)]
    return take_mails(to_take, now, store=box.store, share=site.share, journal=site.journal, mailbox=site.mailbox)
