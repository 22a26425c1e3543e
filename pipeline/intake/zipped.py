"""Zip archives in mail: unpacked within limits, or left packed with the reason in words."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from pipeline.intake.charset import decode
from pipeline.intake.parameters import bare_file_name


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """Bounds of an archive, in members and octets; ``ratio`` is unpacked to packed of one member above 1 MB."""

    members: int = 200
    total: int = 200 << 20
    ratio: float = 200.0


class LeftPacked(ValueError):
    """The archive stays as it is; the text says why, for people."""


def unpack(octets: bytes, limits: ZipLimits = ZipLimits()) -> tuple[tuple[str, bytes], ...]:
    """(bare file name, content) of every file of the archive. Raises ``LeftPacked``; nested archives stay packed."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check(members, limits)
            return tuple((_name_of(member), _content(archive, member)) for member in members)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, struct.error, EOFError, OSError, RuntimeError,
            ValueError, OverflowError) as error:
        if isinstance(error, LeftPacked):
            raise
        raise LeftPacked("压缩包已损坏或格式不支持，未解开") from error


def _check(members: list[zipfile.ZipInfo], limits: ZipLimits) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise LeftPacked("压缩包有密码，未解开")
    if len(members) > limits.members:
        raise LeftPacked(f"压缩包内文件超过 {limits.members} 个，未解开")
    if sum(member.file_size for member in members) > limits.total:
        raise LeftPacked(f"压缩包解开后超过 {limits.total >> 20} MB，未解开")
    if any(member.file_size > 1 << 20 and member.file_size > limits.ratio * max(member.compress_size, 1)
           for member in members):
        raise LeftPacked("压缩包的压缩比异常，未解开")


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        content = stream.read(member.file_size + 1)
    if len(content) != member.file_size:
        raise LeftPacked("压缩包内文件大小与目录不符，未解开")
    return content


def _name_of(member: zipfile.ZipInfo) -> str:
    """The member's bare name; archives made in China hold GBK names without saying so."""
    if member.flag_bits & 0x800:
        return bare_file_name(member.filename) or "未命名"
    try:
        octets = member.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return bare_file_name(member.filename) or "未命名"
    return bare_file_name(decode(octets)[0]) or "未命名"
