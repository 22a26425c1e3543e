"""An HTTP server on a loopback port in a thread, with TLS when given a context, that can write slowly or hang up."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import ClassVar


@dataclass(frozen=True)
class Request:
    """What a client asked; ``path`` with its query, as it stood on the line. ``connection`` numbers them."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int = 0


@dataclass(frozen=True)
class Response:
    """What is answered; ``dropped`` cuts the line instead."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False
    seconds_per_byte: float = 0


Answer = Callable[[Request], Response]


_CONNECTIONS = count(1)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: ClassVar[Answer]
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self._number = next(_CONNECTIONS)
        super().setup()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, dict(self.headers), body, self._number)
        response = type(self).answer(request)
        if response.dropped:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not response.seconds_per_byte:
            self.wfile.write(response.body)
            return
        for byte in response.body:
            self.wfile.write(bytes([byte]))
            time.sleep(response.seconds_per_byte)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server finds its methods by these names

    def handle(self) -> None:
        with suppress(OSError):  # a client that goes away is its own affair
            super().handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gave it
        """Nothing on the screen."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what these tests are about."""


@contextmanager
def running(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve ``answer`` on a free port of the loopback interface; yields the port."""
    handler = type("Handler", (_Handler,), {"answer": staticmethod(answer)})
    server = _Server(("127.0.0.1", 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
