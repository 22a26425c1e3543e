"""A certificate authority that exists for one test run, and a server certificate for the loopback interface."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificates:
    """Files below ``folder``: ``root`` is what a client has to trust, ``identity`` the server's key and chain."""

    root: Path
    identity: Path

    def server_context(self) -> ssl.SSLContext:
        """TLS for a server of ours."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.identity)
        return context


def make(folder: Path) -> Certificates:
    """A fresh authority and a certificate for 127.0.0.1 and localhost."""
    authority = trustme.CA()
    made = Certificates(folder / "root.pem", folder / "identity.pem")
    authority.cert_pem.write_to_path(str(made.root))
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(str(made.identity))
    return made
