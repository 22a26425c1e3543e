"""The one failure of the value parsers and its wording."""

from __future__ import annotations

_SHOWN_LIMIT = 30


class ValueProblem(ValueError):
    """A cell value that cannot be read for certain; ``str()`` is the Chinese sentence to show beside the cell.

    A ``ValueError`` rather than a ``KesuError``, because pydantic collects it per field and the row lives on.
    """

    def __init__(self, shown: str, reason: str, remedy: str) -> None:
        """``shown`` is the value as typed, ``reason`` why it cannot be read, ``remedy`` what to type instead."""
        self.shown, self.reason, self.remedy = shown, reason, remedy
        one_line = " ".join(shown.split())
        if len(one_line) > _SHOWN_LIMIT:
            one_line = one_line[: _SHOWN_LIMIT - 1] + "…"
        super().__init__(f'"{one_line}" {reason},{remedy}')
