"""Read config.yaml into validated settings; every fault is one Chinese sentence with file, key and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas.errors import KesuError
from schemas.settings import CONFIG_VERSION, Settings


class ConfigMissing(KesuError):
    """There is no configuration file where the command looks for it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"找不到配置文件 {path}。请用 -c 指明 config.yaml，或先运行 kesu init 目录 建立一个。")


class ConfigUnreadable(KesuError):
    """The file is no valid YAML."""

    def __init__(self, path: Path, line: int, detail: str) -> None:
        place = f"第 {line} 行" if line else ""
        super().__init__(f"{path} {place}不是有效的 YAML:{detail}。请检查缩进（用空格）、冒号后的空格和引号。")


class ConfigInvalid(KesuError):
    """A key is missing, unknown or has a value that cannot be."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__(f"{path} 中有 {len(faults)} 处需要改正：" + ";".join(faults) + "。")


class ConfigVersionUnknown(KesuError):
    """The file was written for another version of the software."""

    def __init__(self, path: Path, version: object) -> None:
        super().__init__(
            f"{path} 的 version 是 {version}，本软件认识的是 {CONFIG_VERSION}。"
            "请升级软件，或对照新的样例 config.yaml 修改。"
        )


_REASONS = {
    "missing": "缺少此项，请补上",
    "extra_forbidden": "不认识此项，请检查拼写",
    "too_short": "不能为空",
    "string_too_short": "不能为空",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "string_too_long": "不能超过 {max_length} 个字",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_type": "应为整数",
    "float_type": "应为数字",
    "bool_type": "应为 true 或 false",
    "date_type": "应为日期，例如 2026-10-01",
    "date_from_datetime_inexact": "应为日期，例如 2026-10-01",
    "time_type": "应为时刻，例如 08:30（加引号）",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "string_type": "应为文字（可加引号）",
    "list_type": "应为列表",
    "tuple_type": "应为列表（每项以 - 开头）",
    "model_type": "应为若干子项",
    "dict_type": "应为若干子项",
    "date_from_datetime_parsing": "应为日期，例如 2026-10-01",
    "date_parsing": "应为日期，例如 2026-10-01",
    "time_parsing": "应为时刻，例如 08:30（加引号）",
    "literal_error": "不在可选值之内",
}


def _faults(error: ValidationError) -> list[str]:
    found = []
    places = [item["loc"] for item in error.errors()]
    for item in error.errors():
        depth = len(item["loc"])
        if item["type"] == "too_short" and any(place[:depth] == item["loc"] and len(place) > depth for place in places):
            continue  # pydantic counts entries that are wrong as missing: the entry's own fault is told
        key = ".".join(str(part) for part in item["loc"])
        details = item.get("ctx", {})
        reason = _REASONS.get(item["type"])
        # a validator of ours brings its own sentence
        reason = reason.format_map(details) if reason is not None else str(details.get("error", "写法不正确"))
        # a whole section would be a page of words: only single values are shown
        is_plain = item["type"] not in {"missing", "extra_forbidden"} and not isinstance(item["input"], dict | list)
        shown = f"（现为 {item['input']!r}）" if is_plain else ""
        found.append(f"{key}:{reason}{shown}")
    return found


def _parsed(path: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise ConfigMissing(path) from error
    except UnicodeDecodeError as error:
        raise ConfigUnreadable(path, 0, "文件不是 UTF-8 编码，请在记事本中另存为 UTF-8") from error
    try:
        content = YAML(typ="safe").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigUnreadable(path, line, "结构不对") from error
    except YAMLError as error:
        raise ConfigUnreadable(path, 0, "含有不允许的字符") from error
    if not isinstance(content, dict):
        raise ConfigUnreadable(path, 1, "内容应为“键： 值”")
    return content


def load_settings(path: Path) -> Settings:
    """Settings from ``path``; raises ConfigMissing, ConfigUnreadable, ConfigInvalid, ConfigVersionUnknown."""
    content = _parsed(path)
    if "version" in content and content["version"] != CONFIG_VERSION:
        raise ConfigVersionUnknown(path, content["version"])
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        raise ConfigInvalid(path, _faults(error)) from error
