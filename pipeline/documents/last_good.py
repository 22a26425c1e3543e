"""Templates that people edit while the plant runs: the last sound version goes on being used while theirs is broken."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from pipeline.documents.fault import TemplateFault
from pipeline.documents.folders import TemplateFolders
from pipeline.documents.template_check import check_word, read_example
from pipeline.files.atomic import write_if_changed


@dataclass
class LastGood:
    """Which content of a kind's template to use; ``kept`` is a local folder for sound versions, None to keep none.

    With ``write`` False nothing is put there (status, dry run).
    """

    folders: TemplateFolders
    kept: Path | None = None
    write: bool = False
    _faults: dict[str, str] = field(default_factory=dict)
    _checked: dict[str, tuple[str, bool]] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[str, ...]:
        """What somebody has to be told: templates that are broken and stood in for, with the first fault of each."""
        return tuple(self._faults.values())

    def choose(self, kind: str, name: str, content: bytes) -> bytes:
        """``content`` when it is sound, or when there is nothing better; else the last sound version. Idempotent."""
        if self.kept is None:
            return content
        digest, known = sha256(content).hexdigest(), self._checked.get(kind)
        if known is not None and known[0] == digest:
            sound = known[1]
        else:
            found = self._check(kind, name, content)
            sound = not found
            self._checked[kind] = (digest, sound)
            self._faults.pop(kind, None)
            if found:
                more = f"（共 {len(found)} 处，见 kesu templates check）" if len(found) > 1 else ""
                self._faults[kind] = f"{found[0]}{more}"
        kept = self.kept / f"{kind}.docx"
        if sound:
            self._keep(kept, content)
            return content
        return self._instead(kind, kept, content)

    def _check(self, kind: str, name: str, content: bytes) -> list[TemplateFault]:
        try:
            example = read_example(self.folders.read(kind, "example.json")[1])
        except (ValueError, TemplateFault):
            return []  # a kind of the plant's own without an example cannot be checked before it is used
        return check_word(name, content, example)

    def _keep(self, kept: Path, content: bytes) -> None:
        if self.write:
            write_if_changed(kept, content)

    def _instead(self, kind: str, kept: Path, content: bytes) -> bytes:
        if not kept.is_file():
            self._faults.pop(kind, None)  # rendering will say it of each document
            return content
        if not self._faults[kind].startswith("模板有误"):
            self._faults[kind] = f"模板有误，暂用上一个完好的版本：{self._faults[kind]}"
        return kept.read_bytes()
