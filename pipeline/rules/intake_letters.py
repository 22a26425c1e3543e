"""The mails taken in, seen from the ledger: which row came from which mail, and what shall be said beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from pipeline.rules.intake_proposal import belongs_by_note
from schemas.intake import KnownMail, Verdict
from schemas.rows import Complaint
from schemas.values import Status

_NEWS = timedelta(days=7)


class Letters:
    """The journal's mails by digest."""

    def __init__(self, mails: Mapping[str, KnownMail]) -> None:
        self.all = mails
        self._digests = tuple(mails)
        self._replies: defaultdict[str, list[KnownMail]] = defaultdict(list)
        for mail in mails.values():
            if mail.verdict is Verdict.REPLY:
                for number in dict.fromkeys(mail.numbers):
                    self._replies[number].append(mail)

    def origin(self, complaint: Complaint) -> tuple[KnownMail, int] | None:
        """The mail and the place in it that a row came from, by the mark in 备注."""
        found = belongs_by_note(complaint.note, self._digests)
        if found is None or not 0 <= found[1] < len(self.all[found[0]].rows):
            return None
        return self.all[found[0]], found[1]

    def evidence(self, complaint: Complaint) -> str:
        """What a row not yet confirmed was read from; "" once a person changed its status."""
        if complaint.status is not Status.UNCONFIRMED:
            return ""
        origin = self.origin(complaint)
        if origin is None or origin[1] >= len(origin[0].evidence):
            return ""
        return origin[0].evidence[origin[1]]

    def news_of(self, number: str, now: datetime) -> list[str]:
        """Sentences on replies filed with a complaint in the last days, for its engineer."""
        return [
            f"来信“{mail.subject}”（{mail.sent.astimezone(now.tzinfo):%m-%d %H:%M}）已存入附件"
            for mail in self._replies.get(number, ()) if now < mail.taken + _NEWS
        ]

    def unreadable(self, now: datetime) -> list[str]:
        """Sentences on mails put into quarantine in the last days, for the board."""
        return [
            f"来信“{mail.subject or '（无主题）'}”（{mail.sent.astimezone(now.tzinfo):%m-%d %H:%M}）无法识读："
            f"{mail.reason}。原件在 待归属/无法识读，请人工处理"
            for mail in self.all.values() if mail.verdict is Verdict.QUARANTINED and now < mail.taken + _NEWS
        ]
