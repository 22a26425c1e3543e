"""Which key a wanted effect gets, given what the journal says of its kind, subject and occasion."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.effects import EffectKey, EffectRecord, EffectState
from schemas.remembered import RememberedEffects

_SETTLED = frozenset({EffectState.DONE, EffectState.UNCERTAIN})


class History:
    """The journal's effects by (kind, subject, occasion); answers "is it still to be done, and under which key?"."""

    def __init__(self, site: str, effects: Mapping[EffectKey, EffectRecord]) -> None:
        self._site = site
        self._effects = RememberedEffects.of(effects)

    def latest(self, kind: str, subject: str, occasion: str = "") -> EffectRecord | None:
        """The newest revision, None when it never was intended."""
        return self._effects.latest((kind, subject, occasion))

    def occasions(self, kind: str) -> frozenset[str]:
        """Every occasion of a kind that was ever intended."""
        return frozenset(name[2] for name in self._effects.names(kind))

    def of_kind(self, kind: str) -> tuple[EffectRecord, ...]:
        """The newest revision of every effect of a kind, in the order of subject and occasion."""
        found = (self._effects.latest(name) for name in sorted(self._effects.names(kind)))
        return tuple(record for record in found if record is not None)

    def has_unfinished(self, kind: str, occasion: str) -> bool:
        """Whether any effect of a kind and occasion was intended and is not settled yet."""
        return any(
            record.key.kind == kind and record.key.occasion == occasion
            and not self.is_settled(kind, record.key.subject, occasion)
            for record in self._effects.to_look_at()
        )

    def is_settled(self, kind: str, subject: str, occasion: str = "") -> bool:
        """Done, or uncertain and left to a person."""
        record = self.latest(kind, subject, occasion)
        return record is not None and record.state in _SETTLED

    def once(self, kind: str, subject: str, occasion: str = "") -> EffectKey | None:
        """Key of an effect that happens once per occasion whatever its inputs; None when there is nothing to do."""
        record = self.latest(kind, subject, occasion)
        if record is None:
            return EffectKey(self._site, kind, subject, occasion)
        return None if record.state in _SETTLED else record.key

    def revised(self, kind: str, subject: str, occasion: str, inputs: str) -> EffectKey | None:
        """Key of an effect that is repeated when its declared inputs change; None when they have not.

        An intent that was never carried out keeps its key; one that may have reached the outside world does too,
        until its outcome is known.
        """
        record = self.latest(kind, subject, occasion)
        if record is None:
            return EffectKey(self._site, kind, subject, occasion)
        if record.state in _SETTLED:
            if record.inputs == inputs:
                return None
            return EffectKey(self._site, kind, subject, occasion, record.key.revision + 1)
        return record.key
