"""Starts kesu from a clone: prepares ``.venv`` beside this file on first use, then hands the command line over.

    python kesu.py demo [DIR]          any command of ``kesu``, run where the caller stands
    python kesu.py test [pytest args]  the tests, run beside this file

Standard library only, and parsed by Python 3.6 or later so that an old one gets a sentence instead of a SyntaxError.
The launcher speaks on stderr; stdout belongs to the command. It is idempotent: a prepared environment is left alone,
a half-made one is repaired or rebuilt, and several launchers at once wait for the first.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - the one file that people start with whatever Python they have
    sys.exit(
        "kesu 需要 Python 3.11 或更新版本,当前是 {0}.{1}。请安装新版本后重试(Windows 可用 py -3.11 kesu.py)。\n"
        "kesu needs Python 3.11 or later; this is {0}.{1}.".format(*sys.version_info[:2])
    )

ROOT = Path(__file__).resolve().parent
LOCK_SECONDS = 1800.0
#: Some tests take half a minute, most a few milliseconds: whoever is done takes tests from the others.
TEST_WORKERS = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")
HAND_OVER = "import sys; from pipeline.cli import main; sys.argv[0] = 'kesu'; sys.exit(main())"
USAGE = """用法 / usage:
  python kesu.py demo [目录]        演示:建一个样板工厂并跑通整个流程(the demo plant)
  python kesu.py test [pytest 参数]  运行测试(the tests)
  python kesu.py 命令 [参数]         其他命令,用 python kesu.py --help 查看(any other kesu command)
