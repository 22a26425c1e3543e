"""What stands in the documents that people edit: read once per change, an unchanged document costs a stat."""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from schemas.effects import EffectRecord, EffectState
from schemas.journal_port import Journal
from schemas.ports import Documents, Share
from schemas.remembered import RememberedEffects
from schemas.report import DocumentReading

log = logging.getLogger(__name__)

#: The kinds whose fields count when people fill them in.
READ_KINDS = ("eight_d", "eight_d_internal", "slip", "minutes")
_A_PASS = 50  # documents of finished complaints that are looked at in one pass
_Stamp = tuple[int, int]


def _written(record: EffectRecord) -> bool:
    """Whether it is a document that we wrote and people may have changed since."""
    outcome = record.outcome
    kind = record.key.kind.removeprefix("doc.")
    return kind in READ_KINDS and record.state is EffectState.DONE and outcome is not None and not outcome.beside


@dataclass
class DocumentsSeen:
    """Readings by path, kept while the process runs; ``read`` never writes.

    Every document is read once. Those of complaints that are being worked on are looked after in every pass, the
    others in turn, a few a pass: a share with the papers of years would be busy with nothing else.
    """

    _known: dict[str, tuple[_Stamp, DocumentReading | None]] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)
    _of_number: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _turn: deque[str] = field(default_factory=deque)
    _effects: RememberedEffects = field(default_factory=lambda: RememberedEffects({}))
    _changed: dict[str, DocumentReading] = field(default_factory=dict)

    def read(
        self, effects: RememberedEffects, share: Share, documents: Documents, journal: Journal,
        active: Collection[str],
    ) -> Mapping[str, DocumentReading]:
        """The documents that differ from what we last wrote, by path; ``active`` are the numbers being worked on.

        One that cannot be read now counts as it was read last.
        """
        fresh = self._take(effects)
        looked = {path for number in active for path in self._of_number.get(number, ())}
        for path in (*fresh, *sorted(looked - fresh.keys()), *self._in_turn(looked)):
            try:
                reading = self._reading(self._kinds[path], path, share, documents, journal)
            except OSError as error:  # a share drops, a file is locked for a moment: the next pass looks again
                log.warning("document not readable: %s", type(error).__name__)
                continue
            if reading is None:
                self._changed.pop(path, None)
            else:
                self._changed[path] = reading
        return dict(self._changed)

    def _take(self, effects: RememberedEffects) -> dict[str, bool]:
        """The documents written since the last look."""
        fresh: dict[str, bool] = {}
        for record in effects.since(self._effects).values():
            if _written(record) and record.outcome is not None:
                path = record.outcome.path
                if path not in self._kinds:
                    self._turn.append(path)
                self._kinds[path] = record.key.kind.removeprefix("doc.")
                self._of_number[record.key.subject].add(path)
                fresh[path] = True
        self._effects = effects
        return fresh

    def _in_turn(self, looked: Collection[str]) -> Iterator[str]:
        for _ in range(min(_A_PASS, len(self._turn))):
            path = self._turn[0]
            self._turn.rotate(-1)
            if path not in looked:
                yield path

    def forget(self, path: str) -> None:
        """Read a document again in the next pass, although its time stamp may stay."""
        self._known.pop(path, None)

    def _reading(
        self, kind: str, path: str, share: Share, documents: Documents, journal: Journal
    ) -> DocumentReading | None:
        stamp = share.stamp(path)
        if stamp is None:
            return None
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = (stamp, _read(kind, path, share, documents, journal))
            self._known[path] = known
        return known[1]


def _read(kind: str, path: str, share: Share, documents: Documents, journal: Journal) -> DocumentReading | None:
    content = share.read(path)
    if sha256(content).hexdigest() == journal.last_sha256(path):
        return None  # nobody touched it
    fields = documents.read_back(kind, content)
    return DocumentReading(path, kind, fields, documents.changed(kind, fields, journal.written_fields(path)))
