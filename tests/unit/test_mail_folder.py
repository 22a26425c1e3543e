"""The folder mailbox: a mail is whole or absent whatever kills the process, and a relay may take it away."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.mailbox import folder
from pipeline.mailbox.compose import compose
from pipeline.mailbox.errors import MailboxFolderMissing, MailUnknown
from pipeline.mailbox.folder import FolderMailbox
from schemas.effects import EffectKey
from schemas.errors import MailRefused
from schemas.mail_ports import Trace

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
KEY = EffectKey("甲厂", "mail.notice", "c000001")


def mail(key: EffectKey = KEY, subject: str = "客诉 KS-202611-001/严重", at: datetime = NOW) -> bytes:
    return compose(
        sender="kesu@example.com", to=["zhou@example.com"], cc=[], subject=subject, text="正文", html="<p>正文</p>",
        attachments=[], key=key, at=at,
    )


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    inbox, outbox = tmp_path / "inbox", tmp_path / "outbox"
    inbox.mkdir()
    outbox.mkdir()
    return inbox, outbox


def eml(outbox: Path) -> list[Path]:
    return sorted(outbox.glob("*.eml"))


def test_the_draft_is_on_the_disk_before_the_mark_that_says_sent(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[tuple[str, bool]] = []

    def syncing(synced: Path) -> None:
        marked.append((synced.name, (folders[1] / ".sent" / KEY.digest).exists()))

    monkeypatch.setattr(folder, "sync_folder", syncing)
    FolderMailbox(*folders).send(mail(), KEY.digest)
    assert marked == [("outbox", False), (".sent", True), ("outbox", True)]


def test_names_sort_by_time_and_show_key_and_subject(folders: tuple[Path, Path]) -> None:
    box = FolderMailbox(*folders)
    later = EffectKey("甲厂", "mail.notice", "c000002")
    box.send(mail(later, at=NOW.replace(hour=15)), later.digest)
    box.send(mail(), KEY.digest)
    assert [path.name for path in eml(folders[1])] == [
        f"20261123T083000-{KEY.digest}-客诉 KS-202611-001_严重.eml",
        f"20261123T153000-{later.digest}-客诉 KS-202611-001_严重.eml",
    ]


def test_a_mail_taken_away_by_a_relay_stays_sent(folders: tuple[Path, Path]) -> None:
    box = FolderMailbox(*folders)
    box.send(mail(), KEY.digest)
    eml(folders[1])[0].unlink()
    assert box.trace(KEY.digest) is Trace.SENT
    box.send(mail(), KEY.digest)
    assert eml(folders[1]) == []


def test_without_marks_the_header_decides(folders: tuple[Path, Path]) -> None:
    box = FolderMailbox(*folders)
    (folders[1] / f"x-{KEY.digest}-y.eml").write_bytes(mail().replace(b"\r\n", b"\n"))
    other = EffectKey("甲厂", "mail.notice", "c000009")
    (folders[1] / f"x-{other.digest}-y.eml").write_bytes(mail())
    assert (box.trace(KEY.digest), box.trace(other.digest)) == (Trace.SENT, Trace.ABSENT)


CHILD = """
import os, sys
from pathlib import Path
from tests.unit.test_mail_folder import KEY, mail
from pipeline.mailbox.folder import FolderMailbox
at, count = sys.argv[1], 0
def die(event, arguments):
    global count
    if event == at and ("kesu-" in str(arguments[0]) or ".sent" in str(arguments[0])):
        if str(arguments[0]).endswith(sys.argv[2]):
            os._exit(9)
sys.addaudithook(die)
FolderMailbox(Path(sys.argv[3]), Path(sys.argv[4])).send(mail(), KEY.digest)
"""


@pytest.mark.parametrize(("event", "at"), [("os.rename", ".tmp"), ("open", ".tmp"), ("open", KEY.digest)])
def test_killed_before_the_rename_no_mail_is_seen_and_the_next_try_sends_one(
    folders: tuple[Path, Path], event: str, at: str
) -> None:
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", CHILD, event, at, *map(str, folders)], cwd=root, check=False)
    assert killed.returncode == 9
    box = FolderMailbox(*folders)
    assert eml(folders[1]) == []
    assert box.trace(KEY.digest) is not Trace.SENT
    box.send(mail(), KEY.digest)
    (path,) = eml(folders[1])
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["X-Kesu-Key"] == KEY.digest
    assert box.trace(KEY.digest) is Trace.SENT
    assert not list(folders[1].glob("*.tmp"))


def test_a_missing_folder_is_named_and_nothing_counts_as_sent(tmp_path: Path) -> None:
    box = FolderMailbox(tmp_path / "没有收件", tmp_path / "没有发件")
    with pytest.raises(MailboxFolderMissing, match="没有发件"):
        box.send(mail(), KEY.digest)
    with pytest.raises(MailboxFolderMissing, match="没有收件"):
        list(box.fetch())
    assert issubclass(MailboxFolderMissing, MailRefused)


@pytest.mark.parametrize("key", ["", "../x", "KS-1", "f" * 20])
def test_a_key_that_does_not_fit_the_mail_is_refused(folders: tuple[Path, Path], key: str) -> None:
    with pytest.raises(MailRefused):
        FolderMailbox(*folders).send(mail(), key)
    assert not eml(folders[1])


def test_an_unwritable_outbox_is_a_refusal(folders: tuple[Path, Path]) -> None:
    (folders[1] / ".sent").write_text("a file where the folder of marks belongs", encoding="utf-8")
    with pytest.raises(MailRefused, match="不可写"):
        FolderMailbox(*folders).send(mail(), KEY.digest)
    assert not eml(folders[1])


def test_only_whole_mails_are_fetched_and_none_is_lost_when_put_aside(folders: tuple[Path, Path]) -> None:
    inbox = folders[0]
    box = FolderMailbox(*folders)
    for name in ("b.eml", "a.EML", ".half.eml", "~b.eml", "note.txt"):
        (inbox / name).write_bytes(b"Subject: x\r\n\r\n")
    (inbox / "empty.eml").write_bytes(b"")
    assert [mail_id for mail_id, _ in box.fetch()] == ["a.EML", "b.eml"]
    box.mark_processed("b.eml")
    (inbox / "b.eml").write_bytes(b"Subject: another of that name\r\n\r\n")
    box.mark_processed("b.eml")
    assert sorted(path.name for path in (inbox / "已处理").iterdir()) == ["b-2.eml", "b.eml"]


@pytest.mark.parametrize("mail_id", ["../outbox/x.eml", "", "..", "a\\b.eml"])
def test_an_id_cannot_leave_the_inbox(folders: tuple[Path, Path], mail_id: str) -> None:
    with pytest.raises(MailUnknown):
        FolderMailbox(*folders).mark_processed(mail_id)
