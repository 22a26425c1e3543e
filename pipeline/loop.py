"""Stay and watch: change notifications as hints, polling as the truth, one pass at a time until told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType

from pipeline.alarm import ReadingWatch, raise_alarm
from pipeline.files.system_faults import plain_sentence
from pipeline.hints import hints
from pipeline.site import Site
from pipeline.tick import Passes, PassReport
from schemas.effects import EffectState
from schemas.errors import KesuError

log = logging.getLogger(__name__)

_CALM_SECONDS = 0.5  # one save makes a burst of events; a busy share must not mean pass after pass


@contextmanager
def stop_on_signals(stop: threading.Event, wake: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the loop after the pass in hand."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        wake.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_loop(
    site: Site, *, rehearsal: bool, clock: Callable[[], datetime], report: Callable[[PassReport], None],
    complain: Callable[[str], None], daily: Callable[[datetime], object], check_share: Callable[[], None],
) -> None:
    """Pass after pass until a signal; a failing pass is reported and the next one tries again.

    ``clock`` gives the aware time of each pass, ``report`` hears what a pass did, ``complain`` hears a failure (the
    same one once), ``daily`` is called at the first pass of each day (the journal's backup), ``check_share`` raises
    while the share is not there, so that nothing is written into an empty mount point.
    """
    stop, wake = threading.Event(), threading.Event()
    folders = sorted({(site.share.root / ledger.file).parent for ledger in site.settings.ledgers})
    rounds = _Rounds(site, rehearsal, report, complain, daily, check_share, clock())
    with stop_on_signals(stop, wake), hints(folders, wake) as watch_again:
        while not stop.is_set():
            wake.clear()
            watch_again()
            rounds.next(clock())
            wake.wait(timeout=site.settings.poll_seconds)
            stop.wait(_CALM_SECONDS)


class _Rounds:
    """One round after the other: the day's first work, a pass, and the alarm when passes read nothing for long."""

    def __init__(
        self, site: Site, rehearsal: bool, report: Callable[[PassReport], None],
        complain: Callable[[str], None], daily: Callable[[datetime], object], check_share: Callable[[], None],
        started: datetime,
    ) -> None:
        self.site, self.report = site, report
        self.passes = Passes(site, rehearsal=rehearsal)
        self.complain, self.daily, self.check_share = complain, daily, check_share
        self.watch = ReadingWatch(timedelta(minutes=site.settings.alarm_minutes), started)
        self.reasons: tuple[str, ...] = ()
        self._complaints: dict[str, str] = {}
        self._day = ""

    def next(self, now: datetime) -> None:
        """Each part is tried whatever became of the others; the share may drop for hours, the loop outlives it."""
        if self._day != f"{now:%Y-%m-%d}" and self._tried("daily", lambda: self.daily(now)):
            self._day = f"{now:%Y-%m-%d}"
        self._tried("pass", lambda: self._pass(now))
        since = self.watch.outage_since(now)
        if since is not None:
            self._tried("alarm", lambda: self._alarm(since, now))

    def _pass(self, now: datetime) -> None:
        self.check_share()
        done = self.passes.tick(now)
        self.reasons = tuple(done.snapshot.unreadable.values())
        if any(not reading.stale_because for reading in done.snapshot.readings):
            self.watch.read(now)
        self.report(done)

    def _alarm(self, since: datetime, now: datetime) -> None:
        reasons = tuple(filter(None, (*self.reasons, self._complaints.get("pass", ""))))
        sentence, mailed = raise_alarm(self.site, since, now, reasons)
        self.complain(sentence)
        if mailed is not None and mailed.state is not EffectState.DONE:
            self.complain(f"警报邮件未能发出：{mailed.text}")

    def _tried(self, what: str, do: Callable[[], object]) -> bool:
        """Do something; a failure is told once for as long as it lasts."""
        try:
            do()
        except (KesuError, OSError) as error:
            text = plain_sentence(error) if isinstance(error, OSError) else str(error)
            if text != self._complaints.get(what):
                self.complain(text)
            self._complaints[what] = text
            return False
        self._complaints.pop(what, None)
        return True
