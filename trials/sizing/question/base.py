"""What every question has in common: how it turns what a trial tells into power, which defaults it brings, and how it is put into words."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.laws.search import smallest_units
from trials.sizing.names import Names
from trials.sizing.noun import Noun, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words, counts_found, variability_of, width_found

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

Better = Literal["higher", "lower"]
Problems = list[tuple[str, str]]
Warnings = list[tuple[str, str]]
Figures = dict[str, Any]


class Question(Noun):
    """One question asked of a trial. A new kind is one subclass in one module, with its numbers and its sentences.

    A verb of its own, such as `cycles`, is answered by a method `find_cycles(plan, information, n)` that returns figures of the answer.
    """

    verbs: ClassVar[tuple[str, ...]] = ("n", "power")
    references: ClassVar[tuple[str, ...]] = ()
    kind: str
    needs_target: ClassVar[bool] = True  # whether solving for n needs a target power
    without_target: ClassVar[str] = "has no power; leave target_power out (its probability says how sure the width shall be)"
    outcomes: ClassVar[tuple[str, ...]] = ("continuous",)  # kinds of outcome that it is asked of; none where it takes no outcome
    design_by_default: ClassVar[dict[str, Any] | None] = None  # for questions that need no design to be spelled out
    needs_exposure: ClassVar[bool] = False  # whether it takes the time on the drug
    takes_prior: ClassVar[bool] = False  # whether its power can be averaged over what effect and SD may truly be
    analysis_takes: ClassVar[tuple[str, ...]] = ()  # what the analysis may say beyond alpha, sides and the model's terms
    of_series: ClassVar[bool] = False  # whether an n-of-1 series can be asked it
    from_sequences: ClassVar[bool] = True  # whether the variance follows from the sequences by the information matrix
    curve_points: ClassVar[int] = 60  # of the power curve; fewer where a power takes long
    estimates_variance: ClassVar[bool] = True  # whether the test has degrees of freedom to speak of
    critical_source: ClassVar[str] = "Student's t"
    wanted_word: ClassVar[str] = "a power"
    one_step_below: ClassVar[str | None] = "power_one_step_below"  # the key of the answer for what a smaller n would attain
    uses_incomplete_people: ClassVar[bool] = True  # whether people who leave between periods still count
    has_table: ClassVar[bool] = True  # whether n over two assumptions is quick enough to be shown while one types

    varied: ClassVar[tuple[str, ...]] = ()  # assumptions of its own that tables may vary, beyond those that every grid knows

    @classmethod
    def spelled_out(cls, question: Mapping[str, Any], plan: Mapping[str, Any]) -> Mapping[str, Any]:
        """The question in plain data, with what the rest of the plan settles."""
        return question

    @property
    def wants_target(self) -> bool:
        """Whether solving for n needs a target power, as this question is asked."""
        return self.needs_target

    def lacks_time(self, solve: Any) -> bool:
        """Whether there is no answer without the time on the drug."""
        return self.needs_exposure

    # what fits

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        """What this question takes for granted in the analysis."""
        return {"alpha": 0.05}

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        """What does not fit together, as (field, sentence)."""
        return []

    def misfits(self, plan: "Plan") -> Problems:
        """What does not fit beyond design, outcome and analysis, as (field, sentence)."""
        return []

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        """What deserves a second look, as (code, sentence)."""
        return []

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        """What deserves a second look beyond the question and its outcome, as (code, sentence); n is None where there is no answer."""
        return []

    def letters_compared(self) -> tuple[str, ...]:
        """The treatments that a design must give to answer this."""
        pair = (getattr(self, "treatment", None), getattr(self, "comparator", None))
        return tuple(letter for letter in pair if letter is not None)

    # the numbers

    def reason(self, information: "Information") -> str | None:
        """Why there is no answer whatever n is, or None."""
        return None

    def smallest_n(self, information: "Information") -> float:
        """From how many people the test exists."""
        raise NotImplementedError

    def too_few(self, plan: "Plan", information: "Information", n: float) -> str | None:
        """Why fewer people than `smallest_n` have no test, where it is not that degrees of freedom are missing."""
        return None

    def power(self, information: "Information", n: Any) -> Any:
        """Power with n people (those whom the information refers to)."""
        raise NotImplementedError

    def powers(self, information: "Information", n: NDArray[np.float64]) -> NDArray[np.float64]:
        """Power for many n."""
        return np.array([float(self.power(information, float(one))) for one in n])

    def attained(self, information: "Information", n: Any) -> Any:
        """What n people attain of what is wanted, and is held against the target: the power."""
        return self.power(information, n)

    def why_out_of_reach(self, information: "Information", target: float) -> Figures | None:
        """Reason and most that can be had where it is plain beforehand that no n reaches the target, or None."""
        return None

    def reached(self, information: "Information", n: float) -> bool:
        """Whether n people are enough, for questions without a target power."""
        raise NotImplementedError

    def guess(self, information: "Information", target_power: float | None) -> float:
        """A first guess of n, which the search corrects."""
        return self.smallest_n(information)

    def smallest(self, reached: Callable[[int], bool], first: int, last: int, guess: int) -> int | None:
        """The smallest number of allocation units that is enough; kinds whose power is not monotone in n search in their own way."""
        return smallest_units(reached, first, last, guess)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        """What the answer reports for n people; their power (what they attain), when it is known already."""
        raise NotImplementedError

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        """What the answer adds when n was solved for, beside the figures of that n."""
        return {}

    def advice(self, plan: "Plan") -> str:
        """What would help where no n reaches the target."""
        return "Assume a larger effect or less variability, or raise max_n."

    def out_of_reach(self, information: "Information", n: float) -> str:
        """What the most people that are allowed give, for questions without a target power: the second half of a sentence."""
        return "it is not enough"

    def more_than_cycles(self, plan: "Plan") -> str:
        """What would help where no number of cycles reaches the target."""
        return "Add people, assume a larger effect or less variability."

    # what is varied around the plan

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        """The assumption whose values give the curves of the power curve and the rows of the table: its name and value as the plan gives it."""
        return plan.variability() if plan.has_continuous_outcome else None

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        """The assumed effect and values around it, the planned one among them, for the columns of the table."""
        return None

    def bounds(self, plan: "Plan", assumption: str) -> tuple[float, float]:
        """Between which values (not included) an assumption may be varied."""
        return float("-inf"), float("inf")

    def planned(self, assumption: str) -> Any:
        """The planned value of an assumption that `effect_around` names."""
        return getattr(self, assumption)

    def vary(self, assumption: str, value: float) -> "Question":
        """The same question with another value of one assumption."""
        return self.model_copy(update={assumption: value})

    # the sentences

    def measure(self, plan: "Plan") -> str:
        """The quantity that the trial estimates, with its letters: the summary measure of the estimand; empty where there is none."""
        return ""

    def cited(self) -> tuple[str, ...]:
        """The sources of its method."""
        return self.references

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        """What is tested against what, in words and signs."""
        raise NotImplementedError

    def assuming(self, plan: "Plan", names: Names) -> str:
        """What is assumed, as one sentence."""
        return f"This assumes {variability_of(plan, names)}."

    def tested(self, plan: "Plan") -> str:
        """How the trial will be analysed, as one sentence."""
        raise NotImplementedError

    def method(self, plan: "Plan") -> str:
        """The test and how its power is found, without a full stop."""
        raise NotImplementedError

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        """Design, people and what they give, as one sentence."""
        return counts_found(plan, answer)

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        """What the people give, for the line that sums up, where it is not power."""
        return None

    def width_in_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        """The half-width of the answer with its unit."""
        return width_found(plan, answer, names)

    def loss(self, plan: "Plan", answer: "Answer") -> str | None:
        """How loss is allowed for, as one sentence, where it is not people who leave a trial with periods."""
        return None

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        """What the answer means, in everyday words."""
        return (
            ""
            if answer.power is None
            else f"If things are as assumed, the chance that the trial will notice is {chance_in_words(answer.power)}."
        )

    def caveat(self, plan: "Plan") -> str:
        """What the trial cannot tell, however many people take part, in everyday words."""
        return ""

    def setting_in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        """What people go through, in everyday words, where it is not treatments in an order decided by chance."""
        return None

    def width_in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        """What the half-width of the answer means, in everyday words."""
        return f"The result is expected to be known to within {self.width_in_words(plan, answer, names)}."

    def freedom_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str] | None:
        """The degrees of freedom and where they come from, for the derivation, where they are not those of the analysis."""
        return None

    def error_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str] | None:
        """The standard error and where it comes from, for the derivation, where it is not √(n·Var ÷ n)."""
        return None

    def width_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        """How the half-width follows, and the source, for the derivation."""
        return (
            f"Expected half-width: critical value × standard error × E[s]/σ = {plain(answer.half_width or 0.0)}.",
            "E[s]/σ = √(2/ν)·Γ((ν+1)/2)/Γ(ν/2)",
        )

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        """How the power follows, and the source, for the derivation."""
        raise NotImplementedError

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        """Steps of the derivation that only this kind of question has, each with its source."""
        return []
