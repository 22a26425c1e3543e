"""Why a connection or a login failed, in the few words that fit into a sentence of ours."""

from __future__ import annotations

import socket
import ssl

#: What most who are refused by a Chinese provider have not done.
LICENCE_CODE = (
    "腾讯、网易、阿里邮箱须先在网页邮箱里开通 IMAP/SMTP 并使用授权码，不是登录密码；令牌过期请重新授权。"
)
#: Words of the libraries that wrap what the system said into sentences of their own.
_WRAPPED = (
    ("Connection refused", "端口没有服务"), ("actively refused", "端口没有服务"),
    ("Name or service not known", "找不到该主机名"), ("getaddrinfo failed", "找不到该主机名"),
    ("Failed to resolve", "找不到该主机名"), ("Temporary failure in name resolution", "找不到该主机名"),
    ("timed out", "等待超时"), ("WRONG_VERSION_NUMBER", "对方没有用 TLS 应答"),
    ("Reraised from ConnectionError", "连接没有建立"), ("ConnectionError", "连接中断"),
)
_LONGEST = 120


def reason_of(error: Exception) -> str:
    """The system's reason in Chinese, else the server's own words, at most 120 characters."""
    if isinstance(error, TimeoutError):
        return "等待超时"
    if isinstance(error, ConnectionRefusedError):
        return "端口没有服务"
    if isinstance(error, socket.gaierror):
        return "找不到该主机名"
    told = f"{type(error).__name__} {error}"
    known = next((words for sign, words in _WRAPPED if sign in told), "")
    return known or _plain(error)[:_LONGEST] or type(error).__name__


def speaks_no_tls(error: Exception) -> bool:
    """Whether a server answered a TLS greeting in the clear: the port is one without, or with STARTTLS."""
    return isinstance(error, ssl.SSLError) and error.reason in {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL"}


def _plain(error: Exception) -> str:
    """The words of an error; imapclient shows a server's answer as Python writes bytes."""
    said = " ".join(str(error).split())
    return said[2:-1] if said[:2] in {"b'", 'b"'} else said
