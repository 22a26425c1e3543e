"""Requests to Microsoft Graph: one at a time, never repeated by a library, every refusal in our words."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.mailbox.errors import (
    MailboxUnknown,
    MailBusy,
    MailCertificateRefused,
    MailRejected,
    MailServerUnreachable,
)
from pipeline.mailbox.reasons import reason_of
from pipeline.mailbox.tokens import Tokens
from schemas.errors import KesuError, MailRefused
from schemas.mail_settings import GraphSetting

if TYPE_CHECKING:
    from requests import Response, Session

_ENDPOINTS = {"global": "https://graph.microsoft.com/v1.0", "china": "https://microsoftgraph.chinacloudapi.cn/v1.0"}
#: 404 that speaks of the mailbox, not of something in it
_NO_MAILBOX = ("ErrorInvalidUser", "Request_ResourceNotFound", "ResourceNotFound", "MailboxNotEnabledForRESTAPI")
_TRIES = 3          # of a request that changes nothing
_LONGEST_WAIT = 20  # seconds between them; who is told to wait longer comes back with the next pass


class GraphMissing(KesuError):
    """What a request names is not there: it was moved, sent or deleted meanwhile."""

    def __init__(self, path: str) -> None:
        super().__init__(f"邮箱中已没有 {path}，可能已被移动或发出。下一轮会重新查找。")


class GraphStateLost(KesuError):
    """The server no longer knows how far a listing had come."""

    def __init__(self) -> None:
        super().__init__("邮箱服务要求重新列出文件夹，下一轮自动完成。")


class GraphUnanswered(KesuError):
    """A request that changes something got no answer, or one that leaves open what happened."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(f"邮箱服务没有给出明确答复（{detail}），下一轮会先查找。")


class GraphForbidden(MailRefused):
    """The application may not do this with the mailbox."""

    def __init__(self, mailbox: str, code: str) -> None:
        KesuError.__init__(self, f"应用没有访问邮箱 {mailbox} 的权限（{code}）。请管理员授予应用权限 Mail.ReadWrite 和 "
                                 "Mail.Send 并同意，且访问策略包含该邮箱。")


@dataclass
class GraphSession:
    """One mailbox's part of Graph, ``/users/{mailbox}``; ``ca_file`` replaces the usual authorities."""

    setting: GraphSetting
    tokens: Tokens
    ca_file: Path | None
    timeout: float
    _session: Session | None = field(default=None, repr=False)

    @property
    def root(self) -> str:
        """Where the mailbox's resources begin."""
        endpoint = self.setting.endpoint or _ENDPOINTS[self.setting.oauth.cloud]
        return f"{endpoint.rstrip('/')}/users/{quote(self.setting.mailbox)}"

    def read(self, path: str) -> Response:
        """A GET, asked again while the server is busy; raises ``GraphMissing``, ``GraphStateLost``, ``MailBusy``."""
        for last in (False,) * (_TRIES - 1) + (True,):
            try:
                return self._checked(self._asked("GET", path), path)
            except MailBusy as busy:
                if last or busy.retry_after > _LONGEST_WAIT:
                    raise
                time.sleep(busy.retry_after or 1)
            except GraphUnanswered as silent:
                if last:
                    raise MailServerUnreachable(self.root, silent.detail) from silent
        raise AssertionError("the last try returns or raises")

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every page of a list; the last one may carry ``@odata.deltaLink``."""
        following: str | None = path
        while following:
            page = self.read(following).json()
            yield page
            following = page.get("@odata.nextLink")

    def listed(self, path: str) -> list[dict[str, Any]]:
        """All entries of a list."""
        return [entry for page in self.pages(path) for entry in page["value"]]

    def change(self, method: str, path: str, *, json: object = None, text: bytes | None = None) -> Response:
        """A request that changes something, made once; ``GraphUnanswered`` when it may have been carried out."""
        return self._checked(self._asked(method, path, json=json, text=text), path)

    def _asked(self, method: str, path: str, *, json: object = None, text: bytes | None = None) -> Response:
        """One request; a refused token is renewed once, since a refusal of that kind comes before anything is done."""
        answer = self._sent(method, path, json, text)
        if answer.status_code == 401:
            self.tokens.forget()
            answer = self._sent(method, path, json, text)
        return answer

    def _sent(self, method: str, path: str, json: object, text: bytes | None) -> Response:
        import requests

        headers: dict[str, str] = {"Authorization": f"Bearer {self.tokens.token()}"}
        if text is not None:
            headers["Content-Type"] = "text/plain"
        address = path if path.startswith("https:") else f"{self.root}{path}"
        if self._session is None:
            self._session = requests.Session()  # its adapters do not retry
        try:
            return self._session.request(
                method, address, headers=headers, json=json, data=text, timeout=(min(20, self.timeout), self.timeout),
                verify=str(self.ca_file) if self.ca_file else True, allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            raise MailCertificateRefused(self.root, type(error).__name__) from error
        except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL) as error:
            raise MailServerUnreachable(self.root, reason_of(error)) from error
        except requests.RequestException as error:
            # a connection that breaks, also while it is made: requests does not say which
            raise GraphUnanswered(reason_of(error)) from error

    def _checked(self, answer: Response, path: str) -> Response:
        status, code = answer.status_code, _code(answer)
        if status < 300:
            return answer
        if status == 404 and code.startswith(_NO_MAILBOX):
            raise MailboxUnknown(self.setting.mailbox, code)
        if status == 404:
            raise GraphMissing(path.partition("?")[0][-40:])
        if status == 410:
            raise GraphStateLost
        if status == 429:
            raise MailBusy(self.root, code, _seconds(answer.headers))
        if status in {401, 403}:
            raise GraphForbidden(self.setting.mailbox, code)
        if status >= 500:
            if answer.request.method == "GET":
                raise MailBusy(self.root, f"{status} {code}", _seconds(answer.headers))
            raise GraphUnanswered(f"{status} {code}")
        raise MailRejected(self.root, f"{status} {code}")


def _code(answer: Response) -> str:
    try:
        error = answer.json()["error"]
        return f"{error['code']}: {error['message']}"[:120] if isinstance(error, dict) else str(error)[:120]
    except (ValueError, KeyError, TypeError):
        return answer.reason or ""


def _seconds(headers: Mapping[str, str]) -> float:
    """Retry-After in seconds; 0 when it is missing or a date."""
    text = headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 0.0
