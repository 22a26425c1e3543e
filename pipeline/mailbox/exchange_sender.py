"""Supervises the process that sends through Exchange, and takes its death or silence for what they are: doubt."""

from __future__ import annotations

import base64
import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pipeline.mailbox.errors import MailBusy, MailDoubtful, MailLoginRefused, MailRejected, MailServerUnreachable
from pipeline.mailbox.outgoing import Outgoing
from schemas.mail_settings import ExchangeSetting

_REQUESTS = 8  # the most that one message takes: log in, look for drafts, create, send


@dataclass
class ExchangeSender:
    """Sends messages one after the other; the process starts with the first and ends with ``close``."""

    setting: ExchangeSetting
    ca_file: Path | None
    timeout: float
    _process: subprocess.Popen[str] | None = None
    _answers: queue.Queue[str] | None = None

    def send(self, mail: Outgoing) -> None:
        """Send one message; raises ``MailBusy``, ``MailRejected`` (not sent) or ``MailDoubtful``."""
        answer = self._asked(mail)
        detail = str(answer["detail"])
        server = self.setting.server or self.setting.endpoint
        match answer["result"]:
            case "sent":
                return
            case "busy":
                raise MailBusy(server, detail, float(answer.get("retry_after", 0)))
            case "refused" if detail.startswith(("ErrorTimeoutExpired", "TransportError")):
                raise MailServerUnreachable(server, detail)
            case "expired":
                raise MailLoginRefused(self.setting.mailbox, server, detail)
            case "refused":
                raise MailRejected(server, detail)
            case _:
                raise MailDoubtful(mail.key, detail)

    def close(self) -> None:
        """End the process; it has no message in hand."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def _asked(self, mail: Outgoing) -> dict[str, Any]:
        process, answers = self._running()
        order = {"mime": base64.b64encode(mail.mime).decode("ascii"), "key": mail.key}
        try:
            _write(process, order)
            line = answers.get(timeout=self.timeout * _REQUESTS)
        except OSError as error:
            self.close()
            raise MailDoubtful(mail.key, "发送进程已退出") from error
        except queue.Empty as error:
            self.close()
            raise MailDoubtful(mail.key, f"{self.timeout * _REQUESTS:.0f} 秒没有答复") from error
        if not line:
            self.close()
            raise MailDoubtful(mail.key, "发送进程中途退出")
        told: dict[str, Any] = json.loads(line)
        return told

    def _running(self) -> tuple[subprocess.Popen[str], queue.Queue[str]]:
        if self._process is None or self._answers is None or self._process.poll() is not None:
            if sys.platform == "win32":
                flags = subprocess.CREATE_NO_WINDOW
            else:
                flags = 0
            sources = str(Path(__file__).resolve().parents[2])  # found from a source tree and an installed package
            environment = {**os.environ, "PYTHONPATH": sources, "PYTHONUTF8": "1"}
            command = [sys.executable, "-m", "pipeline.mailbox.exchange_child"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                encoding="utf-8", env=environment, creationflags=flags,
            )
            self._answers = queue.Queue()
            assert self._process.stdout is not None  # noqa: S101 - PIPE was asked for
            threading.Thread(target=_listen, args=(self._process.stdout, self._answers), daemon=True).start()
            _write(self._process, {"setting": self.setting.model_dump(mode="json"), "timeout": self.timeout,
                                   "ca_file": str(self.ca_file) if self.ca_file else ""})
        return self._process, self._answers


def _write(process: subprocess.Popen[str], order: object) -> None:
    assert process.stdin is not None  # noqa: S101 - PIPE was asked for
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()


def _listen(answers: IO[str], into: queue.Queue[str]) -> None:
    """Pass lines on until the process ends, then an empty one."""
    for line in answers:
        into.put(line)
    into.put("")
