"""A mailbox at Exchange Online, world-wide or in China's own cloud, over Microsoft Graph.

A mail is sent as a draft that carries the key as a named property, by the draft's id: what was sent has another id, so
that the same draft cannot be sent twice. Without an answer the sent folder, then the drafts tell.
"""

from __future__ import annotations

import base64
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.mailbox.compose import message_id_of
from pipeline.mailbox.errors import MailDoubtful, MailFolderUnknown, MailRejected, MailServerUnreachable
from pipeline.mailbox.graph_session import GraphMissing, GraphSession, GraphStateLost, GraphUnanswered
from pipeline.mailbox.outgoing import Outgoing, checked_key, read_outgoing
from pipeline.mailbox.tokens import Tokens
from schemas.mail_ports import Trace
from schemas.mail_settings import GraphSetting

_SCOPES = {"global": "https://graph.microsoft.com/.default",
           "china": "https://microsoftgraph.chinacloudapi.cn/.default"}
_NAMESPACE = "{6f1b2a51-53a1-4c7e-9d0e-6b65737500d8}"  # ours; the same one for good, or sent mails are not found again
KEY_PROPERTY = f"String {_NAMESPACE} Name KesuKey"
DIGEST_PROPERTY = f"String {_NAMESPACE} Name KesuDigest"
_KNOWN_FOLDERS = {"inbox": "inbox"}
_LARGEST = 4 * 1024 * 1024  # of one request's body


