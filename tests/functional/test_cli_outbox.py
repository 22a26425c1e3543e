"""Sending as people meet it: kesu outbox, quiet hours, test mode, large attachments, people outside, the robot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.mailbox.folder import FolderMailbox
from pipeline.mailbox.robot import GroupRobot, RobotRefused
from schemas.effects import EffectKey
from schemas.mail_settings import MailSetting, RobotSetting, SendingSetting
from tests.contract.mail_site import NOW, mail_effect, mail_site, passed
from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant, kesu
from tests.servers import web
from tests.servers.web import Request, Response

RELEASED = complaint(客诉编号="K-1", 状态="调查")


@pytest.fixture
def plant(tmp_path: Path) -> PlantFolder:
    return empty_plant(tmp_path / "plant")


def uncertain_mail(plant: PlantFolder) -> tuple[EffectKey, str]:
    """A release notice that was handed over to a server which never answered, as the journal keeps it."""
    plant.type(COMPLAINTS, RELEASED)
    plant.once("08:05")
    plant.configure(release_notice="true")
    (plant.outbox).rename(plant.outbox.with_name("away"))  # nothing can be sent now
    plant.once("08:16")
    plant.outbox.with_name("away").rename(plant.outbox)
    with mail_site(plant, None) as site:  # type: ignore[arg-type]  # the journal alone is needed
        key = next(key for key in site.journal.memory().effects if key.kind == "mail.release")
        site.journal.start(key, NOW)
        site.journal.fail(key, "结果不明", NOW, uncertain=True)
    return key, key.digest[:8]


def test_what_is_uncertain_waits_for_a_person(plant: PlantFolder) -> None:
    key, number = uncertain_mail(plant)
    said = kesu("outbox", "list", "-c", plant.config)
    assert (said.code, f"{number} [结果不明]" in said.out) == (1, True)
    (shown,) = [mail for mail in kesu("outbox", "list", "-c", plant.config, "--json").json if mail["number"] == number]
    assert shown["state"] == "uncertain"
    plant.once("08:20")
    assert plant.mails() == []
    refused = kesu("outbox", "retry", number, "-c", plant.config)
    assert (refused.code, "两封" in refused.err) == (2, True)
    assert kesu("outbox", "retry", number, "-c", plant.config, "--yes").code == 0
    plant.once("08:25")
    assert [mail["X-Kesu-Key"] for mail in plant.mails()] == [key.digest]
    assert "没有未决的邮件" in kesu("outbox", "list", "-c", plant.config).out


def test_a_mail_that_no_rule_wants_any_longer_is_not_waited_for(plant: PlantFolder) -> None:
    plant.configure(release_notice="true")
    plant.type(COMPLAINTS, RELEASED)
    plant.once("08:05")
    plant.outbox.rename(plant.outbox.with_name("away"))
    plant.once("08:16")
    plant.outbox.with_name("away").rename(plant.outbox)
    listed = "outbox", "list", "-c", plant.config, "--now", "2026-11-27T09:00+08:00"
    health = "health", "-c", plant.config, "--now", "2026-11-27T09:00+08:00"
    assert "[等待发送]" in kesu(*listed).out
    assert "等了一天以上" in kesu(*health).out
    plant.configure(release_notice="false")
    assert "[没有发出，已不再需要]" in kesu(*listed).out
    assert "[没有发出，已不再需要]" in kesu("status", *listed[2:]).out
    assert "未完成" in plant.board()
    plant.once("08:20")
    assert "未完成" not in plant.board()
    assert "等了一天以上" not in kesu(*health).out


def test_what_waits_says_what_for(plant: PlantFolder) -> None:
    plant.configure(release_notice="true", quiet_from='"08:00"', quiet_to='"09:00"', per_hour="1")
    plant.type(COMPLAINTS, RELEASED, complaint(客诉编号="K-2", 产品名称="卡扣", 状态="调查"))
    plant.once("08:05")
    plant.once("08:16")
    listed = "outbox", "list", "-c", plant.config, "--now"
    asked = *listed, "2026-11-26T08:20+08:00"
    quiet = "静默时段，11-26 09:00 后发出"
    assert kesu(*asked).out.count(quiet) == 2
    assert {mail["waits"] for mail in kesu(*asked, "--json").json} == {quiet}
    assert quiet in kesu("status", *asked[2:]).out
    plant.once("09:01")
    assert "K-2 通知注塑车间 一小时内已发 1 封，达到上限" in kesu(*listed, "2026-11-26T09:10+08:00").out
    plant.outbox.rename(plant.outbox.with_name("away"))
    plant.once("10:30")
    said = kesu(*listed, "2026-11-26T10:30+08:00").out
    assert "找不到邮件文件夹" in said, "it waits for no time: what went wrong"


def test_a_person_who_has_looked_drops_it(plant: PlantFolder) -> None:
    _, number = uncertain_mail(plant)
    assert kesu("outbox", "drop", number, "-c", plant.config).code == 0
    plant.once("08:25")
    assert plant.mails() == []
    assert kesu("outbox", "list", "-c", plant.config).code == 0
    unknown = kesu("outbox", "drop", number, "-c", plant.config)
    assert (unknown.code, "没有编号" in unknown.err) == (2, True)


def test_a_person_decides_while_the_mailbox_is_away(plant: PlantFolder) -> None:
    number = uncertain_mail(plant)[1]
    plant.outbox.rename(plant.outbox.with_name("away"))
    assert kesu("outbox", "retry", number, "-c", plant.config).code == 2  # it may have gone
    again = kesu("outbox", "retry", number, "-c", plant.config, "--yes")
    assert (again.code, "邮箱现在查不了" in again.out) == (0, True), again.err
    dropped = kesu("outbox", "drop", number, "-c", plant.config)
    assert (dropped.code, "不再发送" in dropped.out) == (0, True), dropped.err
    assert "没有未决的邮件" in kesu("outbox", "list", "-c", plant.config).out


def test_retry_finds_out_that_it_was_sent_after_all(plant: PlantFolder) -> None:
    key, number = uncertain_mail(plant)
    marks = plant.outbox / ".sent"
    marks.mkdir(exist_ok=True)
    (marks / key.digest).touch()  # a relay has taken the mail out of the folder
    said = kesu("outbox", "retry", number, "-c", plant.config)
    assert (said.code, "无需重发" in said.out) == (0, True)


def test_quiet_hours_hold_back_everything_but_alerts(plant: PlantFolder) -> None:
    urgent = complaint(产品名称="软管", 不良现象="脱落", 状态="调查", **{"停线/甩车风险": "是"})
    plant.type(COMPLAINTS, RELEASED, urgent)
    plant.once("21:30")
    said = plant.once("21:45")
    assert "静默时段，11-27 07:00 后发出" in said.out
    assert said.code == 0
    # the department hears of a 紧急 complaint at night as well, of any other in the morning
    assert {str(mail["Subject"])[:6] for mail in plant.mails()} == {"【停线风险】", "【客诉升级】", "【客诉紧急】"}
    before = len(plant.mails())
    plant.once("07:00", day="2026-11-27")
    assert len(plant.mails()) > before


def test_test_mode_and_people_outside(plant: PlantFolder) -> None:
    plant.configure(redirect_all_to="test@example.com")
    plant.type(COMPLAINTS, RELEASED)
    plant.type("通讯录", {"姓名": "外部人", "部门": "供应商", "邮箱": "who@supplier.example.org"})
    plant.settled()
    assert plant.mails() != []
    assert {str(mail["To"]) for mail in plant.mails()} == {"test@example.com"}
    assert all("测试，本应发给" in str(mail["Subject"]) for mail in plant.mails())
    effect = mail_effect(to=("who@supplier.example.org",))
    with mail_site(plant, plant_mailbox(plant)) as site:
        (done,) = passed(site, [effect])
    assert "不是本公司的邮箱" in done.text
    assert "mail.sending" in done.text


def test_in_test_mode_no_meeting_gets_into_a_calendar(plant: PlantFolder) -> None:
    plant.configure(redirect_all_to="test@example.com")
    plant.type(COMPLAINTS, RELEASED)
    plant.settled()
    plant.type("会议", {"客诉编号": str(plant.rows()[0]["客诉编号"]), "第几次": 1, "状态": "已确认",
                      "时间": "2026-11-27 14:00", "应到": "罗文斌", "主持人": "周启航"})
    plant.once("08:40")
    plant.once("08:51")
    (invited,) = [mail for mail in plant.mails() if "会议" in str(mail["Subject"])]
    assert "text/calendar" not in {part.get_content_type() for part in invited.walk()}


def test_a_supplier_is_invited_to_a_meeting_and_gets_nothing_else(plant: PlantFolder) -> None:
    plant.configure(external_domains="[supplier.example.org]")
    plant.type("通讯录", {"姓名": "外部人", "部门": "供应商", "岗位": "部门负责人", "邮箱": "who@supplier.example.org"},
               {"姓名": "别家人", "部门": "别家", "邮箱": "x@other.example.org"})
    plant.type(COMPLAINTS, {**RELEASED, "责任部门": "供应商"})
    plant.settled()
    number = str(plant.rows()[0]["客诉编号"])
    plant.type("会议", {"客诉编号": number, "第几次": 1, "状态": "已确认", "时间": "2026-11-27 14:00",
                      "主持人": "周启航", "应到": "罗文斌、外部人、别家人", "需准备资料": "来料批次记录"})
    plant.once("08:30")
    plant.once("08:31")
    outside = [mail for mail in plant.mails() if "example.org" in f"{mail['To']}{mail['Cc']}"]
    (invited,) = outside
    assert str(invited["To"]) == "who@supplier.example.org"
    assert str(invited["Reply-To"]) == "zhou@example.com"
    said = "".join(str(part.get_content()) for part in invited.walk() if part.get_content_maintype() == "text")
    said += str(invited["Subject"])
    assert "来料批次记录" in said
    assert "2026-11-27" in said
    internal = (str(RELEASED["客户"]), str(RELEASED["不良现象"]), "罗文斌", "韩立川", "客诉")
    assert [word for word in internal if word in said] == []
    assert list(invited.iter_attachments()) == []
    (inside,) = (mail for mail in plant.mails() if "会议通知" in str(mail["Subject"]))
    assert "supplier" not in str(inside["To"])


def plant_mailbox(plant: PlantFolder) -> FolderMailbox:
    return FolderMailbox(plant.root / "mail" / "inbox", plant.outbox)


def test_large_attachments_become_links(plant: PlantFolder) -> None:
    folder = plant.share / "客诉资料"
    folder.mkdir(exist_ok=True)
    (folder / "视频 1.mp4").write_bytes(b"x" * 3_000_000)
    (folder / "照片.jpg").write_bytes(b"y" * 1000)
    plant.configure(share_link="//server/客诉")
    effect = mail_effect(attachments=("客诉资料/视频 1.mp4", "客诉资料/照片.jpg"))
    with mail_site(plant, plant_mailbox(plant)) as site:
        passed(site, [effect])
    (mail,) = plant.mails()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["照片.jpg"]
    html = mail.get_body(("html",))
    text = mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert 'href="file://server/%E5%AE%A2%E8%AF%89/' in html.get_content()
    assert "· 客诉资料/视频 1.mp4" in text.get_content()


@dataclass
class RobotService:
    """What a group robot's service was told, and how it answers."""

    posts: list[Request] = field(default_factory=list)
    answer: bytes = b'{"errcode": 0, "errmsg": "ok"}'

    def __call__(self, request: Request) -> Response:
        self.posts.append(request)
        return Response(200, self.answer)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[RobotService]:
    robot = RobotService()
    with web.running(robot) as port:
        monkeypatch.setenv("KESU_ROBOT_URL", f"http://127.0.0.1:{port}/robot/send?access_token=t")
        monkeypatch.setenv("KESU_ROBOT_SIGN", "SECsecret")
        yield robot


