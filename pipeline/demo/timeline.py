"""The demo's timeline on the screen: who did what and what the software did about it, urgent matters first."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from schemas.effects import EffectState
from schemas.payloads import (
    AddSupplement,
    FileMail,
    MakeArchive,
    MakeFolder,
    ReserveNumber,
    SendMail,
    WriteCells,
    WriteDeck,
    WriteDocument,
)

if TYPE_CHECKING:
    from pipeline.perform import Performed

WIDTH = 100  # columns; a Chinese character takes two
_WEEKDAYS = "一二三四五六日"
_NUMBERS_SHOWN = 6
_CLOSING = "、，；：。！？)）】」，；：！？ "  # never at the start of a line


def columns(text: str) -> int:
    """Columns that ``text`` takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrapped(text: str, first: str) -> Iterator[str]:
    """``text`` behind ``first`` in lines of at most WIDTH columns, the later ones indented to the same column."""
    lead, line, room = first, "", WIDTH - columns(first)
    for piece in _pieces(text):
        if line and columns((line + piece).rstrip()) > room:
            yield lead + line.rstrip()
            lead, line = " " * columns(first), ""
        line += piece
    yield lead + line


def _pieces(text: str) -> Iterator[str]:
    """What stays on one line: a wide character or a narrow word, each with the punctuation that closes it."""
    piece = ""
    for character in text:
        wide = columns(character) == 2
        joins = character in _CLOSING or (not wide and not piece.endswith(" ") and columns(piece[-1:]) == 1
                                          and piece[-1:] not in _CLOSING)
        if piece and not joins:
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def day_line(day: date) -> str:
    """The heading of a day."""
    return f"── {day} 星期{_WEEKDAYS[day.weekday()]} ".ljust(WIDTH - 4, "─")


def moment_lines(typed_at: datetime, title: str, at: datetime, performed: Sequence[Performed]) -> Iterator[str]:
    """What people typed at ``typed_at`` (nothing when ``title`` is empty), then what the pass at ``at`` did."""
    if title:
        yield from wrapped(title, f"{typed_at:%H:%M} [人]   ")
    clock = f"{at:%H:%M} [系统] "
    for text in _deeds([item for item in performed if item.state is EffectState.DONE]):
        yield from wrapped(text, clock)
        clock = " " * columns(clock)
    for item in performed:
        if item.state is not EffectState.DONE:
            yield from wrapped(f"{item.effect.title}：{item.text}", f"{at:%H:%M} [等待] ")


def _deeds(done: Sequence[Performed]) -> Iterator[str]:
    yield from _urgent(done)
    yield from _kept(done)
    yield from _meetings(done)
    yield from _letters(done)
    if files := "".join(_files(done)):
        yield files
    yield from _decks(done)
    yield from _archives(done)
    if mails := ";".join(_mails(done)):
        yield f"邮件：{mails}"
    if cells := sum(len(item.effect.payload.edits) for item in done if isinstance(item.effect.payload, WriteCells)):
        yield f"写回台账 {cells} 格"


def _decks(done: Sequence[Performed]) -> Iterator[str]:
    for item in done:
        if isinstance(item.effect.payload, WriteDeck):
            yield f"例会周报{'更新' if item.effect.key.revision else ''}：{item.effect.payload.folder}/{item.text}"


def _archives(done: Sequence[Performed]) -> Iterator[str]:
    for item in done:
        if isinstance(item.effect.payload, MakeArchive | AddSupplement) and item.path:
            yield f"归档 → {item.path}：{item.text}"


def _mails_of(done: Sequence[Performed], kind: str) -> list[tuple[Performed, SendMail]]:
    return [(item, item.effect.payload) for item in done
            if isinstance(item.effect.payload, SendMail) and item.effect.payload.kind == kind]


def _to(payload: SendMail) -> str:
    return f" → 邮件 {len(payload.to) + len(payload.cc)} 人"


def _urgent(done: Sequence[Performed]) -> Iterator[str]:
    for item, mail in _mails_of(done, "line_stop"):
        reasons = ";".join(str(reason) for reason in mail.context.get("reasons", ()))
        yield f"停线预警！{item.effect.title.removeprefix('停线预警 ')}({reasons}){_to(mail)}"
    for item, mail in _mails_of(done, "containment"):
        late = bool(mail.context.get("overdue"))
        word, _, label = item.effect.title.partition(" ")
        yield f"{word}{'!已过' if late else ':快到'}{mail.context.get('minutes')}分钟 {label}{_to(mail)}"


def _kept(done: Sequence[Performed]) -> Iterator[str]:
    for item in done:
        payload = item.effect.payload
        if isinstance(payload, WriteDocument) and payload.file_name != item.path.rsplit("/", 1)[-1]:
            case = payload.folder.rsplit("/", 1)[-1]
            yield f"人改过的文件不动：{case} 的 {payload.file_name}；新草稿在旁 → {item.path}"


def _meetings(done: Sequence[Performed]) -> Iterator[str]:
    for _, mail in _mails_of(done, "meeting"):
        word = "取消" if mail.context.get("cancelled") else "改期" if mail.context.get("changed") else "通知"
        about = " ".join(str(mail.context.get(name, "")) for name in ("number", "customer", "product"))
        when = "" if mail.context.get("cancelled") else f",{mail.context.get('time')}"
        yield f"会议{word}：{about} 第{mail.context.get('round')}次{when}{_to(mail)}"


def _letters(done: Sequence[Performed]) -> Iterator[str]:
    rows = [item for item in done if item.effect.key.kind == "intake.row"]
    if rows:
        yield f"来信登入台账 {len(rows)} 行（待确认），每个值取自哪句话写在“系统校验”列"
    filed = [item for item in done if isinstance(item.effect.payload, FileMail)]
    if filed:
        yield f"来信和附件存入 {len(filed)} 件客诉的资料夹"


def _files(done: Sequence[Performed]) -> Iterator[str]:
    numbers = [item.effect.payload.number for item in done if isinstance(item.effect.payload, ReserveNumber)]
    if numbers:
        more = f" 等 {len(numbers)} 件" if len(numbers) > _NUMBERS_SHOWN else ""
        yield f"编号 {'、'.join(numbers[:_NUMBERS_SHOWN])}{more};"
    if folders := sum(isinstance(item.effect.payload, MakeFolder) for item in done):
        yield f"建资料夹 {folders} 个；"
    names = Counter(item.effect.payload.file_name for item in done if isinstance(item.effect.payload, WriteDocument))
    documents = "、".join(f"{name.removesuffix('.docx')} {count} 份" for name, count in names.items())
    if documents:
        yield f"文件草稿：{documents}"


def _mails(done: Sequence[Performed]) -> Iterator[str]:
    notices = [item.effect.title.partition(" 通知")[2] for item, _ in _mails_of(done, "release")]
    if notices:
        yield f"责任部门通知 {len(notices)} 封（{'、'.join(dict.fromkeys(notices))}）"
    for item, mail in _mails_of(done, "overdue"):
        if mail.context.get("summary"):
            continue  # the quality manager's overview of the same matters
        late, unfinished = len(mail.context.get("overdue", ())), len(mail.context.get("unfinished", ()))
        about = "、".join([*([f"逾期{late}项"] if late else []), *([f"归档待补{unfinished}件"] if unfinished else [])])
        yield f"{item.effect.title}（{about}{'，补发' if mail.context.get('late_from') else ''}）"
    for kind, word in (("digest", "每日摘要"), ("baseline", "上线清单")):
        if count := len(_mails_of(done, kind)):
            yield f"{word} {count} 封"
