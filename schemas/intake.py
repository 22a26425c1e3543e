"""What intake makes of a mail: who it is from, whether it counts, what was found in it word by word, rows proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from pydantic import Field

from schemas.section import Section

#: Subject words by which a colleague's mail is taken for a complaint or a weekly report.
_COLLEAGUES_WORDS = (
    "客诉", "投诉", "抱怨", "质量", "不良", "异常", "索赔", "退货", "停线", "甩车", "周报", "日报", "8D", "信息收集表",
)


class CustomerAddressing(Section):
    """How one customer writes: addresses or domains (with all below them), and which engineer looks after it."""

    senders: tuple[str, ...] = ()
    engineer: str = ""


class IntakeSetting(Section):
    """Which mails become complaints, and where their rows go; ``address_book`` goes by customer."""

    enabled: bool = True
    ledger: str = ""                        # file of the ledger that gets new rows; "" = the first one
    address_book: dict[str, CustomerAddressing] = Field(default_factory=dict)
    senders: tuple[str, ...] = ()           # further addresses or domains that count
    colleagues: bool = True                 # people of 通讯录
    subject_words: tuple[str, ...] = ()     # () = every subject counts
    colleague_words: tuple[str, ...] = _COLLEAGUES_WORDS
    per_sender_day: int = Field(default=20, ge=1)
    engineer: str = ""                      # who gets what nobody else gets
    every_seconds: float = Field(default=60.0, ge=0)  # how often a mail server is asked; a folder every pass


class Verdict(Enum):
    """What becomes of a mail."""

    ROW = "proposed"          # a new complaint, or several
    REPLY = "reply"           # belongs to a complaint that is there
    DUPLICATE = "duplicate"   # the same mail once more
    IGNORED = "ignored"       # not for us: stays in the mailbox untouched
    QUARANTINED = "quarantined"
    SHEET = "sheet"           # a call sheet from 待归属: a new complaint; ``mail_id`` says where it lay
    HELD = "held"             # over the sender's daily limit: stays in the mailbox, looked at again tomorrow


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Who sent a mail: the ``customer`` it stands for, or the colleague with the channel it counts as."""

    name: str
    customer: str = ""
    colleague: bool = False
    source: str = "邮件"
    scope: str = ""           # 负责工序/客户基地 of a colleague


@dataclass(frozen=True, slots=True)
class Found:
    """One value found in a mail.

    ``field`` is the ledger field, ``text`` the value as it would be typed, ``source`` the words it was read from,
    ``where`` the place (标签行, 表格, 主题, 正文, 签名, 发件人, 以往台账, 信息收集表); ``certain`` only when label and
    value leave no choice.
    """

    field: str
    text: str
    source: str
    where: str
    certain: bool


@dataclass(frozen=True, slots=True)
class ProposedRow:
    """One complaint read from a mail: at most one finding a field, and rival readings in ``doubts``.

    ``items`` is how many complaints the mail seems to number in its prose; 0 when it seems to hold just this one.
    """

    found: tuple[Found, ...]
    doubts: tuple[Found, ...] = ()
    items: int = 0

    def text_of(self, field: str) -> str:
        """The text found for a field, "" when nothing was."""
        return next((item.text for item in self.found if item.field == field), "")


@dataclass(frozen=True, slots=True)
class KnownPart:
    """A part number as earlier rows know it."""

    number: str
    product: str = ""


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What the ledgers tell a reader of mail: part numbers, customers, and who looked after whom last.

    ``parts`` by folded number; ``engineers`` by customer, and by customer and part number joined with a tab.
    """

    parts: Mapping[str, KnownPart]
    customers: tuple[str, ...]
    engineers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IgnoredMail:
    """A mail that is none of ours and stays in the mailbox; ``judged_by`` digests the settings that said so."""

    mail_id: str
    judged_by: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class KnownMail:
    """A mail as the journal remembers it: no words of its body, only what was decided and what still has to be done.

    ``digest`` identifies the mail, ``mail_id`` names it in the mailbox, ``sent`` (aware) is when it was written.
    ``rows`` are the proposed rows as typed texts by field, ``evidence`` the words each was read from, one text a row;
    ``numbers`` the complaints it belongs to, ``belongs_to`` the mail it answers while
    that one's row has no number yet.
    """

    digest: str
    mail_id: str
    message_id: str
    sender_digest: str
    taken: datetime
    sent: datetime
    verdict: Verdict
    reason: str
    subject: str
    rows: tuple[Mapping[str, str], ...] = ()
    evidence: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    belongs_to: str = ""
