"""Generated documents on the share: ours are refreshed, a person's are never overwritten."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.files.at_once import at_once
from pipeline.files.atomic import make_folder, replace_content, sha256_of, sync_folder, temporary_for, write_synced
from pipeline.files.faults import FileInUse
from pipeline.files.owner import owner_of
from pipeline.files.rename import rename_without_replacing


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a document came to stand; ``beside`` when a person's changed file kept the name."""

    path: Path
    sha256: str
    beside: bool


def place(
    path: Path, content: bytes, last_written_sha256: str | None, now_label: str, *, settle: bool = True
) -> Placed:
    """Make ``content`` stand at ``path``, or beside it as 名称(新草稿 label) when a person changed what stands there.

    Only a file whose hash is ``last_written_sha256`` is replaced. Idempotent: content that stands at the name, or in
    a draft beside it from whatever day, is found and left. Appears whole or not at all; between the last look at the
    old file and its replacement lie microseconds, not the rendering. Raises FileInUse when the file to be replaced
    is open. Without ``settle`` a new name is on the disk only when the caller has synced the folder: once for many.
    """
    digest = hashlib.sha256(content).hexdigest()
    make_folder(path.parent)
    try:
        if not path.exists() and _create(path, content, settle=settle):
            return Placed(path, digest, beside=False)
        held = sha256_of(path)
        if held == digest:
            temporary_for(path).unlink(missing_ok=True)  # of a try that put it there and failed while tidying up
            return Placed(path, digest, beside=False)
        if held == last_written_sha256:
            owner = owner_of(path)
            if owner is not None:
                raise FileInUse(path, owner)
            replace_content(path, content)
            return Placed(path, digest, beside=False)
        return Placed(_beside(path, content, digest, now_label, settle=settle), digest, beside=True)
    except PermissionError as error:
        raise FileInUse(path, owner_of(path) or "") from error


def place_all(files: Sequence[tuple[Path, bytes]], now_label: str) -> list[Placed]:
    """`place` for many new files, each beside whatever stands there; all on the disk when it returns.

    Files of one name are put one after the other, all others side by side.
    """
    namesakes: dict[str, list[int]] = defaultdict(list)
    for index, (path, _) in enumerate(files):
        namesakes[str(path).casefold()].append(index)

    def put(indices: Sequence[int]) -> list[tuple[int, Placed]]:
        return [(index, place(*files[index], None, now_label, settle=False)) for index in indices]

    placed = dict(itertools.chain.from_iterable(at_once(put, namesakes.values())))
    for folder in {path.parent for path, _ in files}:
        sync_folder(folder)
    return [placed[index] for index in range(len(files))]


def _create(path: Path, content: bytes, *, settle: bool) -> bool:
    temporary = temporary_for(path)
    write_synced(temporary, content)
    try:
        rename_without_replacing(temporary, path)
    except FileExistsError:
        return False  # somebody was quicker: theirs stays
    finally:
        temporary.unlink(missing_ok=True)
    if settle:
        sync_folder(path.parent)
    return True


def _beside(path: Path, content: bytes, digest: str, label: str, *, settle: bool) -> Path:
    opening = f"{path.stem}(新草稿 "
    for neighbour in sorted(path.parent.iterdir()):
        draft_of_ours = neighbour.name.startswith(opening) and neighbour.suffix == path.suffix and neighbour.is_file()
        if draft_of_ours and neighbour.stat().st_size == len(content) and sha256_of(neighbour) == digest:
            return neighbour
    for count in itertools.count(1):
        name = f"{opening}{label}){'' if count == 1 else f'-{count}'}{path.suffix}"
        draft = path.with_name(name)
        if not draft.exists() and _create(draft, content, settle=settle):
            return draft
    raise AssertionError("counting does not end")
