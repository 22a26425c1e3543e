"""The launcher prepares its environment once, repairs it, hands over cleanly, and explains what stops it."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kesu

LAUNCHER = Path(kesu.__file__)

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "kesu"
version = "0.1.0"
dependencies = []
[project.optional-dependencies]
test = []
"""

BACKEND = '''
"""A build backend without requirements, so that the stub installs without any network."""
import os, zipfile
NAME, INFO = "kesu-0.1.0-py3-none-any.whl", "kesu-0.1.0.dist-info"

def _wheel(folder, name, text):
    with zipfile.ZipFile(os.path.join(folder, NAME), "w") as archive:
        archive.writestr(name, text)
        archive.writestr(INFO + "/METADATA", "Metadata-Version: 2.1\\nName: kesu\\nVersion: 0.1.0\\n" + NEEDS)
        archive.writestr(INFO + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(INFO + "/RECORD", "")
    return NAME

def build_wheel(folder, settings=None, metadata=None):
    return _wheel(folder, "pipeline/__init__.py", "stale = True")

def build_editable(folder, settings=None, metadata=None):
    return _wheel(folder, "stub.pth", os.getcwd())

NEEDS = "Provides-Extra: test\\n"
'''

CLI = '''
"""A stand-in for kesu: says where and with what it was started; can wait for a signal."""
import json, os, signal, sys, time

def main():
    if "wait" in sys.argv:
        signal.signal(signal.SIGINT, lambda *_: sys.exit(5))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(6))
        print("waiting", flush=True)
        time.sleep(30)
    print(json.dumps({"cwd": os.getcwd(), "arguments": sys.argv}))
    return 7 if "fail" in sys.argv else 0
'''

PYTEST = 'import json, os, sys\nprint(json.dumps({"cwd": os.getcwd(), "arguments": sys.argv[1:]}))\n'


def _lay_stub(root: Path) -> Path:
    """A tiny clone of the same shape: launcher, pyproject.toml, constraints.txt, a pipeline package."""
    files = {
        "pyproject.toml": PYPROJECT, "backend.py": BACKEND, "constraints.txt": "", "pipeline/__init__.py": "",
        "pipeline/cli.py": CLI, "pytest/__init__.py": "", "pytest/__main__.py": PYTEST,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy(LAUNCHER, root / "kesu.py")
    return root


def _environ() -> dict[str, str]:
    dropped = ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PYTHONUTF8": "1"}


def _start(root: Path, *arguments: str, cwd: Path | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(root / "kesu.py"), *arguments], cwd=cwd or root, env=_environ(), text=True,
        encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )


def _launch(root: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    process = _start(root, *arguments, cwd=cwd)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture(scope="module")
def first_use(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, str, str]]]:
    """A stub in a folder with a space and Chinese in its name, first used by two launchers at once."""
    root = _lay_stub(tmp_path_factory.mktemp("clone") / "客诉 助手")
    running = [_start(root, "demo", "第一个"), _start(root, "demo", "第二个")]
    results = []
    for process in running:
        out, err = process.communicate(timeout=120)
        results.append((process.returncode, out, err))
    return root, results


@pytest.fixture
def clone(first_use: tuple[Path, list[tuple[int, str, str]]]) -> Path:
    """The shared stub, complete and unchanged whatever the test before did to it."""
    root = _lay_stub(first_use[0])
    result = _launch(root, "demo")
    assert result.returncode == 0, result.stderr
    return root


def test_two_first_launchers_at_once_both_succeed_and_install_once(
    first_use: tuple[Path, list[tuple[int, str, str]]],
) -> None:
    root, results = first_use
    assert [code for code, _, _ in results] == [0, 0], results
    assert sum("installing dependencies" in err for _, _, err in results) == 1
    assert [json.loads(out)["arguments"][1:] for _, out, _ in results] == [["demo", "第一个"], ["demo", "第二个"]]
    assert (root / ".venv" / "kesu-stamp.json").is_file()


def test_a_prepared_clone_is_left_alone_and_the_command_runs_where_the_caller_stands(
    clone: Path, tmp_path: Path
) -> None:
    (tmp_path / "pipeline").mkdir()  # a folder of the caller must not stand in for the program
    (tmp_path / "pipeline" / "__init__.py").touch()
    (tmp_path / "pipeline" / "cli.py").write_text("def main(): return 99\n", encoding="utf-8")
    result = _launch(clone, "demo", "有 空格", cwd=tmp_path)
    assert result.stderr == ""
    assert result.returncode == 0
    assert json.loads(result.stdout) == {"cwd": str(tmp_path), "arguments": ["kesu", "demo", "有 空格"]}


def test_the_exit_code_of_the_command_is_the_launchers(clone: Path) -> None:
    assert _launch(clone, "check", "fail").returncode == 7


def test_tests_run_beside_the_launcher_in_several_processes_and_keep_the_extra(clone: Path, tmp_path: Path) -> None:
    result = _launch(clone, "test", "tests/unit", cwd=tmp_path)
    assert json.loads(result.stdout) == {"cwd": str(clone), "arguments": [*kesu.TEST_WORKERS, "tests/unit"]}
    assert json.loads((clone / ".venv" / "kesu-stamp.json").read_text(encoding="utf-8"))["extras"] == ["test"]
    assert _launch(clone, "demo").stderr == ""


def test_changed_versions_are_installed_and_extras_stay(clone: Path) -> None:
    _launch(clone, "test")
    (clone / "constraints.txt").write_text("somebody==1.0\n", encoding="utf-8")
    assert "installing dependencies" in _launch(clone, "demo").stderr
    assert json.loads((clone / ".venv" / "kesu-stamp.json").read_text(encoding="utf-8"))["extras"] == ["test"]


