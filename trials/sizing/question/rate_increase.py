"""Rate increase: can a multiple of the background rate, such as a doubling, be ruled out?"""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from trials.sizing.analysis import Analysis
from trials.sizing.names import Names
from trials.sizing.noun import Positive, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.question.base import Question
from trials.sizing.question.excluding import ExcludingQuestion
from trials.sizing.rates import rate_in_words

if TYPE_CHECKING:
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

Multiple = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=1, le=1e6)]


class RateIncrease(ExcludingQuestion):
    """On the drug the event comes less than `ratio_to_exclude` times as often as `person_time_rate`, the background without the drug.

    The background is taken as known; the power is that of a drug which does not change it.

    Notes
    -----
    H0: rate ≥ ratio·background. With x events in T person-years H0 is rejected when P(Poisson(ratio·background·T) ≤ x) ≤ alpha; the power is
    P(Poisson(background·T) ≤ x). Alpha is one-sided, 0.05 where nothing is said, as the upper 95 % limit.
    """

    kind: Literal["rate_increase"]
    person_time_rate: Positive
    ratio_to_exclude: Multiple

    tests: ClassVar[bool] = True
    references: ClassVar[tuple[str, ...]] = ("Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936.",)
    varied: ClassVar[tuple[str, ...]] = ("person_time_rate", "ratio_to_exclude")

    @property
    def limit(self) -> float:
        return self.ratio_to_exclude * self.person_time_rate

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {"alpha": 0.05, "sides": 1}

    def level(self, information: "Information") -> float:
        return information.analysis.alpha or 0.05

    def alpha_of(self, plan: "Plan") -> float:
        return plan.analysis.alpha or 0.05

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        if self.ratio_to_exclude < 1.3:
            return None
        values = tuple(value for value in (1.5, 2.0, 2.5, 3.0, 4.0) if abs(value - self.ratio_to_exclude) > 1e-9)
        return "ratio_to_exclude", tuple(sorted((*values, self.ratio_to_exclude)))

    def vary(self, assumption: str, value: float) -> Question:
        return self.model_copy(update={assumption: value})

    # the sentences

    @property
    def multiple(self) -> str:
        return "a doubling" if self.ratio_to_exclude == 2 else f"{plain(self.ratio_to_exclude)} times"

    def rate_shown(self, rate: float) -> str:
        if rate == self.limit:
            return f"{self.multiple} {'of' if self.ratio_to_exclude == 2 else ''} the background rate ({rate_in_words(rate)})".replace(
                "  ", " "
            )
        return super().rate_shown(rate)

    def measure(self, plan: "Plan") -> str:
        return "Events per person-year on the drug, compared with the background rate"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        rate = rate_in_words(self.limit)
        said = f"Null hypothesis: the rate of {self.event(names)} on {self.drug(plan, names)} is {plain(self.ratio_to_exclude)} times the background or more ({rate}). "
        return f"{said}Alternative: it is below that. Exact one-sided Poisson test at alpha {plain(self.alpha_of(plan))}."

    def assuming(self, plan: "Plan", names: Names) -> str:
        said = (
            f"This assumes that the background is known to be {rate_in_words(self.person_time_rate)} and that the drug does not change it."
        )
        return " ".join(
            [said, "The rate is taken to be the same for all and not to change with the time on the drug.", *self.time_counted(plan)]
        )
