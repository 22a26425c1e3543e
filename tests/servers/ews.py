"""Exchange Web Services as far as one mailbox's mail needs them, spoken to by the real exchangelib over TLS."""

from __future__ import annotations

import base64
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET  # what is parsed here comes from our own client
from xml.sax.saxutils import escape, quoteattr

from tests.servers import web
from tests.servers.exchange_store import DISTINGUISHED, Item, ItemMissing, Store
from tests.servers.identity import Identity
from tests.servers.ntlm import NtlmDoor
from tests.servers.web import Request, Response

USER, PASSWORD = "kesu@example.com", "loopback-only"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_T = "{http://schemas.microsoft.com/exchange/services/2006/types}"
_M = "{http://schemas.microsoft.com/exchange/services/2006/messages}"
_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
    '<s:Header><t:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1118" MinorBuildNumber="7" '
    'Version="Exchange2016" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header>'
    '<s:Body xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">{body}</s:Body></s:Envelope>'
)
_BUSY = (
    '<s:Fault><faultcode>a:ErrorServerBusy</faultcode><faultstring>busy</faultstring><detail>'
    '<e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">ErrorServerBusy</e:ResponseCode>'
    '<e:Message xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">The server is busy.</e:Message>'
    '<t:MessageXml><t:Value Name="BackOffMilliseconds">7000</t:Value></t:MessageXml></detail></s:Fault>'
)


#: Operations that answer once for each id they are asked about.
_ONE_BY_ONE = {"GetItem": (f"{_T}ItemId",), "GetFolder": (f"{_T}FolderId", f"{_T}DistinguishedFolderId")}


class _Refused(Exception):
    """An EWS error code to answer with."""


def _property(uri: ET.Element) -> str:
    named = uri.get("DistinguishedPropertySetId") or uri.get("PropertySetId", "")
    return f"{named}:{uri.get('PropertyName')}"


def _xml_property(name: str, value: str) -> str:
    namespace, _, text = name.partition(":")
    where = "PropertySetId" if "-" in namespace else "DistinguishedPropertySetId"
    return (f'<t:ExtendedProperty><t:ExtendedFieldURI {where}={quoteattr(namespace)} PropertyName={quoteattr(text)} '
            f'PropertyType="String"/><t:Value>{escape(value)}</t:Value></t:ExtendedProperty>')


def _refusal(name: str, code: str) -> str:
    return (f'<m:{name}ResponseMessage ResponseClass="Error"><m:MessageText>{code}</m:MessageText>'
            f"<m:ResponseCode>{code}</m:ResponseCode></m:{name}ResponseMessage>")


def _holds(equal: ET.Element, item: Item) -> bool:
    value = str(next(equal.iter(f"{_T}Constant")).get("Value"))
    extended = equal.find(f"{_T}ExtendedFieldURI")
    return value == (item.message_id if extended is None else item.properties.get(_property(extended)))