@pytest.mark.parametrize("text", ["{", '{"fingerprint": "of something else"}'])
def test_an_interrupted_installation_is_finished(clone: Path, text: str) -> None:
    (clone / ".venv" / "kesu-stamp.json").write_text(text, encoding="utf-8")
    result = _launch(clone, "demo")
    assert result.returncode == 0
    assert "installing dependencies" in result.stderr


def test_a_half_made_environment_is_rebuilt(clone: Path) -> None:
    environment = kesu.Environment(clone)
    environment.python.unlink()
    (clone / ".venv" / "pyvenv.cfg").unlink()
    environment.stamp.unlink()
    result = _launch(clone, "demo")
    assert result.returncode == 0, result.stderr
    assert "rebuilding" in result.stderr
    assert json.loads(result.stdout)["arguments"] == ["kesu", "demo"]


def test_a_folder_that_is_no_environment_is_refused_and_kept(tmp_path: Path) -> None:
    root = _lay_stub(tmp_path)
    (root / ".venv").mkdir()
    (root / ".venv" / "重要.xlsx").write_bytes(b"mine")
    result = _launch(root, "demo")
    assert result.returncode == 3
    assert "不是 Python 运行环境" in result.stderr
    assert "Traceback" not in result.stderr
    assert (root / ".venv" / "重要.xlsx").read_bytes() == b"mine"


def test_without_network_one_sentence_says_what_to_do(clone: Path) -> None:
    wanting = BACKEND.replace('"Provides-Extra', '"Requires-Dist: kesu-stub-needs-this\\nProvides-Extra')
    (clone / "backend.py").write_text(wanting, encoding="utf-8")
    (clone / "pyproject.toml").write_text(
        PYPROJECT.replace("dependencies = []", 'dependencies = ["kesu-stub-needs-this"]'), encoding="utf-8"
    )
    result = _launch(clone, "demo")
    assert result.returncode == 3
    assert "下载依赖失败" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (clone / ".venv" / "kesu-stamp.json").exists()
    _lay_stub(clone)
    assert _launch(clone, "demo").returncode == 0


def test_the_source_can_be_linked_without_naming_it_in_any_encoding(clone: Path) -> None:
    environment = kesu.Environment(clone, editable=False)
    python = str(environment.python)
    packages = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, encoding="utf-8", check=True, env=_environ(),
    )
    link = Path(packages.stdout.strip()) / "kesu_source.pth"
    (link.parent / "stub.pth").unlink()  # as if the editable installation had not been possible
    environment.stamp.unlink()
    try:
        kesu.link_source(environment.python, clone)
        assert link.read_bytes().isascii()
        where = [python, "-I", "-c", "import pipeline; print(ascii(pipeline.__file__))"]
        found = subprocess.run(where, capture_output=True, text=True, check=True, env=_environ())
        assert found.stdout.strip() == ascii(str(clone / "pipeline" / "__init__.py"))
    finally:
        link.unlink()


if sys.platform != "win32":  # only POSIX lets a test send these signals to a group of processes

    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 5), (signal.SIGTERM, 6)])
    def test_signals_reach_the_command_and_its_answer_counts(clone: Path, number: signal.Signals, code: int) -> None:
        process = _start(clone, "run", "wait")
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        if number is signal.SIGINT:
            os.killpg(process.pid, number)  # Ctrl-C reaches the whole group of the terminal
        else:
            process.send_signal(number)  # a service manager knows the launcher only
        started = time.monotonic()
        _, err = process.communicate(timeout=20)
        assert process.returncode == code
        assert "Traceback" not in err
        assert time.monotonic() - started < 10


def test_without_a_command_nothing_is_installed(tmp_path: Path) -> None:
    root = _lay_stub(tmp_path)
    result = _launch(root)
    assert (result.returncode, "用法" in result.stderr) == (2, True)
    assert not (root / ".venv").exists()


def test_an_old_python_gets_a_sentence(tmp_path: Path) -> None:
    ast.parse(LAUNCHER.read_text(encoding="utf-8"), feature_version=(3, 6))  # parsed before it can say anything
    pretend = (
        "import runpy, sys; sys.version_info = (3, 10, 1, 'final', 0); "
        f"runpy.run_path({str(LAUNCHER)!r}, run_name='__main__')"
    )
    result = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, encoding="utf-8", cwd=tmp_path,
        env=_environ(), check=False,
    )
    assert result.returncode == 1
    assert "需要 Python 3.11" in result.stderr
    assert "this is 3.10" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("ensurepip is not available", "-venv"),
        ("/usr/bin/python3: No module named venv", "-venv"),
        ("OSError: [Errno 28] No space left on device", "磁盘空间不足"),
        ("ERROR: [WinError 5] Access is denied: 'x.exe'", "被占用"),
        ("Failed to establish a new connection: NewConnectionError", "内部镜像"),
        ("ERROR: No matching distribution found for pydantic", "内部镜像"),
        ("error: metadata-generation-failed\n\n", "metadata-generation-failed"),
        ("", "没有输出"),
    ],
)
def test_each_known_cause_has_its_remedy(printed: str, expected: str) -> None:
    sentence = kesu.remedy(printed, Path("install.log"))
    assert expected in sentence
    assert "install.log" in sentence


@pytest.mark.parametrize("own", [["-n", "0"], ["-n4"], ["--pdb"], ["-p", "no:xdist"]])
def test_the_callers_choice_of_processes_wins(own: list[str]) -> None:
    assert kesu.pytest_arguments(own) == own
