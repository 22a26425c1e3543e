"""From a mail effect to MIME: the template rendered, recipients by the sending rules, large attachments as links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape

from pipeline.rules.sending_policy import Addressed, addressed
from pipeline.rules.share_links import share_link
from pipeline.share import FolderShare
from schemas.effects import Effect
from schemas.errors import KesuError
from schemas.payloads import SendMail
from schemas.ports import Documents
from schemas.settings import Settings

_MEGABYTE = 1024 * 1024


class AttachmentMissing(KesuError):
    """A mail's attachment is not on the share yet; the mail waits for it."""

    def __init__(self, path: str) -> None:
        super().__init__(f"附件 {path} 不在公共盘上，邮件等待其生成。若已删除，请恢复该文件。")


def composer(
    settings: Settings, documents: Documents, share: FolderShare
) -> Callable[[Effect, SendMail, datetime], bytes]:
    """How a mail effect becomes MIME: rendered from its template, attachments read as they stand on the share now."""

    def compose_effect(effect: Effect, payload: SendMail, now: datetime) -> bytes:
        from pipeline.mailbox.compose import compose

        subject, text, html = documents.render_mail(payload.kind, payload.context)
        people = addressed(payload.to, payload.cc, settings.mail, external=payload.external)
        attached, linked = _weighed(_read(payload.attachments, share), settings.mail.sending.max_attachment_mb)
        text, html = _with_links(text, html, linked, settings.share_link)
        attached += [
            (paper.file_name, documents.render(paper.kind, paper.context, now))
            for paper in payload.documents
        ]
        return compose(
            sender=settings.mail.sender, to=people.to, cc=people.cc, subject=_marked(subject, people), text=text,
            html=html, attachments=attached, key=effect.key, at=now,
            # a test must not put meetings into calendars
            calendar=None if people.meant else _calendar(effect, payload, now),
            reply_to=payload.reply_to,
        )

    return compose_effect


def _read(paths: Sequence[str], share: FolderShare) -> list[tuple[str, bytes]]:
    found = []
    for path in paths:
        try:
            found.append((path, share.read(path)))
        except FileNotFoundError as error:
            raise AttachmentMissing(path) from error
    return found


def _weighed(files: Sequence[tuple[str, bytes]], limit: float) -> tuple[list[tuple[str, bytes]], list[str]]:
    """What goes along by name, and the paths that are linked instead: the largest, until the rest fits ``limit`` MB."""
    linked: list[str] = []
    kept = list(files)
    while kept and sum(len(content) for _, content in kept) > limit * _MEGABYTE:
        largest = max(kept, key=lambda file: len(file[1]))
        kept.remove(largest)
        linked.append(largest[0])
    return [(path.rsplit("/", 1)[-1], content) for path, content in kept], sorted(linked)


def _with_links(text: str, html: str, paths: Sequence[str], base: str) -> tuple[str, str]:
    """The mail with a last paragraph that says where the attachments are which are too large to go along."""
    if not paths:
        return text, html
    opening = "附件较大，请到公共盘打开："
    lines = "\n".join(f"· {path}" for path in paths)
    items = []
    for path in paths:
        link = share_link(base, path)
        items.append(f'<a href="{escape(link)}">{escape(path)}</a>' if link else escape(path))
    shown = "<br>".join(f"· {item}" for item in items)
    paragraph = f'<p style="margin:14px 0 0 0">{opening}<br>{shown}</p>'
    closing = html.rfind("</body>")
    html = html + paragraph if closing < 0 else html[:closing] + paragraph + html[closing:]
    return f"{text.rstrip()}\n\n{opening}\n{lines}\n", html


def _marked(subject: str, people: Addressed) -> str:
    """In test mode the subject says so and names who would have got the mail."""
    if not people.meant:
        return subject
    names = "、".join(person.partition("<")[0].strip() or person for person in people.meant)
    return f"【测试，本应发给 {names}】{subject}"


def _calendar(effect: Effect, payload: SendMail, now: datetime) -> str | None:
    from pipeline.mailbox.calendar import invitation

    asked = payload.invitation
    if asked is None:
        return None
    return invitation(
        asked.entry, asked.organizer, asked.attendees, method=asked.method, sequence=asked.sequence, stamp=now
    )
