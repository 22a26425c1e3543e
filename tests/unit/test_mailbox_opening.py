"""Which mailbox a configuration opens, what that loads, and that a rehearsal keeps to its folders."""

from __future__ import annotations

import socket
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest
import requests
from pydantic import ValidationError

from pipeline.configuration import load_settings
from pipeline.mailbox.folder import FolderMailbox
from pipeline.mailbox.opening import open_mailbox
from pipeline.mailbox.reasons import reason_of
from schemas.mail_settings import MailSetting

IMAP_SMTP = {"user": "kesu@example.com", "imap": {"host": "imap.example.com"}, "smtp": {"host": "smtp.example.com"}}
GRAPH = {"mailbox": "kesu@example.com",
         "oauth": {"tenant": "t", "client_id": "c", "authority": "https://127.0.0.1:9"}}
EXCHANGE = {"endpoint": "https://127.0.0.1:9/EWS/Exchange.asmx", "mailbox": "kesu@example.com", "user": "kesu"}
SECTIONS: dict[str, object] = {"folder": {}, "imap_smtp": IMAP_SMTP, "graph": GRAPH, "exchange": EXCHANGE}
LIBRARIES = {"folder": set[str](), "imap_smtp": {"imapclient"}, "graph": {"msal", "requests"},
             "exchange": {"exchangelib", "requests"}}
HEAVY = {"imapclient", "msal", "requests", "exchangelib"}
_CHILD = """
import sys
from pathlib import Path
from pipeline.mailbox.opening import open_mailbox
from schemas.errors import KesuError
from schemas.mail_settings import MailSetting
box = open_mailbox(MailSetting.model_validate_json(sys.argv[1]), Path, rehearsal=False)
try:
    list(box.fetch())
except KesuError:
    pass
print(*sorted(name for name in {heavy!r} if name in sys.modules))
"""


def setting(backend: str) -> MailSetting:
    """The backend on a port of loopback where nobody listens."""
    nowhere = {"host": "127.0.0.1", "port": 9}
    section = {**IMAP_SMTP, "imap": nowhere} if backend == "imap_smtp" else SECTIONS[backend]
    return MailSetting.model_validate({"backend": backend, **({backend: section} if section else {})})


@pytest.mark.parametrize("backend", list(SECTIONS))
def test_only_the_backend_in_use_loads_its_libraries(backend: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _CHILD.format(heavy=HEAVY), setting(backend).model_dump_json()]
    done = subprocess.run(command, capture_output=True, text=True, check=True,
                          env={"KESU_MAIL_PASSWORD": "x", "KESU_MAIL_CLIENT_SECRET": "x"},
                          cwd=Path(__file__).resolve().parents[2])
    assert set(done.stdout.split()) == LIBRARIES[backend]


def test_a_rehearsal_never_connects(tmp_path: Path) -> None:
    box = open_mailbox(setting("imap_smtp"), lambda text: tmp_path / text, rehearsal=True)
    assert isinstance(box, FolderMailbox)


def test_a_backend_needs_its_section() -> None:
    with pytest.raises(ValidationError, match=r"mail\.imap_smtp"):
        MailSetting(backend="imap_smtp")


def test_no_secret_can_stand_in_the_configuration() -> None:
    with pytest.raises(ValidationError):
        MailSetting.model_validate({"imap_smtp": {**IMAP_SMTP, "password": "x"}})


@pytest.mark.parametrize("backend", [name for name in SECTIONS if name != "folder"])
def test_the_samples_in_the_configuration_are_right(backend: str, tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "config.yaml").read_text(encoding="utf-8")
    start = text.index("#  imap_smtp:")
    samples = list(takewhile(lambda line: line.startswith("#"), text[start:].splitlines()))
    rest = text[start:].splitlines()[len(samples):]
    shown = "\n".join([*(line.removeprefix("#") for line in samples), *rest])
    config = tmp_path / "config.yaml"
    config.write_text(text[:start].replace("backend: folder", f"backend: {backend}") + shown, encoding="utf-8")
    found = load_settings(config).mail
    assert found.backend == backend
    assert getattr(found, backend) is not None


@pytest.mark.parametrize(("error", "words"), [
    (ConnectionRefusedError(), "端口没有服务"),
    (TimeoutError(), "等待超时"),
    (socket.gaierror(), "找不到该主机名"),
    (requests.ConnectionError("[WinError 10061] the target machine actively refused it"), "端口没有服务"),
    (requests.ConnectionError("Remote end closed"), "连接中断"),
    (ValueError("b'[AUTHENTICATIONFAILED]  no'"), "[AUTHENTICATIONFAILED] no"),
    (ValueError(), "ValueError"),
])
def test_why_a_connection_failed(error: Exception, words: str) -> None:
    assert reason_of(error) == words
