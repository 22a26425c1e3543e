"""Access tokens of Microsoft's identity platform by client credentials, for its world-wide and its Chinese cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.mailbox.errors import MailCertificateRefused, MailLoginRefused, MailServerUnreachable, TenantUnknown
from pipeline.mailbox.reasons import reason_of
from pipeline.mailbox.secrets import secret
from schemas.mail_settings import OAuthSetting

_AUTHORITIES = {"global": "https://login.microsoftonline.com", "china": "https://login.partner.microsoftonline.cn"}


class _Http:
    """What msal makes its requests with: the certificate file goes with each request, since one that is set on the
    session gives way to the environment variable REQUESTS_CA_BUNDLE."""

    def __init__(self, verify: str | bool, timeout: float) -> None:
        import requests

        self._session = requests.Session()
        self._named: dict[str, Any] = {"verify": verify, "timeout": timeout}

    def get(self, url: str, **named: Any) -> Any:
        """A GET for msal."""
        return self._session.get(url, **{**named, **self._named})

    def post(self, url: str, **named: Any) -> Any:
        """A POST for msal."""
        return self._session.post(url, **{**named, **self._named})

    def close(self) -> None:
        """End the connections."""
        self._session.close()


class Tokens:
    """Tokens for one application; msal keeps and renews them. ``ca_file`` is trusted instead of the usual ones."""

    def __init__(self, setting: OAuthSetting, scope: str, ca_file: Path | None, timeout: float) -> None:
        self._setting = setting
        self._scope = scope
        self._verify: str | bool = str(ca_file) if ca_file else True
        self._timeout = timeout
        self._authority = f"{(setting.authority or _AUTHORITIES[setting.cloud]).rstrip('/')}/{setting.tenant}"
        self._application: Any = None

    def token(self) -> str:
        """A token that is valid now; raises ``MailRefused``: no secret, login refused, certificate, nobody there."""
        from requests import RequestException
        from requests.exceptions import SSLError

        try:
            answer = self._opened().acquire_token_for_client(scopes=[self._scope])
        except SSLError as error:
            raise MailCertificateRefused(self._authority, type(error).__name__) from error
        except RequestException as error:
            raise MailServerUnreachable(self._authority, reason_of(error)) from error
        except ValueError as error:
            # msal tells a wrong tenant or a broken discovery so
            raise TenantUnknown(self._authority) from error
        if "access_token" not in answer:
            told = str(answer.get("error_description") or answer.get("error") or "")
            raise MailLoginRefused(self._setting.client_id, self._authority, told.splitlines()[0][:120] if told else "",
                                   "请检查 client_id 和应用密钥（是否填成密钥 ID、是否过期）。")
        return str(answer["access_token"])

    def forget(self) -> None:
        """Drop what is kept, after a server refused the token before its time."""
        self._application = None

    def _opened(self) -> Any:
        if self._application is None:
            import msal

            self._application = msal.ConfidentialClientApplication(
                self._setting.client_id, client_credential=secret(self._setting.secret_env),
                authority=self._authority, http_client=_Http(self._verify, self._timeout),
                # an authority of one's own is not known to Microsoft's discovery
                instance_discovery=False if self._setting.authority else None,
            )
        return self._application
