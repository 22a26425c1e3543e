"""kesu demo in a folder that holds a demo already, and the commands it prints."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from pipeline.commands.demo import UNFINISHED, DemoExists, run
from pipeline.commands.output import own_command, typed_path


@pytest.mark.parametrize(("left", "state"), [("config.yaml", "已有演示工厂"), (UNFINISHED, "没有做完的演示")])
def test_a_folder_in_use_is_refused_untouched(
    left: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / left).write_text("原样", encoding="utf-8")
    monkeypatch.setenv("KESU_COMMAND", "python kesu.py")
    with pytest.raises(DemoExists, match=f"{state}.*请删除该文件夹.*python kesu.py demo") as refused:
        run(argparse.Namespace(dir=str(tmp_path), now=None))
    assert refused.value.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == [left]
    assert (tmp_path / left).read_text(encoding="utf-8") == "原样"


def test_commands_are_shown_as_this_user_types_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KESU_COMMAND", raising=False)
    assert own_command() == "kesu"
    monkeypatch.setenv("KESU_COMMAND", "py kesu.py")
    assert own_command() == "py kesu.py"
    assert typed_path(Path("有 空格") / "config.yaml").startswith('"有 空格')
    assert typed_path(Path("config.yaml")) == "config.yaml"
