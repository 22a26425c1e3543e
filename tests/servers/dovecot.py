"""A real IMAP server, Debian's Dovecot, started on a free loopback port as whoever runs the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
PASSWORD = "loopback-only"
_NOBODY = 65534  # Dovecot refuses to read mail as root

_CONFIG = """
base_dir = {root}/run
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
{ssl}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{root}/mail/%u:LAYOUT={layout}
mail_home = {root}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
maildir_stat_dirs = yes
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {root}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {root}/oauth2
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {root_folder}
{roles}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
protocol imap {{
  imap_id_log = *
}}
"""

_ROLES = """
  mailbox Drafts {{
    special_use = \\Drafts
    auto = subscribe
  }}
  mailbox "{sent}" {{
    special_use = \\Sent
    auto = subscribe
  }}
"""

_OAUTH2 = """
introspection_url = {url}
introspection_mode = post
username_attribute = username
active_attribute = active
active_value = true
"""


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Dovecot:
    """The running server: every user of ``maildir`` logs in with ``PASSWORD``."""

    root: Path
    port: int
    tls_port: int = 0

    def maildir(self, user: str) -> Path:
        """Where a user's mail lies."""
        return self.root / "mail" / user

    def deliver(self, user: str, name: str, content: bytes) -> None:
        """Put a mail into a user's inbox, as a delivery agent does: written aside, then moved to ``new``."""
        maildir = self.maildir(user)
        for part in ("tmp", "new", "cur"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        (maildir / "tmp" / name).write_bytes(content)
        (maildir / "tmp" / name).rename(maildir / "new" / name)
        _hand_over(maildir)

    def hand_over(self, user: str) -> None:
        """Let the server own what was written into a user's mail."""
        _hand_over(self.maildir(user))

    def sessions(self) -> frozenset[str]:
        """The numbers of its processes that serve a client."""
        try:
            master = (self.root / "run" / "master.pid").read_text(encoding="ascii").strip()
            children = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()
        except FileNotFoundError:
            return frozenset()
        serving = set()
        for child in children:
            with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                if Path(f"/proc/{child}/comm").read_text(encoding="utf-8").startswith("imap"):
                    serving.add(child)
        return frozenset(serving)

    @property
    def log(self) -> str:
        """What the server wrote into its log."""
        path = self.root / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _hand_over(folder: Path) -> None:
    if sys.platform != "win32" and os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            with suppress(FileNotFoundError):  # the server moves mails of its own meanwhile
                os.chown(path, _NOBODY, _NOBODY)


def _account() -> dict[str, object]:
    """The user whom the server's processes run as: whoever runs the tests, nobody in root's place."""
    if sys.platform == "win32":
        raise RuntimeError("Dovecot does not run on Windows")
    import grp
    import pwd

    mine = pwd.getpwuid(os.geteuid() or _NOBODY)
    return {"user": mine.pw_name, "group": grp.getgrgid(mine.pw_gid).gr_name, "uid": mine.pw_uid, "gid": mine.pw_gid}


@contextmanager
def running(
    users: tuple[str, ...], *, sent: str = "Sent", introspection: str = "http://127.0.0.1:9/",
    identity: Path | None = None, as_courier: bool = False,
) -> Iterator[Dovecot]:
    """Start the server for some users; ``sent`` names the folder of sent mails.

    ``as_courier``: all folders stand below INBOX, and none is marked with its use, as at Courier and older Cyrus.

    ``introspection`` is asked about tokens (RFC 7662); ``identity`` is a PEM file of key and certificates for TLS.
    """
    root = Path(tempfile.mkdtemp(prefix="kesu-dovecot-"))
    root.chmod(0o755)
    port, tls_port = free_port(), free_port() if identity else 0
    ssl = f"ssl = yes\nssl_cert = <{identity}\nssl_key = <{identity}" if identity else "ssl = no"
    values = {**_account(), "root": root, "port": port, "tls_port": tls_port, "ssl": ssl}
    values |= (
        {"separator": ".", "root_folder": "INBOX.", "layout": "maildir++", "roles": ""} if as_courier else
        {"separator": "/", "root_folder": "", "layout": "fs", "roles": _ROLES.format(sent=sent)}
    )
    (root / "dovecot.conf").write_text(_CONFIG.format(**values), encoding="utf-8")
    (root / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users), encoding="ascii")
    (root / "oauth2").write_text(_OAUTH2.format(url=introspection), encoding="ascii")
    (root / "mail").mkdir()
    _hand_over(root / "mail")
    server = Dovecot(root, port, tls_port)
    process = subprocess.Popen([PROGRAM, "-F", "-c", str(root / "dovecot.conf")], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    try:
        _wait(process, server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(root, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], server: Dovecot) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if process.poll() is not None:
            told = process.stderr.read().decode() if process.stderr else ""
            raise RuntimeError(f"dovecot ended: {told}{server.log}")
        with closing(socket.socket()) as probe:
            probe.settimeout(1)
            with suppress(OSError):
                probe.connect(("127.0.0.1", server.port))
                if probe.recv(4) == b"* OK":
                    return
        time.sleep(0.05)
    raise RuntimeError(f"dovecot does not answer: {server.log}")
