"""How a plan is to be simulated: as data; `simulate` carries it out."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from trials.sizing.noun import Letter, Noun, Number


class Simulation(Noun):
    """Seed, length and method of a simulation; it stops early when the Monte Carlo error is small enough.

    `carryover` is the effect of each treatment in the period after it, in the outcome's unit, whatever the analysis does about it. `dropout`
    `random` loses people by chance with the planned rate, `fixed` exactly as many as planned.
    """

    seed: Annotated[StrictInt, Field(ge=0, le=2**63 - 1)] = 1
    trials: Annotated[StrictInt, Field(ge=100, le=10_000_000)] = 10_000
    monte_carlo_error: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=0.1)] | None = None
    analysis: Literal["planned", "mixed_model"] = "planned"
    carryover: dict[Letter, Number] = Field(default_factory=dict)
    dropout: Literal["random", "fixed"] = "random"