@dataclass
class EwsServer:
    """The service in front of a store; ``seen`` keeps whom a request was for: impersonated users and mailboxes.

    Every other address than those of ``mailboxes`` is one that nobody has.
    """

    store: Store = field(default_factory=Store)
    identity: Identity = field(default_factory=Identity)
    ntlm: NtlmDoor | None = None  # the only way in when it is there
    expire_before: str = ""       # at the first request for this operation every token has just expired
    port: int = 0
    mailboxes: frozenset[str] = frozenset({USER, "quality@example.com"})
    seen: set[str] = field(default_factory=set)
    posts: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        """Answer one request, as the store's orders want it."""
        given = self.identity.answer(request)
        if given is not None:
            return given
        refused = self._kept_out(request)
        if refused is not None:
            return refused
        envelope = ET.fromstring(request.body)  # noqa: S314 - from our own client
        operation = next(iter(envelope.find(f"{{{_SOAP}}}Body") or ()))
        name = operation.tag.removeprefix(_M)
        self.posts.append(name)
        impersonated = {e.text or "" for e in envelope.iter(f"{_T}PrimarySmtpAddress")}
        meant = {e.text or "" for e in operation.iter(f"{_T}EmailAddress")}
        self.seen |= {f"impersonated {name}" for name in impersonated} | {f"mailbox {name}" for name in meant}
        if "busy" in self.store.orders:
            return self._soap(_BUSY, 500)
        if not self.mailboxes >= impersonated | meant:
            return self._refused(name, "ErrorNonExistentMailbox")
        return self._performed(name, operation)

    def _kept_out(self, request: Request) -> Response | None:
        if self.ntlm is not None:
            return self.ntlm.answer(request)
        if self.expire_before and f"{self.expire_before}>".encode() in request.body:
            self.expire_before = ""
            self.identity.expire()
        authorization = request.headers.get("Authorization", "")
        basic = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if authorization == basic or self.identity.accepts(authorization):
            return None
        return Response(401, headers={"WWW-Authenticate": "Basic realm=\"EWS\""})

    def _performed(self, name: str, operation: ET.Element) -> Response:
        behaviour = self.store.next_send.popleft() if name == "SendItem" and self.store.next_send else "taken"
        if behaviour == "busy":
            return self._soap(_BUSY, 500)
        if behaviour.startswith("Error"):
            return self._refused(name, behaviour)
        if behaviour == "hang":
            time.sleep(1)  # longer than the client lives
        tags = _ONE_BY_ONE.get(name, ())
        asked = [part for part in operation.iter() if part.tag in tags] or [operation]
        messages = "".join(self._message(name, part) for part in asked)
        if behaviour == "dropped_reply":
            return Response(dropped=True)
        if behaviour == "taken_then_503":
            return Response(503, b"Service Unavailable", "text/plain")
        return self._soap(f"<m:{name}Response><m:ResponseMessages>{messages}</m:ResponseMessages></m:{name}Response>")

    def _message(self, name: str, part: ET.Element) -> str:
        try:
            told = f'ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{_OPERATIONS[name](self, part)}'
        except (_Refused, ItemMissing) as refused:
            code = "ErrorItemNotFound" if isinstance(refused, ItemMissing) else str(refused)
            return _refusal(name, code)
        return f"<m:{name}ResponseMessage {told}</m:{name}ResponseMessage>"

    def _refused(self, name: str, code: str) -> Response:
        return self._soap(f"<m:{name}Response><m:ResponseMessages>{_refusal(name, code)}</m:ResponseMessages>"
                          f"</m:{name}Response>")

    def _soap(self, body: str, status: int = 200) -> Response:
        slow = 0.00005 if "slow_bytes" in self.store.orders else 0
        return Response(status, _ENVELOPE.format(body=body).encode(), "text/xml; charset=utf-8", seconds_per_byte=slow)

    def folder_of(self, parent: ET.Element) -> str:
        """The folder that an element of folder ids names."""
        for named in parent.iter():
            if named.tag in {f"{_T}DistinguishedFolderId", f"{_T}FolderId"}:
                folder = str(named.get("Id"))
                if folder not in self.store.folders and folder not in {"root", "msgfolderroot"}:
                    raise _Refused("ErrorFolderNotFound")
                return folder
        raise _Refused("ErrorInvalidRequest")

    def get_folder(self, operation: ET.Element) -> str:
        """GetFolder of one folder."""
        return f"<m:Folders>{self._folder(self.folder_of(operation))}</m:Folders>"

    def _folder(self, folder: str) -> str:
        distinguished = (f"<t:DistinguishedFolderId>{folder}</t:DistinguishedFolderId>"
                         if folder in {*DISTINGUISHED, "root", "msgfolderroot"} else "")
        parent = "root" if folder in {"root", "msgfolderroot"} else "msgfolderroot"
        return (f"<t:Folder><t:FolderId Id={quoteattr(folder)} ChangeKey=\"1\"/><t:ParentFolderId Id=\"{parent}\"/>"
                f"<t:FolderClass>IPF.Note</t:FolderClass>"
                f"<t:DisplayName>{escape(self.store.folders.get(folder, folder))}</t:DisplayName>"
                f"<t:TotalCount>{len(self.store.within(folder))}</t:TotalCount><t:ChildFolderCount>0</t:ChildFolderCount>"
                f"<t:UnreadCount>0</t:UnreadCount>{distinguished}</t:Folder>")

    def find_folder(self, operation: ET.Element) -> str:
        """FindFolder below the root (which holds the top of the mailbox) or that top, by name when one is asked for."""
        wanted = {str(constant.get("Value")) for constant in operation.iter(f"{_T}Constant")}
        found = ["msgfolderroot"] if self.folder_of(operation) == "root" and not wanted else []
        found += [key for key, name in self.store.folders.items() if not wanted or name in wanted]
        shown = "".join(self._folder(key) for key in found)
        return (f'<m:RootFolder TotalItemsInView="{len(found)}" IncludesLastItemInRange="true">'
                f"<t:Folders>{shown}</t:Folders></m:RootFolder>")

    def create_folder(self, operation: ET.Element) -> str:
        """CreateFolder of one folder of mail."""
        name = next(operation.iter(f"{_T}DisplayName")).text or ""
        folder = self.store.make_folder(name)
        return f"<m:Folders><t:Folder><t:FolderId Id={quoteattr(folder)} ChangeKey=\"1\"/></t:Folder></m:Folders>"

    def find_item(self, operation: ET.Element) -> str:
        """FindItem in one folder, restricted to those that any of the given conditions holds for."""
        parent = operation.find(f"{_M}ParentFolderIds")
        items = self.store.within(self.folder_of(operation if parent is None else parent))
        conditions = list(operation.iter(f"{_T}IsEqualTo"))
        items = [item for item in items if not conditions or any(_holds(equal, item) for equal in conditions)]
        shown = "".join(self._item(item, mime=False) for item in items)
        return (f'<m:RootFolder TotalItemsInView="{len(items)}" IncludesLastItemInRange="true" '
                f'IndexedPagingOffset="{len(items)}"><t:Items>{shown}</t:Items></m:RootFolder>')

    def _item(self, item: Item, *, mime: bool) -> str:
        content = base64.b64encode(item.mime).decode() if mime else ""
        shown = f'<t:MimeContent CharacterSet="UTF-8">{content}</t:MimeContent>' if mime else ""
        identity = f'<t:ItemId Id={quoteattr(item.item_id)} ChangeKey="{item.change_key}"/>'
        properties = "".join(_xml_property(name, value) for name, value in item.properties.items())
        return f"<t:Message>{shown}{identity}{properties}</t:Message>"

    def _named_item(self, operation: ET.Element) -> str:
        return str(next(operation.iter(f"{_T}ItemId")).get("Id"))

    def get_item(self, operation: ET.Element) -> str:
        """GetItem of one item with its MIME content."""
        return f"<m:Items>{self._item(self.store.get(self._named_item(operation)), mime=True)}</m:Items>"

    def create_item(self, operation: ET.Element) -> str:
        """CreateItem from MIME content, saved only."""
        if operation.get("MessageDisposition") != "SaveOnly":
            raise _Refused("ErrorInvalidRequest")
        content = next(operation.iter(f"{_T}MimeContent")).text or ""
        item = self.store.create(base64.b64decode(content), self.folder_of(operation))
        for extended in operation.iter(f"{_T}ExtendedProperty"):
            name = _property(next(extended.iter(f"{_T}ExtendedFieldURI")))
            item.properties[name] = next(extended.iter(f"{_T}Value")).text or ""
        return f"<m:Items>{self._item(item, mime=False)}</m:Items>"

    def send_item(self, operation: ET.Element) -> str:
        """SendItem of a draft by its id."""
        self.store.submit(self._named_item(operation))
        return ""

    def move_item(self, operation: ET.Element) -> str:
        """MoveItem, which gives another id."""
        moved = self.store.move(self._named_item(operation), self.folder_of(operation))
        return f"<m:Items>{self._item(moved, mime=False)}</m:Items>"

    def delete_item(self, operation: ET.Element) -> str:
        """DeleteItem for good."""
        self.store.delete(self._named_item(operation))
        return ""

    def convert_id(self, _operation: ET.Element) -> str:
        """What exchangelib asks to learn the server's version; the id is no real one."""
        raise _Refused("ErrorInvalidIdMalformed")


_OPERATIONS: dict[str, Callable[[EwsServer, ET.Element], str]] = {
    "GetFolder": EwsServer.get_folder, "FindFolder": EwsServer.find_folder, "CreateFolder": EwsServer.create_folder,
    "FindItem": EwsServer.find_item, "GetItem": EwsServer.get_item, "CreateItem": EwsServer.create_item,
    "SendItem": EwsServer.send_item, "MoveItem": EwsServer.move_item, "DeleteItem": EwsServer.delete_item,
    "ConvertId": EwsServer.convert_id,
}


@contextmanager
def running(context: ssl.SSLContext) -> Iterator[EwsServer]:
    """Start the service with an identity platform of its own on one TLS port."""
    server = EwsServer()
    with web.running(server.answer, context) as port:
        server.port = port
        server.identity.authority = f"https://localhost:{port}"
        yield server