首次使用会在本文件旁建立 .venv 并联网安装依赖。"""


class LauncherError(Exception):
    """The environment cannot be prepared; the text says why and what to do."""


class Environment:
    """The virtual environment of one clone: ``folder`` with its stamp, its lock and the log of its installation.

    ``editable`` False installs a copy and links the source by ``link_source``; by default that is done only where an
    editable installation would break Python.
    """

    def __init__(self, root: Path, editable: bool | None = None) -> None:
        self.root = root
        self.editable = not _reads_links_in_local_encoding(root) if editable is None else editable
        self.folder = root / ".venv"
        self.stamp = self.folder / "kesu-stamp.json"
        self.lock = self.folder / "kesu.lock"
        self.log = self.folder / "kesu-install.log"
        parts = ("Scripts", "python.exe") if sys.platform == "win32" else ("bin", "python")
        self.python = self.folder.joinpath(*parts)

    def fingerprint(self) -> str:
        """Digest of all that decides what gets installed: declared dependencies, tested versions, Python, place."""
        digest = hashlib.sha256(f"{self.root}\0{self.editable}".encode())
        for name in ("pyproject.toml", "constraints.txt", ".venv/pyvenv.cfg"):  # the last one names the Python
            digest.update(b"\0" + (self.root / name).read_bytes())
        return digest.hexdigest()

    def is_ready(self, extra: str) -> bool:
        """Whether the stamp says that these very dependencies, with ``extra`` ("" or "test"), are installed."""
        try:
            stamp = json.loads(self.stamp.read_text(encoding="utf-8"))
            cfg = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8")
            fingerprint = self.fingerprint()
        except (OSError, ValueError):
            return False  # no stamp, or one cut short: the installation did not finish
        if not isinstance(stamp, dict) or stamp.get("fingerprint") != fingerprint:
            return False
        home = next((line.partition("=")[2].strip() for line in cfg.splitlines() if line.startswith("home")), "")
        return self.python.exists() and Path(home).is_dir() and extra in ("", *stamp.get("extras", ()))

    def prepare(self, extra: str) -> None:
        """Make the environment ready; a no-op when it is. Raises LauncherError."""
        if self.is_ready(extra):
            return
        if not self.folder.is_dir():
            _say("首次使用:正在准备运行环境 .venv,需要联网,通常 1–3 分钟(setting up .venv)……")
        try:
            self.folder.mkdir(exist_ok=True)
            with _held(self.lock):
                if not self.is_ready(extra):  # another launcher may have done it while we waited
                    self._build(extra)
        except (OSError, subprocess.SubprocessError) as error:
            raise LauncherError(
                f"无法在 {self.folder} 建立运行环境({error})。请确认磁盘有空间、文件夹可写,"
                "且没有其他程序占用 .venv;也可把整个文件夹复制到本机磁盘后重试。"
            ) from error

    def _build(self, extra: str) -> None:
        extras = {extra} - {""}
        if self._is_sound():
            with contextlib.suppress(OSError, ValueError, AttributeError):
                extras.update(json.loads(self.stamp.read_text(encoding="utf-8")).get("extras", ()))
        else:
            self._create()
        self.stamp.unlink(missing_ok=True)  # from here on an interruption leaves no claim of being complete
        wanted = f".[{','.join(sorted(extras))}]" if extras else "."
        _say("正在安装依赖(installing dependencies)……")
        pip = [str(self.python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        self._run([*pip, "-c", "constraints.txt", *(["-e"] if self.editable else []), wanted])
        if not self.editable:
            link_source(self.python, self.root)
        text = json.dumps({"fingerprint": self.fingerprint(), "extras": sorted(extras)})
        partial = self.stamp.with_suffix(".part")
        partial.write_text(text, encoding="utf-8")
        partial.replace(self.stamp)
        _say("运行环境已就绪(ready)。")

    def _is_sound(self) -> bool:
        """Whether the environment's Python starts, has pip, and is new enough."""
        probe = "import pip, sys; print(sys.version_info >= (3, 11) and sys.prefix != sys.base_prefix)"
        try:
            result = subprocess.run(
                [str(self.python), "-c", probe], capture_output=True, text=True, check=False, env=_environ(),
                encoding="utf-8", errors="replace",
            )
        except OSError:
            return False
        return result.stdout.strip() == "True"

    def _create(self) -> None:
        if Path(sys.prefix).resolve() == self.folder.resolve():
            raise LauncherError("当前正在使用的 .venv 已损坏。请先执行 deactivate 退出该环境,再运行一次。")
        content = {entry.name for entry in self.folder.iterdir()} - {self.lock.name}
        known = {"bin", "include", "lib", "lib64", "Scripts", "Include", "Lib", "pyvenv.cfg", self.log.name}
        if "pyvenv.cfg" not in content and not content <= known:
            raise LauncherError(f"{self.folder} 不是 Python 运行环境,里面有其他文件。请把它改名或移走后重试。")
        if content:
            _say("原有 .venv 不完整或已失效,正在重建(rebuilding .venv)……")
        for name in content:
            entry = self.folder / name
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        self._run([sys.executable, "-m", "venv", str(self.folder)])

    def _run(self, command: list[str]) -> None:
        """Run one step of the installation, its output in the log; raises LauncherError with the likely remedy."""
        environ = {**_environ(), "PIP_USER": "0", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
        lines = []
        with self.log.open("a", encoding="utf-8") as log, subprocess.Popen(
            command, cwd=str(self.root), env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        ) as process:
            for line in process.stdout or ():
                log.write(line)
                lines.append(line)
                _show_progress(line)
        _show_progress("")
        if process.returncode:
            raise LauncherError(remedy("".join(lines), self.log))


def remedy(output: str, log: Path) -> str:
    """The sentence for a failed installation step, from what venv or pip printed."""
    version = "{}.{}".format(*sys.version_info[:2])
    causes = (
        (("ensurepip", "No module named venv", "No module named pip"),
         f"此 Python 缺少 venv/pip 组件。Debian/Ubuntu 请安装:sudo apt install python{version}-venv;"
         "Windows 请用 python.org 的安装包重新安装并勾选 pip。"),
        (("No space left", "not enough space", "Errno 28"), "磁盘空间不足。请腾出约 1 GB 空间后重试。"),
        (("Permission denied", "WinError 5", "WinError 32", "Access is denied"),
         "文件被占用或没有写入权限。请关闭正在运行的 kesu,确认文件夹可写后重试。"),
        (("NewConnectionError", "ConnectTimeout", "Read timed out", "name resolution", "getaddrinfo", "ProxyError",
          "SSLError", "CERTIFICATE_VERIFY", "Could not find a version", "No matching distribution"),
         "下载依赖失败。请检查网络或代理;公司内网请先设置内部镜像(pip config set global.index-url 镜像地址)再重试。"),
    )
    for words, sentence in causes:
        if any(word in output for word in words):
            return f"{sentence}详细记录:{log}"
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "没有输出")
    return f"安装没有完成({last})。请查看详细记录后重试:{log}"


