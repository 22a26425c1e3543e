"""What stands in the documents that people edit: read once per change, an unchanged document costs a stat."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from schemas.effects import EffectKey, EffectRecord, EffectState
from schemas.ports import Documents, Journal, Share
from schemas.report import DocumentReading

log = logging.getLogger(__name__)

#: The kinds whose fields count when people fill them in.
READ_KINDS = ("eight_d", "slip", "minutes")
_Stamp = tuple[int, int]


def written_documents(effects: Mapping[EffectKey, EffectRecord]) -> Iterator[tuple[str, str]]:
    """(kind, path) of every document that we wrote and people may have changed since."""
    paths: dict[str, str] = {}
    for key, record in effects.items():
        kind = key.kind.removeprefix("doc.")
        outcome = record.outcome
        if kind in READ_KINDS and record.state is EffectState.DONE and outcome is not None and not outcome.beside:
            paths[outcome.path] = kind
    yield from ((kind, path) for path, kind in paths.items())


@dataclass
class DocumentsSeen:
    """Readings by path, kept while the process runs; ``read`` never writes."""

    _known: dict[str, tuple[_Stamp, DocumentReading | None]] = field(default_factory=dict)

    def read(
        self, effects: Mapping[EffectKey, EffectRecord], share: Share, documents: Documents, journal: Journal
    ) -> Mapping[str, DocumentReading]:
        """The documents that differ from what we last wrote, by path; one that cannot be read now is left out."""
        found = {}
        for kind, path in written_documents(effects):
            try:
                reading = self._reading(kind, path, share, documents, journal)
            except OSError as error:  # a share drops, a file is locked for a moment: the next pass looks again
                log.warning("document not readable: %s", type(error).__name__)
                continue
            if reading is not None:
                found[path] = reading
        return found

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
