"""One typed text as a field of a sheet reads it, outside any ledger."""

from __future__ import annotations

from datetime import date

from pydantic import ValidationError

from schemas.columns import SheetRow


def value_of(model: type[SheetRow], field: str, typed: str, today: date) -> object | None:
    """What the field of a row ``model`` reads in ``typed`` on ``today``; None when it is blank or a problem."""
    try:
        record = model.model_validate({field: typed}, context={"today": today})
    except ValidationError:
        return None
    value: object = getattr(record, field)
    return value
