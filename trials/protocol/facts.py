"""Frozen records that a protocol's content and a sizing's snapshot are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """A frozen record; unknown keys are refused, so that a misspelt fact is never lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GapFact(Fact):
    """A gap that the protocol takes up."""

    uid: str
    title: str
    question: str
    population: str


class TreatmentFact(Fact):
    """What one letter stands for; `dose_mg` in mg, none for placebo; `label` is the whole in words."""

    letter: str
    drug: str
    dose_mg: Decimal | None
    frequency: str
    label: str


class OutcomeFact(Fact):
    """The primary outcome, its instrument and unit, and which direction helps, where the question has one."""

    outcome: str
    instrument: str
    unit: str
    better: Literal["higher", "lower", ""]
