"""A pass under strace, replayed: which files a machine that loses power at any moment may find when it starts again.

The model is POSIX's promise and no more: a file's content survives from its last fsync, a name (created, renamed,
linked, removed) from the fsync of its folder. SQLite's shared-memory file never survives; its log does as far as SQLite
synced it.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

_CALLS = (
    "open,openat,creat,write,pwrite64,writev,pwritev,ftruncate,truncate,rename,renameat,renameat2,link,linkat,unlink,"
    "unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,sendfile,lseek,copy_file_range,fallocate"
)
_UNKNOWN = {"creat", "writev", "pwritev", "truncate", "renameat", "linkat", "mkdirat", "copy_file_range", "fallocate"}
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)")
_HANDLE = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
Tree = Mapping[str, bytes]  # content by path below the plant; a folder ends with a slash


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that went well: its name, the paths (or the one behind its handle), data, numbers, result."""

    process: int
    name: str
    handle: int
    paths: tuple[str, ...]
    data: bytes
    numbers: tuple[int, ...]
    words: str
    result: int


def recorded(command: list[str], folder: Path, log: Path) -> list[Call]:
    """The calls of a command, run in ``folder``, that change files."""
    strace = ["strace", "-f", "-y", "-xx", "-s", "100000000", "-o", str(log), "-e", f"trace={_CALLS}"]
    subprocess.run([*strace, *command], cwd=folder, check=True, capture_output=True)
    with log.open(encoding="ascii") as lines:
        return [call for line in lines if (call := _call(line)) is not None]


def _call(line: str) -> Call | None:
    match = _LINE.match(line)
    if match is None or int(match[4]) < 0:
        return None
    words = match[3]
    handles = [(int(number), _unescaped(path).decode()) for number, path in _HANDLE.findall(words)]
    texts = [_unescaped(text) for text in _TEXT.findall(words)]
    rest = _TEXT.sub("", _HANDLE.sub("", words))
    by_path = match[2] in {"open", "openat", "rename", "renameat2", "link", "unlink", "unlinkat", "mkdir", "rmdir"}
    paths = [text.decode() for text in texts] if by_path else [path for _, path in handles]
    data = texts[0] if texts and not by_path else b""
    numbers = tuple(int(number) for number in re.findall(r"(?<![\w<])-?\d+(?![\w>])", rest))
    handle = handles[0][0] if handles else int(match[4])
    return Call(int(match[1]), match[2], handle, tuple(paths), data, numbers, rest, int(match[4]))


