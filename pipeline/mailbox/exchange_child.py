"""The process that sends through Exchange: fail-fast, one message at a time, told to and answering in lines of JSON.

It is a process of its own because exchangelib keeps the first retry policy for an endpoint, and the tolerant one, which
reading wants, was measured to POST an answered 503 three times.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

from pipeline.mailbox.exchange_account import ExchangeLogin, carrying
from pipeline.mailbox.outgoing import Outgoing, read_outgoing
from schemas.errors import MailRefused
from schemas.mail_settings import ExchangeSetting

SENT, REFUSED, EXPIRED, BUSY, DOUBT = "sent", "refused", "expired", "busy", "doubt"
Answer = dict[str, object]


class _Sender:
    """One account, logged in anew after a failure."""

    def __init__(self, order: dict[str, Any]) -> None:
        setting = ExchangeSetting.model_validate(order["setting"])
        ca_file = Path(order["ca_file"]) if order["ca_file"] else None
        self._login = ExchangeLogin(setting, ca_file, float(order["timeout"]), fail_fast=True)

    def send(self, mail: Outgoing) -> Answer:
        """Draft with the key, then the draft by its id; what happened, told as far as it is known.

        A token refused before its time is renewed once: such a refusal comes before anything is done.
        """
        answer = self._tried(mail)
        return self._tried(mail) if answer["result"] == EXPIRED else answer

    def _tried(self, mail: Outgoing) -> Answer:
        from exchangelib.errors import EWSError

        try:
            draft, stale = self._drafted(mail)
        except (EWSError, OSError) as error:
            return self._not_sent(error)
        except MailRefused as error:
            return {"result": REFUSED, "detail": str(error)}
        if stale:
            return {"result": DOUBT, "detail": stale}
        return self._handed_over(draft)

    def _not_sent(self, error: Exception) -> Answer:
        """A failure that certainly kept the mail from being sent."""
        from exchangelib.errors import UnauthorizedError

        self._login.forget()
        answer = _refusal(error)
        return {**answer, "result": EXPIRED} if isinstance(error, UnauthorizedError) and self._login.renews else answer

    def _drafted(self, mail: Outgoing) -> tuple[Any, str]:
        """The draft to send, one that says the same or a new one; else why an older draft could not be put away."""
        import exchangelib
        from exchangelib.errors import ErrorItemNotFound

        account = self._login.account()
        drafts, chosen = account.drafts, None
        for standing in carrying(account, drafts, mail.key, mail.sender):
            if standing.kesu_digest == mail.digest and chosen is None:
                chosen = standing
                continue
            try:
                standing.delete()
            except ErrorItemNotFound:
                return None, "草稿已不在，可能已被发出"
        if chosen is None:
            chosen = exchangelib.Message(account=account, folder=drafts, mime_content=mail.mime,
                                         kesu_key=mail.key, kesu_digest=mail.digest)
            chosen.save()
        return chosen, ""

    def _handed_over(self, draft: Any) -> Answer:
        from exchangelib.errors import ErrorItemNotFound, EWSError, ResponseMessageError, UnauthorizedError

        try:
            draft.send(save_copy=True, copy_to_folder=draft.account.sent)
        except ErrorItemNotFound as error:
            return {"result": DOUBT, "detail": str(error)}
        except UnauthorizedError as error:
            return self._not_sent(error)
        except (EWSError, OSError) as error:
            self._login.forget()
            if isinstance(error, ResponseMessageError) and not _made_up(error):
                return _refusal(error)  # Exchange itself answered that it did not
            return {"result": DOUBT, "detail": f"{type(error).__name__} {error}"[:160]}
        return {"result": SENT, "detail": ""}


def _made_up(error: Exception) -> bool:
    """Whether exchangelib made the error from a lost connection or a status of HTTP, not from an answer of Exchange."""
    return str(error).startswith(("Reraised from", "Caused by"))


def _refusal(error: Exception) -> Answer:
    from exchangelib.errors import ErrorServerBusy

    detail = f"{type(error).__name__} {error}"[:160]
    if isinstance(error, ErrorServerBusy):
        return {"result": BUSY, "detail": detail, "retry_after": getattr(error, "back_off", None) or 0}
    return {"result": REFUSED, "detail": detail}


def main() -> None:
    """Answer one line for each line of standard input; the first line says how to reach the mailbox."""
    sender = _Sender(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        order = json.loads(line)
        answer = sender.send(read_outgoing(base64.b64decode(order["mime"]), order["key"]))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
