"""Microsoft Graph as far as one mailbox's mail needs it: folders, MIME in and out, drafts, sending, search, delta."""

from __future__ import annotations

import base64
import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.servers import web
from tests.servers.exchange_store import DISTINGUISHED, Item, ItemMissing, Store
from tests.servers.identity import Identity
from tests.servers.web import Request, Response

USER = "kesu@example.com"
_PROPERTY = re.compile(r"ep/id eq '([^']+)' and ep/value eq '([^']*)'")
_ROUTE = re.compile(rf"/v1\.0/users/(?:{re.escape(USER)}|{re.escape(quote(USER))})(/.*)")
_PAGE = 2  # small, so that every list needs more than one page


def _json(value: object, status: int = 200, **headers: str) -> Response:
    return Response(status, json.dumps(value).encode(), headers={name.replace("_", "-"): text
                                                                 for name, text in headers.items()})


def _error(status: int, code: str, **headers: str) -> Response:
    return _json({"error": {"code": code, "message": code}}, status, **headers)


def _shown(item: Item) -> dict[str, Any]:
    properties = [{"id": name, "value": value} for name, value in item.properties.items()]
    return {"id": item.item_id, "internetMessageId": item.message_id, "subject": item.subject,
            "isDraft": item.folder == "drafts", "singleValueExtendedProperties": properties}


@dataclass
class GraphServer:
    """The service in front of a store."""

    store: Store = field(default_factory=Store)
    identity: Identity = field(default_factory=Identity)
    port: int = 0
    retry_after: str = "1"
    forbidden: bool = False
    deltas: dict[str, frozenset[str]] = field(default_factory=dict)  # token -> the ids that its holder knows

    def answer(self, request: Request) -> Response:
        """Answer one request, as the store's orders want it."""
        given = self.identity.answer(request)
        if given is not None:
            return given
        self.store.requests.append(f"{request.method} {request.path}")
        if not self.identity.accepts(request.headers.get("Authorization", "")):
            return _error(401, "InvalidAuthenticationToken")
        if "busy" in self.store.orders:
            return _error(429, "TooManyRequests", Retry_After=self.retry_after)
        if self.forbidden:
            return _error(403, "ErrorAccessDenied")
        try:
            response = self._routed(request)
        except ItemMissing:
            response = _error(404, "ErrorItemNotFound")
        if "slow_bytes" in self.store.orders:
            return Response(response.status, response.body, response.content_type, response.headers,
                            seconds_per_byte=0.0005)
        return response

    def _routed(self, request: Request) -> Response:  # noqa: PLR0911 - a table of routes
        parts = urlsplit(request.path)
        route = _ROUTE.fullmatch(parts.path)
        if route is None:
            return _error(404, "ErrorInvalidUser")  # every other address is that of a mailbox nobody has
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        steps = [unquote(step) for step in route[1].split("/")[1:]]
        match request.method, steps:
            case "GET", ["mailFolders"]:
                return self._folders(query.get("$filter", ""))
            case "POST", ["mailFolders"]:
                return _json({"id": self.store.make_folder(json.loads(request.body)["displayName"])}, 201)
            case "GET", ["mailFolders", folder, "messages", "delta"]:
                return self._delta(folder, query)
            case "GET", ["mailFolders", folder, "messages"]:
                return self._found(folder, query.get("$filter", ""))
            case "GET", ["mailFolders", folder]:
                return self._folder(folder)
            case _, ["messages", *rest]:
                return self._message(request, rest)
        return _error(400, "BadRequest")

    def _folder(self, folder: str) -> Response:
        if folder not in self.store.folders:
            raise ItemMissing(folder)
        return _json({"id": folder, "displayName": self.store.folders[folder]})

    def _folders(self, wanted: str) -> Response:
        name = wanted.removeprefix("displayName eq ").strip("'").replace("''", "'")
        found = self.store.folder_named(name)
        if not wanted:
            names = [{"id": key, "displayName": text} for key, text in self.store.folders.items()]
            return _json({"value": names})
        return _json({"value": [{"id": found, "displayName": name}] if found else []})

    def _found(self, folder: str, wanted: str) -> Response:
        by_property = _PROPERTY.search(wanted)
        items = self.store.within(folder)
        if by_property:
            name, value = by_property.groups()
            items = [item for item in items if item.properties.get(name) == value]
        elif wanted.startswith("internetMessageId eq "):
            items = [item for item in items if item.message_id == wanted.split("'")[1]]
        return _json({"value": [_shown(item) for item in items]})

    def _delta(self, folder: str, query: dict[str, str]) -> Response:
        present = [item.item_id for item in self.store.within(folder)]
        if folder not in self.store.folders and folder not in DISTINGUISHED:
            raise ItemMissing(folder)
        token = query.get("$deltatoken", "")
        if token and token not in self.deltas:
            return _error(410, "SyncStateNotFound")
        known = self.deltas.get(token, frozenset())
        new = [item_id for item_id in present if item_id not in known]
        skip = int(query.get("$skiptoken", "0"))
        address = f"https://localhost:{self.port}/v1.0/users/{USER}/mailFolders/{folder}/messages/delta"
        value: list[dict[str, Any]] = [{"id": item_id} for item_id in new[skip:skip + _PAGE]]
        if skip + _PAGE < len(new):
            after = f"$skiptoken={skip + _PAGE}" + (f"&$deltatoken={token}" if token else "")
            return _json({"value": value, "@odata.nextLink": f"{address}?{after}"})
        value += [{"id": item_id, "@removed": {"reason": "deleted"}} for item_id in known - set(present)]
        issued = f"t{len(self.deltas) + 1}"
        self.deltas[issued] = frozenset(present)
        return _json({"value": value, "@odata.deltaLink": f"{address}?$deltatoken={issued}"})

    def _message(self, request: Request, rest: list[str]) -> Response:  # noqa: PLR0911 - a table of routes
        match request.method, rest:
            case "POST", []:
                return _json(_shown(self.store.create(base64.b64decode(request.body))), 201)
            case "GET", [item_id, "$value"]:
                return Response(200, self.store.get(item_id).mime, "text/plain")
            case "PATCH", [item_id]:
                changes = json.loads(request.body)["singleValueExtendedProperties"]
                item = self.store.get(item_id)
                item.properties.update({change["id"]: change["value"] for change in changes})
                return _json(_shown(item))
            case "DELETE", [item_id]:
                self.store.delete(item_id)
                return Response(204)
            case "POST", [item_id, "move"]:
                target = json.loads(request.body)["destinationId"]
                return _json(_shown(self.store.move(item_id, target)), 201)
            case "POST", [item_id, "send"]:
                return self._send(item_id)
        return _error(400, "BadRequest")

    def _send(self, item_id: str) -> Response:
        behaviour = self.store.next_send.popleft() if self.store.next_send else "taken"
        if behaviour == "busy":
            return _error(429, "ApplicationThrottled", Retry_After="7")
        if behaviour == "busy_503":
            return _error(503, "ServiceUnavailable", Retry_After="7")
        self.store.submit(item_id)
        if behaviour == "dropped_reply":
            return Response(dropped=True)
        return _error(503, "ServiceUnavailable") if behaviour == "taken_then_503" else Response(202)


@contextmanager
def running(context: ssl.SSLContext) -> Iterator[GraphServer]:
    """Start the service with its identity platform on one TLS port."""
    server = GraphServer()
    with web.running(server.answer, context) as port:
        server.port = port
        server.identity.authority = f"https://localhost:{port}"
        yield server