def _unescaped(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


@dataclass
class Disk:
    """Names and contents as programs see them (``names``, ``contents``) and as they would survive (``safe_…``)."""

    root: str
    names: dict[str, int] = field(default_factory=dict)
    contents: dict[int, bytearray] = field(default_factory=dict)
    safe_names: dict[str, int] = field(default_factory=dict)
    safe_contents: dict[int, bytes] = field(default_factory=dict)
    places: dict[tuple[int, int], int] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, root: Path) -> Disk:
        """The plant as it stands, all of it safe; a folder is a name without content."""
        disk = cls(str(root))
        for number, path in enumerate(sorted(root.rglob("*"))):
            name = path.relative_to(root).as_posix() + ("/" if path.is_dir() else "")
            disk.names[name] = number
            disk.contents[number] = bytearray(path.read_bytes() if path.is_file() else b"")
        disk.safe_names = dict(disk.names)
        disk.safe_contents = {number: bytes(content) for number, content in disk.contents.items()}
        return disk

    def do(self, call: Call) -> bool:
        """Carry a call out; False when it changed nothing below the plant."""
        inside = [path[len(self.root) + 1 :] for path in call.paths if path.startswith(self.root + "/")]
        if not inside:
            return False
        if call.name in _UNKNOWN:
            self.unknown.add(call.name)
        return bool(getattr(self, f"_{call.name}", self._nothing)(call, inside))

    def _nothing(self, _call: Call, _inside: list[str]) -> bool:
        return False

    def _openat(self, call: Call, inside: list[str]) -> bool:
        name = inside[-1]
        made = "O_CREAT" in call.words and name not in self.names
        if made:
            number = self.names[name] = len(self.contents)
            self.contents[number] = bytearray()
        if name not in self.names:
            return False  # a folder, opened to be synced
        if "O_TRUNC" in call.words:
            self.contents[self.names[name]].clear()
        self.places[call.process, call.result] = len(self._at(name)) if "O_APPEND" in call.words else 0
        return made or "O_TRUNC" in call.words

    def _at(self, name: str) -> bytearray:
        return self.contents[self.names[name]]

    def _put(self, name: str, at: int, data: bytes) -> None:
        content = self._at(name)
        content.extend(bytes(max(0, at - len(content))))
        content[at : at + len(data)] = data

    def _write(self, call: Call, inside: list[str]) -> bool:
        at = self.places.get((call.process, call.handle), 0)
        self._put(inside[0], at, call.data[: call.result])
        self.places[call.process, call.handle] = at + call.result
        return True

    def _pwrite64(self, call: Call, inside: list[str]) -> bool:
        if inside[0] not in self.names:
            return False  # SQLite's shared memory, removed while open
        self._put(inside[0], call.numbers[-1], call.data[: call.result])
        return True

    def _sendfile(self, call: Call, inside: list[str]) -> bool:
        if call.result == 0:
            return False  # asked once more at the end
        if len(inside) < 2 or len(self._at(inside[1])) != call.result:
            raise ValueError(f"sendfile from outside the plant or of a part: {call.paths}")
        self._put(inside[0], 0, bytes(self._at(inside[1])))
        return True

    def _lseek(self, call: Call, _inside: list[str]) -> bool:
        self.places[call.process, call.handle] = call.result
        return False

    def _ftruncate(self, call: Call, inside: list[str]) -> bool:
        if inside[0] in self.names:
            content = self._at(inside[0])
            del content[call.numbers[-1] :]
        return inside[0] in self.names

    def _mkdir(self, _call: Call, inside: list[str]) -> bool:
        self.names[inside[0] + "/"] = len(self.contents)
        self.contents[len(self.contents)] = bytearray()
        return True

    def _rmdir(self, _call: Call, inside: list[str]) -> bool:
        del self.names[inside[0] + "/"]
        return True

    def _unlink(self, _call: Call, inside: list[str]) -> bool:
        return self.names.pop(inside[0], None) is not None

    _unlinkat = _unlink

    def _link(self, _call: Call, inside: list[str]) -> bool:
        self.names[inside[1]] = self.names[inside[0]]
        return True

    def _rename(self, _call: Call, inside: list[str]) -> bool:
        old, new = inside
        for name in [name for name in self.names if name == old or name.startswith(old + "/")]:
            self.names[new + name[len(old) :]] = self.names.pop(name)
        return True

    _renameat2 = _rename

    def _fsync(self, call: Call, inside: list[str]) -> bool:
        name = inside[0] if inside else ""
        if name in self.names:
            number = self.names[name]
            self.safe_contents[number] = bytes(self.contents[number])
        elif name + "/" in self.names:
            here = PurePosixPath(name)
            elsewhere = {name: at for name, at in self.safe_names.items() if PurePosixPath(name).parent != here}
            self.safe_names = elsewhere | {
                name: at for name, at in self.names.items() if PurePosixPath(name).parent == here
            }
        return True

    _fdatasync = _fsync

    def tree(self, *, safe_names: bool, safe_contents: bool, below: str = "") -> Tree:
        """What would be found again, for the part of the plant ``below``: names and contents safe or as seen."""
        names = self.safe_names if safe_names else self.names
        found = {}
        for name, number in names.items():
            if not name.startswith(below) or name.endswith("-shm") or not self._reached(name, names):
                continue
            found[name] = self.safe_contents.get(number, b"") if safe_contents else bytes(self.contents[number])
        return found

    @staticmethod
    def _reached(name: str, names: Mapping[str, int]) -> bool:
        parents = (parent.as_posix() + "/" for parent in PurePosixPath(name).parents if parent.as_posix() != ".")
        return all(parent in names for parent in parents)


def states(disk: Disk, calls: list[Call]) -> Iterator[tuple[int, str, Tree]]:
    """After each call that changed something: its number, which writes were lost, and what is found; each tree once."""
    seen = set()
    for number, call in enumerate(calls):
        if not disk.do(call) or call.name == "pwrite64":  # SQLite's pages: what they mean is told by the next sync
            continue
        for what, tree in _losses(disk):
            digest = _digest(tree)
            if digest not in seen:
                seen.add(digest)
                yield number, f"{what} after {call.name} {call.paths[-1][len(disk.root) + 1 :]}", tree


def _losses(disk: Disk) -> Iterator[tuple[str, Tree]]:
    """All of the plant on one machine, or the share on another one that loses (or keeps) its writes by itself."""
    ours, shared = ("state/", "mail/"), "share/"
    for what, names, contents in (
        ("all not synced lost", True, True), ("contents lost", False, True), ("names lost", True, False)
    ):
        yield what, disk.tree(safe_names=names, safe_contents=contents)
    rest = disk.tree(safe_names=False, safe_contents=False)
    for what, names, contents in (("share: all not synced lost", True, True), ("share: contents lost", False, True)):
        kept = {name: content for name, content in rest.items() if not name.startswith(shared)}
        yield what, kept | dict(disk.tree(safe_names=names, safe_contents=contents, below=shared))
    kept = {name: content for name, content in rest.items() if not name.startswith(ours)}
    for below in ours:
        kept |= disk.tree(safe_names=True, safe_contents=True, below=below)
    yield "machine: all not synced lost", kept


def _digest(tree: Tree) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(tree):
        digest.update(name.encode() + b"\0" + hashlib.blake2b(tree[name], digest_size=16).digest())
    return digest.digest()


def put_down(tree: Tree, root: Path) -> None:
    """Make the plant that would be found."""
    root.mkdir(parents=True)
    for name in sorted(tree):
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tree[name])
