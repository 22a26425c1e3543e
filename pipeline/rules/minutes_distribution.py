"""Whether minutes are signed, and to which departments and people they go then (process step 7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from pipeline.rules.meetings import rounds
from schemas.case import Case, Directory
from schemas.meetings import Distribution
from schemas.rows import Meeting
from schemas.values import MeetingState

_SCAN = re.compile(
    r"会议纪要[-_ ]*第\s*(\d{1,2}|[一二三四五六七八九十])\s*次(?P<rest>.*签.*)\.(?:pdf|jpe?g|png|tiff?|bmp|heic)",
    re.IGNORECASE,
)
_UNSIGNED = re.compile("未(?:会)?签|待(?:会)?签|签(?:字|名|署)?前|空白|草稿")
_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", start=1)}


def signed_scans(file_names: Collection[str]) -> dict[int, str]:
    """The signed minutes by round among the files of a case folder: 会议纪要-第N次*签* as PDF or picture.

    Names that say 未签, 待签 or 空白 are no signed minutes; of several the last by name counts.
    """
    found = {}
    for name in sorted(file_names):
        match = _SCAN.fullmatch(unicodedata.normalize("NFKC", name))
        if match and not _UNSIGNED.search(match["rest"]):
            found[_NUMERALS.get(match[1]) or int(match[1])] = name
    return found


def orphaned_scans(case: Case, file_names: Collection[str]) -> tuple[str, ...]:
    """Sentences on signed minutes whose meeting the ledger does not know, or knows as cancelled."""
    known = dict(rounds(case))
    sentences = []
    for number, name in signed_scans(file_names).items():
        if number not in known:
            sentences.append(f"文件“{name}”是第{number}次会议的签字纪要，但会议表中没有第{number}次会议，请补登")
        elif known[number].state is MeetingState.CANCELLED:
            sentences.append(f"文件“{name}”是第{number}次会议的签字纪要，但会议表中该次会议为“取消”，请核对")
    return tuple(sentences)


def _departments(case: Case, names: Collection[str], directory: Directory) -> dict[str, list[str]]:
    """Departments with their people, the responsible one first; it hears of the result even when nobody came.

    People of whom 通讯录 gives no department stand under "".
    """
    found: dict[str, list[str]] = {case.complaint.department: []} if case.complaint.department else {}
    for name in names:
        contact = directory.contacts.get(name)
        if contact is not None:
            found.setdefault(contact.department or "", []).append(name)
    return found


def _reached(departments: dict[str, list[str]], directory: Directory) -> Iterator[tuple[str, str]]:
    """(department, person) with an address; the head where none of those who came has one."""
    for department, names in departments.items():
        known = [name for name in names if directory.mail_of(name)]
        heads = [head.name or "" for head in directory.heads_of(department) if head.mail]
        for name in known or heads[:1]:
            yield department, name


def _reasons(number: int, meeting: Meeting, scan: str, absent: str) -> Iterator[str]:
    if meeting.state is MeetingState.SIGNED:
        yield f"第{number}次会议状态为“纪要已签”"
    if scan:
        hint = "" if meeting.state is MeetingState.SIGNED else "，请将会议状态改为“纪要已签”"
        yield f"文件夹中有签字扫描件“{scan}”{hint}"
    if not meeting.attended:
        yield "实到未填，按应到名单分发"
    if absent:
        yield f"责任部门 {absent} 无人到会，仍需知会其负责人"


def distributions(case: Case, directory: Directory, file_names: Collection[str]) -> tuple[Distribution, ...]:
    """For every signed round: each department that took part, and who receives the minutes there.

    Signed is what the ledger calls 纪要已签 or what has a signed scan in the folder; a cancelled meeting never.
    Recipients are those who came and have an address, else their department's head; ``unreached`` names the rest.
    """
    scans, found = signed_scans(file_names), []
    for number, meeting in rounds(case):
        scan = scans.get(number, "")
        if meeting.state is MeetingState.CANCELLED or not (scan or meeting.state is MeetingState.SIGNED):
            continue
        came = (*(meeting.attended or meeting.invited), meeting.chair or "")
        names = tuple(dict.fromkeys(name for name in came if name))
        departments = _departments(case, names, directory)
        reached = tuple(_reached(departments, directory))
        without = [unit for unit in departments if unit not in dict(reached)]
        unreached = [name for unit in without for name in ([unit] if unit else departments[unit])]
        unreached += [name for name in names if name not in directory.contacts]
        unit = case.complaint.department or ""
        absent = unit if unit and not departments[unit] else ""
        recipients = tuple(dict.fromkeys(name for _, name in reached))
        reasons = tuple(_reasons(number, meeting, scan, absent))
        named = tuple(filter(None, departments))
        found.append(Distribution(number, named, recipients, tuple(unreached), scan, reasons))
    return tuple(found)
