"""An exchangelib account from our settings: login, delegate or impersonation, the plant's root certificate, the key.

The key goes along as a header field of the message (set as an extended property, since Exchange drops unknown fields
of the MIME it is given) and can be searched for in every folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.mailbox.compose import KEY_FIELD, message_id_of
from pipeline.mailbox.secrets import secret
from pipeline.mailbox.tokens import Tokens
from schemas.mail_settings import ExchangeSetting

DIGEST_NAMESPACE = "6f1b2a51-53a1-4c7e-9d0e-6b65737500d8"  # ours; the same one for good


class ExchangeLogin:
    """Opens the account when it is needed, and anew when a token was renewed or after ``forget``.

    One policy a process: exchangelib keeps the first one for an endpoint. ``fail_fast`` never repeats a request.
    """

    def __init__(self, setting: ExchangeSetting, ca_file: Path | None, timeout: float, *, fail_fast: bool) -> None:
        self._setting = setting
        self._ca_file = ca_file
        self._timeout = timeout
        self._fail_fast = fail_fast
        self._account: Any = None
        self._token = ""
        oauth = setting.oauth if setting.auth == "oauth" else None
        self._tokens = Tokens(oauth, setting.scope, ca_file, timeout) if oauth else None

    @property
    def renews(self) -> bool:
        """Whether there are tokens, so that another login may succeed where one was refused."""
        return self._tokens is not None

    def account(self) -> Any:
        """The account; connects at its first use. Raises ``SecretMissing`` and what ``Tokens.token`` raises."""
        token = self._tokens.token() if self._tokens else ""
        if self._account is None or token != self._token:
            self._account, self._token = self._opened(token), token
        return self._account

    def forget(self) -> None:
        """Drop account and token after a failure; the next use logs in again."""
        self._account = None
        if self._tokens is not None:
            self._tokens.forget()

    def _opened(self, token: str) -> Any:
        import exchangelib
        from exchangelib.protocol import BaseProtocol, FailFast

        _register(exchangelib)
        BaseProtocol.TIMEOUT = self._timeout
        BaseProtocol.HTTP_ADAPTER_CLS = _adapter(self._ca_file)
        setting = self._setting
        configuration = exchangelib.Configuration(
            service_endpoint=setting.endpoint or f"https://{setting.server}/EWS/Exchange.asmx",
            credentials=_credentials(exchangelib, setting, token),
            auth_type=None if setting.auth == "any" else _auth_types(exchangelib)[setting.auth],
            retry_policy=FailFast() if self._fail_fast else _patience(self._timeout),
        )
        return exchangelib.Account(
            primary_smtp_address=setting.mailbox, config=configuration, autodiscover=False,
            access_type=exchangelib.IMPERSONATION if setting.access == "impersonation" else exchangelib.DELEGATE,
            default_timezone=exchangelib.EWSTimeZone("Asia/Shanghai"),
        )


def carrying(account: Any, folder: Any, key: str, sender: str) -> list[Any]:
    """The messages of a folder with the key, by its field or by the Message-ID that belongs to it."""
    import exchangelib

    either = exchangelib.Q(kesu_key=key) | exchangelib.Q(message_id=message_id_of(key, sender))
    return list(folder.filter(either).only("id", "changekey", "kesu_digest"))


def ids_of(folder: Any) -> Iterable[tuple[str, str]]:
    """The ids of a folder's messages with their change keys, oldest first."""
    return [(item.id, item.changekey) for item in folder.all().order_by("datetime_received").only("id", "changekey")]


def _register(exchangelib: Any) -> None:
    class KesuKey(exchangelib.ExtendedProperty):  # type: ignore[misc]  # exchangelib publishes no types
        distinguished_property_set_id = "InternetHeaders"
        property_name = KEY_FIELD
        property_type = "String"

    class KesuDigest(exchangelib.ExtendedProperty):  # type: ignore[misc]  # as above
        property_set_id = DIGEST_NAMESPACE
        property_name = "KesuDigest"
        property_type = "String"

    known = {field.name for field in exchangelib.Message.FIELDS}
    for name, kind in (("kesu_key", KesuKey), ("kesu_digest", KesuDigest)):
        if name not in known:
            exchangelib.Message.register(name, kind)


def _auth_types(exchangelib: Any) -> dict[str, str]:
    return {"ntlm": exchangelib.NTLM, "basic": exchangelib.BASIC, "oauth": exchangelib.OAUTH2}


def _credentials(exchangelib: Any, setting: ExchangeSetting, token: str) -> Any:
    if not token:
        return exchangelib.Credentials(setting.user, secret(setting.password_env))
    from oauthlib.oauth2 import OAuth2Token

    return exchangelib.OAuth2AuthorizationCodeCredentials(
        access_token=OAuth2Token({"access_token": token, "token_type": "Bearer"})
    )


def _patience(seconds: float) -> Any:
    """Waits while the server is busy, at most so long; a refused login is told at once, or the account gets locked."""
    from exchangelib.errors import UnauthorizedError
    from exchangelib.protocol import FaultTolerance

    class Patient(FaultTolerance):  # type: ignore[misc]  # exchangelib publishes no types
        def raise_response_errors(self, response: Any) -> None:
            if response.status_code == 401:
                raise UnauthorizedError("HTTP 401")
            super().raise_response_errors(response)

    return Patient(max_wait=seconds)


def _adapter(ca_file: Path | None) -> type:
    from requests.adapters import HTTPAdapter

    verify: str | bool = str(ca_file) if ca_file else True

    class OwnRoot(HTTPAdapter):
        """Trusts the plant's root, whatever REQUESTS_CA_BUNDLE says."""

        def cert_verify(self, conn: Any, url: Any, _verify: Any, cert: Any) -> None:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]  # requests says no types here

        def get_connection_with_tls_context(
            self, request: Any, _verify: Any, proxies: Any = None, cert: Any = None
        ) -> Any:
            return super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)

    return OwnRoot if ca_file else HTTPAdapter