def link_source(python: Path, root: Path) -> None:
    """Put ``root`` first on the environment's module path by a pure ASCII .pth line (idempotent).

    ``pip install -e`` writes the path itself in UTF-8; Python before 3.13 reads it in the local encoding, and on a
    Chinese Windows a folder with Chinese in its name then stops every start of that Python.
    """
    query = "import sysconfig; print(ascii(sysconfig.get_path('purelib')))"
    shown = subprocess.run([str(python), "-c", query], capture_output=True, text=True, check=True, env=_environ())
    site_packages = Path(shown.stdout.strip()[1:-1].encode("ascii").decode("unicode_escape"))
    line = f"import sys; sys.path.insert(0, {str(root)!a})\n"
    (site_packages / "kesu_source.pth").write_text(line, encoding="ascii")


def _reads_links_in_local_encoding(root: Path) -> bool:
    return sys.platform == "win32" and sys.version_info < (3, 13) and not str(root).isascii()


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on ``path``; the system frees it when the process ends, however it ends."""
    give_up = time.monotonic() + LOCK_SECONDS
    told = False
    with path.open("a+b") as handle:
        while not _try_lock(handle.fileno()):
            if time.monotonic() > give_up:
                raise LauncherError("另一个窗口一直在准备运行环境。请先结束它,再运行一次。")
            if not told:
                _say("另一个窗口正在准备运行环境,请稍候(waiting for another launcher)……")
                told = True
            time.sleep(0.2)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)  # msvcrt locks from the file position on
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _environ() -> dict[str, str]:
    """The caller's environment without what would make another Python's libraries leak into ours.

    ``KESU_COMMAND`` tells the command how it was called, so that the next steps it prints can be typed as they stand.
    """
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "__PYVENV_LAUNCHER__")}
    interpreter = "py" if sys.platform == "win32" else "python" if shutil.which("python") else "python3"
    return {**kept, "KESU_COMMAND": f"{interpreter} {sys.argv[0]}"}


def _say(sentence: str) -> None:
    print(f"kesu: {sentence}", file=sys.stderr, flush=True)


def _show_progress(line: str) -> None:
    """One line that keeps changing, for a person who is looking."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + line.strip()[: width // 2].ljust(width), end="\r", file=sys.stderr, flush=True)


def hand_over(command: list[str], cwd: Path | None = None) -> int:
    """Run the command to its end and return its exit code; Ctrl-C is the command's to answer, SIGTERM goes on to it."""
    with subprocess.Popen(command, cwd=str(cwd) if cwd else None, env=_environ()) as child:
        if sys.platform != "win32":
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        while True:
            try:
                code = child.wait()
            except KeyboardInterrupt:
                continue  # the terminal sent the same Ctrl-C to the command, which is finishing
            return code if code >= 0 else 128 - code


def pytest_arguments(arguments: list[str]) -> list[str]:
    """The arguments for pytest: several processes, unless the caller decides that or wants the debugger."""
    own = any(word.startswith(("-n", "--numprocesses", "--pdb", "-p")) for word in arguments)
    return arguments if own else [*TEST_WORKERS, *arguments]


def main(arguments: list[str]) -> int:
    """Prepare the environment and run the command; returns its exit code, 2 for usage, 3 when it cannot be prepared."""
    if sys.stderr is not None and hasattr(sys.stderr, "reconfigure"):
        sys.stderr.reconfigure(errors="replace")  # a console without Chinese shows "?" rather than a traceback
    if not arguments:
        print(USAGE, file=sys.stderr)
        return 2
    environment = Environment(ROOT)
    testing = arguments[0] == "test"
    try:
        environment.prepare("test" if testing else "")
    except LauncherError as error:
        _say(str(error))
        return 3
    except KeyboardInterrupt:
        _say("已中断;再次运行会接着准备(interrupted)。")
        return 130
    if testing:
        return hand_over([str(environment.python), "-m", "pytest", *pytest_arguments(arguments[1:])], cwd=ROOT)
    return hand_over([str(environment.python), "-P", "-c", HAND_OVER, *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
