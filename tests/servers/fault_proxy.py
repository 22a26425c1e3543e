"""A TCP relay on loopback that misbehaves on command: lost replies, slow bytes, a busy greeting, changed answers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

from tests.servers.dovecot import free_port


@dataclass
class FaultProxy:
    """The relay's orders; each holds until it is taken back.

    ``cut_after``: once the client has said this, its command still reaches the server, but the answer is lost and the
    line cut. ``greeting``: answered instead of the server's, then the line is cut. ``seconds_per_byte`` delays every
    byte of an answer. ``rewrite`` changes answers.
    """

    port: int
    upstream: int
    cut_after: bytes = b""
    greeting: bytes = b""
    seconds_per_byte: float = 0
    rewrite: Callable[[bytes], bytes] = lambda answer: answer
    connections: int = 0
    _listener: socket.socket = field(default_factory=socket.socket)

    def serve(self) -> None:
        """Relay until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with closing(client), suppress(OSError):
            if self.greeting:
                client.sendall(self.greeting)
                return
            server = socket.create_connection(("127.0.0.1", self.upstream))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # small commands must not wait for each other
            lost = threading.Event()
            answers = threading.Thread(target=self._answers, args=(server, client, lost), daemon=True)
            answers.start()
            with closing(server):
                try:
                    self._questions(client, server, lost)
                finally:
                    if lost.is_set():
                        answers.join(timeout=5)
                    else:  # closing alone would not wake the one who waits for answers
                        server.shutdown(socket.SHUT_RDWR)

    def _questions(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        heard = b""
        while not lost.is_set() and (said := client.recv(65536)):
            heard = (heard + said)[-4096:]
            if self.cut_after and self.cut_after in heard:
                lost.set()
            server.sendall(said)

    def _answers(self, server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while (answer := server.recv(65536)):
                if lost.is_set():
                    client.shutdown(socket.SHUT_RDWR)
                    return
                answer = self.rewrite(answer)
                if not self.seconds_per_byte:
                    client.sendall(answer)
                    continue
                for byte in answer:
                    client.sendall(bytes([byte]))
                    time.sleep(self.seconds_per_byte)
            client.shutdown(socket.SHUT_RDWR)


@contextmanager
def running(upstream: int) -> Iterator[FaultProxy]:
    """Relay a free loopback port to the port ``upstream``."""
    proxy = FaultProxy(free_port(), upstream)
    proxy._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    proxy._listener.bind(("127.0.0.1", proxy.port))
    proxy._listener.listen()
    threading.Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        with suppress(OSError):
            proxy._listener.shutdown(socket.SHUT_RDWR)
        proxy._listener.close()
