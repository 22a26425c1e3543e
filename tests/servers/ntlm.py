"""NTLM over HTTP as IIS does it: a challenge for each connection, and a connection that stays open for its user."""

from __future__ import annotations

import base64
import os
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import spnego
from spnego.exceptions import SpnegoError

from tests.servers.web import Request, Response

_FIRST_STEP = b"NTLMSSP\0\x01"
DOMAIN, ACCOUNT = "EXAMPLE", "kesu"


@dataclass
class NtlmDoor:
    """Lets in whoever proves to know the password of ``EXAMPLE\\kesu``; ``inside`` names the user of a connection.

    The proof is computed by pyspnego, which reads the password from a file of its own kind.
    """

    password: str
    inside: dict[int, str] = field(default_factory=dict)
    challenges: int = 0
    _asking: dict[int, spnego.ContextProxy] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Response | None:
        """What to answer to a connection that nobody has logged in on; None for one that is open."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "NTLM":
            return None if request.connection in self.inside else _refused("NTLM")
        step = base64.b64decode(token)
        try:
            context, answer = self._stepped(request.connection, step)
        except SpnegoError:
            return _refused("NTLM")
        if context.complete:
            self.inside[request.connection] = str(context.client_principal)
            return None
        self.challenges += 1
        return _refused(f"NTLM {base64.b64encode(answer or b'').decode()}")

    def _stepped(self, connection: int, step: bytes) -> tuple[spnego.ContextProxy, bytes | None]:
        with tempfile.TemporaryDirectory() as folder, self._lock:  # the variable is the whole process's
            known = Path(folder) / "users"
            known.write_text(f"{DOMAIN}:{ACCOUNT}:{self.password}\n", encoding="utf-8")
            os.environ["NTLM_USER_FILE"] = str(known)
            try:
                if step.startswith(_FIRST_STEP):
                    self._asking[connection] = spnego.server(protocol="ntlm")
                context = self._asking[connection]
                return context, context.step(step)
            finally:
                del os.environ["NTLM_USER_FILE"]


def _refused(challenge: str) -> Response:
    return Response(401, headers={"WWW-Authenticate": challenge})
