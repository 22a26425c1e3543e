"""What the planning of one case asks of journal and share: every question is noted with its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any, NoReturn

from pipeline.plan.work import Snapshot
from pipeline.rules.history import History
from schemas.effects import EffectRecord
from schemas.memory import Memory, TrailEntry
from schemas.report import DocumentReading

#: Which register was asked, for what, and what it said.
Question = tuple[str, Any, Any]


class Outside:
    """Journal and share in one pass, as registers that answer one question each.

    ``effect`` by kind, subject and occasion; ``trail`` by case id and subject; ``document`` by its path; ``folder`` by
    its number; ``told`` whether a person was told something; ``number`` whether anybody ever used it (``new`` are those
    that this pass sees first).
    """

    def __init__(self, memory: Memory, snapshot: Snapshot, new: Set[str]) -> None:
        self._answers: Mapping[str, Callable[[Any], Any]] = {
            "effect": memory.effects.latest,
            "trail": memory.trails.get,
            "document": snapshot.documents.get,
            "folder": snapshot.folders.get,
            "told": memory.told.__contains__,
            "number": lambda number: number in memory.numbers or number in new,
        }

    def answer(self, register: str, asked: object) -> Any:
        """What a register says."""
        return self._answers[register](asked)

    def says_still(self, questions: Sequence[Question]) -> bool:
        """Whether every question is answered as it was."""
        for register, asked, before in questions:
            now = self._answers[register](asked)
            if now is not before and now != before:
                return False
        return True


class Asking:
    """Asks for one case and notes everything."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self.questions: list[Question] = []

    def ask(self, register: str, asked: object) -> Any:
        """Ask one register."""
        answer = self._outside.answer(register, asked)
        self.questions.append((register, asked, answer))
        return answer


class AskedHistory(History):
    """The journal's effects, asked one by one; what concerns many cases is no question of one."""

    def __init__(self, site: str, asking: Asking) -> None:
        super().__init__(site, {})
        self._asking = asking

    def latest(self, kind: str, subject: str, occasion: str = "") -> EffectRecord | None:
        """The newest revision, None when it never was intended."""
        record: EffectRecord | None = self._asking.ask("effect", (kind, subject, occasion))
        return record

    def occasions(self, kind: str) -> NoReturn:
        """Not to be asked for one case."""
        raise NotImplementedError(kind)

    def of_kind(self, kind: str) -> NoReturn:
        """Not to be asked for one case."""
        raise NotImplementedError(kind)

    def has_unfinished(self, kind: str, occasion: str) -> NoReturn:
        """Not to be asked for one case."""
        raise NotImplementedError(kind, occasion)


class _Register(Mapping[Any, Any]):
    """One register as a mapping; it cannot be listed, since the answer would be the whole of it."""

    def __init__(self, asking: Asking, register: str) -> None:
        self._asking, self._name = asking, register

    def __getitem__(self, asked: object) -> Any:
        answer = self._asking.ask(self._name, asked)
        if answer is None:
            raise KeyError(asked)
        return answer

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(self._name)

    def __len__(self) -> int:
        raise NotImplementedError(self._name)


class Asked:
    """A register that says yes or no, as a container."""

    def __init__(self, asking: Asking, register: str) -> None:
        self._asking, self._name = asking, register

    def __contains__(self, asked: object) -> bool:
        return bool(self._asking.ask(self._name, asked))


def asked_trails(asking: Asking) -> Mapping[tuple[str, str], tuple[TrailEntry, ...]]:
    """The values that tracked fields had, by case id and subject."""
    return _Register(asking, "trail")


def asked_documents(asking: Asking) -> Mapping[str, DocumentReading]:
    """What stands in the documents that people changed, by path."""
    return _Register(asking, "document")
