"""Where templates are found: the plant's own copies first, then the packaged ones; and what kind.yaml says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.documents.fault import TemplateFault
from pipeline.documents.field_names import FieldNames, parse_field_names
from pipeline.files.names import safe_name

Folder = Path | Traversable
_FIELDS = "fields.yaml"


class KindSheet(BaseModel):
    """kind.yaml of a document kind.

    ``{round}`` in ``file_name`` stands for the round of a meeting, ``{action}`` for the action it speaks of;
    ``file_name_again`` is the name of a second and later version;
    ``fill_in`` names the workbook of a form that people fill in and send back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    file_name: str = Field(pattern=r"^[^/\\:*?\"<>|]+\.(?:docx|txt)$")
    file_name_again: str = Field(default="", pattern=r"^(?:[^/\\:*?\"<>|]+\.docx)?$")
    fill_in: str = Field(default="", pattern=r"^(?:[^/\\:*?\"<>|]+\.xlsx)?$")
    made: str

    def name_for(self, round_number: int | None, action: str = "") -> str:
        """The document's file name, safe on Windows whatever the action is called."""
        again = self.file_name_again if round_number and round_number > 1 else ""
        name = (again or self.file_name).replace("{round}", str(round_number or 1))
        return name.replace("{action}", safe_name(action)) if action else name


def packaged_templates() -> Traversable:
    """The templates that come with the package, from a wheel or an editable install."""
    return files("templates")


class TemplateFolders:
    """Template files looked up folder by folder; a plant may own copies of only some of them."""

    def __init__(self, folders: Sequence[Folder]) -> None:
        self._folders = tuple(folders)
        self._sheets: dict[str, KindSheet] = {}
        self._names: dict[str, FieldNames] = {}
        self._extended: dict[str, str] = {}
        self._unread = 0

    @property
    def folders(self) -> tuple[Folder, ...]:
        """The folders in the order in which they are searched."""
        return self._folders

    def read(self, *parts: str) -> tuple[str, bytes]:
        """Name to show and content of a template file; raises ``TemplateFault`` when it is not there or locked."""
        shown = "/".join(parts)
        for folder in self._folders:
            place = folder.joinpath(*parts)
            if not place.is_file():
                continue
            try:
                return (str(place) if isinstance(place, Path) else shown), place.read_bytes()
            except OSError as error:
                fault = TemplateFault(
                    str(place), "", "", f"无法读取({error.strerror})", "若正在 Word 或 WPS 中编辑，请保存并关闭后再试"
                )
                fault.__cause__ = error
                raise self.noted(fault) from error
        raise TemplateFault(shown, "", "", "找不到这个模板", "请从安装包自带的 templates 文件夹复制一份回来")

    def noted(self, fault: TemplateFault) -> TemplateFault:
        """The fault, noted when the file could not be read just now: what was made without it shall be made again."""
        if isinstance(fault.__cause__, OSError):
            self._unread += 1
        return fault

    def edition(self) -> object:
        """Differs from an earlier one when a file in a folder differs, or one could not be read in between.

        The packaged templates stay as they are while a process runs: the last folder is not looked into.
        """
        stamps = [
            (place, name, _stamp(f"{place}/{name}"))
            for folder in self._folders[:-1] if isinstance(folder, Path)
            for place, _, names in os.walk(folder)
            for name in sorted(names)
        ]
        return self._unread, stamps

    def packaged(self, *parts: str) -> bytes | None:
        """The file as it comes with the package, None when the package has none."""
        place = packaged_templates().joinpath(*parts)
        return place.read_bytes() if place.is_file() else None

    def is_as_packaged(self, kind: str, *names: str) -> bool:
        """Whether these files of a kind, and the names of its fields, are those that come with the package.

        A file that cannot be read is not. Raises ``TemplateFault`` when fields.yaml cannot be read.
        """
        self.names(kind)
        files = ((kind, _FIELDS), (self._extended[kind] or kind, _FIELDS), *((kind, name) for name in names))
        try:
            return all(self.read(*parts)[1] == self.packaged(*parts) for parts in files)
        except TemplateFault:
            return False

    def names(self, kind: str) -> FieldNames:
        """fields.yaml of a kind, read once; raises ``TemplateFault``."""
        if kind not in self._names:
            own = parse_field_names(*self.read(kind, _FIELDS))
            self._extended[kind] = own.extends
            # no chains: a kind that is extended stands for itself
            self._names[kind] = self.names(own.extends).joined(own) if own.extends not in ("", kind) else own
        return self._names[kind]

    def read_first(self, *names: tuple[str, ...]) -> tuple[str, bytes]:
        """The first of several files, folder by folder, so that a plant's own under any name wins over the packaged."""
        for folder in self._folders:
            for parts in names:
                if folder.joinpath(*parts).is_file():
                    return TemplateFolders([folder]).read(*parts)
        return self.read(*names[-1])

    def sheet(self, kind: str) -> KindSheet:
        """kind.yaml of a kind, read once; raises ``TemplateFault``."""
        if kind not in self._sheets:
            self._sheets[kind] = _parse_sheet(*self.read(kind, "kind.yaml"))
        return self._sheets[kind]


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - in every pass, and a Path costs more than the call
    except OSError:
        return None  # going or coming this very moment: the next look will find another
    return status.st_mtime_ns, status.st_size


def _parse_sheet(name: str, content: bytes) -> KindSheet:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return KindSheet.model_validate(YAML(typ="safe").load(content.decode("utf-8-sig")))
    except (YAMLError, UnicodeDecodeError) as error:
        raise TemplateFault(
            name, "", "", "不是有效的 YAML 文件", "请以 UTF-8 保存，并对照自带的 kind.yaml 修改"
        ) from error
    except ValidationError as error:
        wrong = "、".join(".".join(str(part) for part in item["loc"]) or "整个文件" for item in error.errors())
        raise TemplateFault(name, "", wrong, f"{wrong} 填写有误", "请对照自带的 kind.yaml 修改") from error
