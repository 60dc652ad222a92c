"""What wraps a question: the question stays as it is, and something is done around its test."""

from typing import TYPE_CHECKING, Any, ClassVar

from trials.sizing.names import Names
from trials.sizing.outcome import AnyOutcome
from trials.sizing.question.base import Figures, Question, Warnings
from trials.sizing.question.pairwise import PairwiseQuestion

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan


class Wrapped(Question):
    """A comparison of two treatments with something around it. Whatever it does not say itself, the question within says."""

    question: PairwiseQuestion
    own_references: ClassVar[tuple[str, ...]] = ()

    def cited(self) -> tuple[str, ...]:
        return (*self.question.references, *self.own_references)

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        return self.question.warnings(outcome)

    def reason(self, information: "Information") -> str | None:
        return self.question.reason(information)

    def smallest_n(self, information: "Information") -> float:
        return self.question.smallest_n(information)

    def power(self, information: "Information", n: Any) -> Any:
        return self.question.power(information, n)

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def guess(self, information: "Information", target_power: float | None) -> float:
        return self.question.guess(information, target_power)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        return self.question.figures(information, n, power)

    def advice(self, plan: "Plan") -> str:
        return self.question.advice(plan)

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        return self.question.uncertain(plan)

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        return self.question.effect_around(plan)

    def planned(self, assumption: str) -> Any:
        return self.question.planned(assumption)

    def measure(self, plan: "Plan") -> str:
        return self.question.measure(plan)

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        return self.question.hypothesis(plan, names)

    def assuming(self, plan: "Plan", names: Names) -> str:
        return self.question.assuming(plan, names)

    def tested(self, plan: "Plan") -> str:
        return self.question.tested(plan)

    def method(self, plan: "Plan") -> str:
        return self.question.method(plan)

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        return self.question.in_plain_words(plan, answer, names)

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        return self.question.power_step(plan, answer)

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        return self.question.steps(plan, answer)
