"""Calls of the Windows API that share a file with others as Excel expects. Type-checked, but unverified here."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    import msvcrt
    import os
    from collections.abc import Iterator
    from contextlib import contextmanager
    from ctypes import wintypes
    from pathlib import Path
    from typing import BinaryIO

    _GENERIC_READ = 0x80000000
    _GENERIC_WRITE = 0x40000000
    _DELETE = 0x00010000
    _SHARE_READ, _SHARE_WRITE, _SHARE_DELETE = 1, 2, 4
    _OPEN_EXISTING = 3
    _NORMAL = 0x80
    _REMOTE_DRIVE = 4
    _UNKNOWN_ATTRIBUTES = 0xFFFFFFFF

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _create_file = _kernel32.CreateFileW
    _create_file.restype = wintypes.HANDLE
    _create_file.argtypes = [
        wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID, wintypes.DWORD, wintypes.DWORD,
        wintypes.HANDLE,
    ]
    _close_handle = _kernel32.CloseHandle
    _close_handle.argtypes = [wintypes.HANDLE]
    _get_attributes = _kernel32.GetFileAttributesW
    _get_attributes.restype = wintypes.DWORD
    _get_attributes.argtypes = [wintypes.LPCWSTR]
    _set_attributes = _kernel32.SetFileAttributesW
    _set_attributes.argtypes = [wintypes.LPCWSTR, wintypes.DWORD]
    _drive_type = _kernel32.GetDriveTypeW
    _drive_type.argtypes = [wintypes.LPCWSTR]

    def _open(path: Path, access: int, share: int) -> int:
        handle = _create_file(str(path), access, share, None, _OPEN_EXISTING, _NORMAL, None)
        if handle is None or handle == wintypes.HANDLE(-1).value:
            raise ctypes.WinError(ctypes.get_last_error())
        return int(handle)

    def open_fully_shared(path: Path) -> BinaryIO:
        """Open for reading while others may read, write, rename and delete. Raises OSError."""
        handle = _open(path, _GENERIC_READ, _SHARE_READ | _SHARE_WRITE | _SHARE_DELETE)
        return os.fdopen(msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_BINARY), "rb")

    @contextmanager
    def writers_denied(path: Path) -> Iterator[None]:
        """Hold the file so that nobody can open it for writing; it can still be renamed. Raises OSError."""
        handle = _open(path, _GENERIC_READ | _DELETE, _SHARE_READ | _SHARE_DELETE)
        try:
            yield
        finally:
            _close_handle(handle)

    @contextmanager
    def open_for_oneself(path: Path) -> Iterator[None]:
        """Hold the file as Excel does: open for writing, and others may only read. Raises OSError."""
        handle = _open(path, _GENERIC_READ | _GENERIC_WRITE, _SHARE_READ)
        try:
            yield
        finally:
            _close_handle(handle)

    def copy_attributes(source: Path, target: Path) -> bool:
        """Give ``target`` the attributes of ``source`` (hidden, read-only, ...); whether they stand."""
        attributes = _get_attributes(str(source))
        return attributes != _UNKNOWN_ATTRIBUTES and bool(_set_attributes(str(target), attributes))

    def is_remote_drive(root: str) -> bool:
        """Whether a drive such as Z:\\ is a network drive."""
        return int(_drive_type(root)) == _REMOTE_DRIVE
