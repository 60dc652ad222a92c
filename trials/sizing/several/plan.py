"""Several questions asked of one trial: what they share, what each brings, and how their error rates are kept together."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from trials.sizing.analysis import Analysis
from trials.sizing.attrition import Attrition
from trials.sizing.convert import Conversion
from trials.sizing.design import Design
from trials.sizing.exposure import Exposure
from trials.sizing.noun import Located, Noun, Share
from trials.sizing.outcome import Outcome
from trials.sizing.plan import Plan
from trials.sizing.question import AnyQuestion, Question
from trials.sizing.solve import AtN, ForHalfWidth, ForN, ForPower, ForUpperLimit

MOST_QUESTIONS = 10
LONGEST_NAME = 80
Multiplicity = Literal["none", "bonferroni", "holm", "fixed_sequence"]
MULTIPLICITIES: tuple[Multiplicity, ...] = ("none", "bonferroni", "holm", "fixed_sequence")
# what is found at a given n for questions that have no power
WITHOUT_POWER: dict[str, type[AtN]] = {"half_width": ForHalfWidth, "upper_limit": ForUpperLimit}


class NamedQuestion(Noun):
    """One of several questions. An `outcome` of its own stands in place of the plan's; `analysis` is its own, with its defaults filled in."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    question: Question
    outcome: Outcome | None = None
    analysis: Analysis
    target_power: Share | None = None
    conversions: tuple[Conversion, ...] = ()

    @property
    def tests(self) -> bool:
        """Whether it tests a hypothesis at a significance level; estimates do not."""
        return self.analysis.alpha is not None


class JointPlan(Noun):
    """Several questions of one trial with one design, one loss of people and one number of them. `reading.read_any` makes it from plain data."""

    design: Design
    outcome: Outcome | None = None
    questions: Annotated[tuple[NamedQuestion, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]
    multiplicity: Multiplicity = "none"
    attrition: Attrition = Attrition()
    exposure: Exposure | None = None
    solve: ForN | ForPower = Field(discriminator="find")
    conversions: tuple[Conversion, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [one.name for one in self.questions]
        if len(set(names)) < len(names):
            raise Located(("questions", "Two questions have the same name; give each its own."))
        return self

    @property
    def tests(self) -> tuple[NamedQuestion, ...]:
        """The questions that test a hypothesis, in order."""
        return tuple(one for one in self.questions if one.tests)

    def alpha_used(self, one: NamedQuestion) -> float | None:
        """The significance level that the power of a question refers to; None for an estimate.

        Notes
        -----
        Bonferroni divides each question's own level by the number of tests. Holm's first step does the same, and every later step is kinder: whatever
        Bonferroni rejects Holm rejects, so that the power at this level is a lower bound. A fixed sequence tests each at its full level.
        """
        alpha = one.analysis.alpha
        if alpha is None or self.multiplicity in {"none", "fixed_sequence"}:
            return alpha
        return alpha / len(self.tests)

    @property
    def family_error(self) -> float:
        """The largest chance that any test finds what is not there: that of a fixed sequence is its largest level, otherwise the levels add up."""
        levels = [self.alpha_used(one) or 0.0 for one in self.tests]
        return max(levels, default=0.0) if self.multiplicity == "fixed_sequence" else min(1.0, sum(levels))

    def plans(self) -> tuple[Plan, ...]:
        """Each question as an ordinary plan, at the significance level that is used."""
        return tuple(self._plan(one) for one in self.questions)

    def _plan(self, one: NamedQuestion) -> Plan:
        question, own = one.question, one.outcome is not None
        takes_outcome = bool(question.outcomes)
        return Plan(
            design=self.design,
            outcome=(one.outcome if own else self.outcome) if takes_outcome else None,
            question=question,
            analysis=one.analysis.model_copy(update={"alpha": self.alpha_used(one)}),
            attrition=self.attrition,
            exposure=self.exposure if question.needs_exposure else None,
            solve=self._solve(one),
            conversions=(one.conversions if own else self.conversions) if takes_outcome else (),
        ).settled()

    def _solve(self, one: NamedQuestion) -> ForN | AtN:
        if isinstance(self.solve, ForN):
            wanted = one.target_power or self.solve.target_power
            return ForN(find="n", target_power=wanted if one.question.wants_target else None, max_n=self.solve.max_n)
        return at_n(one.question, self.solve)


def verb_at_n(question: AnyQuestion) -> str:
    """What is found for a question when n is given: its power, or the width or limit that it has instead."""
    if question.wants_target:
        return "power"
    return next((verb for verb in WITHOUT_POWER if verb in question.verbs), "power")


def at_n(question: AnyQuestion, people: AtN) -> AtN:
    """The verb that finds at the same number of people what this question has."""
    verb = verb_at_n(question)
    given = people.model_dump(exclude_none=True, exclude={"find", "target_power"})
    return WITHOUT_POWER.get(verb, ForPower).model_validate({"for": verb, **given})
