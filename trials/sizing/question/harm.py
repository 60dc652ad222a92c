"""What questions of harm have in common: events that are counted among people, or over their time on the drug."""

from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, StrictInt

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number
from trials.sizing.noun import Positive, Share, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import target_of, whole_people
from trials.sizing.question.base import Figures, Problems, Question, Warnings
from trials.sizing.rates import rate_in_words, share_in_words, years_in_words
from trials.sizing.time_on_drug import cautions_about_time, is_parallel, time_is_lost

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.laws.rare import Law
    from trials.sizing.plan import Plan

Per = Literal["person", "person_year"]
Events = Annotated[StrictInt, Field(ge=1, le=100_000)]
EventsOrNone = Annotated[StrictInt, Field(ge=0, le=100_000)]
MODEL_TERMS = {"adjust_for_carryover": False, "sequence_effects": True, "estimator": None, "degrees_of_freedom": None}


class HarmQuestion(Question):
    """A question about how often an event happens to people on the drug.

    Notes
    -----
    `event_rate` is a share of people over the follow-up: each person has the event or not, binomial over the people who are followed to the end
    (in a parallel design over those of them who are on the drug, `share_on_drug`). `person_time_rate` is a rate per person-year on the drug: events are
    Poisson over n·share·(1 − e^(−hT))/h person-years, that is, the expected time on the drug of people followed to the end; those who are lost before
    count for nothing, which is cautious. Taking the expected time for the time itself raises P(X ≥ 1) by less than n·λ²·Var(T)/2, nothing to speak of for rare events.
    """

    outcomes: ClassVar[tuple[str, ...]] = ()
    design_by_default: ClassVar[dict[str, Any] | None] = {"name": "single_arm"}
    needs_exposure: ClassVar[bool] = True
    from_sequences: ClassVar[bool] = False
    tests: ClassVar[bool] = False  # whether a hypothesis is tested at an alpha of the analysis
    critical_source: ClassVar[str] = "exact test: the most events with which the limit is still excluded"

    @property
    def basis(self) -> Per:
        """Whether events are counted among people or over their time on the drug."""
        return "person_year" if self.assumed_name == "person_time_rate" else "person"

    @property
    def assumed_name(self) -> str | None:
        """The field that holds the rate assumed to be true; None where none is given."""
        return next((name for name in ("event_rate", "person_time_rate") if getattr(self, name, None) is not None), None)

    @property
    def assumed(self) -> float:
        """The rate assumed to be true; 0 where none is given."""
        return 0.0 if self.assumed_name is None else float(getattr(self, self.assumed_name))

    @property
    def law(self) -> "Law":
        from trials.sizing.laws.rare import AMONG_PEOPLE, OVER_TIME

        return AMONG_PEOPLE if self.basis == "person" else OVER_TIME

    def each(self, information: "Information") -> float:
        """What one person adds to the size of the law: a person (on the drug), or years on the drug."""
        exposure = information.exposure
        if self.basis == "person_year":
            return exposure.years_each if exposure is not None else 1.0
        return exposure.share_on_drug if exposure is not None and is_parallel(information.design) else 1.0

    # what fits

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {}

    def lacks_time(self, solve: Any) -> bool:
        return self.basis == "person_year" or getattr(solve, "person_years", None) is not None

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found: Problems = []
        if not self.tests and analysis.alpha is not None:
            found.append(("analysis.alpha", f"{self.kind} tests nothing at an alpha; leave alpha out."))
        if analysis.sides is not None and (not self.tests or analysis.sides == 2):
            found.append(("analysis.sides", f"{self.kind} looks at one side only; leave sides out."))
        for field, usual in MODEL_TERMS.items():
            if getattr(analysis, field) != usual:
                found.append((f"analysis.{field}", f"{self.kind} counts events and fits no model of periods; leave {field} out."))
        return found

    def one_rate(self, *, needed: bool) -> Problems:
        """Whether the assumed rate is said once."""
        both = getattr(self, "event_rate", None) is not None and getattr(self, "person_time_rate", None) is not None
        if both:
            message = "Give event_rate (share of people over the follow-up) or person_time_rate (events per person-year), not both."
            return [("question.person_time_rate", message)]
        if needed and self.assumed_name is None:
            message = "event_rate is missing: the share of people who have the event over the follow-up; or give person_time_rate, events per person-year on the drug."
            return [("question.event_rate", message)]
        return []

    def misfits(self, plan: "Plan") -> Problems:
        found: Problems = []
        if plan.attrition.lost_before_period is not None:
            message = "A question of harm counts people who are followed to the end; give dropout_rate, the share lost before it."
            found.append(("attrition.lost_before_period", message))
        if plan.prior is not None:
            found.append(("prior", f"{plan.question.kind} takes no prior; leave it out and vary the rate instead."))
        return found

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        return cautions_about_time(plan, counts_people=self.basis == "person")

    # the numbers

    def smallest_n(self, information: "Information") -> float:
        return 0.0

    def exposed(self, information: "Information", n: float) -> Figures:
        """Person-years on the drug and the events expected, as far as they are known."""
        exposure = information.exposure
        found: Figures = {} if exposure is None else {"person_years": exposure.years_each * n}
        if self.assumed_name is not None:
            found["events"] = self.assumed * self.each(information) * n
        return found

    def needed(self, information: "Information", size: float) -> Figures:
        """The size that is needed before rounding, as people and as person-years."""
        if not isfinite(size):
            return {}
        n = size / self.each(information)
        exposure = information.exposure
        return {"n_unrounded": n} if exposure is None else {"n_unrounded": n, "person_years_needed": n * exposure.years_each}

    # what is varied

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        name = self.assumed_name
        if name is None or (name == "event_rate" and self.assumed > 0.75):
            return None
        return name, self.assumed

    # the sentences

    def measure(self, plan: "Plan") -> str:
        return "Events per person-year on the drug" if self.basis == "person_year" else "Share of people with the event over the follow-up"

    def event(self, names: Names) -> str:
        return names.outcome or "the event"

    def drug(self, plan: "Plan", names: Names) -> str:
        """What people take; "the drug" where a letter alone would say nothing."""
        letters = plan.design.letters
        return names.treatments.get(letters[0]) or "the drug" if len(letters) == 1 else "the drug"

    def rate_shown(self, rate: float) -> str:
        return share_in_words(rate) if self.basis == "person" else rate_in_words(rate)

    def rate_said(self, rate: float, plan: "Plan", names: Names, before: str = "", after: str = "") -> str:
        """A rate as the end of "this assumes that …", with "at most" before or "or more" after it."""
        if self.basis == "person":
            over = "the follow-up" if plan.exposure is None else f"a follow-up of {years_in_words(plan.exposure.follow_up_years)}"
            return f"{before}{share_in_words(rate)}{after} of people have {self.event(names)} over {over}"
        return f"{self.event(names)} comes at a rate of {before}{rate_in_words(rate)}{after} on {self.drug(plan, names)}"

    def assuming(self, plan: "Plan", names: Names) -> str:
        parts = []
        if self.assumed_name is not None:
            parts.append(f"This assumes that {self.rate_said(self.assumed, plan, names)}.")
        if self.basis == "person_year":
            parts.append("The rate is taken to be the same for all and not to change with the time on the drug.")
        return " ".join([*parts, *self.time_counted(plan)])

    def time_counted(self, plan: "Plan") -> list[str]:
        """What of the follow-up counts."""
        exposure = plan.exposure
        if exposure is None:
            return []
        if self.basis == "person":
            if not time_is_lost(plan):
                return []
            return [f"The share holds for people as they are followed, on the drug for {years_in_words(exposure.years_each)} on average."]
        found = ["Only the time on the drug counts, not that on placebo, in a washout or after stopping."]
        if exposure.share_on_drug < 1:
            found.append(f"People are on the drug for {share_in_words(exposure.share_on_drug)} of the follow-up.")
        if exposure.discontinuation_rate > 0:
            found.append(f"They stop taking it at a rate of {rate_in_words(exposure.discontinuation_rate)}.")
        return found

    def people_followed(self, plan: "Plan", answer: "Answer") -> str:
        """The people and their time on the drug."""
        people = f"{whole_people(answer.n_evaluable)} people followed to the end"
        if plan.exposure is None or answer.person_years is None:
            return people
        return f"{people} of {years_in_words(plan.exposure.follow_up_years)} ({number(answer.person_years)} person-years on the drug)"

    def time_steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        """How the time on the drug follows, for the derivation."""
        exposure, n = plan.exposure, answer.n_evaluable
        if exposure is None or not n:
            return []
        share, span, hazard = plain(exposure.share_on_drug), plain(exposure.follow_up_years), plain(exposure.discontinuation_rate)
        how = f"{share} × (1 − e^(−{hazard} × {span})) / {hazard}" if exposure.discontinuation_rate > 0 else f"{share} × {span}"
        each = plain(exposure.years_each)
        said = (
            f"Time on the drug: {how} = {each} person-years from each, {plain(n)} × {each} = {plain(exposure.years_each * n)} person-years."
        )
        return [(said, "share × follow-up; with a constant hazard h of stopping, share × (1 − e^(−hT))/h")]

    def target_said(self, plan: "Plan") -> str:
        return f" (target {target_of(plan)})" if getattr(plan.solve, "target_power", None) is not None else ""

    def loss(self, plan: "Plan", answer: "Answer") -> str | None:
        rate = plan.attrition.dropout_rate
        done = "enrolled" if len(plan.design.sequences) == 1 else "randomised"
        if not rate:
            return f"{whole_people(answer.n_randomised)} people are {done}; nobody is expected to be lost."
        return (
            f"To allow for {share_in_words(rate)} of people lost before the end of follow-up, {whole_people(answer.n_randomised)} are {done}; "
            "those who are lost are counted as if they had told nothing."
        )

    def caveat(self, plan: "Plan") -> str:
        return "It cannot tell what happens to people who take the drug for years." if plan.design.n_periods > 1 else ""

    def setting_in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        people, exposure = whole_people(answer.n_randomised), plan.exposure
        if plan.design.n_periods > 1:
            span = "" if exposure is None else f" of the {years_in_words(exposure.follow_up_years)} of the trial"
            return f"The trial starts with {people} people, who take the drug for only a part{span}."
        followed = "" if exposure is None else f" for {years_in_words(exposure.follow_up_years)}"
        if len(plan.design.sequences) > 1:
            return f"{people} people take part and are followed{followed}; only those who take the drug count."
        return f"{people} people take {self.drug(plan, names)} and are followed{followed}."


class RateAssumed(HarmQuestion):
    """A question of harm that assumes a rate, said in one of two ways."""

    event_rate: Share | None = None
    person_time_rate: Positive | None = None
