"""A group robot of 企业微信 or 钉钉: one line of text to its web address, once."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote_plus

from pipeline.mailbox.secrets import secret
from schemas.errors import KesuError
from schemas.mail_settings import RobotSetting


class RobotRefused(KesuError):
    """The robot's service did not take the line."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"群机器人没有收下消息（{detail}）。请检查机器人地址、加签密钥和关键词设置。")


class GroupRobot:
    """The port ``Robot``; the address comes from an environment variable, since whoever has it can post."""

    def __init__(self, setting: RobotSetting, timeout: float) -> None:
        self._setting = setting
        self._timeout = timeout

    def say(self, text: str, now: datetime) -> None:
        """Post the line once; ``now`` (aware) goes into 钉钉 signatures. Raises ``SecretMissing``, ``RobotRefused``."""
        import requests

        body = {"msgtype": "text", "text": {"content": text}}
        try:
            answer = requests.post(self._address(now), json=body, timeout=self._timeout, allow_redirects=False)
            told = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise RobotRefused(type(error).__name__) from error
        if not isinstance(told, dict) or told.get("errcode") != 0:
            raise RobotRefused(str(told.get("errmsg", answer.status_code) if isinstance(told, dict) else told)[:80])

    def _address(self, now: datetime) -> str:
        address = secret(self._setting.url_env)
        if self._setting.kind != "dingtalk" or not self._setting.sign_env:
            return address
        stamp = round(now.timestamp() * 1000)
        key = secret(self._setting.sign_env)
        signed = hmac.new(key.encode(), f"{stamp}\n{key}".encode(), hashlib.sha256).digest()
        return f"{address}&timestamp={stamp}&sign={quote_plus(base64.b64encode(signed))}"
