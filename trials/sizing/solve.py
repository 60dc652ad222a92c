"""The verb: what to find, and what is held fixed meanwhile."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictInt, model_validator

from trials.sizing.noun import Located, Noun, People, Positive, Share, WholePeople

LARGEST_N = 10_000_000
COUNTS = ("n_evaluable", "n_randomised", "n_per_sequence", "person_years")


class ForN(Noun):
    """The smallest n that reaches the target power or assurance (or, for precision, the wanted width)."""

    find: Literal["n"] = Field(alias="for")
    target_power: Share | None = None
    target_assurance: Share | None = None
    max_n: Annotated[StrictInt, Field(ge=2, le=LARGEST_N)] = 100_000

    @property
    def target(self) -> float | None:
        """The power or the assurance that is wanted; None where a width is."""
        return self.target_power if self.target_power is not None else self.target_assurance

    @property
    def is_about_assurance(self) -> bool:
        """Whether the prior is averaged over."""
        return self.target_assurance is not None


class AtN(Noun):
    """Something that is found for a given number of people, said in one of three ways; questions of harm also take person-years."""

    n_evaluable: People | None = None
    n_randomised: People | None = None
    n_per_sequence: tuple[WholePeople, ...] | None = None
    person_years: Positive | None = None

    @property
    def is_about_assurance(self) -> bool:
        """Whether the prior is averaged over."""
        return False

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        given = [field for field in COUNTS if getattr(self, field) is not None]
        if not given:
            raise Located(("n_evaluable", "Say for how many people: n_evaluable, n_randomised or n_per_sequence."))
        if len(given) > 1:
            raise Located((given[1], f"Give the number of people once: {given[0]} or {given[1]}, not both."))
        return self


class ForPower(AtN):
    find: Literal["power"] = Field(alias="for")


class ForMeanDifference(AtN):
    find: Literal["mean_difference"] = Field(alias="for")
    target_power: Share


class ForMeanRatio(AtN):
    find: Literal["mean_ratio"] = Field(alias="for")
    target_power: Share


class ForWithinSubjectSD(AtN):
    find: Literal["within_subject_sd"] = Field(alias="for")
    target_power: Share


class ForWithinSubjectCV(AtN):
    find: Literal["within_subject_cv"] = Field(alias="for")
    target_power: Share


class ForHalfWidth(AtN):
    find: Literal["half_width"] = Field(alias="for")


class ForUpperLimit(AtN):
    find: Literal["upper_limit"] = Field(alias="for")


class ForCycles(AtN):
    find: Literal["cycles"] = Field(alias="for")
    target_power: Share | None = None


class ForAssurance(AtN):
    find: Literal["assurance"] = Field(alias="for")

    @property
    def is_about_assurance(self) -> bool:
        return True


Solve = Annotated[
    ForN
    | ForPower
    | ForMeanDifference
    | ForMeanRatio
    | ForWithinSubjectSD
    | ForWithinSubjectCV
    | ForHalfWidth
    | ForUpperLimit
    | ForCycles
    | ForAssurance,
    Field(discriminator="find"),
]

VERBS: dict[str, type[Any]] = {
    "n": ForN,
    "power": ForPower,
    "mean_difference": ForMeanDifference,
    "mean_ratio": ForMeanRatio,
    "within_subject_sd": ForWithinSubjectSD,
    "within_subject_cv": ForWithinSubjectCV,
    "half_width": ForHalfWidth,
    "upper_limit": ForUpperLimit,
    "cycles": ForCycles,
    "assurance": ForAssurance,
}
