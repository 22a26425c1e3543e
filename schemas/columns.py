"""How a model field names its ledger column, and the kinds of value a column can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache, lru_cache, partial
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError, ValidationInfo

from schemas import values
from schemas.values import Moment

KindName = Literal["text", "id", "moment", "day", "quantity", "rate", "money", "yes_no", "people", "choice"]

#: Kinds never read through a guessed heading: a wrong date or number would look right.
NEVER_GUESSED: frozenset[KindName] = frozenset({"moment", "day", "quantity", "rate", "money"})


@dataclass(frozen=True, slots=True)
class Column:
    """One ledger column as plants know it.

    ``heading`` is the standard word and ``aliases`` what other plants write for the same thing; ``core`` marks the
    columns every ledger should have; ``group`` is the fold under which an optional column stands in our template;
    ``ours`` marks the cells that the software writes.
    """

    heading: str
    aliases: tuple[str, ...] = ()
    core: bool = False
    group: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of value a column holds; for choices also the words allowed."""

    name: KindName
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetField:
    """A model field together with its column and kind."""

    name: str
    column: Column
    kind: Kind


class SheetRow(BaseModel):
    """One row of a ledger sheet: every field optional, since people type rows bit by bit."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)

    @classmethod
    def fields(cls) -> tuple[SheetField, ...]:
        """The sheet's fields in column order, each with its heading and kind."""
        return _fields_of(cls)

    @classmethod
    def cell(cls, name: str, text: str, today: date) -> object:
        """``text`` read as a cell of the field ``name`` would be; None when it cannot be read so."""
        try:
            return cls.cell_parser(name)(text, context={"today": today})
        except ValidationError:
            return None

    @classmethod
    def cell_parser(cls, name: str) -> Callable[..., object]:
        """Reads single cells of the field ``name``: called with the value and ``context={"today": …}``.

        It raises ``ValidationError`` with the parser's sentence.
        """
        return _cell_reader(cls.cell_meaning(name)).validate_python

    @classmethod
    def cell_meaning(cls, name: str) -> tuple[object, ...]:
        """What the cells of the field ``name`` are read as: fields with equal ones read every cell alike."""
        info = cls.model_fields[name]
        return (info.annotation, *(item for item in info.metadata if not isinstance(item, Column)))

    @classmethod
    def blanks(cls) -> Mapping[str, object]:
        """What each field holds where nothing stands, in the order of the model."""
        return _blank_row(cls)

    @classmethod
    def of_cells(cls, meanings: Mapping[str, object]) -> Self:
        """The record of what ``cell_parser`` returned for the fields of a row; nothing is checked a second time.

        A ledger repeats its values, so reading each of a column once and putting rows together is many times faster
        than validating row by row. It is ``model_construct`` without the search for aliases, which there are none of.
        """
        return cls.of_values({**_blank_row(cls), **meanings}, tuple(meanings))

    @classmethod
    def of_values(cls, values: dict[str, object], filled: tuple[str, ...]) -> Self:
        """As ``of_cells``, from a value for every field in the order of the model; ``filled`` names those that stand
        in the row. ``values`` belongs to the record from now on.
        """
        record = cls.__new__(cls)
        object.__setattr__(record, "__dict__", values)
        object.__setattr__(record, "__pydantic_fields_set__", _names_set(filled))
        object.__setattr__(record, "__pydantic_extra__", None)
        object.__setattr__(record, "__pydantic_private__", None)
        return record


@cache
def _cell_reader(meaning: tuple[object, ...]) -> TypeAdapter[object]:
    kind: Any = Annotated[meaning]  # the type with its parsers
    return TypeAdapter(kind)


@cache
def _blank_row(model: type[SheetRow]) -> Mapping[str, object]:
    return {name: info.default for name, info in model.model_fields.items()}


@lru_cache(maxsize=4096)
def _names_set(names: tuple[str, ...]) -> set[str]:
    """One set for all rows with the same cells filled; a row's own would take more memory than its values."""
    return set(names)


@cache
def _fields_of(model: type[SheetRow]) -> tuple[SheetField, ...]:
    found = []
    for name, info in model.model_fields.items():
        column = next(item for item in info.metadata if isinstance(item, Column))
        kind = next(item for item in info.metadata if isinstance(item, Kind))
        found.append(SheetField(name, column, kind))
    return tuple(found)


def _with_today(parse: Callable[[object, date], object]) -> Callable[[object, ValidationInfo], object]:
    def parse_with_context(value: object, info: ValidationInfo) -> object:
        context = info.context or {}
        return parse(value, context["today"])  # a date without a year needs a day to be near to

    return parse_with_context


def choice(enum: type[Enum]) -> tuple[BeforeValidator, Kind]:
    """Validator and kind for a column whose words are the members of ``enum`` (and their synonyms)."""

    def parse(value: object) -> object:
        return values.parse_choice(enum, value)

    return BeforeValidator(parse), Kind("choice", tuple(str(member.value) for member in enum))


Text = Annotated[str | None, BeforeValidator(values.clean_text), Kind("text")]
Id = Annotated[str | None, BeforeValidator(values.parse_id), Kind("id")]
MailAddress = Annotated[str | None, BeforeValidator(values.parse_mail_address), Kind("id")]
TimeOfEvent = Annotated[Moment | None, BeforeValidator(_with_today(values.parse_moment)), Kind("moment")]
Day = Annotated[date | None, BeforeValidator(_with_today(values.parse_day)), Kind("day")]
#: Days people plan ahead: without a year, "8月15日" typed in June means this year's.
PlannedDay = Annotated[date | None, BeforeValidator(_with_today(partial(values.parse_day, ahead=180))), Kind("day")]
Quantity = Annotated[int | None, BeforeValidator(values.parse_quantity), Kind("quantity")]
Rate = Annotated[float | None, BeforeValidator(values.parse_rate), Kind("rate")]
Money = Annotated[float | None, BeforeValidator(values.parse_money), Kind("money")]
YesNo = Annotated[bool | None, BeforeValidator(values.parse_yes_no), Kind("yes_no")]


def _people(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else values.parse_people(value)


People = Annotated[tuple[str, ...], BeforeValidator(_people), Kind("people")]

__all__ = [
    "NEVER_GUESSED",
    "Column",
    "Day",
    "Id",
    "Kind",
    "KindName",
    "MailAddress",
    "Moment",
    "Money",
    "People", "PlannedDay",
    "Quantity",
    "Rate",
    "SheetField",
    "SheetRow",
    "Text",
    "TimeOfEvent",
    "YesNo",
    "choice",
]
