"""kesu doctor: plain words about everything that is configured, over a real mail server, and nothing changed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from tests.contract.mailbox_stands import CLIENT_SECRET_VARIABLE, SECRET, Servers
from tests.functional.plant_folder import LEDGER, PlantFolder, empty_plant, kesu, kesu_process
from tests.servers import ews, graph, identity
from tests.servers.ews import EwsServer
from tests.servers.graph import GraphServer

NOW = "2026-11-26T09:00+08:00"


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    made = empty_plant(tmp_path / "plant")
    saved = datetime.fromisoformat(NOW).timestamp() - 3600  # before the time the doctor is asked at
    os.utime(made.ledger, (saved, saved))
    return made


def configured(plant: PlantFolder, backend: str, ca_file: Path, lines: str) -> None:
    """Have the plant use a mail system; ``lines`` are those of its section."""
    section = f"  {backend}:\n{lines}#  imap_smtp:"
    text = plant.config.read_text(encoding="utf-8").replace("#  imap_smtp:", section, 1)
    plant.config.write_text(text, encoding="utf-8")
    plant.configure(backend=backend, ca_file=ca_file)


@pytest.fixture
def server(plant: PlantFolder) -> Iterator[GraphServer]:
    """A Graph server that the plant's configuration names."""
    os.environ[CLIENT_SECRET_VARIABLE] = identity.CLIENT_SECRET
    with ExitStack() as closing:
        certificates = Servers(closing).certificates
        running = closing.enter_context(graph.running(certificates.server_context()))
        address = f"https://localhost:{running.port}"
        configured(plant, "graph", certificates.root, (
            f"    mailbox: {graph.USER}\n    endpoint: {address}/v1.0\n"
            f"    oauth: {{tenant: {identity.TENANT}, client_id: {identity.CLIENT}, "
            f"secret_env: {CLIENT_SECRET_VARIABLE}, authority: '{address}'}}\n"
        ))
        yield running


@pytest.fixture
def exchange(plant: PlantFolder) -> Iterator[EwsServer]:
    """An Exchange server that the plant's configuration names."""
    os.environ[SECRET] = ews.PASSWORD
    with ExitStack() as closing:
        certificates = Servers(closing).certificates
        running = closing.enter_context(ews.running(certificates.server_context()))
        configured(plant, "exchange", certificates.root, (
            f"    mailbox: {ews.USER}\n    user: {ews.USER}\n    auth: basic\n"
            f"    password_env: {SECRET}\n    endpoint: https://localhost:{running.port}/EWS/Exchange.asmx\n"
        ))
        yield running


def doctor(plant: PlantFolder, *more: object) -> tuple[int, str]:
    said = kesu("doctor", "-c", plant.config, "--now", NOW, *more)
    return said.code, said.out + said.err


def test_a_healthy_plant(plant: PlantFolder) -> None:
    before = plant.snapshot()
    code, out = doctor(plant)
    assert code == 0, out
    told = ("公共盘", "标记属于本机日志", f"台账 {LEDGER}", "模板", "日历", "本机时间", "收件文件夹", "没有发现问题")
    assert [words for words in told if words not in out] == []
    assert "✗" not in out
    assert plant.snapshot() == before


def test_a_real_mailbox_is_tried_and_a_test_mail_goes_only_when_asked(plant: PlantFolder, server: GraphServer) -> None:
    code, out = doctor(plant)
    assert (code, "令牌有效" in out) == (0, True), out
    assert server.store.delivered == []
    assert server.store.items == {}
    code, out = doctor(plant, "--send-test", "me@example.com")
    assert (code, "测试邮件已交给邮件系统：me@example.com" in out) == (0, True), out
    assert len(server.store.delivered) == 1


def test_in_test_mode_the_test_mail_goes_to_its_address_only(plant: PlantFolder, server: GraphServer) -> None:
    plant.configure(redirect_all_to="test@example.com")
    code, out = doctor(plant, "--send-test", "boss@example.com")
    assert (code, "测试邮件不发到 boss@example.com，改发到 test@example.com" in out) == (0, True), out
    assert "测试邮件已交给邮件系统：test@example.com" in out
    (delivered,) = server.store.delivered
    assert b"test@example.com" in delivered
    assert b"boss@example.com" not in delivered


@pytest.mark.parametrize("address", ["王工", "a@example.com, b@example.com"])
def test_a_test_mail_needs_one_address(plant: PlantFolder, address: str) -> None:
    code, out = doctor(plant, "--send-test", address)
    assert (code, f"--send-test 后面应是一个邮箱地址，例如 zhang@example.com，现为“{address}”" in out) == (2, True), out
    assert plant.mails() == []


def test_a_certificate_of_the_plants_own_needs_its_root(plant: PlantFolder, exchange: EwsServer) -> None:
    assert doctor(plant)[0] == 0
    plant.configure(ca_file='""')
    said = kesu_process("doctor", "-c", plant.config, "--now", NOW)  # exchangelib keeps connections in a process
    out = said.communicate()[0]
    assert (said.returncode, "证书不受信任" in out, "mail.ca_file" in out) == (1, True, True), out


def test_a_mailbox_that_exchange_does_not_know(plant: PlantFolder, exchange: EwsServer) -> None:
    exchange.mailboxes = frozenset({"somebody@example.com"})
    code, out = doctor(plant)
    assert (code, f"找不到邮箱 {ews.USER}" in out) == (1, True), out


def test_each_thing_that_is_wrong_is_said_with_its_remedy(plant: PlantFolder, server: GraphServer) -> None:
    server.forbidden = True
    plant.ledger.rename(plant.ledger.with_name("away.xlsx"))
    (plant.root / "templates" / "mails" / "digest" / "subject.txt").write_text("{{ nonsense }}", encoding="utf-8")
    code, out = doctor(plant)
    wrong = [line for line in out.splitlines() if line.startswith("✗")]
    assert code == 1
    assert any("找不到台账" in line for line in wrong), out
    assert any("nonsense" in line for line in wrong), out
    assert any("Mail.ReadWrite" in line for line in wrong), out


def test_people_who_get_no_mail_and_a_clock_that_is_off(plant: PlantFolder) -> None:
    outside = {"姓名": "外人", "部门": "外", "邮箱": "a@other.example.org"}
    plant.type("通讯录", {"姓名": "无邮箱", "部门": "品质部"}, outside)
    later = 2_000_000_000
    os.utime(plant.ledger, (later, later))
    robot = "  robot: {kind: wecom, url_env: KESU_NO_SUCH_ROBOT}\n"
    text = re.sub(r"  robot:.*?(?=#  imap_smtp:)", robot, plant.config.read_text(encoding="utf-8"), flags=re.DOTALL)
    plant.config.write_text(text, encoding="utf-8")
    code, out = doctor(plant)
    assert code == 1
    assert "没有设置环境变量 KESU_NO_SUCH_ROBOT" in out
    assert "无邮箱" in out
    assert "a@other.example.org 不会收到邮件" in out
    assert "校准本机与文件服务器的时钟" in out
