"""The one failure of templates: what is wrong in which template, where, and what to do about it."""

from __future__ import annotations

from schemas.errors import KesuError

_PLACE_LENGTH = 60


class TemplateFault(KesuError):
    """A template that is missing, damaged, misspelt or forbidden.

    ``template`` names the file, ``place`` quotes the paragraph or line it is in, ``variable`` the name concerned
    ("" when none); ``remedy`` tells the person who edits the template what to change.
    """

    def __init__(self, template: str, place: str, variable: str, reason: str, remedy: str) -> None:
        self.template = template
        self.place = place
        self.variable = variable
        where = f" {place}" if place else ""
        super().__init__(f"模板 {template}{where}：{reason}。{remedy}")


def quoted(text: str) -> str:
    """A place in a Word template: the text of its paragraph, shortened."""
    line = " ".join(text.split())
    return f"“{line[:_PLACE_LENGTH]}…”处" if len(line) > _PLACE_LENGTH else f"“{line}”处" if line else ""