class GraphMailbox:
    """The port ``Mailbox`` over Graph; an id of incoming mail is Graph's own, which lasts until the mail is moved."""

    is_conclusive = False

    def __init__(self, setting: GraphSetting, *, sender: str, ca_file: Path | None, timeout: float) -> None:
        self._setting = setting
        self._sender = sender
        tokens = Tokens(setting.oauth, _SCOPES[setting.oauth.cloud], ca_file, timeout)
        self._graph = GraphSession(setting, tokens, ca_file, timeout)
        self._folders: dict[str, str] = {}
        self._present: dict[str, None] = {}  # ids in the folder as of ``_delta``, oldest first
        self._delta = ""

    def fetch(self, known: Container[str] = frozenset()) -> Iterator[tuple[str, bytes]]:
        """New mails, oldest first; only changes of the folder are listed after the first time."""
        try:
            self._follow()
        except GraphStateLost:
            self._present, self._delta = {}, ""
            self._follow()
        for mail_id in list(self._present):
            if mail_id in known:
                continue
            try:
                raw = self._graph.read(f"/messages/{quote(mail_id, safe='')}/$value").content
            except GraphMissing:
                self._present.pop(mail_id, None)  # somebody moved it: it is not for us
                continue
            yield mail_id, raw

    def mark_processed(self, mail_id: str) -> None:
        """Move a mail to the folder of processed ones; idempotent: one that is gone stays gone."""
        target = self._folder(self._setting.processed, make=True)
        try:
            self._graph.change("POST", f"/messages/{quote(mail_id, safe='')}/move", json={"destinationId": target})
        except GraphMissing:
            pass  # it has another id since it was moved
        except GraphUnanswered as error:
            raise MailServerUnreachable(self._graph.root, error.detail) from error
        self._present.pop(mail_id, None)

    def send(self, mime: bytes, key: str) -> tuple[str, ...]:
        """Draft with the key, then send the draft; once per key.

        Raises ``MailRefused`` (not sent; a draft may stay) or ``MailDoubtful``.
        """
        mail = read_outgoing(mime, key)
        if self.trace(key) is Trace.SENT:
            return ()
        draft = self._draft(mail)
        try:
            self._graph.change("POST", f"/messages/{quote(draft, safe='')}/send")
        except (GraphUnanswered, GraphMissing) as error:
            raise MailDoubtful(key, str(error)) from error
        return ()

    def trace(self, key: str) -> Trace:
        """Whether the mail with this key was sent: the sent folder first, then the drafts."""
        checked_key(key)
        if self._carrying("sentitems", key):
            return Trace.SENT
        if self._carrying("outbox", key):
            return Trace.UNKNOWABLE  # handed over, on its way to the sent folder
        return Trace.DRAFT if self._carrying("drafts", key) else Trace.ABSENT

    def check(self) -> tuple[str, ...]:
        """Get a token, find the folders and read the sent one."""
        self._graph.read(f"/mailFolders/{quote(self._folder(self._setting.inbox), safe='')}")
        self.trace("0" * 20)
        return (f"邮箱 {self._setting.mailbox}：令牌有效，文件夹 {self._setting.inbox}、已发送、草稿可读",)

    def _draft(self, mail: Outgoing) -> str:
        """The draft to send: one that says the same stands already, or a new one in place of others."""
        chosen = ""
        for standing in self._carrying("drafts", mail.key):
            properties = {entry["id"]: entry["value"] for entry in standing.get("singleValueExtendedProperties", ())}
            if properties.get(DIGEST_PROPERTY) == mail.digest and not chosen:
                chosen = str(standing["id"])
            else:
                self._drop(str(standing["id"]), mail.key)
        return chosen or self._created(mail)

    def _created(self, mail: Outgoing) -> str:
        body = base64.b64encode(mail.mime)
        if len(body) > _LARGEST:
            raise MailRejected(self._graph.root, f"邮件 {len(body) / 1048576:.1f} MB，超过 Graph 的 4 MB")
        named = [{"id": KEY_PROPERTY, "value": mail.key}, {"id": DIGEST_PROPERTY, "value": mail.digest}]
        try:
            made = self._graph.change("POST", "/messages", text=body).json()
            path = f"/messages/{quote(made['id'], safe='')}"
            self._graph.change("PATCH", path, json={"singleValueExtendedProperties": named})
        except GraphUnanswered as error:
            # a draft may be left, found again by its Message-ID; nothing was sent
            raise MailServerUnreachable(self._graph.root, error.detail) from error
        return str(made["id"])

    def _drop(self, draft: str, key: str) -> None:
        try:
            self._graph.change("DELETE", f"/messages/{quote(draft, safe='')}")
        except (GraphUnanswered, GraphMissing) as error:
            raise MailDoubtful(key, str(error)) from error  # gone from the drafts: perhaps it was sent after all

    def _carrying(self, folder: str, key: str) -> list[dict[str, Any]]:
        """The messages of a folder with the key, by property or by Message-ID."""
        conditions = (
            f"singleValueExtendedProperties/Any(ep: ep/id eq '{KEY_PROPERTY}' and ep/value eq '{key}')",
            f"internetMessageId eq '{message_id_of(key, self._sender)}'",
        )
        shown = (f"$select=id&$expand=singleValueExtendedProperties($filter=id eq '{KEY_PROPERTY}' or "
                 f"id eq '{DIGEST_PROPERTY}')")
        found: dict[str, dict[str, Any]] = {}
        for condition in conditions:
            query = f"$filter={quote(condition, safe='')}&{quote(shown, safe='$=&')}"
            entries = self._graph.listed(f"/mailFolders/{folder}/messages?{query}")
            found.update({str(entry["id"]): entry for entry in entries})
            if found and folder != "drafts":
                break
        return list(found.values())

    def _follow(self) -> None:
        start = f"/mailFolders/{quote(self._folder(self._setting.inbox), safe='')}/messages/delta?$select=id"
        for page in self._graph.pages(self._delta or start):
            for entry in page["value"]:
                if "@removed" in entry:
                    self._present.pop(entry["id"], None)
                else:
                    self._present.setdefault(entry["id"])
            self._delta = page.get("@odata.deltaLink", self._delta)

    def _folder(self, name: str, *, make: bool = False) -> str:
        if name.lower() in _KNOWN_FOLDERS:
            return _KNOWN_FOLDERS[name.lower()]
        if name not in self._folders:
            condition = quote("displayName eq '" + name.replace("'", "''") + "'", safe="")
            found = self._graph.listed(f"/mailFolders?$filter={condition}")
            if not found and not make:
                known = "、".join(str(entry["displayName"]) for entry in self._graph.listed("/mailFolders"))
                raise MailFolderUnknown(name, known)
            try:
                made = found[0] if found else self._graph.change("POST", "/mailFolders",
                                                                 json={"displayName": name}).json()
            except GraphUnanswered as error:
                raise MailServerUnreachable(self._graph.root, error.detail) from error
            self._folders[name] = str(made["id"])
        return self._folders[name]