def test_the_robot_says_that_there_is_something_urgent_and_nothing_else(
    plant: PlantFolder, service: RobotService
) -> None:
    robot = GroupRobot(RobotSetting(kind="wecom"), 5)
    with mail_site(plant, plant_mailbox(plant), robot=robot) as site:
        passed(site, [mail_effect(1, kind="mail.line_stop"), mail_effect(2, kind="mail.digest")])
        passed(site, [mail_effect(1, kind="mail.line_stop")], 1)
    (post,) = service.posts
    said = json.loads(post.body)["text"]["content"]
    assert "紧急客诉" in said
    assert not any(detail in said for detail in ("远帆", "线束", "卡扣", "KS-", "周启航"))


def test_the_robot_is_silent_while_all_mails_go_to_one_address(plant: PlantFolder, service: RobotService) -> None:
    test_mode = MailSetting(sending=SendingSetting(redirect_all_to="test@example.com"))
    robot = GroupRobot(RobotSetting(kind="wecom"), 5)
    with mail_site(plant, plant_mailbox(plant), mail=test_mode, robot=robot) as site:
        passed(site, [mail_effect(1, kind="mail.line_stop")])
    assert [len(plant.mails()), service.posts] == [1, []]


def test_dingtalk_is_signed_and_a_refusal_keeps_no_mail_back(plant: PlantFolder, service: RobotService) -> None:
    robot = GroupRobot(RobotSetting(kind="dingtalk", sign_env="KESU_ROBOT_SIGN"), 5)
    robot.say("一", NOW)
    query = parse_qs(urlsplit(service.posts[0].path).query)
    stamp = str(round(NOW.timestamp() * 1000))
    expected = base64.b64encode(hmac.new(b"SECsecret", f"{stamp}\nSECsecret".encode(), hashlib.sha256).digest())
    assert (query["timestamp"], query["sign"]) == ([stamp], [expected.decode()])
    service.answer = b'{"errcode": 310000, "errmsg": "keywords not in content"}'
    with pytest.raises(RobotRefused, match="keywords"):
        robot.say("二", NOW)
    with mail_site(plant, plant_mailbox(plant), robot=robot) as site:
        passed(site, [mail_effect(1, kind="mail.line_stop")])
    assert len(plant.mails()) == 1


def test_the_rate_holds_back_what_is_over_it(plant: PlantFolder) -> None:
    few = MailSetting(sending=SendingSetting(per_hour=3))
    effects = [mail_effect(number) for number in range(1, 6)]
    with mail_site(plant, plant_mailbox(plant), mail=few) as site:
        first = passed(site, effects)
        assert [done.deferred for done in first] == [False] * 3 + [True] * 2
        passed(site, effects, 30)
        assert len(plant.mails()) == 3
        passed(site, effects, 61)
    assert len(plant.mails()) == 5
