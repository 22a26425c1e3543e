"""What the operating system refuses, told in a sentence that people can act on."""

from __future__ import annotations

import errno

_REASONS = {
    errno.ENOSPC: "磁盘已满", errno.EDQUOT: "空间配额已用完", errno.EROFS: "该盘只读",
    errno.EISDIR: "这是文件夹，不是文件", errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "同名的文件或文件夹已存在", errno.ENAMETOOLONG: "路径太长",
    errno.ENOENT: "找不到该文件或文件夹", errno.EIO: "读写出错",
    errno.ETIMEDOUT: "连接超时", errno.EHOSTDOWN: "服务器没有响应",
}


def plain_sentence(error: OSError) -> str:
    """A failure of the file system in Chinese, with the path and the remedy."""
    path = error.filename or ""
    if isinstance(error, PermissionError):
        return f"没有权限或文件被占用：{path}。请关闭占用它的程序或检查权限后再试。"
    reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
    return f"读写失败：{path} {reason}。请检查路径、磁盘空间和公共盘连接。"
