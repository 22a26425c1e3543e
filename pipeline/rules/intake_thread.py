"""Which complaint a mail belongs to: a number in its subject, or the mails it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pipeline.rules.intake_labels import folded
from schemas.effects import EffectRecord
from schemas.incoming import IncomingMail
from schemas.intake import KnownMail

_OURS = re.compile(r"kesu\.([0-9a-f]{8,64})@")
_ANSWER = re.compile(r"^\s*(?:回复|答复|答覆|回覆|转发|re|aw|fw|fwd)\s*[:：]", re.IGNORECASE)


def is_answer(subject: str) -> bool:
    """Whether a subject says that the mail answers or passes on another."""
    return _ANSWER.match(subject) is not None


class Threads:
    """What is known of numbers, of mails we sent, and of mails that came in."""

    def __init__(
        self, numbers: Iterable[str], number_of_case: Mapping[str, str], effects: Iterable[EffectRecord],
        mails: Iterable[KnownMail],
    ) -> None:
        self._numbers = {folded(number): number for number in numbers if len(number) >= 5}
        self._sent = {
            record.key.digest: number_of_case[record.case_id] for record in effects
            if record.key.kind.startswith("mail.") and number_of_case.get(record.case_id)
        }
        self._came = {mail.message_id: mail for mail in mails if mail.message_id}

    def learn(self, mail: KnownMail) -> None:
        """A further mail that came in: what answers it belongs to it."""
        if mail.message_id:
            self._came.setdefault(mail.message_id, mail)

    def number_in(self, text: str) -> str:
        """The one complaint number that stands in a text as a whole word, "" for none or several."""
        held = folded(text)
        found = {
            number for key, number in self._numbers.items()
            if re.search(rf"(?<![a-z0-9-]){re.escape(key)}(?![0-9])", held)
        }
        return found.pop() if len(found) == 1 else ""

    def number_for(self, mail: IncomingMail) -> str:
        """The complaint a mail belongs to; "" for a new matter, or when it may be one of several."""
        named = self.number_in(mail.subject)
        if named:
            return named
        for reference in mail.references:
            ours = _OURS.match(reference)
            if ours and ours[1] in self._sent:
                return self._sent[ours[1]]
            known = self._came.get(reference)
            if known is not None:
                return known.numbers[0] if len(known.numbers) == 1 else ""
        return ""

    def awaited(self, mail: IncomingMail) -> KnownMail | None:
        """The mail with one proposed row that this one answers, while that row has no number yet."""
        found = (self._came.get(reference) for reference in mail.references)
        return next((known for known in found if known and len(known.rows) == 1 and not known.numbers), None)
