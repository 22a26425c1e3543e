"""Templates that people edit while the plant runs: the last sound version goes on being used while theirs is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from pipeline.documents.fault import TemplateFault
from pipeline.files.atomic import write_if_changed

Check = Callable[[], Sequence[TemplateFault]]


@dataclass
class LastGood:
    """Which content of a template file to use; ``kept`` is a local folder for sound versions, None to keep none.

    With ``write`` False nothing is put there (status, dry run). Files go by their ``place`` below a templates folder.
    """

    kept: Path | None = None
    write: bool = False
    _faults: dict[str, str] = field(default_factory=dict)
    _checked: dict[str, tuple[str, bool]] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[str, ...]:
        """What somebody has to be told: templates that are broken and stood in for, with the first fault of each."""
        return tuple(self._faults.values())

    def choose(
        self, place: str, content: bytes, check: Check, *, beside: bytes = b"", packaged: bytes | None = None
    ) -> bytes:
        """``content`` when it is sound, or when there is nothing better; else the last sound version. Idempotent.

        It is checked again when it or what stands ``beside`` it changes. ``packaged`` is better than nothing.
        """
        if self.kept is None and packaged is None:
            return content
        if self._is_sound(place, content, check, beside):
            self._keep(place, content)
            return content
        if (last := self.last(place)) is not None:
            self._tell(place, "上一个完好的版本")
            return last
        if packaged is not None:
            self._tell(place, "软件自带的版本")
            return packaged
        self._faults.pop(place, None)  # rendering will say it of each document
        return content

    def last(self, place: str) -> bytes | None:
        """The last sound version of a file, None when none was kept."""
        kept = self.kept / place if self.kept else None
        return kept.read_bytes() if kept is not None and kept.is_file() else None

    def _keep(self, place: str, content: bytes) -> None:
        """Remember a sound version."""
        if self.kept is not None and self.write:
            write_if_changed(self.kept / place, content)

    def _is_sound(self, place: str, content: bytes, check: Check, beside: bytes) -> bool:
        digest, known = sha256(content + b"\0" + beside).hexdigest(), self._checked.get(place)
        if known is not None and known[0] == digest:
            return known[1]
        found = check()
        self._checked[place] = (digest, not found)
        more = f"（共 {len(found)} 处，见 kesu templates check）" if len(found) > 1 else ""
        self._faults.pop(place, None)
        if found:
            self._faults[place] = f"{found[0]}{more}"
        return not found

    def _tell(self, place: str, instead: str) -> None:
        words = self._faults.get(place, "")
        if not words.startswith("模板有误"):
            self._faults[place] = f"模板有误，暂用{instead}：{words}"
