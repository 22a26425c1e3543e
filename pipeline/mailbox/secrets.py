"""Secrets from the environment, and the TLS trust of this machine with the plant's own root certificate."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from pipeline.mailbox.errors import SecretMissing
from schemas.errors import MailRefused


class CaFileUnusable(MailRefused):
    """The file of mail.ca_file is missing or holds no certificate."""

    def __init__(self, path: Path) -> None:
        super().__init__("mail.ca_file", f"证书文件 {path} 找不到或不是 PEM 证书，请改正 mail.ca_file")


def secret(name: str) -> str:
    """The secret of an environment variable; raises ``SecretMissing``."""
    value = os.environ.get(name, "")
    if not value:
        raise SecretMissing(name)
    return value


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """A TLS context that checks certificate and host name; ``ca_file`` is trusted beside the system's authorities."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise CaFileUnusable(ca_file) from error
    return context
