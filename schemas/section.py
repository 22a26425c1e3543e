"""A part of the settings: what every section of config.yaml has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the settings: unknown keys are refused, so that a typing error cannot pass silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)
