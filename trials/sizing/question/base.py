"""What every question has in common: how it turns what a trial tells into power, which defaults it brings, and how it is put into words."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names
from trials.sizing.noun import Noun
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words, counts_found, variability_of
from trials.sizing.search import smallest_units

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
    outcomes: ClassVar[tuple[str, ...]] = ("continuous",)  # kinds of outcome that it is asked of; none where it takes no outcome
    design_by_default: ClassVar[dict[str, Any] | None] = None  # for questions that need no design to be spelled out
    needs_exposure: ClassVar[bool] = False
    analysis_takes: ClassVar[tuple[str, ...]] = ()  # what the analysis may say beyond alpha, sides and the model's terms
    from_sequences: ClassVar[bool] = True  # whether the variance follows from the sequences by the information matrix
    curve_points: ClassVar[int] = 60  # of the power curve; fewer where a power takes long
    critical_source: ClassVar[str] = "Student's t"
    wanted_word: ClassVar[str] = "a power"
    uses_incomplete_people: ClassVar[bool] = True  # whether people who leave between periods still count
    has_table: ClassVar[bool] = True  # whether n over two assumptions is quick enough to be shown while one types

    varied: ClassVar[tuple[str, ...]] = ()  # assumptions of its own that tables may vary, beyond those that every grid knows

    # what fits

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        """What this question takes for granted in the analysis."""
        return {"alpha": 0.05}

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        """What does not fit together, as (field, sentence)."""
        return []

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        """What deserves a second look, as (code, sentence)."""
        return []

    def cautions(self, plan: "Plan", information: "Information", n: float) -> Warnings:
        """What deserves a second look once n is known, as (code, sentence)."""
        return []

    # the numbers

    def reason(self, information: "Information") -> str | None:
        """Why there is no answer whatever n is, or None."""
        return None

    def smallest_n(self, information: "Information") -> float:
        """From how many people the test exists."""
        raise NotImplementedError

    def power(self, information: "Information", n: Any) -> Any:
        """Power with n people (those whom the information refers to)."""
        raise NotImplementedError

    def powers(self, information: "Information", n: NDArray[np.float64]) -> NDArray[np.float64]:
        """Power for many n."""
        return np.array([float(self.power(information, float(one))) for one in n])

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
        """What the answer reports for n people; their power, when it is known already."""
        raise NotImplementedError

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        """What the answer adds when n was solved for, beside the figures of that n."""
        return {}

    def advice(self, plan: "Plan") -> str:
        """What would help where no n reaches the target."""
        return "Assume a larger effect or less variability, or raise max_n."

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

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        """What the answer means, in everyday words."""
        return (
            ""
            if answer.power is None
            else f"If things are as assumed, the chance that the trial will notice is {chance_in_words(answer.power)}."
        )

    def setting_in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        """What people go through, in everyday words, where it is not treatments in an order decided by chance."""
        return None

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        """How the power follows, and the source, for the derivation."""
        raise NotImplementedError

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        """Steps of the derivation that only this kind of question has, each with its source."""
        return []
