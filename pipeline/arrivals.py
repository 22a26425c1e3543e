"""What came in since the last pass: mails that are not known yet, and files dropped into 待归属."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from pipeline.files.system_faults import plain_sentence
from pipeline.rules.cases import directory_of
from pipeline.rules.intake_senders import Senders
from pipeline.rules.wanted_intake import Arrivals, left_alone
from pipeline.site import Letterbox, Site
from schemas.errors import KesuError
from schemas.incoming import DroppedFile, IncomingMail
from schemas.memory import Memory
from schemas.workbook import WorkbookReading

log = logging.getLogger(__name__)

_MOST_A_PASS = 50  # so that a full mailbox does not hold up a line-stop alert


def arrivals_at(site: Site, readings: Sequence[WorkbookReading], memory: Memory, now: datetime) -> Arrivals:
    """Read what is new; nothing is moved or written. A mailbox that cannot be read is said, and the pass goes on."""
    box = site.letterbox
    if box is None or not site.settings.intake.enabled:
        return Arrivals()
    files = site.share.dropped()
    dropped = None if files is None else tuple(_opened(files, site, box, memory))
    if not _due(box, site, now):
        return Arrivals(dropped=dropped)
    senders = Senders(site.settings.intake, directory_of(readings))
    try:
        mails = tuple(islice(_mails(site, box, senders, memory), _MOST_A_PASS))
    except (KesuError, OSError) as error:
        # the mail server is down, the password has expired: the ledgers go on, the board says so
        log.warning("mailbox not readable: %s", type(error).__name__)
        return Arrivals(dropped=dropped, trouble=plain_sentence(error) if isinstance(error, OSError) else str(error))
    box.looked = now
    return Arrivals(mails, dropped, looked=True)


def _due(box: Letterbox, site: Site, now: datetime) -> bool:
    """A folder is looked into every pass, a server every so many seconds."""
    wait = 0.0 if site.settings.mail.backend == "folder" else site.settings.intake.every_seconds
    return box.looked is None or now - box.looked >= timedelta(seconds=wait)


def _opened(files: Iterable[DroppedFile], site: Site, box: Letterbox, memory: Memory) -> Iterator[DroppedFile]:
    """The files in 待归属; what may be a call sheet is opened once, one that cannot be read now by the next pass."""
    looked_into = {mail.mail_id for mail in memory.mails.values()} | memory.ignored.keys()
    for file in files:
        if file.place in looked_into or not box.reader.can_open(file.name):
            yield file
            continue
        try:
            content = site.share.read(f"待归属/{file.name}")
        except OSError as error:
            log.warning("dropped file not readable now: %s", type(error).__name__)
            yield file
            continue
        yield replace(file, opened=True, sheet=box.reader.call_sheet(file.name, content))


def _mails(site: Site, box: Letterbox, senders: Senders, memory: Memory) -> Iterator[tuple[IncomingMail, bytes]]:
    """New mails; the files of a stranger's are not opened."""
    for mail_id, raw in site.mailbox.fetch(left_alone(memory.ignored, senders)):
        mail = box.reader.read(mail_id, raw)
        if not mail.damage and senders.of(mail.sender, mail.sender_name) is not None:
            mail = box.reader.open_files(mail)
        yield mail, raw
