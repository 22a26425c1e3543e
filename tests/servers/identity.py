"""Microsoft's identity platform as far as client credentials need it, with tokens that can be declared expired."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import parse_qs

from tests.servers.web import Request, Response

TENANT = "tenant.example.com"
CLIENT, CLIENT_SECRET = "client-1", "secret-of-the-loopback"


@dataclass
class Identity:
    """Gives tokens to the one client it knows; ``authority`` is its own address, without a slash at the end."""

    authority: str = ""
    valid: set[str] = field(default_factory=set)
    scopes: list[str] = field(default_factory=list)
    refuses_all: bool = False  # tokens are given, and no service takes them
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def expire(self) -> None:
        """No token given so far is valid any longer."""
        self.valid.clear()

    def accepts(self, authorization: str) -> bool:
        """Whether this is the header of a valid token."""
        return not self.refuses_all and authorization.removeprefix("Bearer ") in self.valid

    def answer(self, request: Request) -> Response | None:
        """The answer to a request that is for the identity platform; None when it is not."""
        path = request.path.partition("?")[0]
        root = f"{self.authority}/{TENANT}"
        if path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            return _json({
                "issuer": f"{root}/v2.0", "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
                "token_endpoint": f"{root}/oauth2/v2.0/token",
            })
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if path == f"/{TENANT}/oauth2/v2.0/token":
            if (form.get("client_id"), form.get("client_secret")) != (CLIENT, CLIENT_SECRET):
                return _json({"error": "invalid_client", "error_description": "AADSTS7000215: wrong secret"}, 401)
            self.scopes.append(form.get("scope", ""))
            token = f"token-{next(self._numbers)}"
            self.valid.add(token)
            return _json({"token_type": "Bearer", "expires_in": 3600, "access_token": token})
        if path == "/introspect":
            return _json({"active": "true" if form.get("token") in self.valid else "false",
                          "username": "user0@example.com"})
        return None


def _json(value: object, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode())
